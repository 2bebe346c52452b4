"""What an experiment shows of itself in a notebook: the tables that its command prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.cards import Grid, card
from ecomarket.i18n import default_language, tr
from ecomarket.results.counted import unit_of_label
from ecomarket.written import interval, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ecomarket.experiments.statistics import Paired, Spread

ALONE = ("measure", "n", "mean", "sd", "interval")
POINTS = ("point", "measure", "mean", "sd", "interval")
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
