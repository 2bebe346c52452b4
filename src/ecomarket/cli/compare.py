"""ecomarket compare: variants of a scenario against it, over the same seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ecomarket.cli._experiment import document, end, experiment_options, print_table, seeds_of, study_of
from ecomarket.cli._shell import LANG, say
from ecomarket.written import Count, interval, number

if TYPE_CHECKING:
    from ecomarket.experiments import Comparison
    from ecomarket.experiments.statistics import Paired

FAILED = 1


@click.command("compare", help=say("compare"))
@click.argument("base", metavar="BASE")
@click.argument("variants", metavar="VARIANT...", nargs=-1, required=True)
@experiment_options
@click.option("--fail-if", "conditions", multiple=True, metavar="CONDITION", help=say("compare_fail_if"))
def command(**asked: Any) -> None:
    """Run and print; exit 1 if a condition holds, 3 if a run failed, 130 if it was stopped."""
    import json
    from dataclasses import asdict

    from ecomarket.experiments.conditions import condition
    from ecomarket.experiments.foreseen import check_conditions
    from ecomarket.experiments.measured import HEADLINES, check_names
    from ecomarket.experiments.plan import Plan
    from ecomarket.experiments.study import compared
    from ecomarket.experiments.variants import arms

    tests = {text: condition(text) for text in asked["conditions"]}  # before anything is run
    seeds, measures = seeds_of(asked), asked["measures"] or HEADLINES
    check_names(measures)
    plan = Plan(arms(asked["base"], asked["variants"], asked["overrides"]), seeds, measures)
    check_conditions(tests.values(), plan)
    study = study_of(plan, asked, compared)
    holding = [(name, text) for name, rows in study.rows.items() for text, test in tests.items() if test(rows)]
    if asked["as_json"]:
        rows = {name: {label: asdict(row) for label, row in rows.items()} for name, rows in study.rows.items()}
        holds = [{"variant": name, "condition": text} for name, text in holding]
        said = document("ecomarket.compare/1", study) | {"measures": rows, "holds": holds}
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        _print(study)
    code = end(study, asked, "how_compared")
    if _told(holding):
        raise click.exceptions.Exit(FAILED)
    if code:
        raise click.exceptions.Exit(code)


def _told(holding: list[tuple[str, str]]) -> bool:
    """Say which conditions hold; tell whether any does."""
    from ecomarket.i18n import tr

    for name, text in holding:
        click.echo(tr("experiments.holds", LANG, variant=name, condition=text), err=True)
    return bool(holding)


def _print(study: Comparison) -> None:
    from ecomarket.experiments.variants import seeds_told
    from ecomarket.i18n import tr

    seeds, base = study.plan.seeds, study.plan.arms[0].name
    for name, rows in study.rows.items():
        if rows:
            told = {"variant": name, "base": base, "runs": Count(len(seeds)), "seeds": seeds_told(seeds)}
            heads = ("measure", "base", "variant", "diff", "interval", "share", "p", "d")
            title = tr("experiments.compared", LANG, **told)
            print_table(title, heads, [[label, *_cells(row)] for label, row in rows.items()])


def _cells(row: Paired) -> list[str]:
    means = [number(n) for n in (row.base, row.variant, row.diff)]
    return [
        *means,
        interval(row.low, row.high),
        f"{row.share:.0%}",
        f"{row.p:.2g}",
        "–" if row.d is None else f"{row.d:.2f}",
    ]
