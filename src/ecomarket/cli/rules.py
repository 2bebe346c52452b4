"""ecomarket rules: what rules there are, a new one, and rules tried on a book of a few lines or in a story."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ecomarket.cli._options import json_option, lang_option
from ecomarket.cli._rule_tests import test
from ecomarket.cli._shell import LANG, say
from ecomarket.cli.policies import command as policies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.scenario.catalogue import Entry, Parameter

DATED: Final = ("since", "until")
"""What every policy has."""


@click.group("rules", help=say("rules"))
def command() -> None:
    """Hold the verbs of rules together."""


command.add_command(test)
command.add_command(policies.commands["show"])


@command.command("new", help=say("rules_new"))
@click.argument("name", metavar="NAME")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("rules"), show_default=True,
    help=say("rules_new_out"),
)  # fmt: skip
@lang_option
def new(name: str, out: Path) -> None:
    """Write a working rule as files, and say how to go on."""
    from ecomarket.stories.skeleton import write_rule

    rule, *tests = write_rule(name, out)
    for path in (rule, *tests):
        click.echo(say("rules_written", path=path, lines=len(path.read_text(encoding="utf-8").splitlines())))
    click.echo(say("rules_new_next", rule=rule, tests=" ".join(map(str, tests))))


@command.command("list", help=say("rules_list"))
@click.argument("words", metavar="[WORD]...", nargs=-1)
@json_option
@lang_option
def list_all(words: tuple[str, ...], as_json: bool) -> None:
    """Print policies and the rules of venues; with words only those in which all of them stand."""
    from ecomarket.scenario.catalogue import entries, parameters
    from ecomarket.scenario.schema.market import Venue

    rules = [entry for entry in entries("policies").values() if _is_meant(words, str(entry.as_dict()))]
    venues = [p for p in parameters(Venue) if _is_meant(words, f"{p.name} {p.en} {p.zh}")]
    if as_json:
        document = {
            "schema": "ecomarket.rules/1",
            "policies": [entry.as_dict() for entry in rules],
            "venue": [_plain(parameter) for parameter in venues],
        }
        click.echo(json.dumps(document, ensure_ascii=False))
    elif not rules and not venues:
        click.echo(say("rules_none", words=" ".join(words)), err=True)
        raise SystemExit(2)
    else:
        _print(rules, venues, brief=not words)


def _is_meant(words: Sequence[str], text: str) -> bool:
    return all(word.casefold() in text.casefold() for word in words)


def _plain(parameter: Parameter) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(parameter)


def _print(rules: Sequence[Entry], venues: Sequence[Parameter], *, brief: bool) -> None:
    """Print a block a rule, wrapped at the terminal's width; in brief a line, cut there, its source at the end."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False, markup=False)
    if rules:
        console.print(Text(say("rules_policies", n=len(rules)), style="bold"))
    for entry in rules:
        rows = f"  [{', '.join(entry.rows)}]" if entry.rows else ""
        if brief:
            line = Text(f"{entry.kind:<22} {entry.label(LANG)}{rows} · {entry.reference}")
            console.print(line, overflow="ellipsis", no_wrap=True)
            continue
        console.print(Text(f"{entry.kind}  {entry.label(LANG)}{rows}"))
        given = " ".join(f"{p.name}={_default(p)}" for p in entry.parameters if p.name not in DATED)
        for said in (f"{say('plug_ins_moments')}: {', '.join(entry.moments)}", given, entry.reference):
            if said:
                console.print(Padding(Text(said), (0, 0, 0, 4)))
    if venues:
        console.print(Text(say("rules_venues", n=len(venues)), style="bold"))
    for rule in venues:
        console.print(Text(f"{rule.name}  {rule.about(LANG)} [{_default(rule)}]"))
    if brief:
        console.print(Text(say("rules_list_more"), style="dim"))


def _default(parameter: Parameter) -> str:
    if parameter.default is None:
        return say("plug_ins_required")
    return "-" if parameter.default == "null" else parameter.default
