"""The group of all verbs: finds them, speaks zh and en, and turns errors into messages and exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

import click

from ecomarket.i18n import LANGUAGES, default_language, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED: Final = 130
OUR_FAULT: Final = 3


def spoken_language(argv: Sequence[str]) -> str:
    """Return the language of this call: --lang zh|en anywhere among the words, else the environment's."""
    for word, following in zip_longest(argv, argv[1:], fillvalue=""):
        if word == "--lang" and following in LANGUAGES:
            return following
        if word.removeprefix("--lang=") in LANGUAGES and word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return default_language()


LANG: Final = spoken_language(sys.argv[1:])


def say(name: str, **values: object) -> str:
    """Return a sentence of the command line's catalogue in the language of this call."""
    return tr(f"cli.{name}", LANG, **values)


class Shell(click.Group):
    """Finds each verb in its file, when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in order of name."""
        del ctx
        files = os.listdir(os.path.dirname(__file__))  # noqa: PTH120, PTH208  (pathlib costs a tenth of --help)
        own = (name[:-3] for name in files if name.endswith(".py") and not name.startswith("_"))
        return sorted(name.replace("_", "-") for name in own)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb's file and return its command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"ecomarket.cli.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs by the first sentence of their help, without importing their files."""
        rows = [(verb, say(verb.replace("-", "_")).split("\n", 1)[0]) for verb in self.list_commands(ctx)]
        with formatter.section(say("verbs")):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Say which verb was probably meant when one is unknown."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = say("did_you_mean", near=near[0]) if near else ""
            raise click.UsageError(say("unknown_verb", verb=args[0]) + hint, ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; a mistake of the user's becomes one message, a mistake of ours one sentence."""
        from ecomarket.errors import EcomarketError, ScenarioError

        try:
            return super().invoke(ctx)
        except ScenarioError as error:
            from ecomarket.cli._console import print_diagnostics

            print_diagnostics(error.diagnostics, LANG)
            ctx.exit(error.exit_code)
        except EcomarketError as error:
            click.echo(say("error", message=error.text(LANG)), err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo(say("interrupted"), err=True)
            ctx.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if os.environ.get("ECOMARKET_DEBUG"):
                raise
            click.echo(say("our_fault", kind=type(error).__name__, message=error), err=True)
            ctx.exit(OUR_FAULT)


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    del param
    if value:
        from importlib.metadata import version

        click.echo(f"ecomarket {version('ecomarket')}")
        ctx.exit()


@click.group(cls=Shell, help=say("group"), context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help=say("version"))
@click.option("--lang", type=click.Choice(LANGUAGES), expose_value=False, help=say("lang"))
def shell() -> None:
    """Hold the verbs together; the text users see comes from the catalogue."""


def main() -> None:
    """Run the command line; every option may also come from an ECOMARKET_* variable."""
    shell(prog_name="ecomarket", auto_envvar_prefix="ECOMARKET")
