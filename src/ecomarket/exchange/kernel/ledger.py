"""The compiled ledger's doors for value outside the market: entries, and the class that calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecomarket.compiled import bare_entry
from ecomarket.errors import InternalError
from ecomarket.exchange.rules import check_listings, check_ratios
from ecomarket.ledger import postings
from ecomarket.ledger.state import BROKEN, HELD, IDS, JOURNAL_ROWS, POSTED, ROWS, new_ledger
from ecomarket.model.codes import RecordKind, Refusal, TransferCode
from ecomarket.model.record import CASH, RECORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.exchange.rules import Listing, VenueRules
    from ecomarket.ledger.state import LedgerState
    from ecomarket.model.codes import Eligible


@bare_entry
def post_record(
    ledger: LedgerState, t: int, kind: int, code: int, instrument: int, account: int, order: int, other: int,
    price: int, amount: int, hold: int, venue: int,
) -> None:  # fmt: skip
    """Write a record that moves nothing: NOTE, FACT, OBLIGATION, CLOSE."""
    postings.append(ledger, t, kind, code, 0, venue, instrument, account, -1, order, other, price, amount, hold, 0, 0)


@bare_entry
def post_transfer(
    ledger: LedgerState, t: int, debit: int, credit: int, instrument: int, amount: int, code: int, ref: int
) -> None:
    """Write and post a TRANSFER."""
    postings.transfer(ledger, t, debit, credit, instrument, amount, code, ref)


@bare_entry
def post_hold(
    ledger: LedgerState, t: int, number: int, account: int, instrument: int, amount: int, reason: int, opening: bool
) -> None:
    """Write and post a HOLD (opening) or a RELEASE."""
    if opening:
        postings.hold(ledger, t, number, account, instrument, amount, reason)
    else:
        postings.release(ledger, t, number, account, instrument, amount, reason)


@bare_entry
def copy_balances(ledger: LedgerState, found: NDArray[np.int64]) -> None:
    """Copy posted and held into `found`, shape (accounts, instruments, 2), a few accounts at a time.

    The ledger keeps instruments together, readers want accounts: to turn it all at once would miss the cache each time.
    """
    instruments, accounts = ledger.balance.shape[0], ledger.balance.shape[1]
    for first in range(0, accounts, 8):
        for instrument in range(instruments):
            for account in range(first, min(first + 8, accounts)):
                found[account, instrument, POSTED] = ledger.balance[instrument, account, POSTED]
                found[account, instrument, HELD] = ledger.balance[instrument, account, HELD]


class Hold(NamedTuple):
    """An open hold of a party: account, instrument, amount, HoldReason."""

    account: int
    instrument: int
    amount: int
    reason: int


class KernelLedger:
    """Value outside the market, facts, eligibility and reading, over the compiled ledger."""

    def __init__(
        self,
        accounts: int,
        instruments: int,
        venues: Sequence[VenueRules],
        listings: Sequence[Listing],
        system_accounts: int,
        journal_rows: int = JOURNAL_ROWS,
    ) -> None:
        check_listings(venues, listings, instruments)
        check_ratios(venues, instruments)
        self._accounts = accounts
        self._instruments = instruments
        self._venues = tuple(venues)
        self._ledger = new_ledger(accounts, instruments, system_accounts, journal_rows)
        self._full: list[NDArray[np.void]] = []
        self._spare: list[NDArray[np.void]] = []
        self._payloads: list[bytes] = []
        self._holds: dict[int, Hold] = {}

    # --- value outside the market
    def transfer(self, t: int, debit: int, credit: int, instrument: int, amount: int, code: int, ref: int = 0) -> int:
        """Move free units or cash; return a Refusal."""
        refusal = self._refuse_transfer(debit, credit, instrument, amount, code)
        if not refusal:
            self._room(1)
            post_transfer(self._ledger, t, debit, credit, instrument, amount, int(code), ref)
            self._audit()
        return refusal

    def _refuse_transfer(self, debit: int, credit: int, instrument: int, amount: int, code: int) -> int:
        if not (self._known(debit) and self._known(credit)):
            return int(Refusal.UNKNOWN_ACCOUNT)
        if debit == credit:
            return int(Refusal.SAME_PARTY)
        return self._refuse_debit(debit, instrument, amount, sink_gives=code == TransferCode.REVERSAL)

    def _refuse_debit(self, account: int, instrument: int, amount: int, *, sink_gives: bool = False) -> int:
        if not 0 <= instrument < self._instruments:
            return int(Refusal.UNKNOWN_INSTRUMENT)
        if amount <= 0:
            return int(Refusal.AMOUNT_NOT_POSITIVE)
        if self._ledger.sink[account] and not sink_gives:
            return int(Refusal.SINK_DEBIT)
        if self._available(account, instrument) < amount:
            return int(Refusal.INSUFFICIENT_CASH if instrument == CASH else Refusal.INSUFFICIENT_UNITS)
        return 0

    def hold(self, t: int, account: int, instrument: int, amount: int, reason: int) -> tuple[int, int]:
        """Reserve; return (hold id, Refusal)."""
        refusal = self._refuse_debit(account, instrument, amount) if self._known(account) else Refusal.UNKNOWN_ACCOUNT
        if refusal:
            return 0, int(refusal)
        number = self._new_id()
        self._holds[number] = Hold(account, instrument, amount, reason)
        self._post_hold(t, number, account, instrument, amount, reason, opening=True)
        return number, 0

    def release(self, t: int, hold: int) -> int:
        """Give back what is left of a hold; return a Refusal."""
        found = self._holds.pop(hold, None)
        if found is None:
            return int(Refusal.UNKNOWN_HOLD)
        self._post_hold(t, hold, found.account, found.instrument, found.amount, found.reason, opening=False)
        return 0

    def note(self, t: int, code: int, payload: bytes, account: int = -1, instrument: int = -1) -> None:
        """Journal a NOTE; payload is canonical JSON."""
        self._post(t, RecordKind.NOTE, code, instrument, account, 0, len(self._payloads), 0, 0, 0, -1)
        self._payloads.append(payload)

    def fact(self, t: int, code: int, account: int, instrument: int, period: int, amount: int, extra: int = 0) -> None:
        """Journal a FACT."""
        self._post(t, RecordKind.FACT, code, instrument, account, period, 0, extra, amount, 0, -1)

    def obligation(
        self, t: int, scheme: int, account: int, instrument: int, period: int, required: int, met: int, charge: int
    ) -> None:
        """Journal an OBLIGATION; shortfall is required - met, at least 0."""
        short = max(required - met, 0)
        self._post(t, RecordKind.OBLIGATION, scheme, instrument, account, period, short, charge, required, met, -1)

    # --- rules in force
    def allow(self, account: int, instrument: int, what: Eligible) -> None:
        """Set what an account may do with an instrument."""
        self._ledger.eligible[instrument, account] = int(what)

    def eligible(self, account: int, instrument: int) -> int:
        """Return what an account may do with an instrument (Eligible bits)."""
        return int(self._ledger.eligible[instrument, account])

    # --- reading
    def posted(self, account: int, instrument: int) -> int:
        """Return a posted balance."""
        return int(self._ledger.balance[instrument, account, POSTED])

    def free(self, account: int, instrument: int) -> int:
        """Return posted minus held."""
        row = self._ledger.balance[instrument, account]
        return int(row[POSTED] - row[HELD])

    def balances(self) -> NDArray[np.int64]:
        """Return a copy of all balances, shape (accounts, instruments, 2): posted, held."""
        found = np.empty((self._accounts, self._instruments, HELD + 1), np.int64)
        copy_balances(self._ledger, found)
        return found

    def drain(self) -> tuple[NDArray[np.void], list[bytes]]:
        """Hand over the records and note payloads since the last drain, in order."""
        journal = self._ledger.journal
        records = np.concatenate([*self._full, journal[: self._ledger.counters[ROWS]]])
        self._spare += [rows.base for rows in self._full if rows.base is not None and len(rows.base) == len(journal)]
        self._ledger.counters[ROWS] = 0
        payloads = self._payloads
        self._full, self._payloads = [], []
        return records, payloads

    # --- inside
    def _known(self, account: int) -> bool:
        return 0 <= account < self._accounts

    def _available(self, account: int, instrument: int) -> int:
        from_contra = int(self._ledger.contra[account]) << 60
        return self.free(account, instrument) + from_contra

    def _new_id(self) -> int:
        self._ledger.counters[IDS] += 1
        return int(self._ledger.counters[IDS])

    def _post_hold(
        self, t: int, number: int, account: int, instrument: int, amount: int, reason: int, *, opening: bool
    ) -> None:
        self._room(1)
        post_hold(self._ledger, t, number, account, instrument, amount, int(reason), opening)
        self._audit()

    def _post(
        self, t: int, kind: int, code: int, instrument: int, account: int, order: int, other: int, price: int,
        amount: int, hold: int, venue: int,
    ) -> None:  # fmt: skip
        self._room(1)
        post_record(
            self._ledger, t, int(kind), int(code), instrument, account, order, other, price, amount, hold, venue
        )

    def _room(self, rows: int) -> None:
        """Make sure that the journal takes `rows` more records: set a full buffer aside, go on in another."""
        journal, used = self._ledger.journal, int(self._ledger.counters[ROWS])
        if used + rows <= len(journal):
            return
        if used:
            self._full.append(journal[:used])
        if rows > len(journal):
            fresh = np.zeros(2 * rows, RECORD)
        else:
            fresh = self._spare.pop() if self._spare else np.zeros_like(journal)
        if len(fresh) != len(journal):
            self._spare = []
        self._ledger = self._ledger._replace(journal=fresh)
        self._ledger.counters[ROWS] = 0
        self._moved()

    def _moved(self) -> None:
        """Take note that an array has been replaced by another."""

    def _audit(self) -> None:
        if self._ledger.counters[BROKEN]:
            raise InternalError("a balance is out of bounds or an instrument does not sum to zero")
