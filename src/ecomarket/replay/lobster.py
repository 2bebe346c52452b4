"""Read LOBSTER's two files: messages, and the book after each message.

Message rows: time (seconds), type, order, size, price (1/10,000), direction of the resting order (1 buy, -1 sell).
Order-book rows: ask price 1, ask size 1, bid price 1, bid size 1, ask price 2, ...; row k is the book after message k.
An empty level is 9999999999 (ask) or -9999999999 (bid) with size 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from ecomarket.model.codes import Side
from ecomarket.replay.rows import BadRow, CellReader, whole_of
from ecomarket.replay.times import seconds
from ecomarket.replay.words import RowError, fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

(NEW, REDUCE, DELETE, EXECUTE, HIDDEN, CROSS, HALT) = range(1, 8)
"""Message types."""
CELLS: Final = 6
EMPTY_ASK: Final = 9_999_999_999
EMPTY_BID: Final = -9_999_999_999
BUY: Final = int(Side.BUY)
SELL: Final = int(Side.SELL)
FOREVER: Final = 2**62


class Message(NamedTuple):
    """One message: `t` microseconds, price in cash a lot, side of the resting order (0 in a halt)."""

    line: int
    time: str
    t: int
    kind: int
    order: str
    lots: int
    price: int
    side: int


class MessageReader:
    """Reads a message file row by row; `cells.fault` says where it was cut off."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self.cells = CellReader(path, file)
        self._last = 0

    def __iter__(self) -> Iterator[Message | BadRow]:
        """Yield the messages in order; one that cannot be read changes nothing."""
        return self.cells.whole(self._read(line, cells) for line, cells in self.cells)

    def _read(self, line: int, cells: list[str] | RowError) -> Message | BadRow:
        try:
            return self._message(line, cells)
        except RowError as wrong:
            written = ["", "", ""] if isinstance(cells, RowError) else [*cells, "", "", ""]
            return BadRow(line, written[0], written[2], wrong)

    def _message(self, line: int, cells: list[str] | RowError) -> Message:
        if isinstance(cells, RowError):
            raise cells
        if len(cells) != CELLS:
            raise RowError("E118", found=len(cells), expected=CELLS)
        time, kind, order, size, price, direction = cells
        moment = seconds(time)
        if moment is None:
            raise RowError("E603", found=time, expected="34200.5")
        if moment.ns < self._last:
            raise RowError("E602", found=time)
        number = whole_of(kind)
        if not NEW <= number <= HALT:
            raise RowError("E604", found=kind)
        if direction not in ("1", "-1") and number != HALT:
            raise RowError("E115", ("1", "-1"), found=direction)
        side = 0 if number == HALT else BUY if direction == "1" else SELL
        message = Message(line, time, moment.ns // 1000, number, order, whole_of(size), whole_of(price), side)
        self._last = moment.ns
        return message


Levels = dict[int, int]
"""Lots by price in cash a lot."""


@dataclass
class Book:
    """A book as an order-book row shows it: asks and bids by price, and how many levels a row has."""

    asks: Levels
    bids: Levels
    levels: int

    def side(self, side: int) -> Levels:
        """Return one side."""
        return self.bids if side == BUY else self.asks


@dataclass
class Seed:
    """The book before the first message, and the prices up to which it is known on each side."""

    book: Book
    known_ask: int = FOREVER
    known_bid: int = 0


def read_book(cells: list[str]) -> Book:
    """Return the book of one order-book row.

    Raises RowError if the row is no run of price and size pairs for asks and bids in turn.

    >>> read_book(["5859400", "200", "5853300", "18", "9999999999", "0", "-9999999999", "0"])
    Book(asks={5859400: 200}, bids={5853300: 18}, levels=2)
    """
    if not cells or len(cells) % 4:
        raise RowError("E118", found=len(cells), expected=len(cells) // 4 * 4 + 4)
    numbers = [whole_of(cell) for cell in cells]
    asks = {p: s for p, s in zip(numbers[::4], numbers[1::4], strict=True) if p != EMPTY_ASK}
    bids = {p: s for p, s in zip(numbers[2::4], numbers[3::4], strict=True) if p != EMPTY_BID}
    return Book(asks, bids, len(cells) // 4)


def seed_of(first: Book, message: Message | BadRow) -> Seed:
    """Return the book before the first message: the first row with that message undone.

    A new order is taken out of its level; what was cancelled, deleted or executed is put back, at its own price; hidden
    executions, crosses and halts leave the book as it is. A side that fills all levels of the row is known up to its
    last level only.

    >>> first = Book({100: 5}, {90: 7}, 1)
    >>> seed_of(first, Message(1, "0", 0, NEW, "1", 5, 100, SELL)).book
    Book(asks={}, bids={90: 7}, levels=1)
    >>> seed_of(first, Message(1, "0", 0, EXECUTE, "1", 2, 91, BUY)).book.bids
    {90: 7, 91: 2}
    """
    seed = Seed(Book(dict(first.asks), dict(first.bids), first.levels))
    if len(first.asks) == first.levels:
        seed.known_ask = max(first.asks)
    if len(first.bids) == first.levels:
        seed.known_bid = min(first.bids)
    if isinstance(message, Message) and message.kind in (NEW, REDUCE, DELETE, EXECUTE):
        levels = seed.book.side(message.side)
        left = levels.get(message.price, 0) + (-message.lots if message.kind == NEW else message.lots)
        if left > 0:
            levels[message.price] = left
        else:
            levels.pop(message.price, None)
    return seed


class BookReader:
    """Reads an order-book file beside the messages."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self.path = path
        self._rows = iter(CellReader(path, file))
        self._count = 0

    def next(self) -> Book:
        """Return the next row. Raises ScenarioError if there is none, or it cannot be read."""
        line, cells = next(self._rows, (0, []))
        if not line:
            raise fault(self.path, 0, "E607", found=self._count)
        self._count += 1
        try:
            if isinstance(cells, RowError):
                raise cells
            return read_book(cells)
        except RowError as wrong:
            raise fault(self.path, line, wrong.code, wrong.options, **wrong.values) from None
