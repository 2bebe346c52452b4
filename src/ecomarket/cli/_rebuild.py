"""ecomarket ledger rebuild: make the projections of a ledger anew from its journal."""

from __future__ import annotations

import click

from ecomarket.cli._console import run_folder
from ecomarket.cli._options import lang_option, ledger_option, run_argument
from ecomarket.cli._shell import LANG, say


@click.command("rebuild", help=say("ledger_rebuild"))
@run_argument
@ledger_option
@lang_option
def rebuild(run: str, url: str | None) -> None:
    """Say what differed, and how much was written anew."""
    from ecomarket.ledger.place import place_of
    from ecomarket.ledger.rebuild import rebuild as make_anew
    from ecomarket.ledger.store.schema import SCHEMA_VERSION

    folder = run_folder(run, url)
    done = make_anew(place_of(folder, url))
    for finding in done.report.findings:
        click.echo(finding.text(LANG))
    if done.rows is None:
        click.echo(say("ledger_rebuild_same", folder=folder, seq=done.report.events))
        return
    if done.version != SCHEMA_VERSION:
        click.echo(say("ledger_rebuild_version", before=done.version, now=SCHEMA_VERSION))
    differences = len(done.report.findings) + sum(done.report.more.values())
    counts = {"rows": f"{done.rows:,}", "differences": differences, "seq": done.report.events}
    click.echo(say("ledger_rebuild_done", folder=folder, **counts))
