"""Write findings as SARIF 2.1.0 (OASIS, 2020), which code hosts and editors show beside the lines they concern."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from ecomarket.i18n import catalogue
from ecomarket.scenario.render import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.errors import Diagnostic

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(findings: Sequence[Diagnostic], lang: str = "en") -> str:
    """Return findings as one SARIF log: a run, its rules (the codes that were found), and a result a finding."""
    codes = sorted({finding.code for finding in findings})
    run = {
        "tool": {
            "driver": {
                "name": "ecomarket",
                "semanticVersion": version("ecomarket"),
                "rules": [_rule(code, lang) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, codes.index(finding.code), lang) for finding in sorted(findings)],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1)


def _level(code: str) -> str:
    return "warning" if code.startswith("W") else "error"


def _rule(code: str, lang: str) -> dict[str, Any]:
    entry = catalogue("diagnostics")[code]
    return {
        "id": code,
        "shortDescription": {"text": entry[f"help_{lang}"]},
        "help": {"text": f"{entry[f'help_{lang}']} {entry['example']}"},
        "defaultConfiguration": {"level": _level(code)},
    }


def _result(finding: Diagnostic, rule: int, lang: str) -> dict[str, Any]:
    message, advice = words(finding, lang)
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.file)}}
    if finding.line:
        column = max(1, finding.column)
        region = {"startLine": finding.line, "startColumn": column, "endColumn": column + finding.width}
        location["region"] = region | ({"snippet": {"text": finding.excerpt}} if finding.excerpt else {})
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _level(finding.code),
        "message": {"text": f"{message}. {advice}" if advice else message},
        "locations": [{"physicalLocation": location}],
    }


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
