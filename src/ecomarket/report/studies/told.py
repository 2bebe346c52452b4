"""What a variant's scenario has otherwise than the base's, told in words: the scenarios are read again for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.errors import EcomarketError
from ecomarket.report.digest import Summary
from ecomarket.scenario import load
from ecomarket.scenario.diff import ABSENT, differences
from ecomarket.scenario.diff_words import about
from ecomarket.scenario.show import flow
from ecomarket.written import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ecomarket.experiments.plan import Arm
    from ecomarket.report.studies.material import StudyMaterial
    from ecomarket.scenario import Scenario
    from ecomarket.scenario.diff import Change

SILENT: Final = ("name", "title", "description", "expect")
"""Parts of a scenario that change no run."""
ROWS_MAX: Final = 30
LONGEST: Final = 60
"""Characters of a value that are shown."""


def what_differs(material: StudyMaterial, arm: Arm) -> tuple[Summary, int] | None:
    """Return the table of what an arm has otherwise than the base, and how many changes it leaves out.

    None if either scenario can no longer be read, or is not what was run.
    """
    base, other = _scenario(material.study.plan.arms[0]), _scenario(arm)
    if base is None or other is None:
        return None
    found = [change for change in differences(base, other) if change.path[0] not in SILENT]
    found.sort(key=lambda change: change.row > 0)  # a table of many rows shall not push out what else changes
    rows = tuple(_row(change, other, material) for change in found[:ROWS_MAX])
    title = material.say("study.differs", variant=arm.name, base=material.arms[0])
    heads = tuple(material.head(column) for column in ("changed", "base", "variant"))
    return Summary(title, heads, rows, words=3), len(found) - len(rows)


def _scenario(arm: Arm) -> Scenario | None:
    try:
        found = load(arm.source, arm.overrides)
    except EcomarketError:
        return None
    return found if found.digest == arm.digest else None


def _row(change: Change, scenario: Scenario, material: StudyMaterial) -> tuple[str, str, str]:
    said = _name(change, material.lang) or about(change.path, scenario, material.lang)
    path = ".".join(change.path)
    return f"{said}\n{path}" if said else path, _value(change.before, material), _value(change.after, material)


def _name(change: Change, lang: str) -> str:
    """Return what something added or removed calls itself, "" if it has no name of its own."""
    value: Mapping[str, Any] | Any = change.before if change.after is ABSENT else change.after
    label = value.get("label") if isinstance(value, dict) else None
    return str(label.get(lang, "")) if isinstance(label, dict) else ""


def _value(value: object, material: StudyMaterial) -> str:
    """Return a value in one line; of a thing with parts of its own only that it is there."""
    if value is ABSENT:
        return NOTHING
    text = material.say("study.there") if isinstance(value, dict) else flow(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
