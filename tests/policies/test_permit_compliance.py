"""Permit compliance: given permits, when a firm emits more, then it pays and buys back."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.conftest import Town, firm

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Assess
from ecomarket.model.observation import Moment
from ecomarket.policies.permit_compliance import PermitCompliance

SO2 = "SO2.6301.industry"


def town_with(*people, **params) -> tuple[Town, PermitCompliance]:
    place = Town(people, date(2024, 1, 1), date(2026, 12, 31), {})
    params = {"rights": ["so2", "no-such-right"]} | params
    return place, PermitCompliance(PermitCompliance.Params.model_validate(params), place.setting)


def year_end(place: Town, policy: PermitCompliance, year: int) -> list[tuple[int, int, int]]:
    said = place.act(policy, Moment.YEAR_END, date(year, 12, 31))
    return [(a.required, a.met, a.charge) for a in said if isinstance(a, Assess)]


def test_emitting_within_the_permit_costs_nothing() -> None:
    place, policy = town_with(firm("A", cash_cny=10**6))
    place.give("A", SO2, 100)
    place.emits("A", 202405, 100, SO2)
    assert year_end(place, policy, 2024) == [(100, 100, 0)]
    assert place.has("A", 0) == 10**10


def test_excess_costs_the_fine_and_twice_the_excess_is_bought_back_next_year() -> None:
    """Given 100 lots, when 130 are emitted, then 200,000 CNY are due, and next year 60 lots more than the emission."""
    place, policy = town_with(firm("A", cash_cny=300_000))
    place.give("A", SO2, 100)
    place.emits("A", 202405, 130, SO2)
    assert year_end(place, policy, 2024) == [(130, 100, 200_000 * 10_000)]
    assert place.has(AccountKind.PENALTY, 0) == 200_000 * 10_000
    place.give("A", SO2, 60)
    place.emits("A", 202505, 100, SO2)
    assert year_end(place, policy, 2025) == [(160, 160, 0)]
    assert place.has("A", SO2) == 100
    assert place.has(AccountKind.CANCELLED, SO2) == 60


def test_what_is_not_bought_back_stays_due_and_is_fined_again() -> None:
    place, policy = town_with(firm("A", cash_cny=10**6))
    place.give("A", SO2, 100)
    place.emits("A", 202405, 130, SO2)
    year_end(place, policy, 2024)
    place.emits("A", 202505, 80, SO2)
    assert year_end(place, policy, 2025) == [(140, 100, 200_000 * 10_000)]
    assert place.has("A", SO2) == 80
    place.emits("A", 202605, 40, SO2)
    assert year_end(place, policy, 2026) == [(80, 80, 0)]


def test_a_fine_takes_no_more_cash_than_there_is() -> None:
    place, policy = town_with(firm("A", cash_cny=5))
    place.emits("A", 202405, 1, SO2)
    year_end(place, policy, 2024)
    assert place.has("A", 0) == 0
    assert not place.executor.refused


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=3))
def test_no_permit_appears_or_is_taken_twice(years) -> None:
    """Whatever is emitted and bought: holdings + cancelled = everything issued; met never exceeds required."""
    place, policy = town_with(firm("A", cash_cny=10**7))
    issued = 0
    for n, (bought, emitted) in enumerate(years):
        place.give("A", SO2, bought)
        issued += bought
        place.emits("A", (2024 + n) * 100 + 1, emitted, SO2)
        for required, met, charge in year_end(place, policy, 2024 + n):
            assert 0 <= met <= required
            assert (charge > 0) == (met < required)
    assert place.has("A", SO2) + place.has(AccountKind.CANCELLED, SO2) == issued
    assert not place.executor.refused
