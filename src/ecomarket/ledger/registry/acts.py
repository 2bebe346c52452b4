"""Check the registry's acts from the journal alone: who signed, when it was due, what a freeze or suspension barred.

Everything needed stands in the notes: the rules in force (act `rules`), proposals, freezes, retirements. A reversal
must name a retirement that stands, give back all of it to where it came from, within the days of the rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from ecomarket.ledger.registry.desk import COURT, REGISTRAR, REGULATOR, holds_office, name_of, office
from ecomarket.ledger.registry.matrix import matrix, place
from ecomarket.ledger.registry.rules import RegistryRules
from ecomarket.ledger.tables import INSTRUMENT, PARTICIPANT, notes_of
from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, NoteCode, RecordKind, TransferCode
from ecomarket.model.record import CASH
from ecomarket.units import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.ledger.block import Block
    from ecomarket.ledger.findings import Notebook
    from ecomarket.ledger.replay import Replay

TOLD: Final = (NoteCode.REGISTRY_ACT, NoteCode.RETIREMENT, NoteCode.MARKET_SUSPENDED, NoteCode.MARKET_RESUMED)
_CODE: Final = PARTICIPANT.names.index("code")
_RIGHT: Final = INSTRUMENT.names.index("right")


class Retirement(NamedTuple):
    """A retirement that stands: the TRANSFER before its note."""

    t: int
    account: int
    sink: int
    instrument: int
    amount: int


class ActsAudit:
    """Follows the acts through the blocks."""

    def __init__(self) -> None:
        self._rules = RegistryRules()
        self._retired: dict[int, Retirement] = {}
        self._proposed: dict[int, dict[str, Any]] = {}
        self._freezes: dict[int, tuple[int, str]] = {}
        self._suspended: set[str] = set()
        self._codes: dict[int, str] = {}
        self._rights: dict[int, str] = {}

    def audit(self, block: Block, replay: Replay, whats: NDArray[np.int64], notes: Notebook) -> None:
        """Check the acts of a block that `replay` has just applied; `whats` gives the number of WHATS by instrument."""
        self._codes = {k: k.name for k in SYSTEM_ACCOUNTS} | {a: r[_CODE] for a, r in replay.participants.items()}
        self._rights = {i: r[_RIGHT] for i, r in replay.instruments.items()}
        records = block.records
        since = 0
        for record, payload in notes_of(records, block.payloads, *TOLD):
            row = int(record["seq"]) - block.first_seq
            self._audit_moves(records[since:row], whats, notes)
            since = row
            if record["code"] == NoteCode.RETIREMENT:
                self._note_retirement(records, row, payload)
            elif not self._may(record, payload):
                act = payload.get("act", NoteCode(record["code"]).name)
                who = [str(payload[k]) for k in ("by", "maker", "checker") if payload.get(k)]
                notes.add("AUTH", seq=record["seq"], act=act, who=", ".join(who) or "-")
        self._audit_moves(records[since:], whats, notes)

    def _note_retirement(self, records: NDArray[np.void], row: int, payload: dict[str, Any]) -> None:
        number = payload.get("retirement")
        if isinstance(number, int) and row > 0:
            names = ("t", "account", "counter", "instrument", "amount")
            self._retired[number] = Retirement(*(int(records[row - 1][n]) for n in names))

    def _may(self, record: np.void, payload: dict[str, Any]) -> bool:
        """Follow one act; tell whether it was signed as it must be, and in time."""
        account = int(record["account"])
        match payload.get("act"):
            case "rules":
                self._rules = RegistryRules(**{k: v for k, v in payload.items() if k != "act"})
                return True
            case "propose" | "approve" | "execute" | "reject" | "lapse" as act:
                return self._proposal(act, int(record["t"]), account, payload)
            case "trust":
                return self._acts_for(payload["maker"], account) and self._acts_for(payload["checker"], account)
            case "reverse":
                signed = holds_office(payload["maker"], REGISTRAR) and holds_office(payload["checker"], REGISTRAR)
                return signed and payload["maker"] != payload["checker"]
            case "freeze":
                self._freezes[payload["freeze"]] = (account if record["instrument"] < 0 else -1, payload["by"])
                return holds_office(payload["by"], COURT, REGULATOR)
            case "unfreeze":
                found = self._freezes.pop(payload["freeze"], None)
                return found is not None and office(payload["by"]) == office(found[1])
            case None:
                return self._switch(record, payload)
        return True

    def _proposal(self, act: str, t: int, account: int, payload: dict[str, Any]) -> bool:
        number = payload["proposal"]
        if act == "propose":
            self._proposed[number] = {"maker": payload["maker"]}
            return self._acts_for(payload["maker"], account)
        found = self._proposed.get(number)
        if found is None:
            return False
        if act == "approve":
            found["due_t"] = payload["due_t"]
            checker = payload["checker"]
            second = self._acts_for(checker, account) and checker != found["maker"]
            return second or not self._rules.four_eyes
        del self._proposed[number]
        return act != "execute" or found.get("due_t", t + 1) <= t

    def _switch(self, record: np.void, payload: dict[str, Any]) -> bool:
        right = str(payload.get("right", ""))
        if record["code"] == NoteCode.MARKET_SUSPENDED:
            self._suspended.add(right)
        else:
            self._suspended.discard(right)
        return holds_office(str(payload.get("by", "")), REGULATOR)

    def _acts_for(self, person: str, account: int) -> bool:
        return office(person) == self._codes.get(account) and bool(name_of(person))

    def _audit_moves(self, records: NDArray[np.void], whats: NDArray[np.int64], notes: Notebook) -> None:
        """Check what moved under the freezes and suspensions in force; check reversals."""
        moved = (records["kind"] == RecordKind.TRANSFER) | (records["kind"] == RecordKind.TRADE)
        back = moved & (records["kind"] == RecordKind.TRANSFER) & (records["code"] == TransferCode.REVERSAL)
        for row in np.flatnonzero(back):
            self._reversal(records[row], notes)
        frozen = [account for account, _ in self._freezes.values() if account >= 0]
        stopped = [i for i, right in self._rights.items() if right in self._suspended]
        if not (frozen or stopped):
            return
        traded = records["kind"] == RecordKind.TRADE
        caught = np.isin(records["account"], frozen) | (traded & np.isin(records["counter"], frozen))
        for table, rows in (("frozen", caught), ("suspended", np.isin(records["instrument"], stopped))):
            for row in np.flatnonzero(moved & rows):
                if not _goes_on(records[row], whats, table):
                    giver = records[row]["counter"] if traded[row] else records[row]["account"]
                    code = self._codes.get(int(giver), str(giver))
                    notes.add("FREEZE", seq=records[row]["seq"], what=f"FREEZE-{table.upper()}", account=code)

    def _reversal(self, record: np.void, notes: Notebook) -> None:
        number = int(record["order"])
        found = self._retired.pop(number, None)
        given = tuple(int(record[n]) for n in ("counter", "account", "instrument", "amount"))
        latest = found.t + self._rules.reversal_days * DAY if found and self._rules.reversal_days else -1
        if found is None or given != found[1:] or record["t"] > latest:
            notes.add("SINK", seq=record["seq"], account=_name(int(record["account"])))


def _goes_on(record: np.void, whats: NDArray[np.int64], table: str) -> bool:
    """Tell whether the matrix lets a transfer go on in a freeze or suspension; a trade never does."""
    if record["kind"] == RecordKind.TRADE or not CASH <= record["instrument"] < len(whats):
        return False
    allowed, code = getattr(matrix(), table), int(record["code"])
    giver, taker = place(int(record["account"])), place(int(record["counter"]))
    return 0 <= code < len(allowed) and bool(allowed[code, giver, taker, whats[record["instrument"]]])


def _name(account: int) -> str:
    return AccountKind(account).name if 0 <= account < len(SYSTEM_ACCOUNTS) else str(account)
