"""What came of the cases: a table that fits 80 columns for people, a document for programs."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ecomarket.i18n import tr
from ecomarket.validity.expected import shown
from ecomarket.validity.words import sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecomarket.validity.case import Row

SCHEMA: Final = "ecomarket.validity/1"
WORD: Final = re.compile(r"(\s*)([\u2e80-\uffff]|[^\s\u2e80-\uffff]+)")
"""A word, or one Chinese character, with the space before it."""
WIDTHS: Final = (28, 21, 21)
"""Columns of a result's name, of what was expected and of what came; class and verdict take the rest of 80."""


@dataclass(frozen=True)
class Verdict:
    """A case as run: id, title in English and Chinese, keys of its sources, its rows."""

    case: str
    title: tuple[str, str]
    sources: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def ok(self) -> bool:
        """Tell whether there are rows and all are as expected."""
        return bool(self.rows) and all(row.ok for row in self.rows)

    def as_dict(self) -> dict[str, Any]:
        """Return the case for JSON: numbers as text, so that none is rounded."""
        return {
            "id": self.case,
            "status": "pass" if self.ok else "fail",
            "title": {"en": self.title[0], "zh": self.title[1]},
            "sources": [sources()[key] for key in self.sources],
            "rows": [_row(row) for row in self.rows],
        }


def document(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return all cases as one document."""
    return {"schema": SCHEMA, "cases": [verdict.as_dict() for verdict in verdicts]}


def _row(row: Row) -> dict[str, Any]:
    expected = row.expected
    return {
        "what": row.what[0],
        "what_zh": row.what[1],
        "part": row.part,
        "expected": None if expected is None else expected.text(),
        "got": shown(row.got),
        "tolerance": None if expected is None else expected.tolerance,
        "status": "pass" if row.ok else "fail",
    }


def lines(verdict: Verdict, lang: str) -> Iterator[str]:
    """Yield a case as lines of at most 80 columns: title, rows by file, sources."""
    at = int(lang == "zh")
    word = tr(f"validity.{'pass' if verdict.ok else 'fail'}", lang)
    yield fit(f"{verdict.case}  {verdict.title[at]}", 80 - 2 - columns(word)) + "  " + word
    part = ""
    for row in verdict.rows:
        if row.part != part:
            part = row.part
            yield _cells(f"  {part}", *(tr(f"validity.column.{key}", lang) for key in ("expected", "got")))
        expected = "" if row.expected is None else row.expected.text()
        tolerance = "" if row.expected is None else row.expected.tolerance
        mark = "" if row.ok else tr("validity.fail", lang)
        yield (_cells(f"    {row.what[at]}", expected, shown(row.got)) + f" {tolerance:<2} {mark}").rstrip()
        if not row.ok and columns(row.what[at]) > WIDTHS[0] - 4:
            yield from wrapped(row.what[at])
    for key in verdict.sources:
        yield from wrapped(f"{tr('validity.source', lang)}: {sources()[key]}")


def _cells(what: str, expected: str, got: str) -> str:
    return " ".join(fit(text, width) for text, width in zip((what, expected, got), WIDTHS, strict=True))


def wrapped(text: str) -> Iterator[str]:
    """Yield a sentence in lines of 78 columns, set in by two; Chinese breaks between any two characters."""
    line = " "
    for space, word in WORD.findall(text):
        gap = " " if space or not line.strip() else ""
        if columns(line + gap + word) > 80:
            yield line
            line, gap = "   ", " "
        line += gap + word
    yield line


def fit(text: str, width: int) -> str:
    """Return a text filled up to a width on the screen, or cut with an ellipsis; Chinese characters take two columns.

    >>> fit("price", 7) + "|", fit("排放权", 5) + "|"
    ('price  |', '排放…|')
    """
    if columns(text) <= width:
        return text + " " * (width - columns(text))
    while columns(text) > width - 1:
        text = text[:-1]
    return text + "…" + " " * (width - 1 - columns(text))


def columns(text: str) -> int:
    """Return how many columns of a screen a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
