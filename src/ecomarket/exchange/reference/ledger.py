"""The plain ledger of the reference exchange: dicts of integers, a list of records. No arithmetic of the kernel."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from ecomarket.model.codes import (
    CONTRA_ACCOUNTS,
    SINK_ACCOUNTS,
    AccountKind,
    Eligible,
    RecordKind,
    Refusal,
    TransferCode,
)
from ecomarket.model.record import CASH, RECORD, SELLER_HELD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.exchange.rules import VenueRules

CREDIT = 2**60
"""How far below zero a contra account may go."""


class ReferenceLedger:
    """Balances, holds and records in plain Python."""

    def __init__(self, accounts: int, instruments: int, venues: Sequence[VenueRules], system_accounts: int) -> None:
        self.accounts = accounts
        self.instruments = instruments
        self.venues = list(venues)
        self.contra = [k for k in CONTRA_ACCOUNTS if k < system_accounts]
        self.sinks = [k for k in SINK_ACCOUNTS if k < system_accounts]
        self.posted_of: Counter[tuple[int, int]] = Counter()
        self.held_of: Counter[tuple[int, int]] = Counter()
        self.bought_today: Counter[tuple[int, int]] = Counter()
        self.allowed: Counter[tuple[int, int]] = Counter()
        self.holds: dict[int, tuple[int, int, int, int]] = {}
        self.rows: list[tuple[int, ...]] = []
        self.payloads: list[bytes] = []
        self.seq = 0
        self.ids = 0

    def new_id(self) -> int:
        """Return the next id of the one sequence of orders, holds, bids and auctions."""
        self.ids += 1
        return self.ids

    def write(
        self, t: int, kind: int, code: int = 0, *, instrument: int = -1, account: int = -1, counter: int = -1,
        venue: int = -1, flags: int = 0, order: int = 0, other: int = 0, price: int = 0, amount: int = 0,
        hold: int = 0, fee_buy: int = 0, fee_sell: int = 0,
    ) -> None:  # fmt: skip
        """Write one record."""
        self.seq += 1
        self.rows.append(
            (
                self.seq, t, order, other, price, amount, hold, fee_buy, fee_sell,
                instrument, account, counter, int(kind), int(code), venue, flags, 0,
            )
        )  # fmt: skip

    def spendable(self, account: int, instrument: int) -> int:
        """Return what is free, and what a contra account may still issue."""
        return self.free(account, instrument) + (CREDIT if account in self.contra else 0)

    # --- value outside the market
    def transfer(self, t: int, debit: int, credit: int, instrument: int, amount: int, code: int, ref: int = 0) -> int:
        """Move free units or cash; return a Refusal."""
        for account in (debit, credit):
            if not 0 <= account < self.accounts:
                return int(Refusal.UNKNOWN_ACCOUNT)
        if debit == credit:
            return int(Refusal.SAME_PARTY)
        refusal = self.cannot_give(debit, instrument, amount, reversal=code == TransferCode.REVERSAL)
        if refusal == Refusal.NONE:
            self.posted_of[debit, instrument] -= amount
            self.posted_of[credit, instrument] += amount
            self.write(
                t, RecordKind.TRANSFER, code, instrument=instrument, account=debit, counter=credit, amount=amount,
                order=ref,
            )  # fmt: skip
        return int(refusal)

    def cannot_give(self, account: int, instrument: int, amount: int, *, reversal: bool = False) -> Refusal:
        """Return why an account cannot give or reserve an amount."""
        if instrument < 0 or instrument >= self.instruments:
            return Refusal.UNKNOWN_INSTRUMENT
        if amount < 1:
            return Refusal.AMOUNT_NOT_POSITIVE
        if account in self.sinks and not reversal:
            return Refusal.SINK_DEBIT
        if amount > self.spendable(account, instrument):
            return Refusal.INSUFFICIENT_UNITS if instrument else Refusal.INSUFFICIENT_CASH
        return Refusal.NONE

    def hold(self, t: int, account: int, instrument: int, amount: int, reason: int) -> tuple[int, int]:
        """Reserve; return (hold id, Refusal)."""
        if not 0 <= account < self.accounts:
            return 0, int(Refusal.UNKNOWN_ACCOUNT)
        refusal = self.cannot_give(account, instrument, amount)
        if refusal != Refusal.NONE:
            return 0, int(refusal)
        number = self.new_id()
        self.holds[number] = (account, instrument, amount, reason)
        self.reserve(t, number, account, instrument, amount, reason)
        return number, 0

    def release(self, t: int, hold: int) -> int:
        """Give back what is left of a hold; return a Refusal."""
        if hold not in self.holds:
            return int(Refusal.UNKNOWN_HOLD)
        account, instrument, amount, reason = self.holds.pop(hold)
        self.give_back(t, hold, account, instrument, amount, reason)
        return 0

    def reserve(self, t: int, number: int, account: int, instrument: int, amount: int, reason: int) -> None:
        """Raise what is held, and say so."""
        self.held_of[account, instrument] += amount
        self.write(t, RecordKind.HOLD, reason, instrument=instrument, account=account, order=number, amount=amount)

    def give_back(self, t: int, number: int, account: int, instrument: int, amount: int, reason: int) -> None:
        """Lower what is held, and say so."""
        self.held_of[account, instrument] -= amount
        self.write(t, RecordKind.RELEASE, reason, instrument=instrument, account=account, order=number, amount=amount)

    def settle(
        self, t: int, mechanism: int, venue: int, instrument: int, *, buyer: int, seller: int, buy_order: int = 0,
        sell_order: int = 0, price: int, lots: int, hold: int = 0, aggressor: int = 0, seller_held: bool,
        fees: tuple[int, int],
    ) -> None:  # fmt: skip
        """Deliver lots against cash, both with their fees: the buyer's and the seller's."""
        cash = price * lots
        fee_buy, fee_sell = fees
        self.posted_of[buyer, CASH] -= cash + fee_buy
        self.held_of[buyer, CASH] -= hold
        self.posted_of[seller, CASH] += cash - fee_sell
        self.posted_of[AccountKind.FEE, CASH] += fee_buy + fee_sell
        self.posted_of[buyer, instrument] += lots
        self.posted_of[seller, instrument] -= lots
        if seller_held:
            self.held_of[seller, instrument] -= lots
        self.bought_today[buyer, instrument] += lots
        self.write(
            t, RecordKind.TRADE, mechanism, instrument=instrument, account=buyer, counter=seller, venue=venue,
            flags=aggressor | (SELLER_HELD if seller_held else 0), order=buy_order, other=sell_order, price=price,
            amount=lots, hold=hold, fee_buy=fee_buy, fee_sell=fee_sell,
        )  # fmt: skip

    # --- statements
    def note(self, t: int, code: int, payload: bytes, account: int = -1, instrument: int = -1) -> None:
        """Journal a NOTE; payload is canonical JSON."""
        self.write(t, RecordKind.NOTE, code, account=account, instrument=instrument, other=len(self.payloads))
        self.payloads.append(payload)

    def fact(self, t: int, code: int, account: int, instrument: int, period: int, amount: int, extra: int = 0) -> None:
        """Journal a FACT."""
        self.write(
            t, RecordKind.FACT, code, account=account, instrument=instrument, order=period, amount=amount, price=extra
        )  # fmt: skip

    def obligation(
        self, t: int, scheme: int, account: int, instrument: int, period: int, required: int, met: int, charge: int
    ) -> None:
        """Journal an OBLIGATION; shortfall is required - met, at least 0."""
        self.write(
            t, RecordKind.OBLIGATION, scheme, account=account, instrument=instrument, order=period, amount=required,
            hold=met, other=required - met if required > met else 0, price=charge,
        )  # fmt: skip

    # --- rules in force
    def allow(self, account: int, instrument: int, what: Eligible) -> None:
        """Set what an account may do with an instrument."""
        self.allowed[account, instrument] = int(what)

    def eligible(self, account: int, instrument: int) -> int:
        """Return what an account may do with an instrument (Eligible bits)."""
        return self.allowed[account, instrument]

    # --- reading
    def posted(self, account: int, instrument: int) -> int:
        """Return a posted balance."""
        return self.posted_of[account, instrument]

    def free(self, account: int, instrument: int) -> int:
        """Return posted minus held."""
        return self.posted_of[account, instrument] - self.held_of[account, instrument]

    def balances(self) -> NDArray[np.int64]:
        """Return all balances, shape (accounts, instruments, 2): posted, held."""
        table = np.zeros((self.accounts, self.instruments, 2), np.int64)
        for column, part in enumerate((self.posted_of, self.held_of)):
            for (account, instrument), amount in part.items():
                table[account, instrument, column] = amount
        return table

    def drain(self) -> tuple[NDArray[np.void], list[bytes]]:
        """Hand over the records and note payloads since the last drain, in order."""
        records, payloads = np.array(self.rows, RECORD), self.payloads
        self.rows, self.payloads = [], []
        return records, payloads
