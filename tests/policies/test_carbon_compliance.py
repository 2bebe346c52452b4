"""Carbon compliance: given verified emissions, when the deadline comes, then offsets and allowances are taken."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.policies.conftest import Town, firm, month_ends

from ecomarket.model.codes import AccountKind, HoldReason
from ecomarket.model.command import Assess, Bound, Fact, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode, Rule, Scheme
from ecomarket.policies.carbon_compliance import CarbonCompliance

POWER = {"carbon_from": 2023, "benchmark": "coal-large", "cash_cny": 10**7}
LAST_DAY = date(2024, 12, 31)


def town_with(*people, **params) -> tuple[Town, CarbonCompliance]:
    place = Town(people, date(2024, 1, 1), date(2026, 12, 31), {})
    return place, CarbonCompliance(CarbonCompliance.Params.model_validate(params), place.setting)


def settle(place: Town, policy: CarbonCompliance, day: date = LAST_DAY) -> list[Assess]:
    return [c for c in place.act(policy, Moment.MONTH_END, day) if isinstance(c, Assess)]


def test_a_firm_with_enough_surrenders_oldest_first_and_never_a_later_vintage() -> None:
    """Given 1,000 t of 2023, when it holds 1,200 of 2023 and 500 of 2024, then 1,000 of 2023 go."""
    place, policy = town_with(firm("P", co2_t=1000, **POWER))
    place.give("P", "CEA.2023", 1200)
    place.give("P", "CEA.2024", 500)
    (assessed,) = settle(place, policy)
    assert (assessed.scheme, assessed.period, assessed.required, assessed.met, assessed.charge) == (
        Scheme.CARBON,
        2023,
        1000,
        1000,
        0,
    )
    assert (place.has("P", "CEA.2023"), place.has("P", "CEA.2024")) == (200, 500)
    assert place.has(AccountKind.SURRENDER, "CEA.2023") == 1000
    assert not settle(place, policy), "a year is settled once"


def test_instalments_are_equal_parts_and_what_is_lacking_is_asked_for_at_the_deadline() -> None:
    """Given 1,000 t in four parts: 250 in March; in June 200 of 250, for it has no more; in September 300; the rest is short."""
    place, policy = town_with(firm("P", co2_t=1000, **POWER), instalment_months=[3, 6, 9])
    had = []
    for month, day, bought in ((3, 31, 450), (4, 30, 0), (6, 30, 0), (9, 30, 400)):
        place.give("P", "CEA.2023", bought)
        assert not settle(place, policy, date(2024, month, day))
        had.append(place.has(AccountKind.SURRENDER, "CEA.2023"))
    assert had == [250, 250, 450, 750]
    assert [(f.code, f.amount) for f in place.ordered(Fact)] == [(FactCode.INSTALMENT_LOTS, n) for n in (250, 200, 300)]
    (assessed,) = settle(place, policy)
    assert (assessed.required, assessed.met) == (1000, 850)
    assert place.has(AccountKind.SURRENDER, "CEA.2023") == 850


@settings(max_examples=40, deadline=None)
@given(given_=st.lists(st.integers(0, 500), min_size=4, max_size=4), offsets=st.integers(0, 100))
def test_instalments_take_no_more_and_no_less_than_one_surrender(given_, offsets) -> None:
    """Whatever is there when, at the end as much has been taken as of a firm that surrenders once."""
    met = []
    for months in ([], [3, 6, 9]):
        place, policy = town_with(firm("P", co2_t=1000, **POWER), instalment_months=months)
        place.give("P", "CCER.national", offsets)
        for bought, day in zip(given_, ((3, 31), (6, 30), (9, 30), (12, 31)), strict=True):
            place.give("P", "CEA.2023", bought)
            last = settle(place, policy, date(2024, *day))
        met.append(last[0].met)
        assert sum(place.has(AccountKind.SURRENDER, k) for k in ("CEA.2023", "CCER.national")) == last[0].met
    assert met[0] == met[1] == min(sum(given_) + min(offsets, 50), 1000)


@pytest.mark.parametrize(("due", "limit"), [(1_000_000, 50_000), (333_333, 16_666)])
def test_p24_offsets_cover_at_most_five_percent_rounded_down(due, limit) -> None:
    """Given more offsets than the limit, when it settles, then 5 % are taken first, and the limit is said to bind."""
    place, policy = town_with(firm("P", co2_t=due, **POWER))
    place.give("P", "CCER.national", due)
    place.give("P", "CEA.2023", due)
    settle(place, policy)
    assert place.has(AccountKind.SURRENDER, "CCER.national") == limit
    assert place.has(AccountKind.SURRENDER, "CEA.2023") == due - limit
    assert place.ordered(Bound) == [Bound(Rule.OFFSET_LIMIT, place.account("P"), place.index("CCER.national"), limit)]


def test_few_offsets_do_not_bind_and_grass_never_counts() -> None:
    place, policy = town_with(firm("P", co2_t=1000, **POWER))
    place.give("P", "CCER.national", 20)
    place.give("P", "SINK.grass.2024", 900)
    place.give("P", "CEA.2023", 980)
    (assessed,) = settle(place, policy)
    assert assessed.met == 1000
    assert place.has("P", "SINK.grass.2024") == 900
    assert not place.ordered(Bound)


def test_order_775_five_times_the_months_price_and_as_much_less_next_year() -> None:
    """Given 100 t short at 97.49 CNY, when it settles, then 48,745 CNY are due and 100 lots of 2024 are cut."""
    place, policy = town_with(firm("P", co2_t=1000, **POWER))
    place.give("P", "CEA.2023", 900)
    place.give("P", "CEA.2024", 60)
    place.price("CEA.2023", 974_900)
    (assessed,) = settle(place, policy)
    assert (assessed.required, assessed.met, assessed.charge) == (1000, 900, 5 * 100 * 974_900)
    assert place.has(AccountKind.PENALTY, 0) == 487_450_000
    place.act(policy, Moment.MONTH_START, date(2025, 1, 1))
    assert place.has("P", "CEA.2024") == 0
    place.give("P", "CEA.2025", 100)
    place.give("P", "CEA.2023", 5)
    place.act(policy, Moment.MONTH_START, date(2025, 2, 1))
    place.act(policy, Moment.MONTH_START, date(2025, 3, 1))
    assert (place.has("P", "CEA.2023"), place.has("P", "CEA.2025")) == (5, 60)
    assert not place.executor.refused


def test_the_regime_of_2021_is_a_flat_fine() -> None:
    place, policy = town_with(firm("P", co2_t=1000, **POWER), penalty_times=0, fine_cny=30_000)
    place.price("CEA.2023", 974_900)
    (assessed,) = settle(place, policy)
    assert assessed.charge == 30_000 * 10_000


def test_p18_a_fixed_penalty_without_make_good_is_all_a_shortfall_costs() -> None:
    """Given a penalty of 80 and 6.6667 t short (in 0.0001 t), when it is settled, then 533.336 is paid, nothing cut."""
    place, policy = town_with(firm("P", co2_t=566_667, **POWER), penalty_times=0, penalty_cny_t=80, make_good=False)
    place.give("P", "CEA.2023", 500_000)
    place.give("P", "CEA.2024", 1000)
    place.price("CEA.2023", 974_900)
    (assessed,) = settle(place, policy)
    assert assessed.charge == 66_667 * 80 * 10_000
    place.act(policy, Moment.MONTH_START, date(2025, 1, 1))
    assert place.has("P", "CEA.2024") == 1000


def test_the_deadline_may_fall_on_an_earlier_day_and_uncovered_firms_owe_nothing() -> None:
    place, policy = town_with(
        firm("P", co2_t=10, **POWER),
        firm("LATER", co2_t=10, carbon_from=2024),
        firm("NEVER", co2_t=10),
        deadline_month=11,
        deadline_day=15,
    )
    place.act(policy, Moment.AFTER_SESSION, date(2024, 11, 14))
    assert not place.said
    place.act(policy, Moment.AFTER_SESSION, date(2024, 11, 18))
    assert [a.account for a in place.ordered(Assess)] == [place.account("P")]


def test_reports_of_the_year_are_what_is_due() -> None:
    place, policy = town_with(firm("P", co2_t=10, **POWER))
    place.emits("P", 202402, 700)
    place.emits("P", 202412, 50)
    place.emits("P", 202501, 999)
    settle(place, policy)
    (assessed,) = settle(place, policy, date(2025, 12, 31))
    assert (assessed.period, assessed.required) == (2024, 750)


# --- carry-over
def carry(place: Town, policy: CarbonCompliance) -> None:
    place.act(policy, Moment.AFTER_SESSION, date(2026, 6, 9))
    place.act(policy, Moment.AFTER_SESSION, date(2026, 6, 10))
    place.act(policy, Moment.AFTER_SESSION, date(2026, 6, 11))


@pytest.mark.parametrize(("years", "carried"), [((2024, 2025), 16_000), ((2025,), 10_000)])
def test_ten_thousand_tonnes_and_half_again_the_net_sales_are_carried_the_rest_expires(years, carried) -> None:
    """Given 30,000 issued, 4,000 sold in 2024, when carry-over comes, then 16,000 become 2025's and 10,000 expire."""
    place, policy = town_with(firm("P", **POWER), firm("BUYER", **POWER), net_sales_years=years)
    place.give("P", "CEA.2024", 30_000)
    place.book.add(FactCode.ISSUED_LOTS, place.account("P"), place.index("CEA.2024"), 202401, 30_000)
    place.exchange.transfer(1, place.account("P"), place.account("BUYER"), place.index("CEA.2024"), 4_000, 1)
    for year in (2024, 2025):
        place.act(policy, Moment.YEAR_END, date(year, 12, 31))
    carry(place, policy)
    assert (place.has("P", "CEA.2024"), place.has("P", "CEA.2025")) == (0, carried)
    assert place.has("BUYER", "CEA.2025") == 4_000
    assert place.has(AccountKind.EXPIRED, "CEA.2024") == 26_000 - carried
    assert [(b.rule, b.account, b.amount) for b in place.ordered(Bound)] == [
        (Rule.CARRY_OVER, place.account("P"), 26_000 - carried)
    ]


