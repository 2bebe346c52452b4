"""The new projects that started, had the same permits gone to those that are worth most.

What a project is worth and emits stands in its row, and which started is a fact of the journal. Permits of as many
tonnes, of the same pollutant, place and class, could have let others start.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from ecomarket.model.stated import FactCode
from ecomarket.results.exact import plain, ratio
from ecomarket.results.tally import ALL
from ecomarket.rights.emission_permit import NOT_MERGED, medium_of, place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ecomarket.results.frames import Frames
    from ecomarket.scenario import Scenario
    from ecomarket.scenario.schema.market import Right
    from ecomarket.scenario.schema.people import Member

    Floats = NDArray[np.float64]

FEN: Final = Decimal("0.01")
PERMIT: Final = "emission-permit"
TRIFLE: Final = 1e-9
"""Part of a limit by which sums of floats may pass it."""


def same_projects(scenario: Scenario, frames: Frames) -> tuple[Mapping[str, Any], ...]:
    """Return a row a year: projects there by its end, those started, their worth, and the most for the same permits.

    `short_cny`: what those are worth that have not started. The last row is told as that of all years too.
    """
    projects, needs = _projects(scenario)
    if not projects:
        return ()
    codes = frames.participants["code"]
    facts = frames.facts_of(FactCode.PROJECT_STARTED)
    begun = {str(codes[account]): int(year) for account, year in zip(facts["account"], facts["year"], strict=True)}
    worth = np.array([float(member.facts["npv_cny"]) for member in projects])
    appears = np.array([int(str(member.facts.get("appear") or scenario.start)[:4]) for member in projects])
    found = []
    for year in (y for y in frames.years if y <= scenario.end.year):
        there = appears <= year
        started = there & np.array([begun.get(member.code, year + 1) <= year for member in projects])
        if there.any():
            done = float(worth[started].sum())
            permits = needs[:, started].sum(axis=1)
            most = max(greatest_worth(worth[there], needs[:, there], permits), done)
            numbers = {
                "projects": int(there.sum()), "started": int(started.sum()), "worth_cny": Decimal(done).quantize(FEN),
                "greatest_cny": Decimal(most).quantize(FEN),
                "short_cny": Decimal(float(worth[there].sum()) - done).quantize(FEN), "share": ratio(done, most),
            }  # fmt: skip
            found.append({"year": year, **{name: plain(value) for name, value in numbers.items()}})
    return (*found, *({**row, "year": ALL} for row in found[-1:]))


def greatest_worth(worth: Floats, needs: Floats, permits: Floats) -> float:
    """Return the worth of the best set of whole projects, CNY: their `needs`, shape (kinds, n), fit into `permits`.

    >>> greatest_worth(np.array([9.0, 5.0, 5.0]), np.array([[10.0, 6.0, 4.0]]), np.array([10.0]))
    10.0
    """
    room = permits * (1.0 + TRIFLE) + TRIFLE
    within = LinearConstraint(needs, ub=room)
    best = milp(-worth, integrality=np.ones(len(worth)), bounds=Bounds(0, 1), constraints=within)
    return float(worth @ np.round(best.x))


def _projects(scenario: Scenario) -> tuple[list[Member], Floats]:
    """Return new projects, and what each needs of each kind of permit, t a year, shape (kinds, n)."""
    config = scenario.config
    zones = {row.code: row.zone() for row in config.zones}
    projects, rows = [], []
    for key, group in config.participants.items():
        for member in group.members(key):
            need = {
                (right, *place_of(zones, member, medium_of(right, kind.params), _merged(kind))): tonnes
                for right, kind in config.rights.items()
                if kind.kind == PERMIT and (tonnes := float(member.facts.get(f"{right}_t") or 0)) > 0
            }
            if group.kind == "enterprise" and need and float(member.facts.get("npv_cny") or 0) > 0:
                projects.append(member)
                rows.append(need)
    kinds = sorted({kind for need in rows for kind in need})
    return projects, np.array([[need.get(kind, 0.0) for need in rows] for kind in kinds]).reshape(len(kinds), len(rows))


def _merged(kind: Right) -> Mapping[str, str]:
    merged: Mapping[str, str] = getattr(kind.params, "merged", NOT_MERGED)
    return merged
