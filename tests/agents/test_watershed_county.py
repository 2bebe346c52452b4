"""Counties on a river: effort where marginal cost meets the slope of compensation; none without the rule."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.valley import Valley, person

from ecomarket.agents import treatment
from ecomarket.agents.strategies.watershed_county import WatershedCounty
from ecomarket.model.stated import FactCode
from ecomarket.policies.watershed_compensation import WatershedCompensation

JANUARY = date(2024, 1, 31)
CURVE = (1_500.0, 4_000.0, 20_000.0)
SECTION = {
    "section": "S1",
    "upstream": "UPPER",
    "downstream": "LOWER",
    "cod_mg_l": 20,
    "cod_limit_mg_l": 20,
    "cod_load_t": 120,
}


def law_of(**params):
    chosen = {"sections": [SECTION], "weights": {"cod": 1}, "k0": 1, "base_cny": 4_750, "step": "0.1"} | params
    return WatershedCompensation.Params(**chosen)


def month(law=None, cash=10**9, **params):
    valley = Valley(
        person("UPPER", "county", "county", cash_cny=cash),
        person("LOWER", "county", "county", cash_cny=cash),
        law={"watershed-compensation": law} if law else {},
    )
    cohort = valley.cohort(WatershedCounty, "UPPER", "LOWER", budget_share=1, **params)
    valley.operate(cohort, JANUARY)
    treated = valley.book.month(FactCode.TREATED_COD_KG, 202401)
    assert treated[valley.account("LOWER")] == 0
    return int(treated[valley.account("UPPER")]), cash - valley.has("UPPER", 0) / 10_000


def test_the_last_tonne_costs_what_it_brings():
    """A tonne of the month's 10 lowers P by 0.1 and brings 4,750 CNY: half of the 6 t that can be treated."""
    kilograms, cost = month(law_of())
    assert kilograms == pytest.approx(3_000, abs=1)
    assert cost == pytest.approx(6 * (1_500 * 0.5 + 4_000 * 0.125 + 20_000 * 0.5**5 / 5), rel=1e-6)


def test_corners():
    assert month(law_of(base_cny=1_500)) == (0, 0)
    assert month(law_of(base_cny=10**6, clip="0.9"))[0] == 6_000


def test_treatment_ends_where_the_index_counts_no_further():
    assert month(law_of(base_cny=10**6, clip="0.2"))[0] == pytest.approx(2_000, abs=1)
    far = SECTION | {"cod_mg_l": 90}
    assert month(law_of(sections=[far], base_cny=10**6, clip="0.3")) == (0, 0)


def test_money_limits_it():
    kilograms, cost = month(law_of(), cash=2_750)
    assert 0 < kilograms < 3_000
    assert 0 < cost <= 2_750
    assert month(law_of(), cash=0) == (0, 0)


def test_without_the_rule_or_out_of_force_or_without_a_slope_nothing_is_treated():
    assert month() == (0, 0)
    assert month(law_of(until=date(2023, 12, 31))) == (0, 0)
    assert month(law_of(rule="threshold")) == (0, 0)


def test_water_from_above_dilutes_what_a_county_can_do():
    above = SECTION | {"section": "S0", "upstream": "LOWER", "downstream": "UPPER", "cod_load_t": 1_200}
    below = SECTION | {"above": "S0"}
    with_river = treatment.reaches(law_of(sections=[above, below]).sections, {"S0": {"cod": 1200}, "S1": {"cod": 120}})
    assert with_river["S1"]["cod"] == 120 + 0.7 * 1_200


@given(worth=st.floats(0, 50_000), more=st.floats(0, 50_000))
def test_more_worth_never_means_less_effort(worth, more):
    low, high = treatment.part(CURVE, worth), treatment.part(CURVE, worth + more)
    assert 0.0 <= low <= high <= 1.0
    if 0.0 < low < 1.0 and low < 1.0 - 1e-12:
        assert treatment.marginal(CURVE, low) == pytest.approx(worth)
