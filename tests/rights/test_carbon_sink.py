"""Carbon sinks: curves, classes, who may hold what, what offsets."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.valley import ZONES, Valley, person

from ecomarket.model.codes import Eligible
from ecomarket.rights.carbon_sink import (
    CURVES,
    CarbonSink,
    growth_t,
    growth_t_per_mu,
    is_compliance_eligible,
    stock_t,
    stock_t_per_mu,
)


def test_national_credits_are_one_class_without_years():
    right = CarbonSink("ccer", CarbonSink.Params(), ZONES, ())
    (credit,) = right.instruments(date(2024, 1, 1), date(2026, 12, 31))
    assert (credit.code, credit.klass, credit.vintage) == ("CCER.national", "national", 0)
    assert is_compliance_eligible(credit)
    outside = person("OUT.CCER", "outside")
    assert right.eligible(outside, credit) == Eligible.ALL
    assert right.eligible(person("BJ", "support-province"), credit) == Eligible.NOTHING


def test_county_credits_come_by_class_and_year_from_the_year_before():
    valley = Valley(person("DATONG", "county", "county"))
    codes = [i.code for i in valley.setting.listed("sink", klass="grass")]
    assert codes == [f"SINK.grass.{year}" for year in (2023, 2024, 2025, 2026)]
    assert not is_compliance_eligible(valley.setting.listed("sink", klass="grass")[0])


@pytest.mark.parametrize(
    ("party", "forest", "grass"),
    [
        (person("C", "county", "county"), Eligible.HOLD, Eligible.HOLD),
        (person("P", "support-province"), Eligible.BUY | Eligible.HOLD, Eligible.BUY | Eligible.HOLD),
        (person("E", carbon_from=2023), Eligible.BUY | Eligible.HOLD, Eligible.NOTHING),
        (person("F"), Eligible.NOTHING, Eligible.NOTHING),
        (person("M", "intermediary", rights="sink;ccer"), Eligible.ALL, Eligible.ALL),
        (person("N", "intermediary", rights="cea"), Eligible.NOTHING, Eligible.NOTHING),
        (person("OUT.CEA", "outside"), Eligible.NOTHING, Eligible.NOTHING),
    ],
)
def test_grass_is_for_helpers_only_and_counties_wait_for_the_window(party, forest, grass):
    right = CarbonSink("sink", CarbonSink.Params(), ZONES, ())
    listed = {i.klass: i for i in right.instruments(date(2024, 1, 1), date(2024, 12, 31))}
    assert [right.eligible(party, listed[k]) for k in ("forest", "grass")] == [forest, grass]


@given(st.sampled_from(sorted(CURVES)), st.floats(0, 120), st.floats(0, 50))
def test_stock_never_falls_nor_exceeds_its_maximum(kind, age, more):
    assert stock_t_per_mu(kind, age) <= stock_t_per_mu(kind, age + more) <= CURVES[kind].stock_max_t_mu
    assert growth_t_per_mu(kind, age) >= 0


@pytest.mark.parametrize(
    ("kind", "rate"), [("tree", 0.28), ("shrub", 0.08), ("closing", 0.12), ("black_soil", 0.05), ("rest_grazing", 0.03)]
)
def test_growth_at_twenty_years_is_that_of_the_sources(kind, rate):
    assert growth_t_per_mu(kind, 20) == pytest.approx(rate, abs=0.015)


def test_a_countys_growth_is_the_change_of_its_stock():
    county = person("C", "county", tree_mu=1000, shrub_mu=500, closing_mu=200, planted_year=2010)
    assert growth_t(county, "forest", 2024) == pytest.approx(
        stock_t(county, "forest", 2024) - stock_t(county, "forest", 2023)
    )
    assert growth_t(county, "grass", 2024) == 0
