"""The runs of each seed side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt
import pandas as pd

from ecomarket.report.figure import WIDTH, Drawing, amounts, panels, tips, whole_numbers
from ecomarket.report.studies.figure import StudyFigure
from ecomarket.report.studies.material import SEEDS_MAX

if TYPE_CHECKING:
    from ecomarket.report.studies.material import StudyMaterial

COLUMNS = ("measure", "arm", "seed", "value")


class BySeed(StudyFigure):
    """Paired dots."""

    kind: ClassVar[str] = "by-seed"
    rank: ClassVar[int] = 20
    label_en: ClassVar[str] = "Seed by seed"
    label_zh: ClassVar[str] = "逐个随机种子"
    caption_en: ClassVar[str] = (
        "Each dot is a run; a line joins the runs of one seed, which met the same luck. Lines that all lean one way "
        "are a difference that does not hang on luck. Of more than 200 seeds the first 200 are drawn."
    )
    caption_zh: ClassVar[str] = (
        "每点为一次运行；线连接同一种子、即同一运气下的各次运行。各线倾斜方向一致，说明差别不取决于运气。超过200个种子时只画前200个。"
    )
    query: ClassVar[str] = "table[arm,seed]"

    def draw(self, material: StudyMaterial) -> Drawing | None:
        """Return a panel a headline with an arm a column."""
        drawn = set(material.study.plan.seeds[:SEEDS_MAX])
        if material.design:
            return None
        rows = [
            (material.label(label), arm, seed, value)
            for label in material.headlines
            for arm in material.arms
            for seed, value in material.column(arm, label).items()
            if seed in drawn
        ]
        if not rows:
            return None
        table = pd.DataFrame(rows, columns=pd.Index(COLUMNS))
        return Drawing(_chart(material, list(dict.fromkeys(table["measure"]))), table)


def _chart(material: StudyMaterial, order: list[str]) -> alt.FacetChart:
    arms = alt.X(
        "arm:N", title=None, sort=material.arms, axis=alt.Axis(labelAngle=0, labelLimit=170, labelOverlap=True)
    )
    seeds = alt.X("seed:Q", title=material.head("seed"), scale=alt.Scale(zero=False), axis=whole_numbers())
    base = alt.Chart().encode(
        x=arms if len(material.arms) > 1 else seeds,
        y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False), axis=amounts(material)),
        tooltip=tips(material, "arm:N", "seed:Q", "value:Q"),
    )
    lines = base.mark_line(strokeWidth=1, opacity=0.45).encode(detail="seed:N", color=alt.value("#8c959f"))
    dots = base.mark_point(filled=True, size=30, opacity=0.8)
    panel = alt.layer(lines, dots).properties(width=WIDTH // 2 - 70, height=170)
    return panels(panel, "measure", 2, order)
