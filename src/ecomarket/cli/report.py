"""ecomarket report: write the report of a run or an experiment again, in either language, as page, PDF or Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ecomarket.cli._console import run_folder
from ecomarket.cli._experiment import FOLDER
from ecomarket.cli._options import lang_option, ledger_option
from ecomarket.cli._shell import LANG, say

if TYPE_CHECKING:
    from ecomarket.report.page import Content

FORMATS: Final = ("html", "md")
PATIENT: Final = ("--proxy-server=http://127.0.0.1:9", "--virtual-time-budget=600000")
"""Flags of a browser that prints: it asks nobody for anything, and its clock runs on only when all charts are drawn."""


@click.command("report", help=say("report"))
@click.argument("run", metavar="[RUN|EXPERIMENT|FOLDER]", required=False)
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="html", show_default=True, help=say("report_form")
)
@click.option("--pdf", is_flag=True, help=say("report_pdf"))
@click.option("--serve", is_flag=True, help=say("report_serve"))
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help=say("report_port"))
@ledger_option
@lang_option
def command(run: str | None, form: str, pdf: bool, serve: bool, port: int, url: str | None) -> None:
    """Read the ledger, or the cells of an experiment, again; write the report beside them. Or show what there is."""
    if pdf and (serve or form != "html"):
        raise click.UsageError(say("report_pdf_alone"))
    if serve:
        _serve(Path(run or "."), port)
    elif run is None:
        raise click.UsageError(say("report_what"))
    elif pdf:
        printing = _browser()
        _print(_write(run, form, url), printing)
    else:
        _write(run, form, url)


def _serve(folder: Path, port: int) -> None:
    """Serve until Ctrl-C, which is how it ends."""
    from ecomarket.errors import UserError
    from ecomarket.report.serve import Shelf

    if not folder.is_dir():
        raise UserError(say("report_no_folder", path=folder))
    try:
        shelf = Shelf(folder, port, LANG)
    except OSError as error:
        raise UserError(say("report_port_taken", port=port, why=error.strerror)) from None
    with shelf:
        click.echo(say("report_serving", address=shelf.address, folder=shelf.root))
        try:
            shelf.serve_forever()
        except KeyboardInterrupt:
            click.echo(err=True)


def _browser() -> str:
    """Return what prints pages. Raises UserError if nothing here does, before anything is written."""
    from ecomarket.errors import UserError
    from ecomarket.workshop.material.printing import browser

    found = browser()
    if not found:
        raise UserError(say("report_no_browser"))
    return found


def _print(page: Path, command: str) -> None:
    """Print a page beside itself, whole or not at all. Raises UserError with what the browser said, StorageError."""
    from ecomarket.engine.folder import placing
    from ecomarket.errors import UserError
    from ecomarket.workshop.material.printing import print_pdf

    pdf = page.with_suffix(".pdf")
    part = page.with_suffix(".pdf.part")
    part.unlink(missing_ok=True)
    why = print_pdf(page, part, command, *PATIENT)
    if why:
        raise UserError(say("report_pdf_failed", command=command, why=why))
    with placing(pdf):
        part.replace(pdf)
    click.echo(say("report_done", report=pdf))


def _write(run: str, form: str, url: str | None) -> Path:
    from ecomarket.report.build import write_page
    from ecomarket.report.markdown import write_markdown

    folder = _experiment(run)
    if folder is None:
        folder = _run(run)
        content = _of_run(folder, url)
    else:
        content = _of_experiment(folder)
    write = write_page if form == "html" else write_markdown
    report = write(content, folder)
    click.echo(say("report_done", report=report))
    return report


def _run(text: str) -> Path:
    """Return the folder of a run. Raises RunError where there is neither a run nor an experiment."""
    from ecomarket.errors import RunError

    try:
        return run_folder(text)
    except RunError:
        raise RunError(say("report_neither", path=text)) from None


def _experiment(text: str) -> Path | None:
    """Return the folder of an experiment named by path, or by its name below experiments/; None if there is none."""
    from ecomarket.experiments.record import FILE

    return next((folder for folder in (Path(text), Path(FOLDER) / text) if (folder / FILE).is_file()), None)


def _of_experiment(folder: Path) -> Content:
    from ecomarket.experiments import load
    from ecomarket.report.studies.build import study_content

    return study_content(load(folder), LANG)


def _of_run(folder: Path, url: str | None) -> Content:
    from ecomarket.engine.folder import read_manifest
    from ecomarket.ledger.place import place_of
    from ecomarket.report.build import content
    from ecomarket.results.write import read_results

    frames, measures = read_results(folder, place_of(folder, url))
    return content(frames, measures, read_manifest(folder), LANG, folder.name)
