"""What records do to balances and holds, as arrays: model/record.py written once more, independent of the exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecomarket.errors import IntegrityError
from ecomarket.model.codes import AccountKind, RecordKind, Side
from ecomarket.model.record import CASH, FLAG_SIDE, SELLER_HELD

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Effects(NamedTuple):
    """Changes of balances: row `row` of the records changes (account, instrument) by (posted, held)."""

    row: NDArray[np.int64]
    account: NDArray[np.int64]
    instrument: NDArray[np.int64]
    posted: NDArray[np.int64]
    held: NDArray[np.int64]


class HoldEffects(NamedTuple):
    """Changes of holds: row `row` changes what `id` (hold, order) holds of (account, instrument) by `held`, `lots`."""

    row: NDArray[np.int64]
    id: NDArray[np.int64]
    account: NDArray[np.int64]
    instrument: NDArray[np.int64]
    held: NDArray[np.int64]
    lots: NDArray[np.int64]


_NOTHING = np.zeros(0, dtype=np.int64)
_NO_EFFECTS = Effects(*(_NOTHING,) * 5)
_NO_HOLD_EFFECTS = HoldEffects(*(_NOTHING,) * 6)
_KNOWN = np.isin(np.arange(max(RecordKind) + 1), list(RecordKind))
"""Which numbers are kinds of a record."""


def side_of(records: NDArray[np.void]) -> NDArray[np.int64]:
    """Return the Side in the flags of order records."""
    return (records["flags"] & FLAG_SIDE).astype(np.int64)


def held_instrument(records: NDArray[np.void]) -> NDArray[np.int64]:
    """Return what an order holds: cash for a buy, its instrument for a sell."""
    return np.where(side_of(records) == Side.BUY, CASH, records["instrument"]).astype(np.int64)


def effects(records: NDArray[np.void]) -> Effects:
    """Expand records into changes of balances. Raises IntegrityError at an unknown kind or a missing index."""
    kind = records["kind"]
    inside = (kind >= 0) & (kind < len(_KNOWN))
    unknown = np.flatnonzero(~(inside & _KNOWN[np.where(inside, kind, 0)]))
    if len(unknown):
        raise IntegrityError(f"event {records['seq'][unknown[0]]}: unknown kind {kind[unknown[0]]}")
    parts = [*_transfers(records, kind), *_holds(records, kind), *_orders(records, kind), *_trades(records, kind)]
    if not parts:
        return _NO_EFFECTS
    found = Effects(*(np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True)))
    lost = np.flatnonzero((found.account < 0) | (found.instrument < 0))
    if len(lost):
        row = found.row[lost[0]]
        raise IntegrityError(f"event {records['seq'][row]}: moves value of no account or no instrument")
    return found


def _transfers(records: NDArray[np.void], kind: NDArray[np.int16]) -> list[Effects]:
    row = np.flatnonzero(kind == RecordKind.TRANSFER)
    if not len(row):
        return []
    r = records.take(row)
    return [
        Effects(row, r["account"], r["instrument"], -r["amount"], -r["hold"]),
        Effects(row, r["counter"], r["instrument"], r["amount"], np.zeros_like(row)),
    ]


def _holds(records: NDArray[np.void], kind: NDArray[np.int16]) -> list[Effects]:
    row = np.flatnonzero((kind == RecordKind.HOLD) | (kind == RecordKind.RELEASE))
    if not len(row):
        return []
    r = records.take(row)
    held = np.where(r["kind"] == RecordKind.HOLD, r["amount"], -r["amount"])
    return [Effects(row, r["account"], r["instrument"], np.zeros_like(row), held)]


def _order_rows(kind: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return the rows in which an order enters the book, or leaves it other than by a trade."""
    left = (kind == RecordKind.ORDER_CANCELLED) | (kind == RecordKind.ORDER_EXPIRED)
    return np.flatnonzero((kind == RecordKind.ORDER_ACCEPTED) | left)


