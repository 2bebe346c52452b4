"""Freezes by court or regulator, bars of rules, suspension of a market: what an account may do, masked while they last.

A frozen account neither trades nor gives; what the matrix marks `frozen` goes on (surrender, fines, running costs).
In a suspended market nobody trades or assigns; what it marks `suspended` goes on (allocation, surrender).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ecomarket.ledger.canon import canonical
from ecomarket.ledger.registry.access import holds_office, office
from ecomarket.model.codes import Eligible, HoldReason, Refusal, Role
from ecomarket.model.stated import NoteCode

if TYPE_CHECKING:
    from ecomarket.ledger.registry.desk import Desk
    from ecomarket.model.registry import Freeze, Resume, Suspend, Unfreeze


class Frozen(NamedTuple):
    """A freeze that lasts: what was asked, and the hold of a freeze of lots (0: a whole account)."""

    asked: Freeze
    hold: int


class Freezes:
    """Keeps freezes by number from 1, bars by rule, suspensions by right, and what accounts might do without."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._count = 0
        self.standing: dict[int, Frozen] = {}
        self._wished: dict[tuple[int, int], Eligible] = {}
        self._barred: dict[tuple[int, int], dict[str, Eligible]] = {}
        """What rules bar, by the rule's name."""

    def allow(self, account: int, instrument: int, what: Eligible) -> None:
        """Set what an account may do with an instrument, now or once no freeze bars it."""
        self._wished[account, instrument] = what
        self._apply(account, instrument)

    def bar(self, by: str, account: int, instrument: int, what: Eligible) -> None:
        """Bar an account from a part of what it may do with an instrument; each rule has one bar, of its name."""
        self._barred.setdefault((account, instrument), {})[by] = what
        if (account, instrument) in self._wished:
            self._apply(account, instrument)

    def freeze(self, t: int, asked: Freeze) -> Refusal:
        """Freeze an account with all its orders withdrawn, or hold an amount of it."""
        desk = self._desk
        if not desk.grants.freezes(asked.by):
            return Refusal.NOT_AUTHORISED
        if not desk.is_party(asked.account):
            return Refusal.UNKNOWN_ACCOUNT
        hold = 0
        if asked.instrument >= 0:
            refusal = desk.lacks(asked.account, asked.instrument, asked.amount)
            if refusal:
                return refusal
            hold, refused = desk.books.hold(t, asked.account, asked.instrument, asked.amount, HoldReason.FREEZE)
            assert not refused, f"{asked} was free and cannot be held"
        elif asked.account in desk.frozen:
            return Refusal.ALREADY_SO
        self._count += 1
        self.standing[self._count] = Frozen(asked, hold)
        if asked.instrument < 0:
            self._withdraw(t, asked.account)
            desk.frozen.add(asked.account)
            self._apply_all(account=asked.account)
        told = {"freeze": self._count, "by": asked.by, "case": asked.case, "lots": asked.amount}
        desk.note(t, "freeze", asked.account, asked.instrument, **told)
        return Refusal.NONE

    def unfreeze(self, t: int, asked: Unfreeze) -> Refusal:
        """End a freeze."""
        desk, found = self._desk, self.standing.get(asked.freeze)
        if found is None:
            return Refusal.UNKNOWN_FREEZE
        if not (desk.grants.freezes(asked.by) and holds_office(asked.by, office(found.asked.by))):
            return Refusal.NOT_AUTHORISED
        del self.standing[asked.freeze]
        if found.hold:
            desk.books.release(t, found.hold)
        else:
            desk.frozen.discard(found.asked.account)
            self._apply_all(account=found.asked.account)
        desk.note(t, "unfreeze", found.asked.account, found.asked.instrument, freeze=asked.freeze, by=asked.by)
        return Refusal.NONE

    def suspend(self, t: int, asked: Suspend) -> Refusal:
        """Suspend the market of a right."""
        refusal = self._may_switch(asked)
        if not refusal and asked.right in self._desk.suspended:
            refusal = Refusal.ALREADY_SO
        if not refusal:
            self._desk.suspended.add(asked.right)
            self._apply_all(right=asked.right)
            told = {"right": asked.right, "by": asked.by, "reason": asked.reason}
            self._desk.books.note(t, NoteCode.MARKET_SUSPENDED, canonical(told))
        return refusal

    def resume(self, t: int, asked: Resume) -> Refusal:
        """Resume the market of a right."""
        refusal = self._may_switch(asked)
        if not refusal and asked.right not in self._desk.suspended:
            refusal = Refusal.ALREADY_SO
        if not refusal:
            self._desk.suspended.discard(asked.right)
            self._apply_all(right=asked.right)
            told = {"right": asked.right, "by": asked.by}
            self._desk.books.note(t, NoteCode.MARKET_RESUMED, canonical(told))
        return refusal

    def _may_switch(self, asked: Suspend | Resume) -> Refusal:
        if not self._desk.grants.signs(asked.by, Role.REGULATOR):
            return Refusal.NOT_AUTHORISED
        return Refusal.NONE if asked.right in self._desk.rights[1:] else Refusal.UNKNOWN_INSTRUMENT

    def _withdraw(self, t: int, account: int) -> None:
        """Take an account's orders and offers out of every book: what they hold falls free."""
        books = self._desk.books
        listed = books.closes()[0] != 0
        for instrument in range(1, len(self._desk.kinds)):
            if listed[instrument]:
                mine = books.resting(instrument)
                for order in mine["order"][mine["account"] == account].tolist():
                    books.cancel(t, account, order)
            for offer in books.open_offers(instrument):
                if offer.account == account:
                    books.withdraw(t, account, offer.offer)

    def _apply_all(self, account: int | None = None, right: str | None = None) -> None:
        for a, i in self._wished:
            if account in (None, a) and right in (None, self._desk.rights[i]):
                self._apply(a, i)

    def _apply(self, account: int, instrument: int) -> None:
        desk, what = self._desk, self._wished[account, instrument]
        for barred in self._barred.get((account, instrument), {}).values():
            what &= ~barred
        if account in desk.frozen or desk.rights[instrument] in desk.suspended:
            what &= Eligible.HOLD
        desk.books.allow(account, instrument, what)
        desk.hear(account, instrument, what)
