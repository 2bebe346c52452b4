"""ecomarket sources: every value of a scenario with its source, or `assumption`."""

from __future__ import annotations

import click

from ecomarket.cli._console import print_document
from ecomarket.cli._options import json_option, lang_option, scenario_argument, set_option
from ecomarket.cli._shell import LANG, say


@click.command("sources", help=say("sources"))
@scenario_argument
@click.option("--assumptions", is_flag=True, help=say("sources_only"))
@set_option
@json_option
@lang_option
def command(scenario: str, assumptions: bool, overrides: tuple[str, ...], as_json: bool) -> None:
    """List values and sources in order of the scenario, and how many are assumptions."""
    from ecomarket.scenario import load

    every = load(scenario, overrides).sources
    found = [s for s in every if s.is_assumption or not assumptions]
    if as_json:
        print_document("ecomarket.sources/1", {"scenario": scenario, "values": [s.as_dict() for s in found]})
        return
    for source in found:
        click.echo(source.text(LANG))
    click.echo(say("sources_count", assumptions=sum(s.is_assumption for s in every), values=len(every)))
