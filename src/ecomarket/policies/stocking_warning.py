"""Carrying-capacity warning of grassland (草畜平衡预警): too much livestock costs grass cover and money."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Bound, Command, Fact, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerMu, Share
from ecomarket.model.record import CASH
from ecomarket.model.reference import RightName
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.responsibility_indicator import own_indicator
from ecomarket.units import CASH_PER_YUAN, PPM, floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class StockingWarningParams(PolicyParams):
    """What overstocking does to grass and to the payment, and how fast herds are brought down."""

    right: RightName | None = Field(
        default=None, description="Grass-cover indicator that loses area; none given: none | 草地覆盖度指标品种"
    )
    loss_share: Share = Field(
        default=Decimal("0.02"),
        description="Part of the grassland degraded a year at twice its capacity | 超载一倍时年退化比例",
    )
    payment_cny_mu: CnyPerMu = Field(
        default=Decimal("2.5"),
        ge=0,
        description="Balance payment at stake, 0 where grassland-subsidy withholds it, CNY a mu | 草畜平衡奖励，元/亩",
    )
    destock_share: Share = Field(
        default=Decimal("0.3"), description="Part of the excess sold off by the next year | 次年减畜比例"
    )


class StockingWarning(Policy):
    """Compare livestock with carrying capacity in December: a ratio above 1 warns, costs grass and payment.

    Columns of a county: `sheep_units` (or what it has stated, STOCK_SHEEP_UNITS), `capacity_sheep_units`, `grass_mu`.
    Of the payment for its grassland the county pays back the part by which it is overstocked, at most all;
    `destock_share` of the excess is gone a year later. The payment is that of the third round (memory), loss and
    destocking are assumptions.
    """

    kind: ClassVar[str] = "stocking-warning"
    label_en: ClassVar[str] = "Carrying-capacity warning of grassland"
    label_zh: ClassVar[str] = "草畜平衡预警"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (13) (grass carrying-capacity warning); "
        "第三轮草原生态保护补助奖励政策 2021 (balance payment, memory); MARKETS.md 1G"
    )
    rows: ClassVar[tuple[str, ...]] = ("G16",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = StockingWarningParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._herd = {c.code: int(c.facts.get("sheep_units", 0) or 0) for c in setting.of_kind("county")}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """State each county's ratio; what exceeds 1 has its price."""
        del moment, draws
        return [c for county in self.setting.of_kind("county") for c in self._state(view, county)]

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish `stocking.<county>`, livestock over capacity."""
        del view
        rated = [c for c in self.setting.of_kind("county") if self._capacity(c)]
        return {f"stocking.{c.code}": self._herd[c.code] / self._capacity(c) for c in rated}

    def _capacity(self, county: Participant) -> int:
        return int(county.facts.get("capacity_sheep_units", 0) or 0)

    def _state(self, view: PolicyView, county: Participant) -> Iterator[Command]:
        stated = int(view.book.year(FactCode.STOCK_SHEEP_UNITS, view.year)[county.account])
        herd, capacity = stated or self._herd[county.code], self._capacity(county)
        if not capacity or not herd:
            return
        ratio = mul_div_floor(herd, PPM, capacity)
        yield Fact(FactCode.STOCKING_RATIO_PPM, county.account, -1, view.period, ratio)
        over = ratio - PPM
        if over <= 0:
            return
        yield Bound(Rule.CARRYING_CAPACITY, county.account, -1, herd - capacity)
        grass = int(county.facts.get("grass_mu", 0) or 0)
        indicator = own_indicator(self.setting, self.params.right, county, 0) if self.params.right else None
        lost = mul_div_floor(floor_times(grass, self.params.loss_share), over, PPM)
        if lost and indicator is not None:
            yield Fact(FactCode.LAND_LOST_MU, county.account, indicator.index, view.period, min(lost, grass))
        paid = floor_times(grass, self.params.payment_cny_mu * CASH_PER_YUAN)
        back = mul_div_floor(paid, min(over, PPM), PPM)
        if back:
            code = TransferCode.SHORTFALL_CHARGE
            yield Transfer(county.account, AccountKind.PENALTY, CASH, back, code, view.year, up_to=True)
        self._herd[county.code] = herd - floor_times(herd - capacity, self.params.destock_share)
