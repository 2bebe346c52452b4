"""Compensation between the counties along a river (流域横向生态补偿): measured at sections, paid through a fund."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import Field, model_validator

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Assess, Bound, Command, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Keyed, Ratio, Share, Yearly, unsound
from ecomarket.model.stated import FactCode, Rule, Scheme
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.counties import gep_cny, pilot_factor
from ecomarket.public.sections import MICROGRAMS, POLLUTANTS, SectionRow, index_ppm
from ecomarket.units import CASH_PER_YUAN, PPM, cash_floor, floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

PROCESS: Final = "water-quality"
"""Name under which a scenario runs the process."""
GRADED, THRESHOLD = "graded", "threshold"
FUND, PAID = TransferCode.WATERSHED_FUND, TransferCode.COMPENSATION
ESCROW, STATE = AccountKind.ESCROW, AccountKind.TRANSFER_PAYMENT


class WatershedCompensationParams(PolicyParams):
    """Sections, the index, what it pays, and how the fund is filled."""

    sections: list[SectionRow] = Field(default=[], description="Sections, a CSV table or a list | 断面表")
    rule: Literal["graded", "threshold"] = Field(
        default="graded", description="By the month and the index, or a fixed sum by the year's mean | 补偿方式"
    )
    k0: Yearly[Ratio] = Field(default=Yearly.of(Decimal("0.85")), description="Factor k0 of the index | 水质稳定系数")
    weights: Keyed[Share] = Field(
        default={"cod": Decimal("0.3"), "nh3n": Decimal("0.4"), "tp": Decimal("0.3")},
        description="Weights k_i of the pollutants | 指标权重",
    )
    base_cny: Cny = Field(
        default=Decimal(1_000_000), ge=0, description="Paid a month for each `step` below 1, CNY | 月补偿基数，元"
    )
    step: Share = Field(default=Decimal("0.1"), gt=0, description="Step of the index | 指数分档")
    clip: Share = Field(default=Decimal("0.3"), description="Most that counts, up or down | 指数上下限")
    fund_cny: Cny = Field(
        default=Decimal(6_000_000), ge=0, description="Paid into the fund a section and year, CNY | 断面年度筹资，元"
    )
    downstream_share: Share = Field(
        default=Decimal("0.6"), description="Part of the fund paid from below, share | 下游出资比例"
    )
    bonus_share: Share = Field(
        default=Decimal("0.5"), description="Part of what is left at year end paid by GEP, share | 年末按GEP奖励比例"
    )
    fixed_cny: Cny = Field(
        default=Decimal(100_000_000), ge=0, description="Stake of each side, threshold rule, CNY | 双方对赌金额，元"
    )
    state_cny: Cny = Field(
        default=Decimal(0), ge=0, description="Paid by the state a section and year, CNY | 上级财政出资，元"
    )

    @model_validator(mode="after")
    def _measured(self) -> WatershedCompensationParams:
        if unknown := set(self.weights) - set(POLLUTANTS):
            name, options = min(unknown), ", ".join(POLLUTANTS)
            raise unsound(
                f"weights: unknown pollutant {name}; options are {options}",
                f"weights：未知污染物 {name}；可选：{options}",
            )
        for row in self.sections:
            if lacking := [p for p, weight in self.weights.items() if weight and not row.limit(p)]:
                raise unsound(
                    f"section {row.section}: weights name {lacking[0]}, which has no limit there",
                    f"断面 {row.section}：weights 中的 {lacking[0]} 在此没有限值",
                )
        return self


class WatershedCompensation(Policy):
    """Test each section every month; the protector gains, the user compensates, the polluter is punished.

    P = k0 sum(k_i C_i / C_i0). Graded: both sides fill the basin's fund in January; each month below 1 pays the county
    above base x min(1 - P, clip) / step out of it, each month above 1 it pays as much to the county below. At year end
    `bonus_share` of what is left goes to counties whose sections all have a mean P of at most 1, by GEP; the rest
    stays. Threshold (Xin'an): by the year's mean, the stake of the side that lost goes to the other; the state's part
    goes upstream in either case; a stake on a section that was never tested goes back. A year whose fund was filled is
    settled at its end though the rule ends before. Nobody pays more than it has. The index is published as
    `watershed.index.<section>`.
    """

    kind: ClassVar[str] = "watershed-compensation"
    rows: ClassVar[tuple[str, ...]] = ("G4",)
    label_en: ClassVar[str] = "Watershed compensation"
    label_zh: ClassVar[str] = "流域横向生态补偿"
    reference: ClassVar[str] = (
        "财建〔2016〕928号 (horizontal compensation); 新安江流域水环境补偿协议 2012 (index, MARKETS.md 7.3); "
        "青海深入推进生态文明制度创新实施方案 2023 (25); 青海2020年度工作要点 56; graded rule: model"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_START, Moment.MONTH_END, Moment.YEAR_END})
    winds_down: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = WatershedCompensationParams

    def __init__(self, params: WatershedCompensationParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._filled = 0
        """Last year whose fund is filled."""
        self._fund: dict[str, int] = {}
        """Cash left by basin."""
        self._stakes: dict[str, tuple[int, int, int]] = {}
        """Paid in by section: from above, from below, by the state (threshold rule)."""
        self._tested: dict[str, list[int]] = {}
        """The year's indices by section, ppm."""
        self._last: dict[str, int] = {}
        self._fined: dict[str, int] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Fill the fund once a year, test and pay at month end, settle at year end."""
        del draws
        till = Till(view, view.period)
        if self._filled < view.year and self.params.in_force(view.board.today):
            self._filled = view.year
            self._fill(till)
        if moment is Moment.MONTH_END:
            self._test(view, till)
        elif moment is Moment.YEAR_END:
            self._settle(view, till)
        return till.commands

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish the last index of each section and what each basin's fund holds, in CNY."""
        del view
        told = {f"watershed.index.{code}": ppm / PPM for code, ppm in self._last.items()}
        return told | {f"watershed.fund.{basin}": cash / CASH_PER_YUAN for basin, cash in self._fund.items()}

    def _sides(self, row: SectionRow) -> tuple[Participant, int]:
        """Return the county above, and the account of the county below (the state's where there is none)."""
        below = self.setting.by_code.get(row.downstream)
        return self.setting.by_code[row.upstream], below.account if below else STATE

    def _fill(self, till: Till) -> None:
        graded = self.params.rule == GRADED
        whole = cash_floor(self.params.fund_cny)
        stake = cash_floor(self.params.fixed_cny)
        given = cash_floor(self.params.state_cny)
        low = floor_times(whole, self.params.downstream_share) if graded else stake
        high = whole - low if graded else stake
        for row in self.params.sections:
            above, below = self._sides(row)
            from_above = till.pay(above.account, ESCROW, high, FUND)
            from_below = till.pay(below, ESCROW, low, FUND)
            from_state = till.pay(STATE, ESCROW, given, FUND)
            if graded:
                self._fund[row.basin] = self._fund.get(row.basin, 0) + from_above + from_below + from_state
            else:
                self._stakes[row.section] = (from_above, from_below, from_state)

    def _test(self, view: PolicyView, till: Till) -> None:
        measured = view.nature.get(PROCESS, {})
        for number, row in enumerate(self.params.sections):
            names = [name for name, weight in self.params.weights.items() if weight]
            if any(f"{row.section}.{name}" not in measured for name in names):
                continue
            sample = {name: round(measured[f"{row.section}.{name}"] * MICROGRAMS) for name in names}
            limits = {name: row.limit(name) for name in names}
            ppm = index_ppm(self.params.k0.at(view.year), self.params.weights, sample, limits)
            self._tested.setdefault(row.section, []).append(ppm)
            self._last[row.section] = ppm
            account = self.setting.by_code[row.upstream].account
            till.commands.append(Fact(FactCode.SECTION_INDEX_PPM, account, -1, view.period, ppm, number))
            if self.params.rule == GRADED:
                self._pay_month(view, till, row, ppm)

    def _pay_month(self, view: PolicyView, till: Till, row: SectionRow, ppm: int) -> None:
        above, below = self._sides(row)
        counted = min(abs(PPM - ppm), int(self.params.clip * PPM))
        base = cash_floor(self.params.base_cny)
        sum_due = mul_div_floor(base, counted, int(self.params.step * PPM))
        if ppm > PPM:
            taker, code = (AccountKind.PENALTY, TransferCode.FINE) if below == STATE else (below, PAID)
            fined = till.pay(above.account, taker, sum_due, code)
            self._fined[row.section] = self._fined.get(row.section, 0) + fined
            return
        due = floor_times(sum_due, pilot_factor(self.setting, above, view.board.today))
        paid = till.pay(ESCROW, above.account, min(due, self._fund.get(row.basin, 0)), PAID)
        self._fund[row.basin] = self._fund.get(row.basin, 0) - paid
        if paid < due:
            till.commands.append(Bound(Rule.POOL_SHORT, above.account, -1, due - paid))

    def _settle(self, view: PolicyView, till: Till) -> None:
        kept: dict[str, set[str]] = {}
        missed: set[str] = set()
        sums: dict[str, tuple[int, int, int]] = {}
        for row in self.params.sections:
            found = self._tested.get(row.section, [])
            if not found:
                self._give_back(till, row)
                continue
            mean = sum(found) // len(found)
            if self.params.rule == THRESHOLD:
                self._pay_year(view, till, row, mean)
            elif mean <= PPM:
                kept.setdefault(row.basin, set()).add(row.upstream)
            else:
                missed.add(row.upstream)
            tested, good, fined = sums.get(row.upstream, (0, 0, 0))
            good += sum(ppm <= PPM for ppm in found)
            sums[row.upstream] = tested + len(found), good, fined + self._fined.pop(row.section, 0)
        for code, (tested, good, fined) in sums.items():
            account = self.setting.by_code[code].account
            till.commands.append(Assess(Scheme.SECTION_QUALITY, account, -1, view.year, tested, good, fined))
        for basin, counties in kept.items():
            self._reward(view, till, basin, counties - missed)
        self._tested.clear()

    def _pay_year(self, view: PolicyView, till: Till, row: SectionRow, mean: int) -> None:
        above, below = self._sides(row)
        from_above, from_below, from_state = self._stakes.pop(row.section, (0, 0, 0))
        extra = pilot_factor(self.setting, above, view.board.today) - 1
        if mean <= PPM:
            till.pay(ESCROW, above.account, from_above, FUND)
            till.pay(ESCROW, above.account, from_below + from_state, PAID)
            till.pay(STATE, above.account, floor_times(from_below, extra), PAID)
        else:
            till.pay(ESCROW, below, from_below, FUND)
            till.pay(ESCROW, below, from_above, FUND if below == STATE else PAID)
            till.pay(ESCROW, above.account, from_state, PAID)
            self._fined[row.section] = from_above

    def _give_back(self, till: Till, row: SectionRow) -> None:
        """Return the stakes on a section of which nothing is known: nobody has won them."""
        above, below = self._sides(row)
        for account, stake in zip((above.account, below, STATE), self._stakes.pop(row.section, (0, 0, 0)), strict=True):
            till.pay(ESCROW, account, stake, FUND)

    def _reward(self, view: PolicyView, till: Till, basin: str, counties: set[str]) -> None:
        pot = floor_times(self._fund.get(basin, 0), self.params.bonus_share)
        worth = {code: gep_cny(view, self.setting.by_code[code]) for code in sorted(counties)}
        total = sum(worth.values())
        for code, gep in worth.items() if total else ():
            share = mul_div_floor(pot, gep, total)
            self._fund[basin] -= till.pay(ESCROW, self.setting.by_code[code].account, share, PAID)
