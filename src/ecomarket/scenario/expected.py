"""Expectations of years that a run will not see: a slip of who writes them, left out where a calendar is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.scenario.compose import OVERRIDE

if TYPE_CHECKING:
    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.nodes import Node
    from ecomarket.scenario.schema.whole import Config


def within_calendar(config: Config, tree: Node, file: str, findings: Findings) -> Config:
    """Return the scenario, written in `file`, with the expectations that its calendar lets a run check.

    A year outside is a fault (E304) of who writes the expectation. Where it comes from a scenario below, and `--set` or
    one above has moved the calendar's day, it is of another length of time: it is left out, with one advice (W510).
    """
    start, end = config.calendar.start, config.calendar.end
    if end < start:  # told by itself: every year would lie outside
        return config
    kept, left = [], []
    for index, expect in enumerate(config.expect):
        if expect.year is None or start.year <= expect.year <= end.year:
            kept.append(expect)
            continue
        bound = tree.nearest(("calendar", "start" if expect.year < start.year else "end")).place
        node = tree.nearest(("expect", index, "year"))
        place = (node.get("value") or node).text_place()
        own = place.file in (bound.file, OVERRIDE) or (place.file == file and bound.file != OVERRIDE)
        if own:
            findings.add("E304", place, found=expect.year, expected=f"{start}..{end}")
        else:
            left.append((bound, expect.year))
    if left:
        years = ", ".join(str(year) for year in sorted({year for _, year in left}))
        findings.add("W510", left[0][0], found=len(left), years=years, expected=f"{start}..{end}")
    return config.model_copy(update={"expect": kept})
