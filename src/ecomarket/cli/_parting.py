"""Where two ledgers part, in words; and a ledger against its scenario run again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ecomarket.cli._console import announce_compilation
from ecomarket.cli._event import event_document, event_line
from ecomarket.cli._shell import LANG, say
from ecomarket.ledger.diff import diff
from ecomarket.ledger.findings import LEVELS, Finding
from ecomarket.ledger.query import open_ledger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecomarket.ledger.diff import Difference
    from ecomarket.ledger.findings import Report
    from ecomarket.ledger.query import Event, Ledger


def parting_text(one: Ledger, other: Ledger, found: Difference) -> str:
    """Return how far two ledgers agree, in the language of this call."""
    lines = [
        say("ledger_diff_manifest", entry=name, one=_value(a), other=_value(b))
        for name, (a, b) in found.manifest.items()
    ]
    if found.one is None and found.other is None:
        name = "ledger_diff_same" if found.same or found.manifest else "ledger_diff_blocks"
        lines.append(say(name, events=found.events, head=one.head, one=one.head[:16], other=other.head[:16]))
        return "\n".join(lines)
    words = {"one": _line(one, found.one, found.events), "other": _line(other, found.other, found.events)}
    if found.events:
        lines.append(say("ledger_diff_parts", events=found.events, day=one.day(found.t), **words))
    else:
        lines.append(say("ledger_diff_at_once", **words))
    return "\n".join(lines)


def parting_document(one: Ledger, other: Ledger, found: Difference) -> dict[str, Any]:
    """Return how far two ledgers agree, to be parsed."""
    return {
        "schema": "ecomarket.diff/1",
        "same": found.same,
        "events": found.events,
        "heads": list(found.heads),
        "manifest": {name: list(pair) for name, pair in found.manifest.items()},
        "next": [
            None if event is None else event_document(ledger, event)
            for ledger, event in ((one, found.one), (other, found.other))
        ],
    }


def resimulated(
    folder: Path, place: str | Path, report: Report, scenario: str | None, overrides: Sequence[str]
) -> Report:
    """Run the scenario of a ledger again and return its report with what differs.

    Raises ScenarioError if there is no such scenario, RunError if it is not the ledger's.
    """
    from ecomarket.engine.resim import run_again, told_scenario
    from ecomarket.scenario import load

    with open_ledger(place) as ledger:
        source, values = told_scenario(folder, ledger)
        loaded = load(scenario or source, overrides or values)
        announce_compilation(quiet=False)
        with run_again(ledger, loaded) as again:
            found = diff(ledger, again)
            if found.same:
                return replace(report, level=LEVELS[-1])
            stored, anew = _line(ledger, found.one, found.events), _line(again, found.other, found.events)
            heads = {"stored": ledger.head[:16], "again": again.head[:16]}
    if found.one is None and found.other is None:
        finding = Finding("RESIM", "block", (), 0, {"what": "RESIM-BLOCKS", **heads})
    else:
        finding = Finding("RESIM", "block", (), found.events + 1, {"stored": stored, "again": anew})
    return replace(report, level=LEVELS[-1], findings=[*report.findings, finding])


def _line(ledger: Ledger, event: Event | None, events: int) -> str:
    return say("ledger_diff_ends", events=events) if event is None else event_line(ledger, event, LANG).strip()


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
