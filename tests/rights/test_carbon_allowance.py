"""Allowances: vintages, coverage, and what is free."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.conftest import ZONES, Town, firm

from ecomarket.model.codes import Eligible
from ecomarket.rights.carbon_allowance import (
    CarbonAllowance,
    free_allocation_t,
    gap_capped_t,
    peak_factor,
    usable_for,
)

START, END = date(2024, 1, 1), date(2026, 12, 31)
amounts = st.floats(0, 1e8)


def test_there_is_one_vintage_a_year_to_the_end_of_the_run() -> None:
    cea = CarbonAllowance("cea", CarbonAllowance.Params(first_vintage=2022), ZONES, ())
    assert [i.code for i in cea.instruments(START, END)] == [f"CEA.{y}" for y in range(2022, 2027)]


def test_covered_firms_the_outside_market_and_intermediaries_trade() -> None:
    cea = CarbonAllowance("cea", CarbonAllowance.Params(), ZONES, ())
    instrument = cea.instruments(START, END)[0]
    people = [
        (firm("COVERED", carbon_from=2024), Eligible.ALL),
        (firm("NEVER", carbon_from=0), Eligible.NOTHING),
        (firm("BLANK", carbon_from=""), Eligible.NOTHING),
        (firm("OUT.CEA", kind="outside"), Eligible.ALL),
        (firm("OUT.GEC", kind="outside"), Eligible.NOTHING),
        (firm("MAKER", kind="intermediary"), Eligible.ALL),
        (firm("OTHER", kind="intermediary", rights="gec"), Eligible.NOTHING),
        (firm("COUNTY", kind="county"), Eligible.NOTHING),
    ]
    assert [cea.eligible(p, instrument) for p, _ in people] == [what for _, what in people]


@pytest.mark.parametrize(
    ("benchmark", "year", "per_mwh"),
    [
        ("coal-large", 2023, 0.7950),
        ("coal-small", 2024, 0.8049),
        ("coal-unconventional", 2025, 0.8162),
        ("gas", 2030, 0.3288),
    ],
)
def test_the_published_benchmarks(benchmark, year, per_mwh) -> None:
    facts = {"benchmark": benchmark, "gross_mwh": 1_000_000, "load_factor": 0.9}
    assert free_allocation_t(facts, year, 1.0) == pytest.approx(per_mwh * 1_000_000)


def test_heat_is_paid_by_its_fuel_and_all_by_activity() -> None:
    coal = {"benchmark": "coal-large", "heat_gj": 1000, "load_factor": 0.9}
    assert free_allocation_t(coal, 2023, 2.0) == pytest.approx(207.6)
    assert free_allocation_t(coal | {"benchmark": "gas"}, 2023, 1.0) == pytest.approx(53.6)


def test_the_peak_factor_steps_at_65_percent_and_helps_conventional_coal_only() -> None:
    assert peak_factor({"benchmark": "coal-large", "load_factor": 0.65}) == 1.0
    assert peak_factor({"benchmark": "coal-large", "load_factor": 0.6499}) == pytest.approx(1.015**3.002)
    assert peak_factor({"benchmark": "gas", "load_factor": 0.3}) == 1.0


@given(usual=amounts, verified=amounts, activity=st.floats(0, 2), ratio=st.floats(0.5, 2))
def test_industry_is_never_further_than_three_percent_from_its_emission(usual, verified, activity, ratio) -> None:
    facts = {"co2_t": usual, "intensity_ratio": ratio}
    assert free_allocation_t(facts, 2024, activity, verified) == verified
    free = free_allocation_t(facts, 2025, activity, verified)
    assert verified * 0.97 * (1 - 1e-9) <= free <= verified * 1.03 * (1 + 1e-9)


@given(free=amounts, verified=amounts)
def test_the_gap_is_at_most_a_fifth(free, verified) -> None:
    assert verified - gap_capped_t(free, verified, "coal-large") <= verified * 0.2 * (1 + 1e-9)
    assert gap_capped_t(free, verified, "gas") >= verified
    assert gap_capped_t(free, verified, "") >= free


def test_only_the_years_own_and_older_vintages_may_be_surrendered() -> None:
    place = Town((firm("P", carbon_from=2023),), START, END, {})
    assert [i.vintage for i in usable_for(place.setting, "cea", 2024)] == [2023, 2024]
