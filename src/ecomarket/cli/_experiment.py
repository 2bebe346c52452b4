"""What the verbs of experiments have in common: options, progress on stderr, tables, what failed."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from ecomarket.cli._options import json_option, lang_option, set_option
from ecomarket.cli._shell import INTERRUPTED, LANG, say
from ecomarket.written import Count, number, short_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ecomarket.experiments.plan import Plan
    from ecomarket.experiments.statistics import Spread
    from ecomarket.experiments.study import Study, Way

S = TypeVar("S", bound="Study")
SECONDS_BETWEEN: Final = 10.0
"""Between two lines of progress where stderr is no terminal."""
NARROW: Final = 110
"""Columns below which a terminal is narrow."""
FAILURES_SHOWN: Final = 5
POINTS_SHOWN: Final = 60
LABELS_TOLD: Final = 4
NUMBER_WIDTH: Final = 14
"""Least width of a column of numbers, so that the name above it is broken at few places."""
NAME_WIDTH: Final = 14
"""Width of a name in a narrow table beyond which it is broken at its dots and hyphens."""
FAILED_CELLS: Final = 3
"""Exit code of an experiment that was finished with failed cells."""
FOLDER: Final = "experiments"


def experiment_options_for(runs: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what adds the options of every experiment, with so many runs where none are asked for."""
    options = (
        click.option(
            "--runs", type=click.IntRange(1, 10_000_000), default=runs, show_default=True, help=say("exp_runs")
        ),
        click.option("--seeds", metavar="A..B", default="", help=say("exp_seeds")),
        click.option("--measure", "measures", multiple=True, metavar="NAME", help=say("exp_measure")),
        click.option("--jobs", type=click.IntRange(1, 1024), default=1, show_default=True, help=say("exp_jobs")),
        click.option("--cluster", metavar="ADDRESS", default="", help=say("exp_cluster")),
        click.option("--out", type=click.Path(path_type=Path, file_okay=False), help=say("exp_out")),
        click.option("--no-report", is_flag=True, help=say("run_no_report")),
        click.option("--retry-failed", is_flag=True, help=say("exp_retry")),
        click.option("-q", "--quiet", is_flag=True, help=say("exp_quiet")),
        set_option,
        json_option,
        lang_option,
    )

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return add


experiment_options = experiment_options_for(30)


def seeds_of(asked: dict[str, Any]) -> tuple[int, ...]:
    """Return the seeds that were asked for. Raises UserError."""
    from ecomarket.experiments.variants import seeds

    return seeds(asked["seeds"]) if asked["seeds"] else tuple(range(1, asked["runs"] + 1))


