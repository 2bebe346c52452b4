"""ecomarket equilibrium: the least-cost benchmark of a scenario."""

from __future__ import annotations

import click

from ecomarket.cli._options import json_option, lang_option, scenario_argument, set_option
from ecomarket.cli._shell import LANG, say


@click.command("equilibrium", help=say("equilibrium"))
@scenario_argument
@click.option("--safe", metavar="RIGHT", default="", help=say("equilibrium_safe"))
@click.option("--whole-lots", is_flag=True, help=say("equilibrium_lots"))
@set_option
@json_option
@lang_option
def command(scenario: str, safe: str, whole_lots: bool, overrides: tuple[str, ...], as_json: bool) -> None:
    """Solve and print; exit 2 where no plan keeps all rules."""
    import json
    from math import isfinite
    from shutil import get_terminal_size

    from rich.console import Console

    from ecomarket.cli._benchmark import remarks, summaries
    from ecomarket.equilibrium.facade import check_costs_told, solve_scenario
    from ecomarket.report.terminal import table
    from ecomarket.scenario.states import load_whole

    loaded = load_whole(scenario, overrides)
    check_costs_told(loaded)
    result = solve_scenario(loaded, safe=safe, whole_lots=whole_lots)
    if as_json:
        values = {name: value if isfinite(value) else None for name, value in result.values.items()}
        ranges = {n: [low, high if isfinite(high) else None] for n, (low, high) in result.unsettled.items()}
        document = {
            "schema": "ecomarket.equilibrium/1",
            "scenario": loaded.name,
            "values": values,
            "more_than_one": ranges,
            "corners": [{"name": name, "done": done} for name, done in result.corners],
            "exceeded": [list(e) for e in result.exceeded],
            "left_out": list(result.left_out),
            "residual": result.residual,
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    width = get_terminal_size((100, 24)).columns
    console = Console(width=width, highlight=False)
    for content in summaries(result, LANG):
        console.print(table(content, width))
    for remark in remarks(result, LANG):
        click.echo(remark)
