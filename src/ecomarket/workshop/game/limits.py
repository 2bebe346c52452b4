"""Within what the price of an order must lie, as the refusal of another tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecomarket.workshop.game.amounts import shown_price

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.engine.world import World


def limits_of(world: World, decision: Mapping[str, Any]) -> dict[str, str]:
    """Return step and band of the market of an order, in CNY a unit, with the unit; nothing for other decisions."""
    if decision["verb"] != "place":
        return {}
    market = world.setting.instruments[decision["instrument"]]
    step = world.setting.ticks[list(world.setting.venues)[market.venue]]
    low, high = world.exchange.bounds(market.index)
    said = {name: shown_price(cash, market) for name, cash in (("tick", step), ("low", low), ("high", high))}
    return {**said, "unit": market.unit}
