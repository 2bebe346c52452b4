"""Herding counties: how many animals they keep when the grassland subsidy hangs on it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Command, Fact, Transfer
from ecomarket.model.quantity import Cny
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode
from ecomarket.public.counties import amount_of, capacity_sheep
from ecomarket.units import PPM, cash_floor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView

LAW: Final = "grassland-subsidy"
DECEMBER: Final = 12


class HerdingCountyParams(StrategyParams):
    """What an animal is worth."""

    margin_cny: Cny = Field(
        default=Decimal(120),
        ge=0,
        description="Kept of a sheep unit a year, CNY; a county's own first | 羊单位年净收益，元",
    )


class HerdingCounty(Strategy):
    """Keeps its usual herd, or destocks to what the grass feeds if the subsidy it would lose is worth more.

    Both the herd's margin and what overstocking costs are linear between capacity and the tolerance, so the best stock
    is one of the corners: the usual herd, or the lower of it and capacity. In December it states the stock and
    takes in the margin.
    """

    kind: ClassVar[str] = "herding-county"
    label_en: ClassVar[str] = "Herding county"
    label_zh: ClassVar[str] = "牧业县"
    reference: ClassVar[str] = "MARKETS.md G10; margin of a sheep unit: assumption"
    cadence = "month"
    Params: ClassVar[type[StrategyParams]] = HerdingCountyParams

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """State the year's stock in December, and take in what it brought."""
        del draws
        if view.board.today.month != DECEMBER:
            return ()
        law = self.setting.law_on(LAW, view.board.today)
        commands: list[Command] = []
        for member in self.members:
            stock = self.stock(member, law)
            income = stock * self._margin(member)
            if stock > 0:
                commands.append(Fact(FactCode.STOCK_SHEEP_UNITS, member.account, -1, view.period, stock))
            if income > 0:
                code = TransferCode.INCOME
                commands.append(Transfer(AccountKind.WORLD, member.account, CASH, income, code, view.period))
        return commands

    def stock(self, member: Participant, law: Any) -> int:
        """Return the sheep units a county keeps under a law; its usual herd where there is none."""
        usual, capacity = int(amount_of(member, "sheep_units")), capacity_sheep(member)
        if law is None or usual <= capacity:
            return usual
        zone = self.setting.zones.get(member.zone)
        full = law.full_cash(member, zone.parent if zone else "")
        lost = full * (PPM - law.kept_ppm(usual, capacity))
        return capacity if lost > (usual - capacity) * self._margin(member) * PPM else usual

    def _margin(self, member: Participant) -> int:
        own = amount_of(member, "margin_cny")
        return cash_floor(own if own > 0 else self.params.margin_cny)
