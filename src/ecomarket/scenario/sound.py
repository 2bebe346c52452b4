"""Check what is sound in a scenario that has faults, so that all its faults are told at once.

A part with a fault in it is left out, and with it what cannot be judged without it: a venue without its rights.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from ecomarket.scenario.checks import check_dates, check_traded
from ecomarket.scenario.curves import check_schedules
from ecomarket.scenario.expected import within_calendar
from ecomarket.scenario.nodes import Node
from ecomarket.scenario.schema.whole import Config

if TYPE_CHECKING:
    from pathlib import Path

    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.plugged import Plugged

Spots = set[tuple[str, int, int]]

BY_ENTRY: Final = ("rights", "venues", "outside", "expect")
"""Maps, and a list, whose entries are checked one by one."""
ALWAYS: Final = {"ecomarket": 1, "name": "sound", "title": {"en": "", "zh": ""}}
"""What every scenario has and no check of several parts reads."""
SOME_YEAR: Final = {"start": date(2025, 1, 1), "end": date(2025, 12, 31)}
"""A calendar where there is no sound one; then nothing is checked against it."""
NEEDED: Final = ("zones", "rights", "participants", "abatement")
"""What schedules and their costs are checked against."""


def check_sound(tree: Node, own: Node, plugged: Plugged, path: Path, findings: Findings) -> None:
    """Add the faults that the checks of several parts find in the sound ones.

    `own` is the tree without the parameters of plug-ins, as it was read; `tree` has them.
    """
    if not tree.is_map:
        return
    spots = {(d.file, d.line, d.column) for d in findings.errors}
    kept = {key: _sound(key, tree.value[key], own.value[key], spots) for key in own.value if key in Config.model_fields}
    parts = {key: node.plain() for key, node in kept.items() if node is not None and key not in ALWAYS}
    rights = parts.setdefault("rights", {})
    venues = parts.get("venues", {})
    parts["venues"] = {k: v for k, v in venues.items() if set(v.get("rights", ())) <= rights.keys()}
    dated = "calendar" in parts
    try:
        config = plugged.into(Config.model_validate({"calendar": SOME_YEAR} | parts | ALWAYS))
    except (ValidationError, ValueError, LookupError):  # what is left does not stand by itself
        return
    if dated:
        check_dates(config, tree, findings)
        expected = kept.get("expect") or Node(
            [], tree.place
        )  # in the tree they would stand elsewhere: faulty ones are out
        within_calendar(config, Node(tree.value | {"expect": expected}, tree.place), str(path), findings)
    if "zones" in parts or "zones" not in own.value:
        check_traded(config, tree, findings)
    if dated and all(kept.get(key) is own.get(key) for key in NEEDED):
        check_schedules(config, tree, findings)


def _sound(key: str, node: Node, own: Node, spots: Spots) -> Node | None:
    """Return a part as it was read, without its faulty entries, or None if it is faulty as a whole."""
    if not _faulty(node, spots):
        return own
    if key not in BY_ENTRY or not isinstance(own.value, (dict, list)) or _told(node, spots):
        return None
    if isinstance(own.value, list):
        return Node([n for n in own.value if not _faulty(n, spots)], own.place, own.key)
    return Node({k: n for k, n in own.value.items() if not _faulty(node.value[k], spots)}, own.place, own.key)


def _faulty(node: Node, spots: Spots) -> bool:
    return any(_told(child, spots) for _, child in node.walk())


def _told(node: Node, spots: Spots) -> bool:
    places = (node.place, node.key or node.place)
    return any((place.file, place.line, place.column) in spots for place in places)
