"""Pledges (质押): lots held for a loan, valued every day, called, and on default sold as orders of the pledgee.

Value is lots x 20-day mean price x the part of its term that the right has left (MARKETS 7.6 [model]; loan shares
[R49b]: Zhejiang and Shanxi lend about 80 %). Title stays with the debtor, disposal stops, but for what it must
surrender itself; the lots may be pledged once, because they are held. Interest runs by the day (debts.py) until the
loan is paid back or falls into default, and has no day of its own on which it is due: it adds to what the value must
cover (assumption).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ecomarket.ledger.registry.debts import Debt, left_ppm
from ecomarket.model.codes import HoldReason, Refusal, TransferCode
from ecomarket.model.record import CASH
from ecomarket.model.registry import PledgedLots
from ecomarket.units import DAY, PPM, mul_div_floor

if TYPE_CHECKING:
    from ecomarket.ledger.registry.desk import Desk
    from ecomarket.model.registry import Pledge, Repay, TopUp

NEVER: Final = -1
OWN_USE: Final = (TransferCode.SURRENDER, TransferCode.CONSUME)
"""What a pledge does not stop: its owner's own compliance (MARKETS 7.6 [model])."""


@dataclass(slots=True)
class Pledged:
    """A pledge that stands: what was asked, its holds, lots, its debt, and since when it is called (NEVER)."""

    asked: Pledge
    holds: list[int]
    lots: int
    debt: Debt
    called_t: int = NEVER


