"""Issuance of sink credits (碳汇核证签发): what grew and survived, verified, less the deduction for risk."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Command, Fact, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Share
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights._planting import planted_growth_t, planted_stock_t
from ecomarket.rights.carbon_sink import FOREST, GRASS, KEY, growth_t, stock_t
from ecomarket.units import CASH_PER_YUAN, PPM, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

HAZARD = "forest-hazard"
"""Name under which a scenario runs the hazards."""


class SinkIssuanceParams(PolicyParams):
    """Deduction for the risk of loss, what becomes of it, and how long verification takes."""

    risk_deduction: Share = Field(
        default=Decimal("0.10"), description="Part of verified growth withheld, share | 非持久性风险扣减比例"
    )
    risk_rule: Literal["not-issued", "buffer"] = Field(
        default="not-issued", description="Whether what is withheld is never issued or held in the buffer | 扣减方式"
    )
    lag_months: int = Field(
        default=6, ge=1, le=12, description="Months from the end of a year of growth to issuance, months | 签发滞后月数"
    )


class SinkIssuance(Policy):
    """Issue each registered county's verified growth of the year before, by class, `lag_months` after its end.

    Growth follows the curves of the measures on the area that has survived; fire, drought and pests take area and the
    stock on it. Only growth net of losses is verified, and a net loss is made good before anything is issued again.
    What the yearly tasks planted (PLANTED_TREE_MU, ...) grows with the county's own area from its year on.
    A county is registered once it has stated PROJECT_STARTED; it pays for each verification, in a pool the share it has
    stated (VERIFY_SHARE_CASH). In force in the month of issuance, the rule issues for the whole year before; what was
    lost before its first day is lost.
    """

    kind: ClassVar[str] = "sink-issuance"
    label_en: ClassVar[str] = "Issuance of sink credits"
    label_zh: ClassVar[str] = "碳汇核证签发"
    reference: ClassVar[str] = (
        "温室气体自愿减排交易管理办法(试行) 2023 (verification, issuance); "
        "造林碳汇 CCER-14-001-V01 (10 % risk deduction)"
    )
    rows: ClassVar[tuple[str, ...]] = ("D2",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END, Moment.YEAR_END})
    prepares: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = SinkIssuanceParams

    def __init__(self, params: SinkIssuanceParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._survives: dict[tuple[int, int], float] = {}
        """Part of a county's stand that is left, by account and year of planting; 0 stands for its table."""
        self._lost_t: dict[tuple[int, str, int], float] = {}
        self._owed_t: dict[tuple[int, str], int] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Count the month's losses, issue in the month of issuance, state the stock at year end."""
        del draws
        if moment is Moment.YEAR_END:
            return self._state_stock(view)
        commands = self._count_losses(view)
        if not self.params.in_force(view.board.today):
            return ()
        if view.board.today.month == self.params.lag_months:
            commands += self._issue_year(view, view.year - 1)
        return commands

    def _count_losses(self, view: PolicyView) -> list[Command]:
        struck = view.nature.get(HAZARD, {})
        commands: list[Command] = []
        for county in self.setting.of_kind("county"):
            share = struck.get(county.code, 0.0)
            if share > 0.0:
                commands += self._lose(view, county, share)
                for stand in self._stands(view.year):
                    self._survives[county.account, stand] = self._left(county, stand) * (1.0 - share)
        return commands

    def _stands(self, year: int) -> tuple[int, ...]:
        return (0, *range(self.setting.start.year, year + 1))

    def _left(self, county: Participant, stand: int) -> float:
        return self._survives.get((county.account, stand), 1.0)

    def _stock_t(self, view: PolicyView, county: Participant, klass: str, year: int) -> float:
        """Return the stock at the end of a year of what is left of every stand, in tonnes."""
        stock = self._left(county, 0) * stock_t(county, klass, year)
        for stand in self._stands(year)[1:]:
            stock += self._left(county, stand) * planted_stock_t(view.book, county.account, klass, stand, year)
        return stock

    def _lose(self, view: PolicyView, county: Participant, share: float) -> list[Command]:
        commands: list[Command] = []
        for klass in (FOREST, GRASS):
            lost = share * self._stock_t(view, county, klass, view.year - 1)
            place = (county.account, klass, view.year)
            self._lost_t[place] = self._lost_t.get(place, 0.0) + lost
            listed = self.setting.listed(KEY, klass=klass, vintage=view.year)
            if int(lost) > 0 and listed:
                commands.append(Fact(FactCode.SINK_LOSS_T, county.account, listed[0].index, view.period, int(lost)))
        return commands

    def _issue_year(self, view: PolicyView, year: int) -> list[Command]:
        commands: list[Command] = []
        for county in self.setting.of_kind("county"):
            if not self._registered(view, county):
                continue
            issued: list[Command] = []
            for klass in (FOREST, GRASS):
                for credit in self.setting.listed(KEY, klass=klass, vintage=year):
                    issued += self._issue(county, credit, self.verified_t(view, county, klass, year))
            cost = self._verification(view, county, issued=bool(issued))
            if cost > 0:
                code = TransferCode.OPERATING_COST
                commands.append(Transfer(county.account, AccountKind.WORLD, CASH, cost, code, year, up_to=True))
            commands += issued
        return commands

    def _verification(self, view: PolicyView, county: Participant, *, issued: bool) -> int:
        """Return what a county pays for the year's verification, in cash: its share of a pool's, else its own if any.

        A pool is verified for all its members, so each pays its share in a year that brings it nothing too.
        """
        share = self._stated(view, county, FactCode.VERIFY_SHARE_CASH)
        own = int(Decimal(str(county.facts.get("verify_cny", 0))) * CASH_PER_YUAN) if issued else 0
        return share or own

    def _registered(self, view: PolicyView, county: Participant) -> bool:
        return self._stated(view, county, FactCode.PROJECT_STARTED) > 0

    def _stated(self, view: PolicyView, county: Participant, code: FactCode) -> int:
        years = range(self.setting.start.year, view.year + 1)
        return sum(int(view.book.year(code, y)[county.account]) for y in years)

    def verified_t(self, view: PolicyView, county: Participant, klass: str, year: int) -> int:
        """Return the whole tonnes of growth of a year that stand after losses and after what is still owed."""
        grown = self._left(county, 0) * growth_t(county, klass, year)
        for stand in self._stands(year)[1:]:
            grown += self._left(county, stand) * planted_growth_t(view.book, county.account, klass, stand, year)
        net = int(grown - self._lost_t.get((county.account, klass, year), 0.0))
        net -= self._owed_t.pop((county.account, klass), 0)
        if net < 0:
            self._owed_t[county.account, klass] = -net
        return max(net, 0)

    def _issue(self, county: Participant, credit: Instrument, verified: int) -> list[Command]:
        lots = mul_div_floor(verified, PPM - int(self.params.risk_deduction * PPM), PPM)
        world, code = AccountKind.ISSUANCE, TransferCode.ISSUE
        commands: list[Command] = []
        if lots > 0:
            commands.append(Transfer(world, county.account, credit.index, lots, code, credit.vintage))
        if self.params.risk_rule == "buffer" and verified > lots:
            kept, code = verified - lots, TransferCode.RISK_DEDUCTION
            commands.append(Transfer(world, AccountKind.BUFFER, credit.index, kept, code, credit.vintage))
        return commands

    def _state_stock(self, view: PolicyView) -> list[Command]:
        return [
            Fact(FactCode.SINK_STOCK_T, county.account, credit.index, view.year, stock)
            for county in self.setting.of_kind("county")
            for credit in self.setting.listed(KEY, vintage=view.year)
            if (stock := int(self._stock_t(view, county, credit.klass, view.year))) > 0
        ]
