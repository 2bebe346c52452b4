"""Verification: given a report that leaves something out, when its firm is drawn, then it is corrected and fined."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.conftest import Town, firm

from ecomarket.chance import Draws, key
from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Assess, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode
from ecomarket.policies.carbon_compliance import CarbonCompliance
from ecomarket.policies.permit_compliance import PermitCompliance
from ecomarket.policies.verification import ANNUAL, SPOT, Verification

POWER = {"carbon_from": 2023, "benchmark": "coal-large", "cash_cny": 10**6}
SO2 = "SO2.6301.industry"
ALWAYS = {"inspection_share": {"key": 1, "other": 1}, "spot_share": {}}
SPOTS = {"inspection_share": {}, "spot_share": {"key": 1, "other": 1}, "spot_months": (11,)}
IN_JUNE = date(2025, 6, 30)


def town_with(*people, **params) -> tuple[Town, Verification]:
    place = Town(people, date(2024, 1, 1), date(2026, 12, 31), {})
    return place, Verification(Verification.Params.model_validate(params), place.setting)


def leaves_out(place: Town, who: str, period: int, amount: int, instrument: str = "") -> None:
    """A meter shows `amount` more than the report of a month: t of CO2, or lots of a permit."""
    code = FactCode.UNREPORTED_T_MILLI if instrument else FactCode.UNREPORTED_CO2_T
    where = place.index(instrument or f"CEA.{period // 100}")
    place.book.add(code, place.account(who), where, period, amount)


def year_of(place: Town, who: str, code: FactCode, year: int = 2024) -> int:
    return int(place.book.year(code, year)[place.account(who)])


def test_what_is_found_in_june_is_owed_in_december_and_fined_at_once() -> None:
    """Given 1,000 of 9,000 t left out, when the firm is drawn, then 8,800 t are due, 200 stay hidden, 500,000 paid."""
    place, policy = town_with(firm("P", co2_t=9000, **POWER), **ALWAYS)
    place.emits("P", 202403, 8000)
    leaves_out(place, "P", 202403, 400)
    leaves_out(place, "P", 202411, 600)
    place.act(policy, Moment.AFTER_SESSION, date(2025, 6, 27))
    assert not place.said
    place.act(policy, Moment.AFTER_SESSION, IN_JUNE)
    month = place.book.month
    account = place.account("P")
    assert (month(FactCode.EMISSION_CO2_T, 202403)[account], month(FactCode.EMISSION_CO2_T, 202411)[account]) == (
        8320,
        480,
    )
    assert year_of(place, "P", FactCode.UNREPORTED_CO2_T) == 200
    assert place.has(AccountKind.PENALTY, 0) == 500_000 * 10_000
    assert place.has("P", 0) == 500_000 * 10_000
    place.act(policy, Moment.MONTH_END, IN_JUNE)
    assert len([f for f in place.ordered(Fact) if f.code == FactCode.INSPECTION]) == 1, "once a year"
    surrender = CarbonCompliance(CarbonCompliance.Params(first_year=2024), place.setting)
    place.act(surrender, Moment.MONTH_END, date(2025, 12, 31))
    assert [(a.period, a.required) for a in place.ordered(Assess)] == [(2024, 8800)]


def test_a_firm_that_is_not_drawn_keeps_its_secret() -> None:
    place, policy = town_with(firm("P", co2_t=9000, **POWER), inspection_share={"other": 1}, spot_share={})
    place.emits("P", 202403, 8000)
    leaves_out(place, "P", 202403, 1000)
    place.act(policy, Moment.MONTH_END, IN_JUNE)
    assert not place.said
    assert year_of(place, "P", FactCode.EMISSION_CO2_T) == 8000


def test_an_honest_firm_that_is_inspected_pays_nothing_and_an_idle_one_is_not_inspected() -> None:
    place, policy = town_with(firm("P", **POWER), firm("IDLE", **POWER), **ALWAYS)
    place.emits("P", 202403, 8000)
    place.act(policy, Moment.MONTH_END, IN_JUNE)
    assert place.said == [Fact(FactCode.INSPECTION, place.account("P"), -1, 2024, 1, ANNUAL)]


def test_reports_from_before_the_run_are_not_looked_at() -> None:
    place, policy = town_with(firm("P", co2_t=9000, **POWER), **ALWAYS)
    place.emits("P", 202403, 8000)
    leaves_out(place, "P", 202403, 1000)
    place.act(policy, Moment.MONTH_END, date(2024, 6, 30))
    assert not place.said


def test_last_years_permits_are_fined_and_not_assessed_again() -> None:
    """Given 100 of 1,100 lots left out and assessed, when they come out, then 20,000 CNY are paid and that is all."""
    place, policy = town_with(firm("A", cash_cny=10**6), **ALWAYS, detection_share=1)
    duty = PermitCompliance(PermitCompliance.Params(rights=("so2",)), place.setting)
    place.give("A", SO2, 1000)
    place.emits("A", 202405, 1000, SO2)
    leaves_out(place, "A", 202405, 100, SO2)
    place.act(duty, Moment.YEAR_END, date(2024, 12, 31))
    place.act(policy, Moment.MONTH_END, IN_JUNE)
    assert place.has(AccountKind.PENALTY, 0) == 20_000 * 10_000
    assert year_of(place, "A", FactCode.EMISSION_T_MILLI) == 1100
    place.emits("A", 202505, 1000, SO2)
    place.act(duty, Moment.YEAR_END, date(2025, 12, 31))
    assert [(a.required, a.met, a.charge) for a in place.ordered(Assess)] == [(1000, 1000, 0)] * 2


def test_a_spot_check_comes_before_the_permits_are_assessed() -> None:
    """Given 100 lots left out in May, when they come out in November, then December's check counts 80 of them."""
    place, policy = town_with(firm("A", co2_t=5, cash_cny=10**6, carbon_from=2024), **SPOTS)
    duty = PermitCompliance(PermitCompliance.Params(rights=("so2",)), place.setting)
    place.give("A", SO2, 1000)
    place.emits("A", 202405, 1000, SO2)
    leaves_out(place, "A", 202405, 100, SO2)
    leaves_out(place, "A", 202405, 50)
    place.act(policy, Moment.MONTH_END, date(2024, 10, 31))
    place.act(policy, Moment.AFTER_SESSION, date(2024, 11, 29))
    assert not place.said
    place.act(policy, Moment.MONTH_END, date(2024, 11, 30))
    assert place.said[0] == Fact(FactCode.INSPECTION, place.account("A"), -1, 2024, 1, SPOT)
    assert year_of(place, "A", FactCode.UNREPORTED_CO2_T) == 50, "a spot check is of permits"
    assert place.has(AccountKind.PENALTY, 0) == 20_000 * 10_000
    place.act(duty, Moment.YEAR_END, date(2024, 12, 31))
    assert [(a.required, a.met, a.charge) for a in place.ordered(Assess)] == [(1080, 1000, 200_000 * 10_000)]


