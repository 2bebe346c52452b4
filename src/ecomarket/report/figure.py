"""The base of every figure, and what one returns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import altair as alt

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from ecomarket.report.material import Material
    from ecomarket.report.voice import Voice

FIGURES = "ecomarket.report.figures"
WIDTH = 880
"""Width in pixels that a figure may fill."""
SOURCE = "source"
"""Name under which every figure's chart finds its one table."""


@dataclass(frozen=True)
class Drawing:
    """A chart over the named data set "source", and that data set: what is seen is what can be downloaded."""

    chart: alt.TopLevelMixin
    table: pd.DataFrame


class Titled:
    """What stands around a figure. One file, one class; `kind` is the file's name with hyphens.

    `rank` orders the page; `query` names the measure or table behind the figure; the caption says what it shows.
    """

    kind: ClassVar[str]
    rank: ClassVar[int]
    label_en: ClassVar[str]
    label_zh: ClassVar[str]
    caption_en: ClassVar[str]
    caption_zh: ClassVar[str]
    query: ClassVar[str]


class Figure(Titled, ABC):
    """One figure of the report of a run."""

    @abstractmethod
    def draw(self, material: Material) -> Drawing | None:
        """Return the figure of a run, or None if the run has nothing to show in it."""


def source(*dates: str) -> alt.NamedData:
    """Return the reference to the figure's table; `dates` are its columns of dates (yyyy-mm-dd, read as local days)."""
    parse = dict.fromkeys(dates, "date:'%Y-%m-%d'")
    return alt.NamedData(name=SOURCE, format=alt.DataFormat(parse=parse) if parse else alt.Undefined)


def panels(
    panel: alt.Chart | alt.LayerChart,
    column: str,
    across: int,
    order: Sequence[str],
    dates: Sequence[str] = (),
    *,
    x: bool = False,
) -> alt.FacetChart:
    """Repeat a panel (a chart without data) for each value of a column, in the given order, each on its own scale of y.

    `across` panels stand in a row; `x` gives each its own scale of x as well.
    """
    facet = alt.Facet(f"{column}:N", title=None, sort=list(order))
    whole = panel.facet(facet=facet, columns=across, data=source(*dates))
    return whole.resolve_scale(y="independent", x="independent" if x else "shared")


def months() -> alt.Axis:
    """Return an axis of dates that names months by number, in either language."""
    return alt.Axis(format="%Y-%m", tickCount=4, labelOverlap=True, labelSeparation=10)


def whole_numbers() -> alt.Axis:
    """Return an axis of counts: between two of them there is nothing, and no count stands there twice."""
    shown = alt.condition("datum.value % 1 == 0", alt.value(1), alt.value(0))
    return alt.Axis(labelExpr="datum.value % 1 ? '' : format(datum.value, 'd')", tickOpacity=shown, gridOpacity=shown)


def amounts(material: Voice, ticks: int = 4) -> alt.Axis:
    """Return an axis whose large numbers read as the language says them: 20k and 3M, or 2万 and 3亿."""
    steps = ((1e8, "亿"), (1e4, "万")) if material.lang == "zh" else ((1e6, "M"), (1e4, "k"))
    said = "format(datum.value, ',.4~r')"
    for size, word in reversed(steps):
        unit = 1e3 if word == "k" else size
        said = f"abs(datum.value) >= {size:.0f} ? format(datum.value / {unit:.0f}, ',.4~r') + '{word}' : {said}"
    return alt.Axis(labelExpr=said, tickCount=ticks, labelOverlap=True, labelSeparation=6)


def tips(material: Voice, *fields: str) -> list[alt.Tooltip]:
    """Return tooltips for shorthand fields ("price:Q"), headed in the reader's language."""
    return [alt.Tooltip(field, title=material.head(field.split(":")[0])) for field in fields]
