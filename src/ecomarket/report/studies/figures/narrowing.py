"""How the interval narrows with the number of seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import altair as alt
import pandas as pd

from ecomarket.experiments.statistics import spread
from ecomarket.report.figure import WIDTH, Drawing, amounts, panels, tips, whole_numbers
from ecomarket.report.studies.figure import StudyFigure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.report.studies.material import StudyMaterial

POINTS_MAX: Final = 40
"""Points of a line; they stand closer where there are few seeds."""
COLUMNS: Final = ("measure", "arm", "n", "mean", "low", "high")


class Narrowing(StudyFigure):
    """What more seeds bring."""

    kind: ClassVar[str] = "narrowing"
    rank: ClassVar[int] = 30
    label_en: ClassVar[str] = "What more seeds bring"
    label_zh: ClassVar[str] = "增加种子的作用"
    caption_en: ClassVar[str] = (
        "Mean (line) and 95 % interval (band) after the first 2, 3, ... seeds: of the difference from the base, or of "
        "the number itself where nothing is compared. A band that is still narrowing asks for more seeds; to halve it "
        "takes four times as many."
    )
    caption_zh: ClassVar[str] = (
        "依次取前2、3……个种子时的均值（线）与 95% 区间（带）：有比较时为与基准的差值，否则为该数本身。"
        "区间带仍在收窄，说明宜增加种子；要减半需四倍的种子。"
    )
    query: ClassVar[str] = "table[arm,seed] paired by seed, in order of seeds"

    def draw(self, material: StudyMaterial) -> Drawing | None:
        """Return a panel a headline with a line a variant over the number of seeds."""
        if material.design:
            return None
        rows = [
            (material.label(label), arm, *point)
            for label in material.headlines
            for arm, values in _columns(material, label)
            for point in _path(values)
        ]
        if not rows:
            return None
        table = pd.DataFrame(rows, columns=pd.Index(COLUMNS))
        return Drawing(_chart(material, list(dict.fromkeys(table["measure"]))), table)


def _columns(material: StudyMaterial, label: str) -> Iterator[tuple[str, list[float]]]:
    """Yield what is averaged: of each variant the differences, of a single scenario its numbers."""
    base, *variants = material.arms
    if not variants:
        yield base, list(material.column(base, label).values())
    for variant in variants:
        yield variant, list(material.differences(variant, label).values())


def _path(values: list[float]) -> Iterator[tuple[int, float, float | None, float | None]]:
    """Yield number of seeds, mean and interval, from two seeds to all."""
    for n in _steps(len(values)):
        found = spread(values[:n])
        yield n, found.mean, found.low, found.high


def _steps(seeds: int) -> list[int]:
    """Return at most about 40 numbers from 2 to all.

    >>> _steps(5), _steps(1), len(_steps(1000)), _steps(1000)[-1]
    ([2, 3, 4, 5], [], 37, 1000)
    """
    if seeds < 2:
        return []
    ratio = (seeds / 2) ** (1 / (POINTS_MAX - 1))
    found = {round(2 * ratio**at) for at in range(POINTS_MAX)} if seeds > POINTS_MAX else set(range(2, seeds + 1))
    return sorted(found | {seeds})


def _chart(material: StudyMaterial, order: list[str]) -> alt.FacetChart:
    compared = len(material.arms) > 1
    base = alt.Chart().encode(x=alt.X("n:Q", title=material.head("seeds"), axis=whole_numbers()))
    hue = alt.Color("arm:N", title=None, sort=material.arms, legend=alt.Legend() if compared else None)
    band = base.mark_area(opacity=0.18).encode(
        y=alt.Y("low:Q", title=None, scale=alt.Scale(zero=compared), axis=amounts(material)), y2="high:Q", color=hue
    )
    line = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=14)).encode(
        y=alt.Y("mean:Q", title=None), color=hue, strokeDash=alt.StrokeDash("arm:N", legend=None),
        tooltip=tips(material, "arm:N", "n:Q", "mean:Q", "low:Q", "high:Q"),
    )  # fmt: skip
    zero = [alt.Chart().mark_rule(strokeDash=[3, 3]).encode(y=alt.datum(0, type="quantitative"))] if compared else []
    panel = alt.layer(band, *zero, line).properties(width=WIDTH // 2 - 70, height=130)
    return panels(panel, "measure", 2, order, x=True)
