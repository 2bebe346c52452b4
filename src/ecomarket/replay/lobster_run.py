"""Replay LOBSTER's messages: new orders as they came, executions as the orders that must have caused them."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from ecomarket.errors import ScenarioError, UserError
from ecomarket.exchange.alone import INSTRUMENT
from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.i18n import tr
from ecomarket.model.codes import Mechanism, Refusal, TimeInForce
from ecomarket.replay.ladder import middle
from ecomarket.replay.live import Live, Print
from ecomarket.replay.lobster import (
    BUY,
    CROSS,
    DELETE,
    EMPTY_ASK,
    EMPTY_BID,
    EXECUTE,
    HALT,
    HIDDEN,
    NEW,
    REDUCE,
    SELL,
    BookReader,
    Message,
    MessageReader,
    Seed,
    seed_of,
)  # fmt: skip
from ecomarket.replay.market import CHUNK, Desk
from ecomarket.replay.run import Done, opened
from ecomarket.replay.setup import OF_HOLDINGS, OF_PARTIES, without
from ecomarket.replay.tally import Tally
from ecomarket.replay.words import RowError, fault
from ecomarket.replay.writing import Tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ecomarket.exchange.protocol import Exchange
    from ecomarket.exchange.rules import VenueRules
    from ecomarket.replay.lobster import Book
    from ecomarket.replay.rows import BadRow
    from ecomarket.replay.setup import Setup

IOC: Final = int(TimeInForce.IOC)
OTHER: Final = {BUY: SELL, SELL: BUY}


class LobsterReplay:
    """Runs messages in turn, and keeps the queue at each price so that it knows whose turn it is.

    All buys belong to one party and all sells to another, so no order meets one of its own. Orders older than the file
    stand as one nameless order a level.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.queues: dict[tuple[int, int], dict[int, None]] = {}
        self.seeds: dict[tuple[int, int], int] = {}
        self._does = {
            NEW: self._new, REDUCE: self._reduce, DELETE: self._delete, EXECUTE: self._execute,
            HIDDEN: self._print, CROSS: self._print, HALT: self._halt,
        }  # fmt: skip

    def plant(self, seed: Seed, t: int) -> None:
        """Put the seed's levels into the book; what the ladder or the rules refuse narrows what is known."""
        for side, levels in ((SELL, seed.book.asks), (BUY, seed.book.bids)):
            for price, lots in levels.items():
                number = self._rest(Message(1, "", t, NEW, "", lots, price, side))
                if number:
                    self.seeds[side, price] = number
                elif side == SELL:
                    seed.known_ask = min(seed.known_ask, price - 1)
                else:
                    seed.known_bid = max(seed.known_bid, price + 1)

    def take(self, message: Message) -> None:
        """Run one message."""
        self._does[message.kind](message)

    def settle(self) -> None:
        """Bring names, queues and tables up to now."""
        for number, live in self.desk.settle():
            place = live.side, live.price
            queue = self.queues.get(place)
            if queue is not None:
                queue.pop(number, None)
                if not queue:
                    del self.queues[place]
            if self.seeds.get(place) == number:
                del self.seeds[place]

    def _new(self, message: Message) -> None:
        desk = self.desk
        if message.order in desk.live.numbers:
            self.settle()
        if message.order in desk.live.numbers:
            desk.refuse(message.line, message.time, message.order, RowError("E601", found=message.order))
        elif self._rest(message):
            desk.tally.new += 1

    def _rest(self, message: Message) -> int:
        """Send an order; return its number, 0 if it is refused."""
        desk, side, price = self.desk, message.side, message.price
        account = desk.account("", side)
        outcome = desk.send(message.t, account, side, price, message.lots, 0, 0, 0, 0)
        if outcome.refusal:
            self._refuse(message, desk.why(outcome.refusal, price))
            return 0
        desk.live.add(outcome.order, Live(message.order, "", account, side, price, message.lots))
        self.queues.setdefault((side, price), {})[outcome.order] = None
        desk.filled(outcome.filled_lots, message.time)
        return outcome.order

    def _find(self, message: Message) -> int:
        """Return the number of the order a message is about, or of the older lots at its price; 0 if there is none."""
        named = self.desk.live.numbers.get(message.order, 0)
        return named or self.seeds.get((message.side, message.price), 0)

    def _delete(self, message: Message) -> None:
        """Take out an order whole; older lots by as many as the message says."""
        desk, number = self.desk, self.desk.live.numbers.get(message.order, 0)
        if not number:
            self._reduce(message)
        elif desk.exchange.cancel(message.t, desk.live.orders[number].account, number):
            self._unmatched(message)
        else:
            desk.tally.cancelled += 1

    def _reduce(self, message: Message) -> None:
        self.settle()
        number = self._find(message)
        if not number:
            self._unmatched(message)
            return
        lots = self.desk.live.orders[number].lots
        self._take_out(message, number, min(lots, message.lots))
        self.desk.tally.cancelled += 1
        if message.lots > lots:
            self._unmatched(message)

    def _take_out(self, message: Message, number: int, lots: int) -> None:
        """Take lots out of a resting order, which keeps its turn."""
        live, exchange = self.desk.live.orders[number], self.desk.exchange
        if lots >= live.lots:
            refusal = exchange.cancel(message.t, live.account, number)
        else:
            refusal = exchange.replace(message.t, live.account, number, live.price, live.lots - lots).refusal
        if refusal:
            self._refuse(message, refusal)

    def _execute(self, message: Message) -> None:
        self.settle()
        desk, number = self.desk, self._find(message)
        if not number:
            self._unmatched(message)
            return
        live = desk.live.orders[number]
        lots = min(message.lots, live.lots)
        if self._is_next(number, live, message.price):
            self._hit(message, live, lots)
        else:
            desk.tally.lobster["out_of_turn"] += 1
            self._take_out(message, number, lots)
            self._tell(message, live.name, lots)
        if message.lots > lots:
            self._unmatched(message)

    def _is_next(self, number: int, live: Live, price: int) -> bool:
        """Tell whether an order stands first at the best price of its side, and this is the price of the message."""
        quotes = self.desk.exchange.quotes(INSTRUMENT)
        best = quotes.best_bid if live.side == BUY else quotes.best_ask
        return live.price == price == best and next(iter(self.queues[live.side, price])) == number

    def _hit(self, message: Message, live: Live, lots: int) -> None:
        """Send the immediate order of a nameless taker that meets the order whose turn it is."""
        desk, side = self.desk, OTHER[live.side]
        account = desk.account("", side)
        outcome = desk.send(message.t, account, side, message.price, lots, 0, IOC, 0, 0)
        if outcome.refusal:
            self._refuse(message, desk.why(outcome.refusal, message.price))
            return
        desk.live.add(outcome.order, Live("", "", account, side, message.price, lots))
        desk.filled(outcome.filled_lots, message.time)

    def _print(self, message: Message) -> None:
        """Print a trade that touches no level: with a hidden order, or in a cross."""
        self.settle()
        self.desk.tally.lobster["hidden" if message.kind == HIDDEN else "crosses"] += 1
        self._tell(message, message.order if message.order not in ("0", "-1") else "", message.lots)

    def _tell(self, message: Message, name: str, lots: int) -> None:
        names = (name, "") if message.side == BUY else ("", name)
        trade = Print(message.price, lots, *names, 0 if message.kind == CROSS else OTHER[message.side])
        self.desk.tables.trades([(message.time, trade)])
        self.desk.tally.traded(trade)

    def _halt(self, message: Message) -> None:
        """Count a halt; what the source let in during it is run as it stands."""
        self.desk.tally.lobster["halts"] += message.price < 0

    def _unmatched(self, message: Message) -> None:
        self.desk.tally.lobster["unmatched"] += 1
        self._refuse(message, Refusal.UNKNOWN_ORDER)

    def _refuse(self, message: Message, why: int | RowError) -> None:
        self.desk.refuse(message.line, message.time, message.order, why)


