"""Frontier: of many points with two measures, those that no other point is better than (Pareto 1906, Manuale, VI).

A point is beaten by another that is no worse in both measures and better in one. Points that are alike in both stand
together: both on the frontier, or both off it. What is compared is the mean over the runs of a point.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ecomarket.errors import UserError
from ecomarket.experiments.conditions import is_of
from ecomarket.experiments.faults import fault, unknown_measure
from ecomarket.experiments.whole import whole

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import pandas as pd

    from ecomarket.experiments.statistics import Spread
    from ecomarket.experiments.study import Study

AXES: Final = ("x", "y")
FILE: Final = "frontier.json"
SCHEMA: Final = "ecomarket.frontier-asked/1"


@dataclass(frozen=True, slots=True)
class Spot:
    """A point: its name, what it overrides, both measures over its runs, and who beats it ("" on the frontier)."""

    name: str
    sets: Mapping[str, str]
    x: Spread
    y: Spread
    beaten_by: str = ""


@dataclass(frozen=True)
class Frontier:
    """Points by two measures, the lesser x first; `missing` are points without a number of one of them.

    `x` and `y` are labels, `maximised` holds the axes of which more is better.
    """

    x: str
    y: str
    maximised: tuple[str, ...]
    spots: tuple[Spot, ...]
    missing: tuple[str, ...]

    @property
    def best(self) -> tuple[Spot, ...]:
        """Return the points that none beats."""
        return tuple(spot for spot in self.spots if not spot.beaten_by)

    @property
    def summary(self) -> pd.DataFrame:
        """Return a row a point: name, both means with their intervals, who beats it."""
        import pandas as pd  # noqa: PLC0415  (half a second, for those who ask)

        rows = [
            {
                "point": spot.name, **spot.sets,
                **{f"{label} {part}".strip(): getattr(found, of)
                   for label, found in ((self.x, spot.x), (self.y, spot.y))
                   for part, of in (("", "mean"), ("low", "low"), ("high", "high"))},
                "beaten_by": spot.beaten_by,
            }
            for spot in self.spots
        ]  # fmt: skip
        return pd.DataFrame(rows)


def frontier(*studies: Study, x: str, y: str, maximise: Collection[str] = ()) -> Frontier:
    """Return the points of studies (their arms) by two measures, and who beats whom.

    Measures are named as in `expect:`; less is better but of the axes ("x", "y") in `maximise`. Raises
    UnknownMeasureError for a name of no number (E923), UserError for one of several (E924), or an axis that there is
    not (E922).
    """
    if not set(maximise) <= set(AXES):
        raise fault("E922", options=", ".join(AXES))
    labels = sorted({label for study in studies for label in study.numbers.labels})
    across, up = _meant(x, labels), _meant(y, labels)
    several = len({study.path.parent for study in studies}) > 1
    spots, missing = [], []
    for study in studies:
        for arm in study.plan.arms:
            found, name = study.spreads(arm.name), f"{study.path.parent.name}: {arm.name}" if several else arm.name
            if across in found and up in found:
                sets = dict(text.split("=", 1) for text in arm.overrides)
                spots.append(Spot(name, sets, found[across], found[up]))
            else:
                missing.append(name)
    judged = tuple(sorted(_judged(spots, maximise), key=lambda spot: (spot.x.mean, spot.y.mean, spot.name)))
    return Frontier(across, up, tuple(axis for axis in AXES if axis in maximise), judged, tuple(missing))


def keep(study: Study, found: Frontier) -> None:
    """Write beside an experiment what its frontier was asked of, so that its page draws it. Raises StorageError."""
    told = {"schema": SCHEMA, "x": found.x, "y": found.y, "maximised": found.maximised}
    with whole(study.path.parent / FILE) as part:
        part.write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")


def kept(study: Study) -> Frontier | None:
    """Return the frontier that was last asked of an experiment, of the runs it has now; None of one never asked.

    None as well where the runs have no such numbers any more, as when other things were measured since.
    """
    try:
        told = json.loads((study.path.parent / FILE).read_text(encoding="utf-8"))
        return frontier(study, x=told["x"], y=told["y"], maximise=told["maximised"])
    except (OSError, ValueError, KeyError, TypeError, UserError):
        return None


def _meant(name: str, labels: Sequence[str]) -> str:
    """Return the one label that a name means."""
    found = [name] if name in labels else [label for label in labels if is_of(name, label)]
    if not found:
        raise unknown_measure("E923", name, labels)
    if len(found) > 1:
        raise fault("E924", found=name, options=", ".join(found))
    return found[0]


def _judged(spots: Sequence[Spot], maximise: Collection[str]) -> Iterator[Spot]:
    """Yield the spots with who beats them: of those that do, one of the frontier."""
    signs = [-1 if axis in maximise else 1 for axis in AXES]
    costs = {id(spot): (signs[0] * spot.x.mean, signs[1] * spot.y.mean) for spot in spots}
    best: list[Spot] = []  # in order of the first cost, then the second: only a spot before can beat
    for spot in sorted(spots, key=lambda spot: (*costs[id(spot)], spot.name)):
        own = costs[id(spot)]
        last = best[-1] if best else None
        if last is None or own[1] < costs[id(last)][1] or own == costs[id(last)]:
            best.append(spot)
            yield spot
        else:
            yield Spot(spot.name, spot.sets, spot.x, spot.y, last.name)
