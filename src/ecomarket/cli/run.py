"""ecomarket run: simulate a scenario, write ledger, measures, tables and report; resume a run that stopped."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ecomarket.cli._console import LANG, announce_compilation, progress
from ecomarket.cli._options import json_option, lang_option, rule_option, set_option, with_rules
from ecomarket.cli._shell import INTERRUPTED, say
from ecomarket.errors import UserError

if TYPE_CHECKING:
    from ecomarket.engine.run import Done, Driving
    from ecomarket.scenario import Scenario


@click.command("run", help=say("run"))
@click.argument("scenario", metavar="[SCENARIO]", required=False)
@click.option("--seed", type=click.IntRange(min=0), help=say("run_seed"))
@click.option("--out", type=click.Path(path_type=Path), default=Path("ledgers"), show_default=True, help=say("run_out"))
@click.option("--resume", "resumed", metavar="RUN", help=say("run_resume"))
@click.option("--force-new", is_flag=True, help=say("run_force_new"))
@click.option(
    "--engine", type=click.Choice(["kernel", "reference"]), default="kernel", show_default=True, help=say("run_engine")
)
@click.option("--individuals", type=click.IntRange(min=-1), default=0, show_default=True, help=say("run_individuals"))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help=say("run_until"))
@set_option
@rule_option
@click.option("--ledger", default="", metavar="URL", help=say("run_ledger"))
@click.option("--force", is_flag=True, help=say("run_force"))
@click.option("--explain-refusals", is_flag=True, help=say("run_explain_refusals"))
@click.option("--fail-unmet", is_flag=True, help=say("run_fail_unmet"))
@click.option("--no-report", is_flag=True, help=say("run_no_report"))
@click.option("-q", "--quiet", is_flag=True, help=say("run_quiet"))
@json_option
@lang_option
def command(**asked: Any) -> None:
    """Simulate, then write everything of the run's folder."""
    from ecomarket.scenario.states import load_whole

    if asked["scenario"] is None and asked["resumed"] is None:
        raise click.UsageError(say("run_what"))
    if (asked["force_new"] and asked["resumed"] is None) or (asked["force"] and asked["resumed"] is not None):
        raise click.UsageError(say("run_force_what"))
    before = _before(asked["resumed"], asked["out"]) if asked["resumed"] else None
    loaded = load_whole(*_source(asked, before))
    if loaded.config.expect:
        _check_expectations(loaded)
    quiet = asked["quiet"] or asked["as_json"]
    if asked["engine"] == "kernel":
        announce_compilation(quiet=quiet)
    driving = _driving(asked, before, loaded)
    label = say("run_simulating", scenario=loaded.name, seed=driving.seed)
    with contextmanager(progress)(label, (driving.until - loaded.start).days + 1, quiet=quiet) as move:
        try:
            done = _do(asked, before, loaded, driving, move)
        except KeyboardInterrupt:
            click.echo(say("run_broken_off"), err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None
    if not done.sealed:
        click.echo(say("run_unsealed", folder=done.folder), err=True)
    if done.is_new:
        _write_results(done, loaded, quiet=quiet, report=not asked["no_report"])
    why = _refusals(done, loaded) if asked["explain_refusals"] else None
    measures = _tell(done, quiet=quiet, as_json=asked["as_json"], why=why)
    if asked["fail_unmet"] and _unmet(measures):
        raise click.exceptions.Exit(1)


def _check_expectations(loaded: Scenario) -> None:
    """Raise ScenarioError for expectations that no run could be held against."""
    from ecomarket.cli._expected import unknown_columns
    from ecomarket.errors import ScenarioError

    if wrong := unknown_columns(loaded):
        raise ScenarioError(wrong)


def _before(run: str, out: Path) -> Path:
    """Return the folder of the run to resume, named by path or below `out`. Raises RunError if there is none."""
    from ecomarket.engine.folder import MANIFEST
    from ecomarket.ledger.faults import fault

    for folder in (Path(run), out / run):
        if (folder / MANIFEST).is_file():
            return folder
    raise fault("E711", Path(run))


def _source(asked: dict[str, Any], before: Path | None) -> tuple[str, tuple[str, ...]]:
    """Return the scenario to load and what to override: as asked, else as the run to resume had them."""
    own = with_rules(asked["overrides"], asked["rules"])
    if before is None or asked["scenario"] is not None:
        return asked["scenario"], own
    from ecomarket.engine.folder import read_manifest

    manifest = read_manifest(before)
    source = manifest.get("source", manifest["scenario"])
    return source, own or tuple(manifest.get("overrides", ()))


def _driving(asked: dict[str, Any], before: Path | None, loaded: Scenario) -> Driving:
    """Return how to drive the run: as asked, else as the run to resume was driven, else as usual."""
    from ecomarket.engine.folder import read_manifest
    from ecomarket.engine.run import Driving

    manifest = read_manifest(before) if before else {}
    seed = manifest.get("seed", 1) if asked["seed"] is None else asked["seed"]
    until = (
        asked["until"].date() if asked["until"] else date.fromisoformat(manifest.get("until", loaded.end.isoformat()))
    )
    if until < loaded.start:
        raise UserError(say("run_until_early", until=until, start=loaded.start, end=loaded.end))
    return Driving(seed, min(until, loaded.end), asked["engine"], asked["individuals"], asked["force"], asked["ledger"])


def _do(asked: dict[str, Any], before: Path | None, loaded: Scenario, driving: Driving, move: Any) -> Done:
    if before is None:
        from ecomarket.engine.run import run

        return run(loaded, driving, asked["out"], move)
    from ecomarket.engine.resume import resume

    return resume(before, loaded, driving, move, force_new=asked["force_new"])


def _write_results(done: Done, scenario: Any, *, quiet: bool, report: bool) -> None:
    from ecomarket.engine.folder import COMMITTED, ENDED, mark, placing
    from ecomarket.report.build import write_report
    from ecomarket.results.write import write_results

    if not quiet:
        click.echo(say("run_reporting"), err=True)
    with placing(done.folder):
        frames, measures = write_results(done.folder, scenario, done.ledger)
        if report:
            write_report(done.folder, frames, measures, LANG)
    if done.status == COMMITTED:
        mark(done.folder, ENDED)


def _refusals(done: Done, loaded: Scenario) -> dict[str, list[dict[str, Any]]]:
    from ecomarket.cli._refusals import refused_commands, refused_table

    return {"refusals": refused_table(done, loaded), "refused_commands": refused_commands(done.folder)}


def _tell(done: Done, *, quiet: bool, as_json: bool, why: dict[str, list[dict[str, Any]]] | None) -> dict[str, Any]:
    """Print what came of the run as it was asked for; return its measures."""
    if done.interrupted and not done.is_new:
        raise click.exceptions.Exit(_stopped(done))
    measures: dict[str, Any] = json.loads((done.folder / "measures.json").read_text(encoding="utf-8"))
    if as_json:
        document = {
            "schema": "ecomarket.run/1",
            "run": str(done.folder),
            "head": done.head,
            "is_new": done.is_new,
            "interrupted": done.interrupted,
            "resumed": done.resumed,
            "measures": measures,
        } | (why or {})
        click.echo(json.dumps(document, ensure_ascii=False))
    elif not quiet:
        _print_summary(done, measures)
    if why is not None and not as_json:
        from ecomarket.cli._refusals import print_refusals

        print_refusals(why["refusals"], why["refused_commands"])
    if done.interrupted:
        raise click.exceptions.Exit(_stopped(done))
    return measures


def _unmet(measures: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the scenario's expectations that the run does not meet."""
    return [e for e in measures.get("expectations", []) if not e["met"]]


def _stopped(done: Done) -> int:
    """Say on which day the run stopped and how it goes on; return the exit code."""
    click.echo(say("run_interrupted", day=done.last_day, folder=done.folder), err=True)
    return INTERRUPTED


def _print_summary(done: Done, measures: dict[str, Any]) -> None:
    from rich.console import Console

    from ecomarket.ledger.memory import BlockKeeper
    from ecomarket.ledger.place import without_password
    from ecomarket.report.digest import benchmark_line
    from ecomarket.report.terminal import summary

    if not done.is_new:
        click.echo(say("run_exists", folder=done.folder, head=done.head))
        return
    console = Console()
    for table in summary(measures, LANG, console.width):
        console.print(table)
    if said := benchmark_line(measures, LANG):
        click.echo(said)
    if failed := _unmet(measures):
        total = len(measures["expectations"])
        click.echo(say("run_expectation_failed", failed=len(failed), total=total), err=True)
    in_memory = isinstance(done.ledger, BlockKeeper)
    kept = say("run_no_ledger") if in_memory else without_password(str(done.ledger))
    click.echo(say("run_done", ledger=kept, head=done.head))
    if (done.folder / "report.html").is_file():
        click.echo(say("run_report", report=done.folder / "report.html"))
    if not in_memory:
        click.echo(say("run_verify", folder=done.folder))
