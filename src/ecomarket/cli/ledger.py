"""ecomarket ledger: verify and show ledgers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import click

from ecomarket.cli._console import run_folder
from ecomarket.cli._options import json_option, lang_option, run_argument
from ecomarket.cli._shell import LANG, say

if TYPE_CHECKING:
    from pathlib import Path

    from ecomarket.ledger.findings import Report

FINDINGS: Final = 1
LEVELS: Final = ("file", "chain", "replay", "invariants")


@click.group("ledger", help=say("ledger"))
def command() -> None:
    """Hold the ledger's verbs together."""


@command.command("verify", help=say("ledger_verify"))
@run_argument
@click.option("--level", type=click.Choice(LEVELS), default="invariants", show_default=True, help=say("ledger_level"))
@click.option("--expect-head", metavar="HASH", help=say("ledger_expect_head"))
@json_option
@lang_option
def verify(run: str, level: str, expect_head: str | None, as_json: bool) -> None:
    """Verify in a child process: a corrupt file may abort the process that reads it."""
    from ecomarket.ledger.worker import verify_in_worker

    folder = run_folder(run)
    report = verify_in_worker(folder / "ledger.db", level, expect_head)
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
