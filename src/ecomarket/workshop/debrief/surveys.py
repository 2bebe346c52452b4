"""What people answered before and after, counted: no name and no seat goes with an answer."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PEOPLE: Final = "people.jsonl"
WHEN: Final = ("before", "after")


def surveys(folder: Path) -> dict[str, dict[str, Counter[int]]]:
    """Return by question and time (before, after) how many people chose each answer; a later answer replaces one's own.

    Lines that are no survey, or cannot be read, say nothing.
    """
    last: dict[tuple[str, str, str], int] = {}
    for line in _lines(folder / PEOPLE):
        if "survey" not in (line.get("what"), line.get("kind")) or line.get("when") not in WHEN:
            continue
        for question, answer in dict(line.get("answers") or {}).items():
            if isinstance(answer, int):
                last[str(line.get("person", line.get("seat", ""))), str(question), str(line["when"])] = answer
    found: dict[str, dict[str, Counter[int]]] = {}
    for (_, question, when), answer in last.items():
        found.setdefault(question, {name: Counter() for name in WHEN})[when][answer] += 1
    return found


def _lines(path: Path) -> list[Mapping[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    found: list[Mapping[str, Any]] = []
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            found.append(row)
    return found
