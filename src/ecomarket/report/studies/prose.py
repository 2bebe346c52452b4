"""The texts of an experiment's page: cover, what changes, key results, failures, heads, limits."""

from __future__ import annotations

from html import escape
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, TypeVar

from ecomarket.experiments.variants import seeds_told
from ecomarket.report.digest import Summary
from ecomarket.report.page import code, facts, table
from ecomarket.report.studies import designed
from ecomarket.report.studies.changes import command, own_overrides
from ecomarket.report.studies.told import what_differs
from ecomarket.written import NOTHING, Count, interval, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ecomarket.experiments.plan import Arm
    from ecomarket.experiments.statistics import Paired, Spread
    from ecomarket.report.studies.material import StudyMaterial

T = TypeVar("T")
DIGITS: Final = 16
ROWS_MAX: Final = 100
"""Runs that are listed one by one; of more, the first."""
ARMS_MAX: Final = 6
"""Scenarios whose heads stand side by side."""
PARTS: Final = ("numpy", "pandas", "scipy", "altair")
PAIRED: Final = ("measure", "base", "variant", "diff", "interval", "same_sign", "p", "d")
SPREAD: Final = ("measure", "n", "mean", "sd", "interval", "median", "range")


def title(material: StudyMaterial) -> str:
    """Return what the page is headed."""
    base, *variants = material.arms
    if design := material.design:
        method = material.say(f"study.method.{design.method}")
        return material.say("study.title_design", base=design.scenario, method=method)
    if not variants:
        return material.say("study.title_one", base=base)
    return material.say("study.title_many", base=base, variants=material.say("between").join(variants))


def cover(material: StudyMaterial) -> str:
    """Return the cover: what was run, with which seeds and program, and the command that runs it again."""
    say, plan, numbers = material.say, material.study.plan, material.study.numbers
    runs = len(plan.arms) * len(plan.seeds)
    versions = " · ".join([f"ecomarket {plan.version}", *(f"{part} {version(part)}" for part in PARTS)])
    rows = [
        *_scenarios(material),
        (say("study.seeds"), escape(say("study.seeds_said", n=len(plan.seeds), seeds=seeds_told(plan.seeds)))),
        (say("study.runs"), escape(say("study.runs_said", n=runs, failed=len(numbers.failed)))),
        (say("study.measures"), " ".join(code(name) for name in plan.measures)),
        (say("versions"), escape(versions)),
        *([] if plan.design and plan.design.method == "list" else [(say("again"), code(command(plan)))]),
        (say("study.table"), code(material.study.path.name)),
    ]
    return f'<p class="lead">{escape(say("study.kicker"))}</p><h1>{escape(title(material))}</h1>{facts(rows)}'


def _scenarios(material: StudyMaterial) -> list[tuple[str, str]]:
    say, plan = material.say, material.study.plan
    if design := plan.design:
        varied = " ".join(map(code, design.paths))
        return [
            (say("scenario"), escape(design.scenario)),
            (say("study.varied"), varied),
            (say("study.point_count"), str(len(plan.arms))),
        ]
    return [
        (say("study.base"), _arm(plan.arms[0])),
        *((say("study.variant"), _arm(arm)) for arm in plan.arms[1:]),
    ]


def _arm(arm: Arm) -> str:
    return f"{escape(arm.name)} ({code(arm.digest[:DIGITS])})"


def changes(material: StudyMaterial) -> str:
    """Return what each variant changes; "" where nothing is compared."""
    plan = material.study.plan
    if len(plan.arms) == 1 or plan.design:
        return ""
    parts = [f"<p>{escape(material.say('study.same_luck'))}</p>"]
    for arm in plan.arms[1:]:
        own = own_overrides(plan, arm)
        said = material.say("study.sets" if own else "study.other", source=arm.source, base=plan.arms[0].name)
        parts.append(f"<h3>{escape(arm.name)}</h3><p>{escape(said)}</p>{_changed(material, arm)}")
    return "\n".join(parts)


