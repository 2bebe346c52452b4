"""What provinces, generators and holders of certificates reckon: value over time, greedy choice, earmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def continuation_price(fresh: ArrayLike, age: ArrayLike, life: int, rate_month: float) -> Floats:
    """Return what holding a certificate for one month more is worth: next month's price, discounted; 0 at expiry.

    The price expected at age a is fresh x (1 - a / life), falling to nothing.

    >>> continuation_price(8.0, [0, 11, 24], 24, 0.0).tolist()
    [7.666666666666667, 4.0, 0.0]
    """
    left = np.maximum(0.0, 1.0 - (np.asarray(age, dtype=np.float64) + 1.0) / life)
    return np.asarray(fresh, dtype=np.float64) * left / (1.0 + rate_month)


def spent_by(month: int, pressure: float) -> float:
    """Return which share of a yearly budget may be spent by the end of a month; pressure 1 is even, more is late.

    >>> spent_by(6, 1.0), spent_by(6, 2.0), spent_by(12, 2.0)
    (0.5, 0.25, 1.0)
    """
    return float((month / 12.0) ** pressure)


@dataclass(frozen=True, slots=True)
class Offer:
    """Something a province can buy: price and worth to it for a unit, units to be had, units it is obliged to buy."""

    price: float
    worth: float
    available: float
    obliged: float = 0.0


def choose(offers: Sequence[Offer], budget: float) -> list[float]:
    """Return how much to buy of each offer: obligations first, cheapest first; then the best worth for money.

    It is the exact solution of the linear problem "most worth within the budget and what is available, obligations
    first", because only the budget ties the offers together. Nothing is bought above its worth beyond obligations.

    >>> choose([Offer(80, 90, 100, obliged=10), Offer(5, 8, 40)], 1000)
    [10.0, 40.0]
    """
    bought = [0.0] * len(offers)
    for i in sorted(range(len(offers)), key=lambda i: offers[i].price):
        bought[i] = min(offers[i].obliged, offers[i].available, budget / max(offers[i].price, 1e-12))
        budget -= bought[i] * offers[i].price
    worthy = [i for i, offer in enumerate(offers) if offer.worth >= offer.price]
    for i in sorted(worthy, key=lambda i: -offers[i].worth / max(offers[i].price, 1e-12)):
        more = min(offers[i].available - bought[i], max(budget, 0.0) / max(offers[i].price, 1e-12))
        bought[i] += more
        budget -= more * offers[i].price
    return bought


def frame_bid(open_price: ArrayLike, premium: ArrayLike, floor: ArrayLike, cap: ArrayLike) -> Floats:
    """Return the most a helper pays under its framework: the open price plus its premium, inside floor and cap.

    >>> frame_bid(80.0, 0.1, 60.0, 85.0).tolist()
    85.0
    """
    wish = np.asarray(open_price, dtype=np.float64) * (1.0 + np.asarray(premium))
    return np.minimum(np.maximum(wish, floor), cap)


def earmark_binds(commitment: float, partner_supply: float) -> bool:
    """Tell whether a commitment is more than the partner would sell at the common price (case P17).

    Below it others give way one for one and the earmark is price-neutral, so there is no reason to pay a premium.
    """
    return commitment > partner_supply
