"""Value that leaves an account straight out of a hold: one record, nothing free in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.compiled import kernel
from ecomarket.ledger.postings import DEBUG, append, audit
from ecomarket.ledger.state import HELD, POSTED
from ecomarket.model.codes import RecordKind

if TYPE_CHECKING:
    from ecomarket.ledger.state import LedgerState

_TRANSFER: Final = int(RecordKind.TRANSFER)


@kernel
def transfer_held(
    ledger: LedgerState, t: int, debit: int, credit: int, instrument: int, amount: int, code: int, ref: int, number: int
) -> None:
    """Move the whole `amount` of the hold `number`."""
    ledger.balance[instrument, debit, POSTED] -= amount
    ledger.balance[instrument, debit, HELD] -= amount
    ledger.balance[instrument, credit, POSTED] += amount
    append(ledger, t, _TRANSFER, code, 0, -1, instrument, debit, credit, ref, number, 0, amount, amount, 0, 0)
    if DEBUG:
        audit(ledger, instrument)