def test_what_was_pledged_on_the_day_expires_once_it_is_free() -> None:
    """Given 3,000 of 2024, 1,000 of them held: 2,000 become 2025's, and the 1,000 are of no use when they come free."""
    place, policy = town_with(firm("P", co2_t=1_000, **POWER))
    place.give("P", "CEA.2024", 3_000)
    what = place.account("P"), place.index("CEA.2024")
    hold, refused = place.exchange.hold(1, *what, 1_000, HoldReason.PLEDGE)
    assert not refused
    carry(place, policy)
    assert (place.has("P", "CEA.2024"), place.has("P", "CEA.2025")) == (1_000, 2_000)
    place.exchange.release(1, hold)
    place.act(policy, Moment.AFTER_SESSION, date(2026, 7, 1))
    assert (place.has("P", "CEA.2024"), place.has(AccountKind.EXPIRED, "CEA.2024")) == (0, 1_000)
    assert [(b.rule, b.amount) for b in place.ordered(Bound)] == [(Rule.CARRY_OVER, 1_000)]
    place.act(policy, Moment.AFTER_SESSION, date(2026, 7, 2))
    assert (place.has("P", "CEA.2025"), place.has(AccountKind.EXPIRED, "CEA.2024")) == (2_000, 1_000)


def test_industry_has_the_larger_base_and_the_outside_market_no_limit() -> None:
    place, policy = town_with(firm("STEEL", carbon_from=2024), firm("OUT.CEA", kind="outside"))
    for who in ("STEEL", "OUT.CEA"):
        place.give(who, "CEA.2024", 150_000)
    carry(place, policy)
    assert (place.has("STEEL", "CEA.2025"), place.has("OUT.CEA", "CEA.2025")) == (100_000, 150_000)


