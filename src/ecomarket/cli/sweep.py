"""ecomarket sweep: a scenario at every point of a grid, a list or a Latin hypercube."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ecomarket.cli._experiment import around, document, end, experiment_options, print_points, seeds_of, study_of
from ecomarket.cli._options import scenario_argument
from ecomarket.cli._shell import LANG, say
from ecomarket.written import Count

if TYPE_CHECKING:
    from ecomarket.experiments import Sweep
    from ecomarket.experiments.designs import Points

TOLD: Final = 10
"""Points from which on it is told that they are checked: it takes a while."""


@click.command("sweep", help=say("sweep"))
@scenario_argument
@click.option("--grid", multiple=True, metavar=say("grid_metavar"), help=say("sweep_grid"))
@click.option("--list", "file", type=click.Path(path_type=Path), metavar="FILE", help=say("sweep_list"))
@click.option("--lhs", multiple=True, metavar=say("range_metavar"), help=say("sweep_lhs"))
@click.option("--samples", type=click.IntRange(1, 100_000), default=50, show_default=True, help=say("sweep_samples"))
@click.option("--design-seed", type=click.IntRange(0), default=1, show_default=True, help=say("design_seed"))
@experiment_options
def command(**asked: Any) -> None:
    """Run and print; exit 3 if a run failed, 130 if it was stopped."""
    import json
    from dataclasses import asdict

    from ecomarket.experiments.designs import planned
    from ecomarket.experiments.measured import HEADLINES, check_names
    from ecomarket.experiments.sweep import swept
    from ecomarket.i18n import tr

    seeds, measures = seeds_of(asked), asked["measures"] or HEADLINES
    check_names(measures)
    points = _points(asked)
    if len(points.sets) > TOLD and not (asked["quiet"] or asked["as_json"]):
        click.echo(tr("experiments.checking", LANG, n=Count(len(points.sets))), err=True)
    study = study_of(planned(asked["scenario"], asked["overrides"], points, seeds, measures), asked, swept)
    if asked["as_json"]:
        found = [
            {"name": name, "set": sets, "measures": {label: asdict(row) for label, row in study.rows[name].items()}}
            for name, sets in study.points.items()
        ]
        said = document("ecomarket.sweep/1", study) | {"design": _design(study), "points": found}
        click.echo(json.dumps(said, ensure_ascii=False))
    elif study.numbers.labels:
        _print(study)
    code = end(study, asked, "how_swept")
    if code:
        raise click.exceptions.Exit(code)


def _points(asked: dict[str, Any]) -> Points:
    """Return the points of the one design that was asked for. Raises UserError."""
    from ecomarket.experiments.designs import gridded, listed
    from ecomarket.experiments.factors import factors
    from ecomarket.experiments.faults import fault
    from ecomarket.experiments.sweep import drawn

    if sum(map(bool, (asked["grid"], asked["file"], asked["lhs"]))) != 1:
        raise fault("E922", options="--grid, --list, --lhs")
    if asked["file"]:
        return listed(asked["file"])
    if asked["grid"]:
        return gridded(factors(asked["grid"]))
    ranges = factors(asked["lhs"])
    return drawn(asked["scenario"], asked["overrides"], ranges, asked["samples"], asked["design_seed"])


def _design(study: Sweep) -> dict[str, Any]:
    design = study.plan.design
    assert design is not None
    told = dict(zip(design.paths, design.told, strict=False))
    return {"method": design.method, "factors": told, "samples": design.samples, "seed": design.seed}


def _print(study: Sweep) -> None:
    from ecomarket.experiments.variants import seeds_told
    from ecomarket.i18n import tr

    design, seeds = study.plan.design, study.plan.seeds
    assert design is not None
    method = tr(f"experiments.method.{design.method}", LANG)
    told = {"points": Count(len(study.plan.arms)), "runs": Count(len(seeds)), "seeds": seeds_told(seeds)}
    title = tr("experiments.swept", LANG, name=design.scenario, method=method, **told)
    rows = [
        (list(sets.values()), {label: around(row) for label, row in study.rows[name].items()})
        for name, sets in study.points.items()
    ]
    print_points(title, study.paths, study.numbers.labels, rows)
