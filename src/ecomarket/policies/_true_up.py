"""The deadline of cap and trade (清缴): buy and sell at the authority's prices, surrender, borrow, pay, let lapse."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Any

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Assess, Fact, Transfer
from ecomarket.model.entities import lies_in
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode, Scheme
from ecomarket.policies._surrender import take_in_order
from ecomarket.units import cash_floor, cash_per_lot, floor_times, lots_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class TrueUp:
    """What each party owes of a right, and how it is settled. Debts of one year are owed in the next."""

    def __init__(self, params: Any, setting: Setting) -> None:
        self.params, self.setting = params, setting
        self.debts: dict[tuple[int, str], int] = {}
        """Lots borrowed or to be made good, by account and zone."""

    def issued_in(self, year: int) -> list[Instrument]:
        """Return the instruments that a year's cap is issued in: those without a year of issue, or of this one."""
        return [i for i in self.setting.listed(self.params.right) if i.vintage in (0, year)]

    def usable(self, issued: Instrument, t: int) -> list[Instrument]:
        """Return what counts at a time in the same zone, oldest first."""
        return [i for i in self.setting.listed(self.params.right, zone=issued.zone) if i.lives(t)]

    def allocated(self, issued: Instrument, year: int) -> dict[int, int]:
        """Return the lots that members are allocated free in a year, by account."""
        found = {}
        for member in self._members(issued):
            amount = member.schedules[self.params.right].allocation.get(year)
            if amount:
                found[member.account] = lots_floor(Decimal(repr(amount)), issued.lot)
        return found

    def rest(self, issued: Instrument, year: int) -> int:
        """Return the lots of a year's cap that nobody is allocated."""
        cap = self.setting.cap(self.params.right, issued.zone, year)
        if cap is None:
            return 0
        return max(int(cap / Decimal(issued.lot)) - sum(self.allocated(issued, year).values()), 0)

    def given(self, issued: Instrument, year: int) -> dict[int, int]:
        """Return the lots each account gets free: what it is allocated, and its part of a rest that is not sold."""
        found = self.allocated(issued, year)
        rest = self.rest(issued, year)
        if self.params.auction or not rest:
            return found
        gross = self.unabated(issued, year)
        total = sum(gross.values())
        part, handed = Decimal(0), 0
        for account, amount in gross.items():
            part += amount
            upto = int(rest * part / total)
            found[account] = found.get(account, 0) + upto - handed
            handed = upto
        return found

    def unabated(self, issued: Instrument, year: int) -> dict[int, Decimal]:
        """Return members' emission without any measure, by account."""
        return {
            m.account: Decimal(repr(m.schedules[self.params.right].unabated[year]))
            for m in self._members(issued)
            if m.schedules[self.params.right].unabated.get(year)
        }

    def _members(self, issued: Instrument) -> list[Participant]:
        """Return those with a schedule for the right in the zone of an instrument."""
        found = []
        for member in self.setting.participants:
            here = not issued.zone or issued.zone in lies_in(self.setting.zones, member.zone)
            if self.params.right in member.schedules and here:
                found.append(member)
        return found

    def settle(self, view: PolicyView) -> Iterator[Command]:
        """Settle the year that ends, one zone after the other."""
        for issued in self.issued_in(view.year):
            accounts = [
                Due(m.account, self._owed(m, issued, view), self.usable(issued, view.board.t), view)
                for m in self._members(issued)
            ]
            given, later = (self.given(issued, year) for year in (view.year, view.year + 1))
            for due in accounts:
                due.offsets = self._offsets(due, given.get(due.account, 0), view)
            yield from self._buy(accounts, issued, view)
            yield from self._sell(accounts, issued, view)
            for due in accounts:
                yield from self._surrender(due, issued, view, later.get(due.account, 0))

    def _owed(self, member: Participant, issued: Instrument, view: PolicyView) -> int:
        """Return the lots owed: emission in whole lots upwards, the schedule's duty, and debts of the year before."""
        milli = int(view.book.year(FactCode.EMISSION_T_MILLI, view.year, issued.index)[member.account])
        emitted = int((Decimal(milli) / 1000 / Decimal(issued.lot)).to_integral_value(ROUND_CEILING))
        duty = Decimal(repr(member.schedules[self.params.right].duty.get(view.year, 0.0)))
        debt = self.debts.pop((member.account, issued.zone), 0)
        return emitted + lots_floor(duty, issued.lot) + debt

    def _offsets(self, due: Due, given: int, view: PolicyView) -> list[tuple[int, int, int]]:
        """Return (instrument, lots, lots covered) of other rights that count, within every limit that names them.

        `given` are the lots it got free this year.
        """
        rules = self.params.offsets
        bases = {"emission": due.owed, "allocation": given}
        left = [floor_times(bases[rule.of], rule.share) for rule in rules]
        found: list[tuple[int, int, int]] = []
        for right in dict.fromkeys(r for rule in rules for r in rule.rights):
            mine = [n for n, rule in enumerate(rules) if right in rule.rights]
            each = rules[mine[0]].each
            for instrument in self.setting.listed(right):
                there = view.free(due.account, instrument.index) + view.pledged(due.account, instrument.index)
                have = floor_times(there, each)
                covered = min(have, due.owed - sum(c for *_, c in found), *(left[n] for n in mine))
                if covered > 0:
                    found.append((instrument.index, -int(-covered // each), covered))
                    for n in mine:
                        left[n] -= covered
        return found

    def _buy(self, accounts: list[Due], issued: Instrument, view: PolicyView) -> Iterator[Command]:
        """Buy at the support price from those with most to spare, until the budget is spent."""
        if self.params.support_cny is None:
            return
        price = cash_per_lot(self.params.support_cny, issued.lot)
        left = cash_floor(self.params.support_budget_cny) // price
        for due in sorted(accounts, key=lambda d: (-d.spare, d.account)):
            for index, lots in due.take(min(due.spare, left)):
                left -= lots
                yield Transfer(due.account, AccountKind.RESERVE, index, lots, TransferCode.RESERVE_PURCHASE, view.year)
                paid, code = lots * price, TransferCode.FISCAL_TRANSFER
                yield Transfer(AccountKind.TREASURY, due.account, CASH, paid, code, view.year)

    def _sell(self, accounts: list[Due], issued: Instrument, view: PolicyView) -> Iterator[Command]:
        """Sell at the ceiling to those with less than they owe, in order of account, as far as they can pay."""
        if self.params.ceiling_cny is None:
            return
        price, most = cash_per_lot(self.params.ceiling_cny, issued.lot), self.params.ceiling_most
        left = None if most is None else lots_floor(most, issued.lot)
        for due in accounts:
            lots = min(due.missing, view.free(due.account, CASH) // price)
            lots = lots if left is None else min(lots, left)
            if lots > 0:
                left = None if left is None else left - lots
                due.add(issued.index, lots)
                code = TransferCode.ISSUE
                yield Transfer(AccountKind.ISSUANCE, due.account, issued.index, lots, code, view.year)
                yield Transfer(due.account, AccountKind.TREASURY, CASH, lots * price, TransferCode.PAID_USE, view.year)

    def _surrender(self, due: Due, issued: Instrument, view: PolicyView, later: int) -> Iterator[Command]:
        """Take what is owed, lend what may be borrowed, charge what is missing, and let lapse what may not be kept.

        `later` are the lots it gets free next year.
        """
        for index, lots, _ in due.offsets:
            yield Transfer(due.account, AccountKind.SURRENDER, index, lots, TransferCode.SURRENDER, view.year)
        met = due.owed - due.missing
        borrowed = self._borrowed(due, later, view)
        missing = due.missing - borrowed
        fine = missing * cash_per_lot(self.params.penalty_cny or Decimal(0), issued.lot)
        for index, lots in due.take_owed():
            yield Transfer(due.account, AccountKind.SURRENDER, index, lots, TransferCode.SURRENDER, view.year)
        if due.owed:
            yield Assess(Scheme.PERMIT, due.account, issued.index, view.year, due.owed, met + borrowed, fine)
        if fine:
            yield Transfer(due.account, AccountKind.PENALTY, CASH, fine, TransferCode.FINE, view.year, up_to=True)
        if borrowed:
            yield Fact(FactCode.BORROWED_LOTS, due.account, issued.index, view.year, borrowed)
        again = borrowed + (missing if self.params.make_good else 0)
        if again:
            self.debts[due.account, issued.zone] = again
        for index, lots in [] if self.params.banking else list(due.held.items()):
            if lots:
                yield Transfer(due.account, AccountKind.EXPIRED, index, lots, TransferCode.EXPIRE, view.year)

    def _borrowed(self, due: Due, later: int, view: PolicyView) -> int:
        """Return what a party short of rights borrows: at most the share of what it is given free next year."""
        if not self.params.borrowing_share or view.year >= self.setting.end.year:
            return 0
        return min(due.missing, floor_times(later, self.params.borrowing_share))


class Due:
    """What one account owes and has: lots by instrument, oldest first; `pledged` ones can only be surrendered."""

    def __init__(self, account: int, owed: int, counts: list[Instrument], view: PolicyView) -> None:
        self.account, self.owed = account, owed
        self.held = {i.index: view.free(account, i.index) for i in counts}
        self.pledged = [(i.index, view.pledged(account, i.index)) for i in counts]
        self.offsets: list[tuple[int, int, int]] = []

    @property
    def missing(self) -> int:
        """Return the lots still to be covered."""
        covered = sum(c for *_, c in self.offsets)
        return max(self.owed - covered - sum(self.held.values()) - sum(lots for _, lots in self.pledged), 0)

    @property
    def spare(self) -> int:
        """Return the lots beyond what is owed."""
        covered = sum(c for *_, c in self.offsets)
        return max(sum(self.held.values()) + covered - self.owed, 0)

    def add(self, index: int, lots: int) -> None:
        """Take in what was bought."""
        self.held[index] = self.held.get(index, 0) + lots

    def take(self, lots: int) -> list[tuple[int, int]]:
        """Give away lots, oldest first, as far as they go; return (instrument, lots)."""
        found = take_in_order(list(self.held.items()), lots)
        for index, part in found:
            self.held[index] -= part
        return found

    def take_owed(self) -> list[tuple[int, int]]:
        """Give up what is owed beyond offsets, free lots before pledged ones; return (instrument, lots)."""
        owed = self.owed - sum(c for *_, c in self.offsets)
        found = self.take(owed)
        return found + take_in_order(self.pledged, owed - sum(lots for _, lots in found))
