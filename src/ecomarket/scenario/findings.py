"""Collect findings: one call a fault, in both languages, with the line it stands on."""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from ecomarket.errors import Diagnostic, ScenarioError
from ecomarket.i18n import LANGUAGES, catalogue, tr
from ecomarket.scenario.render import as_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.scenario.nodes import Place

TRAPS: Final = frozenset({"E105", "E106", "E107", "E119", "E308"})
ECHOES: Final = frozenset({"E111", "E115", "E303", "E306"})
"""A word that YAML readers disagree on is reported once: what its field says about the same word is an echo."""
PER_CENT: Final = re.compile(r"[1-9][0-9]?(\.[0-9]+)?|100")
THOUSANDS: Final = re.compile(r"text '[0-9]{1,3}([,，][0-9]{3})+(\.[0-9]+)?'")
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
RULE: Final = "{policy: {parameters}}"
"""What an entry of the list of policies is."""
UNITS: Final = {"CNY": "元", "t": "吨", "kg": "千克", "m3": "立方米", "mu": "亩", "year": "年", "day": "日"}
"""Units that the table of units (model.dimensions) also has in Chinese: what is told may be written so."""
AMOUNT: Final = re.compile(r"((?:[<>]?= )?-?[0-9.]+ )?([A-Za-z0-9]+(?:(?:/| per )[A-Za-z0-9]+)*)")
MEASURED: Final = frozenset({"expected", "lot", "unit"})
"""What may be a unit, or an amount with one."""
LIST_AT_MOST: Final = 24
"""Options shown when no name is near."""


