"""Horizontal compensation by voluntary agreement (自愿协商横向补偿): a bargain or a formula, paid by what was kept."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.codes import TransferCode
from ecomarket.model.command import Command, Note
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, CnyPerCubicMetre, CubicMetresPerYear, Share
from ecomarket.model.reference import ParticipantCode, ZoneName
from ecomarket.model.stated import NoteCode
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.counties import gep_cny
from ecomarket.units import PPM, cash_floor, floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

MONTHS_A_YEAR: Final = 12
INFLOW: Final = "inflow"
"""Name under which a scenario runs the inflow."""


class AgreementRow(BaseModel):
    """Two counties of a basin: what keeping the water costs one and is worth to the other, and what was agreed."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)

    name: str = Field(min_length=1, description="Name of the agreement | 协议名称")
    upstream: ParticipantCode = Field(description="County that protects | 保护方")
    downstream: ParticipantCode = Field(description="County that benefits | 受益方")
    rule: Literal["nash", "formula"] = Field(default="nash", description="Bargain, or quantity and GEP | 定价方式")
    cost_cny: Cny = Field(ge=0, description="Cost of protection a year | 年保护成本")
    value_cny: Cny = Field(ge=0, description="Worth of it below a year | 年受益价值")
    water_m3: CubicMetresPerYear = Field(default=Decimal(0), ge=0, description="Water to be let through | 约定下泄水量")
    water_zone: ZoneName = Field(default="", description="Zone whose inflow is measured | 水量监测区域")
    section: str = Field(default="", description="Section whose index is measured | 水质监测断面")
    price_cny_m3: CnyPerCubicMetre = Field(default=Decimal(0), ge=0, description="For each m3, formula | 水量单价")
    gep_share: Share = Field(default=Decimal(0), description="Part of the county's GEP, formula | GEP分成比例")


class HorizontalAgreementParams(PolicyParams):
    """Agreements, bargaining power, and how much bad water costs."""

    agreements: list[AgreementRow] = Field(default=[], description="Agreements, a CSV table or a list | 协议表")
    power: Share = Field(default=Decimal("0.5"), description="Upstream's part of the gain, Nash rule | 上游议价能力")
    quality_range: Share = Field(
        default=Decimal("0.3"), gt=0, description="Index above 1 at which nothing is paid | 水质不合格扣减幅度"
    )


class HorizontalAgreement(Policy):
    """Agree each January where both gain, and pay in December for the water that came, as good as it was.

    Nash: cost + power x (value - cost). Formula: water x price + gep_share x GEP of the county above, agreed only if
    it lies between cost and value, for nobody signs at a loss. Paid is the agreed sum x water delivered over water
    agreed (at most 1: the zone's inflow over its mean) x quality (1 at a mean index of at most 1, falling to 0 at
    1 + `quality_range`), rounded down, as far as the payer's cash goes.
    """

    kind: ClassVar[str] = "horizontal-agreement"
    rows: ClassVar[tuple[str, ...]] = ("G5",)
    label_en: ClassVar[str] = "Horizontal compensation by agreement"
    label_zh: ClassVar[str] = "自愿协商横向生态补偿"
    reference: ClassVar[str] = (
        "新疆建立健全生态产品价值实现机制实施方案 2022 (十二); 生态保护补偿条例 2024 art. 14-16 (memory); "
        "Nash 1950 (bargain)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_START, Moment.MONTH_END, Moment.YEAR_END})
    winds_down: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END, Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = HorizontalAgreementParams

    def __init__(self, params: HorizontalAgreementParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._agreed: dict[str, int] = {}
        """The year's sums, in cash, by agreement."""
        self._came_ppm: dict[str, list[int]] = {}
        self._index_ppm: dict[str, list[int]] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Sign on 1 January, measure at month end, pay on 31 December."""
        del draws
        if moment is Moment.YEAR_START:
            return self._sign(view)
        if moment is Moment.MONTH_END:
            self._measure(view)
            return []
        return self._pay(view)

    def _sign(self, view: PolicyView) -> list[Command]:
        commands: list[Command] = []
        for row in self.params.agreements:
            agreed = self.agreed_cash(view, row)
            if agreed > 0:
                self._agreed[row.name] = agreed
                payload = {
                    "agreement": row.name,
                    "upstream": row.upstream,
                    "downstream": row.downstream,
                    "rule": row.rule,
                    "year": view.year,
                    "cash": agreed,
                }
                account = self.setting.by_code[row.upstream].account
                commands.append(Note(NoteCode.COMPENSATION_AGREED, payload, account))
        return commands

    def agreed_cash(self, view: PolicyView, row: AgreementRow) -> int:
        """Return the sum agreed for a year in cash units, rounded down; 0 if one side would lose."""
        cost, value = (cash_floor(x) for x in (row.cost_cny, row.value_cny))
        if value <= cost:
            return 0
        if row.rule == "nash":
            return cost + floor_times(value - cost, self.params.power)
        gep = gep_cny(view, self.setting.by_code[row.upstream])
        asked = cash_floor(row.water_m3 * row.price_cny_m3 + gep * row.gep_share)
        return asked if cost <= asked <= value else 0

    def _measure(self, view: PolicyView) -> None:
        inflow = view.nature.get(INFLOW, {})
        for row in self.params.agreements:
            if row.name not in self._agreed:
                continue
            if row.water_zone in inflow:
                self._came_ppm.setdefault(row.name, []).append(round(inflow[row.water_zone] * PPM))
            index = view.board.notices.get(f"watershed.index.{row.section}")
            if index is not None:
                self._index_ppm.setdefault(row.name, []).append(round(index * PPM))

    def _pay(self, view: PolicyView) -> list[Command]:
        till = Till(view, view.year)
        for row in self.params.agreements:
            agreed = self._agreed.pop(row.name, 0)
            came, index = self._came_ppm.pop(row.name, []), self._index_ppm.pop(row.name, [])
            due = mul_div_floor(agreed, self._water_ppm(row, came) * self._quality_ppm(index), PPM * PPM)
            above, below = (self.setting.by_code[code].account for code in (row.upstream, row.downstream))
            till.pay(below, above, due, TransferCode.COMPENSATION)
        return till.commands

    @staticmethod
    def _water_ppm(row: AgreementRow, came: list[int]) -> int:
        """Return water delivered over water agreed, at most 1; 1 where none is agreed or measured."""
        if not came or row.water_m3 == 0:
            return PPM
        return min(PPM, sum(came) // MONTHS_A_YEAR)

    def _quality_ppm(self, index: list[int]) -> int:
        """Return the part of the sum that the year's mean index leaves."""
        over = max(0, sum(index) // len(index) - PPM) if index else 0
        width = int(self.params.quality_range * PPM)
        return mul_div_floor(PPM, max(0, width - over), width)
