"""Transfers out of a hold, on the reference exchange."""

from __future__ import annotations

from ecomarket.exchange.reference.ledger import ReferenceLedger
from ecomarket.model.codes import RecordKind, Refusal


class ReferenceHeld(ReferenceLedger):
    """What a hold keeps, moved in one step."""

    def transfer_held(self, t: int, hold: int, credit: int, code: int, ref: int = 0) -> int:
        """Move all that a hold keeps to another account; return a Refusal. Refused, the hold stands."""
        if hold not in self.holds:
            return int(Refusal.UNKNOWN_HOLD)
        account, instrument, amount, _ = self.holds[hold]
        if not 0 <= credit < self.accounts:
            return int(Refusal.UNKNOWN_ACCOUNT)
        if account == credit:
            return int(Refusal.SAME_PARTY)
        self.holds.pop(hold)
        self.held_of[account, instrument] -= amount
        self.posted_of[account, instrument] -= amount
        self.posted_of[credit, instrument] += amount
        self.write(
            t, RecordKind.TRANSFER, code, instrument=instrument, account=account, counter=credit, amount=amount,
            order=ref, other=hold, hold=amount,
        )  # fmt: skip
        return 0
