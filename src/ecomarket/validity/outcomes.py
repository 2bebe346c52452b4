"""Any file of scenarios/validity -> results by name: the key that opens it says what it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ecomarket.errors import UserError
from ecomarket.scenario.compose import compose
from ecomarket.scenario.findings import Findings
from ecomarket.scenario.nodes import Place
from ecomarket.scenario.text import is_file
from ecomarket.validity import auction, market, rules, runs, sessions, solved, told
from ecomarket.validity.words import said

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ecomarket.scenario.nodes import Node
    from ecomarket.validity.case import Row
    from ecomarket.validity.expected import Value

SHEETS: Final[dict[str, Callable[[Node, Path, Findings], dict[str, Value]]]] = {
    "market": market.play,
    "auction": auction.play,
    "escalator": rules.escalate,
    "supply_reserve": rules.follow_supply,
    "runs": runs.play,
    "sessions": sessions.play,
}
"""What works out a sheet, by the key that says what it is."""
SEEDED: Final = ("runs", "sessions")
"""Keys of the sheets that may be played with several seeds."""


@dataclass(frozen=True)
class Results:
    """What came out of a file: results by name; rows, if it says itself what it expects (a story)."""

    values: dict[str, Value] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()


def results(path: Path, overrides: Sequence[str] = (), way: solved.Way | None = None, seeds: int = 0) -> Results:
    """Work out a file, some of its values changed (`a.b=value`); a scenario in one way or another.

    `seeds` is how many a sheet that goes by chance is played with, 0: as many as it says itself.

    Raises ScenarioError with every Diagnostic at once, UserError for overrides of a story.
    """
    findings = Findings()
    if not is_file(path):
        findings.add("E100", Place(str(path)), found=str(path))
    tree = compose(path, overrides, findings) if not findings.errors else None
    findings.stop_on_errors()
    assert tree is not None
    if tree.get("story") is not None:
        if overrides:
            raise UserError(*said("story_set"))
        return Results(rows=told.rows(path))
    for key, work in SHEETS.items():
        if tree.get(key) is not None:
            if seeds and key in SEEDED:
                tree = compose(path, [*overrides, f"seeds={seeds}"], findings)
                findings.stop_on_errors()
                assert tree is not None
            return Results(work(tree, path, findings))
    return Results(solved.solve(path, overrides, way))
