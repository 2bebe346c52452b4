"""Check the registry's acts from the journal alone: who signed, when it was due, what must stand before it.

Everything needed stands in the notes. A note that says too little, or says it in the wrong form, is signed by nobody:
it is found as AUTH like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ecomarket.ledger.registry.access import office
from ecomarket.ledger.registry.debts import Debt
from ecomarket.ledger.registry.moves import audit_moves
from ecomarket.ledger.registry.pledges import OWN_USE
from ecomarket.ledger.registry.rules import RegistryRules
from ecomarket.ledger.registry.standing import Loan, Retirement, Standing, Wish
from ecomarket.ledger.tables import INSTRUMENT, PARTICIPANT, notes_of
from ecomarket.model.codes import SINK_ACCOUNTS, SYSTEM_ACCOUNTS, RecordKind, Role
from ecomarket.model.stated import NoteCode
from ecomarket.units import DAY, PPM, mul_div_floor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.ledger.block import Block
    from ecomarket.ledger.findings import Notebook
    from ecomarket.ledger.replay import Replay

TOLD: Final = (NoteCode.REGISTRY_ACT, NoteCode.RETIREMENT, NoteCode.MARKET_SUSPENDED, NoteCode.MARKET_RESUMED)
_CODE: Final = PARTICIPANT.names.index("code")
_RIGHT: Final = INSTRUMENT.names.index("right")
_MALFORMED: Final = (KeyError, TypeError, ValueError, AttributeError)


class ActsAudit:
    """Follows the acts through the blocks."""

    def __init__(self) -> None:
        self._standing = Standing()
        self._last: np.void | None = None

    def audit(self, block: Block, replay: Replay, whats: NDArray[np.int64], notes: Notebook) -> None:
        """Check the acts of a block that `replay` has just applied; `whats` gives the number of WHATS by instrument."""
        standing = self._standing
        standing.codes = {k: k.name for k in SYSTEM_ACCOUNTS} | {a: r[_CODE] for a, r in replay.participants.items()}
        standing.rights = {i: r[_RIGHT] for i, r in replay.instruments.items()}
        records = block.records
        since = 0
        for record, payload in notes_of(records, block.payloads, *TOLD):
            row = int(record["seq"]) - block.first_seq
            audit_moves(records[since:row], standing, whats, notes)
            since = row
            if not self._sound(records, row, payload):
                who = [str(payload[k]) for k in ("by", "maker", "checker", "beneficiary") if payload.get(k)]
                act = payload.get("act", NoteCode(record["code"]).name)
                notes.add("AUTH", seq=record["seq"], act=act, who=", ".join(who) or "-")
        audit_moves(records[since:], standing, whats, notes)
        self._last = records[-1] if len(records) else self._last

    def _sound(self, records: NDArray[np.void], row: int, payload: dict[str, Any]) -> bool:
        record = records[row]
        try:
            if record["code"] == NoteCode.RETIREMENT:
                return self._retirement(records, row, payload)
            if record["code"] == NoteCode.REGISTRY_ACT:
                return self._act(records, row, payload)
            return self._switch(record, payload)
        except _MALFORMED:
            return False

    def _retirement(self, records: NDArray[np.void], row: int, payload: dict[str, Any]) -> bool:
        """Follow a retirement: the TRANSFER before its note, into a sink. One without a number is a plain statement."""
        if "retirement" not in payload:
            return True
        before = records[row - 1] if row else self._last
        if before is None:
            return False
        names = ("t", "account", "counter", "instrument", "amount")
        found = Retirement(*(int(before[n]) for n in names))
        self._standing.retired[int(payload["retirement"])] = found
        moved = before["kind"] == RecordKind.TRANSFER and found.sink in SINK_ACCOUNTS
        same = (found.account, found.amount) == (int(records[row]["account"]), payload["lots"])
        return bool(moved) and same and payload["beneficiary"] in self._standing.codes.values()

    def _act(self, records: NDArray[np.void], row: int, payload: dict[str, Any]) -> bool:
        """Follow one act; tell whether it was signed as it must be, and in time."""
        record = records[row]
        standing, account = self._standing, int(record["account"])
        match payload["act"]:
            case "rules":
                standing.rules = RegistryRules(**{k: v for k, v in payload.items() if k != "act"})
                standing.grants.owner = standing.rules.owner
                return True
            case "propose" | "approve" | "execute" | "reject" | "lapse" | "trust":
                return self._transfer(record, payload)
            case "reverse":
                return self._reverse(payload)
            case "grant" | "withdraw":
                change = standing.grants.give if payload["act"] == "grant" else standing.grants.take
                change(str(payload["person"]), Role(payload["role"]), account)
                return standing.grants.holds(payload["by"], Role.SCENARIO_OWNER)
            case "freeze":
                standing.freezes[payload["freeze"]] = (account if record["instrument"] < 0 else -1, payload["by"])
                return standing.grants.freezes(payload["by"])
            case "unfreeze":
                found = standing.freezes.pop(payload["freeze"], None)
                freezes = standing.grants.freezes(payload["by"])
                return freezes and found is not None and office(payload["by"]) == office(found[1])
            case "pledge" | "release" | "default" | "top-up" | "own-use":
                return self._pledge(records, row, payload)
        return True

    def _reverse(self, payload: dict[str, Any]) -> bool:
        """Tell whether two registrars signed."""
        signs, maker, checker = self._standing.grants.signs, payload["maker"], payload["checker"]
        signed = signs(maker, Role.REGISTRY_CLERK) and signs(checker, Role.REGISTRY_OFFICER)
        return signed and bool(maker != checker)

    def _is_own_use(self, records: NDArray[np.void], row: int, loan: Loan, number: int, lots: int) -> bool:
        """Tell whether lots that leave a pledge were in it, and whether their owner surrenders as many next."""
        names = ("t", "account", "instrument")
        moved = records[row:][records[row:]["kind"] == RecordKind.TRANSFER][:1]
        same = bool(len(moved)) and all(moved[n][0] == records[n][row] for n in names)
        fits = same and moved["code"][0] in OWN_USE and moved["amount"][0] >= lots
        return bool(fits and lots <= loan.lots and number not in self._standing.defaults)

    def _pledge(self, records: NDArray[np.void], row: int, payload: dict[str, Any]) -> bool:
        """Follow a pledge: a rate within the rules, lots that come and go, a release or default that is due."""
        record = records[row]
        standing, rules, number, t = self._standing, self._standing.rules, payload["pledge"], int(record["t"])
        if payload["act"] in ("top-up", "own-use"):
            loan, comes, lots = standing.pledges[number], payload["act"] == "top-up", payload["lots"]
            standing.pledges[number] = loan._replace(lots=loan.lots + (lots if comes else -lots))
            return lots > 0 and (comes or self._is_own_use(records, row, loan, number, lots))
        if payload["act"] == "pledge":
            rate = payload.get("rate_ppm", 0)
            debt = Debt(payload["loan"], rate, t // DAY)
            standing.pledges[number] = Loan(int(record["account"]), payload["pledgee"], debt, payload["lots"])
            return bool(max(rules.rate_ppm - rules.rate_below_ppm, 0) <= rate <= rules.rate_ppm + rules.rate_above_ppm)
        if payload["act"] == "default":
            standing.defaults.add(number)
        debt = standing.pledges[number].debt
        debt.until(t)
        if payload["act"] == "release":
            return not debt.owed
        least = mul_div_floor(payload["value"], min(rules.call_ppm, rules.sale_ppm), PPM)
        return bool(payload["owed"] == debt.owed >= least)

    def _transfer(self, record: np.void, payload: dict[str, Any]) -> bool:
        standing, account, t = self._standing, int(record["account"]), int(record["t"])
        act = payload["act"]
        if act == "trust":
            standing.trusted[account, payload["other"]] = payload["from_t"]
            return standing.acts_for(payload["maker"], account) and standing.acts_for(payload["checker"], account)
        number = payload["proposal"]
        if act == "propose":
            wish = Wish(account, payload["credit"], int(record["instrument"]), payload["lots"], payload["maker"])
            standing.proposed[number] = wish
            return standing.acts_for(wish.maker, account) and self._within_limit(t, wish)
        wish = standing.proposed.pop(number)
        if act == "approve":
            standing.proposed[number] = wish._replace(due_t=payload["due_t"])
            checker = payload["checker"]
            return not standing.rules.four_eyes or (standing.acts_for(checker, account) and checker != wish.maker)
        if act == "execute":
            standing.executed[number] = wish
            return 0 <= wish.due_t <= t
        return True

    def _within_limit(self, t: int, wish: Wish) -> bool:
        limit = self._standing.rules.limit_lots
        from_t = self._standing.trusted.get((wish.debit, wish.credit), t + 1)
        return not limit or wish.amount <= limit or wish.credit < len(SYSTEM_ACCOUNTS) or from_t <= t

    def _switch(self, record: np.void, payload: dict[str, Any]) -> bool:
        standing = self._standing
        if record["code"] == NoteCode.MARKET_SUSPENDED:
            standing.suspended.add(payload["right"])
        else:
            standing.suspended.discard(payload["right"])
        return standing.grants.signs(payload["by"], Role.REGULATOR)
