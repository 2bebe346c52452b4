"""Transfers in two phases: proposed, approved by a second person, carried out after a delay; the lots held meanwhile.

Reg. (EU) 2019/1122 art. 35: one representative initiates, another approves, then the transfer is proposed for execution
and waits (timing.py). Art. 23: accounts on the trusted list wait less; an addition counts from the fourth working day.
Reg. (EU) 2023/1642: a limit a transfer outside the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecomarket.ledger.registry.timing import final_t, trusted_t
from ecomarket.model.codes import SYSTEM_ACCOUNTS, HoldReason, Refusal
from ecomarket.units import DAY

if TYPE_CHECKING:
    from ecomarket.ledger.registry.desk import Desk
    from ecomarket.model.registry import Decide, Propose, Trust

WAITS = -1
"""Time of execution of a proposal that nobody has approved yet."""


@dataclass(slots=True)
class Proposal:
    """A transfer that waits: for approval (due_t WAITS) until lapse_t, or for its time."""

    asked: Propose
    hold: int
    t: int
    lapse_t: int
    due_t: int = WAITS


class Proposals:
    """Keeps the proposals that wait, by number from 1, and the trusted lists."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._count = 0
        self.waiting: dict[int, Proposal] = {}
        self.trusted: dict[tuple[int, int], int] = {}

    def propose(self, t: int, asked: Propose) -> Refusal:
        """Hold the lots and wait; without four eyes and delay the transfer is carried out at once."""
        desk = self._desk
        refusal = desk.bars(asked.debit, asked.credit, asked.instrument, asked.code)
        refusal = refusal or desk.lacks(asked.debit, asked.instrument, asked.amount)
        if refusal:
            return refusal
        if not desk.acts_for(asked.maker, asked.debit):
            return Refusal.NOT_AUTHORISED
        if not 0 <= asked.credit < len(desk.codes):
            return Refusal.UNKNOWN_ACCOUNT
        if asked.debit == asked.credit:
            return Refusal.SAME_PARTY
        limit = desk.rules.limit_lots
        if limit and asked.amount > limit and not self.is_trusted(t, asked.debit, asked.credit):
            return Refusal.TRANSFER_LIMIT
        hold, refused = desk.books.hold(t, asked.debit, asked.instrument, asked.amount, HoldReason.PROPOSAL)
        if refused:
            return Refusal(refused)
        self._count += 1
        proposal = Proposal(asked, hold, t, t + desk.rules.lapse_days * DAY)
        self.waiting[self._count] = proposal
        told = {"credit": asked.credit, "lots": asked.amount, "code": int(asked.code), "hold": hold}
        where = asked.debit, asked.instrument
        desk.note(t, "propose", *where, proposal=self._count, maker=asked.maker, **told)
        if not desk.rules.four_eyes:
            self._send(t, self._count, "")
        return Refusal.NONE

    def decide(self, t: int, asked: Decide) -> Refusal:
        """Approve or reject a proposal that waits for it."""
        desk, found = self._desk, self.waiting.get(asked.proposal)
        if found is None or found.due_t != WAITS:
            return Refusal.UNKNOWN_PROPOSAL
        if not desk.acts_for(asked.checker, found.asked.debit):
            return Refusal.NOT_AUTHORISED
        if asked.checker == found.asked.maker:
            return Refusal.SAME_PERSON
        if asked.approve:
            self._send(t, asked.proposal, asked.checker)
        else:
            self._end(t, asked.proposal, "reject", checker=asked.checker, reason=asked.reason)
        return Refusal.NONE

    def trust(self, t: int, asked: Trust) -> Refusal:
        """Add an account to another's trusted list."""
        desk = self._desk
        if not (desk.acts_for(asked.maker, asked.account) and desk.acts_for(asked.checker, asked.account)):
            return Refusal.NOT_AUTHORISED
        if not 0 <= asked.other < len(desk.codes):
            return Refusal.UNKNOWN_ACCOUNT
        if desk.rules.four_eyes and asked.maker == asked.checker:
            return Refusal.SAME_PERSON
        if (asked.account, asked.other) in self.trusted:
            return Refusal.ALREADY_SO
        from_t = trusted_t(t, desk.rules.trusted_working_days, desk.works)
        self.trusted[asked.account, asked.other] = from_t
        desk.note(t, "trust", asked.account, other=asked.other, from_t=from_t, maker=asked.maker, checker=asked.checker)
        return Refusal.NONE

    def is_trusted(self, t: int, account: int, other: int) -> bool:
        """Tell whether a transfer goes to a trusted account; the system's own always are (art. 23)."""
        from_t = self.trusted.get((account, other))
        return other < len(SYSTEM_ACCOUNTS) or (from_t is not None and from_t <= t)

    def advance(self, t: int) -> None:
        """Carry out what is due, let lapse what nobody approved; what a freeze or suspension bars goes on waiting."""
        for number, waits in sorted(self.waiting.items()):
            if waits.due_t == WAITS and t >= waits.lapse_t:
                self._end(t, number, "lapse")
            elif waits.due_t != WAITS and t >= waits.due_t:
                self._carry_out(t, number)

    def _send(self, t: int, number: int, checker: str) -> None:
        desk, found = self._desk, self.waiting[number]
        trusted = self.is_trusted(t, found.asked.debit, found.asked.credit)
        found.due_t = final_t(t, trusted=trusted, delay=desk.rules.delay, works=desk.works)
        where = found.asked.debit, found.asked.instrument
        desk.note(t, "approve", *where, proposal=number, due_t=found.due_t, checker=checker, trusted=trusted)
        if found.due_t <= t:
            self._carry_out(t, number)

    def _carry_out(self, t: int, number: int) -> None:
        desk, asked = self._desk, self.waiting[number].asked
        if desk.bars(asked.debit, asked.credit, asked.instrument, asked.code):
            return
        self._end(t, number, "execute")
        refusal = desk.move(t, asked.debit, asked.credit, asked.instrument, asked.amount, asked.code, number)
        assert not refusal, f"proposal {number}: what was held cannot be moved: {refusal.name}"

    def _end(self, t: int, number: int, act: str, **told: str) -> None:
        found = self.waiting.pop(number)
        self._desk.books.release(t, found.hold)
        self._desk.note(t, act, found.asked.debit, found.asked.instrument, proposal=number, **told)
