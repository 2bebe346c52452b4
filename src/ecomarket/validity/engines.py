"""Both engines, and that they tell the same: a sheet is played on each, record for record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.reference.market import ReferenceExchange

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.exchange.protocol import Exchange
    from ecomarket.validity.expected import Value

    Records = NDArray[np.void]
    Play = Callable[[Callable[..., Exchange]], tuple[dict[str, Value], Records]]
"""Plays a sheet on an engine: results, and every record that the engine wrote."""

AGREE: Final = "agree"
CASH_OF_ALL: Final = 10**16
LOTS_OF_ALL: Final = 2 * 10**9
"""What everybody on a sheet holds at the start: nobody lacks cash or units (10^12 CNY, 2,000 million lots)."""


def on_both(play: Play) -> dict[str, Value]:
    """Return the results of the compiled engine; `engines` says whether the plain one wrote the same records."""
    results, records = play(KernelExchange)
    plain, told = play(ReferenceExchange)
    same = results == plain and records.tobytes() == told.tobytes()
    return {**results, "engines": AGREE if same else "differ"}


def refused(name: str) -> Value:
    """Return what a refusal is called in results: its code, in small letters with hyphens.

    >>> refused("PRICE_OUTSIDE_BAND")
    'price-outside-band'
    """
    return name.lower().replace("_", "-")
