"""ecomarket sensitivity: which factors what is measured hangs on, by Morris or Sobol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from ecomarket.cli._experiment import document, end, experiment_options_for, print_rows, seeds_of, study_of
from ecomarket.cli._options import scenario_argument
from ecomarket.cli._shell import LANG, say
from ecomarket.written import Count, number, short_names

if TYPE_CHECKING:
    from ecomarket.experiments import Sensitivity
    from ecomarket.experiments.indices import Effect, Share

BAR: Final = 20
"""Cells of the longest bar."""
LABELS_SHOWN: Final = 6
ONE_WAY: Final = 0.9
"""Share of mu* from which on mu says that a factor works in one direction."""


@click.command("sensitivity", help=say("sensitivity"))
@scenario_argument
@click.option(
    "--method", type=click.Choice(("morris", "sobol")), default="morris", show_default=True, help=say("sense_method")
)
@click.option(
    "--factor", "ranges", multiple=True, required=True, metavar=say("range_metavar"), help=say("sense_factor")
)
@click.option("--samples", type=click.IntRange(2, 100_000), help=say("sense_samples"))
@click.option("--design-seed", type=click.IntRange(0), default=1, show_default=True, help=say("design_seed"))
@experiment_options_for(runs=5)
def command(**asked: Any) -> None:
    """Run and print; exit 3 if a run failed, 130 if it was stopped."""
    import json
    from dataclasses import asdict

    from ecomarket.experiments.designs import planned
    from ecomarket.experiments.factors import factors
    from ecomarket.experiments.measured import HEADLINES, check_names
    from ecomarket.experiments.sensitivity import sensed, spread_out
    from ecomarket.i18n import tr

    seeds, measures = seeds_of(asked), asked["measures"] or HEADLINES
    check_names(measures)
    found, n = factors(asked["ranges"]), asked["samples"] or 0
    points = spread_out(asked["scenario"], asked["overrides"], found, asked["method"], n, asked["design_seed"])
    if not (asked["quiet"] or asked["as_json"]):
        click.echo(tr("experiments.checking", LANG, n=Count(len(points.sets))), err=True)
    study = study_of(planned(asked["scenario"], asked["overrides"], points, seeds, measures), asked, sensed)
    if asked["as_json"]:
        design, luck = study.design, study.luck
        said = document("ecomarket.sensitivity/1", study) | {
            "design": {
                "method": design.method, "samples": design.samples, "seed": design.seed,
                "factors": dict(zip(design.paths, design.told, strict=True)),
            },
            "measures": {label: {**asdict(a), "luck": luck[label]} for label, a in study.analyses.items()},
        }  # fmt: skip
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        _print(study)
    code = end(study, asked, f"how_{study.design.method}")
    if code:
        raise click.exceptions.Exit(code)


def _print(study: Sensitivity) -> None:
    from ecomarket.i18n import tr

    labels = study.numbers.labels
    for label in labels[:LABELS_SHOWN]:
        _print_one(study, label)
    if rest := labels[LABELS_SHOWN:]:
        told = ", ".join(rest[:4]) + " …" * (len(rest) > 4)
        click.echo(tr("experiments.more_labels", LANG, n=Count(len(rest)), labels=told))


def _print_one(study: Sensitivity, label: str) -> None:
    """Print what is found of one number: a row a factor, the greatest first, with its bar."""
    from ecomarket.experiments.variants import seeds_told
    from ecomarket.i18n import tr

    analysis, luck = study.analyses[label], study.luck[label]
    if not analysis.factors:
        click.echo(tr("experiments.senseless", LANG, label=label, groups=analysis.groups, left_out=analysis.left_out))
        return
    told = {"label": label, "method": study.design.method.capitalize(), "seeds": seeds_told(study.plan.seeds)}
    title = tr("experiments.sensed", LANG, groups=Count(analysis.groups), points=Count(len(study.plan.arms)), **told)
    if analysis.left_out:
        title += tr("experiments.left_out", LANG, n=Count(analysis.left_out))
    if luck is not None:
        title += tr("experiments.luck", LANG, share=f"{luck:.1%}")
    names = dict(zip(study.design.paths, short_names(study.design.paths), strict=True))
    most = max(found.size for found in analysis.factors.values())
    morris = study.design.method == "morris"
    heads = [
        "column.factor",
        *(f"column.{head}" for head in (("mu_star", "mu", "sigma") if morris else ("s1", "st"))),
        "column.bar",
    ]
    rows = [[names[path], *_cells(found), _bar(found, most)] for path, found in analysis.factors.items()]
    print_rows(title, [tr(f"experiments.{head}", LANG) for head in heads], rows, bar=True)


def _cells(found: Effect | Share) -> list[str]:
    from ecomarket.experiments.indices import Effect

    if isinstance(found, Effect):
        return [f"{number(found.mu_star)} ± {number(found.half)}", number(found.mu), number(found.sigma)]
    return [f"{found.s1:.3f} ± {found.s1_half:.3f}", f"{found.st:.3f} ± {found.st_half:.3f}"]


def _bar(found: Effect | Share, most: float) -> str:
    """Draw how much a factor does: by Morris with its direction, by Sobol what it does alone before the rest."""
    from ecomarket.experiments.indices import Effect

    if most <= 0:
        return ""
    if isinstance(found, Effect):
        one_way = abs(found.mu) >= ONE_WAY * found.mu_star
        arrow = "" if not found.mu_star else ("↑" if found.mu > 0 else "↓") if one_way else "↕"
        return f"{'█' * round(BAR * found.mu_star / most)} {arrow}".strip()
    whole = round(BAR * max(found.st, 0) / most)
    alone = min(round(BAR * max(found.s1, 0) / most), whole)
    return "█" * alone + "░" * (whole - alone)
