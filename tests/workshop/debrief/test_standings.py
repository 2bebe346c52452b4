"""The ranking: who failed a duty comes after who did not, then money saved; the numbers are those of the measures."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.engine.in_memory import run_in_memory
from ecomarket.ledger.place import place_of
from ecomarket.ledger.query import open_ledger
from ecomarket.results.measures.allowances_kept import AllowancesKept
from ecomarket.results.measures.gains_from_trade import GainsFromTrade
from ecomarket.results.write import load_frames
from ecomarket.scenario import load
from ecomarket.workshop.debrief import goals
from ecomarket.workshop.debrief.standings import Standing, placed, ranked, standings

MONEY = st.integers(-(2**50), 2**50)


@st.composite
def a_standing(draw, seat):
    cost, alone = draw(MONEY), draw(st.one_of(st.none(), st.just(0), st.just(1), MONEY))
    saved = None if alone is None else alone - cost
    return Standing(seat, saved, cost, alone, draw(st.sampled_from([True, False, None])))


rooms = st.integers(0, 24).flatmap(lambda n: st.tuples(*(a_standing(f"S{k}") for k in range(n))))


@given(rooms)
def test_whoever_failed_a_duty_is_behind_everybody_who_did_not(room):
    verdicts = [s.complied is False for s in ranked(room)]
    assert verdicts == sorted(verdicts)


@given(rooms)
def test_among_equals_more_saved_is_ahead_and_no_comparison_behind(room):
    order = ranked(room)
    for one, other in pairwise(order):
        if (one.complied is False) == (other.complied is False):
            assert one.saved_cash is not None or other.saved_cash is None
            if one.saved_cash is not None and other.saved_cash is not None:
                assert one.saved_cash >= other.saved_cash


@given(rooms)
def test_a_place_is_one_more_than_those_who_stand_better(room):
    def better(one, other):
        failed = (one.complied is False) - (other.complied is False)
        return failed < 0 or (not failed and (one.saved_cash is not None) > (other.saved_cash is not None)) or (
            not failed and None not in (one.saved_cash, other.saved_cash) and one.saved_cash > other.saved_cash
        )  # fmt: skip

    for place, own in placed(ranked(room)):
        assert place == 1 + sum(better(other, own) for other in room)


@given(rooms, st.randoms(use_true_random=False))
def test_the_order_of_coming_in_does_not_matter(room, chance):
    shuffled = list(room)
    chance.shuffle(shuffled)
    assert ranked(shuffled) == ranked(room)


@given(rooms, st.integers(-(2**40), 2**40))
def test_only_what_was_saved_counts_never_a_ratio_to_a_plan_near_zero(room, shift):
    """Adding the same to a seat's plan and cost leaves its rank, be the plan 0 or huge."""
    moved = [
        s
        if s.no_trade_cash is None
        else Standing(s.seat, s.saved_cash, s.cost_cash + shift, s.no_trade_cash + shift, s.complied)
        for s in room
    ]
    assert [s.seat for s in ranked(moved)] == [s.seat for s in ranked(room)]


def seats_of(frames):
    people = frames.participants
    return people[~people["kind"].isin(["system", "outside"])]["code"].tolist()


@pytest.mark.parametrize("name", ["classroom-permits", "classroom-carbon"])
def test_together_firms_saved_what_the_measure_says(runs, name):
    frames = load_frames(place_of(runs(name)))
    table = GainsFromTrade().compute(frames)
    gain = int(table[table["sector"] == "all"]["gain_cny"].sum() * 10_000)
    gain += int(AllowancesKept().compute(frames)["more_cny"].sum() * 10_000)
    found = standings(frames, seats_of(frames), load(name))
    # a measure spreads a permit's price over five years and floors each firm's share
    assert abs(sum(s.saved_cash for s in found) - gain) <= len(found)


@pytest.mark.parametrize(
    "name",
    ["permits", "carbon", "auction", "certificates", "sinks", "water"],
)
def test_saved_is_the_difference_everywhere(runs, name):
    folder = runs(f"classroom-{name}")
    found = standings(folder, seats_of(load_frames(place_of(folder))))
    assert found == ranked(found)
    assert {s.goal for s in found} <= set(goals.GOALS)
    for s in found:
        assert (s.saved_cash is None) == (s.no_trade_cash is None)
        if s.no_trade_cash is not None:
            assert s.saved_cash == s.no_trade_cash - s.cost_cash


def test_a_folder_and_an_open_ledger_tell_the_same(runs):
    folder = runs("classroom-permits")
    scenario = load("classroom-permits")
    with open_ledger(place_of(folder)) as ledger:
        assert standings(ledger, ["A1", "D4"], scenario) == standings(folder, ["A1", "D4"])


def test_a_permit_of_one_year_is_paid_in_that_year(runs):
    """The seller of a permit that lives a year has earned all of it, not a fifth."""
    frames = load_frames(place_of(runs("classroom-permits")))
    own = standings(frames, ["A1"], load("classroom-permits"))[0]
    trades = frames.trades
    account = int(frames.participants.index[frames.participants["code"] == "A1"][0])
    earned = int(trades.loc[trades["seller"] == account, "value"].sum())
    paid = int(trades.loc[trades["buyer"] == account, "value"].sum())
    abated = frames.facts[(frames.facts["account"] == account) & (frames.facts["code"] == 5)]["amount"].sum()
    assert own.cost_cash == int(abated) + paid - earned


def test_before_the_plan_is_stated_a_seat_has_a_cost_and_no_comparison():
    scenario = load("classroom-permits")
    half = run_in_memory(scenario, 7, date(2025, 6, 30))
    frames = load_frames(half.blocks)
    found = standings(frames, seats_of(frames), scenario)
    assert all(s.saved_cash is None and s.no_trade_cash is None and s.complied is None for s in found)
    assert all(s.goal == goals.PLAN for s in found)
    assert sum(s.cost_cash for s in found) > 0
    assert [s.seat for s in found] == sorted(s.seat for s in found)


def test_yardsticks_in_the_scenarios_own_terms(runs):
    def of(name):
        folder = runs(name)
        return {s.seat: s for s in standings(folder, seats_of(load_frames(place_of(folder))))}

    users = of("classroom-certificates")
    assert users["U3"].no_trade_cash == 3_000 * 40 * 10_000
    assert users["U3"].complied is False
    assert users["SUN"].no_trade_cash == 0
    assert users["SUN"].complied is None
    projects = of("classroom-auction")
    assert projects["P1"].saved_cash == (120_000 - 10 * 8_000) * 10_000
    assert projects["P8"].saved_cash == 0
    provinces = of("classroom-sinks")
    assert provinces["SOUTH"].no_trade_cash == 14_166 * 100 * 10_000
    assert provinces["C1"].goal == goals.INCOME
    mill = of("classroom-water")["MILL"]
    assert mill.no_trade_cash == 240 * 5_000 * 10_000


def test_a_seat_that_nobody_has(runs):
    with pytest.raises(KeyError):
        standings(runs("classroom-permits"), ["NOBODY"])
