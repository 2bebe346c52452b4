"""Within what a price must lie, as the refusal of another tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.workshop.game.amounts import shown_price

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ecomarket.engine.world import World
    from ecomarket.workshop.game.standing import Standing

STANDS: Final = {"replace": "order", "counter": "offer"}
"""What of a decision names that which stands already, and so its market."""


def limits_of(world: World, standing: Standing, decision: Mapping[str, Any]) -> dict[str, str]:
    """Return step and band of the market of an order or offer, in CNY a unit, with the unit; else nothing."""
    index = decision.get("instrument", 0) if decision["verb"] in ("place", "offer") else 0
    if what := STANDS.get(decision["verb"]):
        index = standing.market_of(decision["account"], what, decision[what])
    if not index:
        return {}
    market = world.setting.instruments[index]
    step = world.setting.ticks[list(world.setting.venues)[market.venue]]
    low, high = world.exchange.bounds(market.index)
    said = {name: shown_price(cash, market) for name, cash in (("tick", step), ("low", low), ("high", high))}
    return {**said, "unit": market.unit}
