"""ecomarket schema: print the JSON Schema of scenario files, or of room plans."""

from __future__ import annotations

import sys

import click

from ecomarket.cli._options import lang_option
from ecomarket.cli._shell import LANG, asked_language, say


@click.command("schema", help=say("schema"))
@click.option("--room", is_flag=True, help=say("schema_room"))
@lang_option
def command(room: bool) -> None:
    """Print the schema, units included; descriptions in the language asked for, else in both."""
    if room:
        from ecomarket.workshop.plan.jsonschema import as_text
    else:
        from ecomarket.scenario.jsonschema import as_text

    click.echo(as_text(LANG if asked_language(sys.argv[1:]) else ""), nl=False)
