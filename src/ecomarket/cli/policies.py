"""ecomarket policies: list and show, write a new one, run stories, print the coverage table, show what policies do."""

from __future__ import annotations

from pathlib import Path

import click

from ecomarket.cli._options import json_option, lang_option
from ecomarket.cli._plug_ins import plug_in_group
from ecomarket.cli._rule_tests import test
from ecomarket.cli._shell import LANG, say

command = plug_in_group("policies", "policies")
command.add_command(test)


@command.command("new", help=say("policies_new"))
@click.argument("name", metavar="NAME")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), help=say("policies_new_out"))
@lang_option
def new(name: str, out: Path) -> None:
    """Write the package of a new policy with its story, and say how to go on."""
    from ecomarket.stories.skeleton import write_skeleton

    folder = write_skeleton(name, out)
    click.echo(say("policies_new_done", folder=folder, story=folder / "stories" / f"{name}.yaml"))


@command.command("coverage", help=say("policies_coverage"))
@click.option(
    "--stories",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path("tests/stories"),
    show_default=True,
    help=say("policies_coverage_stories"),
)
@lang_option
def coverage(stories: Path) -> None:
    """Print the table of requirement rows and what carries them."""
    from ecomarket.stories.coverage import carried, page

    click.echo(page(carried(stories)), nl=False)


@command.command("effects", help=say("policies_effects"))
@click.option("--question", "names", multiple=True, metavar="NAME", help=say("policies_effects_question"))
@click.option("--runs", type=click.IntRange(min=2), default=30, show_default=True, help=say("exp_runs"))
@click.option("--jobs", type=click.IntRange(1, 1024), default=1, show_default=True, help=say("exp_jobs"))
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("experiments"), help=say("exp_out")
)
@click.option("--exact", is_flag=True, help=say("policies_effects_exact"))
@click.option("--worlds", is_flag=True, help=say("policies_effects_worlds"))
@json_option
@lang_option
def effects(names: tuple[str, ...], runs: int, jobs: int, out: Path, exact: bool, worlds: bool, as_json: bool) -> None:
    """Solve and run each question, or those named; exit 2 if one is unknown, 130 if stopped."""
    import json

    from ecomarket.experiments.study import Way
    from ecomarket.validity import effects_table
    from ecomarket.validity.effects import answer
    from ecomarket.validity.effects_sheet import named

    seeds, way, answers = range(1, runs + 1), Way(jobs, out), []
    for name in named(names):
        found = answer(name, seeds, way, run=not exact, world=worlds)
        answers.append(found)
        if not as_json:
            click.echo("\n".join([*effects_table.lines(found, LANG), ""]))
    if as_json:
        click.echo(json.dumps(effects_table.document(answers, f"1..{runs}"), ensure_ascii=False, indent=1))
