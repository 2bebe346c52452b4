"""ecomarket frontier: points by two measures, and those that no other is better than."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ecomarket.cli._experiment import (
    FAILED_CELLS,
    around,
    document,
    end,
    experiment_options,
    print_rows,
    study_of,
)
from ecomarket.cli._shell import LANG, say
from ecomarket.written import Count, short_names

if TYPE_CHECKING:
    from ecomarket.experiments import Frontier, Study

AXIS = click.Choice(("x", "y"))


@click.command("frontier", help=say("frontier"))
@click.argument("sources", metavar="EXPERIMENT|SCENARIO...", nargs=-1, required=True)
@click.option("--x", required=True, metavar="MEASURE", help=say("frontier_x"))
@click.option("--y", required=True, metavar="MEASURE", help=say("frontier_y"))
@click.option("--minimise", multiple=True, type=AXIS, help=say("frontier_minimise"))
@click.option("--maximise", multiple=True, type=AXIS, help=say("frontier_maximise"))
@experiment_options
def command(**asked: Any) -> None:
    """Read or run, and print; exit 3 if a run failed, 130 if it was stopped."""
    import json
    from dataclasses import asdict

    from ecomarket.experiments.faults import fault
    from ecomarket.experiments.frontier import frontier, keep

    both = set(asked["minimise"]) & set(asked["maximise"])
    if both:
        raise fault("E926", axis=", ".join(sorted(both)))
    studies = _studies(asked)
    found = frontier(*studies, x=asked["x"], y=asked["y"], maximise=asked["maximise"])
    if len(studies) == 1:
        keep(studies[0], found)
    if asked["as_json"]:
        told = [{**asdict(spot), "best": not spot.beaten_by} for spot in found.spots]
        said = [document("ecomarket.frontier/1", study) for study in studies]
        axes = {"x": found.x, "y": found.y, "maximised": found.maximised}
        whole = {"schema": "ecomarket.frontier/1", **axes, "points": told, "missing": found.missing, "of": said}
        click.echo(json.dumps(whole, ensure_ascii=False))
    else:
        _print(found, studies)
    end(studies[-1], asked, "how_frontier")
    if any(study.numbers.failed for study in studies):
        raise click.exceptions.Exit(FAILED_CELLS)


def _studies(asked: dict[str, Any]) -> list[Study]:
    """Return the experiments in folders, or that of scenarios, run now. Raises UserError."""
    from ecomarket.experiments import load
    from ecomarket.experiments.faults import fault
    from ecomarket.experiments.record import FILE

    folders = [Path(source) for source in asked["sources"] if (Path(source) / FILE).is_file()]
    if not folders:
        return [_run(asked)]
    if len(folders) < len(asked["sources"]):
        strange = next(source for source in asked["sources"] if Path(source) not in folders)
        raise fault("E925", found=strange)
    if asked["overrides"] or asked["seeds"] or asked["measures"]:
        raise fault("E927", options="--set, --seeds, --measure")
    return [load(folder) for folder in folders]


def _run(asked: dict[str, Any]) -> Study:
    from ecomarket.cli._experiment import seeds_of
    from ecomarket.experiments.measured import check_names
    from ecomarket.experiments.plan import Plan
    from ecomarket.experiments.study import compared
    from ecomarket.experiments.variants import arms

    measures = tuple(dict.fromkeys((asked["x"], asked["y"], *asked["measures"])))
    check_names(measures)
    base, *others = asked["sources"]
    return study_of(Plan(arms(base, others, asked["overrides"]), seeds_of(asked), measures), asked, compared)


def _print(found: Frontier, studies: list[Study]) -> None:
    from ecomarket.i18n import tr

    if not found.spots:
        return
    design = studies[0].plan.design if len(studies) == 1 else None
    paths = design.paths if design else ()
    heads = short_names(paths) if paths else [tr("experiments.column.point", LANG)]
    better = {axis: tr(f"experiments.{'more' if axis in found.maximised else 'less'}_is_better", LANG) for axis in "xy"}
    heads += [f"{found.x} {better['x']}", f"{found.y} {better['y']}", tr("experiments.column.beaten", LANG)]
    number = {spot.name: str(at) for at, spot in enumerate(found.spots, 1)}
    rows = [
        [
            number[spot.name], *([spot.sets.get(path, "–") for path in paths] or [spot.name]),
            around(spot.x), around(spot.y), number[spot.beaten_by] if spot.beaten_by else tr("experiments.best", LANG),
        ]
        for spot in found.spots
    ]  # fmt: skip
    told = {"n": Count(len(found.spots)), "best": len(found.best), "x": found.x, "y": found.y}
    print_rows(tr("experiments.frontier", LANG, **told), ["", *heads], rows, left=len(heads) - 2)
    if found.missing:
        click.echo(tr("experiments.missing", LANG, n=Count(len(found.missing)), names=", ".join(found.missing[:3])))
