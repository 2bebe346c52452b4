"""ecomarket scenarios: list the scenario library."""

from __future__ import annotations

import click

from ecomarket.cli._options import json_option, lang_option
from ecomarket.cli._shell import LANG, say


@click.command("scenarios", help=say("scenarios"))
@json_option
@lang_option
def command(as_json: bool) -> None:
    """Print name and title of every shipped scenario."""
    import json

    from ecomarket.scenario import load
    from ecomarket.scenario.library import shipped

    found = {name: load(name).title.text(LANG) for name in shipped()}
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    width = max(map(len, found))
    for name, title in found.items():
        click.echo(f"{name:<{width}} {title}")
