"""The summary for the terminal: rich tables, as wide as Chinese needs (rich counts two cells a character)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import box
from rich.cells import cell_len
from rich.table import Table

from ecomarket.report.digest import summaries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.report.digest import Summary

WIDE, NARROW = 3, 1
"""Cells between columns, and where the terminal is narrow."""
WORD_MAX = 13
"""Longest word that is kept whole where the terminal is narrow; Chinese breaks anywhere."""


def summary(measures: Mapping[str, Any], lang: str, width: int) -> list[Table]:
    """Return the tables that end a run on a terminal of a width, in "zh" or "en", from the document of measures."""
    return [table(s, width) for s in summaries(measures, lang)]


def table(content: Summary, width: int) -> Table:
    """Return one table for a terminal of a width."""
    columns = list(zip(content.heads, *content.rows, strict=True))
    least = [min(max(cell_len(w) for text in column for w in text.split() or [""]), WORD_MAX) for column in columns]
    gap = WIDE if sum(least) + WIDE * len(least) <= width else NARROW
    side = (gap - 1) // 2
    found = Table(
        title=content.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False,
        padding=(0, side),
    )  # fmt: skip
    widths = _widths([max(map(cell_len, column)) for column in columns], least, width - gap * len(least) - 1)
    for at, (head, cells) in enumerate(zip(content.heads, widths, strict=True)):
        found.add_column(head, justify="left" if at < content.words else "right", overflow="fold", width=cells)
    drawn = sum(widths) + gap * (len(widths) - 1) + 2
    if (short := min(cell_len(content.title), width - 1) - drawn) > 0:
        found.add_column(width=max(short - gap, 1))  # a title is broken at its table's edge, wherever that falls
    before = ""
    for row in content.rows:
        first = "" if row[0] == before and content.words > 1 else row[0]
        found.add_row(first, *row[1:])
        before = row[0]
    return found


def _widths(widths: list[int], least: list[int], room: int) -> list[int]:
    """Return the widths of columns, the widest made narrower cell by cell until they have room or no word may break."""
    found = list(widths)
    while sum(found) > room:
        spare, at = max((have - need, at) for at, (have, need) in enumerate(zip(found, least, strict=True)))
        if spare <= 0:
            break
        found[at] -= 1
    return found
