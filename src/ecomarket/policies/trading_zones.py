"""Trading zones of emission permits (排污权交易区域限制): says when the borders between them bind."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Bound
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerTonne
from ecomarket.model.reference import RightName
from ecomarket.model.stated import Rule
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import cash_per_lot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class TradingZonesParams(PolicyParams):
    """Parameters of the watch on zone borders."""

    rights: tuple[RightName, ...] = Field(
        default=("so2", "nox", "cod", "nh3n"), description="Rights traded by zone | 分区交易的权利"
    )
    split_cny_t: CnyPerTonne = Field(
        default=Decimal(10), ge=0, description="Price difference that counts, the venue's tick | 视为分割的价差"
    )


class TradingZones(Policy):
    """States, at each month's end, for which zones a border kept prices apart.

    Permits are instruments of one prefecture (air) or basin (water) and one class of source, so no order can cross a
    border. Where two markets of one pollutant have traded and end the month with prices further apart than a tick, the
    dearer side would have bought across: the rule binds there. The amount is the difference in cash a lot.

    Reference: the zone and class rules a-e of MARKETS.md 2.1 (R27), after 国办发〔2014〕38号.
    """

    kind: ClassVar[str] = "trading-zones"
    label_en: ClassVar[str] = "Trading zones of permits"
    label_zh: ClassVar[str] = "排污权交易区域限制"
    reference: ClassVar[str] = "国办发〔2014〕38号"
    rows: ClassVar[tuple[str, ...]] = ("B5",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.AFTER_SESSION, Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = TradingZonesParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._traded: set[int] = set()

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Note which markets trade; at a month's end compare their prices."""
        del draws
        watched = [i for right in self.params.rights for i in self.setting.listed(right)]
        self._traded.update(i.index for i in watched if view.board.day_lots[i.index] > 0)
        if moment is Moment.MONTH_END:
            for right in self.params.rights:
                yield from self._splits(right, view)

    def _splits(self, right: str, view: PolicyView) -> Iterator[Command]:
        markets = [i for i in self.setting.listed(right) if i.index in self._traded]
        if len(markets) < 2:
            return
        cheapest = min(markets, key=lambda i: (_price(i, view), i.index))
        tick = cash_per_lot(self.params.split_cny_t, cheapest.lot)
        for market in markets:
            apart = _price(market, view) - _price(cheapest, view)
            if apart > tick:
                yield Bound(Rule.ZONE, AccountKind.ALLOCATION, market.index, apart)


def _price(instrument: Instrument, view: PolicyView) -> int:
    return int(view.board.close[instrument.index])
