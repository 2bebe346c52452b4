"""What a number hangs on: a bar a factor, the longest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import altair as alt
import pandas as pd

from ecomarket.experiments.indices import Effect
from ecomarket.experiments.sensitivity import Sensitivity
from ecomarket.report.figure import WIDTH, Drawing, amounts, panels, tips
from ecomarket.report.studies.figure import StudyFigure

if TYPE_CHECKING:
    from ecomarket.experiments.indices import Share
    from ecomarket.report.studies.material import StudyMaterial

COLUMNS: Final = ("measure", "factor", "size", "low", "high")


class Tornado(StudyFigure):
    """The tornado plot."""

    kind: ClassVar[str] = "tornado"
    rank: ClassVar[int] = 14
    label_en: ClassVar[str] = "What the measures hang on"
    label_zh: ClassVar[str] = "指标取决于什么"
    caption_en: ClassVar[str] = (
        "A bar a factor, the longest first, with its 95 % interval. Morris: the mean size of the change that the whole "
        "range of the factor brings, in the unit of the measure. Sobol: the share of variance that the factor has, "
        "alone and together with others (ST)."
    )
    caption_zh: ClassVar[str] = (
        "每个因素一条，由长到短，附 95% 区间。Morris：因素在整个取值范围内变动所引起变化的平均大小（单位同指标）。"
        "Sobol：因素自身及与其他因素共同解释的方差比例（ST）。"
    )
    query: ClassVar[str] = "table[arm,seed] by place of the design"

    def draw(self, material: StudyMaterial) -> Drawing | None:
        """Return a panel a headline with a bar a factor."""
        study = material.study
        if not isinstance(study, Sensitivity):
            return None
        rows = [
            (material.label(label), path, one.size, *_reach(one))
            for label in material.headlines
            for path, one in study.analyses[label].factors.items()
        ]
        if not rows:
            return None
        table = pd.DataFrame(rows, columns=pd.Index(COLUMNS))
        return Drawing(_chart(material, list(dict.fromkeys(table["measure"]))), table)


def _reach(one: Effect | Share) -> tuple[float, float]:
    half = one.half if isinstance(one, Effect) else one.st_half
    return max(one.size - half, 0.0), one.size + half


def _chart(material: StudyMaterial, order: list[str]) -> alt.FacetChart:
    factor = alt.Y("factor:N", title=None, sort=alt.EncodingSortField("size", op="max", order="descending"))
    base = alt.Chart().encode(y=factor, tooltip=tips(material, "factor:N", "size:Q", "low:Q", "high:Q"))
    bars = base.mark_bar(opacity=0.8).encode(x=alt.X("size:Q", title=None, axis=amounts(material, 5)))
    ends = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=None), x2="high:Q")
    panel = alt.layer(bars, ends).properties(width=WIDTH // 2 - 240, height=alt.Step(24))
    return panels(panel, "measure", 2, order, x=True)
