"""A run that waits for people: nobody deciding, it is the plain run; its ledger alone tells how to do it again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ecomarket.engine.amending import told
from ecomarket.engine.drive import genesis
from ecomarket.engine.in_memory import run_in_memory
from ecomarket.engine.live import Live, Taken, decisions_of, play
from ecomarket.engine.run import Driving, run_key
from ecomarket.errors import IdempotencyConflictError
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.memory import BlockKeeper
from ecomarket.model.codes import RecordKind, Refusal, Side, TimeInForce
from ecomarket.model.decision import Amend, Cancel, Cut, Drive, Place
from ecomarket.scenario.states import load_whole
from ecomarket.units import DAY, MINUTE

NAMES = ("classroom-permits", "classroom-auction", "classroom-carbon", "classroom-water", "classroom-sinks")


def live_run(name: str, seed: int = 1, people: bool = True) -> Live:
    scenario = load_whole(name, ())
    driving = Driving(seed, scenario.end)
    journal = Journal(genesis(run_key(scenario, driving)), BlockKeeper())
    one = Live(scenario, driving, journal, [])
    everybody = [p.code for p in one.world.setting.participants]
    return Live(scenario, driving, Journal(journal.manifest, BlockKeeper()), everybody if people else [])


def head(live: Live) -> str:
    assert live.ended
    return live.keeper.journal.head.hex()


@pytest.mark.parametrize("name", NAMES)
def test_with_nobody_deciding_it_is_the_plain_run(name: str) -> None:
    live = live_run(name)
    for window in live.windows():  # in uneven steps, as a clock on a wall moves it
        for t in range(window.open_t, window.close_t, 37 * MINUTE):
            live.advance(t)
            live.gather()
    play(live, ())
    assert head(live) == run_in_memory(load_whole(name, ()), 1).journal.head.hex()


MOMENTS = st.lists(
    st.tuples(
        st.integers(0, 59), st.integers(0, 119), st.sampled_from(("buy", "sell", "cancel", "cut", "drive")),
        st.integers(0, 7), st.integers(50, 200), st.integers(1, 9),
    ),
    min_size=1, max_size=25,
)  # fmt: skip


def drawn(live: Live, moments: list[tuple[int, int, str, int, int, int]]) -> list[Taken]:
    """What people might do on the first sixty days, in order of time."""
    windows = list(live.windows())
    people = [p.account for p in live.world.setting.participants]
    made = []
    for n, (day, minute, what, who, price, lots) in enumerate(sorted(moments)):
        t, account = windows[day].open_t + minute * MINUTE, people[who]
        good = {"kind": 0, "tif": int(TimeInForce.GTD), "expire_t": t + 5 * DAY}
        decision = {
            "buy": Place(account, 1, Side.BUY, price * 10 * 10, lots * 1000, **good),
            "sell": Place(account, 1, Side.SELL, price * 10 * 10, lots * 1000, **good),
            "cancel": Cancel(account, 64 + lots),
            "cut": Cut(account, "so2", lots * 5000),
            "drive": Drive(account, lots % 2),
        }[what]
        made.append(Taken(t, f"{who}/{n}", decision))
    return made


@settings(
    max_examples=12, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck)
)
@given(moments=MOMENTS)
def test_the_ledger_alone_tells_how_to_do_it_again(moments: list[tuple[int, int, str, int, int, int]]) -> None:
    live = live_run("classroom-permits")
    taken = drawn(live, moments)
    play(live, taken)
    kept = live.keeper.journal.sink
    again_told = list(decisions_of(kept.blocks))
    assert again_told == taken
    again = live_run("classroom-permits", people=False)  # only those who were driven need stand alone
    again.world.individuals = live.world.individuals
    play(again, again_told)
    assert head(again) == head(live)


def test_who_is_driven_by_a_person_does_nothing_by_itself() -> None:
    live = live_run("classroom-permits")
    account = live.world.setting.by_code["A1"].account
    live.decide("A1/0", Drive(account, 1))
    play(live, ())
    records = live.keeper.journal.sink.load().records
    who = set(records["account"][np.isin(records["kind"], (RecordKind.ORDER_ACCEPTED, RecordKind.ORDER_REFUSED))])
    assert account not in who
    assert len(who) >= 4


def test_a_cut_changes_what_is_emitted_and_paid() -> None:
    """A firm of 100 t that cuts 50 emits 50, and pays the area under its own curve."""
    live = live_run("classroom-permits")
    first = next(live.windows())
    account = live.world.setting.by_code["D1"].account
    live.decide("D1/0", Drive(account, 1))
    live.advance(first.open_t)
    (strategy, row) = live.deciding.strategies(account)[0]
    (choice,) = strategy.choices(row, live.deciding.view(strategy))
    assert live.decide("D1/1", Cut(account, "so2", 50_000)).refusal == Refusal.NONE
    assert live.decide("D1/2", Cut(account, "so2", round(choice.most_t * 1000) + 1)).refusal == Refusal.NO_SUCH_CHOICE
    assert live.decide("D1/3", Cut(account, "cod", 1)).refusal == Refusal.NO_SUCH_CHOICE
    (need,) = strategy.dues(row, live.deciding.view(strategy))
    assert (need.need, need.have, need.gap, need.charge) == (50_000, 75_000, 0, 0)
    play(live, ())
    book, last = live.world.book, live.world.calendar.end.year
    assert int(book.year(3, last)[account]) == pytest.approx(50_000, abs=12)
    assert int(book.year(1, last)[account]) == pytest.approx(50_000, abs=12)


def test_the_same_id_is_carried_out_once() -> None:
    live = live_run("classroom-permits")
    first = next(live.windows())
    live.advance(first.open_t + MINUTE)
    account = live.world.setting.by_code["A1"].account
    live.decide("A1/0", Drive(account, 1))
    order = Place(account, 1, Side.SELL, 9_000, 1_000, 0, int(TimeInForce.DAY))
    made = live.decide("A1/1", order)
    assert made.refusal == Refusal.NONE
    assert live.decide("A1/1", order) == made
    assert live.world.exchange.quotes(1).ask_lots == 1_000
    with pytest.raises(IdempotencyConflictError):
        live.decide("A1/1", Place(account, 1, Side.SELL, 9_000, 2_000))


WHO_OWES = {
    "classroom-permits": {"A1", "D4"},
    "classroom-carbon": {"P1", "P6"},
    "classroom-water": {"MILL", "FARM-1", "HOMES"},
    "classroom-certificates": {"U1", "U4"},
    "classroom-sinks": {"EAST", "NORTH"},
}


@pytest.mark.parametrize("name", sorted(WHO_OWES))
def test_a_seat_is_told_what_it_owes_and_telling_changes_nothing(name: str) -> None:
    """Through the year each debtor's duty is whole lots with a date ahead, a charge only where something lacks."""
    live = live_run(name)
    owing = set()
    for window in list(live.windows())[5::25]:
        live.advance(window.open_t)
        live.deciding.refresh()
        for person in live.world.setting.participants:
            for strategy, row in live.deciding.strategies(person.account):
                view = live.deciding.view(strategy)
                for due in strategy.dues(row, view):
                    assert due.need >= 0
                    assert due.due >= view.board.today
                    assert due.gap or not due.charge
                    owing |= {person.code} if due.need else set()
                for choice in strategy.choices(row, view):
                    assert choice
    assert owing >= WHO_OWES[name]
    play(live, ())
    assert head(live) == run_in_memory(load_whole(name, ()), 1).journal.head.hex()


@pytest.mark.parametrize("engine", ["kernel", "reference"])
def test_a_band_that_is_changed_holds_from_the_next_day(engine: str) -> None:
    scenario = load_whole("classroom-carbon", ())
    driving = Driving(1, scenario.end, engine)
    live = Live(scenario, driving, Journal(genesis(run_key(scenario, driving)), BlockKeeper()), ["P6"])
    first, second = list(live.windows())[10:12]
    live.advance(first.open_t + MINUTE)
    cea = live.world.setting.listed("cea")[0].index
    live.decide("a", Amend(told({"venue": {"name": "cea-market", "band_ppm": 20_000}}), 1))
    before = live.world.exchange.bounds(cea)
    live.advance(second.open_t + MINUTE)
    low, high = live.world.exchange.bounds(cea)
    reference = live.world.exchange.quotes(cea).reference_price
    assert before[1] - before[0] > 4 * (high - low)
    assert reference * 0.98 <= low <= high <= reference * 1.02
