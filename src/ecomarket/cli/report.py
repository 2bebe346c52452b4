"""ecomarket report: write the report of a run or an experiment again, in either language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ecomarket.cli._console import run_folder
from ecomarket.cli._experiment import FOLDER
from ecomarket.cli._options import lang_option, ledger_option
from ecomarket.cli._shell import LANG, say

if TYPE_CHECKING:
    from pathlib import Path


@click.command("report", help=say("report"))
@click.argument("run", metavar="RUN|EXPERIMENT")
@ledger_option
@lang_option
def command(run: str, url: str | None) -> None:
    """Read the ledger, or the cells of an experiment, again; write report.html."""
    experiment = _experiment(run)
    path = _of_run(run, url) if experiment is None else _of_experiment(experiment)
    click.echo(say("report_done", report=path))


def _experiment(text: str) -> Path | None:
    """Return the folder of an experiment named by path, or by its name below experiments/; None if there is none."""
    from pathlib import Path

    from ecomarket.experiments.record import FILE

    return next((folder for folder in (Path(text), Path(FOLDER) / text) if (folder / FILE).is_file()), None)


def _of_experiment(folder: Path) -> Path:
    from ecomarket.experiments import load
    from ecomarket.report.studies.build import write_study_report

    return write_study_report(load(folder), LANG)


def _of_run(run: str, url: str | None) -> Path:
    from ecomarket.ledger.place import place_of
    from ecomarket.report.build import write_report
    from ecomarket.results.write import read_results

    folder = run_folder(run)
    frames, measures = read_results(folder, place_of(folder, url))
    return write_report(folder, frames, measures, LANG)