def test_lots_surrendered_are_not_net_sales() -> None:
    """Given 1,000 issued and 1,000 surrendered, when sales are counted, then there are none."""
    place, policy = town_with(firm("P", co2_t=1000, **POWER))
    place.give("P", "CEA.2023", 1000)
    place.book.add(FactCode.ISSUED_LOTS, place.account("P"), place.index("CEA.2023"), 202401, 1000)
    settle(place, policy)
    place.act(policy, Moment.YEAR_END, LAST_DAY)
    assert policy._net_sales[place.account("P")] == 0


@settings(max_examples=40, deadline=None)
@given(
    due=st.integers(0, 10_000),
    held=st.tuples(*[st.integers(0, 8_000)] * 4),
    times=st.integers(0, 10),
)
def test_met_is_what_was_taken_and_a_shortfall_means_nothing_usable_is_left(due, held, times) -> None:
    place, policy = town_with(firm("P", co2_t=due, **POWER), penalty_times=times)
    for code, lots in zip(("CEA.2023", "CEA.2024", "CCER.national", "SINK.grass.2024"), held, strict=True):
        place.give("P", code, lots)
    place.price("CEA.2023", 700_000)
    (assessed,) = settle(place, policy)
    taken = sum(t.amount for t in place.ordered(Transfer) if t.credit == AccountKind.SURRENDER)
    assert assessed.met == taken <= due
    assert place.has(AccountKind.SURRENDER, "CCER.national") <= due * 5 // 100
    assert assessed.charge == times * 700_000 * (due - taken)
    if taken < due:
        assert place.has("P", "CEA.2023") == 0
    assert place.has("P", "CEA.2024") == held[1]
    assert not place.executor.refused


