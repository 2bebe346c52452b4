"""ecomarket report: write a run's report again, in either language."""

from __future__ import annotations

import click

from ecomarket.cli._console import run_folder
from ecomarket.cli._options import lang_option, ledger_option, run_argument
from ecomarket.cli._shell import LANG, say


@click.command("report", help=say("report"))
@run_argument
@ledger_option
@lang_option
def command(run: str, url: str | None) -> None:
    """Read the ledger again, write report.html."""
    from ecomarket.ledger.place import place_of
    from ecomarket.report.build import write_report
    from ecomarket.results.write import read_results

    folder = run_folder(run)
    frames, measures = read_results(folder, place_of(folder, url))
    click.echo(say("report_done", report=write_report(folder, frames, measures, LANG)))
