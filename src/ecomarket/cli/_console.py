"""How results, findings and progress reach the terminal: results on stdout, everything else on stderr."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ecomarket.cli._shell import LANG, say
from ecomarket.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from ecomarket.errors import Diagnostic

SECONDS_TO_COMPILE: Final = 15


def print_diagnostics(diagnostics: Sequence[Diagnostic], lang: str) -> None:
    """Print scenario findings with excerpt, caret and help on stderr."""
    from ecomarket.scenario.render import as_text

    click.echo(as_text(diagnostics, lang), err=True)


def print_document(schema: str, content: Mapping[str, Any]) -> None:
    """Print one JSON document under the name of its schema."""
    import json

    click.echo(json.dumps({"schema": schema, **content}, ensure_ascii=False, indent=1))


BELOW_MAX: Final = 5
"""Runs below a folder that are named where the folder itself is none, as that of `run --out`."""


def run_folder(text: str, ledger: str | None = None) -> Path:
    """Return the folder of a run named by path, or by its name below ledgers/. Raise RunError if there is none.

    With the address of a database in `ledger` the name is enough: the folder may be on another machine.
    """
    from ecomarket.ledger.place import FILE, LINK

    for folder in (Path(text), Path("ledgers") / text):
        if (folder / FILE).is_file() or (folder / LINK).is_file():
            return folder
    if ledger is not None:
        return Path(text)
    below = sorted(str(file.parent) for name in (FILE, LINK) for file in Path(text).glob(f"*/{name}"))
    raise RunError(say("no_run", path=text) + (say("runs_below", runs=", ".join(below[:BELOW_MAX])) if below else ""))


def announce_compilation(*, quiet: bool) -> None:
    """Say that the kernel is about to be compiled, and where to if the usual cache cannot be written."""
    from ecomarket.compiled import CACHE_FOLDER, is_warm, wanted_folder

    if quiet:
        return
    if wanted_folder() != CACHE_FOLDER:
        click.echo(say("cache_elsewhere", wanted=wanted_folder(), folder=CACHE_FOLDER), err=True)
    if not is_warm():
        click.echo(say("run_compiling", seconds=SECONDS_TO_COMPILE), err=True)


def progress(label: str, days: int, *, quiet: bool) -> Iterator[Callable[[int, date, int, int], None]]:
    """Yield a function that moves a progress bar (day number, date, orders, trades); nothing off a terminal.

    Use as a context manager by contextlib.contextmanager.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _number, _day, _orders, _trades: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[state]}"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=days, state="")

        def move(number: int, day: date, orders: int, trades: int) -> None:
            state = say("run_progress", day=day, orders=f"{orders:,}", trades=f"{trades:,}")
            bar.update(task, completed=number + 1, state=state)

        yield move


__all__ = ["LANG", "announce_compilation", "print_diagnostics", "print_document", "progress", "run_folder"]
