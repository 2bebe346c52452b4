"""The reference price of a right with a term, as its term runs down, on the reference exchange: exact fractions."""

from __future__ import annotations

from fractions import Fraction

from ecomarket.exchange.rules import YEAR


def annuity(left: int, rate: Fraction) -> Fraction:
    """Return what 1 a year is worth for the time left: years in full, then the part of the one that is broken off.

    >>> annuity(2 * YEAR, Fraction(1, 4))
    Fraction(36, 25)
    """
    value, discount = Fraction(0), Fraction(1)
    while left > 0:
        discount /= 1 + rate
        value += discount * Fraction(min(left, YEAR), YEAR)
        left -= YEAR
    return value


def time_left(start: int, end: int, t: int, *, renewed: bool) -> int:
    """Return what is left of a term; of the one that then runs, where terms of the same length follow each other.

    >>> [time_left(0, 10, t, renewed=True) for t in (3, 10, 24)]
    [7, 10, 6]
    """
    while renewed and t >= end:
        start, end = end, end + end - start
    return end - t


def price_then(price: int, left_when_made: int, left_now: int, rate_ppm: int, tick: int) -> int:
    """Return what a price is worth when less of the term is left, in whole ticks, never nothing."""
    if left_now <= 0:
        return tick
    rate = Fraction(rate_ppm, 1_000_000)
    part = annuity(left_now, rate) / annuity(left_when_made, rate)
    return tick * max(int(price * part // tick), 1)
