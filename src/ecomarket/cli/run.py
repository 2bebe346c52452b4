"""ecomarket run: simulate a scenario, write ledger, measures, tables and report."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ecomarket.cli._console import LANG, announce_compilation, progress
from ecomarket.cli._options import json_option, lang_option, scenario_argument, set_option
from ecomarket.cli._shell import say

if TYPE_CHECKING:
    from ecomarket.engine.run import Done


@click.command("run", help=say("run"))
@scenario_argument
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help=say("run_seed"))
@click.option("--out", type=click.Path(path_type=Path), default=Path("ledgers"), show_default=True, help=say("run_out"))
@click.option(
    "--engine", type=click.Choice(["kernel", "reference"]), default="kernel", show_default=True, help=say("run_engine")
)
@click.option("--individuals", type=click.IntRange(min=-1), default=0, show_default=True, help=say("run_individuals"))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help=say("run_until"))
@set_option
@click.option("--ledger", default="", metavar="URL", help=say("run_ledger"))
@click.option("--force", is_flag=True, help=say("run_force"))
@click.option("--no-report", is_flag=True, help=say("run_no_report"))
@click.option("-q", "--quiet", is_flag=True, help=say("run_quiet"))
@json_option
@lang_option
def command(
    scenario: str,
    seed: int,
    out: Path,
    engine: str,
    individuals: int,
    until: Any,
    overrides: tuple[str, ...],
    ledger: str,
    force: bool,
    no_report: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Simulate, then write everything of the run's folder."""
    from ecomarket.scenario import load

    loaded = load(scenario, overrides)
    quiet = quiet or as_json
    if engine == "kernel":
        announce_compilation(quiet=quiet)
    from ecomarket.engine.run import Driving, run

    end = until.date() if until else loaded.end
    driving = Driving(
        seed=seed, engine=engine, individuals=individuals, until=min(end, loaded.end), force=force, ledger=ledger
    )
    label = say("run_simulating", scenario=loaded.name, seed=seed)
    with contextmanager(progress)(label, (driving.until - loaded.start).days + 1, quiet=quiet) as move:
        done = run(loaded, driving, out, move)
    if done.is_new:
        _write_results(done, loaded, quiet=quiet, report=not no_report)
    _tell(done, quiet=quiet, as_json=as_json)


def _write_results(done: Done, scenario: Any, *, quiet: bool, report: bool) -> None:
    from ecomarket.report.build import write_report
    from ecomarket.results.write import write_results

    if not quiet:
        click.echo(say("run_reporting"), err=True)
    frames, measures = write_results(done.folder, scenario, done.ledger)
    if report:
        write_report(done.folder, frames, measures, LANG)


def _tell(done: Done, *, quiet: bool, as_json: bool) -> None:
    measures = json.loads((done.folder / "measures.json").read_text(encoding="utf-8"))
    if as_json:
        document = {
            "schema": "ecomarket.run/1",
            "run": str(done.folder),
            "head": done.head,
            "is_new": done.is_new,
            "interrupted": done.interrupted,
            "measures": measures,
        }
        click.echo(json.dumps(document, ensure_ascii=False))
    elif not quiet:
        _print_summary(done, measures)
    if done.interrupted:
        raise SystemExit(130)


def _print_summary(done: Done, measures: dict[str, Any]) -> None:
    from rich.console import Console

    from ecomarket.ledger.memory import BlockKeeper
    from ecomarket.ledger.place import without_password
    from ecomarket.report.terminal import summary

    if not done.is_new:
        click.echo(say("run_exists", folder=done.folder, head=done.head))
        return
    console = Console()
    for table in summary(measures, LANG):
        console.print(table)
    if done.interrupted:
        click.echo(say("run_interrupted", day=done.last_day, folder=done.folder), err=True)
    failed = [e for e in measures.get("expectations", []) if not e["met"]]
    if failed:
        total = len(measures["expectations"])
        click.echo(say("run_expectation_failed", failed=len(failed), total=total), err=True)
    in_memory = isinstance(done.ledger, BlockKeeper)
    kept = say("run_no_ledger") if in_memory else without_password(str(done.ledger))
    click.echo(say("run_done", ledger=kept, head=done.head, report=done.folder / "report.html"))
    if not in_memory:
        click.echo(say("run_verify", folder=done.folder))
