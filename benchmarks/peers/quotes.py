"""The zero-intelligence agent of the market benchmark as a quote: any side, any price of 200, 1 to 9 lots."""

from __future__ import annotations

from typing import Any

LOW = 9_900
WIDTH = 200
LOTS = 9


def anything(_me: Any, market: Any, draw: Any) -> tuple[int, int, int, int, int]:
    """Quote whatever the draws say; the live order is withdrawn by the loop."""
    side = 1 if draw.u < 0.5 else 2
    return side, (LOW + int(draw.v * WIDTH)) * market.tick, 1 + int(draw.w * LOTS), 0, 0
