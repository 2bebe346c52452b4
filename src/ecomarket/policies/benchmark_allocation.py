"""Free allocation of carbon allowances by benchmark (碳配额免费分配): pre-allocation, final allocation, true-up."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from math import floor
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, TransferCode
from ecomarket.model.command import Bound, Fact, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Share, Yearly
from ecomarket.model.reference import RightName
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.allowances import Balance
from ecomarket.rights.carbon_allowance import (
    NATIONAL,
    free_allocation_t,
    gap_capped_t,
    is_covered,
    usable_for,
    verified_emission_t,
    years_due,
)
from ecomarket.units import floor_times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class BenchmarkAllocationParams(PolicyParams):
    """Parameters of the free allocation."""

    right: RightName = Field(default="cea", description="The allowance | 配额")
    activity: str = Field(default="activity", description="Process that gives the monthly output | 产量过程")
    pre_allocation_share: Yearly[Share] = Field(
        default=Yearly.of(Decimal("0.70")), description="Of the last verified emission, in advance | 预分配比例"
    )
    published: bool = Field(
        default=False, description="Whether the sums of all firms are published then | 是否公布配额盈缺总量"
    )
    final_month: int = Field(default=11, ge=1, le=12, description="Month of the final allocation | 核定分配月份")
    borrowing: dict[int, int] = Field(
        default={}, description="Vintage that may borrow: later vintage that lends | 可预支年度及其来源年度"
    )
    borrow_gap_min: Share = Field(
        default=Decimal("0.10"), description="Least gap that lets a firm borrow, of what it owes | 可预支的最小缺口率"
    )
    borrow_share_max: Share = Field(
        default=Decimal("0.50"), description="Most that is borrowed, of the gap | 预支占缺口比例上限"
    )


class BenchmarkAllocation(Policy):
    """Issues each vintage in advance at the start of its year and trues it up in November of the year after.

    In advance: `pre_allocation_share` of the last verified emission. Final: the benchmark formula of
    rights.carbon_allowance with the year's mean activity, never short of more than 20 % of verified emission (gas never
    short). The difference is issued, or cancelled from the account (this vintage first, then later ones; what it no
    longer holds is collected in the months that follow). At the start of the run the vintage of the year before stands
    as issued in advance. A sector gets its first allowances in the year after its first year of duty.

    Where `published`, the day tells everybody what was issued for the year in all, kept from earlier years, and is owed
    for it (notices `allowances.issued.`, `.kept.` and `.owed.<right>.<year>`, lots).

    Where `borrowing` says so, a firm whose gap is at least `borrow_gap_min` of what it owes is lent, at the end of the
    month of the final allocation, up to `borrow_share_max` of the gap out of the later vintage it holds. That counts
    as issued for the later year. Assumed: whoever may borrow does.

    The first day in force is the start of the run for it. After its last day nothing is issued in advance; what was is
    still trued up, and only for those who got it.

    Reference: 2021、2022年度 (2023-03-15: borrowing) and 2023、2024年度全国碳排放权交易发电行业配额总量和分配方案
    (2024-10-21); 2024、2025年度钢铁、水泥、铝冶炼行业分配方案 (2025-11-17); Order 775 arts. 8-9 (MARKETS.md 3.2, 3.3).
    """

    kind: ClassVar[str] = "benchmark-allocation"
    label_en: ClassVar[str] = "Free allocation by benchmark"
    label_zh: ClassVar[str] = "碳配额基准法免费分配"
    reference: ClassVar[str] = "国务院令第775号第八、九条; 全国碳排放权交易配额总量和分配方案"
    rows: ClassVar[tuple[str, ...]] = ("C2", "C3")
    moments: ClassVar[frozenset[Moment]] = frozenset(
        {Moment.RUN_START, Moment.YEAR_START, Moment.MONTH_START, Moment.BEFORE_SESSION, Moment.MONTH_END}
    )
    prepares: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    winds_down: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_START, Moment.BEFORE_SESSION, Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = BenchmarkAllocationParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._law = setting.rights.get(params.right, NATIONAL)
        self._issued: dict[tuple[int, int], int] = defaultdict(int)
        """Lots issued so far, by (account, vintage)."""
        self._months: dict[tuple[str, int], list[float]] = defaultdict(list)
        """Monthly activity by (participant's code, year)."""
        self._owed: dict[tuple[int, int], int] = {}
        """Lots still to be cancelled, by (account, vintage)."""
        self._told: dict[str, float] = {}
        """What was published of all firms' allowances."""
        self._final_year = self._lent = 0
        """Last years in which vintages were fixed, and lent to."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Issue in advance, read the month's output, true up on the first trading day of November, then lend."""
        del draws
        if moment is Moment.RUN_START:
            yield from self._opening(view)
        elif moment is Moment.YEAR_START:
            yield from self._in_advance(view.year, view)
        elif moment is Moment.MONTH_START:
            yield from self._collect(view)
        elif moment is Moment.MONTH_END:
            for code, value in view.nature.get(self.params.activity, {}).items():
                self._months[code, view.year].append(value)
            if self._lent < self._final_year:
                self._lent = self._final_year
                yield from self._lend(self._final_year - 1, view)
        elif view.board.today.month == self.params.final_month and self._final_year != view.year:
            self._final_year = view.year
            for year in self._years(view.year - 1):
                yield from self._final(year, view)
            if self.params.published:
                self._told |= self._balance(view).notices(self.params.right, view.year - 1)

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish the balance of all firms' allowances, if the rule says so."""
        del view
        return self._told

    def _balance(self, view: PolicyView) -> Balance:
        """Return what was issued for the coming surrender, is kept from before, and is owed, all firms together."""
        years = self._years(view.year - 1)
        before = [i.index for i in usable_for(self.setting, self.params.right, years[0] - 1)]
        due = Counter(self._issued) - Counter(self._owed)
        return Balance(
            issued=sum(lots for (_, vintage), lots in due.items() if vintage in years),
            kept=int(view.balances[len(SYSTEM_ACCOUNTS) :, before, 0].sum()),
            owed=sum(verified_emission_t(self.setting, view.book, f, y) for y in years for f in self._covered(y)),
        )

    def _years(self, year: int) -> range:
        """Return the vintages of the surrender of `year`; its own where it is surrendered for with a later one."""
        return years_due(self._law, year) or range(year, year + 1)

    def _opening(self, view: PolicyView) -> Iterator[Command]:
        """Issue what was outstanding when the run began: last year's vintage, and this year's if it began earlier."""
        for year in self._years(view.year - 1):
            yield from self._advance(year, view, first_year=year)
        if (view.board.today.month, view.board.today.day) != (1, 1):
            yield from self._in_advance(view.year, view)

    def _in_advance(self, year: int, view: PolicyView) -> Iterator[Command]:
        """Issue this year's vintage to those in the market, and both vintages to sectors that enter it now."""
        yield from self._advance(year - 1, view, first_year=year - 1, entering=True)
        yield from self._advance(year, view, first_year=year - 1)

    def _advance(self, vintage: int, view: PolicyView, *, first_year: int, entering: bool = False) -> Iterator[Command]:
        """Issue a vintage in advance to enterprises covered in `first_year` (`entering`: that have none of it yet)."""
        instrument = self._instrument(vintage)
        if instrument is None:
            return
        share = self.params.pre_allocation_share.at(vintage)
        for participant in self._covered(first_year):
            if entering and self._issued[participant.account, vintage]:
                continue
            last = verified_emission_t(self.setting, view.book, participant, view.year - 2)
            yield from self._issue(participant.account, instrument, floor_times(last, share), view)

    def _final(self, year: int, view: PolicyView) -> Iterator[Command]:
        """Fix a vintage: formula, gap cap, difference to what was issued in advance."""
        instrument = self._instrument(year)
        if instrument is None:
            return
        in_force = self.params.in_force(view.board.today)
        for participant in self._covered(year):
            if not (in_force or self._issued[participant.account, year]):
                continue
            verified = verified_emission_t(self.setting, view.book, participant, year)
            benchmark = str(participant.facts.get("benchmark", "") or "")
            activity = self._activity(participant, year)
            free = free_allocation_t(participant.facts, year, activity, verified, self._law)
            lots = floor(gap_capped_t(free, verified, benchmark, self._law))
            if lots > floor(free):
                yield Bound(Rule.GAP_CAP, participant.account, instrument.index, lots - floor(free))
            difference = lots - self._issued[participant.account, year]
            if difference >= 0:
                yield from self._issue(participant.account, instrument, difference, view)
            else:
                self._owed[participant.account, year] = -difference
        yield from self._collect(view)

    def _collect(self, view: PolicyView) -> Iterator[Command]:
        """Cancel what was issued too much, from the vintage itself and then from later ones."""
        for (account, year), owed in list(self._owed.items()):
            left = owed
            for instrument in self.setting.listed(self.params.right):
                lots = min(left, view.free(account, instrument.index)) if instrument.vintage >= year else 0
                if lots > 0:
                    left -= lots
                    yield Transfer(account, AccountKind.CANCELLED, instrument.index, lots, TransferCode.CANCEL, year)
                    yield Fact(FactCode.ISSUED_LOTS, account, instrument.index, view.period, -lots)
            self._issued[account, year] -= owed - left
            self._owed[account, year] = left
        self._owed = {key: left for key, left in self._owed.items() if left}

    def _lend(self, year: int, view: PolicyView) -> Iterator[Command]:
        """Turn allowances of the later vintage into this one for firms short of a tenth or more of what they owe."""
        lender, taker = self._instrument(self.params.borrowing.get(year, 0)), self._instrument(year)
        if lender is None or taker is None:
            return
        years = self._years(year)
        for firm in self._covered(year):
            account = firm.account
            due = sum(verified_emission_t(self.setting, view.book, firm, one) for one in years)
            gap = due - sum(self._issued[account, one] for one in years)
            if gap <= 0 or gap < due * self.params.borrow_gap_min:
                continue
            most = floor_times(gap, self.params.borrow_share_max)
            lots = min(most, view.free(account, lender.index))
            if lots > 0:
                out, into = TransferCode.CONVERT_OUT, TransferCode.CONVERT_IN
                yield Transfer(account, AccountKind.CANCELLED, lender.index, lots, out, year)
                yield Transfer(AccountKind.ISSUANCE, account, taker.index, lots, into, lender.vintage)
                yield Fact(FactCode.BORROWED_LOTS, account, taker.index, view.period, lots)
                if lots == most:
                    yield Bound(Rule.BORROWING, account, taker.index, gap - lots)

    def _issue(self, account: int, instrument: Instrument, lots: int, view: PolicyView) -> Iterator[Command]:
        if lots > 0:
            self._issued[account, instrument.vintage] += lots
            yield Transfer(
                AccountKind.ISSUANCE, account, instrument.index, lots, TransferCode.ALLOCATION, instrument.vintage
            )
            yield Fact(FactCode.ISSUED_LOTS, account, instrument.index, view.period, lots)

    def _activity(self, participant: Participant, year: int) -> float:
        """Return the mean activity of the observed months of a year, 1 if none was observed."""
        months = self._months.get((participant.code, year), [])
        return sum(months) / len(months) if months else 1.0

    def _covered(self, year: int) -> list[Participant]:
        return [p for p in self.setting.of_kind("enterprise") if is_covered(p.facts, year)]

    def _instrument(self, vintage: int) -> Instrument | None:
        found = self.setting.listed(self.params.right, vintage=vintage)
        return found[0] if found else None
