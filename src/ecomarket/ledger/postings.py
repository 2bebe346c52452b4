"""The only places where a balance changes: each primitive writes one record and posts it.

Compiled; inlined into the exchange's kernel. Nothing here decides: checks stand before, in the exchange. A build with
ECOMARKET_DEBUG=1 counts, after each record, an instrument that no longer sums to zero or a balance out of bounds in
`counters[BROKEN]`; the exchange then raises.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from ecomarket.compiled import kernel
from ecomarket.ledger.state import BOUGHT_TODAY, BROKEN, CONTRA_CREDIT, HELD, POSTED, ROWS, SEQ
from ecomarket.model.codes import AccountKind, RecordKind, Side
from ecomarket.model.record import CASH, SELLER_HELD

if TYPE_CHECKING:
    from ecomarket.ledger.state import LedgerState

DEBUG: Final = os.environ.get("ECOMARKET_DEBUG") == "1"

_FEE: Final = int(AccountKind.FEE)
_TRANSFER: Final = int(RecordKind.TRANSFER)
_HOLD: Final = int(RecordKind.HOLD)
_RELEASE: Final = int(RecordKind.RELEASE)
_ACCEPTED: Final = int(RecordKind.ORDER_ACCEPTED)
_REFUSED: Final = int(RecordKind.ORDER_REFUSED)
_TRADE: Final = int(RecordKind.TRADE)
_BUY: Final = int(Side.BUY)


@kernel
def available(ledger: LedgerState, account: int, instrument: int) -> int:
    """Return posted minus held, and what a contra account may still issue."""
    free = ledger.balance[instrument, account, POSTED] - ledger.balance[instrument, account, HELD]
    if ledger.contra[account] != 0:
        free += CONTRA_CREDIT
    return int(free)


@kernel
def append(
    ledger: LedgerState,
    t: int,
    kind: int,
    code: int,
    flags: int,
    venue: int,
    instrument: int,
    account: int,
    counter: int,
    order: int,
    other: int,
    price: int,
    amount: int,
    hold: int,
    fee_buy: int,
    fee_sell: int,
) -> None:
    """Write the next record; the caller has made sure that the journal has room."""
    counters = ledger.counters
    row = ledger.journal[counters[ROWS]]
    counters[ROWS] += 1
    counters[SEQ] += 1
    row["seq"] = counters[SEQ]
    row["t"] = t
    row["order"] = order
    row["other"] = other
    row["price"] = price
    row["amount"] = amount
    row["hold"] = hold
    row["fee_buy"] = fee_buy
    row["fee_sell"] = fee_sell
    row["instrument"] = instrument
    row["account"] = account
    row["counter"] = counter
    row["kind"] = kind
    row["code"] = code
    row["venue"] = venue
    row["flags"] = flags
    row["checksum"] = 0


@kernel
def audit(ledger: LedgerState, instrument: int) -> None:
    """Count a violation if an instrument does not sum to zero, or a balance is out of bounds."""
    total = 0
    for account in range(ledger.balance.shape[1]):
        posted = ledger.balance[instrument, account, POSTED]
        held = ledger.balance[instrument, account, HELD]
        total += posted
        if held < 0 or available(ledger, account, instrument) < 0 or (posted < 0 and ledger.contra[account] == 0):
            ledger.counters[BROKEN] += 1
    if total != 0:
        ledger.counters[BROKEN] += 1


@kernel
def transfer(
    ledger: LedgerState, t: int, debit: int, credit: int, instrument: int, amount: int, code: int, ref: int
) -> None:
    """Move `amount` of free units or cash."""
    ledger.balance[instrument, debit, POSTED] -= amount
    ledger.balance[instrument, credit, POSTED] += amount
    append(ledger, t, _TRANSFER, code, 0, -1, instrument, debit, credit, ref, 0, 0, amount, 0, 0, 0)
    if DEBUG:
        audit(ledger, instrument)


@kernel
def hold(ledger: LedgerState, t: int, number: int, account: int, instrument: int, amount: int, reason: int) -> None:
    """Reserve `amount` under the hold id `number`."""
    ledger.balance[instrument, account, HELD] += amount
    append(ledger, t, _HOLD, reason, 0, -1, instrument, account, -1, number, 0, 0, amount, 0, 0, 0)
    if DEBUG:
        audit(ledger, instrument)


@kernel
def release(ledger: LedgerState, t: int, number: int, account: int, instrument: int, amount: int, reason: int) -> None:
    """Give back `amount` of the hold `number`."""
    ledger.balance[instrument, account, HELD] -= amount
    append(ledger, t, _RELEASE, reason, 0, -1, instrument, account, -1, number, 0, 0, amount, 0, 0, 0)
    if DEBUG:
        audit(ledger, instrument)


@kernel
def accept(
    ledger: LedgerState,
    t: int,
    venue: int,
    instrument: int,
    account: int,
    order: int,
    price: int,
    lots: int,
    flags: int,
    amount: int,
    shown: int,
    expire_t: int,
) -> None:
    """Accept an order and hold `amount`: cash for a buy, units for a sell."""
    asset = CASH if flags & 3 == _BUY else instrument
    ledger.balance[asset, account, HELD] += amount
    append(
        ledger, t, _ACCEPTED, 0, flags, venue, instrument, account, -1, order, expire_t, price, lots, amount, shown, 0
    )  # fmt: skip
    if DEBUG:
        audit(ledger, asset)


@kernel
def refuse(
    ledger: LedgerState,
    t: int,
    refusal: int,
    venue: int,
    instrument: int,
    account: int,
    order: int,
    price: int,
    lots: int,
    flags: int,
    shown: int,
    expire_t: int,
) -> None:
    """Write down an order that was refused; no balance changes."""
    append(
        ledger, t, _REFUSED, refusal, flags, venue, instrument, account, -1, order, expire_t, price, lots, 0, shown, 0
    )  # fmt: skip


@kernel
def withdraw(
    ledger: LedgerState,
    t: int,
    kind: int,
    reason: int,
    venue: int,
    instrument: int,
    account: int,
    order: int,
    price: int,
    lots: int,
    flags: int,
    amount: int,
) -> None:
    """Take `lots` of an order out of the book (cancelled or expired, by `kind`) and give back the `amount` held."""
    asset = CASH if flags & 3 == _BUY else instrument
    ledger.balance[asset, account, HELD] -= amount
    append(ledger, t, kind, reason, flags, venue, instrument, account, -1, order, 0, price, lots, amount, 0, 0)
    if DEBUG:
        audit(ledger, asset)


@kernel
def settle(
    ledger: LedgerState,
    t: int,
    mechanism: int,
    flags: int,
    venue: int,
    instrument: int,
    buyer: int,
    seller: int,
    buy_order: int,
    sell_order: int,
    price: int,
    lots: int,
    amount: int,
    fee_buy: int,
    fee_sell: int,
) -> None:
    """Settle one trade, delivery versus payment; `amount` of the buyer's held cash falls free with it."""
    notional = price * lots
    balance = ledger.balance
    balance[CASH, buyer, POSTED] -= notional + fee_buy
    balance[CASH, buyer, HELD] -= amount
    balance[instrument, buyer, POSTED] += lots
    balance[instrument, buyer, BOUGHT_TODAY] += lots
    balance[instrument, seller, POSTED] -= lots
    if flags & SELLER_HELD:
        balance[instrument, seller, HELD] -= lots
    balance[CASH, seller, POSTED] += notional - fee_sell
    balance[CASH, _FEE, POSTED] += fee_buy + fee_sell
    append(
        ledger, t, _TRADE, mechanism, flags, venue, instrument, buyer, seller, buy_order, sell_order, price, lots,
        amount, fee_buy, fee_sell,
    )  # fmt: skip
    if DEBUG:
        audit(ledger, instrument)
        audit(ledger, CASH)
