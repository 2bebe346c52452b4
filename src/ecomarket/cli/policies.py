"""ecomarket policies: list and show what is installed, write a new one, run stories, print the coverage table."""

from __future__ import annotations

from pathlib import Path

import click

from ecomarket.cli._options import json_option, lang_option
from ecomarket.cli._plug_ins import plug_in_group
from ecomarket.cli._shell import LANG, say

FAILED = 1

command = plug_in_group("policies", "policies")


@command.command("new", help=say("policies_new"))
@click.argument("name", metavar="NAME")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), help=say("policies_new_out"))
@lang_option
def new(name: str, out: Path) -> None:
    """Write the package of a new policy with its story, and say how to go on."""
    from ecomarket.stories.skeleton import write_skeleton

    folder = write_skeleton(name, out)
    click.echo(say("policies_new_done", folder=folder, story=folder / "stories" / f"{name}.yaml"))


@command.command("test", help=say("policies_test"))
@click.argument("stories", metavar="STORY...", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
@lang_option
def test(stories: tuple[Path, ...], as_json: bool) -> None:
    """Tell each story; exit 1 if one fails, 2 if one cannot be understood."""
    import json

    from ecomarket.stories import tell

    tales = [(path, tell(path)) for path in stories]
    if as_json:
        click.echo(json.dumps([tale.as_dict() for _, tale in tales], ensure_ascii=False, indent=1))
    else:
        for path, tale in tales:
            word = "story_failed" if tale.failures else "story_good"
            counts = {"cases": tale.cases, "failures": len(tale.failures)}
            click.echo(say(word, story=path, title=tale.title[LANG == "zh"], **counts))
            for failure in tale.failures:
                click.echo(failure.text(LANG), err=True)
    if any(tale.failures for _, tale in tales):
        raise SystemExit(FAILED)


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
