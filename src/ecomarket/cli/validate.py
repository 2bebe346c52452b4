"""ecomarket validate: check scenario files, all errors at once."""

from __future__ import annotations

import click

from ecomarket.cli._options import lang_option, rule_option, set_option, with_rules
from ecomarket.cli._shell import LANG, say


@click.command("validate", help=say("validate"))
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True)
@click.option(
    "--format", "style", type=click.Choice(["text", "json", "github"]), default="text", help=say("validate_format")
)
@click.option("--strict", is_flag=True, help=say("validate_strict"))
@set_option
@rule_option
@lang_option
def command(
    scenarios: tuple[str, ...], style: str, strict: bool, overrides: tuple[str, ...], rules: tuple[str, ...]
) -> None:
    """Check each scenario; exit 2 if any has an error."""
    from ecomarket.errors import Diagnostic, ScenarioError
    from ecomarket.scenario.render import as_github, as_json, as_text
    from ecomarket.scenario.states import load_whole

    found: list[Diagnostic] = []
    for name in scenarios:
        try:
            scenario = load_whole(name, with_rules(overrides, rules))
        except ScenarioError as error:
            found.extend(error.diagnostics)
            continue
        found.extend(scenario.warnings)
        if style == "text":
            counts = {
                "scenario": scenario.name,
                "participants": sum(len(g.members(key)) for key, g in scenario.config.participants.items()),
                "rights": len(scenario.config.rights),
                "policies": len(scenario.config.policies),
                "warnings": len(scenario.warnings),
            }
            click.echo(say("validate_good", **counts))
    if found:
        write = {"text": as_text, "json": as_json, "github": as_github}[style]
        click.echo(write(found, LANG), err=style == "text")
    if any(strict or d.severity == "error" for d in found):
        raise SystemExit(2)
