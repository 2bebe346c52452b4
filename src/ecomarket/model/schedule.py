"""What a participant would do at every price, as numbers: curves of cost, supply and demand, and its duties."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from math import floor, inf
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TOLERANCE: Final = 1e-9
"""Relative size of a fall of a curve that is rounding, not a fall."""
_NOTHING: Final = 1e-200
"""Relative size of a coefficient whose root lies beyond every width."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a curve: its width, and its price as a sum of `coefficient x^exponent`, x from its start."""

    width: float
    terms: tuple[tuple[float, float], ...]

    @property
    def is_flat(self) -> bool:
        """Tell whether every unit has the same price."""
        return all(n == 0 or not c for c, n in self.terms)

    def price(self, x: float) -> float:
        """Return the price of the unit at `x` of the stretch."""
        return sum(c * float(x**n) for c, n in self.terms)

    def area(self, x: float) -> float:
        """Return the sum of prices from the start of the stretch to `x`."""
        return sum(c * float(x ** (n + 1)) / (n + 1) for c, n in self.terms)

    def steepest(self) -> tuple[float, float]:
        """Return the least and the greatest slope of the price within the stretch."""
        ends = [1e-12 if any(n < 1 and n for _, n in self.terms) else 0.0]
        ends.append(self.width if self.width < inf else max(1.0, *(abs(c) for c, _ in self.terms)) * 1e6)
        powers = [n for c, n in self.terms if c and n]
        inner: list[float] = []
        if all(n == int(n) for n in powers) and max(powers, default=0) > 2:
            bent = np.zeros(int(max(powers)) - 1)
            for c, n in self.terms:
                if n >= 2:
                    bent[int(n) - 2] += c * n * (n - 1)
            bent[np.abs(bent) < np.abs(bent).max() * _NOTHING] = 0.0
            roots = np.polynomial.polynomial.polyroots(np.trim_zeros(bent, "b"))
            inner = [float(r.real) for r in roots if abs(r.imag) < TOLERANCE and ends[0] < r.real < ends[1]]
        slopes = [sum(c * n * float(x ** (n - 1)) for c, n in self.terms if n and c) for x in (*ends, *inner)]
        return min(slopes), max(slopes)


@dataclass(frozen=True, slots=True)
class Curve:
    """A price for each further unit, stretch after stretch: a rising marginal cost, or a falling willingness to pay.

    `fixed` is a cost whatever is done, CNY a year; of a cost of abatement, `share` is the part of the emission that can
    be cut at all.
    """

    pieces: tuple[Piece, ...]
    fixed: float = 0.0
    share: float = 1.0

    @property
    def most(self) -> float:
        """Return the largest quantity, which may be infinite."""
        return sum(piece.width for piece in self.pieces)

    def price(self, x: float) -> float:
        """Return the price of the unit at `x`; at a step the price of the stretch that ends there."""
        for piece in self.pieces:
            if x <= piece.width:
                return piece.price(x)
            x -= piece.width
        return self.pieces[-1].price(self.pieces[-1].width) if self.pieces else 0.0

    def area(self, x: float) -> float:
        """Return the sum of prices of the first `x` units: the variable cost, or the benefit."""
        total = 0.0
        for piece in self.pieces:
            total += piece.area(min(x, piece.width))
            x -= piece.width
            if x <= 0:
                break
        return total

    def upto(self, most: float) -> Curve:
        """Return the curve without what lies beyond a quantity."""
        found: list[Piece] = []
        for piece in self.pieces:
            width = min(piece.width, most - sum(p.width for p in found))
            if width > 0:
                found.append(Piece(width, piece.terms))
        return Curve(tuple(found), self.fixed, self.share)

    def in_steps(self, width: float, most: float = inf) -> Curve:
        """Return the curve in steps of one width, each at the price of its middle, up to a quantity.

        Steps of one price are one stretch, which alone may be without an end.
        """
        found: list[Piece] = []
        for piece, start, first, last in self._steps(width, most):
            if piece.is_flat:
                found.append(Piece((last - first) * width, piece.terms))
            else:
                middles = ((k + 0.5) * width - start for k in range(int(first), int(last)))
                found.extend(Piece(width, ((piece.price(x), 0.0),)) for x in middles)
        return Curve(tuple(found), self.fixed, self.share)

    def steps(self, width: float, most: float = inf) -> float:
        """Return how many stretches `in_steps` gives, infinitely many of a curve that rises or falls for ever."""
        return sum(1 if piece.is_flat else last - first for piece, _, first, last in self._steps(width, most))

    def _steps(self, width: float, most: float) -> Iterator[tuple[Piece, float, float, float]]:
        """Give each stretch in which a step has its middle, where it starts, its first step and the next one's."""
        whole = _whole(min(most, self.most) / width)
        start, first = 0.0, 0.0
        for piece in self.pieces:
            end = start + piece.width
            last = min(whole, _whole(end / width + 0.5))
            if last > first:
                yield piece, start, first, last
            start, first = end, max(first, last)

    def trend(self) -> Literal["level", "rising", "falling", "mixed"]:
        """Tell which way the price goes over the whole curve."""
        least, most, size = 0.0, 0.0, TOLERANCE
        for piece in self.pieces:
            low, high = piece.steepest()
            least, most, size = min(least, low), max(most, high), max(size, abs(low) * TOLERANCE, abs(high) * TOLERANCE)
        for left, right in pairwise(self.pieces):
            jump = right.price(0.0) - left.price(left.width)
            least, most, size = min(least, jump), max(most, jump), max(size, abs(left.price(left.width)) * TOLERANCE)
        if least < -size:
            return "mixed" if most > size else "falling"
        return "rising" if most > size else "level"


def _whole(steps: float) -> float:
    """Round down, but for what is rounding."""
    return floor(steps * (1 + TOLERANCE)) if steps < inf else inf


@dataclass(frozen=True, slots=True)
class Production:
    """Goods whose making emits: cutting the rate of emission by the share r costs `cut` r^2 for each unit of goods."""

    demand: Curve
    cost: float
    rate: float
    cut: float
    by_output: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """A participant under one right: amounts by year in the unit of the right, prices in CNY for a unit.

    unabated    emission without any measure       abatement   marginal cost of cutting it
    allocation  rights it gets free                duty        rights it must hold and use up
    supply      marginal cost of making rights     demand      what it would pay for rights to use
    needs       rights used up by a unit, by right; empty: one of its own
    serves      rights that serve it as well       conduct     price-taker or price-setter
    """

    unabated: Mapping[int, float] = field(default_factory=dict)
    abatement: Curve | None = None
    allocation: Mapping[int, float] = field(default_factory=dict)
    duty: Mapping[int, float] = field(default_factory=dict)
    supply: Curve | None = None
    demand: Curve | None = None
    production: Production | None = None
    needs: Mapping[str, float] = field(default_factory=dict)
    serves: tuple[str, ...] = ()
    conduct: str = "price-taker"
