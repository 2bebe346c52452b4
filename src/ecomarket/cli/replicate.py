"""ecomarket replicate: one scenario over many seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ecomarket.cli._experiment import document, end, experiment_options, print_table, seeds_of, study_of
from ecomarket.cli._options import scenario_argument
from ecomarket.cli._shell import LANG, say
from ecomarket.written import Count, interval, number

if TYPE_CHECKING:
    from ecomarket.experiments.statistics import Spread


@click.command("replicate", help=say("replicate"))
@scenario_argument
@experiment_options
def command(**asked: Any) -> None:
    """Run and print; exit 3 if a run failed, 130 if it was stopped."""
    import json
    from dataclasses import asdict

    from ecomarket.experiments.measured import HEADLINES
    from ecomarket.experiments.plan import Plan
    from ecomarket.experiments.study import replicated
    from ecomarket.experiments.variants import arms, seeds_told
    from ecomarket.i18n import tr

    seeds, measures = seeds_of(asked), asked["measures"] or HEADLINES
    plan = Plan(arms(asked["scenario"], (), asked["overrides"]), seeds, measures)
    study = study_of(plan, asked, replicated)
    if asked["as_json"]:
        rows = {label: asdict(row) for label, row in study.rows.items()}
        click.echo(json.dumps(document("ecomarket.replicate/1", study) | {"measures": rows}, ensure_ascii=False))
    elif study.rows:
        heads = ("measure", "n", "mean", "sd", "interval", "median", "range")
        cells = [[label, str(row.n), *_cells(row)] for label, row in study.rows.items()]
        name = plan.arms[0].name
        title = tr("experiments.replicated", LANG, name=name, runs=Count(len(seeds)), seeds=seeds_told(seeds))
        print_table(title, heads, cells)
    code = end(study, asked, "how_replicated")
    if code:
        raise click.exceptions.Exit(code)


def _cells(row: Spread) -> list[str]:
    middle = [number(row.mean), number(row.sd), interval(row.low, row.high)]
    return [*middle, number(row.median), interval(row.least, row.greatest)]
