"""Transfers out of a hold, on the fast exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import bare_entry
from ecomarket.exchange.kernel.ledger import KernelLedger
from ecomarket.ledger.postings_held import transfer_held
from ecomarket.model.codes import Refusal

if TYPE_CHECKING:
    from ecomarket.ledger.state import LedgerState


@bare_entry
def post_transfer_held(
    ledger: LedgerState, t: int, debit: int, credit: int, instrument: int, amount: int, code: int, ref: int, number: int
) -> None:
    """Write and post a TRANSFER out of a hold."""
    transfer_held(ledger, t, debit, credit, instrument, amount, code, ref, number)


class KernelHeld(KernelLedger):
    """What a hold keeps, moved in one step."""

    def transfer_held(self, t: int, hold: int, credit: int, code: int, ref: int = 0) -> int:
        """Move all that a hold keeps to another account; return a Refusal. Refused, the hold stands."""
        found = self._holds.get(hold)
        if found is None:
            return int(Refusal.UNKNOWN_HOLD)
        if not self._known(credit):
            return int(Refusal.UNKNOWN_ACCOUNT)
        if credit == found.account:
            return int(Refusal.SAME_PARTY)
        del self._holds[hold]
        self._room(1)
        post_transfer_held(self._ledger, t, found.account, credit, found.instrument, found.amount, code, ref, hold)
        self._audit()
        return 0