def test_carbon_and_permits_found_together_cost_both_fines_and_an_uncovered_firm_no_carbon_fine() -> None:
    place, policy = town_with(firm("KEY", **POWER), firm("SMALL", cash_cny=10**6), **ALWAYS)
    for who in ("KEY", "SMALL"):
        place.emits(who, 202403, 900)
        leaves_out(place, who, 202403, 100)
    leaves_out(place, "KEY", 202403, 100, SO2)
    place.act(policy, Moment.MONTH_END, IN_JUNE)
    fines = {f.account: f.amount for f in place.ordered(Fact) if f.code == FactCode.FALSE_REPORT_CASH}
    assert fines == {place.account("KEY"): 520_000 * 10_000, place.account("SMALL"): 0}
    assert year_of(place, "SMALL", FactCode.EMISSION_CO2_T) == 980
    assert place.has("SMALL", 0) == 10**10


def test_what_needs_no_permit_is_corrected_too() -> None:
    place, policy = town_with(firm("A", cash_cny=10**6), **ALWAYS)
    place.book.add(FactCode.EMISSION_T_MILLI, place.account("A"), -1, 202403, 90)
    place.book.add(FactCode.UNREPORTED_T_MILLI, place.account("A"), -1, 202403, 10)
    place.act(policy, Moment.MONTH_END, IN_JUNE)
    assert year_of(place, "A", FactCode.EMISSION_T_MILLI) == 98


