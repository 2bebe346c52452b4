"""What a number comes to over the values of each path that a sweep varies."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import altair as alt
import pandas as pd

from ecomarket.experiments.sweep import Sweep
from ecomarket.report.figure import WIDTH, Drawing, amounts, panels, tips
from ecomarket.report.studies.figure import StudyFigure
from ecomarket.written import short_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.report.studies.material import StudyMaterial

COLUMNS: Final = ("measure", "path", "panel", "point", "setting", "mean", "low", "high")
PATHS_MAX: Final = 4


class OverPoints(StudyFigure):
    """Small multiples of a sweep."""

    kind: ClassVar[str] = "over-points"
    rank: ClassVar[int] = 12
    label_en: ClassVar[str] = "What each value brings"
    label_zh: ClassVar[str] = "各取值的结果"
    caption_en: ClassVar[str] = (
        "A panel a measure and varied path: the mean over the seeds at each point (dot) with its 95 % interval (bar). "
        "Dots above each other share the value of this path and differ in others. The first four paths are drawn."
    )
    caption_zh: ClassVar[str] = (
        "每个指标与每条变动路径一图：各点按种子的均值（点）及其 95% 区间（竖线）。"
        "上下重叠的点在该路径上取值相同，在其他路径上不同。只画前四条路径。"
    )
    query: ClassVar[str] = "table[arm,seed] by point"

    def draw(self, material: StudyMaterial) -> Drawing | None:
        """Return a panel a headline and path, with numbers or words across."""
        study = material.study
        if not isinstance(study, Sweep):
            return None
        table = pd.DataFrame(_rows(material, study), columns=pd.Index(COLUMNS))
        if table.empty:
            return None
        numeric = pd.to_numeric(table["setting"], errors="coerce")
        if numeric.notna().all():
            table["setting"] = numeric
        return Drawing(
            _chart(material, list(dict.fromkeys(table["panel"])), numeric=bool(numeric.notna().all())), table
        )


def _rows(material: StudyMaterial, study: Sweep) -> Iterator[tuple[object, ...]]:
    for label in material.headlines:
        for path, short in zip(study.paths[:PATHS_MAX], short_names(study.paths), strict=False):
            panel = f"{short}: {material.label(label)}"
            for name, sets in study.points.items():
                row = study.rows[name].get(label)
                if row is not None and sets[path]:
                    yield material.label(label), path, panel, name, sets[path], row.mean, row.low, row.high


def _chart(material: StudyMaterial, order: list[str], *, numeric: bool) -> alt.FacetChart:
    kind = "Q" if numeric else "N"
    across = alt.X(f"setting:{kind}", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))
    if numeric:
        across = across.scale(zero=False, padding=8)
    base = alt.Chart().encode(x=across, tooltip=tips(material, "point:N", "mean:Q", "low:Q", "high:Q"))
    bars = base.mark_rule(strokeWidth=1.5).encode(
        y=alt.Y("low:Q", title=None, scale=alt.Scale(zero=False), axis=amounts(material)), y2="high:Q",
        color=alt.value("#8c959f"),
    )  # fmt: skip
    dots = base.mark_point(filled=True, size=45).encode(y=alt.Y("mean:Q", title=None))
    panel = alt.layer(bars, dots).properties(width=WIDTH // 2 - 70, height=140)
    return panels(panel, "panel", 2, order, x=True)
