"""Where two ledgers part, in words; and a ledger against its scenario run again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ecomarket.cli._console import announce_compilation
from ecomarket.cli._event import event_document, event_line
from ecomarket.cli._shell import LANG, say
from ecomarket.ledger.diff import diff, parting
from ecomarket.ledger.findings import LEVELS, Finding
from ecomarket.ledger.query import open_ledger
from ecomarket.model.codes import RecordKind
from ecomarket.model.record import RECORD
from ecomarket.model.stated import NoteCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ecomarket.ledger.block import Block
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
    later = after_start(one, other, found)
    if later is not None:
        lines.append(say("ledger_diff_start", entries=", ".join(_unlike(found.one, found.other))))
        if later.one is None and later.other is None:
            lines.append(say("ledger_diff_start_only", events=later.events))
            return "\n".join(lines)
        found = later
    words = {"one": _line(one, found.one, found.events), "other": _line(other, found.other, found.events)}
    if found.events:
        lines.append(say("ledger_diff_parts", events=found.events, day=one.day(found.t), **words))
    else:
        lines.append(say("ledger_diff_at_once", **words))
    if words["one"] == words["other"]:
        lines += [
            say("ledger_diff_field", entry=name, one=_value(a), other=_value(b))
            for name, a, b in _fields(found.one, found.other)
        ]
    return "\n".join(lines)


def _fields(one: Event | None, other: Event | None) -> Iterator[tuple[str, object, object]]:
    """Yield what two events that read alike differ in: fields of the record, entries of the payload."""
    if one is None or other is None:
        return
    told = [
        {**{name: e.record[name].item() for name in RECORD.names or () if name != "checksum"}, **(e.payload or {})}
        for e in (one, other)
    ]
    for name in sorted({*told[0], *told[1]}):
        if told[0].get(name) != told[1].get(name):
            yield name, told[0].get(name), told[1].get(name)


def after_start(one: Ledger, other: Ledger, found: Difference) -> Difference | None:
    """Return where two ledgers part after the note that starts each run; None unless they part at that note alone.

    It holds the digest of the scenario, so it always differs where a rule does, and says nothing of what the rule did.
    Runs that start on different days are not compared any further.
    """
    first, second = found.one, found.other
    if found.events or not (_starts(first) and _starts(second)) or one.start != other.start:
        return None
    events, t, *following = parting(_without_first(one.blocks()), _without_first(other.blocks()))
    return found._replace(events=events + 1, t=t, one=following[0], other=following[1])


def _starts(event: Event | None) -> bool:
    return (
        event is not None
        and event.record["kind"] == RecordKind.NOTE
        and event.record["code"] == NoteCode.RUN_STARTED
        and event.payload is not None
    )


def _without_first(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks without the first event of all; its payload stays, for the notes after it count from there."""
    first = True
    for block in blocks:
        cut = 1 if first and block.n else 0
        first = first and not cut
        yield replace(block, n=block.n - cut, body=block.body[cut * RECORD.itemsize :])


def _unlike(one: Event | None, other: Event | None) -> list[str]:
    """Return the entries in which two notes differ."""
    a, b = (event.payload or {} if event else {} for event in (one, other))
    return [name for name in sorted({*a, *b}) if a.get(name) != b.get(name)]


def parting_document(one: Ledger, other: Ledger, found: Difference) -> dict[str, Any]:
    """Return how far two ledgers agree, to be parsed."""
    later = after_start(one, other, found)
    return {
        "schema": "ecomarket.diff/1",
        "same": found.same,
        "events": found.events,
        "heads": list(found.heads),
        "manifest": {name: list(pair) for name, pair in found.manifest.items()},
        "next": _next(one, other, found),
        "after_start": None if later is None else {"events": later.events, "next": _next(one, other, later)},
    }


def _next(one: Ledger, other: Ledger, found: Difference) -> list[dict[str, Any] | None]:
    pairs = ((one, found.one), (other, found.other))
    return [None if event is None else event_document(ledger, event) for ledger, event in pairs]


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
