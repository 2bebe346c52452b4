"""What an experiment shows of itself in a notebook: the tables that its command prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.cards import Grid, card
from ecomarket.experiments.indices import Effect
from ecomarket.i18n import default_language, tr
from ecomarket.results.counted import unit_of_label
from ecomarket.written import interval, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ecomarket.experiments.indices import Analysis
    from ecomarket.experiments.statistics import Paired, Spread

ALONE = ("measure", "n", "mean", "sd", "interval")
POINTS = ("point", "measure", "mean", "sd", "interval")
EFFECT = ("measure", "factor", "mu_star", "mu", "sigma")
SHARE = ("measure", "factor", "s1", "st")
PAIRED = ("measure", "base", "variant", "diff", "interval", "share")


def replication_card(name: str, seeds: int, rows: Mapping[str, Spread]) -> str:
    """Return the card of one scenario over its seeds."""
    cells = [
        (label, str(row.n), number(row.mean), number(row.sd), interval(row.low, row.high), unit_of_label(label))
        for label, row in rows.items()
    ]
    return _card(f"{name} × {seeds}", ALONE, cells)


def sweep_card(seeds: int, rows: Mapping[str, Mapping[str, Spread]]) -> str:
    """Return the card of a design: a row a point and measure."""
    cells = [
        (point, label, number(row.mean), number(row.sd), interval(row.low, row.high), unit_of_label(label))
        for point, own in rows.items()
        for label, row in own.items()
    ]
    return _card(f"{len(rows)} × {seeds}", POINTS, cells, 2)


def sensitivity_card(points: int, seeds: int, analyses: Mapping[str, Analysis]) -> str:
    """Return the card of an analysis: a row a measure and factor, the greatest first; ± is half the interval."""
    cells: list[tuple[str, ...]] = []
    columns: tuple[str, ...] = EFFECT
    for label, analysis in analyses.items():
        for path, found in analysis.factors.items():
            if isinstance(found, Effect):
                sizes = (f"{number(found.mu_star)} ± {number(found.half)}", number(found.mu), number(found.sigma))
                cells.append((label, path, *sizes, unit_of_label(label)))
            else:
                columns = SHARE
                cells.append((label, path, _share(found.s1, found.s1_half), _share(found.st, found.st_half), "1"))
    return _card(f"{points} × {seeds}", columns, cells, 2)


def _share(found: float, half: float) -> str:
    return f"{found:.3f} ± {half:.3f}"


def comparison_card(base: str, seeds: int, rows: Mapping[str, Mapping[str, Paired]]) -> str:
    """Return the cards of variants against their base, one each."""
    return "".join(
        _card(f"{variant} − {base} × {seeds}", PAIRED, [_paired(label, row) for label, row in own.items()])
        for variant, own in rows.items()
    )


def _paired(label: str, row: Paired) -> tuple[str, ...]:
    means = (number(row.base), number(row.variant), number(row.diff))
    return (label, *means, interval(row.low, row.high), f"{row.share:.0%}", unit_of_label(label))


def _card(title: str, columns: Iterable[str], cells: Sequence[tuple[str, ...]], words: int = 1) -> str:
    lang = default_language()
    heads = [*(tr(f"experiments.column.{column}", lang) for column in columns), tr("notebook.unit", lang)]
    return card(title, (), Grid(heads, cells, words))
