"""Sales of permits: given holdings and reports, when a month begins, then exactly those with a proven surplus may sell."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.conftest import Town, firm

from ecomarket.model.codes import AccountKind, Eligible
from ecomarket.model.command import Bar, Bound
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies.permit_sales import PermitSales
from ecomarket.policies.right_registration import RightRegistration

SO2 = "SO2.6301.industry"


def town_with(*people, rule=PermitSales, **params):
    place = Town(people, date(2024, 1, 1), date(2026, 12, 31), {})
    for p in place.setting.participants:
        place.executor.allow(p.account, place.index(SO2), Eligible.ALL)
    return place, rule(rule.Params.model_validate({"rights": ["so2"]} | params), place.setting)


def may_sell(place: Town, who: str) -> bool:
    return bool(place.exchange.eligible(place.account(who), place.index(SO2)) & Eligible.SELL)


@settings(max_examples=60, deadline=None)
@given(
    months=st.lists(st.integers(0, 40), min_size=0, max_size=20),
    held=st.integers(0, 400),
    lag=st.integers(0, 4),
)
def test_who_may_sell_is_who_holds_more_than_a_verified_year_needs(months, held, lag) -> None:
    """The need is counted here on its own: the last twelve verified months, at least three, scaled to a year."""
    place, rule = town_with(firm("A"), surplus_proof=True, lag_months=lag)
    place.give("A", SO2, held)
    for n, kg in enumerate(months):
        if kg:
            place.emits("A", (2024 + n // 12) * 100 + n % 12 + 1, kg, SO2)
    begins = date(2024 + len(months) // 12, len(months) % 12 + 1, 1)
    place.act(rule, Moment.MONTH_START, begins)
    seen = months[: max(len(months) - lag, 0)][-12:]
    proven = len(seen) >= 3 and sum(seen) > 0 and held * len(seen) > sum(seen) * 12
    whole = proven and held > -(-sum(seen) * 12 // len(seen))
    assert may_sell(place, "A") is whole


def test_a_sale_down_to_the_need_bars_before_the_next_sitting() -> None:
    place, rule = town_with(firm("A"), surplus_proof=True, lag_months=0)
    place.give("A", SO2, 150)
    for month in (1, 2, 3):
        place.emits("A", 202400 + month, 10, SO2)
    place.act(rule, Moment.MONTH_START, date(2024, 4, 1))
    assert may_sell(place, "A")
    place.act(rule, Moment.BEFORE_SESSION, date(2024, 4, 2))
    assert may_sell(place, "A")
    place.give(AccountKind.RESERVE, SO2, 30, place.account("A"))
    place.act(rule, Moment.BEFORE_SESSION, date(2024, 4, 3))
    assert not may_sell(place, "A")
    assert [b.what for b in place.ordered(Bar)] == [Eligible.SELL]


def test_who_cannot_pay_for_its_free_permits_does_not_sell_and_owes_nothing() -> None:
    place, rule = town_with(firm("A", cash_cny=100), paid_first=True)
    place.give("A", SO2, 1_000)
    place.price(SO2, 100_000)
    place.act(rule, Moment.MONTH_START, date(2024, 1, 1))
    assert not may_sell(place, "A")
    assert place.has("A", 0) == 1_000_000
    assert [b.rule for b in place.ordered(Bound)] == [Rule.UNPAID_PERMIT]
    place.give("A", 0, 10**8, AccountKind.WORLD)
    place.act(rule, Moment.MONTH_START, date(2024, 2, 1))
    assert may_sell(place, "A")
    assert place.has(AccountKind.TREASURY, 0) == 1_000 * 2_000 * (1825 - 31) // 365


def test_what_was_paid_for_before_is_sold_at_once() -> None:
    place, rule = town_with(firm("A", permit_free_share=0), paid_first=True)
    place.give("A", SO2, 1_000)
    place.act(rule, Moment.MONTH_START, date(2024, 1, 1))
    assert may_sell(place, "A")


def test_one_rule_does_not_lift_the_bar_of_another() -> None:
    place, sales = town_with(firm("A", registered="2024-03-10"), surplus_proof=True, lag_months=0)
    registration = RightRegistration(RightRegistration.Params.model_validate({"rights": ["so2"]}), place.setting)
    place.give("A", SO2, 500)
    place.act(registration, Moment.RUN_START, date(2024, 1, 1))
    place.act(sales, Moment.MONTH_START, date(2024, 1, 1))
    place.act(registration, Moment.BEFORE_SESSION, date(2024, 3, 10))
    assert not may_sell(place, "A")  # registered, but nothing proven
    for month in (1, 2, 3):
        place.emits("A", 202400 + month, 10, SO2)
    place.act(sales, Moment.MONTH_START, date(2024, 4, 1))
    assert may_sell(place, "A")
    place.executor.allow(place.account("A"), place.index(SO2), Eligible.HOLD)
    assert not may_sell(place, "A")


@settings(max_examples=30, deadline=None)
@given(shares=st.lists(st.integers(0, 10), min_size=3, max_size=3).map(sorted))
def test_coverage_grows_and_nobody_is_struck_off(shares) -> None:
    people = [firm(f"F{n}") for n in range(12)]
    coverage = {2024 + n: share / 10 for n, share in enumerate(shares)}
    place, rule = town_with(*people, rule=RightRegistration, coverage=coverage)
    before: set[str] = set()
    for year in (2024, 2025, 2026):
        place.act(rule, Moment.MONTH_START, date(year, 1, 1))
        now = {p.code for p in people if may_sell(place, p.code)}
        assert before <= now
        before = now
        if coverage[year] == 1:
            assert len(now) == 12
        if coverage[year] == 0:
            assert not now
    told = [c.account for c in place.said if getattr(c, "code", None) is FactCode.REGISTERED]
    assert len(told) == len(set(told))
