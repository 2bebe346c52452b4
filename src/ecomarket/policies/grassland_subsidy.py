"""Grassland subsidy (草原生态保护补助奖励): paid a mu for rest and for balance, if the stock is in bounds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Assess
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerMu, Keyed, Share
from ecomarket.model.stated import FactCode, Scheme
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.counties import amount_of, capacity_sheep
from ecomarket.units import CASH_PER_YUAN, PPM, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView

OTHER: Final = "other"


class GrasslandSubsidyParams(PolicyParams):
    """Rates by prefecture, and how much overstocking is forgiven."""

    rest_cny_mu: Keyed[CnyPerMu] = Field(
        default={OTHER: Decimal("7.5")}, description="For a mu at rest a year, by prefecture or other | 禁牧补助标准"
    )
    balance_cny_mu: Keyed[CnyPerMu] = Field(
        default={OTHER: Decimal("2.5")},
        description="For a mu in balance a year, by prefecture or other | 草畜平衡奖励标准",
    )
    tolerance: Share = Field(
        default=Decimal("0.2"), gt=0, description="Overstocking at which nothing is paid, share | 超载停发比例"
    )

    def full_cash(self, county: Participant, prefecture: str) -> int:
        """Return what a county gets a year if it keeps its stock in bounds, in cash units, each part rounded down."""
        return sum(
            int(amount_of(county, column) * rates.get(prefecture, rates.get(OTHER, Decimal(0))) * CASH_PER_YUAN)
            for column, rates in (("rest_mu", self.rest_cny_mu), ("balance_mu", self.balance_cny_mu))
        )

    def kept_ppm(self, stock: int, capacity: int) -> int:
        """Return the part of the subsidy that a stock leaves, in parts per million; sheep units."""
        over = max(0, stock - capacity)
        room = int(capacity * self.tolerance)
        if over == 0:
            return PPM
        return mul_div_floor(PPM, max(0, room - over), room) if room else 0


class GrasslandSubsidy(Policy):
    """Pay each county at year end for `rest_mu` and `balance_mu`, less the more it overstocks.

    Capacity is `balance_mu` over `mu_per_sheep`; land at rest feeds none. The stock is what the county stated this
    year (STOCK_SHEEP_UNITS), else its `sheep_units`. Within capacity everything is paid, above it less in
    proportion, nothing at 1 + `tolerance` times capacity. Sums are rounded down.
    """

    kind: ClassVar[str] = "grassland-subsidy"
    rows: ClassVar[tuple[str, ...]] = ("G10",)
    label_en: ClassVar[str] = "Grassland subsidy"
    label_zh: ClassVar[str] = "草原生态保护补助奖励"
    reference: ClassVar[str] = (
        "第三轮草原生态保护补助奖励政策实施指导意见 财农〔2021〕82号 (7.5 and 2.5 CNY/mu, memory); "
        "青海深入推进生态文明制度创新实施方案 2023 (15); tolerance: assumption"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = GrasslandSubsidyParams

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Count the stock and pay on 31 December."""
        del moment, draws
        till = Till(view, view.year)
        stated = view.book.year(FactCode.STOCK_SHEEP_UNITS, view.year)
        for county in self.setting.of_kind("county"):
            zone = self.setting.zones.get(county.zone)
            full = self.params.full_cash(county, zone.parent if zone else "")
            if full <= 0:
                continue
            stock = int(stated[county.account]) or int(amount_of(county, "sheep_units"))
            capacity = capacity_sheep(county)
            due = mul_div_floor(full, self.params.kept_ppm(stock, capacity), PPM)
            till.pay(AccountKind.TRANSFER_PAYMENT, county.account, due, TransferCode.GRASS_SUBSIDY)
            met = min(stock, capacity)
            till.commands.append(Assess(Scheme.STOCKING, county.account, -1, view.year, stock, met, full - due))
        return till.commands
