"""The summary for the terminal: rich tables, as wide as Chinese needs (rich counts two cells a character)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table

from ecomarket.report.digest import summaries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.report.digest import Summary


def summary(measures: Mapping[str, Any], lang: str) -> list[Table]:
    """Return the tables that end a run on the terminal, in "zh" or "en", from the document of measures."""
    return [_table(s) for s in summaries(measures, lang)]


def _table(content: Summary) -> Table:
    table = Table(title=content.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for at, head in enumerate(content.heads):
        table.add_column(head, justify="left" if at < content.words else "right", overflow="fold")
    before = ""
    for row in content.rows:
        first = "" if row[0] == before and content.words > 1 else row[0]
        table.add_row(first, *row[1:])
        before = row[0]
    return table
