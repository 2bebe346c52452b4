"""What a county reckons about responsibility indicators: how much to do itself, what another's mu is worth.

Money is in one unit throughout; the marginal cost of own effort rises from `first` to twice that at `most`.
"""

from __future__ import annotations

from math import sqrt


def annuity(rate: float, years: float) -> float:
    """Return the present value of 1 at the end of each year for some years.

    >>> annuity(0.0, 15), round(annuity(0.05, 15), 4)
    (15.0, 10.3797)
    """
    return float(years) if rate == 0.0 else (1.0 - (1.0 + rate) ** -years) / rate


def own_effort(price: float, first: float, most: float) -> float:
    """Return the effort at which its marginal cost first x (1 + effort / most) meets a price; within 0 and `most`.

    >>> own_effort(3000.0, 2000.0, 100.0), own_effort(1000.0, 2000.0, 100.0), own_effort(9000.0, 2000.0, 100.0)
    (50.0, 0.0, 100.0)
    """
    if first <= 0.0 or most <= 0.0:
        return 0.0
    return min(max(most * (price / first - 1.0), 0.0), most)


def effort_cost(effort: float, first: float, most: float) -> float:
    """Return what an effort costs: the area under its marginal cost.

    >>> effort_cost(50.0, 2000.0, 100.0)
    125000.0
    """
    return first * effort * (1.0 + effort / (2.0 * most)) if most > 0.0 else 0.0


def affordable(cash: float, first: float, most: float) -> float:
    """Return the largest effort that some cash pays for.

    >>> round(affordable(125_000.0, 2000.0, 100.0), 6)
    50.0
    """
    if first <= 0.0 or most <= 0.0:
        return 0.0
    return most * (sqrt(1.0 + 2.0 * max(cash, 0.0) / (first * most)) - 1.0)


def worthwhile(effort: float, useless: float, price: float, first: float, most: float) -> bool:
    """Tell whether effort pays of which the first part earns nothing (water still dirtier than its target).

    >>> worthwhile(50.0, 5.0, 3000.0, 2000.0, 100.0), worthwhile(50.0, 9.0, 3000.0, 2000.0, 100.0)
    (True, False)
    """
    return effort > useless and price * (effort - useless) > effort_cost(effort, first, most)


def cover_worth(
    charge: float, planting: float, management: float, rate: float, horizon: float, management_years: float
) -> float:
    """Return the most to pay for a mu of another's cover: the cheaper of charges and own planting, less its care.

    Charges come each year of the horizon, management fees each of theirs; planting is the cost of a mu that stands.

    >>> cover_worth(300.0, 3000.0, 100.0, 0.0, 15.0, 15.0)
    1500.0
    """
    spared = min(charge * annuity(rate, horizon), planting) if planting > 0.0 else charge * annuity(rate, horizon)
    return max(0.0, spared - management * annuity(rate, management_years))
