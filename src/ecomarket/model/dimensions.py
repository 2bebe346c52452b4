"""The unit table: what each unit measures and how large it is, exactly.

A unit is atoms joined by `/`, ` per ` or `*`: `CNY/t/year`, `t per year`, `万元`, `亿m3`. The first
atom may carry 万 (10 000) or 亿 (100 000 000). Tonnes of standard coal (tce) are energy of their own kind
and never convert to tonnes; calendar time (year, month) never converts to days.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from typing import Final

_TABLE: Final = """
money        CNY:1 元:1 yuan:1 fen:0.01 分:0.01
mass         t:1 吨:1 kg:0.001 千克:0.001 g:0.000001 mg:0.000000001 kt:1000 Mt:1000000 tCO2:1 tCO2e:1
volume       m3:1 立方米:1 方:1 L:0.001 升:0.001
energy       MWh:1 kWh:0.001 千瓦时:0.001 度:0.001 GWh:1000 TWh:1000000
power        MW:1 kW:0.001 千瓦:0.001 GW:1000
area         mu:1 亩:1 ha:15 公顷:15 hm2:15 km2:1500
coal         tce:1 吨标准煤:1 吨标煤:1 kgce:0.001
calendar     year:12 年:12 month:1 月:1 quarter:3 季:3
time         day:86400 日:86400 天:86400 hour:3600 小时:3600 h:3600 minute:60 分钟:60 second:1 s:1 秒:1
length       m:1 米:1 km:1000 公里:1000 mm:0.001
persons      person:1 人:1
pieces       piece:1 个:1 lot:1 手:1
share        1:1 share:1 %:0.01 ‰:0.001 ppm:0.000001
"""
_TENS: Final = {"万": 10_000, "亿": 100_000_000, "百": 100, "千": 1000}
_PLURALS: Final = ("year", "month", "quarter", "day", "hour", "minute", "second", "person", "piece", "lot", "share")


class UnitError(ValueError):
    """A unit is unknown (`unknown`, `near` is the likely one), or does not measure the same thing."""

    def __init__(self, message: str, *, unknown: bool = False, near: str = "") -> None:
        super().__init__(message)
        self.unknown = unknown
        self.near = near


@dataclass(frozen=True, slots=True)
class Conversion:
    """An exact factor between two units."""

    factor: Fraction

    def apply(self, value: Decimal) -> Decimal:
        """Return value x factor, rounded half to even at 34 digits where it has no finite decimal form."""
        exact = Fraction(value) * self.factor
        context = Context(prec=max(34, len(value.as_tuple().digits) + 20), rounding=ROUND_HALF_EVEN)
        result = context.divide(Decimal(exact.numerator), Decimal(exact.denominator))
        return Decimal(int(result)) if result == result.to_integral_value() else result.normalize(context)


def _atoms() -> dict[str, tuple[str, Fraction]]:
    found = {}
    for line in _TABLE.strip().splitlines():
        dimension, *units = line.split()
        for unit in units:
            name, _, factor = unit.rpartition(":")
            found[name] = (dimension, Fraction(factor))
    found |= {f"{name}s": found[name] for name in _PLURALS}
    return found


ATOMS: Final = _atoms()


@lru_cache(maxsize=4096)
def parse(unit: str) -> tuple[Fraction, tuple[tuple[str, int], ...]]:
    """Return (factor, dimension) of a unit; a dimension is ((name, power), ...) in order of name.

    Raises UnitError for an unknown unit.

    >>> parse("万元/t")
    (Fraction(10000, 1), (('mass', -1), ('money', 1)))
    """
    factor, powers = Fraction(1), dict[str, int]()
    power = 1
    for part in re.split(r"(\s+per\s+|\s*/\s*|\s*\*\s*)", unit.strip()):
        if part.strip() in ("/", "per", "*"):
            power = 1 if part.strip() == "*" else -1
            continue
        dimension, size = _atom(part, unit)
        factor *= size**power
        if dimension != "share":
            powers[dimension] = powers.get(dimension, 0) + power
    return factor, tuple(sorted((d, p) for d, p in powers.items() if p))


def _atom(text: str, unit: str) -> tuple[str, Fraction]:
    scale, rest = 1, text
    while rest not in ATOMS and rest[:1] in _TENS:
        scale, rest = scale * _TENS[rest[0]], rest[1:]
    if rest not in ATOMS:
        near = get_close_matches(text, ATOMS, n=1, cutoff=0.5)
        raise UnitError(f"unknown unit '{unit}'", unknown=True, near=near[0] if near else "")
    dimension, size = ATOMS[rest]
    return dimension, size * scale


@lru_cache(maxsize=4096)
def conversion(unit: str, into: str) -> Conversion:
    """Return the conversion between two units.

    Raises UnitError if one is unknown or they do not measure the same.

    >>> conversion("万千瓦时", "MWh").factor
    Fraction(10, 1)
    """
    (factor, dimension), (target, wanted) = parse(unit), parse(into)
    if dimension != wanted:
        raise UnitError(f"'{unit}' does not measure the same as '{into}'")
    return Conversion(factor / target)
