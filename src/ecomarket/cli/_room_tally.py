"""ecomarket room import-tally: a session on paper, typed into a table, as a ledger."""

from __future__ import annotations

from pathlib import Path

import click

from ecomarket.cli._options import lang_option, scenario_argument, set_option
from ecomarket.cli._room_cards import told
from ecomarket.cli._shell import LANG


@click.command("import-tally", help=told("verb_tally"))
@click.argument("tally", metavar="TALLY", type=click.Path(path_type=Path))
@scenario_argument
@click.option("--plan", type=click.Path(path_type=Path, dir_okay=False), help=told("option_plan"))
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, metavar="N", help=told("option_seed"))
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR", help=told("option_out")
)
@set_option
@lang_option
def command(tally: Path, scenario: str, plan: Path | None, seed: int, out: Path, overrides: tuple[str, ...]) -> None:
    """Check the tally, play it, write ledger, tables and report, and say where they are."""
    from ecomarket.engine.folder import ENDED, mark, placing, read_manifest
    from ecomarket.ledger.place import place_of
    from ecomarket.report.build import write_report
    from ecomarket.results.write import write_results
    from ecomarket.scenario import load
    from ecomarket.workshop.material.paper import import_tally
    from ecomarket.workshop.plan import room_plan

    loaded = load(scenario, overrides)
    made = room_plan(loaded, plan)
    run = out / "run"
    count = import_tally(tally, loaded, made, str(plan.resolve()) if plan else "", out, seed)
    with placing(run):
        frames, measures = write_results(run, loaded, place_of(run))
        write_report(run, frames, measures, LANG)
    mark(run, ENDED)
    click.echo(told("imported", deals=count, folder=run, head=read_manifest(run)["head"]))
    click.echo(told("imported_report", path=run / "report.html"))
    click.echo(told("imported_verify", folder=run))
