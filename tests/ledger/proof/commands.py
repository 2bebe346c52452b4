"""What may be done to the small market: each command does it to the exchange and to the tokens, and compares the answers.

To add one: write a function with @command and, for each argument, a range of integers. It then takes part in the Hypothesis
machine, the mutation gate and, if it is in ALPHABET of test_small_world.py, the exhaustive world. An argument that chooses among
things that exist counts from the newest, and wraps round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tests.ledger.proof.tokens import BUY, ISSUERS, SELL, SINKS, Tokens, Venue

from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.exchange.terms import OfferTerms
from ecomarket.ledger.canon import canonical
from ecomarket.ledger.findings import Notebook
from ecomarket.ledger.invariants import audit, audit_end
from ecomarket.ledger.journal import Journal
from ecomarket.model.codes import AccountKind, Eligible, HoldReason, Mechanism, Refusal, SelfTrade, TransferCode

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST = 15
PEOPLE_MAX = 4
WHO, THING, ANY = (0, PEOPLE_MAX - 1), (0, 1), (0, 7)
PRICE, LOTS, SIDE = (0, 9), (0, 6), (BUY, SELL)
VENUES = {
    1: VenueRules("first", tick_cash=1, band_ppm=0, fee_buy_ppm=120_000, fee_sell_ppm=70_000),
    2: VenueRules(
        "second", tick_cash=1, band_ppm=0, fee_sell_ppm=300_000, bought_today_locked=True,
        self_trade=SelfTrade.CANCEL_NEWEST,
    ),
}  # fmt: skip
MANIFEST = canonical({"scenario": "tokens"})
NEAR = 50


class Judges(NamedTuple):
    """The parts of the ledger that judge at the end; a mutant brings its own."""

    journal: Any = Journal
    audit: Any = audit
    audit_end: Any = audit_end
    notebook: Any = Notebook


class Command(NamedTuple):
    """A command: what it does, and the range of each argument."""

    act: Callable[..., None]
    ranges: dict[str, tuple[int, int]]


COMMANDS: dict[str, Command] = {}


def command(**ranges: tuple[int, int]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a command with the range of each of its arguments."""

    def register(act: Callable[..., None]) -> Callable[..., None]:
        COMMANDS[act.__name__] = Command(act, ranges)
        return act

    return register


class World:
    """An exchange and the tokens beside it, with the chain of what the exchange has told."""

    def __init__(
        self, engine: Any = ReferenceExchange, people: int = PEOPLE_MAX, instruments: int = 2, judges: Judges | None = None
    ) -> None:  # fmt: skip
        self.people, self.instruments, self.judges = people, instruments, judges or Judges()
        shape = FIRST + people, instruments + 1
        listings = [Listing(i, i - 1, NEAR) for i in range(1, instruments + 1)]
        self.x = engine(*shape, [VENUES[i] for i in range(1, instruments + 1)], listings, FIRST)
        venues = {i: VENUES[i] for i in range(1, instruments + 1)}
        self.m = Tokens(
            {
                i: Venue(v.fee_buy_ppm, v.fee_sell_ppm, v.bought_today_locked, v.self_trade == SelfTrade.CANCEL_NEWEST)
                for i, v in venues.items()
            },
            {i: [] for i in range(instruments + 1)},
        )
        self.journal, self.notes, self.above = self.judges.journal(MANIFEST), self.judges.notebook(), set()
        self.t, self.ids = 0, 0
        self.placed: list[tuple[int, int]] = []
        self.offered: list[tuple[int, int]] = []
        self.held: list[int] = []
        for who in self.everybody:
            for i in self.things:
                self.x.allow(who, i, Eligible.ALL)
        self.x.open_session(0, self.things, 10**9)

    @property
    def everybody(self) -> range:
        return range(FIRST, FIRST + self.people)

    @property
    def things(self) -> list[int]:
        return list(range(1, self.instruments + 1))

    def who(self, k: int) -> int:
        return FIRST + k % self.people

    def thing(self, k: int) -> int:
        return 1 + k % self.instruments

    def chosen(self, things: list[Any], back: int) -> Any:
        """Return one of what there is, the newest first; None if there is nothing."""
        return things[-1 - back % len(things)] if things else None

    def next_id(self) -> int:
        self.ids += 1
        return self.ids

    def do(self, name: str, **arguments: int) -> None:
        """Carry out a command and compare everything."""
        self.t += 1
        COMMANDS[name].act(self, **arguments)
        self.compare()

    def compare(self) -> None:
        """Owner, held and free of every token, as the exchange counts them."""
        balances = self.x.balances()
        found = {
            (a, i, k): int(balances[a, i, k]) for a, i, k in zip(*(p.tolist() for p in balances.nonzero()), strict=True)
        }
        assert found == self.m.balances(), self.x.drain()[0][-3:]

    def commit(self) -> None:
        """Let what has happened become history, audited event by event."""
        since, (records, payloads) = self.journal.replay.t, self.x.drain()
        block = self.journal.commit(self.t, records, payloads)
        if block is not None:
            self.judges.audit(block, self.journal.replay, since, self.above, self.notes)

    def end(self) -> None:
        """The chain tells the same story: replayed, it is what the exchange has; nothing is out of order."""
        self.commit()
        replay = self.journal.replay
        self.judges.audit_end(replay, self.notes)
        assert not self.notes.findings, [f.text("en") for f in self.notes.findings]
        assert not replay.balances.sum(axis=0)[:, 0].any()
        balances, (a, i) = self.x.balances(), replay.balances.shape[:2]
        assert (replay.balances == balances[:a, :i]).all()
        assert not balances[a:].any()
        assert not balances[:, i:].any()
        open_holds = {o.number for o in self.m.orders} | set(self.m.plain) | set(self.m.offers)
        assert set(replay.open_holds().tolist()) == open_holds


