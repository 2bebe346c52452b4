"""What provinces, generators and holders of certificates reckon: value over time, best choice, earmarks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

NO_DUTY = -1
"""The place of the duty of an offer that serves none."""


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
class Duty:
    """What several offers serve: units still due, the charge each unit met saves, and how worth fades beyond them.

    `fades` are steps (worth to be had at this part, part of it that counts), the best first; by default worth stays.
    """

    due: float
    charge: float
    fades: tuple[tuple[float, float], ...] = ((inf, 1.0),)


@dataclass(frozen=True, slots=True)
class Offer:
    """Something a province can buy: price (above 0) and worth of a unit beyond its duty, in one money; units to be had.

    `duty` is the place of the duty it counts towards, NO_DUTY if none.
    """

    price: float
    worth: float
    available: float
    duty: int = NO_DUTY


def fading(whole: float, used: float, steps: int = 20) -> tuple[tuple[float, float], ...]:
    """Return the steps in which worth falls evenly to nothing over `whole`, the first `used` of it being gone.

    >>> fading(100.0, 25.0, steps=2)
    ((25.0, 0.75), (50.0, 0.25))
    """
    width = whole / steps
    left = [(min(width, (k + 1) * width - used), 1.0 - (k + 0.5) / steps) for k in range(steps)]
    return tuple((size, part) for size, part in left if size > 0.0)


def choose(offers: Sequence[Offer], duties: Sequence[Duty], budget: float) -> list[float]:
    """Return how much to buy of each offer: first to meet duties, then the most surplus of worth over price.

    It solves two linear problems exactly, one after the other: (a) most charges saved, with least money; (b) with what
    is left of budget and offers, the most worth less money. Only the budget ties duties together, and within a duty
    gain for money falls from unit to unit, so sorting by it is enough. Nothing is bought for a duty without a charge.

    >>> choose([Offer(80, 90, 100, 0), Offer(5, 8, 40)], [Duty(10.0, 90)], 950)
    [10.0, 30.0]
    """
    bought = meet(offers, duties, budget)
    left = budget - sum(q * offer.price for q, offer in zip(bought, offers, strict=True))
    rest = [replace(offer, available=offer.available - q) for q, offer in zip(bought, offers, strict=True)]
    steps = {NO_DUTY: ((inf, 1.0),)} | {k: duty.fades for k, duty in enumerate(duties)}
    pieces = [piece for k, fades in steps.items() for piece in _pieces(rest, k, fades)]
    for gain, i, units in sorted(pieces, key=lambda piece: -piece[0]):
        more = min(units, max(left, 0.0) / offers[i].price) if gain > 1.0 else 0.0
        bought[i] += more
        left -= more * offers[i].price
    return bought


def meet(offers: Sequence[Offer], duties: Sequence[Duty], budget: float) -> list[float]:
    """Return how much of each offer saves most charges for the budget, with least money; of equals the least worth.

    >>> meet([Offer(10, 0, 100, 0), Offer(1, 0, 100, 1)], [Duty(5.0, 90), Duty(20.0, 40)], 40)
    [2.0, 20.0]
    """
    bought, due = [0.0] * len(offers), [duty.due for duty in duties]
    serving = [i for i, offer in enumerate(offers) if offer.duty != NO_DUTY and duties[offer.duty].charge > 0.0]
    for i in sorted(serving, key=lambda i: (offers[i].price / duties[offers[i].duty].charge, offers[i].worth)):
        offer = offers[i]
        bought[i] = min(offer.available, due[offer.duty], max(budget, 0.0) / offer.price)
        due[offer.duty] -= bought[i]
        budget -= bought[i] * offer.price
    return bought


def _pieces(
    offers: Sequence[Offer], duty: int, fades: tuple[tuple[float, float], ...]
) -> Iterator[tuple[float, int, float]]:
    """Lay a duty's offers, cheapest for their worth first, along its steps: (worth for money, offer, units) each."""
    mine = [i for i, offer in enumerate(offers) if offer.duty == duty and offer.worth > 0.0]
    steps = iter(fades)
    room, part = next(steps, (0.0, 0.0))
    for i in sorted(mine, key=lambda i: offers[i].price / offers[i].worth):
        left = offers[i].available * offers[i].worth
        while left > 0.0 and room > 0.0:
            taken = min(left, room)
            yield part * offers[i].worth / offers[i].price, i, taken / offers[i].worth
            left, room = left - taken, room - taken
            if room <= 0.0:
                room, part = next(steps, (0.0, 0.0))


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
