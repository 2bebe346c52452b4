"""Inspection of emission reports (核查): who is drawn, what is found, what it costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

import numpy as np
from pydantic import Field

from ecomarket.chance import key
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Fact, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Keyed, Ratio, Share
from ecomarket.model.reference import RightName
from ecomarket.model.stated import FactCode
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.credit import inspection_factor
from ecomarket.public.positive_list import is_listed
from ecomarket.rights.carbon_allowance import is_covered
from ecomarket.units import cash_floor, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

ANNUAL: Final = 0
SPOT: Final = 1
"""What the `extra` of an INSPECTION says: the yearly verification, or a spot check of permits."""
KEY_EMITTER: Final = "key"
OTHER: Final = "other"


class VerificationParams(PolicyParams):
    """Parameters of the inspections. A class of risk that is not named is not inspected."""

    right: RightName = Field(default="cea", description="The allowance | 配额")
    permits: tuple[str, ...] = Field(
        default=("so2", "nox", "cod", "nh3n"), description="Pollutants checked | 检查的主要污染物"
    )
    month: int = Field(default=6, ge=3, le=6, description="Last year's reports are verified by, month | 核查月份")
    day: int = Field(default=30, ge=1, le=30, description="Last year's reports are verified by, day | 核查日期")
    inspection_share: Keyed[Share] = Field(
        default={KEY_EMITTER: Decimal(1), OTHER: Decimal("0.1")},
        description="Chance of a yearly inspection, key emitters of carbon and others | 年度核查概率",
    )
    spot_months: tuple[int, ...] = Field(default=(4, 8, 11), description="Months of spot checks | 抽查月份")
    spot_share: Keyed[Share] = Field(
        default={KEY_EMITTER: Decimal("0.05"), OTHER: Decimal("0.02")},
        description="Chance of a spot check of this year's permits | 排污许可抽查概率",
    )
    repeat_factor: Ratio = Field(
        default=Decimal(2), ge=0, description="Times the chance, of a firm found before | 有前科企业概率倍数"
    )
    listed_factor: Ratio = Field(
        default=Decimal("0.5"), ge=0, description="Times the chance, of a firm on the positive list | 正面清单概率倍数"
    )
    detection_share: Share = Field(
        default=Decimal("0.8"), description="Part of what was left out that an inspection finds | 查实比例"
    )
    fine_cny: Cny = Field(
        default=Decimal(500_000),
        ge=0,
        description="Fine of a key emitter for a false carbon report | 碳排放虚假报告罚款",
    )
    refuse_share: Share = Field(
        default=Decimal(0), description="Chance that a key emitter refuses to mend its report | 拒不改正概率"
    )
    cut_share: Share = Field(
        default=Decimal("0.5"),
        description="Part of the next allowances that a refusal costs | 拒不改正核减次年配额比例",
    )
    permit_fine_cny: Cny = Field(
        default=Decimal(20_000), ge=0, description="Fine for a false report of pollutants | 污染物虚假报告罚款"
    )


class Finding(NamedTuple):
    """What one firm left out of one month (yyyymm) of one report; `code` is what it should have been reported as."""

    code: FactCode
    left_out: FactCode
    instrument: int
    period: int
    amount: int


class Verification(Policy):
    """Draws firms to inspect, corrects their reports by what it finds, and fines them.

    Once a year, before the surrender, it looks at last year's reports of carbon and pollutants; in `spot_months` at
    this year's reports of pollutants. The chance is that of the class of risk, times `repeat_factor` for a firm found
    before and `listed_factor` for one on the positive list (rights/_positive_list.py, or put there by its credit),
    times what environmental credit publishes for the firm. What is found counts as emission
    of the month in which it was left out, so surrender, allocation and, if it is this year's, permit compliance count
    it; where last year's permits are assessed already, the fine is all. Found before the surrender, a carbon report
    has brought no unlawful gain yet: the fine is the flat one. Who refuses to mend it (`refuse_share`, an option) loses
    `cut_share` of what is issued to it of the next vintage, at the end of January; the authority's figure stands. The
    reports of a year are verified if the rule is in force on the day; a refusal costs its cut after `until` too.

    Reference: 碳排放权交易管理暂行条例 (Order 775) art. 12, each report of a key emitter is verified (memory); art. 23,
    500,000 to 2,000,000 CNY where the gain is under 500,000, and 50 to 100 % of the next
    allowances (memory); 排污许可管理条例 (Order 736) art. 37, 5,000 to 20,000 CNY
    (memory); positive list: MARKETS.md B8; factors: the bands of MARKETS.md 7.7. The other shares and the part found
    are assumptions.
    """

    kind: ClassVar[str] = "verification"
    label_en: ClassVar[str] = "Verification of emission reports"
    label_zh: ClassVar[str] = "排放报告核查"
    reference: ClassVar[str] = "国务院令第775号第十二、二十三条; 国务院令第736号第三十七条"
    rows: ClassVar[tuple[str, ...]] = ("B5", "C1")
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.AFTER_SESSION, Moment.MONTH_END})
    winds_down: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = VerificationParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._verified = 0
        """Last year whose verification is done."""
        self._found: set[int] = set()
        """Accounts whose reports have been found wrong."""
        self._refused: list[int] = []
        """Accounts that refused to mend their report and whose next allowances are still to be cut."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Verify last year's reports on the day, check some of this year's at the end of the months named."""
        today, its_day = view.board.today, date(view.year, self.params.month, self.params.day)
        if self._verified < view.year and today >= its_day and self.params.in_force(its_day):
            self._verified = view.year
            yield from self._inspect(view.year - 1, ANNUAL, view, draws)
        if moment is Moment.MONTH_END and today.month == 1:
            yield from self._cut(view)
        checks = self.params.in_force(today) and today.month in self.params.spot_months
        if moment is Moment.MONTH_END and checks:
            yield from self._inspect(view.year, SPOT, view, draws)

    def _inspect(self, year: int, kind: int, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Inspect the firms drawn among those that have something to report for a year."""
        carbon = (FactCode.EMISSION_CO2_T, FactCode.UNREPORTED_CO2_T)
        permits = (FactCode.EMISSION_T_MILLI, FactCode.UNREPORTED_T_MILLI)
        codes = permits if kind == SPOT else (*carbon, *permits)
        emitted = np.sum([view.book.year(code, year) for code in codes], axis=0)
        hidden = self._hidden(year, kind, view)
        for firm in self.setting.of_kind("enterprise"):
            if emitted[firm.account] and self._is_drawn(firm, year, kind, view, draws):
                yield Fact(FactCode.INSPECTION, firm.account, -1, year, 1, kind)
                yield from self._correct(firm, year, hidden.get(firm.account, []), draws)

    def _is_drawn(self, firm: Participant, year: int, kind: int, view: PolicyView, draws: Draws) -> bool:
        shares = self.params.spot_share if kind == SPOT else self.params.inspection_share
        chance = shares.get(KEY_EMITTER if is_covered(firm.facts, year) else OTHER, Decimal(0))
        if firm.account in self._found:
            chance *= self.params.repeat_factor
        if is_listed(firm, view):
            chance *= self.params.listed_factor
        chance *= inspection_factor(view.board, firm)
        purpose = "verification.spot" if kind == SPOT else "verification.annual"
        when = view.period if kind == SPOT else year
        return bool(draws.uniform(key(firm.code), purpose, when) < float(chance))

    def _hidden(self, year: int, kind: int, view: PolicyView) -> dict[int, list[Finding]]:
        """Return what stands unreported for a year, by account."""
        permits = [-1, *(i.index for right in self.params.permits for i in self.setting.listed(right))]
        vintage = self.setting.listed(self.params.right, vintage=year)
        places = [(FactCode.EMISSION_T_MILLI, FactCode.UNREPORTED_T_MILLI, index) for index in permits]
        if kind == ANNUAL:
            index = vintage[0].index if vintage else -1
            places.append((FactCode.EMISSION_CO2_T, FactCode.UNREPORTED_CO2_T, index))
        found: dict[int, list[Finding]] = {}
        for code, left_out, index in places:
            if not view.book.year(left_out, year, index).any():
                continue
            for period in range(year * 100 + 1, year * 100 + 13):
                month = view.book.month(left_out, period, index)
                for account in month.nonzero()[0].tolist():
                    found.setdefault(account, []).append(Finding(code, left_out, index, period, int(month[account])))
        return found

    def _cut(self, view: PolicyView) -> Iterator[Command]:
        """Cancel a part of this year's vintage of those who refused, as far as they still have it."""
        for account in self._refused:
            for instrument in self.setting.listed(self.params.right, vintage=view.year):
                issued = int(view.book.year(FactCode.ISSUED_LOTS, view.year, instrument.index)[account])
                lots, code = floor_times(issued, self.params.cut_share), TransferCode.CANCEL
                if lots > 0:
                    yield Transfer(account, AccountKind.CANCELLED, instrument.index, lots, code, view.year, up_to=True)
        self._refused.clear()

    def _correct(self, firm: Participant, year: int, hidden: list[Finding], draws: Draws) -> Iterator[Command]:
        """State what is found as reported, and fine the firm."""
        found = [f._replace(amount=floor_times(f.amount, self.params.detection_share)) for f in hidden]
        found = [f for f in found if f.amount]
        if not found:
            return
        for code, left_out, index, period, amount in found:
            yield Fact(code, firm.account, index, period, amount)
            yield Fact(left_out, firm.account, index, period, -amount)
        codes = {f.code for f in found}
        fine_cny = self.params.permit_fine_cny if FactCode.EMISSION_T_MILLI in codes else Decimal(0)
        if FactCode.EMISSION_CO2_T in codes and is_covered(firm.facts, year):
            fine_cny += self.params.fine_cny
            if draws.uniform(key(firm.code), "verification.refusal", year) < float(self.params.refuse_share):
                self._refused.append(firm.account)
        fine = cash_floor(fine_cny)
        self._found.add(firm.account)
        yield Fact(FactCode.FALSE_REPORT_CASH, firm.account, -1, year, fine)
        if fine:
            yield Transfer(firm.account, AccountKind.PENALTY, 0, fine, TransferCode.FINE, year, up_to=True)