class Snapshots:
    """Writes the book after each message in LOBSTER's layout, and counts the rows that differ from the source's.

    Compared are the levels at prices known from the first row: what lay deeper when the file began, nobody can tell.
    """

    def __init__(self, desk: Desk, seed: Seed, levels: int) -> None:
        self.desk, self.seed, self.levels = desk, seed, levels
        self._depth = max(levels, seed.book.levels)

    def take(self, source: Book) -> None:
        """Write and compare one row."""
        rows = self.desk.exchange.depth(INSTRUMENT, self._depth).tolist()
        shown: list[int] = []
        for ask, ask_lots, bid, bid_lots in rows[: self.levels]:
            shown += (ask or EMPTY_ASK, ask_lots, bid or EMPTY_BID, bid_lots)
        self.desk.tables.snapshot(shown)
        asks = [(row[0], row[1]) for row in rows if row[0]]
        bids = [(row[2], row[3]) for row in rows if row[2]]
        known_ask, known_bid = self.seed.known_ask, self.seed.known_bid
        same = _same(asks, list(source.asks.items()), source.levels, lambda price: price <= known_ask) and _same(
            bids, list(source.bids.items()), source.levels, lambda price: price >= known_bid
        )
        self.desk.tally.lobster["snapshots"] += 1
        self.desk.tally.lobster["differing"] += not same


