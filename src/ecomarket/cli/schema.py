"""ecomarket schema: print the JSON Schema of scenario files."""

from __future__ import annotations

import click

from ecomarket.cli._options import lang_option
from ecomarket.cli._shell import say


@click.command("schema", help=say("schema"))
@lang_option
def command() -> None:
    """Print the schema, bilingual descriptions and units included."""
    import json

    from ecomarket.scenario.jsonschema import schema

    click.echo(json.dumps(schema(), ensure_ascii=False, indent=1))
