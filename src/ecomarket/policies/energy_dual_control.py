"""Dual control of energy (能耗双控): total and intensity targets by prefecture, feedstock and new renewables out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Assess
from ecomarket.model.entities import lies_in
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerTce, Share, Tce, TcePer10kCny, Yearly
from ecomarket.model.reference import ParticipantCode, ZoneName
from ecomarket.model.stated import FactCode, Scheme
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import cash_floor, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

YUAN_A_WAN: Final = 10_000


class EnergyTarget(BaseModel):
    """What a prefecture may use."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zone: ZoneName = Field(description="Prefecture | 市（州）")
    answers: ParticipantCode = Field(description="Authority that answers for it | 责任主体")
    total_tce: Tce | None = Field(
        default=None, ge=0, description="Most energy a year, tce; none: no such target | 能源消费总量控制目标"
    )
    base_tce_10k: TcePer10kCny | None = Field(
        default=None, gt=0, description="Energy per value added in the base year; none: no target | 基期单位增加值能耗"
    )


class EnergyDualControlParams(PolicyParams):
    """Targets, and what is over them costs."""

    targets: list[EnergyTarget] = Field(default=[], description="Targets, a CSV table or a list | 控制目标表")
    cut: Yearly[Share] = Field(
        default=Yearly.of(Decimal("0.10")),
        description="Cut of intensity against the base year, share (-10 %, 2020 against 2015) | 强度下降目标",
    )
    over_cny_tce: CnyPerTce = Field(
        default=Decimal(200), ge=0, description="Charge on what is over, CNY per tce (assumption) | 超量收费标准"
    )


class EnergyDualControl(Policy):
    """Count each prefecture's energy at year end against both targets; share the charge for the excess among its users.

    A user's energy is what it stated (ENERGY_USE_TCE), else its column `energy_tce`, less `feedstock_tce` and
    `new_renewable_tce`. The prefecture may use the lesser of its total and base intensity x (1 - cut) x the value added
    of its users (`value_added_cny`), rounded down. The excess is charged to users whose own intensity is above the
    target (all, if only the total is missed by users who keep it), in proportion to what they used, rounded down.
    """

    kind: ClassVar[str] = "energy-dual-control"
    label_en: ClassVar[str] = "Dual control of energy"
    label_zh: ClassVar[str] = "能耗双控"
    reference: ClassVar[str] = (
        "青海2020年度工作要点 23 (energy per GDP -10 % against 2015); 新疆建立健全生态产品价值实现机制实施方案 2022 "
        "(八); 青海深入推进生态文明制度创新实施方案 2023 (64) (feedstock, new renewables left out); charge: assumption"
    )
    rows: ClassVar[tuple[str, ...]] = ("F8",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = EnergyDualControlParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._over: dict[str, float] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Count and charge on 31 December."""
        del moment, draws
        till = Till(view, view.year)
        for target in self.params.targets:
            self._count(view, till, target)
        return till.commands

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Return by how much each prefecture was over, tce."""
        del view
        return {f"energy.over.{zone}": tce for zone, tce in self._over.items()}

    def _count(self, view: PolicyView, till: Till, target: EnergyTarget) -> None:
        stated = view.book.year(FactCode.ENERGY_USE_TCE, view.year)
        users = [p for p in self.setting.of_kind("enterprise") if target.zone in lies_in(self.setting.zones, p.zone)]
        used = {u.account: counted_tce(u, int(stated[u.account])) for u in users}
        worth = {u.account: Decimal(str(u.facts.get("value_added_cny", 0) or 0)) for u in users}
        total = sum(used.values())
        rate = None if target.base_tce_10k is None else target.base_tce_10k * (1 - self.params.cut.at(view.year))
        limits = [] if target.total_tce is None else [int(target.total_tce)]
        if rate is not None:
            limits.append(int(rate * sum(worth.values()) / YUAN_A_WAN))
        excess = max(0, total - min(limits, default=total))
        above = {a: tce for a, tce in used.items() if rate is not None and tce * YUAN_A_WAN > rate * worth[a]}
        payers = above or used
        owed = excess * cash_floor(self.params.over_cny_tce)
        paid = 0
        for account, tce in payers.items() if excess else ():
            due = mul_div_floor(owed, tce, sum(payers.values()))
            paid += till.pay(account, AccountKind.PENALTY, due, TransferCode.SHORTFALL_CHARGE)
        account = self.setting.by_code[target.answers].account
        till.commands.append(
            Assess(Scheme.ENERGY_DUAL_CONTROL, account, -1, view.year, total, total - excess, paid),
        )
        self._over[target.zone] = float(excess)


def counted_tce(user: Participant, stated: int) -> int:
    """Return the energy of a user that counts, in whole tce: without feedstock and new renewables, never negative."""
    used = Decimal(stated) if stated else _column(user, "energy_tce")
    return max(0, int(used - _column(user, "feedstock_tce") - _column(user, "new_renewable_tce")))


def _column(user: Participant, name: str) -> Decimal:
    return Decimal(str(user.facts.get(name, 0) or 0))
