"""ecomarket ledger: verify and show ledgers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import click

from ecomarket.cli._console import run_folder
from ecomarket.cli._options import json_option, lang_option, ledger_option, run_argument
from ecomarket.cli._rebuild import rebuild
from ecomarket.cli._registry_verbs import lots, statement, trace
from ecomarket.cli._shell import LANG, say

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ecomarket.ledger.findings import Report

FINDINGS: Final = 1
KINDS: Final = (
    "note",
    "transfer",
    "hold",
    "release",
    "order-accepted",
    "order-refused",
    "order-cancelled",
    "order-expired",
    "trade",
    "close",
    "halt",
    "fact",
    "obligation",
)
LEVELS: Final = ("file", "chain", "replay", "invariants")


@click.group("ledger", help=say("ledger"))
def command() -> None:
    """Hold the ledger's verbs together."""


for verb in (trace, lots, statement, rebuild):
    command.add_command(verb)


@command.command("verify", help=say("ledger_verify"))
@run_argument
@click.option("--level", type=click.Choice(LEVELS), default="invariants", show_default=True, help=say("ledger_level"))
@click.option("--expect-head", metavar="HASH", help=say("ledger_expect_head"))
@ledger_option
@json_option
@lang_option
def verify(run: str, level: str, expect_head: str | None, url: str | None, as_json: bool) -> None:
    """Verify in a child process: a corrupt file may abort the process that reads it."""
    from ecomarket.ledger.place import place_of
    from ecomarket.ledger.worker import verify_in_worker

    folder = run_folder(run, url)
    report = verify_in_worker(place_of(folder, url), level, expect_head)
    if as_json:
        click.echo(json.dumps(_document(folder, report), ensure_ascii=False))
    else:
        for finding in report.findings:
            click.echo(finding.text(LANG))
        click.echo(f"{folder}: {report.summary(LANG)}")
    raise SystemExit(0 if report.clean else FINDINGS)


def _document(folder: Path, report: Report) -> dict[str, object]:
    findings = [{"code": f.code, "table": f.table, "key": list(f.key), "seq": f.seq} for f in report.findings]
    return {
        "schema": "ecomarket.verify/1",
        "run": str(folder),
        "clean": report.clean,
        "events": report.events,
        "head": report.head,
        "level": report.level,
        "findings": findings,
    }


@command.command("show", help=say("ledger_show"))
@run_argument
@click.option("--actor", metavar="CODE", help=say("ledger_actor"))
@click.option("--instrument", metavar="CODE", help=say("ledger_instrument"))
@click.option("--kind", type=click.Choice(KINDS), help=say("ledger_kind"))
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help=say("ledger_since"))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help=say("ledger_until"))
@click.option("--limit", type=click.IntRange(min=0), default=100, show_default=True, help=say("ledger_limit"))
@ledger_option
@json_option
@lang_option
def show(
    run: str,
    actor: str | None,
    instrument: str | None,
    kind: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    url: str | None,
    as_json: bool,
) -> None:
    """Print one line an event, oldest first."""
    from itertools import islice

    from ecomarket.cli._event import event_document, event_line
    from ecomarket.ledger.place import place_of
    from ecomarket.ledger.query import open_ledger
    from ecomarket.model.codes import RecordKind

    with open_ledger(place_of(run_folder(run, url), url)) as ledger:
        found = ledger.select(
            account=actor,
            instrument=instrument,
            kind=RecordKind[kind.upper().replace("-", "_")] if kind else None,
            since=ledger.time(since.date()) if since else None,
            until=ledger.time(until.date()) if until else None,
        )
        for event in islice(found, limit or None):
            if as_json:
                click.echo(json.dumps(event_document(ledger, event), ensure_ascii=False))
            else:
                click.echo(event_line(ledger, event, LANG))
        click.echo(say("ledger_as_of", seq=ledger.events), err=True)
