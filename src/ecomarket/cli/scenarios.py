"""ecomarket scenarios: list the scenario library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ecomarket.cli._console import print_document
from ecomarket.cli._options import json_option, lang_option
from ecomarket.cli._shell import LANG, say

if TYPE_CHECKING:
    from pathlib import Path


@click.command("scenarios", help=say("scenarios"))
@json_option
@lang_option
def command(as_json: bool) -> None:
    """Print name and title of every shipped scenario."""
    from ecomarket.scenario.library import shipped

    found = {name: _title(name, path) for name, path in shipped().items()}
    if as_json:
        print_document("ecomarket.scenarios/1", {"scenarios": found})
        return
    width = max(map(len, found))
    for name, title in found.items():
        click.echo(f"{name:<{width}} {title}")


def _title(name: str, path: Path) -> str:
    """Return a scenario's title without loading it, if its file writes one."""
    from ecomarket.scenario import load
    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.library import title_block
    from ecomarket.scenario.schema.base import Label
    from ecomarket.scenario.text import parse

    block = title_block(path)
    tree = parse(block, str(path), Findings()) if block else None
    return (load(name).title if tree is None else Label.model_validate(tree.plain()["title"])).text(LANG)