# --- late surrender
def says_it_will_be_late(place: Town, who: str, year: int) -> None:
    place.book.add(FactCode.LATE_SURRENDER, place.account(who), -1, year, 1)


def assessed_of(place: Town) -> list[tuple[int, int, int, int]]:
    return [(a.period, a.required, a.met, a.charge) for a in place.ordered(Assess)]


def test_without_days_of_grace_a_late_firm_owes_all_of_it_as_a_shortfall() -> None:
    """Given 1,000 t due and held, when the firm is late, then 1,000 t cost five times 97.49 CNY and are cut later."""
    place, policy = town_with(firm("P", co2_t=1000, **POWER))
    place.give("P", "CEA.2023", 1000)
    place.give("P", "CEA.2024", 1500)
    place.price("CEA.2023", 974_900)
    says_it_will_be_late(place, "P", 2024)
    settle(place, policy)
    assert assessed_of(place) == [(2023, 1000, 0, 5 * 1000 * 974_900)]
    assert place.has("P", "CEA.2023") == 1000
    place.act(policy, Moment.MONTH_START, date(2025, 1, 1))
    assert place.has("P", "CEA.2024") == 500
    assert not settle(place, policy, date(2025, 1, 31))


def test_a_late_firm_surrenders_when_its_days_are_over_and_pays_for_being_late() -> None:
    """Given 30 days of grace, when 30 January comes, then 1,000 t are taken and 20,000 CNY paid; the other paid none."""
    place, policy = town_with(firm("P", co2_t=1000, **POWER), firm("Q", co2_t=10, **POWER), grace_days=30)
    place.give("P", "CEA.2023", 1200)
    place.give("Q", "CEA.2023", 10)
    says_it_will_be_late(place, "P", 2024)
    settle(place, policy)
    place.act(policy, Moment.YEAR_END, LAST_DAY)
    place.act(policy, Moment.MONTH_START, date(2025, 1, 1))
    place.act(policy, Moment.AFTER_SESSION, date(2025, 1, 29))
    assert assessed_of(place) == [(2023, 10, 10, 0)]
    place.act(policy, Moment.AFTER_SESSION, date(2025, 1, 30))
    assert len(assessed_of(place)) == 2
    place.act(policy, Moment.MONTH_END, date(2025, 1, 31))
    assert assessed_of(place) == [(2023, 10, 10, 0), (2023, 1000, 1000, 20_000 * 10_000)]
    assert place.has("P", "CEA.2023") == 200
    assert place.has(AccountKind.SURRENDER, "CEA.2023") == 1010
    assert place.has(AccountKind.PENALTY, 0) == 20_000 * 10_000
    settled = [f for f in place.ordered(Fact) if f.code == FactCode.LATE_SETTLED]
    assert [(f.account, f.period, f.amount) for f in settled] == [(place.account("P"), 2024, 1)]


def test_what_a_late_firm_lacks_is_priced_as_of_the_deadline() -> None:
    place, policy = town_with(firm("P", co2_t=1000, **POWER), grace_days=30)
    place.give("P", "CEA.2023", 900)
    place.give("P", "CEA.2024", 60)
    place.price("CEA.2023", 974_900)
    says_it_will_be_late(place, "P", 2024)
    settle(place, policy)
    place.price("CEA.2023", 1)
    settle(place, policy, date(2025, 1, 31))
    assert assessed_of(place) == [(2023, 1000, 900, 5 * 100 * 974_900 + 20_000 * 10_000)]
    place.act(policy, Moment.MONTH_START, date(2025, 2, 1))
    assert place.has("P", "CEA.2024") == 0


