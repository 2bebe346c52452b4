"""Initial allocation: given a cap, when the run starts, then permits never exceed it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.conftest import Town, firm

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Bound
from ecomarket.model.observation import Moment
from ecomarket.model.stated import Rule
from ecomarket.policies.initial_allocation import InitialAllocation

START = date(2024, 1, 1)


def allocate(town: Town, **params: object) -> InitialAllocation:
    policy = InitialAllocation(InitialAllocation.Params.model_validate(params), town.setting)
    town.act(policy, Moment.RUN_START, START)
    return policy


def cap(zone: str, cap_t: object, **parts: object) -> dict[str, object]:
    return {"right": "so2", "zone": zone, "cap_t": cap_t, **parts}


def test_under_a_wide_cap_everybody_gets_what_it_usually_emits_and_the_reserve_its_share(town) -> None:
    """Given a cap of 1,000 t with 100 t of other sources, when two firms of 100 and 200 t ask, then both are met."""
    place = town(firm("A", so2_t=100), firm("B", so2_t=200.5))
    allocate(place, caps=[cap("6301", 1000, other_sources_t=100)], reserve_share="10 %")
    assert place.has("A", "SO2.6301.industry") == 100_000
    assert place.has("B", "SO2.6301.industry") == 200_500
    assert place.has(AccountKind.RESERVE, "SO2.6301.industry") == 90_000
    assert not place.ordered(Bound)


def test_claims_beyond_the_cap_are_scaled_down_pro_rata_and_said_so(town) -> None:
    """Given 90 t left under the cap and a tenth for the reserve, when 60 and 120 t are asked, then 27 and 54 are given."""
    place = town(firm("A", so2_t=60), firm("B", so2_t=120))
    allocate(place, caps=[cap("6301", 100, other_sources_t=10)], reserve_share="0.1")
    assert [place.has(c, "SO2.6301.industry") for c in "AB"] == [27_000, 54_000]
    assert place.has(AccountKind.RESERVE, "SO2.6301.industry") == 9_000
    assert place.ordered(Bound) == [Bound(Rule.CAP, AccountKind.ALLOCATION, place.index("SO2.6301.industry"), 99_000)]


def test_a_class_never_gets_more_than_its_part(town) -> None:
    """Given parts of 40 t for power and 50 t for industry, when power asks 80 t, then it gets 40."""
    place = town(firm("P", so2_t=80, class_air="power"), firm("I", so2_t=50))
    row = cap("6301", 100, power_or_municipal_t=40, industry_t=50, reserve_t=10)
    allocate(place, caps=[row])
    assert (place.has("P", "SO2.6301.power"), place.has("I", "SO2.6301.industry")) == (40_000, 50_000)
    reserve = sum(place.has(AccountKind.RESERVE, f"SO2.6301.{c}") for c in ("power", "industry"))
    assert reserve == 10_000


@pytest.mark.parametrize(("until", "years"), [(None, 3), ("2026-01-01", 3), ("2025-12-31", 2)])
def test_the_part_that_is_not_free_is_paid_each_year_of_a_term_in_pilots_only(town, until, years) -> None:
    """Given 40 % paid use at 200 CNY/t for two years, then 100 t pay 8,000 CNY each, and again while the rule stands."""
    place = town(
        firm("A", so2_t=100, permit_free_share=0.6, cash_cny=30_000),
        firm("Y", "632701", so2_t=100, permit_free_share=0.6, cash_cny=30_000),
    )
    policy = allocate(place, term_years=2, paid_use_cny_t_year={"so2": 200}, until=until)
    for year in (2024, 2025, 2026):
        place.act(policy, Moment.YEAR_START, date(year, 1, 1))
    assert place.has("A", 0) == (30_000 - 8_000 * years) * 10_000
    assert place.has("Y", 0) == 30_000 * 10_000
    assert place.has(AccountKind.TREASURY, 0) == 8_000 * years * 10_000


def test_an_instalment_takes_no_more_cash_than_there_is(town) -> None:
    place = town(firm("A", so2_t=100, permit_free_share=0, cash_cny=500))
    policy = allocate(place, paid_use_cny_t_year={"so2": 200})
    place.act(policy, Moment.YEAR_START, START)
    assert place.has("A", 0) == 0
    assert place.has("A", "SO2.6301.industry") == 100_000
    assert not place.executor.refused


def test_a_run_that_starts_in_summer_collects_its_first_instalment_at_once(town) -> None:
    place = town(firm("A", so2_t=1, permit_free_share=0, cash_cny=500), start=date(2024, 7, 1))
    policy = InitialAllocation(InitialAllocation.Params(paid_use_cny_t_year={"so2": Decimal(200)}), place.setting)
    place.act(policy, Moment.RUN_START, date(2024, 7, 1))
    assert place.has(AccountKind.TREASURY, 0) == 200 * 10_000


def test_new_projects_get_nothing(town) -> None:
    place = town(firm("A", so2_t=10), firm("NEW", so2_t=10, appear="2024-05-01"))
    allocate(place)
    assert place.has("NEW", "SO2.6301.industry") == 0


@settings(max_examples=40, deadline=None)
@given(
    emissions=st.lists(st.integers(0, 5_000_000), min_size=1, max_size=6),
    cap_t=st.integers(0, 10_000),
    other_t=st.integers(0, 10_000),
    reserve=st.integers(0, 100),
    split=st.booleans(),
)
def test_allocations_and_reserve_never_exceed_the_cap(emissions, cap_t, other_t, reserve, split) -> None:
    """Whatever is asked: sum(allocations) + reserve + other sources <= cap, or nothing is issued."""
    people = [
        firm(f"F{n}", so2_t=milli / 1000, class_air=("power", "industry")[n % 2 if split else 0])
        for n, milli in enumerate(emissions)
    ]
    place = Town(people, START, date(2024, 12, 31), {})
    allocate(place, caps=[cap("6301", cap_t, other_sources_t=other_t)], reserve_share=f"{reserve} %")
    listed = place.setting.listed("so2")
    issued = -sum(place.exchange.posted(AccountKind.ISSUANCE, i.index) for i in listed)
    assert issued <= max(cap_t - other_t, 0) * 1000
    for n, milli in enumerate(emissions):
        assert sum(place.exchange.posted(15 + n, i.index) for i in listed) <= milli


def test_base_prices_are_published(town) -> None:
    place = town(firm("A", so2_t=1))
    policy = allocate(place)
    assert policy.notices(place.view())["permit.base.nox"] == 5000.0
