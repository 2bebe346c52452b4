"""Yearly surrender of carbon allowances (碳配额清缴履约): verification, offsets, penalty, carry-over."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, NamedTuple

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Assess, Bound, Fact, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, CnyPerTonne, Ratio, Share, Tonnes
from ecomarket.model.reference import RightName
from ecomarket.model.stated import FactCode, Rule, Scheme
from ecomarket.policies._surrender import take_in_order, to_give
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.carbon_allowance import NATIONAL, is_covered, usable_for, verified_emission_t, years_due
from ecomarket.units import cash_floor, cash_per_lot, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

DECEMBER: Final = 12
Month = Annotated[int, Field(ge=1, le=12)]


class CarbonComplianceParams(PolicyParams):
    """Parameters of compliance; the regime of 2021 is penalty_times 0 and fine_cny 30000."""

    right: RightName = Field(default="cea", description="The allowance | 配额")
    first_year: int = Field(default=2023, description="First year whose emissions are surrendered for | 首个履约年度")
    deadline_month: int = Field(default=12, ge=1, le=12, description="Deadline, month of the next year | 清缴截止月")
    deadline_day: int = Field(default=31, ge=1, le=31, description="Deadline, day | 清缴截止日")
    instalment_months: tuple[Month, ...] = Field(
        default=(), description="Months before it at whose ends an equal part is surrendered | 分期清缴月份"
    )
    offset_share_max: Share = Field(default=Decimal("0.05"), description="Most offsets, of what is due | 抵销比例上限")
    offset_rights: tuple[RightName, ...] = Field(
        default=("ccer", "sink"), description="Rights that offset | 可抵销的权利"
    )
    offset_classes: tuple[str, ...] = Field(
        default=("national", "forest"), description="Classes of them that offset | 可抵销的类别"
    )
    penalty_times: Ratio = Field(
        default=Decimal(5), ge=0, description="Penalty, times the month's mean price a tonne short | 罚款倍数"
    )
    penalty_cny_t: CnyPerTonne = Field(
        default=Decimal(0), ge=0, description="Penalty at a fixed rate a tonne short, beside the other | 定额单位罚款"
    )
    fine_cny: Cny = Field(default=Decimal(0), ge=0, description="Flat fine for a shortfall | 定额罚款")
    grace_days: int = Field(
        default=0, ge=0, le=180, description="Days in which a late firm may still surrender | 限期改正天数"
    )
    late_fine_cny: Cny = Field(
        default=Decimal(20_000), ge=0, description="Fine of a firm that surrenders within them | 逾期清缴罚款"
    )
    make_good: bool = Field(
        default=True, description="Whether a shortfall is cut from the next allowances | 是否等量核减次年配额"
    )
    carry_over_on: date = Field(
        default=date(2026, 6, 10), description="Last day to apply for carry-over | 结转申请截止日"
    )
    carry_over_last_vintage: int = Field(
        default=2024, description="Last vintage that must be carried | 须结转的最后年份"
    )
    carry_over_base_t: Tonnes = Field(
        default=Decimal(10_000), ge=0, description="Base amount, power | 结转基数（发电）"
    )
    carry_over_base_industry_t: Tonnes = Field(
        default=Decimal(100_000), ge=0, description="Base amount, industry | 结转基数（工业）"
    )
    carry_over_multiple: Ratio = Field(
        default=Decimal("1.5"), ge=0, description="Times net sales that may be carried | 净卖出量倍数"
    )
    net_sales_years: tuple[int, ...] = Field(default=(2024, 2025), description="Years of net sales | 净卖出统计年份")


class Latecomer(NamedTuple):
    """A firm whose surrender for `year` is late: it is settled on `until`, its shortfall priced as of the deadline."""

    participant: Participant
    year: int
    until: date
    price: int


class CarbonCompliance(Policy):
    """Takes, at the deadline of the next year, one allowance or offset for each verified tonne.

    Years that the right's `together` names are surrendered for in one go (2019 with 2020, 2021 with 2022).

    Order: offsets up to 5 % of what is due, then vintages of the year and before, oldest first; of both those that are
    free before those that their owner has pledged. A shortfall costs
    `penalty_times` the mean price of the month before the deadline a tonne (and `penalty_cny_t`, `fine_cny`), and as
    many lots are taken from the firm's next allowances (`make_good`). On `carry_over_on` vintages up to
    `carry_over_last_vintage` become the next vintage up to base + multiple x net sales; the rest expires, and so does
    what was pledged, leased or on offer then, once it is free. The offset limit binds where it is used up.

    At the end of each of `instalment_months` before the deadline so many allowances are taken that with those of before
    they make an equal part of what is due (fact INSTALMENT_LOTS); what is lacking is asked for at the deadline only.

    A firm that has said it will be late (LATE_SURRENDER) is settled `grace_days` after the deadline, fined
    `late_fine_cny` on top; without days of grace it surrenders nothing and all it owes is a shortfall.

    A year is surrendered for if the rule is in force on the day of the deadline, and vintages are carried over if it is
    on that day; days of grace and what is to be cut run on after its last day. Net sales count from the run's start.

    Reference: 碳排放权交易管理暂行条例 (Order 775) art. 24, 5 to 10 times the mean price, equal cut next year;
    碳排放权交易管理办法(试行) 2021 arts. 29 and 40 (5 %; to be made good by a date, 20,000 to 30,000 CNY);
    2024年度发电行业配额方案 (carry-over); MARKETS.md 3.2-3.4, CASES P18 and P24.
    """

    kind: ClassVar[str] = "carbon-compliance"
    label_en: ClassVar[str] = "Surrender of carbon allowances"
    label_zh: ClassVar[str] = "碳配额清缴履约"
    reference: ClassVar[str] = "国务院令第775号第二十四条; 碳排放权交易管理办法(试行)第二十九条"
    rows: ClassVar[tuple[str, ...]] = ("C2",)
    moments: ClassVar[frozenset[Moment]] = frozenset(
        {Moment.MONTH_START, Moment.AFTER_SESSION, Moment.MONTH_END, Moment.YEAR_END}
    )
    prepares: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    winds_down: ClassVar[frozenset[Moment]] = moments
    Params: ClassVar[type[PolicyParams]] = CarbonComplianceParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._done: set[int] = set()
        """Compliance years that are settled."""
        self._cut: dict[tuple[int, int], int] = {}
        """Lots still to be cut, by (account, first vintage they may be taken from)."""
        self._paid: Counter[tuple[int, int]] = Counter()
        """Lots surrendered in instalments, by (account, year)."""
        self._waiting: list[Latecomer] = []
        self._missed: dict[str, float] = {}
        """Year of the last deadline at which a firm was short, by its notice."""
        self._carried = False
        self._kept: dict[tuple[int, int], int] = {}
        """Lots that were held when their vintage was carried over, by (account, instrument): they expire once free."""
        self._net_sales: dict[int, int] = defaultdict(int)
        self._held: dict[int, int] = defaultdict(int)
        self._taken: dict[int, int] = defaultdict(int)
        """By account: net sales in the years that count; lots held at the last year's end; lots taken since."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Settle at the deadline, cut at the turn of a month, carry over on its day, count sales at a year's end."""
        del draws
        if moment is Moment.MONTH_START:
            yield from self._collect(view)
        elif moment is Moment.YEAR_END:
            self._count_sales(view)
        elif late := [one for one in self._waiting if self._is_over(one, view)]:
            # Carry-over and the next deadline come at a later moment, when the balances show what has been taken.
            self._waiting = [one for one in self._waiting if one not in late]
            for one in late:
                yield from self._settle(one.participant, one.year, one.price, view, fine=self.params.late_fine_cny)
                yield Fact(FactCode.LATE_SETTLED, one.participant.account, -1, one.year + 1, 1)
        else:
            day = self.params.carry_over_on
            yield from self._expire_freed(view)
            if not self._carried and view.board.today >= day:
                self._carried = True
                if self.params.in_force(day):
                    yield from self._carry_over(view)
            year = view.year - 1
            is_new = year >= self.params.first_year and year not in self._done
            if is_new and self._years(year) and self._is_due(view):
                self._done.add(year)
                yield from self._settle_all(year, view)
            elif is_new and moment is Moment.MONTH_END and self.params.in_force(view.board.today):
                yield from self._instalment(year, view)

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish who surrendered too little (`carbon.short.<firm>`), as the year of the last such deadline."""
        del view
        return self._missed

    def _is_due(self, view: PolicyView) -> bool:
        deadline = date(view.year, self.params.deadline_month, self.params.deadline_day)
        return view.board.today >= deadline and self.params.in_force(deadline)

    def _years(self, year: int) -> range:
        """Return the years whose emission is due when `year` is settled."""
        return years_due(self.setting.rights.get(self.params.right, NATIONAL), year)

    def _is_over(self, one: Latecomer, view: PolicyView) -> bool:
        """Tell whether a latecomer's days are over: at the latest on the day of the carry-over of what it owes."""
        before_carry_over = one.year <= self.params.carry_over_last_vintage and not self._carried
        last = min(one.until, self.params.carry_over_on) if before_carry_over else one.until
        return view.board.today >= last

    def _instalment(self, year: int, view: PolicyView) -> Iterator[Command]:
        """Take what makes this month's part of what each firm owes for a year, as far as it has it."""
        months = sorted(m for m in set(self.params.instalment_months) if m < self.params.deadline_month)
        if view.board.today.month not in months:
            return
        part = Fraction(months.index(view.board.today.month) + 1, len(months) + 1)
        usable = usable_for(self.setting, self.params.right, year)
        for participant in self.setting.of_kind("enterprise"):
            account = participant.account
            wanted = int(self._due(participant, year, view) * part) - self._paid[account, year]
            taken = take_in_order(to_give(view, account, usable), wanted)
            for index, lots in taken:
                yield Transfer(account, AccountKind.SURRENDER, index, lots, TransferCode.SURRENDER, year)
            if total := sum(lots for _, lots in taken):
                self._paid[account, year] += total
                self._taken[account] += total
                yield Fact(FactCode.INSTALMENT_LOTS, account, -1, year + 1, total)

    def _due(self, participant: Participant, year: int, view: PolicyView) -> int:
        """Return the lots of 1 t that an enterprise owes when `year` is settled."""
        years = [one for one in self._years(year) if is_covered(participant.facts, one)]
        return sum(verified_emission_t(self.setting, view.book, participant, one) for one in years)

    def _settle_all(self, year: int, view: PolicyView) -> Iterator[Command]:
        """Settle everybody who owes for a year; put off those who are late."""
        vintages = usable_for(self.setting, self.params.right, year)
        price = int(view.board.mean20[vintages[-1].index]) if vintages else 0
        late = view.book.year(FactCode.LATE_SURRENDER, year + 1)
        days = self.params.deadline_day - 1 + self.params.grace_days
        until = date(year + 1, self.params.deadline_month, 1) + timedelta(days)
        for participant in self.setting.of_kind("enterprise"):
            if not is_covered(participant.facts, year):
                continue
            if not late[participant.account]:
                yield from self._settle(participant, year, price, view)
            elif self.params.grace_days and _month_end(until) <= self.setting.end:
                self._waiting.append(Latecomer(participant, year, until, price))
            else:
                gives = bool(self.params.grace_days)
                fine = self.params.late_fine_cny if gives else Decimal(0)
                yield from self._settle(participant, year, price, view, fine=fine, gives=gives)
                yield Fact(FactCode.LATE_SETTLED, participant.account, -1, year + 1, 1)

    def _settle(
        self,
        participant: Participant,
        year: int,
        price: int,
        view: PolicyView,
        *,
        fine: Decimal = Decimal(0),
        gives: bool = True,
    ) -> Iterator[Command]:
        """Take what one enterprise owes for a year, as far as it has it; charge what is short, and a `fine` on top."""
        account = participant.account
        due, paid = self._due(participant, year, view), self._paid[account, year]
        limit = min(floor_times(due, self.params.offset_share_max), max(due - paid, 0))
        offsets, at_limit = self._offsets(account, limit, view) if gives else ([], False)
        usable = usable_for(self.setting, self.params.right, year) if gives else ()
        allowances = take_in_order(to_give(view, account, usable), due - paid - sum(lots for _, lots in offsets))
        for index, lots in (*offsets, *allowances):
            yield Transfer(account, AccountKind.SURRENDER, index, lots, TransferCode.SURRENDER, year)
        self._taken[account] += sum(lots for _, lots in allowances)
        if at_limit:
            yield Bound(Rule.OFFSET_LIMIT, account, offsets[-1][0], sum(lots for _, lots in offsets))
        met = min(paid, due) + sum(lots for _, lots in (*offsets, *allowances))
        short = due - met
        charge = (self._charge(short, price, year) if short else 0) + cash_floor(fine)
        vintage = self.setting.listed(self.params.right, vintage=year)
        yield Assess(Scheme.CARBON, account, vintage[0].index if vintage else -1, year, due, met, charge)
        if short:
            self._missed[f"carbon.short.{participant.code}"] = float(year + 1)
        if short and self.params.make_good:
            self._cut[account, year + 1] = short
        if charge:
            yield Transfer(account, AccountKind.PENALTY, 0, charge, TransferCode.FINE, year, up_to=True)

    def _offsets(self, account: int, limit: int, view: PolicyView) -> tuple[list[tuple[int, int]], bool]:
        """Return the offsets to take as (instrument, lots), and whether they use the limit in lots up."""
        usable = [
            i
            for right in self.params.offset_rights
            for i in self.setting.listed(right)
            if i.klass in self.params.offset_classes
        ]
        oldest_first = sorted(usable, key=lambda i: (i.vintage, i.index))
        taken = take_in_order(to_give(view, account, oldest_first), limit)
        return taken, bool(taken) and sum(lots for _, lots in taken) == limit

    def _charge(self, short: int, price: int, year: int) -> int:
        """Return the penalty in cash: times `price` (20 trading days' mean), fixed rate a tonne, flat fine."""
        vintages = usable_for(self.setting, self.params.right, year)
        rate = cash_per_lot(self.params.penalty_cny_t, vintages[-1].lot) if vintages else 0
        fine = cash_floor(self.params.fine_cny)
        return floor_times(short * price, self.params.penalty_times) + short * rate + fine

    def _collect(self, view: PolicyView) -> Iterator[Command]:
        """Cut the allowances of those who fell short, as far as they hold any of the years after.

        Who fell short in two years has what the first takes no more for the second.
        """
        gone: Counter[tuple[int, int]] = Counter()
        for (account, first), short in list(self._cut.items()):
            later = [i for i in self.setting.listed(self.params.right) if i.vintage >= first]
            taken = take_in_order(
                [(i.index, view.free(account, i.index) - gone[account, i.index]) for i in later], short
            )
            for index, lots in taken:
                gone[account, index] += lots
                yield Transfer(account, AccountKind.CANCELLED, index, lots, TransferCode.CANCEL, first)
                self._taken[account] += lots
            self._cut[account, first] = short - sum(lots for _, lots in taken)
        self._cut = {key: short for key, short in self._cut.items() if short}

    def _count_sales(self, view: PolicyView) -> None:
        """Add the year's net sales of each account: held before + issued - taken - held now."""
        vintages = self.setting.listed(self.params.right)
        for participant in self.setting.of_kind("enterprise", "intermediary"):
            account = participant.account
            held = sum(int(view.balances[account, i.index, 0]) for i in vintages)
            issued = int(sum(view.book.year(FactCode.ISSUED_LOTS, view.year, i.index)[account] for i in vintages))
            if view.year in self.params.net_sales_years:
                self._net_sales[account] += self._held[account] + issued - self._taken[account] - held
            self._held[account], self._taken[account] = held, 0

    def _carry_over(self, view: PolicyView) -> Iterator[Command]:
        """Turn old vintages into the next one up to each holder's limit; what is beyond it expires."""
        last = self.params.carry_over_last_vintage
        into = self.setting.listed(self.params.right, vintage=last + 1)
        if not into:
            return
        for participant in self.setting.participants:
            account = participant.account
            old = [(i.index, view.free(account, i.index)) for i in usable_for(self.setting, self.params.right, last)]
            held = {(account, index): int(view.balances[account, index, 1]) for index, _ in old}
            self._kept |= {where: lots for where, lots in held.items() if lots}
            kept = take_in_order(old, self._carry_limit(participant, sum(lots for _, lots in old)))
            carried = sum(lots for _, lots in kept)
            for index, lots in kept:
                yield Transfer(account, AccountKind.CANCELLED, index, lots, TransferCode.CONVERT_OUT, last + 1)
            if carried:
                yield Transfer(AccountKind.ISSUANCE, account, into[0].index, carried, TransferCode.CONVERT_IN, last)
            gone = dict(kept)
            for index, lots in old:
                if lots > gone.get(index, 0):
                    beyond = lots - gone.get(index, 0)
                    yield Transfer(account, AccountKind.EXPIRED, index, beyond, TransferCode.EXPIRE, last)
                    yield Bound(Rule.CARRY_OVER, account, index, beyond)

    def _expire_freed(self, view: PolicyView) -> Iterator[Command]:
        """Let expire what a pledge, a lease or an offer held when its vintage was carried over, now that it is free."""
        for (account, index), kept in list(self._kept.items()):
            held = min(kept, int(view.balances[account, index, 1]))
            self._kept[account, index] = held
            lots = min(kept - held, view.free(account, index))
            if lots > 0:
                sink, code = AccountKind.EXPIRED, TransferCode.EXPIRE
                yield Transfer(account, sink, index, lots, code, self.params.carry_over_last_vintage)
                yield Bound(Rule.CARRY_OVER, account, index, lots)

    def _carry_limit(self, participant: Participant, held: int) -> int:
        """Return the lots a holder may carry; the market outside the province is not limited here."""
        if participant.kind == "outside":
            return held
        is_industry = participant.kind == "enterprise" and not participant.facts.get("benchmark")
        base = self.params.carry_over_base_industry_t if is_industry else self.params.carry_over_base_t
        return int(base) + floor_times(max(self._net_sales[participant.account], 0), self.params.carry_over_multiple)


def _month_end(day: date) -> date:
    """Return the last day of a date's month: on it every rule acts, whether the markets sit or not."""
    return (day.replace(day=1) + timedelta(31)).replace(day=1) - timedelta(1)
