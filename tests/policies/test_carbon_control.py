"""Policies dual-control, carbon-assessment and carbon-targets: what must hold whatever the numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.policies.conftest import Town, firm

from ecomarket.model.command import Assess, Bound, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode, Rule, Scheme
from ecomarket.policies.carbon_assessment import CarbonAssessment
from ecomarket.policies.carbon_targets import CarbonTargets, PeakPlan, score_milli
from ecomarket.policies.dual_control import DualControl

XINING, YEAR_END = "6301", date(2024, 12, 31)
tonnes = st.integers(0, 10**8)


def place_of(*people) -> Town:
    return Town(people, date(2024, 1, 1), date(2026, 12, 31), {})


def controlled(place: Town, **target) -> DualControl:
    params = DualControl.Params(targets=[{"zone": XINING, "year": 2024} | target])
    return DualControl(params, place.setting)


@settings(max_examples=40, deadline=None)
@given(emitted=tonnes, cap=st.integers(1, 10**8), excluded=st.decimals(0, 1, places=2))
def test_the_excess_is_what_counts_above_the_cap_and_only_it_withholds(emitted, cap, excluded) -> None:
    place = place_of(firm("OLD", excluded_share=excluded), firm("NEW", co2_t=10_000, appear="2025-02-01"))
    place.emits("OLD", 202406, emitted)
    policy = controlled(place, cap_t=cap)
    place.act(policy, Moment.YEAR_END, YEAR_END)
    (assessed,) = place.ordered(Assess)
    counted = int(emitted * (1 - excluded))
    assert (assessed.scheme, assessed.required, assessed.met) == (Scheme.DUAL_CONTROL, counted, min(counted, cap))
    held = place.act(policy, Moment.YEAR_START, date(2025, 1, 1))
    assert bool(held) == (counted > cap)
    assert not place.act(policy, Moment.YEAR_START, date(2026, 1, 1)), "one year only"


def test_a_project_that_runs_goes_on() -> None:
    place = place_of(firm("OLD"), firm("NEW", co2_t=10_000, appear="2024-02-01"))
    place.emits("OLD", 202406, 2)
    place.book.add(FactCode.PROJECT_STARTED, place.account("NEW"), -1, 202403, 1)
    policy = controlled(place, cap_t=1)
    place.act(policy, Moment.YEAR_END, YEAR_END)
    assert not place.act(policy, Moment.YEAR_START, date(2025, 1, 1))


def test_the_tighter_of_total_and_intensity_counts_and_value_added_follows_output() -> None:
    """Given 1,200 CNY a year at half output in one month: 1,150 CNY at 0.2 t for 10,000 CNY allow 0.023 of 10,000 t."""
    place = place_of(firm("OLD", value_added_cny=1_200_000))
    place.emits("OLD", 202406, 50)
    policy = controlled(place, cap_t=40, intensity_t_10k="0.2")
    for month in range(1, 13):
        place.nature["activity"] = {"OLD": 0.5 if month == 3 else 1.0}
        place.act(policy, Moment.MONTH_END, date(2024, month, 28))
    place.act(policy, Moment.YEAR_END, YEAR_END)
    assert place.ordered(Assess)[0].met == 23  # 1,150,000 / 10,000 x 0.2
    assert place.ordered(Bound)[0] == Bound(Rule.CARBON_CAP, -1, -1, 27)


@pytest.mark.parametrize("kind", [DualControl, CarbonTargets])
def test_out_of_force_nothing_is_said(kind) -> None:
    place = place_of(firm("OLD"))
    target = {"targets": [{"zone": XINING, "year": 2024, "cap_t": 1}]}
    plan = {"plans": [{"plan": "x", "first_year": 2020, "first_t": 1, "last_year": 2030, "last_t": 1}]}
    params = (target if kind is DualControl else plan) | {"until": date(2023, 12, 31)}
    place.emits("OLD", 202406, 100)
    assert not place.act(kind(kind.Params.model_validate(params), place.setting), Moment.YEAR_END, YEAR_END)


@settings(max_examples=60, deadline=None)
@given(expected=st.integers(0, 10**6), output=st.integers(0, 10**6), benchmark=st.decimals("0.01", 3, places=2))
def test_a_project_fails_exactly_when_it_is_large_and_above_its_benchmark(expected, output, benchmark) -> None:
    place = place_of(firm("NEW", co2_t=expected, output_units=output, appear="2024-05-01"))
    policy = CarbonAssessment(CarbonAssessment.Params(benchmarks={"other": benchmark}), place.setting)
    ordered = place.act(policy, Moment.RUN_START, date(2024, 1, 1))
    ordered += place.act(policy, Moment.YEAR_START, date(2024, 1, 1))
    fails = expected >= 10_000 and expected > benchmark * output
    assert [c.code for c in ordered if isinstance(c, Fact)] == [FactCode.PROJECT_ABANDONED] * fails
    if fails:
        (bound,) = [c for c in ordered if isinstance(c, Bound)]
        assert bound.amount - 1 < expected - benchmark * output <= bound.amount


def test_a_project_is_assessed_in_its_own_year_once() -> None:
    place = place_of(firm("NEW", co2_t=10_000, appear="2025-05-01"))
    policy = CarbonAssessment(CarbonAssessment.Params(total_t={"other": 9_999}), place.setting)
    assert not place.act(policy, Moment.RUN_START, date(2024, 1, 1))
    assert len(place.act(policy, Moment.YEAR_START, date(2025, 1, 1))) == 2
    assert not place.act(policy, Moment.YEAR_START, date(2026, 1, 1))


@given(first=tonnes, last=tonnes, span=st.integers(1, 30), data=st.data())
def test_a_plan_runs_from_its_base_to_its_target_without_turning(first, last, span, data) -> None:
    plan = PeakPlan(plan="x", first_year=2020, first_t=first, last_year=2020 + span, last_t=last)
    assert (plan.allowed_t(2020), plan.allowed_t(2020 + span)) == (first, last)
    assert (plan.allowed_t(2010), plan.allowed_t(2060)) == (first, last), "flat beyond either end"
    year = data.draw(st.integers(2019, 2020 + span))
    step = plan.allowed_t(year + 1) - plan.allowed_t(year)
    assert step * (last - first) >= 0


@given(emitted=tonnes, more=tonnes, allowed=tonnes)
def test_more_emission_never_scores_more(emitted, more, allowed) -> None:
    scores = [score_milli(t, allowed, Decimal("2.5")) for t in (emitted, emitted + more)]
    assert 0 <= scores[1] <= scores[0] <= 100_000
    assert (scores[0] == 100_000) or emitted > allowed


def test_a_plan_that_runs_backwards_is_refused() -> None:
    with pytest.raises(ValidationError, match="last_year must come after"):
        PeakPlan(plan="x", first_year=2030, first_t=1, last_year=2030, last_t=1)
