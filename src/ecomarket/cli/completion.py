"""ecomarket completion: print what a shell needs to complete the words of this program."""

from __future__ import annotations

import click

from ecomarket.cli._options import lang_option
from ecomarket.cli._shell import COMPLETE, say

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", help=say("completion"))
@click.argument("name", metavar="bash|zsh|fish", type=click.Choice(SHELLS))
@lang_option
@click.pass_context
def command(ctx: click.Context, name: str) -> None:
    """Print click's script for the shell."""
    from click.shell_completion import get_completion_class

    root = ctx.find_root()
    found = get_completion_class(name)
    assert found is not None
    script = found(root.command, {}, "ecomarket", COMPLETE)
    click.echo(script.source_template % script.source_vars())