class Pledges:
    """Keeps the pledges that stand, by number from 1; `defaulted` those to be handed to the sales, their lots held."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._count = 0
        self._day = NEVER
        self.standing: dict[int, Pledged] = {}
        self.defaulted: dict[int, Pledged] = {}

    def pledge(self, t: int, asked: Pledge) -> Refusal:
        """Hold the lots and pay the loan, if it is within the part of their value that may be lent."""
        desk = self._desk
        refusal = self._refuses(t, asked)
        if refusal:
            return refusal
        hold, refused = desk.books.hold(t, asked.account, asked.instrument, asked.amount, HoldReason.PLEDGE)
        assert not refused, f"{asked} was free and cannot be held"
        refusal = desk.move(t, asked.pledgee, asked.account, CASH, asked.loan, TransferCode.LOAN)
        if refusal:
            desk.books.release(t, hold)
            return refusal
        self._count += 1
        debt = Debt(asked.loan, desk.rules.rate_ppm + asked.premium_ppm, t // DAY)
        self.standing[self._count] = Pledged(asked, [hold], asked.amount, debt)
        told = {"pledgee": asked.pledgee, "hold": hold, "lots": asked.amount, "loan": asked.loan}
        told["rate_ppm"] = debt.rate_ppm
        desk.note(t, "pledge", asked.account, asked.instrument, pledge=self._count, **told)
        return Refusal.NONE

    def top_up(self, t: int, asked: TopUp) -> Refusal:
        """Hold more lots under a pledge."""
        desk, found = self._desk, self.standing.get(asked.pledge)
        if found is None or found.asked.account != asked.account:
            return Refusal.UNKNOWN_PLEDGE
        instrument = found.asked.instrument
        if asked.account in desk.frozen:
            return Refusal.ACCOUNT_FROZEN
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
        """Pay interest, then principal; once nothing is owed the lots fall free. Number 0 is the debtor's oldest."""
        mine = [number for number, one in self.standing.items() if one.asked.account == asked.account]
        number = asked.pledge or min(mine, default=0)
        desk, found = self._desk, self.standing.get(number)
        if found is None or found.asked.account != asked.account:
            return Refusal.UNKNOWN_PLEDGE
        found.debt.until(t)
        cash = min(asked.cash, found.debt.owed)
        refusal = desk.lacks(asked.account, CASH, cash)
        if refusal:
            return refusal
        for part, code in zip(found.debt.pay(cash), (TransferCode.INTEREST, TransferCode.REPAYMENT), strict=True):
            if part:
                refusal = desk.move(t, asked.account, found.asked.pledgee, CASH, part, code, number)
                assert not refusal, f"{asked}: the cash is free and cannot be paid: {refusal.name}"
        if not found.debt.owed:
            self._release(t, number)
            desk.note(t, "release", asked.account, found.asked.instrument, pledge=number)
        return Refusal.NONE

    def seen(self) -> tuple[PledgedLots, ...]:
        """Return the pledges that stand, the oldest first, as authorities see them."""
        found = self.standing.values()
        return tuple(PledgedLots(p.asked.account, p.asked.instrument, p.lots, p.asked.pledgee) for p in found)

    def free_for(self, t: int, account: int, instrument: int, amount: int) -> None:
        """Free pledged lots, the newest first, for a surrender of `amount` that needs them beside the free ones.

        The pledge goes on over what is left, which must cover the debt from the next day on. Nothing happens where all
        of them would not do.
        """
        mine = [n for n, p in self.standing.items() if (p.asked.account, p.asked.instrument) == (account, instrument)]
        if not mine:
            return
        missing = amount - self._desk.books.free(account, instrument)
        if missing > sum(self.standing[number].lots for number in mine):
            return
        for number in reversed(mine):
            lots = min(missing, self.standing[number].lots)
            if lots > 0:
                self._give_up(t, number, lots)
                missing -= lots

    def _give_up(self, t: int, number: int, lots: int) -> None:
        """Take lots out of a pledge: end its holds, and hold what is left under one."""
        desk, found = self._desk, self.standing[number]
        account, instrument = found.asked.account, found.asked.instrument
        for hold in found.holds:
            desk.books.release(t, hold)
        found.holds, found.lots = [], found.lots - lots
        if found.lots:
            hold, refused = desk.books.hold(t, account, instrument, found.lots, HoldReason.PLEDGE)
            assert not refused, f"pledge {number}: what was held cannot be held"
            found.holds.append(hold)
        desk.note(t, "own-use", account, instrument, pledge=number, lots=lots, holds=found.holds)

    def advance(self, t: int) -> None:
        """Value every pledge once a day: call it, note that it is cured, or give it to the sale."""
        if t // DAY == self._day:
            return
        self._day = t // DAY
        for number, found in sorted(self.standing.items()):
            found.debt.until(t)
            if self._desk.price(found.asked.instrument) > 0:
                self._review(t, number, found, self._value(t, found.asked.instrument, found.lots))

    def _value(self, t: int, instrument: int, lots: int) -> int:
        """Return what lots are worth as a pledge, in cash units."""
        desk = self._desk
        term_days = desk.rules.term_days.get(desk.kinds[instrument], 0)
        part = left_ppm(t, desk.expires(instrument), term_days)
        return mul_div_floor(desk.price(instrument) * lots, part, PPM)

    def _review(self, t: int, number: int, found: Pledged, value: int) -> None:
        rules, desk = self._desk.rules, self._desk
        account, instrument = found.asked.account, found.asked.instrument
        told = {"pledge": number, "value": value, "owed": found.debt.owed}
        called = found.debt.owed >= mul_div_floor(value, rules.call_ppm, PPM)
        late = found.called_t != NEVER and t >= found.called_t + rules.cure_days * DAY
        if found.lots and (found.debt.owed >= mul_div_floor(value, rules.sale_ppm, PPM) or (called and late)):
            self.defaulted[number] = self.standing.pop(number)
            desk.note(t, "default", account, instrument, **told)
        elif called and found.called_t == NEVER:
            found.called_t = t
            desk.note(t, "margin-call", account, instrument, **told)
        elif not called and found.called_t != NEVER:
            found.called_t = NEVER
            desk.note(t, "cured", account, instrument, **told)

    def _refuses(self, t: int, asked: Pledge) -> Refusal:
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
        return self._refuses_loan(t, asked)

    def _refuses_loan(self, t: int, asked: Pledge) -> Refusal:
        """Return why the loan is not within the rules: its rate, its size."""
        rules, kind = self._desk.rules, self._desk.kinds[asked.instrument]
        if not max(-rules.rate_below_ppm, -rules.rate_ppm) <= asked.premium_ppm <= rules.rate_above_ppm:
            return Refusal.LOAN_RATE
        most = mul_div_floor(self._value(t, asked.instrument, asked.amount), rules.loan_ppm.get(kind, 0), PPM)
        return Refusal.PLEDGE_VALUE if asked.loan > most else Refusal.NONE

    def _release(self, t: int, number: int) -> None:
        for hold in self.standing.pop(number).holds:
            self._desk.books.release(t, hold)