def test_a_fine_takes_no_more_cash_than_there_is() -> None:
    place, policy = town_with(firm("P", **(POWER | {"cash_cny": 7})), **ALWAYS)
    place.emits("P", 202403, 900)
    leaves_out(place, "P", 202403, 100)
    place.act(policy, Moment.MONTH_END, IN_JUNE)
    assert (place.has("P", 0), place.has(AccountKind.PENALTY, 0)) == (0, 70_000)
    assert not place.executor.refused


def luck(code: str, year: int) -> float:
    return float(Draws(1).uniform(key(code), "verification.annual", year))


def code_with_luck(low: float, high: float, year: int) -> str:
    """A firm's name whose draw of a year lies between two numbers."""
    return next(name for n in range(10_000) if low <= luck(name := f"F{n}", year) < high)


@pytest.mark.parametrize(("before", "factor", "drawn"), [(True, 2, True), (False, 2, False), (True, 1, False)])
def test_a_firm_found_before_is_drawn_with_twice_the_chance(before, factor, drawn) -> None:
    """Given a chance of 0.3 and a draw between 0.3 and 0.6, when it was found before, then it is drawn."""
    who = next(name for n in range(10_000) if luck(name := f"F{n}", 2024) < 0.3 and 0.3 <= luck(name, 2025) < 0.6)
    place, policy = town_with(firm(who, **POWER), inspection_share={"key": "0.3"}, spot_share={}, repeat_factor=factor)
    for year in (2024, 2025):
        place.emits(who, year * 100 + 3, 900)
    if before:
        leaves_out(place, who, 202403, 100)
    place.act(policy, Moment.MONTH_END, IN_JUNE)
    seen = len(place.ordered(Fact))
    assert seen == (4 if before else 1)
    place.act(policy, Moment.MONTH_END, date(2026, 6, 30))
    assert (len(place.ordered(Fact)) > seen) is drawn


@pytest.mark.parametrize(("listed", "drawn"), [(0, True), (1, False)])
def test_a_firm_on_the_positive_list_is_drawn_with_half_the_chance(listed, drawn) -> None:
    who = code_with_luck(0.3, 0.6, 2024)
    place, policy = town_with(firm(who, positive_list=listed, **POWER), inspection_share={"key": "0.6"}, spot_share={})
    place.emits(who, 202403, 900)
    place.act(policy, Moment.MONTH_END, IN_JUNE)
    assert bool(place.said) is drawn


def test_a_further_firm_changes_nobody_elses_luck() -> None:
    people = [firm(f"P{n}", **POWER) for n in range(40)]
    drawn = []
    for group in (people, people[::2]):
        place, policy = town_with(*group, inspection_share={"key": "0.5"}, spot_share={})
        for p in group:
            place.emits(p.code, 202403, 900)
        place.act(policy, Moment.MONTH_END, IN_JUNE)
        drawn.append({place.setting.by_account[f.account].code for f in place.said})
    assert 5 < len(drawn[0]) < 35
    assert drawn[1] == drawn[0] & {p.code for p in people[::2]}


@settings(max_examples=40, deadline=None)
@given(
    reports=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=12),
    share=st.decimals(0, 1, places=2),
    cash=st.integers(0, 10**6),
)
def test_finding_moves_tonnes_between_facts_and_cash_to_the_penalty_account(reports, share, cash) -> None:
    """Whatever is reported, left out and found: the tonnes emitted and the cash stay the same, nothing is refused."""
    facts = POWER | {"cash_cny": cash}
    place, policy = town_with(firm("P", **facts), **ALWAYS, detection_share=share)
    for month, (told, hidden) in enumerate(reports, 202401):
        place.emits("P", month, told)
        leaves_out(place, "P", month, hidden)
    place.act(policy, Moment.MONTH_END, IN_JUNE)
    left = sum(hidden - int(hidden * share) for _, hidden in reports)
    assert year_of(place, "P", FactCode.UNREPORTED_CO2_T) == left
    assert year_of(place, "P", FactCode.EMISSION_CO2_T) + left == sum(told + hidden for told, hidden in reports)
    assert place.has("P", 0) + place.has(AccountKind.PENALTY, 0) == cash * 10_000
    assert not place.executor.refused
