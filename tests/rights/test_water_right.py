"""Water rights: who may trade which water, and what arrives of what is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.policies.valley import ZONES, Valley, person, region, user

from ecomarket.model.codes import Eligible
from ecomarket.model.entities import Zone, is_upstream
from ecomarket.rights._water import users_of
from ecomarket.rights.water_right import KEY, delivered_share, reaches_between, water_of
from ecomarket.units import DAY


@pytest.fixture
def valley():
    return Valley(
        region("UP"),
        region("DOWN"),
        region("FAR"),
        user("FARM", 10),
        user("HOMES", 10, sector="domestic"),
        person("DRY"),
        person("MAKER", "intermediary", rights="water;sink"),
        params={"water": {"conveyance": {"QD to HS": "0.3"}}},
    )


def test_one_right_a_zone_and_year_that_ends_with_it(valley):
    codes = [i.code for i in valley.setting.listed(KEY, zone="UP")]
    assert codes == ["WATER.UP.2024", "WATER.UP.2025", "WATER.UP.2026"]
    first = valley.setting.listed(KEY, zone="UP")[0]
    assert (first.starts_t, first.expires_t, first.lot) == (0, 366 * DAY, "1000")


@pytest.mark.parametrize(
    ("who", "up", "far"),
    [
        ("FARM", Eligible.ALL, Eligible.NOTHING),
        ("HOMES", Eligible.BUY | Eligible.HOLD, Eligible.NOTHING),
        ("DRY", Eligible.NOTHING, Eligible.NOTHING),
        ("MAKER", Eligible.ALL, Eligible.ALL),
        ("DOWN", Eligible.ALL, Eligible.ALL),
        ("FAR", Eligible.NOTHING, Eligible.ALL),
    ],
)
def test_users_trade_in_their_zone_governments_in_reach_and_domestic_water_stays(valley, who, up, far):
    account = valley.account(who)
    found = [Eligible(valley.exchange.eligible(account, valley.index(f"WATER.{z}.2024"))) for z in ("UP", "FAR")]
    assert found == [up, far]


def test_a_right_is_found_for_users_and_governments_alike(valley):
    found = [water_of(valley.setting, valley.setting.by_code[c], 2025) for c in ("FARM", "UP", "DRY")]
    assert [i and i.code for i in found] == ["WATER.UP.2025", "WATER.UP.2025", None]
    assert [u.code for u in users_of(valley.setting, "UP")] == ["FARM", "HOMES"]


def test_the_way_costs_by_the_reach_and_other_basins_need_a_canal(valley):
    pairs = [("UP", "UP"), ("UP", "DOWN"), ("DOWN", "UP"), ("UP", "FAR"), ("FAR", "DOWN")]
    assert [delivered_share(valley.setting, a, b) for a, b in pairs] == [1_000_000, 950_000, 950_000, 0, 700_000]


def test_a_zone_of_two_basins_is_on_the_rivers_of_both(monkeypatch):
    monkeypatch.setitem(ZONES, "DOWN", replace(ZONES["DOWN"], basin="HS;QD"))
    valley = Valley(region("UP"), region("DOWN"), region("FAR"), params={"water": {"conveyance": {"QD to HS": "0.3"}}})
    pairs = [("UP", "DOWN"), ("DOWN", "UP"), ("FAR", "DOWN"), ("DOWN", "FAR"), ("FAR", "UP")]
    assert [delivered_share(valley.setting, a, b) for a, b in pairs] == [950_000, 950_000, 950_000, 950_000, 700_000]
    down = valley.account("DOWN")
    assert all(valley.exchange.eligible(down, valley.index(f"WATER.{z}.2024")) == Eligible.ALL for z in ("UP", "FAR"))


@pytest.mark.parametrize(
    ("pair", "reaches"),
    [("AC", 1), ("AB", 2), ("DA", 2), ("BD", 2), ("EB", 2), ("AA", 0), ("AF", 1)],
)
def test_reaches_count_up_and_down_a_river_with_tributaries(pair, reaches):
    """A and B flow into C, that into D; from C a canal to E; F lies in the basin on no river."""
    above = {"A": "", "B": "", "C": "A;B", "D": "C", "E": "C", "F": ""}
    zones = {code: Zone(code, code, code, "county", basin="X", downstream_of=up) for code, up in above.items()}
    assert reaches_between(zones, *pair) == reaches_between(zones, *reversed(pair)) == reaches
    downstream = [(a, b) for a in zones for b in zones if is_upstream(zones, a, b)]
    assert downstream == [*((a, b) for a in "AB" for b in "CDE"), ("C", "D"), ("C", "E")]
