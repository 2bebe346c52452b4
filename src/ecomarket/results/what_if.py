"""What if a rule were another from a day on: the run's own market days beside those of the changed scenario, same luck.

In: a run's ledger, and the changed scenario. Out: from which event on the two differ, and every market's closing prices
and lots day by day.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ecomarket.engine.in_memory import run_in_memory
from ecomarket.ledger.tables import notes_of
from ecomarket.model.codes import RecordKind
from ecomarket.model.stated import NoteCode
from ecomarket.units import CASH_PER_YUAN, DAY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from numpy.typing import NDArray

    from ecomarket.ledger.block import Block
    from ecomarket.ledger.query import Events, Ledger
    from ecomarket.scenario import Scenario

TOLD: Final = ("checksum", "seq")
"""Fields that do not say what happened."""


class Day(NamedTuple):
    """One day of a market in both runs: closing price in cash a lot (0 before the first), lots traded in the book."""

    day: date
    own_price: int
    own_lots: int
    other_price: int
    other_lots: int


class Course(NamedTuple):
    """A market from the day of the change on; `lot` is decimal text in `unit`."""

    code: str
    unit: str
    lot: str
    days: tuple[Day, ...]

    @property
    def lots(self) -> int:
        """Return all lots of both runs."""
        return sum(day.own_lots + day.other_lots for day in self.days)

    def price(self, cash: int) -> Decimal:
        """Return cash a lot as CNY a unit."""
        return Decimal(cash) / CASH_PER_YUAN / Decimal(self.lot)

    def mean(self, *, own: bool) -> Decimal | None:
        """Return the mean closing price by lots in CNY a unit, None without a trade."""
        pairs = [(d.own_price, d.own_lots) if own else (d.other_price, d.other_lots) for d in self.days]
        lots = sum(n for _, n in pairs)
        return self.price(1) * sum(price * n for price, n in pairs) / lots if lots else None


class WhatIf(NamedTuple):
    """`same` events of the run are also the changed one's; `parted` is the day of the next, None if there is none.

    `head` is the changed run's; `courses` every market in which either traded, the largest first.
    """

    same: int
    parted: date | None
    head: str
    courses: tuple[Course, ...]


def what_if(ledger: Ledger, changed: Scenario, at: date) -> WhatIf:
    """Run a changed scenario with a run's seed to the run's last day, in memory, and lay the two beside each other.

    Raises KeyboardInterrupt if it was asked to stop.
    """
    end = ledger.day(ledger.t)
    other = run_in_memory(changed, int(ledger.manifest["seed"]), min(end, changed.end))
    same, t = _same(ledger.load(), other.blocks.load())
    own_codes = {i.instrument: i.code for i in ledger.instruments.values()}
    own = _closes(ledger.blocks(), own_codes, ledger)
    its = _closes(other.blocks.blocks, _codes(other.blocks.blocks), ledger)
    courses = []
    for row in ledger.instruments.values():
        one, two = own.get(row.code, {}), its.get(row.code, {})
        days = _days(one, two, at)
        courses.append(Course(row.code, row.unit, row.lot, days))
    traded = sorted((c for c in courses if c.lots), key=lambda c: -c.lots)
    return WhatIf(same, None if t is None else ledger.day(t), other.journal.head.hex(), tuple(traded))


def _same(one: Events, other: Events) -> tuple[int, int | None]:
    """Return how many events are the same from the start, and the time of the first that is not.

    The note that names the scenario's digest is left out: it says that the rules differ, nothing of what they did.
    """
    names = [name for name in one.records.dtype.names or () if name not in TOLD]
    n = min(len(one.records), len(other.records))
    unlike = np.zeros(n, dtype=np.bool_)
    for name in names:
        unlike |= one.records[name][:n] != other.records[name][:n]
    notes = one.records["seq"][:n][one.records["kind"][:n] == RecordKind.NOTE]
    for seq in notes.tolist():
        unlike[seq - 1] |= one.payloads.get(seq) != other.payloads.get(seq)
    unlike[_started(one.records[:n])] = False
    at = np.flatnonzero(unlike)
    if at.size:
        first = int(at[0])
        return first, min(int(one.records["t"][first]), int(other.records["t"][first]))
    if len(one.records) == len(other.records):
        return n, None
    longer = one if len(one.records) > n else other
    return n, int(longer.records["t"][n])


def _started(records: NDArray[np.void]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (records["kind"] == RecordKind.NOTE) & (records["code"] == NoteCode.RUN_STARTED)
    return found


def _codes(blocks: Iterable[Block]) -> dict[int, str]:
    """Return the code of every instrument that a journal lists."""
    return {
        int(payload["instrument"]): str(payload["code"])
        for block in blocks
        for _, payload in notes_of(block.records, block.payloads, NoteCode.INSTRUMENT_LISTED)
    }


def _closes(blocks: Iterable[Block], codes: dict[int, str], ledger: Ledger) -> dict[str, dict[date, tuple[int, int]]]:
    """Return closing price and lots by code of the instrument and by day."""
    found: dict[str, dict[date, tuple[int, int]]] = {}
    for block in blocks:
        rows = block.records[block.records["kind"] == RecordKind.CLOSE]
        for t, instrument, price, lots in zip(
            *(rows[name].tolist() for name in ("t", "instrument", "price", "amount")), strict=True
        ):
            found.setdefault(codes[instrument], {})[ledger.day(t // DAY * DAY)] = (price, lots)
    return found


def _days(own: dict[date, tuple[int, int]], other: dict[date, tuple[int, int]], at: date) -> tuple[Day, ...]:
    """Return the days from `at` on which either market closed; one that did not keeps its last price."""
    days, standing = [], {"own": 0, "other": 0}
    for day in sorted({*own, *other}):
        lots = {}
        for name, closes in (("own", own), ("other", other)):
            price, lots[name] = closes.get(day, (standing[name], 0))
            standing[name] = price
        if day >= at:
            days.append(Day(day, standing["own"], lots["own"], standing["other"], lots["other"]))
    return tuple(days)
