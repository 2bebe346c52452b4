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

_NAMED = (TransferCode.REVERSAL, TransferCode.ASSIGN, TransferCode.ENFORCEMENT)


def audit_moves(records: NDArray[np.void], standing: Standing, whats: NDArray[np.int64], notes: Notebook) -> None:
    """Check records between two acts; `whats` gives the number of matrix.WHATS by instrument."""
    transfer = records["kind"] == RecordKind.TRANSFER
    for row in np.flatnonzero(transfer & np.isin(records["code"], _NAMED)):
        record = records[row]
        if record["code"] == TransferCode.REVERSAL:
            _audit_reversal(record, standing, notes)
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
    debtor, pledgee = standing.pledges.get(number, (-1, -1))
    return number in standing.defaults and parties in ((debtor, pledgee), (pledgee, debtor))


def _goes_on(record: np.void, whats: NDArray[np.int64], table: str) -> bool:
    """Tell whether the matrix lets a transfer go on in a freeze or suspension; a trade never does."""
    if record["kind"] == RecordKind.TRADE or not CASH <= record["instrument"] < len(whats):
        return False
    allowed, code = getattr(matrix(), table), int(record["code"])
    giver, taker = place(int(record["account"])), place(int(record["counter"]))
    return 0 <= code < len(allowed) and bool(allowed[code, giver, taker, whats[record["instrument"]]])
