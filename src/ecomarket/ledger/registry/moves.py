"""Check what moved between two acts: what a freeze or suspension bars, what an act must precede."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ecomarket.ledger.registry.matrix import matrix, place
from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, RecordKind, TransferCode
from ecomarket.model.record import CASH
from ecomarket.units import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.ledger.findings import Notebook
    from ecomarket.ledger.registry.standing import Standing

_PAID = (TransferCode.INTEREST, TransferCode.REPAYMENT)
_NAMED = (TransferCode.REVERSAL, TransferCode.ASSIGN, TransferCode.ENFORCEMENT, *_PAID)


def audit_moves(records: NDArray[np.void], standing: Standing, whats: NDArray[np.int64], notes: Notebook) -> None:
    """Check records between two acts; `whats` gives the number of matrix.WHATS by instrument."""
    transfer = records["kind"] == RecordKind.TRANSFER
    for row in np.flatnonzero(transfer & np.isin(records["code"], _NAMED)):
        record = records[row]
        if record["code"] == TransferCode.REVERSAL:
            _audit_reversal(record, standing, notes)
        elif record["code"] in _PAID:
            _audit_payment(record, standing, notes)
        elif not (_was_proposed if record["code"] == TransferCode.ASSIGN else _may_enforce)(record, standing):
            who = standing.codes.get(int(record["account"]), "-")
            notes.add("AUTH", seq=record["seq"], act=TransferCode(int(record["code"])).name, who=who)
    _audit_barred(records, standing, whats, notes)


def _audit_barred(records: NDArray[np.void], standing: Standing, whats: NDArray[np.int64], notes: Notebook) -> None:
    frozen = [account for account, _ in standing.freezes.values() if account >= 0]
    stopped = [i for i, right in standing.rights.items() if right in standing.suspended]
    if not (frozen or stopped):
        return
    traded = records["kind"] == RecordKind.TRADE
    moved = traded | (records["kind"] == RecordKind.TRANSFER)
    caught = np.isin(records["account"], frozen) | (traded & np.isin(records["counter"], frozen))
    for table, rows in (("frozen", caught), ("suspended", np.isin(records["instrument"], stopped))):
        for row in np.flatnonzero(moved & rows):
            if not _goes_on(records[row], whats, table):
                giver = int(records[row]["counter"] if traded[row] else records[row]["account"])
                name = standing.codes.get(giver, str(giver))
                notes.add("FREEZE", seq=records[row]["seq"], what=f"FREEZE-{table.upper()}", account=name)


def _audit_reversal(record: np.void, standing: Standing, notes: Notebook) -> None:
    """A reversal names a retirement that stands and gives all of it back, within the days of the rules."""
    found = standing.retired.pop(int(record["order"]), None)
    given = tuple(int(record[n]) for n in ("counter", "account", "instrument", "amount"))
    days = standing.rules.reversal_days
    if found is None or given != found[1:] or not days or record["t"] > found.t + days * DAY:
        account = int(record["account"])
        name = AccountKind(account).name if 0 <= account < len(SYSTEM_ACCOUNTS) else str(account)
        notes.add("SINK", seq=record["seq"], account=name)


def _audit_payment(record: np.void, standing: Standing, notes: Notebook) -> None:
    """A debtor pays all the interest before any principal, and no more than is owed; a sale's excess comes back."""
    loan = standing.pledges.get(int(record["order"]))
    parties, paid = (int(record["account"]), int(record["counter"])), int(record["amount"])
    interest = record["code"] == TransferCode.INTEREST
    if loan is not None and parties == loan[:2]:
        loan.debt.until(int(record["t"]))
        due = loan.debt.interest if interest else loan.debt.principal
        fine = paid <= due and (interest or not loan.debt.interest)
        loan.debt.pay(min(paid, loan.debt.owed))
    else:
        sold = int(record["order"]) in standing.defaults and not interest
        fine = sold and loan is not None and parties == loan[1::-1]
    if not fine:
        who = standing.codes.get(parties[0], "-")
        notes.add("DEBT", seq=record["seq"], account=who, pledge=int(record["order"]), amount=paid)


def _was_proposed(record: np.void, standing: Standing) -> bool:
    """Tell whether a participant's assignment was proposed, where the rules ask for two phases."""
    if not standing.rules.two_phases or record["account"] < len(SYSTEM_ACCOUNTS):
        return True
    wish = standing.executed.pop(int(record["order"]), None)
    return wish is not None and wish[:4] == tuple(
        int(record[n]) for n in ("account", "counter", "instrument", "amount")
    )


def _may_enforce(record: np.void, standing: Standing) -> bool:
    """Tell whether lots pass to the pledgee of a pledge in default, or back to its debtor."""
    number = int(record["order"])
    parties = int(record["account"]), int(record["counter"])
    loan = standing.pledges.get(number)
    return loan is not None and number in standing.defaults and parties in (loan[:2], loan[1::-1])


def _goes_on(record: np.void, whats: NDArray[np.int64], table: str) -> bool:
    """Tell whether the matrix lets a transfer go on in a freeze or suspension; a trade never does."""
    if record["kind"] == RecordKind.TRADE or not CASH <= record["instrument"] < len(whats):
        return False
    allowed, code = getattr(matrix(), table), int(record["code"])
    giver, taker = place(int(record["account"])), place(int(record["counter"]))
    return 0 <= code < len(allowed) and bool(allowed[code, giver, taker, whats[record["instrument"]]])
