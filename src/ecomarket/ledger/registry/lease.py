"""Leases (租赁): lots of a right lent for a rent, counted as the lessee's, and back with the lessor at the term's end.

The lessee has the lots, under a hold: they count as his where holdings count (permits against emission), and he can
neither sell, pledge, surrender nor retire them, so nothing he does and no debt of his can keep them. The way back is
one record, a TRANSFER out of the hold. Rent is paid when the lease begins; an early return brings none back.
Source of the form: 青海深入推进生态文明制度创新实施方案 2023 (23), transfer, lease and equity of ecological assets; how
a lease works to the last lot is ours (assumption).

>>> from ecomarket.exchange.reference.market import ReferenceExchange
>>> from ecomarket.exchange.rules import VenueRules
>>> from ecomarket.model.codes import Eligible
>>> from ecomarket.model.command import Lease
>>> x = ReferenceExchange(17, 2, [VenueRules("any")], [], 15)
>>> x.transfer(0, 0, 15, 1, 100, 1), x.transfer(0, 10, 16, 0, 5_000, 1)
(0, 0)
>>> x.allow(15, 1, Eligible.ALL), x.allow(16, 1, Eligible.ALL)
(None, None)
>>> leases = Leases(x, LeaseRules({1: 0}))
>>> leases.begin(10, Lease(lessor=15, lessee=16, instrument=1, lots=40, rent=3_000, until_t=900)).name
'NONE'
>>> x.posted(16, 1), x.free(16, 1), x.posted(15, 0)
(40, 0, 3000)
>>> leases.end_due(900), x.posted(15, 1), x.posted(16, 1)
(1, 100, 0)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ecomarket.ledger.canon import canonical
from ecomarket.model.codes import SYSTEM_ACCOUNTS, Eligible, HoldReason, Refusal, TransferCode
from ecomarket.model.record import CASH
from ecomarket.model.stated import NoteCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.model.command import EndLease, Lease


class Books(Protocol):
    """What leases need of the exchange (exchange.protocol.Exchange has it all)."""

    def transfer(self, t: int, debit: int, credit: int, instrument: int, amount: int, code: int, ref: int = 0) -> int:
        """Move free units or cash; return a Refusal."""

    def hold(self, t: int, account: int, instrument: int, amount: int, reason: int) -> tuple[int, int]:
        """Reserve; return (hold id, Refusal)."""

    def transfer_held(self, t: int, hold: int, credit: int, code: int, ref: int = 0) -> int:
        """Move all that a hold keeps to another account, in one record; return a Refusal."""

    def note(self, t: int, code: int, payload: bytes, account: int = -1, instrument: int = -1) -> None:
        """Journal a NOTE."""

    def eligible(self, account: int, instrument: int) -> int:
        """Return what an account may do with an instrument."""

    def free(self, account: int, instrument: int) -> int:
        """Return posted minus held."""


class LeaseRules(NamedTuple):
    """What may be leased: by instrument the time at which it expires (0: never); the longest term, 0 any."""

    expires_t: Mapping[int, int]
    time_max: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A lease that stands: what was agreed, and the hold that keeps the lots."""

    agreed: Lease
    hold: int


class Leases:
    """Keeps the leases that stand, by number from 1; `rules` say what may be leased now."""

    def __init__(self, books: Books, rules: LeaseRules) -> None:
        self._books = books
        self.rules = rules
        self._count = 0
        self.standing: dict[int, Standing] = {}

    def begin(self, t: int, asked: Lease) -> Refusal:
        """Pay the rent, move the lots, hold them at the lessee; or say why not, with nothing moved."""
        refusal = self._refuse(t, asked)
        if refusal:
            return refusal
        books, instrument = self._books, asked.instrument
        self._count += 1
        if asked.rent:
            refused = books.transfer(t, asked.lessee, asked.lessor, CASH, asked.rent, TransferCode.RENT, self._count)
            assert not refused, f"{asked}: the rent was there and cannot be paid"
        refused = books.transfer(t, asked.lessor, asked.lessee, instrument, asked.lots, TransferCode.LEASE, self._count)
        assert not refused, f"{asked}: the lots were free and cannot be moved"
        hold, refused = books.hold(t, asked.lessee, instrument, asked.lots, HoldReason.LEASE)
        assert not refused, f"{asked}: the lots have come and cannot be held"
        self.standing[self._count] = Standing(asked, hold)
        self._note(t, "begun", self._count, asked, hold=hold, rent=asked.rent, until=asked.until_t)
        return Refusal.NONE

    def give_back(self, t: int, asked: EndLease) -> Refusal:
        """Let a lessee give the lots back before their time."""
        found = self.standing.get(asked.lease)
        if found is None or found.agreed.lessee != asked.account:
            return Refusal.UNKNOWN_LEASE
        self._end(t, asked.lease, "given back")
        return Refusal.NONE

    def end_due(self, t: int) -> int:
        """Bring back the lots of every lease whose time is over, in order of number; return how many there were."""
        due = [number for number, found in self.standing.items() if found.agreed.until_t <= t]
        for number in due:
            self._end(t, number, "ended")
        return len(due)

    # --- inside
    def _end(self, t: int, number: int, how: str) -> None:
        found = self.standing.pop(number)
        refused = self._books.transfer_held(t, found.hold, found.agreed.lessor, TransferCode.LEASE_RETURN, number)
        assert not refused, f"lease {number}: the lots are held and cannot go back"
        self._note(t, how, number, found.agreed)

    def _note(self, t: int, how: str, number: int, agreed: Lease, **told: int) -> None:
        parties = {"lessor": agreed.lessor, "lessee": agreed.lessee, "lots": agreed.lots}
        payload = canonical({"act": how, "lease": number, **parties, **told})
        self._books.note(t, NoteCode.LEASE, payload, agreed.lessee, agreed.instrument)

    def _refuse(self, t: int, asked: Lease) -> Refusal:
        if min(asked.lessor, asked.lessee) < len(SYSTEM_ACCOUNTS):
            return Refusal.UNKNOWN_ACCOUNT
        if asked.lessor == asked.lessee:
            return Refusal.SAME_PARTY
        if asked.instrument not in self.rules.expires_t:
            return Refusal.LEASE_OFF
        if asked.lots <= 0 or asked.rent < 0:
            return Refusal.AMOUNT_NOT_POSITIVE
        if not self._in_time(t, asked):
            return Refusal.LEASE_TERM
        gives = self._books.eligible(asked.lessor, asked.instrument) & Eligible.SELL
        takes = self._books.eligible(asked.lessee, asked.instrument) & (Eligible.BUY | Eligible.HOLD)
        if not (gives and takes):
            return Refusal.NOT_ELIGIBLE
        if self._books.free(asked.lessor, asked.instrument) < asked.lots:
            return Refusal.INSUFFICIENT_UNITS
        return Refusal.INSUFFICIENT_CASH if self._books.free(asked.lessee, CASH) < asked.rent else Refusal.NONE

    def _in_time(self, t: int, asked: Lease) -> bool:
        expires = self.rules.expires_t[asked.instrument]
        longest = t + self.rules.time_max if self.rules.time_max else asked.until_t
        return t < asked.until_t <= min(longest, expires or asked.until_t)
