"""Damage compensation: given an assessed damage, when talks are over, then sinks make it good where cheaper, or money."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.valley import Valley, person

from ecomarket.model.codes import AccountKind
from ecomarket.model.observation import Moment
from ecomarket.policies.damage_compensation import CaseRow, DamageCompensation

SINK, JUNE = "SINK.grass.2023", date(2024, 6, 30)


def settled(damage=80_000, cash=100_000, sinks=600, price=50, on=JUNE, **params):
    valley = Valley(
        person("SMELTER", cash_cny=cash),
        person("DATONG", "county", "county", restoration_cny_t=price),
    )
    valley.give("DATONG", SINK, sinks)
    row = CaseRow(name="spill", who="SMELTER", county="DATONG", day=date(2024, 3, 10), damage_cny=damage)
    law = DamageCompensation.Params(cases=[row], **({"restoration": "sinks"} | params))
    policy = DamageCompensation(law, valley.setting)
    valley.act(policy, Moment.MONTH_END, on)
    return valley, policy


def test_sinks_make_good_what_they_can_and_money_the_rest():
    valley, policy = settled()
    assert valley.has("DATONG", 0) == 30_000 * 10_000
    assert valley.has(AccountKind.TREASURY, 0) == 32_000 * 10_000
    assert valley.has(AccountKind.RETIRED, SINK) == 600
    before = valley.has("SMELTER", 0)
    valley.act(policy, Moment.MONTH_END, date(2024, 7, 31))
    assert valley.has("SMELTER", 0) == before


def test_a_part_of_a_tonne_is_bought_whole():
    valley, _ = settled(damage=81)
    assert valley.has(AccountKind.RETIRED, SINK) == 2
    assert not valley.has(AccountKind.TREASURY, 0)


def test_it_is_money_alone_where_sinks_do_not_count_are_dear_or_are_not_offered():
    for terms in ({"restoration": "none"}, {"price": 80}, {"price": 0}, {"sinks": 0}):
        valley, _ = settled(**terms)
        assert valley.has(AccountKind.TREASURY, 0) == 80_000 * 10_000
        assert not valley.has(AccountKind.RETIRED, SINK)


def test_before_the_talks_are_over_and_out_of_force_nothing_happens():
    for terms in ({"on": date(2024, 5, 31)}, {"since": date(2024, 3, 11)}, {"until": date(2024, 3, 9)}):
        valley, _ = settled(**terms)
        assert not valley.said


@settings(max_examples=50, deadline=None)
@given(
    damage=st.integers(1, 10**6),
    cash=st.integers(0, 10**6),
    sinks=st.integers(0, 10**4),
    price=st.integers(0, 120),
)
def test_restoring_never_costs_more_than_paying_and_value_is_conserved(damage, cash, sinks, price):
    valley, _ = settled(damage, cash, sinks, price)
    spent = cash * 10_000 - valley.has("SMELTER", 0)
    assert 0 <= spent <= cash * 10_000
    assert spent <= (damage + 80) * 10_000
    assert valley.is_balanced()
    assert not valley.refused()
