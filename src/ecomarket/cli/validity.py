"""ecomarket validity: published results, reproduced or not."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from ecomarket.cli._console import print_document
from ecomarket.cli._options import json_option, lang_option, set_option
from ecomarket.cli._shell import LANG, say

if TYPE_CHECKING:
    from ecomarket.validity.table import Verdict

FAILED = 1


@click.command("validity", help=say("validity"))
@click.option("--case", "cases", multiple=True, metavar="ID", help=say("validity_case"))
@click.option("--file", type=click.Path(path_type=Path), help=say("validity_file"))
@click.option("--seeds", type=click.IntRange(min=1), default=None, help=say("validity_seeds"))
@click.option("--exact", is_flag=True, help=say("validity_exact"))
@click.option("--markdown", is_flag=True, help=say("validity_markdown"))
@click.option("--list", "listed", is_flag=True, help=say("validity_list"))
@set_option
@json_option
@lang_option
def command(
    cases: tuple[str, ...],
    file: Path | None,
    seeds: int | None,
    exact: bool,
    markdown: bool,
    listed: bool,
    overrides: tuple[str, ...],
    as_json: bool,
) -> None:
    """Run cases, or one file; exit 1 if one fails, 2 if one is unknown or cannot be understood."""
    import json

    from ecomarket.validity import suite, table
    from ecomarket.validity.case import EXACT

    if overrides and file is None:
        raise click.UsageError(say("validity_set_needs_file"))
    if markdown:
        click.echo(_page(seeds or 30, exact=exact), nl=False)
        return
    wanted = [suite.case(name) for name in cases or suite.ids()]
    if exact:
        wanted = [case for case in wanted if not case.by_chance]
    if listed:
        _list([(case.kind.upper(), case.title_en, case.title_zh, case.by_chance) for case in wanted], as_json=as_json)
        return
    verdicts, took = [], dict[str, float]()
    for kind in [case.kind for case in wanted] if file is None else [""]:
        began = perf_counter()
        verdict = suite.run(kind, EXACT if exact else seeds or 0) if file is None else suite.run_file(file, overrides)
        took[kind.upper()] = perf_counter() - began
        verdicts.append(verdict)
        if not as_json:
            click.echo("\n".join(table.lines(verdict, LANG)))
    if as_json:
        click.echo(json.dumps(table.document(verdicts), ensure_ascii=False, indent=1))
    elif file is None:
        _sum_up(verdicts, {case.kind.upper(): took[case.kind.upper()] for case in wanted if case.by_chance}, seeds)
    if not all(verdict.ok for verdict in verdicts):
        raise SystemExit(FAILED)


def _page(seeds: int, *, exact: bool) -> str:
    """Return the page of the manual: the exact cases run, the questions of policy solved and, unless `exact`, run."""
    from ecomarket.experiments.study import Way
    from ecomarket.validity import suite
    from ecomarket.validity.case import EXACT
    from ecomarket.validity.effects import answer
    from ecomarket.validity.effects_sheet import questions
    from ecomarket.validity.page import page

    verdicts = [suite.run(name, EXACT) for name in suite.ids() if not suite.case(name).by_chance]
    way = Way(out=Path("experiments"))
    answers = [answer(name, range(1, seeds + 1), way, run=not exact) for name in questions()]
    return page(verdicts, answers)


def _list(cases: list[tuple[str, str, str, bool]], *, as_json: bool) -> None:
    if as_json:
        keys = ("id", "title", "title_zh", "by_chance")
        print_document("ecomarket.cases/1", {"cases": [dict(zip(keys, case, strict=True)) for case in cases]})
        return
    for case, en, zh, by_chance in cases:
        click.echo(f"{case:<4} {zh if LANG == 'zh' else en}{' *' if by_chance else ''}")
    if any(by_chance for *_, by_chance in cases):
        click.echo(say("validity_star"))


def _sum_up(verdicts: list[Verdict], by_chance: dict[str, float], seeds: int | None) -> None:
    numbers = sum(row.expected is not None for verdict in verdicts for row in verdict.rows)
    passed = sum(verdict.ok for verdict in verdicts)
    click.echo(say("validity_sum", passed=passed, cases=len(verdicts), numbers=numbers))
    if by_chance:
        said = str(seeds) if seeds else say("validity_own_seeds")
        told = ", ".join(f"{case} {seconds:.0f} s" for case, seconds in by_chance.items())
        click.echo(say("validity_by_chance", cases=told, seeds=said))