def _same(
    ours: list[tuple[int, int]], theirs: list[tuple[int, int]], levels: int, known: Callable[[int], bool]
) -> bool:
    """Tell whether two sides agree on the levels whose prices are known, as far as the source shows them."""
    return [row for row in ours if known(row[0])][:levels] == [row for row in theirs if known(row[0])]


def survey(path: Path) -> tuple[Message | BadRow, Counter[int]]:
    """Return the first message, and how many new orders stand at each price. Raises ScenarioError if there is none."""
    prices: Counter[int] = Counter()
    first: Message | BadRow | None = None
    with opened(path) as file:
        reader = MessageReader(path, file)
        for message in reader:
            first = first or message
            if isinstance(message, Message) and message.kind == NEW:
                prices[message.price] += 1
        if first is None:
            raise reader.cells.fault or fault(path, 1, "E113")
    return first, prices


def nameless(rules: VenueRules, lang: str) -> tuple[VenueRules, list[str]]:
    """Return rules for two parties that stand for everybody: what limits a single account is off, and is named.

    Raises UserError under another mechanism than continuous trading.
    """
    if rules.mechanism != Mechanism.CONTINUOUS:
        raise UserError(tr("replay.lobster_continuous", lang))
    return without(rules, OF_HOLDINGS | OF_PARTIES)


def replay_lobster(
    messages: Path,
    books: Path,
    setup: Setup,
    folder: Path,
    levels: int = 0,
    told: Callable[[int], None] = lambda _: None,
    engine: Callable[..., Exchange] = KernelExchange,
) -> Done:
    """Run LOBSTER's files under `setup`, write the tables into `folder`; with `levels` also snapshots.csv.

    Raises ScenarioError or UserError if an input cannot be used at all; a file that ends too early is run up to there,
    and the fault returned.
    """
    rules, off = nameless(setup.rules, setup.lang)
    first, prices = survey(messages)
    tally = Tally()
    with ExitStack() as stack:
        message_file, book_file = stack.enter_context(opened(messages)), stack.enter_context(opened(books))
        reader, source = MessageReader(messages, message_file), BookReader(books, book_file)
        book = source.next()
        seed = seed_of(book, first)
        prices.update([*seed.book.asks, *seed.book.bids])
        tables = stack.enter_context(Tables(folder, [messages, books], setup.lang, snapshots=levels > 0))
        reference = setup.previous_close or middle(prices, rules.tick_cash)
        desk = Desk(rules, reference, tables, tally, setup.lang, engine=engine)
        replay = LobsterReplay(desk)
        replay.plant(seed, first.t if isinstance(first, Message) else 0)
        snapshots = Snapshots(desk, seed, levels) if levels else None
        ended: ScenarioError | None = None
        for count, message in enumerate(reader, 1):
            if isinstance(message, Message):
                replay.take(message)
            else:
                desk.unreadable(message)
            tally.rows = count
            if count % CHUNK == 0:
                replay.settle()
                told(message_file.buffer.tell())
            if snapshots:
                try:
                    snapshots.take(book if count == 1 else source.next())
                except ScenarioError as wrong:
                    ended = wrong
                    break
        replay.settle()
        desk.close_books()
        return Done(tally, ended or reader.cells.fault, off=off)
