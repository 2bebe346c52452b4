"""The gate: given a need, when permits are missing, then the project waits."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.conftest import Town, firm

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Bound, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies.new_project_gate import NewProjectGate
from ecomarket.rights.emission_permit import need_lots

DAY = date(2024, 3, 1)
SO2 = "SO2.6301.industry"


def gate_of(place: Town) -> NewProjectGate:
    return NewProjectGate(place.setting.law["new-project-gate"], place.setting)


def town_with(*people, **params) -> Town:
    law = {"new-project-gate": NewProjectGate.Params.model_validate({"rights": ["so2"]} | params)}
    return Town(people, date(2024, 1, 1), date(2026, 12, 31), law)


def facts(place: Town) -> list[tuple[int, int]]:
    return [(f.code, f.extra) for f in place.ordered(Fact)]


def test_p15_with_ratio_two_ten_tonnes_of_use_take_twenty_and_nineteen_are_refused() -> None:
    """Given a zone that missed its target, when a project of 10 t holds 19 t, then it waits; at 20 t it starts."""
    place = town_with(firm("NEW", so2_t=10, appear="2024-03-01"))
    gate = gate_of(place)
    place.give("NEW", SO2, 19_000)
    place.act(gate, Moment.AFTER_SESSION, DAY)
    assert place.ordered(Bound) == [Bound(Rule.NEW_PROJECT_GATE, place.account("NEW"), place.index(SO2), 1000)]
    assert not place.ordered(Fact)
    place.give("NEW", SO2, 1000)
    place.act(gate, Moment.AFTER_SESSION, date(2024, 3, 5))
    assert facts(place) == [(FactCode.PROJECT_STARTED, 4)]
    assert place.has("NEW", SO2) == 10_000
    assert place.has(AccountKind.CANCELLED, SO2) == 10_000


def test_where_the_target_is_met_one_for_one_is_enough_and_nothing_is_cancelled() -> None:
    place = town_with(firm("NEW", "630202", so2_t=10, appear="2024-03-01"))
    place.give("NEW", "SO2.6302.industry", 10_000)
    place.act(gate_of(place), Moment.MONTH_START, DAY)
    assert facts(place) == [(FactCode.PROJECT_STARTED, 0)]
    assert place.has("NEW", "SO2.6302.industry") == 10_000


def test_outside_the_pilots_a_project_starts_when_it_appears() -> None:
    place = town_with(firm("NEW", "632701", so2_t=10, appear="2024-03-01"))
    gate = gate_of(place)
    place.act(gate, Moment.AFTER_SESSION, date(2024, 2, 29))
    assert not place.said
    place.act(gate, Moment.AFTER_SESSION, DAY)
    assert facts(place) == [(FactCode.PROJECT_STARTED, 0)]


def test_each_month_of_waiting_is_a_delay_and_the_gate_binds_once() -> None:
    place = town_with(firm("NEW", so2_t=10, appear="2024-03-01"))
    gate = gate_of(place)
    for month_end in (date(2024, 3, 31), date(2024, 4, 30)):
        place.act(gate, Moment.AFTER_SESSION, month_end)
        place.act(gate, Moment.MONTH_END, month_end)
    assert facts(place) == [(FactCode.PROJECT_DELAYED, 0)] * 2
    assert len(place.ordered(Bound)) == 1


def test_an_approval_lapses_after_its_life() -> None:
    place = town_with(firm("NEW", so2_t=10, appear="2024-03-01"), approval_years=1)
    gate = gate_of(place)
    place.act(gate, Moment.MONTH_START, date(2025, 3, 1))
    assert not place.ordered(Fact)
    place.act(gate, Moment.MONTH_START, date(2025, 4, 1))
    place.act(gate, Moment.MONTH_START, date(2025, 5, 1))
    assert facts(place) == [(FactCode.PROJECT_ABANDONED, 0)]


def test_a_project_that_gives_up_is_no_longer_asked() -> None:
    place = town_with(firm("NEW", so2_t=10, appear="2024-03-01"))
    gate = gate_of(place)
    place.book.add(FactCode.PROJECT_ABANDONED, place.account("NEW"), -1, 202403, 1)
    place.give("NEW", SO2, 20_000)
    place.act(gate, Moment.MONTH_START, DAY)
    place.act(gate, Moment.MONTH_START, date(2024, 4, 1))
    assert not place.said


@settings(max_examples=50, deadline=None)
@given(milli=st.integers(1, 10**7), ratio=st.decimals(1, 4, places=3))
def test_the_need_is_never_below_the_ratio_and_less_than_a_lot_above(milli, ratio) -> None:
    place = town_with(firm("NEW", so2_t=milli / 1000, appear="2024-03-01"), ratio_not_attained=ratio)
    need = need_lots(place.setting, "so2", place.setting.by_code["NEW"], date(2024, 3, 1))
    assert 0 <= need - milli * ratio < 1


def test_a_ratio_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        NewProjectGate.Params(ratio_attained="0.5")
