"""The group of all verbs: finds them, speaks zh and en, and turns errors into messages and exit codes."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from contextlib import contextmanager
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

import click

from ecomarket.i18n import LANGUAGES, default_language, tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from click.shell_completion import CompletionItem

INTERRUPTED: Final = 130
OUR_FAULT: Final = 3
YOUR_FAULT: Final = 2


def asked_language(argv: Sequence[str]) -> str:
    """Return the language that --lang zh|en asks for anywhere among the words, or ""."""
    for word, following in zip_longest(argv, argv[1:], fillvalue=""):
        if word == "--lang" and following in LANGUAGES:
            return following
        if word.removeprefix("--lang=") in LANGUAGES and word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return ""


def spoken_language(argv: Sequence[str]) -> str:
    """Return the language of this call: that of --lang, else the environment's."""
    return asked_language(argv) or default_language()


LANG: Final = spoken_language(sys.argv[1:])
COMPLETE: Final = "_ECOMARKET_COMPLETE"
"""The variable by which a shell asks for completions."""
if LANG == "zh":
    from ecomarket.cli._chinese import speak_chinese

    speak_chinese()


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
        _name_variables(command, cmd_name)
        if LANG == "zh":
            from ecomarket.cli._chinese import in_chinese

            in_chinese(command)
        if COMPLETE in os.environ:
            from ecomarket.cli._completing import completing

            completing(command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the verbs with their first sentences, without importing their files."""
        from click.shell_completion import CompletionItem

        verbs = [verb for verb in self.list_commands(ctx) if verb.startswith(incomplete)]
        found = [CompletionItem(verb, help=say(verb.replace("-", "_")).split("\n", 1)[0]) for verb in verbs]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

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
            found = super().resolve_command(ctx, args)
        except click.UsageError:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = say("did_you_mean", near=near[0]) if near else ""
            raise click.UsageError(say("unknown_verb", verb=args[0]) + hint, ctx) from None
        if found[1] is not None and not ctx.resilient_parsing:
            _tell_unread(found[1], args[0])
        return found

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
            from ecomarket.registry import own_line

            kind = type(error).__name__
            if where := own_line(error):
                click.echo(say("error", message=say("your_fault", where=where, kind=kind, message=error)), err=True)
                ctx.exit(YOUR_FAULT)
            if isinstance(error, ImportError) and not (error.name or "").startswith("ecomarket"):
                click.echo(say("error", message=say("broken_package", message=error)), err=True)
                ctx.exit(YOUR_FAULT)
            click.echo(say("our_fault", kind=kind, message=error), err=True)
            ctx.exit(OUR_FAULT)


def _name_variables(command: click.Command, words: str) -> None:
    """Let every option come from ECOMARKET_<VERB>_<OPTION>, by the option's name as it is typed."""
    for param in command.params:
        typed = next((name[2:] for name in param.opts if name.startswith("--")), "")
        if typed:
            param.envvar = f"ECOMARKET_{words}_{typed}".upper().replace("-", "_").replace(" ", "_")
    for name, below in command.commands.items() if isinstance(command, click.Group) else ():
        _name_variables(below, f"{words} {name}")


def _variables(command: click.Command) -> set[str]:
    """Return the variables of a verb and of those below it."""
    below = command.commands.values() if isinstance(command, click.Group) else ()
    own = {str(param.envvar) for param in command.params if param.envvar}
    return own.union(*map(_variables, below))


def _tell_unread(command: click.Command, verb: str) -> None:
    """Say which variables look like options of a verb but are none: a slip there would change a result unseen."""
    prefix = f"ECOMARKET_{verb.upper().replace('-', '_')}_"
    known = _variables(command)
    without_verb = {f"ECOMARKET_{name.removeprefix(prefix)}" for name in known} - {"ECOMARKET_LANG"}
    for name in sorted(os.environ):
        if (name.startswith(prefix) and name not in known) or name in without_verb:
            from difflib import get_close_matches

            meant = (
                [name.replace("ECOMARKET_", prefix)] if name in without_verb else get_close_matches(name, known, n=1)
            )
            hint = say("did_you_mean", near=meant[0]) if meant else ""
            click.echo(say("unread_variable", variable=name, verb=verb) + hint, err=True)


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    del param
    if value:
        from importlib.metadata import version

        click.echo(f"ecomarket {version('ecomarket')}")
        ctx.exit()


@click.group(
    cls=Shell,
    help=say("group"),
    options_metavar=say("options_metavar"),
    subcommand_metavar=say("verb_metavar"),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help=say("version"))
@click.option("--lang", type=click.Choice(LANGUAGES), expose_value=False, help=say("lang"))
def shell() -> None:
    """Hold the verbs together; the text users see comes from the catalogue."""


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage meanwhile: a short command that makes many objects and keeps them looks in vain."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def main() -> None:
    """Run the command line; every option may also come from an ECOMARKET_* variable."""
    try:
        shell(prog_name="ecomarket", auto_envvar_prefix="ECOMARKET")
    finally:
        gc.freeze()  # or the interpreter, about to end, goes through all there is, twice
