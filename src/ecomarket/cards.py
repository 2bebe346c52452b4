"""Cards: what an object shows of itself in a notebook, as a piece of HTML that needs no style sheet.

Every text is escaped. Colours are those of the page around it, lines a half-clear grey, so a card reads in light and
dark alike; there is no script and no address in it.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS_SHOWN: Final = 30
"""Rows of a grid that are shown; how many more there are is said below."""
LINE: Final = "rgba(128,128,128,.45)"
CARD: Final = f"border:1px solid {LINE};border-radius:6px;padding:.6em .9em;margin:.3em 0;color:inherit;max-width:72em"
SCROLLED: Final = "overflow-x:auto"
GRID: Final = "border-collapse:collapse;margin:.5em 0 .2em;font-variant-numeric:tabular-nums;color:inherit"
CELL: Final = f"padding:.15em .7em .15em 0;border-bottom:1px solid {LINE};background:transparent"


class Grid(NamedTuple):
    """A table of texts: a head each column, and how many columns at the left are words (numbers stand right)."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1


def card(title: str, facts: Sequence[tuple[str, str]] = (), grid: Grid | None = None, remark: str = "") -> str:
    """Return a card: title, facts by name, a grid and a remark below it.

    >>> card("a < b", [("seed", "7")]).endswith("<b>a &lt; b</b><br>seed: 7</div>")
    True
    """
    told = " · ".join(f"{escape(name)}: {escape(value)}" for name, value in facts)
    parts = [f"<b>{escape(title)}</b>", f"<br>{told}" if told else "", _grid(grid) if grid else ""]
    parts.append(f"<small>{escape(remark)}</small>" if remark else "")
    return f'<div style="{CARD}">{"".join(parts)}</div>'


def _grid(grid: Grid) -> str:
    heads = "".join(_cell("th", head, at < grid.words) for at, head in enumerate(grid.heads))
    rows = "".join(
        f"<tr>{''.join(_cell('td', text, at < grid.words) for at, text in enumerate(row))}</tr>"
        for row in grid.rows[:ROWS_SHOWN]
    )
    more = len(grid.rows) - ROWS_SHOWN
    below = f"<small>… +{more}</small>" if more > 0 else ""
    table = f'<table style="{GRID}"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div style="{SCROLLED}">{table}{below}</div>'


def _cell(kind: str, text: str, is_word: bool) -> str:
    scope = ' scope="col"' if kind == "th" else ""
    return f'<{kind}{scope} style="{CELL};text-align:{"left" if is_word else "right"}">{escape(text)}</{kind}>'