def study_of(plan: Plan, asked: dict[str, Any], work: Callable[[Plan, Way], S]) -> S:
    """Do an experiment in its folder, telling how far it is; where it is stopped, say how it goes on."""
    from ecomarket.cli._console import announce_compilation
    from ecomarket.experiments.study import Way

    quiet = asked["quiet"] or asked["as_json"]
    folder = asked["out"] or Path(FOLDER) / plan.name
    if not asked["cluster"]:
        announce_compilation(quiet=quiet)
    with contextmanager(_progress)(quiet=quiet) as heard:
        try:
            way = Way(asked["jobs"], folder, asked["retry_failed"], heard, _finishing, asked["cluster"])
            return work(plan, way)
        except KeyboardInterrupt:
            click.echo(_told("stopped", folder=folder), err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None


def _finishing(cells: int) -> None:
    if cells:
        click.echo(_told("finishing", n=Count(cells)), err=True)


def _told(key: str, **values: object) -> str:
    from ecomarket.i18n import tr

    return tr(f"experiments.{key}", LANG, **values)


def _progress(*, quiet: bool) -> Iterator[Callable[[int, int, int], None]]:
    """Yield what hears (done, failed, all): a bar on a terminal, elsewhere a line now and then."""
    if quiet:
        yield lambda _done, _failed, _total: None
    elif sys.stderr.isatty():
        yield from _bar()
    else:
        yield _lines()


def _lines() -> Callable[[int, int, int], None]:
    pace, told = _Pace(), perf_counter()

    def heard(done: int, failed: int, total: int) -> None:
        nonlocal told
        if perf_counter() - told > SECONDS_BETWEEN:
            told = perf_counter()
            click.echo(pace.line(done, failed, total), err=True)

    return heard


def _bar() -> Iterator[Callable[[int, int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    pace = _Pace()
    columns = (BarColumn(), TextColumn("{task.fields[state]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, state="")

        def heard(done: int, failed: int, total: int) -> None:
            bar.update(task, completed=done, total=Count(total), state=pace.line(done, failed, total))

        yield heard


class _Pace:
    """How fast cells are done, from the first on: those found done already come at once and do not count."""

    def __init__(self) -> None:
        self.began = self.last = perf_counter()
        self.found = 0

    def line(self, done: int, failed: int, total: int) -> str:
        """Return how far it is, how fast it goes and how long it will still take."""
        now = perf_counter()
        if now - self.began < 0.1:  # what was kept is counted within the first blink
            self.found = done
        rate = (done - self.found) / max(now - self.began, 1e-6)
        left = _clock((total - done) / rate) if rate > 0 else "?"
        return _told("progress", done=done, total=Count(total), failed=failed, rate=f"{rate:.2g}", left=left)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def print_table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table as wide as the terminal, its heads by their words."""
    print_rows(title, [_told(f"column.{head}") for head in heads], rows)


def print_rows(
    title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1, *, bar: bool = False
) -> None:
    """Print a table as wide as the terminal, its first columns to the left, and the last if it is a bar.

    On a narrow one years and the ends of intervals stand on lines of their own; no number is ever cut.
    """
    from shutil import get_terminal_size

    from rich import box
    from rich.console import Console
    from rich.table import Table

    width = get_terminal_size((100, 24)).columns
    narrow = width < NARROW
    found = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 0 if narrow else 1))
    for at, head in enumerate(heads):
        found.add_column(
            breakable(head), justify="left" if at < left or (bar and at == len(heads) - 1) else "right", overflow="fold"
        )
    for row in rows:
        named = (in_parts(row[0]), *row[1:]) if narrow else row
        found.add_row(*(cell.replace("@", "\n@").replace(" … ", " …\n") if narrow else cell for cell in named))
    console = Console(width=width, highlight=False)
    console.print(title, style="bold", markup=False, soft_wrap=True)
    console.print(found)


def in_parts(label: str) -> str:
    """Return the label of a number in lines that end at its dots and hyphens, for a narrow table.

    >>> in_parts("gains-from-trade.gain_cny@2025").splitlines()
    ['gains-from-', 'trade.gain_cny@2025']
    """
    lines = [""]
    for part in re.findall(r"[^.-]+[.-]?", label):
        if lines[-1] and len(lines[-1] + part.partition("@")[0]) > NAME_WIDTH:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def breakable(label: str) -> str:
    """Return the label of a number so that a narrow head may break it at its dots.

    >>> breakable("price.so2.vwap@2025")
    'price. so2. vwap @2025'
    """
    return label.replace("@", " @").replace(".", ". ").replace(".  ", ". ").strip()


def print_points(
    title: str, paths: Sequence[str], labels: Sequence[str], rows: Sequence[tuple[Sequence[str], dict[str, str]]]
) -> None:
    """Print a row a point: the values of its paths, then of its numbers as many as the terminal has room for."""
    from shutil import get_terminal_size

    from rich import box
    from rich.console import Console
    from rich.table import Table

    width = get_terminal_size((100, 24)).columns
    shown = rows[:POINTS_SHOWN]
    names = short_names(paths)
    wide = [max([*(len(own[at]) for own, _ in shown), *map(len, name.split())]) for at, name in enumerate(names)]
    room = width - sum(min(w, width // 3) + 2 for w in wide)
    column = max([len(cell) for _, cells in rows for cell in cells.values()] or [0]) + 2
    fit = labels[: max(1, room // max(column, NUMBER_WIDTH))]
    found = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in names:
        found.add_column(name, overflow="fold")
    for label in fit:
        found.add_column(breakable(label), justify="right", overflow="fold")
    for own, cells in shown:
        found.add_row(*(text or "–" for text in own), *(cells.get(label, "–") for label in fit))
    console = Console(width=width, highlight=False)
    console.print(title, style="bold", markup=False, soft_wrap=True)
    console.print(found)
    if len(rows) > len(shown):
        click.echo(_told("more_points", n=Count(len(rows) - len(shown))))
    if rest := labels[len(fit) :]:
        click.echo(
            _told(
                "more_labels",
                n=Count(len(rest)),
                labels=", ".join(rest[:LABELS_TOLD]) + (" …" * (len(rest) > LABELS_TOLD)),
            )
        )


def around(row: Spread) -> str:
    """Write a mean and half its interval, 12.3 ± 0.4; the mean alone where there is no interval."""
    return number(row.mean) if row.high is None else f"{number(row.mean)} ± {number(row.high - row.mean)}"


def end(study: Study, asked: dict[str, Any], remark: str) -> int:
    """Say what the numbers mean, where the table is and what failed; return the exit code."""
    total = len(study.plan.arms) * len(study.plan.seeds)
    failed = study.numbers.failed
    report = None if asked["no_report"] else _reported(study)
    if not asked["as_json"]:
        if not study.numbers.labels:
            click.echo(_told("nothing"), err=True)
        elif len(study.plan.seeds) == 1:
            click.echo(_told("one_run"))
        else:
            click.echo(_told(remark))
        click.echo(_told("kept", path=study.path))
        if report:
            click.echo(say("report_done", report=report))
    for arm, seed, why in failed[:FAILURES_SHOWN]:
        click.echo(_told("cell_failed", arm=arm, seed=seed, why=why[LANG == "zh"]), err=True)
    if len(failed) > FAILURES_SHOWN:
        click.echo(_told("more_failed", n=len(failed) - FAILURES_SHOWN), err=True)
    if failed:
        click.echo(_told("failed", n=len(failed), total=Count(total)), err=True)
    return FAILED_CELLS if failed else 0


def _reported(study: Study) -> Path:
    from ecomarket.report.studies.build import write_study_report

    return write_study_report(study, LANG)


def document(schema: str, study: Study) -> dict[str, Any]:
    """Return what every experiment's document says: arms, seeds, table, failures, seconds of all cells together."""
    from ecomarket.experiments.variants import seeds_told

    return {
        "schema": schema,
        "arms": [
            {"name": arm.name, "source": arm.source, "set": list(arm.overrides), "digest": arm.digest}
            for arm in study.plan.arms
        ],
        "seeds": seeds_told(study.plan.seeds),
        "table": str(study.path),
        "failed": [{"arm": arm, "seed": seed, "why": why[0]} for arm, seed, why in study.numbers.failed],
        "seconds": round(study.numbers.seconds, 3),
    }
