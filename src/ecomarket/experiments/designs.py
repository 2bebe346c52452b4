"""Points of a sweep: a grid, a list, a Latin hypercube; each checked against the scenario before anything is run."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import product
from math import isfinite, prod
from typing import TYPE_CHECKING, Any, Final

from ecomarket.errors import ScenarioError
from ecomarket.experiments.factors import VALUES_MAX, check_paths, settled
from ecomarket.experiments.faults import fault
from ecomarket.experiments.plan import Arm, Design, Plan
from ecomarket.experiments.variants import arm
from ecomarket.scenario.compose import OVERRIDE
from ecomarket.scenario.findings import told as told_all
from ecomarket.scenario.given import several, wrong
from ecomarket.scenario.nodes import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ecomarket.errors import Diagnostic
    from ecomarket.experiments.factors import Factor

    Sets = tuple[tuple[str, ...], ...]

FINDINGS_MAX: Final = 20
"""Faults of points that are told at once."""


@dataclass(frozen=True, slots=True)
class Points:
    """What a design comes to: the overrides of each point, and where a user told them.

    `places` holds a Place for each override of a point, `lines` the lines of a file in which they stand.
    """

    design: Design
    sets: Sets
    places: tuple[tuple[Place, ...], ...]
    lines: Mapping[int, str] = field(default_factory=dict)


def gridded(found: Sequence[Factor], option: str = "--grid") -> Points:
    """Return every combination of the factors' values, the last factor first to change.

    Raises UserError for a range without a step (E915), or more points than are sensible (E918).
    """
    for one in found:
        if not one.values:
            raise fault("E915", found=f"{one.path}={one.told}")
    count = prod(len(one.values) for one in found)
    if count > VALUES_MAX:
        raise fault("E918", n=count, most=VALUES_MAX)
    choices = [[one.set_to(value) for value in one.values] for one in found]
    return _of_factors("grid", found, tuple(dict.fromkeys(product(*choices))), option)


def hypercube(found: Sequence[Factor], samples: int, seed: int, option: str = "--lhs") -> Points:
    """Return a Latin hypercube of the factors: each of `samples` equal parts of each factor is met once.

    McKay, Beckman and Conover 1979, Technometrics 21: 239-245; drawn by scipy from the seed.
    """
    from scipy.stats import qmc  # noqa: PLC0415  (half a second, for those who ask)

    rows = qmc.LatinHypercube(len(found), seed=seed).random(samples).tolist()
    return placed("lhs", found, rows, (samples, seed), option)


def placed(method: str, found: Sequence[Factor], rows: Sequence[Sequence[float]], drawn: tuple[int, int],
           option: str) -> Points:  # fmt: skip
    """Return the points at places of a design, each number from 0 to 1; places of the same values are one point.

    `drawn` holds how many samples were asked for, and the seed.
    """
    all_sets = [tuple(one.set_to(one.at(u)) for one, u in zip(found, row, strict=True)) for row in rows]
    sets = tuple(dict.fromkeys(all_sets))
    number = {own: at for at, own in enumerate(sets)}
    points = _of_factors(method, found, sets, option)
    design = replace(
        points.design, samples=drawn[0], seed=drawn[1], rows=tuple(tuple(row) for row in rows),
        points=tuple(number[own] for own in all_sets),
    )  # fmt: skip
    return replace(points, design=design)


def _of_factors(method: str, found: Sequence[Factor], sets: Sets, option: str) -> Points:
    places = tuple(Place(option, at) for at in range(1, len(found) + 1))
    design = Design(method, "", tuple(one.path for one in found), tuple(one.told for one in found))
    return Points(design, sets, (places,) * len(sets))


def listed(path: Path) -> Points:
    """Return the points of a CSV file: a column a path, a row a point; an empty cell leaves the scenario's own value.

    Raises UserError: unreadable (E919), no header or no row (E920), a row of another length (E921), a path twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise fault("E919", path=path, why=getattr(error, "strerror", None) or error) from None
    reader = csv.reader(text.splitlines())
    numbered = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if row]
    if len(numbered) < 2:
        raise fault("E920", path=path, line=len(numbered) + 1)
    head, lines = numbered[0][1], dict(enumerate(text.splitlines(), 1))
    check_paths(head)
    told: dict[tuple[str, ...], tuple[Place, ...]] = {}
    for line, row in numbered[1:]:
        if len(row) != len(head):
            raise fault("E921", path=path, line=line, found=len(row), expected=len(head))
        cells = [cell for cell in zip(head, row, _places(str(path), line, lines[line], row), strict=True) if cell[1]]
        told.setdefault(tuple(f"{name}={value}" for name, value, _ in cells), tuple(place for _, _, place in cells))
    return Points(Design("list", "", tuple(head)), tuple(told), tuple(told.values()), lines)