class Findings:
    """Every fault of one load, and the text of the files read, for excerpts."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []
        self.lines: dict[str, list[str]] = {}
        self._seen: set[tuple[str, int, int, str, str]] = set()
        self._trapped: set[tuple[str, int, int]] = set()

    def remember(self, file: str, text: str) -> None:
        """Keep the text of a file so that its lines can be shown."""
        self.lines[file] = text.splitlines()

    def add(self, code: str, place: Place, *, options: Iterable[str] = (), **values: object) -> None:
        """Add a finding; `options` are the names that would have been right.

        With a near option the help is a did-you-mean, else the list, else the advice of the code's own entry.
        """
        names = [str(name) for name in options]
        zh = {key: in_chinese(value) for key, value in values.items()}
        zh |= {key: unit_in_chinese(values[key]) for key in MEASURED & values.keys() if zh[key] == values[key]}
        said = {"en": values, "zh": zh}
        words = {language: tr(f"diagnostics.{code}", language, **said[language]) for language in LANGUAGES}
        helps = {language: _help(code, language, names, values, said[language]) for language in LANGUAGES}
        at = (place.file, place.line, place.column)
        if (*at, code, words["en"]) in self._seen or (at in self._trapped and code in ECHOES):
            return
        self._seen.add((*at, code, words["en"]))
        if code in TRAPS:
            self._trapped.add(at)
        lines = self.lines.get(place.file, [])
        self.found.append(
            Diagnostic(
                file=place.file,
                line=place.line,
                column=place.column,
                code=code,
                message=words["en"],
                help=helps["en"],
                excerpt=lines[place.line - 1] if 0 < place.line <= len(lines) else "",
                width=max(1, place.width),
                severity="warning" if code.startswith("W") else "error",
                message_zh=words["zh"],
                help_zh=helps["zh"],
            )
        )

    @property
    def errors(self) -> list[Diagnostic]:
        """Return what must be mended, in the order of the files."""
        return sorted(d for d in self.found if d.severity == "error")

    @property
    def warnings(self) -> list[Diagnostic]:
        """Return advice, in the order of the files."""
        return sorted(d for d in self.found if d.severity == "warning")

    def stop_on_errors(self) -> None:
        """Raise ScenarioError with every finding if there is an error."""
        if self.errors:
            raise told(self.found)


def told(found: Iterable[Diagnostic]) -> ScenarioError:
    """Return the error of findings whose text is what `ecomarket validate` prints: line, caret and advice too."""
    error = ScenarioError(list(found))
    error.args = (as_text(error.diagnostics),)
    return error


def _help(code: str, language: str, names: list[str], values: dict[str, object], said: dict[str, object]) -> str:
    near = nearest(str(values.get("found", "")), names)
    if near:
        return tr("diagnostics.near", language, near=near)
    if names:
        shown = ", ".join(names[:LIST_AT_MOST]) + (", ..." if len(names) > LIST_AT_MOST else "")
        return tr("diagnostics.options", language, options=shown)
    own = _slip(code, str(values.get("expected", "")), str(values.get("found", ""))) or f"{code}.advice"
    return tr(f"diagnostics.{own}", language, **said) if own in catalogue("diagnostics") else ""


def _slip(code: str, expected: str, found: str) -> str:
    """Return the name of the advice against a slip that many make, "" if it is none of these.

    >>> _slip("E303", "<= 1", "20"), _slip("E111", "number", "text '30,000'"), _slip("E111", "map", "number 75")
    ('E303.percent', 'E111.commas', 'E111.map')
    """
    if code == "E303":
        return "E303.percent" if expected == "<= 1" and PER_CENT.fullmatch(found) else ""
    if code == "E111" and expected == "list" and found == "map":
        return "E111.list"
    if code == "E111" and expected == RULE and found.startswith("text"):
        return "E111.rule"
    if code == "E111" and expected == "map" and found.startswith(("number", "text")):
        return "E111.map"
    if code == "E111" and expected.startswith("a date") and found.startswith("text"):
        return "E111.day" if _no_day(found.removeprefix("text ").strip("'")) else "E111.date"
    return "E111.commas" if code == "E111" and expected.endswith("number") and THOUSANDS.fullmatch(found) else ""


def _no_day(text: str) -> bool:
    """Tell whether a text is written as a day, but as one that no calendar has.

    >>> _no_day("2025-02-30"), _no_day("2025-02-28")
    (True, False)
    """
    if not DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return True
    return False


def in_chinese(value: object) -> object:
    """Return a word of the language's own vocabulary in Chinese, anything else unchanged.

    >>> in_chinese("text 'abc'")
    "文字 'abc'"
    """
    words = catalogue("diagnostics")
    if isinstance(value, str) and f"word.{value}" in words:
        return words[f"word.{value}"]["zh"]
    first, space, rest = value.partition(" ") if isinstance(value, str) else ("", "", "")
    return f"{words[f'word.{first}']['zh']} {rest}" if space and f"word.{first}" in words else value


def unit_in_chinese(value: object) -> object:
    """Return a unit, or an amount with one, with the unit in Chinese; anything else unchanged.

    >>> unit_in_chinese("CNY/t/year"), unit_in_chinese("0.001 t"), unit_in_chinese("map")
    ('元/吨/年', '0.001 吨', 'map')
    """
    found = AMOUNT.fullmatch(value) if isinstance(value, str) else None
    parts = re.split(r"/| per ", found[2]) if found else []
    return f"{found[1] or ''}{'/'.join(UNITS[p] for p in parts)}" if found and set(parts) <= UNITS.keys() else value


def nearest(name: str, options: Iterable[str]) -> str:
    """Return the option most like `name`, or "".

    >>> nearest("prise_limit", ["tick", "price_limit"]), nearest("fine", ["since", "fine_cny"])
    ('price_limit', 'fine_cny')
    """
    options = list(options)
    if len(whole := [option for option in options if name and option.lower().startswith(f"{name.lower()}_")]) == 1:
        return whole[0]  # the name without its unit
    found = get_close_matches(name.lower(), [option.lower() for option in options], n=1, cutoff=0.6)
    return next((option for option in options if found and option.lower() == found[0]), "")