def _orders(records: NDArray[np.void], kind: NDArray[np.int16]) -> list[Effects]:
    row = _order_rows(kind)
    if not len(row):
        return []
    r = records.take(row)
    held = np.where(r["kind"] == RecordKind.ORDER_ACCEPTED, r["hold"], -r["hold"])
    return [Effects(row, r["account"], held_instrument(r), np.zeros_like(row), held)]


def _trades(records: NDArray[np.void], kind: NDArray[np.int16]) -> list[Effects]:
    row = np.flatnonzero(kind == RecordKind.TRADE)
    if not len(row):
        return []
    r = records.take(row)
    value = r["price"] * r["amount"]
    nothing = np.zeros_like(row)
    cash = np.full_like(row, CASH)
    seller_held = np.where(r["flags"] & SELLER_HELD, r["amount"], 0)
    return [
        Effects(row, r["account"], cash, -(value + r["fee_buy"]), -r["hold"]),
        Effects(row, r["account"], r["instrument"], r["amount"], nothing),
        Effects(row, r["counter"], r["instrument"], -r["amount"], -seller_held),
        Effects(row, r["counter"], cash, value - r["fee_sell"], nothing),
        Effects(row, np.full_like(row, AccountKind.FEE), cash, r["fee_buy"] + r["fee_sell"], nothing),
    ]


def hold_effects(records: NDArray[np.void]) -> HoldEffects:
    """Expand records into changes of holds and open orders.

    A TRANSFER out of a hold names the hold in `other`.
    """
    kind = records["kind"]
    parts = [*_plain_holds(records, kind), *_order_holds(records, kind), *_filled_holds(records, kind)]
    if not parts:
        return _NO_HOLD_EFFECTS
    return HoldEffects(*(np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True)))


def _plain_holds(records: NDArray[np.void], kind: NDArray[np.int16]) -> list[HoldEffects]:
    plain = np.flatnonzero((kind == RecordKind.HOLD) | (kind == RecordKind.RELEASE))
    if not len(plain):
        return []
    r = records.take(plain)
    amount = np.where(r["kind"] == RecordKind.HOLD, r["amount"], -r["amount"])
    return [HoldEffects(plain, r["order"], r["account"], r["instrument"], amount, np.zeros_like(plain))]


def _order_holds(records: NDArray[np.void], kind: NDArray[np.int16]) -> list[HoldEffects]:
    order = _order_rows(kind)
    if not len(order):
        return []
    o = records.take(order)
    sign = np.where(o["kind"] == RecordKind.ORDER_ACCEPTED, 1, -1)
    return [HoldEffects(order, o["order"], o["account"], held_instrument(o), o["hold"] * sign, o["amount"] * sign)]


def _filled_holds(records: NDArray[np.void], kind: NDArray[np.int16]) -> list[HoldEffects]:
    if not ((kind == RecordKind.TRANSFER) | (kind == RecordKind.TRADE)).any():
        return []
    out = np.flatnonzero((kind == RecordKind.TRANSFER) & (records["hold"] != 0))
    bought = np.flatnonzero((kind == RecordKind.TRADE) & ((records["order"] != 0) | (records["hold"] != 0)))
    held = (records["flags"] & SELLER_HELD) != 0
    sold = np.flatnonzero((kind == RecordKind.TRADE) & ((records["other"] != 0) | held))
    p, b, s = records.take(out), records.take(bought), records.take(sold)
    seller_held = np.where(held[sold], s["amount"], 0)
    return [
        HoldEffects(out, p["other"], p["account"], p["instrument"], -p["hold"], np.zeros_like(out)),
        HoldEffects(bought, b["order"], b["account"], np.full_like(bought, CASH), -b["hold"], -b["amount"]),
        HoldEffects(sold, s["other"], s["counter"], s["instrument"], -seller_held, -s["amount"]),
    ]
