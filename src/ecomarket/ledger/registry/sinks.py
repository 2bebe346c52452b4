"""Retirements with beneficiary and purpose, and the narrow door back: reversal of a mistaken one.

A reversal is another event, never an edit: two registrars, a reason, within the days of the rules, once a retirement
(UK ETS Order 2020 Sched. 5A para 34; CFI Act 2011 s. 20H). By default there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ecomarket.ledger.canon import canonical
from ecomarket.model.codes import AccountKind, Refusal, Role, TransferCode
from ecomarket.model.stated import NoteCode
from ecomarket.units import DAY

if TYPE_CHECKING:
    from ecomarket.ledger.registry.desk import Desk
    from ecomarket.model.registry import Retire, Reverse

SINK_CODES: Final = {
    AccountKind.SURRENDER: TransferCode.SURRENDER,
    AccountKind.RETIRED: TransferCode.RETIRE,
    AccountKind.CANCELLED: TransferCode.CANCEL,
    AccountKind.EXPIRED: TransferCode.EXPIRE,
    AccountKind.CONSUMED: TransferCode.CONSUME,
}
"""By which code a sink takes in."""


class Retired(NamedTuple):
    """A retirement that stands: time, account, instrument, lots, sink."""

    t: int
    account: int
    instrument: int
    amount: int
    sink: AccountKind


class Sinks:
    """Keeps the retirements that stand, by number from 1."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._count = 0
        self.standing: dict[int, Retired] = {}

    def retire(self, t: int, asked: Retire) -> Refusal:
        """Move lots into a sink and note for whom and what."""
        desk, sink = self._desk, asked.sink
        if sink not in SINK_CODES:
            return Refusal.ACCOUNT_RULE
        if not desk.is_party(asked.beneficiary):
            return Refusal.UNKNOWN_BENEFICIARY
        if not asked.purpose.strip():
            return Refusal.NO_PURPOSE
        code = SINK_CODES[sink]
        refusal = desk.move(t, asked.account, sink, asked.instrument, asked.amount, code, asked.period)
        if refusal:
            return refusal
        self._count += 1
        self.standing[self._count] = Retired(t, asked.account, asked.instrument, asked.amount, sink)
        payload = {
            "retirement": self._count,
            "sink": sink.name,
            "beneficiary": desk.codes[asked.beneficiary],
            "purpose": asked.purpose.strip(),
            "lots": asked.amount,
            "period": asked.period,
        }
        desk.books.note(t, NoteCode.RETIREMENT, canonical(payload), asked.account, asked.instrument)
        return Refusal.NONE

    def reverse(self, t: int, asked: Reverse) -> Refusal:
        """Give the lots of a retirement back to the account they came from."""
        desk, found = self._desk, self.standing.get(asked.retirement)
        if found is None:
            return Refusal.UNKNOWN_RETIREMENT
        if not desk.rules.reversal_days:
            return Refusal.REVERSAL_OFF
        if t > found.t + desk.rules.reversal_days * DAY:
            return Refusal.REVERSAL_LATE
        signs = desk.grants.signs
        if not (signs(asked.maker, Role.REGISTRY_CLERK) and signs(asked.checker, Role.REGISTRY_OFFICER)):
            return Refusal.NOT_AUTHORISED
        if asked.maker == asked.checker:
            return Refusal.SAME_PERSON
        if not asked.reason.strip():
            return Refusal.NO_PURPOSE
        code, number = TransferCode.REVERSAL, asked.retirement
        refusal = desk.move(t, found.sink, found.account, found.instrument, found.amount, code, number)
        if refusal:
            return refusal
        del self.standing[number]
        told = {"maker": asked.maker, "checker": asked.checker, "reason": asked.reason.strip()}
        desk.note(t, "reverse", found.account, found.instrument, retirement=number, lots=found.amount, **told)
        return Refusal.NONE
