"""How an enterprise values a right, spreads its cash, and times its trades: pure functions on arrays, one row a firm.

Prices may be in any unit of money as long as all are in the same; every function is homogeneous of degree one in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Auction

    Floats = NDArray[np.float64]

NAIVE: Final = 0
ADAPTIVE: Final = 1
FUNDAMENTAL: Final = 2
_BISECTIONS: Final = 60
_LARGEST: Final = 1e15
"""Largest reservation price that leaves the plan."""
NO_ROUTE: Final = 1e30
"""The price of a way out that does not exist."""


class Traits(NamedTuple):
    """What a firm is like for the whole run, drawn once: arrays of shape (n,).

    forecaster      NAIVE, ADAPTIVE or FUNDAMENTAL     belief       its lasting error about the fundamental, a factor
    patience_days   how long before a deadline attention rises   attention    chance of a look on a quiet day
    nerve           how far it would go above its forecast, a factor on the cohort's premium, 0 to 2
    """

    forecaster: NDArray[np.int64]
    belief: Floats
    patience_days: Floats
    attention: Floats
    nerve: Floats


def draw_traits(
    keys: NDArray[np.int64],
    sizes: Floats,
    shares: tuple[float, float, float],
    belief_sd: float,
    patience_days: Floats,
    attention: tuple[float, float],
    draws: Draws,
) -> Traits:
    """Draw the traits of each firm from its own key, so that a new firm changes nobody else.

    shares       of naive, adaptive and fundamental forecasters   attention   of the smallest and of the largest firm
    sizes        any measure of size, compared within the cohort by its logarithm
    """
    edges = np.cumsum(np.array(shares) / sum(shares))
    forecaster = np.searchsorted(edges[:2], draws.uniform(keys, "enterprise.forecaster"), side="right")
    belief = np.exp(belief_sd * draws.normal(keys, "enterprise.belief") - belief_sd**2 / 2.0)
    big = np.log1p(np.maximum(sizes, 0.0))
    rank = big / big.max() if big.size and big.max() > 0 else np.zeros_like(big)
    nerve = 2.0 * draws.uniform(keys, "enterprise.nerve")
    return Traits(forecaster, belief, patience_days, attention[0] + (attention[1] - attention[0]) * rank**2, nerve)


def forecast(traits: Traits, last: ArrayLike, adaptive: ArrayLike, fundamental: ArrayLike) -> Floats:
    """Return each firm's price forecast; a market without any price yet is forecast at the firm's fundamental.

    The three prices are public and broadcast against (n,): the last price, a slow mean, and the fundamental that
    informed firms know up to their own error.
    """
    own = traits.belief * np.asarray(fundamental, dtype=np.float64)
    seen = np.where(traits.forecaster == NAIVE, last, np.where(traits.forecaster == ADAPTIVE, adaptive, own))
    return np.where(seen > 0, seen, np.where(own > 0, own, last)).astype(np.float64)


def penalty_route(price: ArrayLike, times: float, fine: float, gap: ArrayLike, next_price: ArrayLike) -> Floats:
    """Return what it costs per unit not to hold it at the deadline.

    A fine of `times` the price (2024 Regulation, Order 775) plus a lump sum `fine` spread over the gap (2021 Measures),
    plus the unit that is cut from next year's allocation. With times >= 1 it always exceeds the price.

    >>> float(penalty_route(60.0, 5.0, 0.0, 1000.0, 60.0))
    360.0
    >>> float(penalty_route(60.0, 0.0, 30_000.0, 1000.0, 0.0))
    30.0
    """
    gap = np.asarray(gap, dtype=np.float64)
    spread = np.where(gap > 0, fine / np.where(gap > 0, gap, 1.0), 0.0)
    return np.asarray(np.asarray(price) * times + spread + np.asarray(next_price), dtype=np.float64)


def worth_to_short(market: ArrayLike, *routes: ArrayLike) -> Floats:
    """Return the value of one more unit to a firm that is short: the cheapest way to do without it."""
    worth = np.asarray(market, dtype=np.float64)
    for route in routes:
        worth = np.minimum(worth, np.asarray(route, dtype=np.float64))
    return worth


def worth_to_long(market_net: ArrayLike, banked: ArrayLike) -> Floats:
    """Return the value of one more unit to a firm that is long: sold now, or banked, and never below nothing."""
    return np.maximum(np.maximum(market_net, banked), 0.0).astype(np.float64)


def banked_worth(next_price: ArrayLike, rate: ArrayLike, years: float, usable_share: ArrayLike) -> Floats:
    """Return the discounted price of a carried-over unit times the share that the carry-over rule lets through.

    >>> round(float(banked_worth(110.0, 0.1, 1.0, 1.0)), 9)
    100.0
    """
    discount = (1.0 + np.asarray(rate)) ** -years
    return np.asarray(np.asarray(next_price) * discount * np.asarray(usable_share), dtype=np.float64)


def spread_cash(worth: Floats, price: Floats, wanted: Floats, budget: Floats) -> tuple[Floats, Floats]:
    """Spread each firm's cash over the rights it lacks; return (affordable units, multiplier on cash).

    worth, price, wanted: (n, rights). The multiplier m >= 0 scales all values: a right is bought where
    worth / (1 + m) >= price. m is found by bisection; the right at the edge gets what cash is left. m is 0 for a firm
    whose budget does not bind.

    >>> worth, price, wanted = np.array([[9.0, 4.0]]), np.array([[3.0, 2.0]]), np.array([[10.0, 10.0]])
    >>> units, m = spread_cash(worth, price, wanted, np.array([40.0]))
    >>> units.tolist(), round(float(m[0]), 6)
    ([[10.0, 5.0]], 1.0)
    """
    price = np.maximum(price, 1e-12)
    ratio = np.where(wanted > 0, worth / price, 0.0)
    wanted = np.where(ratio >= 1.0, wanted, 0.0)
    spend = price * wanted
    budget = np.maximum(budget, 0.0)
    low, high = np.zeros(len(worth)), np.maximum(ratio.max(axis=1, initial=1.0), 1.0)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2.0
        fits = np.where(ratio >= 1.0 + middle[:, None], spend, 0.0).sum(axis=1) <= budget
        low, high = np.where(fits, low, middle), np.where(fits, middle, high)
    slack = spend.sum(axis=1) <= budget
    edge = np.where(slack, 0.0, high)
    whole = np.where(ratio >= 1.0 + edge[:, None], wanted, 0.0)
    left = np.maximum(budget - (price * whole).sum(axis=1), 0.0)
    rest = np.where((whole == 0.0) & (ratio >= 1.0 + low[:, None]), spend, 0.0)
    share = np.minimum(left / np.maximum(rest.sum(axis=1), 1e-12), 1.0)
    return whole + rest / price * share[:, None], edge


def safety_margin(yearly: ArrayLike, sd_share: float, z: float, unverified_share: ArrayLike) -> Floats:
    """Return z standard deviations of what is still uncertain of a yearly amount: 0 once all of it is verified.

    Monthly errors are independent, so the deviation shrinks with the square root of the part still to come.
    """
    left = np.clip(np.asarray(unverified_share, dtype=np.float64), 0.0, 1.0)
    return np.asarray(z * sd_share * np.asarray(yearly) * np.sqrt(left), dtype=np.float64)


def attention(traits: Traits, days_left: float) -> Floats:
    """Return the chance that a firm looks at the market on a day `days_left` before its deadline.

    p0 + (1 - p0) exp(-days / patience): this alone gathers trade before deadlines (CASES P28).
    """
    quiet = traits.attention
    return quiet + (1.0 - quiet) * np.exp(-max(days_left, 0.0) / np.maximum(traits.patience_days, 1e-9))


def visits_left(traits: Traits, days_left: float) -> Floats:
    """Return the expected looks from today to the deadline, both days counted: the sum of `attention`.

    >>> always = Traits(np.array([0]), np.array([1.0]), np.array([30.0]), np.array([1.0]), np.ones(1))
    >>> visits_left(always, 9.0)
    array([10.])
    """
    days = max(days_left, 0.0) + 1.0
    step = np.exp(-1.0 / np.maximum(traits.patience_days, 1e-9))
    rising = (1.0 - step**days) / np.maximum(1.0 - step, 1e-12)
    return traits.attention * days + (1.0 - traits.attention) * rising


def urgency(traits: Traits, days_left: float) -> Floats:
    """Return how far a firm has moved from waiting for its price (0) to taking any within reason (1)."""
    return np.exp(-max(days_left, 0.0) / np.maximum(traits.patience_days / 2.0, 1e-9))


def reservations(change: Floats, worth: Floats, slope: Floats, least: Floats, most: Floats) -> tuple[Floats, Floats]:
    """Return (reservation, its slope a lot) for lots to buy (change > 0) or sell, in whole cash a lot.

    A buyer never passes its worth, which falls by `slope` a lot, nor `most`; the line lies below both. A seller never
    goes below its worth nor below `least`.
    """
    first, end = worth_to_short(worth, most), worth_to_short(worth + slope * change, most)
    falling = np.where(change > 1, (end - first) / np.maximum(change, 1.0), 0.0)
    asked = np.ceil(np.minimum(worth_to_long(worth, least), _LARGEST))
    return np.where(change > 0, np.floor(np.minimum(first, _LARGEST)), asked), np.where(change > 0, falling, 0.0)


def schedule(reservation: float, slope: float, lots: int, step_lots: int, levels: int) -> Sequence[tuple[int, int]]:
    """Cut a falling schedule of reservation prices into at most `levels` bids (price in cash a lot, lots).

    The price of a step is that of its last lot, rounded down, so no lot is bid above its reservation.

    >>> schedule(1000.0, -10.0, 5, 2, 3)
    [(990, 2), (970, 2), (960, 1)]
    """
    size = max(step_lots, -(-lots // levels))
    steps = []
    for first in range(0, lots, size):
        count = min(size, lots - first)
        price = int(reservation + slope * (first + count - 1))
        if price > 0:
            steps.append((price, count))
    return steps


def bid_price(limit: int, expected: int, call: Auction) -> int:
    """Return what to bid for lots worth `limit`: all of it where all pay one price, else no more than is expected.

    A bid at one price decides whether a firm wins, not what it pays; a clock asks for the last price at which it stays.
    Where each pays its own bid, more than the expected price (or the start price) is money given away.
    """
    return limit if call.uniform else min(limit, max(expected, call.reserve_price))


def on_step(price: int, reserve_price: int) -> int:
    """Round a bid down to the auction's step: the largest power of ten within a hundredth of the reserve price.

    Bids rise by set steps (Xining's rules of June 2015, MARKETS 2.1); ticks are powers of ten and divide the step.

    >>> on_step(63_382, 40_000), on_step(63_382, 0)
    (63300, 63382)
    """
    step = int("1" + "0" * (len(str(max(reserve_price // 100, 1))) - 1))
    return price // step * step
