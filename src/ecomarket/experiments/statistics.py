"""Mean, spread and intervals of runs, and of pairs of runs of the same luck.

Student's t for intervals (Student 1908, Biometrika 6: 1-25), the exact sign test (Arbuthnott 1710, Phil. Trans. 27:
186-190; ties are left out), Cohen's d of pairs: mean difference over the standard deviation of the differences (Cohen
1988, Statistical Power Analysis, 2.3). One run has no spread, and no interval: those numbers are None.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from statistics import fmean, median, stdev
from typing import TYPE_CHECKING, Final

from scipy.special import stdtrit

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVEL: Final = 0.95
ROUNDING: Final = 1e-12
"""A spread of differences this small beside the numbers comes of binary fractions: the pairs all differ alike."""


@dataclass(frozen=True, slots=True)
class Spread:
    """What n numbers come to: mean, standard deviation, interval of the mean, median, least and greatest."""

    n: int
    mean: float
    sd: float | None
    low: float | None
    high: float | None
    median: float
    least: float
    greatest: float


@dataclass(frozen=True, slots=True)
class Paired:
    """What n pairs come to.

    Means of both, mean difference (variant less base) with its interval, the share of pairs whose difference has the
    sign of the mean difference, p of the exact sign test (two sides), effect size d.
    """

    n: int
    base: float
    variant: float
    diff: float
    low: float | None
    high: float | None
    share: float
    p: float
    d: float | None


def spread(numbers: Sequence[float], level: float = LEVEL) -> Spread:
    """Return what one or more finite numbers come to.

    >>> found = spread([1.0, 2.0, 3.0, 4.0, 5.0])
    >>> found.mean, round(found.low, 4), round(found.high, 4)
    (3.0, 1.0368, 4.9632)
    """
    middle, half = fmean(numbers), half_width(numbers, level)
    low, high = (None, None) if half is None else (middle - half, middle + half)
    deviation = stdev(numbers) if len(numbers) > 1 else None
    return Spread(len(numbers), middle, deviation, low, high, median(numbers), min(numbers), max(numbers))


def half_width(numbers: Sequence[float], level: float = LEVEL) -> float | None:
    """Return half the width of Student's interval of the mean; 0 where all are the same, None of a single number."""
    n = len(numbers)
    if n < 2:
        return None
    return float(stdtrit(n - 1, (1 + level) / 2)) * stdev(numbers) / math.sqrt(n)


def paired(base: Sequence[float], variant: Sequence[float], level: float = LEVEL) -> Paired:
    """Return what one or more pairs come to; both are as long, the same place is the same luck.

    >>> found = paired([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    >>> found.diff, found.share, found.p, found.d
    (2.0, 1.0, 0.25, 2.0)
    """
    differences = [b - a for a, b in zip(base, variant, strict=True)]
    found = spread(differences, level)
    up, down = sum(d > 0 for d in differences), sum(d < 0 for d in differences)
    same = up if found.mean > 0 else down if found.mean < 0 else found.n - up - down
    size = max(map(abs, (*base, *variant)))
    effect = found.mean / found.sd if found.sd and found.sd > ROUNDING * size else None
    return Paired(
        found.n, fmean(base), fmean(variant), found.mean, found.low, found.high, same / found.n, sign_test(up, down),
        effect,
    )  # fmt: skip


def sign_test(up: int, down: int) -> float:
    """Return how likely a split of signs at least as uneven is if both are equally likely, exact; 1 without signs.

    >>> sign_test(28, 2) == sign_test(2, 28), round(sign_test(9, 1), 6)
    (True, 0.021484)
    """
    return float(min(2 * _tail(max(up, down), up + down), Fraction(1)))


def chance_of_as_many(wins: int, losses: int) -> float:
    """Return the chance of so many wins or more among all pairs that are not alike, were each a coin's throw.

    >>> chance_of_as_many(7, 0), chance_of_as_many(0, 0)
    (0.0078125, 1.0)
    """
    return float(_tail(wins, wins + losses))


def _tail(least: int, n: int) -> Fraction:
    return Fraction(sum(math.comb(n, k) for k in range(least, n + 1)), 2**n)


def spread_change(base: Sequence[float], variant: Sequence[float], level: float = LEVEL) -> Spread:
    """Return what a change of the standard deviation over the runs comes to, by the jackknife over pairs.

    Tukey's pseudo-values (Tukey 1958, Annals of Mathematical Statistics 29: 614), n of them, are taken as a sample;
    their mean is the change freed of its first bias. Needs three pairs.
    """
    pairs, n = list(zip(base, variant, strict=True)), len(base)

    def change(left: Sequence[tuple[float, float]]) -> float:
        return stdev(b for _, b in left) - stdev(a for a, _ in left)

    whole = change(pairs)
    return spread([n * whole - (n - 1) * change(pairs[:at] + pairs[at + 1 :]) for at in range(n)], level)