def _changed(material: StudyMaterial, arm: Arm) -> str:
    """Return what an arm changes: in words, or as it was asked for if its scenario can no longer be read."""
    told = what_differs(material, arm)
    if told is None:
        own = (text.partition("=") for text in own_overrides(material.study.plan, arm))
        lines = [f"<li>{code(path)} = {code(value)}</li>" for path, _, value in own]
        return f"<ul>{''.join(lines)}</ul>" if lines else ""
    content, more = told
    if not content.rows:
        return f"<p>{escape(material.say('study.alike'))}</p>"
    rest = f'<p class="note">{escape(material.say("study.more_changes", n=more))}</p>' if more else ""
    return table(content) + rest


def key_results(material: StudyMaterial) -> str:
    """Return the tables of every number, and what their columns mean."""
    if not material.study.numbers.labels:
        return f'<p class="empty">{escape(material.say("study.nothing"))}</p>'
    base = material.arms[0]
    found = [
        _summary(material, material.say("study.compared", variant=name, base=base), PAIRED, rows, _paired)
        for name, rows in material.pairs.items()
        if rows
    ]
    if material.spreads:
        found.append(_summary(material, material.say("study.replicated"), SPREAD, material.spreads, _spread))
    found += designed.tables(material)
    how = "paired" if material.pairs else "spread" if material.spreads else material.study.kind
    said = material.say(f"study.how_{how}")
    return "\n".join([*map(table, found), f'<p class="note">{escape(said)}</p>'])


def _summary(
    material: StudyMaterial,
    head: str,
    columns: Sequence[str],
    rows: Mapping[str, T],
    cells: Callable[[T], tuple[str, ...]],
) -> Summary:
    heads = tuple(material.head(column) for column in columns)
    lines = [(f"{material.label(label)}\n{label}", *cells(row)) for label, row in rows.items()]
    return Summary(head, heads, tuple(lines), words=1)


def _paired(row: Paired) -> tuple[str, ...]:
    return (
        number(row.base), number(row.variant), number(row.diff), interval(row.low, row.high), f"{row.share:.0%}",
        f"{row.p:.2g}", number(None) if row.d is None else f"{row.d:.2f}",
    )  # fmt: skip


def _spread(row: Spread) -> tuple[str, ...]:
    return (
        str(row.n), number(row.mean), number(row.sd), interval(row.low, row.high), number(row.median),
        interval(row.least, row.greatest),
    )  # fmt: skip


def failures(material: StudyMaterial) -> str:
    """Return which runs failed and why; "" if none did."""
    failed = material.study.numbers.failed
    if not failed:
        return ""
    heads = tuple(material.head(column) for column in ("arm", "seed", "why"))
    rows = tuple((arm, str(seed), why[material.lang == "zh"]) for arm, seed, why in failed[:ROWS_MAX])
    return table(Summary(material.say("study.failed", n=Count(len(failed))), heads, rows, words=3))


def heads(material: StudyMaterial) -> str:
    """Return the head hash of each run, by seed and arm."""
    frame, names = material.study.frame, material.arms
    if len(names) > ARMS_MAX:
        return f"<p>{escape(material.say('study.heads_in_table'))}</p>"
    found = {(arm, seed): head for arm, seed, head in zip(frame["arm"], frame["seed"], frame["head"], strict=True)}
    listed = material.study.plan.seeds[:ROWS_MAX]
    rows = tuple((str(seed), *(_short(found.get((arm, seed))) for arm in names)) for seed in listed)
    said = material.say("study.heads", listed=len(listed), n=len(material.study.plan.seeds))
    content = Summary(material.say("section.heads"), (material.head("seed"), *names), rows, words=1 + len(names))
    body = f"<details><summary>{escape(material.say('study.show_heads'))}</summary>{table(content)}</details>"
    return f"<p>{escape(said)}</p>{body}"


def _short(head: object) -> str:
    """Return the first digits of a head; a dash for a run that has none (in a CSV table not even a text)."""
    return head[:DIGITS] if isinstance(head, str) and head else NOTHING


def limits(material: StudyMaterial) -> str:
    """Return what the reader must know before believing a number."""
    names = ["simulated", "interval", *(["many", "pairs"] if material.pairs else []), "none"]
    lines = [escape(material.say(f"study.limit.{name}")) for name in names]
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>"
