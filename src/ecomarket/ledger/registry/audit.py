"""What verification asks of the registry, from the journal alone: account rules, its acts, serials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ecomarket.ledger.registry.acts import ActsAudit
from ecomarket.ledger.registry.matrix import WHATS, broken_rows, what_number
from ecomarket.ledger.serials import SerialBook
from ecomarket.ledger.tables import INSTRUMENT
from ecomarket.model.codes import (
    SINK_ACCOUNTS,
    SYSTEM_ACCOUNTS,
    AccountKind,
    HoldReason,
    Mechanism,
    RecordKind,
    TransferCode,
)
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from ecomarket.ledger.block import Block
    from ecomarket.ledger.findings import Notebook
    from ecomarket.ledger.replay import Replay

_KIND = INSTRUMENT.names.index("kind")
_CODES = {
    RecordKind.TRANSFER: TransferCode,
    RecordKind.TRADE: Mechanism,
    RecordKind.HOLD: HoldReason,
}


class RegistryAudit:
    """Follows the journal block by block; says at the end whether its serials are whole."""

    def __init__(self) -> None:
        self._serials = SerialBook()
        self._acts = ActsAudit()
        self._whats = np.zeros(0, dtype=np.int64)

    def audit(self, block: Block, replay: Replay, notes: Notebook) -> None:
        """Check a block that `replay` has just applied."""
        self._serials.add(block.records, block.payloads)
        self._learn(replay)
        self._acts.audit(block, replay, self._whats, notes)
        records = block.records
        for row in broken_rows(records, self._whats):
            if not _told_elsewhere(records[row]):
                self._tell(records[row], notes)

    def end(self, replay: Replay, notes: Notebook) -> None:
        """Check what holds at the end; of serials nothing is said where balances are unsound: they follow from them."""
        if not notes.findings:
            self._serials.audit(replay.balances, notes)

    def _learn(self, replay: Replay) -> None:
        """Keep which number of WHATS each instrument has; cash is the first, an unlisted one the last."""
        instruments = replay.balances.shape[1]
        if len(self._whats) != instruments:
            self._whats = np.full(instruments, len(WHATS) - 1, dtype=np.int64)
            self._whats[:1] = 0
        for number, row in replay.instruments.items():
            if 0 < number < instruments:
                self._whats[number] = what_number(row[_KIND])

    def _tell(self, record: np.void, notes: Notebook) -> None:
        kind = RecordKind(int(record["kind"]))
        codes, code = _CODES[kind], int(record["code"])
        name = codes(code).name if code in set(codes) else str(code)
        giver, taker = (_kind_of(int(record[side])) for side in ("account", "counter"))
        right = WHATS[self._whats[record["instrument"]]]
        notes.add("MATRIX", seq=record["seq"], kind=kind.name, name=name, giver=giver, taker=taker, right=right)


def _told_elsewhere(record: np.void) -> bool:
    """Tell whether another finding names this record: units out of a sink (SINK), a trade of cash (DVP)."""
    traded = record["kind"] == RecordKind.TRADE
    giver = record["counter"] if traded else record["account"]
    return int(giver) in SINK_ACCOUNTS or bool(traded and record["instrument"] == CASH)


def _kind_of(account: int) -> str:
    if account < 0:
        return "-"
    return AccountKind(account).name if account < len(SYSTEM_ACCOUNTS) else AccountKind.HOLDING.name