def _places(file: str, line: int, text: str, row: Sequence[str]) -> Iterator[Place]:
    at = 0
    for cell in row:
        at = max(text.find(cell, at), 0)
        yield Place(file, line, at + 1, len(cell))
        at += len(cell)


def pointed(told: Sequence[Mapping[str, Any]]) -> Points:
    """Return points given one by one, each a map of paths to values. Raises UserError (E965) for anything else."""
    if isinstance(told, Mapping) or not all(isinstance(point, Mapping) for point in several("points", told)):
        raise wrong("points", told, "points")
    paths = tuple(dict.fromkeys(path for point in told for path in point))
    check_paths(paths)
    sets = tuple(dict.fromkeys(tuple(f"{path}={text_of(value)}" for path, value in one.items()) for one in told))
    places = tuple(tuple(Place("points", at, 1) for _ in own) for at, own in enumerate(sets, 1))
    return Points(Design("list", "", paths), sets, places)


def text_of(value: Any) -> str:
    """Return a value as a scenario file has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return format(Decimal(str(value)), "f") if isinstance(value, float) and isfinite(value) else str(value)


def planned(base: str | Path, overrides: Sequence[str], points: Points, seeds: Sequence[int],
            measures: Sequence[str]) -> Plan:  # fmt: skip
    """Return the plan of points over seeds, every one of them read and checked.

    Raises ScenarioError with the faults of all points where the user told them; of the first alone where it has any:
    a path that there is not is one fault, not one a point.
    """
    own = arm(base, overrides)
    found: list[Arm] = []
    faults: dict[Diagnostic, None] = {}
    for at, sets in enumerate(points.sets):
        try:
            found.append(arm(base, (*overrides, *sets), ",".join(sets)))
        except ScenarioError as error:
            faults |= dict.fromkeys(_where(one, points, at, len(overrides)) for one in error.diagnostics)
            if at == 0 or len(faults) >= FINDINGS_MAX:
                break
    if faults:
        raise told_all(faults)
    design = replace(points.design, scenario=own.name)
    return Plan(tuple(found), tuple(seeds), tuple(measures), design)


def settled_factors(base: str | Path, overrides: Sequence[str], found: Sequence[Factor], option: str
                    ) -> tuple[Factor, ...]:  # fmt: skip
    """Return ranges as the scenario takes them. Raises ScenarioError where it does not take an end."""
    arm(base, overrides)
    done = []
    for at, one in enumerate(found, 1):
        try:
            done.append(settled(base, overrides, one))
        except ScenarioError as error:
            raise told_all([
                replace(d, file=option, line=at) if d.file == OVERRIDE and d.line > len(overrides) else d
                for d in error.diagnostics
            ]) from None  # fmt: skip
    return tuple(done)


def _where(found: Diagnostic, points: Points, at: int, before: int) -> Diagnostic:
    """Return a fault of an override where the user told it: at an option, or in a cell of a list."""
    if found.file != OVERRIDE or found.line <= before:
        return found
    place = points.places[at][found.line - before - 1]
    if place.line not in points.lines:
        return replace(found, file=place.file, line=place.line)
    path = points.sets[at][found.line - before - 1].partition("=")[0]
    if found.column <= len(path):  # the path itself: it stands in the header
        header = points.lines[1]
        return replace(found, file=place.file, line=1, column=header.find(path) + 1, excerpt=header, width=len(path))
    return replace(found, file=place.file, line=place.line, column=place.column, width=place.width,
                   excerpt=points.lines[place.line])  # fmt: skip