def same(one: Any, two: Any) -> None:
    assert one == two, (Refusal(one) if isinstance(one, int) else one, two)


@command(who=WHO, i=THING, n=(0, 9))
def issue(w: World, who: int, i: int, n: int) -> None:
    a, i = w.who(who), w.thing(i)
    same(
        w.x.transfer(w.t, AccountKind.ISSUANCE, a, i, n, TransferCode.ISSUE),
        w.m.transfer(AccountKind.ISSUANCE, a, i, n),
    )


@command(who=WHO, n=(0, 60))
def pay_in(w: World, who: int, n: int) -> None:
    a = w.who(who)
    same(w.x.transfer(w.t, AccountKind.WORLD, a, 0, n, TransferCode.OPENING), w.m.transfer(AccountKind.WORLD, a, 0, n))


@command(who=WHO, issuer=(0, 1), i=(0, 2), n=(0, 9))
def return_to_issuer(w: World, who: int, issuer: int, i: int, n: int) -> None:
    a, b, i = w.who(who), ISSUERS[issuer], i % (w.instruments + 1)
    same(w.x.transfer(w.t, a, b, i, n, TransferCode.CANCEL), w.m.transfer(a, int(b), i, n))


@command(who=WHO, other=WHO, i=(0, 2), n=(0, 9))
def assign(w: World, who: int, other: int, i: int, n: int) -> None:
    a, b, i = w.who(who), w.who(other), i % (w.instruments + 1)
    same(w.x.transfer(w.t, a, b, i, n, TransferCode.ASSIGN), w.m.transfer(a, b, i, n))


@command(who=WHO, sink=(0, len(SINKS) - 1), i=THING, n=(0, 9))
def use_up(w: World, who: int, sink: int, i: int, n: int) -> None:
    """Surrender, retire, cancel, expire, consume."""
    a, b, i = w.who(who), SINKS[sink], w.thing(i)
    same(w.x.transfer(w.t, a, b, i, n, TransferCode.SURRENDER), w.m.transfer(a, int(b), i, n))


@command(who=WHO, sink=(0, len(SINKS) - 1), i=THING, n=(0, 3))
def take_from_sink(w: World, who: int, sink: int, i: int, n: int) -> None:
    a, b, i = w.who(who), SINKS[sink], w.thing(i)
    same(w.x.transfer(w.t, b, a, i, n, TransferCode.ASSIGN), w.m.transfer(b, a, i, n))


@command(who=WHO, i=(0, 2), n=(0, 9), freeze=(0, 1))
def pledge(w: World, who: int, i: int, n: int, freeze: int) -> None:
    a, i = w.who(who), i % (w.instruments + 1)
    number, refusal = w.x.hold(w.t, a, i, n, HoldReason.FREEZE if freeze else HoldReason.PLEDGE)
    same(refusal, w.m.hold(w.ids + 1, a, i, n))
    if not refusal:
        same(number, w.next_id())
        w.held.append(number)


