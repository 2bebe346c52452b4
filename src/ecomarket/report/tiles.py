"""Where a county's tile stands on a map of equal tiles, and its short name.

tiles.csv is ours, kept by hand: the 45 county-level units of Qinghai, each about where it lies among its neighbours
(north above, west on the left; areas and borders are not kept). Counties of other provinces stand in rows, one a
prefecture.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.report.material import Material

ACROSS: Final = 13
"""Tiles in a row where a prefecture has more counties than that."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A county's place and name on the map."""

    row: int
    column: int
    name: str


@cache
def _kept() -> dict[str, dict[str, Any]]:
    text = (files("ecomarket.report") / "tiles.csv").read_text(encoding="utf-8")
    return {row["code"]: row for row in csv.DictReader(text.splitlines())}


def tiles(zones: Sequence[str], material: Material) -> dict[str, Tile]:
    """Return the tile of each county by its zone."""
    if all(zone in _kept() for zone in zones):
        rows = {zone: _kept()[zone] for zone in zones}
        return {z: Tile(int(r["row"]), int(r["column"]), str(r[material.lang])) for z, r in rows.items()}
    found: dict[str, Tile] = {}
    row = -1
    for prefecture in dict.fromkeys(material.frames.above(zone, "prefecture") for zone in zones):
        own = [zone for zone in zones if material.frames.above(zone, "prefecture") == prefecture]
        for at, zone in enumerate(own):
            row += at % ACROSS == 0
            found[zone] = Tile(row, at % ACROSS, _short(material.zone(zone)))
    return found


def _short(name: str) -> str:
    """Return a county's name without the word for county.

    >>> _short("Hejing County"), _short("和静县"), _short("Jing")
    ('Hejing', '和静', 'Jing')
    """
    for end in (" County", " District", " City", "自治县", "县", "区", "市"):
        if name.endswith(end) and len(name) > len(end) + 1:
            return name.removesuffix(end)
    return name
