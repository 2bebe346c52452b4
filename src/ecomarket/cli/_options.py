"""Options that several verbs share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ecomarket.cli._shell import say
from ecomarket.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

scenario_argument = click.argument("scenario", metavar="SCENARIO")
run_argument = click.argument("run", metavar="RUN")


def lang_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --lang; the shell has read it already, it stands here so that it may follow the verb."""
    return click.option("--lang", type=click.Choice(LANGUAGES), expose_value=False, help=say("lang"))(function)


def set_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --set PATH=VALUE, repeatable."""
    return click.option("--set", "overrides", multiple=True, metavar=say("set_metavar"), help=say("set"))(function)


def rule_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --rule NAME_OR_FILE[:param=value,...], repeatable; `with_rules` puts what it takes among the overrides."""
    return click.option("--rule", "rules", multiple=True, metavar="RULE", help=say("rule"))(function)


def with_rules(overrides: Sequence[str], rules: Sequence[str]) -> tuple[str, ...]:
    """Return overrides with the rules that are added behind them."""
    from ecomarket.scenario.added import added_text

    return (*overrides, *map(added_text, rules))


def ledger_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --ledger URL: where to look for the run's ledger instead of where its folder says."""
    return click.option("--ledger", "url", metavar="URL", help=say("ledger_where"))(function)


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --json: one document on stdout."""
    return click.option("--json", "as_json", is_flag=True, help=say("json"))(function)


def json_lines_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --json: a document a line on stdout, for answers that may be of any length."""
    return click.option("--json", "as_json", is_flag=True, help=say("json_lines"))(function)
