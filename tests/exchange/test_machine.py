"""Two engines in step: whatever Hypothesis does to one it does to the other, and they may not differ in anything.

All order kinds and mechanisms, several instruments, people short of cash and units, calls, halts, expiries. The kernel starts
with buffers that hold one record and one order, so that it grows on the way.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.exchange.loaded import load_streams
from tests.sizes import SOAK, cases

from ecomarket.errors import InternalError
from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.model.codes import AccountKind, Eligible, HoldReason, Mechanism
from ecomarket.model.command import BorderLimit

STREAM = load_streams()
BOOKS, FIRST = STREAM.BOOKS, STREAM.FIRST
PEOPLE = range(FIRST, FIRST + 4)
STORIES = cases(300, 20_000)
STEPS = 100 if SOAK else 50

books = st.integers(0, 2)
people = st.sampled_from(PEOPLE)
sides = st.sampled_from([1, 2])
ticks = st.integers(-9, 9)
lots = st.integers(1, 30) | st.integers(-1, 95)
few = st.integers(0, 40)
some_books = st.sets(st.sampled_from(BOOKS)).map(sorted)


class Engines(RuleBasedStateMachine):
    """Kernel and reference side by side."""

    told = 0

    @initialize(
        rich=st.lists(st.integers(0, 3), min_size=4, max_size=4),
        busy=st.lists(st.sampled_from(BOOKS), min_size=1, max_size=3),
    )
    def found(self, rich: list[int], busy: list[int]) -> None:
        """Make both, give everybody something, open all books; orders go to one to three of them."""
        type(self).told += 1
        self.busy = busy
        shape = (FIRST + len(PEOPLE), *STREAM.SHAPE[1:])
        self.both = KernelExchange(*shape, journal_rows=1, slots=1, ids=1), ReferenceExchange(*shape)
        self.t, self.rested, self.holds, self.auctions, self.calling = 0, [(1, FIRST, 1)], [0], [0], set()
        for who, wealth in zip(PEOPLE, rich, strict=True):
            self.each("transfer", AccountKind.WORLD, who, 0, 4_000_000 + 30_000_000 * wealth, 1)
            for i in range(1, 9):
                for x in self.both:
                    x.allow(who, i, Eligible.ALL if (who + i) % 9 else Eligible.SELL)
                self.each("transfer", AccountKind.ISSUANCE, who, i, 10 + 60 * wealth, 1)
        self.each("open_session", BOOKS, STREAM.MINUTE + 30)

    def each(self, name: str, /, *arguments: Any, **named: Any) -> Any:
        """Call both at the same time; they must answer, or raise, the same."""
        answers = []
        for x in self.both:
            try:
                answers.append(getattr(x, name)(self.t, *arguments, **named))
            except InternalError:
                answers.append("raised")
        assert answers[0] == answers[1], name
        return answers[0]

    def price(self, i: int, away: int) -> int:
        tick = STREAM.VENUES[BOOKS.index(i)].tick_cash
        return STREAM.REFERENCES[i] // tick * tick + away * tick

    @rule(pause=st.integers(1, 25))
    def wait(self, pause: int) -> None:
        self.t += pause

    @rule(who=people, i=books, side=sides, away=ticks, n=lots, tif=st.sampled_from([0, 0, 0, 1, 2, 3, 4]))
    def order(self, who: int, i: int, side: int, away: int, n: int, tif: int) -> None:
        i = self.busy[i % len(self.busy)]
        self.note(who, i, self.each("submit", who, i, side, self.price(i, away), n, 0, tif))

    @rule(
        who=people, i=books, side=sides, away=ticks, n=st.integers(2, 40), part=st.integers(1, 9), tif=st.integers(0, 4)
    )
    def iceberg(self, who: int, i: int, side: int, away: int, n: int, part: int, tif: int) -> None:
        i = self.busy[i % len(self.busy)]
        self.note(who, i, self.each("submit", who, i, side, self.price(i, away), n, 0, tif, part))

    @rule(who=people, i=books, side=sides, away=ticks, n=lots, life=st.integers(-1, 60), part=st.integers(0, 9))
    def dated(self, who: int, i: int, side: int, away: int, n: int, life: int, part: int) -> None:
        i = self.busy[i % len(self.busy)]
        self.note(who, i, self.each("submit", who, i, side, self.price(i, away), n, 0, 5, part, self.t + life))

    @rule(who=people, i=books, side=sides, n=lots, tif=st.integers(0, 5))
    def market(self, who: int, i: int, side: int, n: int, tif: int) -> None:
        i = self.busy[i % len(self.busy)]
        self.note(who, i, self.each("submit", who, i, side, 77, n, 1, tif))

    @rule(
        who=st.integers(-1, FIRST + 5), i=st.integers(-1, 9), side=st.integers(0, 3), price=st.integers(-5, 10**6),
        n=st.integers(-1, 2**31), kind=st.integers(0, 2), tif=st.integers(0, 6), part=st.integers(-1, 5),
        expire_t=st.integers(0, 50),
    )  # fmt: skip
    def nonsense(self, who, i, side, price, n, kind, tif, part, expire_t) -> None:
        self.each("submit", who, i, side, price, n, kind, tif, part, expire_t)

    def note(self, who: int, i: int, outcome: Any) -> None:
        if outcome.resting_lots:
            self.rested.append((outcome.order, who, i))

    @rule(back=few, away=ticks, n=lots, stranger=st.integers(0, 9))
    def replace(self, back: int, away: int, n: int, stranger: int) -> None:
        number, who, i = self.rested[-1 - back % len(self.rested)]
        self.each("replace", who if stranger else FIRST, number, self.price(i, away), n)

    @rule(back=few, n=st.integers(1, 30), life=st.integers(-1, 60))
    def date(self, back: int, n: int, life: int) -> None:
        """Change lots and date only."""
        number, who, i = self.rested[-1 - back % len(self.rested)]
        own = self.both[1].resting(i)
        price = own["price"][own["order"] == number]
        self.each("replace", who, number, int(price[0]) if len(price) else 0, n, self.t + life)

    @rule(back=few, n=st.integers(1, 30))
    def shrink(self, back: int, n: int) -> None:
        """Change the lots only."""
        number, who, i = self.rested[-1 - back % len(self.rested)]
        own = self.both[1].resting(i)
        price = own["price"][own["order"] == number]
        self.each("replace", who, number, int(price[0]) if len(price) else 0, n)

    @rule(back=few, stranger=st.integers(0, 9))
    def cancel(self, back: int, stranger: int) -> None:
        number, who, _ = self.rested[-1 - back % len(self.rested)]
        self.each("cancel", who if stranger else FIRST, number)

    @rule(chosen=some_books, call=st.booleans(), minutes=st.integers(0, 40))
    def open(self, chosen: list[int], call: bool, minutes: int) -> None:
        for i in chosen:
            self.each("open_session", [i], self.t + STREAM.MINUTE + minutes, call=call)

    @rule(chosen=some_books)
    def uncross(self, chosen: list[int]) -> None:
        for i in chosen:
            self.each("uncross", [i])

    @rule(minutes=st.integers(0, 40))
    def call_auction(self, minutes: int) -> None:
        """Open every call there can be, so that it is not left to luck."""
        self.open(STREAM.WITH_CALLS, True, minutes)

    @rule(chosen=some_books, end=st.booleans())
    def close(self, chosen: list[int], end: bool) -> None:
        self.each("close_session", chosen or BOOKS, end_of_day=end)

    @rule(who=people, i=books, what=st.sampled_from([Eligible.ALL, Eligible.ALL, Eligible.BUY, Eligible.SELL]))
    def allow(self, who: int, i: int, what: Eligible) -> None:
        for x in self.both:
            x.allow(who, self.busy[i % len(self.busy)], what)

    @rule(i=books, pause=st.integers(-2, 30))
    def halt(self, i: int, pause: int) -> None:
        i = self.busy[i % len(self.busy)]
        self.each("halt", i, self.t + pause)

    @rule(who=people, other=people, i=st.integers(0, 8), amount=st.integers(0, 60))
    def transfer(self, who: int, other: int, i: int, amount: int) -> None:
        self.each("transfer", who, other, i, amount, 2)

    @rule(who=people, i=st.integers(0, 8), amount=st.integers(0, 60))
    def hold(self, who: int, i: int, amount: int) -> None:
        self.holds.append(self.each("hold", who, i, amount, HoldReason.PLEDGE)[0])

    @rule(back=few)
    def release(self, back: int) -> None:
        self.each("release", self.holds[-1 - back % len(self.holds)])

    @rule(back=few, who=people)
    def transfer_held(self, back: int, who: int) -> None:
        self.each("transfer_held", self.holds[-1 - back % len(self.holds)], who, 31, 3)

    @rule(buyer=people, seller=people, i=books, away=ticks, n=few, block=st.booleans(), across=st.booleans())
    def deal(self, buyer: int, seller: int, i: int, away: int, n: int, block: bool, across: bool) -> None:
        i = self.busy[i % len(self.busy)]
        mechanism = Mechanism.BLOCK_AGREEMENT if block else Mechanism.NEGOTIATED
        self.each("deal", mechanism, BOOKS.index(i), i, buyer, seller, self.price(i, away), n, across and i + 1)

    @rule(i=books, j=books, balance=st.integers(-10, 40), lifted=st.booleans())
    def limit(self, i: int, j: int, balance: int, lifted: bool) -> None:
        i, j = self.busy[i % len(self.busy)], self.busy[j % len(self.busy)]
        pairs = ((), ()) if lifted else ([(i, i + 1)], [(j, j + 1)])
        for x in self.both:
            x.limit_border(BorderLimit(f"border {i}", balance, 0, 30, *map(frozenset, pairs)))

    @invariant()
    def agree(self) -> None:
        """The same events; nobody overdrawn; the same books and balances now and then, and at the end."""
        if not hasattr(self, "both"):
            return
        kernel, reference = (x.drain()[0] for x in self.both)
        assert np.array_equal(kernel, reference), (kernel, reference)
        if len(reference):
            self.compare({int(i) for i in reference["instrument"] if i in BOOKS})

    def compare(self, chosen: Any) -> None:
        one, two = self.both
        assert one.borders() == two.borders()
        for i in chosen:
            assert np.array_equal(one.resting(i), two.resting(i))
            assert np.array_equal(one.depth(i, 6), two.depth(i, 6))
            assert one.quotes(i) == two.quotes(i)
            assert one.indicative(i) == two.indicative(i)

    def teardown(self) -> None:
        if hasattr(self, "both"):
            self.compare(BOOKS)
            one, two = self.both
            balances = two.balances()
            assert np.array_equal(one.balances(), balances)
            assert np.array_equal(one.closes(), two.closes())
            assert (balances[FIRST:, :, 1] >= 0).all()
            assert (balances[FIRST:, :, 0] >= balances[FIRST:, :, 1]).all()
            assert not balances[:, :, 0].sum(axis=0).any()


def test_both_engines_tell_the_same_stories(record_property) -> None:
    bounds = settings(
        max_examples=len(STORIES.numbers),
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(STORIES.numbers.start)(Engines), settings=bounds)
    assert Engines.told >= len(STORIES.numbers)
    record_property("stories", STORIES.told)
