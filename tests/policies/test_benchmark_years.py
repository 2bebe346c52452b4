"""Benchmarks of 2019 to 2025 as published, with the factors for cooling, heat and load (MARKETS.md 3.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.rights._power import load_factor, supply_factor
from ecomarket.rights.carbon_allowance import NATIONAL, free_allocation_t, gap_capped_t

KINDS = ("coal-large", "coal-small", "coal-unconventional", "gas")
PUBLISHED = {
    2019: (0.877, 0.979, 1.146, 0.392, 0.126, 0.059),
    2020: (0.877, 0.979, 1.146, 0.392, 0.126, 0.059),
    2021: (0.8218, 0.8773, 0.9350, 0.3920, 0.1111, 0.0560),
    2022: (0.8177, 0.8729, 0.9303, 0.3901, 0.1105, 0.0557),
    2023: (0.7950, 0.8090, 0.8285, 0.3305, 0.1038, 0.0536),
    2024: (0.7910, 0.8049, 0.8244, 0.3288, 0.1033, 0.0533),
    2025: (0.7902, 0.8017, 0.8162, 0.3288, 0.1027, 0.0533),
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_a_million_mwh_and_a_million_gj_are_free_at_the_years_benchmark(year) -> None:
    """The load factor of 0.9 takes no help in any year; before 2023 what is supplied counts, then what is generated."""
    for kind, power in zip(KINDS, PUBLISHED[year], strict=False):
        heat = PUBLISHED[year][5 if kind == "gas" else 4]
        facts = {"benchmark": kind, "supplied_mwh": 1e6, "gross_mwh": 2e6, "heat_gj": 1e6, "load_factor": 0.9}
        mwh = 1e6 if year < 2023 else 2e6
        assert free_allocation_t(facts, year, 1.0) == pytest.approx(power * mwh + heat * 1e6, rel=1e-12)


def test_the_factors_of_2021_multiply() -> None:
    """Given 1 M MWh of an air-cooled plant with a fifth heat: 0.8218 x 1.05 x (1 - 0.044); a heating unit has no Ff."""
    facts = {"benchmark": "coal-large", "supplied_mwh": 1e6, "cooling": "air", "heat_ratio": 0.2, "load_factor": 0.5}
    assert free_allocation_t(facts, 2021, 1.0) == pytest.approx(821_800 * 1.05 * 0.956)
    assert free_allocation_t(facts | {"heat_ratio": 0}, 2021, 1.0) == pytest.approx(821_800 * 1.05 * 1.015**6)


def test_from_2023_only_peak_regulation_is_helped() -> None:
    facts = {"benchmark": "coal-large", "gross_mwh": 1e6, "cooling": "air", "heat_ratio": 0.2}
    assert free_allocation_t(facts | {"load_factor": 0.66}, 2023, 1.0) == pytest.approx(795_000)
    assert free_allocation_t(facts | {"load_factor": 0.60}, 2023, 1.0) == pytest.approx(795_000 * 1.015**4)


@given(load=st.floats(0.2, 1), less=st.floats(0, 0.1))
def test_less_load_never_means_less_help_and_the_branches_join(load, less) -> None:
    assert load_factor(load - less) >= load_factor(load) - 1e-12
    for edge in (0.75, 0.80, 0.85):
        assert load_factor(edge - 1e-9) == pytest.approx(load_factor(edge), abs=1e-6)


@given(heat=st.floats(0, 1), kind=st.sampled_from(KINDS))
def test_heat_lowers_the_factor_of_power(heat, kind) -> None:
    most = 0.6 if kind == "gas" else 0.22
    assert 1 - most - 1e-12 <= supply_factor({"benchmark": kind, "heat_ratio": heat, "load_factor": 0.9}) <= 1


@given(free=st.floats(0, 1e7), verified=st.floats(1, 1e7), kind=st.sampled_from(KINDS))
def test_nobody_is_short_of_more_than_a_fifth_in_any_year(free, verified, kind) -> None:
    gap = verified - gap_capped_t(free, verified, kind, NATIONAL)
    assert gap <= (1e-6 if kind == "gas" else 0.2 * verified + 1e-6)
