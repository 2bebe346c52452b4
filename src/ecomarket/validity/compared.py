"""Numbers of several runs beside each other: ratios, and pairs of the same luck."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ecomarket.experiments.statistics import chance_of_as_many

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
            chance = chance_of_as_many(sum(a > b for a, b in pairs), sum(a < b for a, b in pairs))
            made[f"luck.{name}"] = Decimal(f"{chance:.6g}")
    return made
