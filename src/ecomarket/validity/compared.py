"""Numbers of several runs beside each other: ratios, and pairs of the same luck."""

from __future__ import annotations

from decimal import Decimal
from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecomarket.validity.expected import Value


def ratios(found: Mapping[str, Value], wanted: Mapping[str, tuple[str, str]]) -> dict[str, Value]:
    """Return `ratio.<name>` for each pair of numbers that were found, the first over the second.

    >>> ratios({"dry": Decimal(6), "wet": Decimal(2), "none": Decimal(0)}, {"a": ("dry", "wet"), "b": ("wet", "none")})
    {'ratio.a': Decimal('3')}
    """
    made: dict[str, Value] = {}
    for name, (top, bottom) in wanted.items():
        one, other = found.get(top), found.get(bottom)
        if isinstance(one, Decimal) and isinstance(other, Decimal) and other:
            made[f"ratio.{name}"] = one / other
    return made


def lucks(
    series: Mapping[str, Mapping[str, Sequence[Decimal]]], wanted: Mapping[str, tuple[str, str, str]]
) -> dict[str, Value]:
    """Return `luck.<pair>`: the chance that as many seeds or more had more of something in one run than in the other.

    `series` are the numbers of each run by name, one a seed in the same order; `wanted` names the run with more, that
    with less, and the number.

    >>> lucks({"dry": {"price": [Decimal(3), Decimal(4)]}, "wet": {"price": [Decimal(1), Decimal(2)]}},
    ...     {"dearer": ("dry", "wet", "price")})
    {'luck.dearer': Decimal('0.25')}
    """
    made: dict[str, Value] = {}
    for name, (more, less, what) in wanted.items():
        one, other = (series.get(run, {}).get(what, ()) for run in (more, less))
        if one and len(one) == len(other):
            pairs = list(zip(one, other, strict=True))
            chance = sign_test(sum(a > b for a, b in pairs), sum(a < b for a, b in pairs))
            made[f"luck.{name}"] = Decimal(f"{chance:.6g}")
    return made


def sign_test(wins: int, losses: int) -> float:
    """Return the chance of so many wins or more among all pairs that are not alike, were each a coin's throw.

    >>> sign_test(7, 0), sign_test(0, 0)
    (0.0078125, 1.0)
    """
    pairs = wins + losses
    ways = sum(comb(pairs, k) for k in range(wins, pairs + 1))
    return float(ways / 2**pairs)
