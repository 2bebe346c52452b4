"""Write findings: as text with the line and a caret, as JSON, as GitHub annotations; explain a code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ecomarket.i18n import catalogue, cells, tr
from ecomarket.written import Count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.errors import Diagnostic

EXCERPT_MAX = 100
"""Cells of a source line that are shown."""


def as_text(findings: Sequence[Diagnostic], lang: str = "en") -> str:
    """Return findings with the line, a caret and the help, in the order of the files."""
    return "\n".join(_text(finding, lang) for finding in sorted(findings))


def as_github(findings: Sequence[Diagnostic], lang: str = "en") -> str:
    """Return findings as annotations of a GitHub workflow, one a line."""
    return "\n".join(_github(finding, lang) for finding in sorted(findings))


def as_json(findings: Sequence[Diagnostic], lang: str = "en") -> str:
    """Return findings as one JSON document."""
    fields = [_fields(finding, lang) for finding in sorted(findings)]
    return json.dumps({"schema": "ecomarket.findings/1", "findings": fields}, ensure_ascii=False)


def summary(findings: Sequence[Diagnostic], lang: str = "en") -> str:
    """Return how many errors and warnings there are, in one line."""
    errors = sum(d.severity == "error" for d in findings)
    return tr("diagnostics.errors", lang, errors=Count(errors), warnings=Count(len(findings) - errors))


def explain(code: str, lang: str = "en") -> str:
    """Return what a code means, with an example. Raises KeyError if there is no such code."""
    entry = catalogue("diagnostics")[code]
    return f"{code}: {entry[f'help_{lang}']}\n{tr('diagnostics.example', lang)}: {entry['example']}"


def codes() -> list[str]:
    """Return every code in order."""
    return sorted(name for name, entry in catalogue("diagnostics").items() if "example" in entry)


def words(finding: Diagnostic, lang: str) -> tuple[str, str]:
    """Return (message, help) in a language."""
    if lang == "zh":
        return finding.message_zh or finding.message, finding.help_zh or finding.help
    return finding.message, finding.help


def _text(finding: Diagnostic, lang: str) -> str:
    message, advice = words(finding, lang)
    lines = [f"{finding.file}:{finding.line}:{finding.column}: {finding.code} {message}"]
    margin = len(str(finding.line))
    if finding.excerpt:
        lead, shown, marked = _window(finding)
        lines += [
            f"{'':>{margin}} |",
            f"{finding.line:>{margin}} | {shown}",
            f"{'':>{margin}} | {' ' * lead}{'^' * marked}",
        ]
    if advice:
        lines.append(f"{'':>{margin}} = {tr('diagnostics.help', lang)}: {advice}")
    return "\n".join(lines)


def _window(finding: Diagnostic) -> tuple[int, str, int]:
    """Return (cells before the caret, the part of the line shown, cells under the caret)."""
    line, at = finding.excerpt.replace("\t", " "), finding.column - 1
    start = 0
    while cells(line[start:at]) > EXCERPT_MAX * 3 // 4:
        start += 10
    shown = line[start:]
    while cells(shown) > EXCERPT_MAX:
        shown = shown[:-1]
    cut = ("..." if start else "") + shown + ("..." if len(line) > start + len(shown) else "")
    marked = cells(shown[at - start : at - start + finding.width])
    return cells(line[start:at]) + (3 if start else 0), cut, max(1, marked)


def _github(finding: Diagnostic, lang: str) -> str:
    message, advice = words(finding, lang)
    whole = f"{message} ({advice})" if advice else message
    escaped = whole.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    place = f"file={finding.file},line={max(1, finding.line)},col={max(1, finding.column)}"
    return f"::{finding.severity} {place},title={finding.code}::{escaped}"


def _fields(finding: Diagnostic, lang: str) -> dict[str, str | int]:
    message, advice = words(finding, lang)
    return {
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "width": finding.width,
        "code": finding.code,
        "severity": finding.severity,
        "message": message,
        "help": advice,
    }