@command(back=ANY)
def release(w: World, back: int) -> None:
    number = w.chosen(w.held, back) or 99
    same(w.x.release(w.t, number), w.m.release(number))


@command(who=WHO, i=THING, side=SIDE, price=PRICE, lots=LOTS, tif=(0, 4))
def order(w: World, who: int, i: int, side: int, price: int, lots: int, tif: int) -> None:
    a, i, number = w.who(who), w.thing(i), w.next_id()
    outcome = w.x.submit(w.t, a, i, side, price, lots, 0, tif)
    refusal, traded, left = w.m.order(number, a, i, side, price, lots, tif)
    same(tuple(outcome), (number, int(refusal), traded, left))
    if left:
        w.placed.append((number, a))


@command(back=ANY, stranger=(0, 3))
def cancel(w: World, back: int, stranger: int) -> None:
    number, a = w.chosen(w.placed, back) or (99, FIRST)
    a = a if stranger else FIRST
    same(w.x.cancel(w.t, a, number), w.m.cancel(a, number))


@command(back=ANY, stranger=(0, 5), price=PRICE, lots=LOTS)
def replace(w: World, back: int, stranger: int, price: int, lots: int) -> None:
    number, a = w.chosen(w.placed, back) or (99, FIRST)
    a = a if stranger else FIRST
    refusal, traded, left = w.m.replace(a, number, price, lots)
    same(tuple(w.x.replace(w.t, a, number, price, lots)), (number, int(refusal), traded, left))


@command(back=ANY, lots=LOTS)
def shrink(w: World, back: int, lots: int) -> None:
    """Change an order's lots and leave its price."""
    number, a = w.chosen(w.placed, back) or (99, FIRST)
    price = next((o.price for o in w.m.orders if o.number == number), 1)
    refusal, traded, left = w.m.replace(a, number, price, lots)
    same(tuple(w.x.replace(w.t, a, number, price, lots)), (number, int(refusal), traded, left))


@command(buyer=WHO, seller=WHO, i=THING, price=PRICE, lots=LOTS)
def deal(w: World, buyer: int, seller: int, i: int, price: int, lots: int) -> None:
    b, s, i = w.who(buyer), w.who(seller), w.thing(i)
    same(w.x.deal(w.t, Mechanism.NEGOTIATED, i - 1, i, b, s, price, lots), w.m.deal(b, s, i, price, lots))


@command(who=WHO, i=THING, side=SIDE, price=PRICE, lots=LOTS, life=(1, 30))
def offer(w: World, who: int, i: int, side: int, price: int, lots: int, life: int) -> None:
    """The first of two phases: what is offered is held until the other party answers."""
    a, i, end = w.who(who), w.thing(i), w.t + life
    number, refusal = w.x.offer(w.t, i - 1, i, a, side, price, lots, OfferTerms(expire_t=end))
    same(refusal, w.m.offer(w.ids + 1, a, i, side, price, lots, end))
    if not refusal:
        same(number, w.next_id())
        w.offered.append((number, a))


@command(who=WHO, back=ANY)
def accept(w: World, who: int, back: int) -> None:
    a, (number, _) = w.who(who), w.chosen(w.offered, back) or (99, 0)
    same(w.x.accept(w.t, a, number), w.m.accept(w.t, a, number))


@command(back=ANY, stranger=(0, 3))
def withdraw(w: World, back: int, stranger: int) -> None:
    number, a = w.chosen(w.offered, back) or (99, FIRST)
    a = a if stranger else FIRST
    same(w.x.withdraw(w.t, a, number), w.m.withdraw(a, number))


@command(pause=(0, 20))
def lapse(w: World, pause: int) -> None:
    w.t += pause
    same(len(w.x.expire_offers(w.t)), w.m.lapse(w.t))


@command()
def end_day(w: World) -> None:
    w.x.close_session(w.t, w.things, end_of_day=True)
    w.m.end_day()
    w.commit()
    w.x.open_session(w.t, w.things, w.t + 10**9)


@command(who=WHO, i=THING, what=(0, 3))
def bar(w: World, who: int, i: int, what: int) -> None:
    """Change what somebody may do: 0 all, 1 not buy, 2 not sell, 3 neither."""
    a, i = w.who(who), w.thing(i)
    w.x.allow(a, i, Eligible.ALL & ~Eligible(what))
    for side in (BUY, SELL):
        (w.m.barred.add if what & side else w.m.barred.discard)((a, i, side))
