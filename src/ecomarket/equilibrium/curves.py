"""A curve as variables of a program: one for each stretch, with the area under it as their cost."""

from __future__ import annotations

from math import comb, inf
from typing import TYPE_CHECKING

from ecomarket.equilibrium.faults import NotExpressedError
from ecomarket.equilibrium.sums import Sum

if TYPE_CHECKING:
    from ecomarket.equilibrium.program import Program
    from ecomarket.model.schedule import Curve, Piece

Terms = tuple[tuple[float, float], ...]


def enter_curve(program: Program, curve: Curve, weight: float, most: float = inf, *, worth: bool = False) -> Sum:
    """Add the quantity of a curve, at most `most`, with its area times `weight` as cost (`worth`: as benefit).

    Raises NotExpressedError if a stretch is convex but no sum of powers with a sign that the program takes.
    """
    found = Sum()
    left = most
    for piece in curve.pieces:
        width = min(piece.width, left)
        if width > 0:
            found.plus(_stretch(program, piece, width, -weight if worth else weight))
            left -= width
    return found


def _stretch(program: Program, piece: Piece, width: float, weight: float) -> Sum:
    terms = tuple((weight * c, n) for c, n in piece.terms)
    if all(c >= 0 or n == 0 for c, n in terms):
        at = program.variables(0.0, width)
        _area(program, int(at), terms)
        return Sum([int(at)], [1.0])
    turned = _turned(terms, width)
    at = program.variables(0.0, width)
    _area(program, int(at), turned)
    return Sum([int(at)], [-1.0], width)


def _area(program: Program, at: int, terms: Terms) -> None:
    for c, n in terms:
        if n == 0:
            program.linear(at, c)
        elif c:
            program.power(at, c / (n + 1.0), n + 1.0)


def _turned(terms: Terms, width: float) -> Terms:
    """Return the terms of the same cost seen from the stretch's end: of y = width - x."""
    if width == inf or any(n != int(n) for _, n in terms):
        raise NotExpressedError("curve")
    degree = int(max(n for _, n in terms))
    found = [0.0] * (degree + 1)
    for c, n in terms:
        for k in range(int(n) + 1):
            found[k] -= c * comb(int(n), k) * width ** (int(n) - k) * (-1.0) ** k
    scale = max(abs(c) * width**n for n, c in enumerate(found))
    clean = tuple((0.0 if abs(c) * width**n <= 1e-13 * scale else c, float(n)) for n, c in enumerate(found))
    if any(c < 0 and n > 0 for c, n in clean):
        raise NotExpressedError("curve")
    return clean
