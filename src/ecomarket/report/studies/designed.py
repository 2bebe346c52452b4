"""What stands on the page of a sweep or a sensitivity analysis in place of differences from a base."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.experiments.indices import Effect
from ecomarket.experiments.sensitivity import Sensitivity
from ecomarket.experiments.sweep import Sweep
from ecomarket.report.digest import Summary
from ecomarket.written import NOTHING, Count, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.experiments.plan import Design, Plan
    from ecomarket.experiments.statistics import Spread
    from ecomarket.report.studies.material import StudyMaterial

POINTS_MAX: Final = 200
LABELS_MAX: Final = 5
"""Numbers of a point that stand in its row; the table beside the page has all."""
SWEEPS: Final = ("grid", "list", "lhs")
OPTIONS: Final = {"grid": "--grid", "lhs": "--lhs", "morris": "--factor", "sobol": "--factor"}
EFFECT: Final = ("factor", "mu_star", "mu", "sigma")
SHARE: Final = ("factor", "s1", "st")


def options(design: Design) -> list[str]:
    """Return what follows the scenario in the command of a design; of a list, whose file is not known, nothing."""
    if design.method not in OPTIONS:
        return []
    found = [] if design.method in SWEEPS else ["--method", design.method]
    for path, text in zip(design.paths, design.told, strict=True):
        found += [OPTIONS[design.method], f"{path}={text}"]
    drawn = ["--samples", str(design.samples), "--design-seed", str(design.seed)]
    return found if design.method == "grid" else found + drawn


def shared(plan: Plan, design: Design) -> tuple[str, ...]:
    """Return what holds at all points: overrides of paths that are not varied."""
    return tuple(text for text in plan.arms[0].overrides if text.partition("=")[0] not in design.paths)


def tables(material: StudyMaterial) -> Iterator[Summary]:
    """Yield the tables of a sweep (a row a point) or of an analysis (a row a factor, a table a number)."""
    study = material.study
    if isinstance(study, Sweep):
        yield _points(material, study)
    if isinstance(study, Sensitivity):
        for label, analysis in study.analyses.items():
            if analysis.factors:
                yield _factors(material, study, label)


def _points(material: StudyMaterial, study: Sweep) -> Summary:
    labels = material.moving[:LABELS_MAX]
    heads = (*study.paths, *map(material.label, labels))
    rows = [
        (*(text or NOTHING for text in sets.values()), *(_around(study.rows[name].get(label)) for label in labels))
        for name, sets in list(study.points.items())[:POINTS_MAX]
    ]
    shown, whole = len(labels), len(study.numbers.labels)
    title = material.say("study.points", points=Count(len(study.points)), shown=shown, labels=Count(whole))
    return Summary(title, heads, tuple(rows), words=len(study.paths))


def _around(row: Spread | None) -> str:
    if row is None:
        return NOTHING
    return number(row.mean) if row.high is None else f"{number(row.mean)} ± {number(row.high - row.mean)}"


def _factors(material: StudyMaterial, study: Sensitivity, label: str) -> Summary:
    found = study.analyses[label].factors
    rows: list[tuple[str, ...]] = []
    columns: tuple[str, ...] = EFFECT
    for path, one in found.items():
        if isinstance(one, Effect):
            rows.append((path, f"{number(one.mu_star)} ± {number(one.half)}", number(one.mu), number(one.sigma)))
        else:
            columns = SHARE
            rows.append((path, f"{one.s1:.3f} ± {one.s1_half:.3f}", f"{one.st:.3f} ± {one.st_half:.3f}"))
    luck = study.luck[label]
    said = material.say("study.luck", share=f"{luck:.0%}") if luck is not None else ""
    title = f"{material.label(label)} ({label}){said}"
    return Summary(title, tuple(map(material.head, columns)), tuple(rows), words=1)
