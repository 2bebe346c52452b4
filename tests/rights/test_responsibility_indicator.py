"""Indicators: who earns them, whom they reach, and the numbers of MARKETS.md 7.2."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.uplands import ZONES, Uplands, county, firm

from ecomarket.model.codes import Eligible
from ecomarket.rights.resource_right import years_after
from ecomarket.rights.responsibility_indicator import cover_mu, increment_kg, is_downstream, origin_of, own_indicator

SELLER, BUYER = Eligible.SELL | Eligible.HOLD, Eligible.BUY | Eligible.HOLD


@pytest.fixture
def uplands():
    return Uplands(county("TOP"), county("MID"), county("LOW"), county("FAR"), firm("MILL", "LOW"))


def may(uplands, who, what):
    instrument = uplands.setting.instruments[uplands.index(what)]
    return uplands.rights[instrument.right].eligible(uplands.setting.by_code[who], instrument)


def test_clean_water_is_bought_downstream_in_the_basin_only(uplands):
    told = {who: may(uplands, who, "CLEAN-COD.MID.2024") for who in ("TOP", "MID", "LOW", "FAR", "MILL")}
    nothing = Eligible.NOTHING
    assert told == {"TOP": nothing, "MID": SELLER, "LOW": BUYER, "FAR": nothing, "MILL": nothing}


def test_cover_is_sold_by_the_county_it_stands_in_and_kept_by_who_buys_it(uplands):
    told = [may(uplands, who, "FOREST.TOP") for who in ("TOP", "LOW", "FAR", "MILL")]
    assert told == [SELLER, BUYER, BUYER, Eligible.NOTHING]


def test_wetland_goes_to_those_who_build_and_greening_to_every_county(uplands):
    assert [may(uplands, who, "WETLAND.TOP") for who in ("TOP", "LOW", "MILL")] == [SELLER, Eligible.NOTHING, BUYER]
    assert [may(uplands, who, "GREENING.2024") for who in ("TOP", "FAR", "MILL")] == [
        Eligible.ALL,
        Eligible.ALL,
        Eligible.NOTHING,
    ]


def test_land_stays_in_its_county_and_a_concession_goes_to_anybody(uplands):
    assert (may(uplands, "MILL", "ECO-LAND.LOW"), may(uplands, "MILL", "ECO-LAND.TOP")) == (
        Eligible.ALL,
        Eligible.NOTHING,
    )
    assert may(uplands, "MILL", "CONCESSION.TOP") is Eligible.ALL


def test_instruments_by_year_and_county(uplands):
    codes = [i.code for i in uplands.setting.instruments]
    assert [c for c in codes if c.startswith("GREENING")] == ["GREENING.2024", "GREENING.2025", "GREENING.2026"]
    assert [c for c in codes if c.startswith("FOREST")] == [f"FOREST.{z}" for z in ("FAR", "LOW", "MID", "TOP")]
    assert sum(c.startswith("CLEAN-COD") for c in codes) == 12
    top = uplands.setting.by_code["TOP"]
    own = own_indicator(uplands.setting, "clean-cod", top, 2025)
    assert own is not None
    assert (own.code, own.unit, own.lot) == ("CLEAN-COD.TOP.2025", "t", "0.001")
    assert origin_of(uplands.setting, own) is top


def test_a_tenth_of_a_point_of_qinghai_is_1_04_million_mu():
    assert cover_mu(696_600 * 1_500, Decimal("0.001")) == 1_044_900


@given(st.integers(0, 10**9), st.decimals(0, 1, places=4))
def test_a_duty_in_mu_is_the_least_that_meets_its_share(land, share):
    mu = cover_mu(land, share)
    assert mu >= land * share
    assert mu == 0 or mu - 1 < land * share


@given(st.decimals(0, 100, places=3), st.decimals(0, 100, places=3), st.integers(0, 10**7))
def test_an_increment_is_never_negative_and_grows_with_flow(target, measured, flow):
    assert 0 <= increment_kg(target, measured, flow) <= increment_kg(target, measured, flow + 1)


def test_downstream_follows_the_river_and_not_the_map():
    pairs = [(a, b) for a in ("TOP", "MID", "LOW", "FAR") for b in ("TOP", "MID", "LOW", "FAR")]
    assert [p for p in pairs if is_downstream(ZONES, *p)] == [("TOP", "MID"), ("TOP", "LOW"), ("MID", "LOW")]


def test_a_county_that_drains_into_two_basins_lies_on_the_river_of_either():
    zones = ZONES | {"LOW": replace(ZONES["LOW"], basin=f"YM;{ZONES['LOW'].basin}")}
    assert is_downstream(zones, "MID", "LOW")
    assert not is_downstream(zones | {"LOW": replace(ZONES["LOW"], basin="YM;DT")}, "MID", "LOW")


def test_terms_count_in_whole_months():
    assert years_after(date(2024, 11, 30), Decimal("1.25")) == date(2026, 2, 28)
