"""ecomarket validate: check scenario files, all errors at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ecomarket.cli._options import json_option, lang_option, rule_option, set_option, with_rules
from ecomarket.cli._shell import LANG, say, uncollected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.errors import Diagnostic
    from ecomarket.scenario import Scenario

STYLES = ("text", "json", "github", "sarif")


@click.command("validate", help=say("validate"))
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True)
@click.option("--format", "style", type=click.Choice(STYLES), default="text", help=say("validate_format"))
@click.option("--strict", is_flag=True, help=say("validate_strict"))
@click.option("--dry-start", "start", is_flag=True, help=say("validate_dry_start"))
@set_option
@rule_option
@json_option
@lang_option
def command(
    scenarios: tuple[str, ...],
    style: str,
    strict: bool,
    start: bool,
    overrides: tuple[str, ...],
    rules: tuple[str, ...],
    as_json: bool,
) -> None:
    """Check each scenario; exit 2 if any has an error, or with --strict advice; --json is --format json."""
    style = "json" if as_json else style
    with uncollected():
        found = _found(scenarios, with_rules(overrides, rules), style, start)
    if found or style in ("json", "sarif"):
        click.echo(_written(found, style), err=style == "text")
    if any(strict or d.severity == "error" for d in found):
        raise SystemExit(2)


def _found(scenarios: Sequence[str], overrides: Sequence[str], style: str, start: bool) -> list[Diagnostic]:
    """Return the findings of all scenarios; those without an error are told at once, in words."""
    from ecomarket.errors import ScenarioError
    from ecomarket.scenario.states import load_whole

    found: list[Diagnostic] = []
    for name in scenarios:
        try:
            scenario = load_whole(name, overrides)
        except ScenarioError as error:
            found.extend(error.diagnostics)
            continue
        here = [*scenario.warnings, *(_started(scenario) if start else ())]
        found.extend(here)
        if style == "text" and not any(d.severity == "error" for d in here):
            click.echo(say("validate_good", **_counts(scenario)))
    return found


def _counts(scenario: Scenario) -> dict[str, object]:
    groups = scenario.config.participants
    return {
        "scenario": scenario.name,
        "participants": sum(len(group.members(key)) for key, group in groups.items()),
        "rights": len(scenario.config.rights),
        "policies": len(scenario.config.policies),
        "warnings": len(scenario.warnings),
    }


def _written(found: list[Diagnostic], style: str) -> str:
    from ecomarket.scenario.render import as_github, as_json, as_text
    from ecomarket.scenario.sarif import as_sarif

    return {"text": as_text, "json": as_json, "github": as_github, "sarif": as_sarif}[style](found, LANG)


def _started(scenario: Scenario) -> list[Diagnostic]:
    """Return what keeps the scenario from its first sitting, as a finding about its file."""
    from ecomarket.engine.dry import to_first_sitting
    from ecomarket.errors import EcomarketError, ScenarioError
    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.nodes import Place

    try:
        day = to_first_sitting(scenario)
    except ScenarioError as error:
        return list(error.diagnostics)
    except (EcomarketError, ValueError, ArithmeticError, LookupError) as error:
        words = [error.text(lang) if isinstance(error, EcomarketError) else str(error) for lang in ("en", "zh")]
        findings = Findings()
        findings.add("E335", Place(str(scenario.path), 1, 1), problem=words[0], problem_zh=words[1])
        return findings.errors
    click.echo(say("validate_started" if day else "validate_no_sitting", scenario=scenario.name, day=day), err=True)
    return []
