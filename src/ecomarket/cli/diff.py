"""ecomarket diff: what one scenario has otherwise than another, in words."""

from __future__ import annotations

import click

from ecomarket.cli._options import json_option, lang_option, set_option
from ecomarket.cli._shell import LANG, say

DIFFERENT = 1


@click.command("diff", help=say("diff"))
@click.argument("first", metavar="A")
@click.argument("second", metavar="[B]", required=False)
@click.option("--all", "whole", is_flag=True, help=say("diff_all"))
@click.option("--exit-code", "strict", is_flag=True, help=say("diff_exit_code"))
@set_option
@json_option
@lang_option
def command(
    first: str, second: str | None, whole: bool, strict: bool, overrides: tuple[str, ...], as_json: bool
) -> None:
    """Compare the two as they are understood; exit 0, or with --exit-code 1 if they differ."""
    import json

    from ecomarket.scenario import load
    from ecomarket.scenario.diff import differences
    from ecomarket.scenario.diff_words import as_document, as_text

    if second is None and not overrides:
        raise click.UsageError(say("diff_what"))
    a, b = load(first), load(second or first, overrides)
    found = differences(a, b)
    if as_json:
        click.echo(json.dumps(as_document(a, b, found), ensure_ascii=False, indent=1))
    else:
        for line in as_text(a, b, found, LANG, whole=whole):
            click.echo(line)
    if found and strict:
        raise SystemExit(DIFFERENT)
