"""How much of a river's load a county treats: where the last tonne costs what it brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ecomarket.public.sections import parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecomarket.public.sections import SectionRow

PASS_SHARE: Final = 0.7
"""What counties believe arrives of a load from the section above (the default of process water-quality)."""
HALVINGS: Final = 60


class Pollutant(NamedTuple):
    """One pollutant of a month: tonnes that can be treated at most, cost curve, worth and drop of the index a tonne."""

    name: str
    most_t: float
    curve: tuple[float, ...]
    worth_cny_t: float
    drop_a_tonne: float


class Plan(NamedTuple):
    """Tonnes a month to treat by pollutant, and what that costs in CNY."""

    tonnes: Mapping[str, float]
    cost_cny: float


def reaches(rows: Sequence[SectionRow], usual: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return each section's usual load a year with what arrives from above, in tonnes; rows from the source down."""
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        found[row.section] = {
            name: max(own + PASS_SHARE * sum(found[code][name] for code in parts(row.above)), 1e-9)
            for name, own in usual[row.section].items()
        }
    return found


def marginal(curve: Sequence[float], z: float) -> float:
    """Return the cost of the last tonne at a part z of the most, c0 + c1 z + c2 z^4 (MARKETS.md 8.4).

    >>> marginal((1500.0, 4000.0, 20000.0), 0.5)
    4750.0
    """
    c0, c1, c2 = curve
    return c0 + c1 * z + c2 * z**4


def total(curve: Sequence[float], z: float, most_t: float) -> float:
    """Return the cost of treating a part z of the most, in CNY.

    >>> total((1500.0, 4000.0, 20000.0), 1.0, 10.0)
    75000.0
    """
    c0, c1, c2 = curve
    return most_t * (c0 * z + c1 * z**2 / 2.0 + c2 * z**5 / 5.0)


def part(curve: Sequence[float], worth: float) -> float:
    """Return the part of the most at which the last tonne costs its worth; corners at 0 and 1.

    >>> round(part((1500.0, 4000.0, 20000.0), 4750.0), 6), part((1500.0, 0.0, 0.0), 1000.0)
    (0.5, 0.0)
    """
    if worth <= marginal(curve, 0.0):
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if marginal(curve, middle) < worth else (low, middle)
    return min(1.0, high)


def effort(pollutants: Sequence[Pollutant], index: float, clip: float) -> Plan:
    """Return the treatment of a month at a usual index; only the index within 1 - clip and 1 + clip pays."""
    chosen = {p.name: part(p.curve, p.worth_cny_t) for p in pollutants}
    drop = sum(chosen[p.name] * p.most_t * p.drop_a_tonne for p in pollutants)
    counts = min(drop, max(0.0, index - (1.0 - clip)))
    scale = counts / drop if drop > 0.0 and index - drop < 1.0 + clip else 0.0
    tonnes = {p.name: scale * chosen[p.name] * p.most_t for p in pollutants}
    return Plan(tonnes, sum(total(p.curve, scale * chosen[p.name], p.most_t) for p in pollutants))
