"""ecomarket ledger: verify, seal, show, compare, replay and export ledgers."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ecomarket.cli._console import run_folder
from ecomarket.cli._ledger_replay import command as replay
from ecomarket.cli._open import opened
from ecomarket.cli._options import json_lines_option, json_option, lang_option, ledger_option, run_argument, set_option
from ecomarket.cli._rebuild import rebuild
from ecomarket.cli._registry_verbs import lots, statement, trace
from ecomarket.cli._shell import LANG, say
from ecomarket.errors import RunError

if TYPE_CHECKING:
    from datetime import datetime

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
LEVELS: Final = ("file", "chain", "replay", "invariants", "resim")
REWRITTEN: Final = {"EV-EXPECT", "SEAL", "PAGE"}
"""Findings of a history that hangs together and is not the one written down: running the scenario again tells more."""
FORMATS: Final = ("csv", "jsonl", "parquet", "beancount")
EXPORTS: Final = ("records", "trades", "balances", "postings")


@click.group("ledger", help=say("ledger"))
def command() -> None:
    """Hold the ledger's verbs together."""


for verb in (trace, lots, statement, rebuild, replay):
    command.add_command(verb)


@command.command("verify", help=say("ledger_verify"))
@run_argument
@click.option("--level", type=click.Choice(LEVELS), default="invariants", show_default=True, help=say("ledger_level"))
@click.option("--expect-head", metavar="HASH", help=say("ledger_expect_head"))
@click.option("--seal", type=click.Path(path_type=Path, dir_okay=False), help=say("ledger_seal_file"))
@click.option("--scenario", metavar="SCENARIO", help=say("ledger_scenario"))
@set_option
@ledger_option
@json_option
@lang_option
def verify(
    run: str,
    level: str,
    expect_head: str | None,
    seal: Path | None,
    scenario: str | None,
    overrides: tuple[str, ...],
    url: str | None,
    as_json: bool,
) -> None:
    """Verify in a child process: a corrupt file may abort the process that reads it."""
    from ecomarket.engine.folder import told_head
    from ecomarket.ledger.place import place_of
    from ecomarket.ledger.seal import kept_seal
    from ecomarket.ledger.worker import verify_in_worker

    folder = run_folder(run, url)
    place = place_of(folder, url)
    report = verify_in_worker(place, level, expect_head or told_head(folder), seal or kept_seal(folder, place))
    if level == "resim" and {f.code for f in report.findings} <= REWRITTEN:
        from ecomarket.cli._parting import resimulated

        report = resimulated(folder, place, report, scenario, overrides)
    if as_json:
        click.echo(json.dumps(_document(folder, report), ensure_ascii=False))
    else:
        _print_report(folder, report)
    raise SystemExit(0 if report.clean else FINDINGS)


def _print_report(folder: Path, report: Report) -> None:
    for finding in report.findings:
        click.echo(finding.text(LANG))
    for code, n in report.more.items():
        click.echo(say("ledger_more", code=code, n=n))
    click.echo(f"{folder}: {report.summary(LANG)}")


def _document(folder: Path, report: Report) -> dict[str, object]:
    findings = [
        {"code": f.code, "table": f.table, "key": list(f.key), "seq": f.seq, "text": f.text(LANG)}
        for f in report.findings
    ]
    return {
        "schema": "ecomarket.verify/1",
        "run": str(folder),
        "clean": report.clean,
        "events": report.events,
        "head": report.head,
        "level": report.level,
        "sealed": report.sealed,
        "findings": findings,
        "more": dict(report.more),
    }


@command.command("seal", help=say("ledger_seal"))
@run_argument
@ledger_option
@lang_option
def seal(run: str, url: str | None) -> None:
    """Seal what verifies, and nothing else."""
    from ecomarket.engine.folder import COMMITTED, ENDED, read_manifest, seal_run, told_head
    from ecomarket.ledger.place import place_of
    from ecomarket.ledger.seal import SEAL, kept_seal
    from ecomarket.ledger.store.places import fold
    from ecomarket.ledger.worker import verify_in_worker

    folder = run_folder(run, url)
    place = place_of(folder, url)
    report = verify_in_worker(place, expect_head=told_head(folder), seal=kept_seal(folder, place))
    if not report.clean:
        _print_report(folder, report)
        raise SystemExit(FINDINGS)
    with suppress(RunError):  # a folder without manifest, a file that cannot be written: the seal tells what is amiss
        if read_manifest(folder).get("status") in {COMMITTED, ENDED}:
            fold(place)
    made = seal_run(folder, place)
    click.echo(say("ledger_sealed", path=folder / SEAL, head=made.head, events=made.events))


@command.command("diff", help=say("ledger_diff"))
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@json_option
@lang_option
def diff(one: str, other: str, as_json: bool) -> None:
    """Say where two ledgers part."""
    from ecomarket.cli._parting import parting_document, parting_text
    from ecomarket.ledger.diff import diff as difference

    with opened(one) as a, opened(other) as b:
        found = difference(a, b)
        if as_json:
            click.echo(json.dumps(parting_document(a, b, found), ensure_ascii=False))
        else:
            click.echo(parting_text(a, b, found))
    raise SystemExit(0 if found.same else FINDINGS)


@command.command("export", help=say("ledger_export"))
@run_argument
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True, help=say("ledger_form"))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help=say("ledger_out"))
@click.option("--table", "tables", type=click.Choice(EXPORTS), multiple=True, help=say("ledger_tables"))
@ledger_option
@lang_option
def export(run: str, form: str, out: Path, tables: tuple[str, ...], url: str | None) -> None:
    """Write a ledger in a form that other programs read."""
    from ecomarket.ledger.export import export as write

    with opened(run, url) as ledger:
        for path, rows in write(ledger, form, out, tables or EXPORTS):
            click.echo(say("ledger_exported", path=path, rows=f"{rows:,}"))
        click.echo(say("ledger_as_of", seq=ledger.events), err=True)


@command.command("show", help=say("ledger_show"))
@run_argument
@click.option("--actor", metavar="CODE", help=say("ledger_actor"))
@click.option("--instrument", metavar="CODE", help=say("ledger_instrument"))
@click.option("--kind", type=click.Choice(KINDS), metavar="KIND", help=say("ledger_kind", kinds=", ".join(KINDS)))
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help=say("ledger_since"))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help=say("ledger_until"))
@click.option("--limit", type=click.IntRange(min=0), default=100, show_default=True, help=say("ledger_limit"))
@ledger_option
@json_lines_option
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
    from ecomarket.model.codes import RecordKind

    with opened(run, url) as ledger:
        found = ledger.select(
            account=actor,
            instrument=instrument,
            kind=RecordKind[kind.upper().replace("-", "_")] if kind else None,
            since=ledger.time(since.date()) if since else None,
            until=ledger.time(until.date()) if until else None,
        )
        shown = found if limit == 0 else islice(found, limit)
        for event in shown:
            if as_json:
                click.echo(json.dumps(event_document(ledger, event), ensure_ascii=False))
            else:
                click.echo(event_line(ledger, event, LANG))
        if next(found, None) is not None:
            click.echo(say("ledger_show_more", n=limit), err=True)
        click.echo(say("ledger_as_of_lots", seq=ledger.events), err=True)