def test_a_late_surrender_is_no_sale_in_either_year() -> None:
    place, policy = town_with(firm("P", co2_t=1000, **POWER), grace_days=30)
    place.give("P", "CEA.2023", 1000)
    place.book.add(FactCode.ISSUED_LOTS, place.account("P"), place.index("CEA.2023"), 202401, 1000)
    says_it_will_be_late(place, "P", 2024)
    settle(place, policy)
    place.act(policy, Moment.YEAR_END, LAST_DAY)
    settle(place, policy, date(2025, 1, 31))
    assert place.has(AccountKind.SURRENDER, "CEA.2023") == 1000
    place.act(policy, Moment.YEAR_END, date(2025, 12, 31))
    assert policy._net_sales[place.account("P")] == 0


def test_carry_over_waits_until_what_it_would_turn_has_been_surrendered() -> None:
    """Given 180 days of grace, when 10 June 2026 comes, then 2024 is settled first and the rest carried the day after."""
    place, policy = town_with(firm("P", co2_t=1, **POWER), grace_days=180, first_year=2024)
    place.emits("P", 202405, 700)
    place.give("P", "CEA.2024", 1000)
    says_it_will_be_late(place, "P", 2025)
    settle(place, policy, date(2025, 12, 31))
    carry(place, policy)
    assert assessed_of(place) == [(2024, 700, 700, 20_000 * 10_000)]
    assert (place.has("P", "CEA.2024"), place.has("P", "CEA.2025")) == (0, 300)
    assert place.has(AccountKind.SURRENDER, "CEA.2024") == 700
    assert not place.executor.refused


@pytest.mark.parametrize("grace", [1, 30, 180])
def test_at_the_end_of_the_run_nobody_is_left_to_be_settled(grace) -> None:
    """Given grace that ends after 31 December 2026, when that day comes, then the late firm is settled and fined."""
    place, policy = town_with(firm("P", co2_t=1, **POWER), grace_days=grace, first_year=2025)
    place.emits("P", 202505, 700)
    place.give("P", "CEA.2025", 1000)
    says_it_will_be_late(place, "P", 2026)
    settle(place, policy, date(2026, 12, 31))
    assert assessed_of(place) == [(2025, 700, 700, 20_000 * 10_000)]


@settings(max_examples=30, deadline=None)
@given(
    due=st.lists(st.integers(0, 3_000), min_size=3, max_size=3),
    held=st.lists(st.integers(0, 4_000), min_size=3, max_size=3),
    late=st.lists(st.booleans(), min_size=3, max_size=3),
    grace=st.integers(0, 180),
)
@example(due=[1, 1, 0], held=[1, 0, 0], late=[True, True, False], grace=0)  # two cuts, one lot
def test_every_year_is_assessed_once_and_no_lot_is_lost(due, held, late, grace) -> None:
    """Three years of any luck: one assessment a year, met is what was taken, all lots issued are somewhere."""
    place, policy = town_with(firm("P", co2_t=due[0], **POWER), grace_days=grace)
    place.emits("P", 202406, due[1])
    place.emits("P", 202506, due[2])
    for n, lots in enumerate(held):
        place.give("P", f"CEA.{2023 + n}", lots)
        if late[n]:
            says_it_will_be_late(place, "P", 2024 + n)
    for year in (2024, 2025, 2026):
        for month, end in enumerate(month_ends(year), 1):
            place.act(policy, Moment.MONTH_START, date(year, month, 1))
            place.act(policy, Moment.AFTER_SESSION, end)
            place.act(policy, Moment.MONTH_END, end)
        place.act(policy, Moment.YEAR_END, date(year, 12, 31))
    assert sorted((a.period, a.required) for a in place.ordered(Assess)) == [(2023 + n, due[n]) for n in range(3)]
    taken = sum(t.amount for t in place.ordered(Transfer) if t.credit == AccountKind.SURRENDER)
    assert taken == sum(a.met for a in place.ordered(Assess))
    places = (AccountKind.SURRENDER, AccountKind.CANCELLED, AccountKind.EXPIRED)
    turned = sum(t.amount for t in place.ordered(Transfer) if t.debit == AccountKind.ISSUANCE)
    total = sum(place.has(who, f"CEA.{2023 + n}") for who in ("P", *places) for n in range(3))
    assert total == sum(held) + turned
    assert not place.executor.refused
