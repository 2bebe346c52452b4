"""ecomarket show: print a scenario fully resolved."""

from __future__ import annotations

import click

from ecomarket.cli._options import lang_option, scenario_argument, set_option
from ecomarket.cli._shell import say


@click.command("show", help=say("show"))
@scenario_argument
@set_option
@lang_option
def command(scenario: str, overrides: tuple[str, ...]) -> None:
    """Print what a run of it would read, as a scenario file again."""
    from ecomarket.scenario import load
    from ecomarket.scenario.show import as_yaml

    click.echo(as_yaml(load(scenario, overrides)), nl=False)
