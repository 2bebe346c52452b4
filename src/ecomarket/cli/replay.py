"""ecomarket replay: run a recorded order file through chosen rules."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ecomarket.cli._console import LANG, announce_compilation, print_diagnostics
from ecomarket.cli._options import json_option, lang_option
from ecomarket.cli._shell import say
from ecomarket.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecomarket.replay.run import Done
    from ecomarket.replay.setup import Setup

FINDINGS: Final = 1
FILE: Final = click.Path(path_type=Path)


@click.command("replay", help=say("replay"))
@click.argument("orders", metavar="[ORDERS]", type=FILE, required=False)
@click.option("--rules", metavar="FILE", type=FILE, help=say("replay_rules"))
@click.option(
    "--mechanism",
    type=click.Choice(["continuous", "call-auction", "listed-agreement"]),
    help=say("replay_mechanism"),
)
@click.option("--tick", metavar="CNY", help=say("replay_tick"))
@click.option("--band", metavar="SHARE", help=say("replay_band"))
@click.option("--previous-close", metavar="CNY", help=say("replay_previous_close"))
@click.option("--accounts", metavar="FILE", type=FILE, help=say("replay_accounts"))
@click.option("--lobster", nargs=2, metavar="MESSAGES ORDERBOOK", type=FILE, help=say("replay_lobster"))
@click.option("--snapshots", metavar="N", type=click.IntRange(min=1), help=say("replay_snapshots"))
@click.option("--out", metavar="DIR", type=FILE, help=say("replay_out"))
@click.option("-q", "--quiet", is_flag=True, help=say("run_quiet"))
@json_option
@lang_option
def command(
    orders: Path | None,
    rules: Path | None,
    mechanism: str | None,
    tick: str | None,
    band: str | None,
    previous_close: str | None,
    accounts: Path | None,
    lobster: tuple[Path, Path] | None,
    snapshots: int | None,
    out: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Replay; exit 1 if rows could not be read, 2 if a file ends in the middle of a row."""
    _check(orders, lobster, accounts, snapshots)
    quiet = quiet or as_json
    announce_compilation(quiet=quiet)
    source = lobster[0] if lobster else orders
    assert source is not None
    folder = out or source.with_name(f"{source.stem}-replay")
    setup = _setup(rules, accounts, mechanism=mechanism, tick=tick, band=band, previous_close=previous_close)
    with contextmanager(_progress)(source, quiet=quiet) as told:
        if lobster:
            from ecomarket.replay.lobster_run import replay_lobster

            done = replay_lobster(*lobster, setup, folder, snapshots or 0, told)
        else:
            from ecomarket.replay.run import replay_orders

            done = replay_orders(source, setup, folder, told)
    _tell(done, folder, quiet=quiet, as_json=as_json)


def _check(
    orders: Path | None, lobster: tuple[Path, Path] | None, accounts: Path | None, snapshots: int | None
) -> None:
    """Refuse options that contradict each other."""
    if (orders is None) == (lobster is None):
        raise click.UsageError(tr("replay.two_inputs", LANG))
    if lobster and accounts:
        raise click.UsageError(tr("replay.not_with_lobster", LANG))
    if snapshots and not lobster:
        raise click.UsageError(tr("replay.snapshots_lobster", LANG))


def _setup(rules: Path | None, accounts: Path | None, **chosen: str | None) -> Setup:
    from ecomarket.replay.accounts import read_accounts
    from ecomarket.replay.setup import set_up

    base = None
    if rules:
        from ecomarket.replay.rules import read_rules

        base = read_rules(rules)
    return set_up(base, accounts=read_accounts(accounts) if accounts else None, lang=LANG, **chosen)


def _progress(source: Path, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Yield a function that moves a progress bar (bytes read); nothing off a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        total = source.stat().st_size if source.is_file() else None
        task = bar.add_task(tr("replay.replaying", LANG, file=source.name), total=total)
        yield lambda count: bar.update(task, completed=count)


def _tell(done: Done, folder: Path, *, quiet: bool, as_json: bool) -> None:
    """Print the summary, then what the user should know about the file; exit by it."""
    from ecomarket.replay.setup import OF_HOURS

    document = done.tally.document()
    if as_json:
        fault = done.fault.diagnostics[0] if done.fault else None
        whole = {"schema": "ecomarket.replay/1", "folder": str(folder), **document}
        whole |= {"not_applied": done.off, "fault": fault and str(fault)}
        click.echo(json.dumps(whole, ensure_ascii=False))
    elif not quiet:
        _print_summary(document)
        click.echo(tr("replay.done", LANG, folder=folder))
    if done.unread and not quiet:
        click.echo(tr("replay.unread", LANG, names=", ".join(done.unread)), err=True)
    for word, of_hours in (("off", False), ("off_hours", True)):
        if not quiet and (names := [key for key in done.off if (key in OF_HOURS.values()) is of_hours]):
            click.echo(tr(f"replay.{word}", LANG, names=", ".join(names)), err=True)
    if done.no_line_end and not quiet:
        click.echo(tr("replay.no_line_end", LANG), err=True)
    if done.fault:
        print_diagnostics(done.fault.diagnostics, LANG)
        raise SystemExit(done.fault.exit_code)
    if done.tally.unread:
        raise SystemExit(FINDINGS)


def _print_summary(document: dict[str, object]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(show_header=False, box=None)
    table.add_column()
    table.add_column(justify="right")
    for name, value in document.items():
        if not isinstance(value, dict):
            table.add_row(tr(f"replay.{name}", LANG), f"{value:,}" if isinstance(value, int) else str(value))
    refusals, lobster = document["refusals"], document.get("lobster", {})
    assert isinstance(refusals, dict)
    assert isinstance(lobster, dict)
    for name, count in lobster.items():
        table.add_row(tr(f"replay.{name}", LANG), f"{count:,}")
    table.add_row(tr("replay.refusals", LANG), f"{sum(refusals.values()):,}")
    for code, count in refusals.items():
        table.add_row(f"  {code}", f"{count:,}")
    Console().print(table)
