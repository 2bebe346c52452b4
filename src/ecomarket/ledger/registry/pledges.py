"""Pledges (质押): lots held for a loan, valued every day, called, and on default sold as orders of the pledgee.

Value is lots x the 20-day mean price of that very instrument, so its remaining term is in the price (MARKETS 7.6
[model], loan shares [R49b]: Zhejiang and Shanxi lend about 80 %). Title stays with the debtor, disposal stops; the
lots may be pledged once, because they are held. There is no interest: the principal alone is owed (assumption).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ecomarket.model.codes import HoldReason, Refusal, TransferCode
from ecomarket.model.record import CASH
from ecomarket.units import DAY, PPM, mul_div_floor

if TYPE_CHECKING:
    from ecomarket.ledger.registry.desk import Desk
    from ecomarket.model.registry import Pledge, Repay, TopUp

NEVER: Final = -1


@dataclass(slots=True)
class Pledged:
    """A pledge that stands: what was asked, its holds, lots, what is owed, and since when it is called (NEVER)."""

    asked: Pledge
    holds: list[int]
    lots: int
    owed: int
    called_t: int = NEVER


class Pledges:
    """Keeps the pledges that stand, by number from 1; `defaulted` holds the numbers to be handed to the sales."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._count = 0
        self._day = NEVER
        self.standing: dict[int, Pledged] = {}
        self.defaulted: dict[int, Pledged] = {}

    def pledge(self, t: int, asked: Pledge) -> Refusal:
        """Hold the lots and pay the loan, if it is within the part of their value that may be lent."""
        desk = self._desk
        refusal = self._refuses(asked)
        if refusal:
            return refusal
        hold, refused = desk.books.hold(t, asked.account, asked.instrument, asked.amount, HoldReason.PLEDGE)
        assert not refused, f"{asked} was free and cannot be held"
        refusal = desk.move(t, asked.pledgee, asked.account, CASH, asked.loan, TransferCode.LOAN)
        if refusal:
            desk.books.release(t, hold)
            return refusal
        self._count += 1
        self.standing[self._count] = Pledged(asked, [hold], asked.amount, asked.loan)
        told = {"pledgee": asked.pledgee, "hold": hold, "lots": asked.amount, "loan": asked.loan}
        desk.note(t, "pledge", asked.account, asked.instrument, pledge=self._count, **told)
        return Refusal.NONE

    def top_up(self, t: int, asked: TopUp) -> Refusal:
        """Hold more lots under a pledge."""
        desk, found = self._desk, self.standing.get(asked.pledge)
        if found is None or found.asked.account != asked.account:
            return Refusal.UNKNOWN_PLEDGE
        instrument = found.asked.instrument
        refusal = desk.lacks(asked.account, instrument, asked.amount)
        if refusal:
            return refusal
        hold, refused = desk.books.hold(t, asked.account, instrument, asked.amount, HoldReason.PLEDGE)
        assert not refused, f"{asked} was free and cannot be held"
        found.holds.append(hold)
        found.lots += asked.amount
        desk.note(t, "top-up", asked.account, instrument, pledge=asked.pledge, hold=hold, lots=asked.amount)
        return Refusal.NONE

    def repay(self, t: int, asked: Repay) -> Refusal:
        """Pay back a part of the loan; once nothing is owed the lots fall free."""
        desk, found = self._desk, self.standing.get(asked.pledge)
        if found is None or found.asked.account != asked.account:
            return Refusal.UNKNOWN_PLEDGE
        cash = min(asked.cash, found.owed)
        if cash <= 0:
            return Refusal.AMOUNT_NOT_POSITIVE
        code = TransferCode.REPAYMENT
        refusal = desk.move(t, asked.account, found.asked.pledgee, CASH, cash, code, asked.pledge)
        if refusal:
            return refusal
        found.owed -= cash
        if not found.owed:
            self._release(t, asked.pledge)
            desk.note(t, "release", asked.account, found.asked.instrument, pledge=asked.pledge)
        return Refusal.NONE

    def advance(self, t: int) -> None:
        """Value every pledge once a day: call it, note that it is cured, or give it to the sale."""
        if t // DAY == self._day:
            return
        self._day = t // DAY
        for number, found in sorted(self.standing.items()):
            value = self._desk.price(found.asked.instrument) * found.lots
            if value > 0:
                self._review(t, number, found, value)

    def _review(self, t: int, number: int, found: Pledged, value: int) -> None:
        rules, desk = self._desk.rules, self._desk
        account, instrument = found.asked.account, found.asked.instrument
        told = {"pledge": number, "value": value, "owed": found.owed}
        called = found.owed >= mul_div_floor(value, rules.call_ppm, PPM)
        late = found.called_t != NEVER and t >= found.called_t + rules.cure_days * DAY
        if found.owed >= mul_div_floor(value, rules.sale_ppm, PPM) or (called and late):
            self._release(t, number)
            self.defaulted[number] = found
            desk.note(t, "default", account, instrument, **told)
        elif called and found.called_t == NEVER:
            found.called_t = t
            desk.note(t, "margin-call", account, instrument, **told)
        elif not called and found.called_t != NEVER:
            found.called_t = NEVER
            desk.note(t, "cured", account, instrument, **told)

    def _refuses(self, asked: Pledge) -> Refusal:
        desk = self._desk
        if not (desk.is_party(asked.account) and desk.is_party(asked.pledgee)):
            return Refusal.UNKNOWN_ACCOUNT
        if asked.account == asked.pledgee:
            return Refusal.SAME_PARTY
        refusal = desk.lacks(asked.account, asked.instrument, asked.amount)
        if refusal:
            return refusal
        if asked.instrument == CASH:
            return Refusal.ACCOUNT_RULE
        if asked.account in desk.frozen:
            return Refusal.ACCOUNT_FROZEN
        if desk.rights[asked.instrument] in desk.suspended:
            return Refusal.MARKET_SUSPENDED
        lent_ppm = desk.rules.loan_ppm.get(desk.kinds[asked.instrument], 0)
        if asked.loan > mul_div_floor(desk.price(asked.instrument) * asked.amount, lent_ppm, PPM):
            return Refusal.PLEDGE_VALUE
        return Refusal.NONE

    def _release(self, t: int, number: int) -> None:
        for hold in self.standing.pop(number).holds:
            self._desk.books.release(t, hold)
