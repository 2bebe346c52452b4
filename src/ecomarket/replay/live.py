"""The orders now in the book: the file's names to the exchange's numbers, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ecomarket.model.codes import RecordKind
from ecomarket.model.record import FLAG_SIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

TRADE: Final = int(RecordKind.TRADE)
ACCEPTED: Final = int(RecordKind.ORDER_ACCEPTED)
FIELDS: Final = ("kind", "order", "other", "price", "amount", "flags")
MOVES: Final = np.zeros(128, bool)
"""Kinds of records that change how much of an order is open."""
MOVES[[RecordKind.ORDER_ACCEPTED, RecordKind.ORDER_CANCELLED, RecordKind.ORDER_EXPIRED, RecordKind.TRADE]] = True


@dataclass(slots=True)
class Live:
    """An order: its name in the file ("" none), its owner's name and number, side, price in cash a lot, open lots."""

    name: str
    owner: str
    account: int
    side: int
    price: int
    lots: int


class Print(NamedTuple):
    """A trade by the file's names: price in cash a lot, lots, names of the buy and the sell order, aggressor side."""

    price: int
    lots: int
    buy: str
    sell: str
    aggressor: int


class LiveOrders:
    """Knows every live order; `settle` keeps it up with the exchange's records and forgets the orders that are done."""

    def __init__(self) -> None:
        self.orders: dict[int, Live] = {}
        self.numbers: dict[str, int] = {}

    def add(self, number: int, live: Live) -> None:
        """Take in an order the exchange has accepted."""
        self.orders[number] = live
        if live.name:
            self.numbers[live.name] = number

    def settle(self, records: NDArray[np.void]) -> tuple[list[Print], list[tuple[int, Live]]]:
        """Apply records; return the trades in order, and the orders that are done."""
        rows = records[MOVES[records["kind"]]]
        trades: list[Print] = []
        touched: set[int] = set()
        orders = self.orders
        for kind, order, other, price, amount, flags in zip(*(rows[f].tolist() for f in FIELDS), strict=True):
            if kind == ACCEPTED:
                live = orders[order]
                live.price, live.lots = price, amount
                continue
            orders[order].lots -= amount
            touched.add(order)
            if kind == TRADE:
                orders[other].lots -= amount
                touched.add(other)
                names = orders[order].name, orders[other].name
                trades.append(Print(price, amount, *names, flags & FLAG_SIDE))
        return trades, self._forget(touched)

    def _forget(self, touched: set[int]) -> list[tuple[int, Live]]:
        done = [(number, self.orders[number]) for number in sorted(touched) if self.orders[number].lots <= 0]
        for number, live in done:
            del self.orders[number]
            if self.numbers.get(live.name) == number:
                del self.numbers[live.name]
        return done
