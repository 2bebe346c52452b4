"""Every difference with its interval, a panel a measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import altair as alt
import pandas as pd

from ecomarket.report.figure import WIDTH, Drawing, amounts, panels, tips
from ecomarket.report.studies.figure import StudyFigure

if TYPE_CHECKING:
    from ecomarket.report.studies.material import StudyMaterial

PANELS_MAX: Final = 24
COLUMNS: Final = ("measure", "arm", "diff", "low", "high", "verdict")


class Differences(StudyFigure):
    """The forest plot."""

    kind: ClassVar[str] = "differences"
    rank: ClassVar[int] = 10
    label_en: ClassVar[str] = "Differences from the base"
    label_zh: ClassVar[str] = "与基准的差值"
    caption_en: ClassVar[str] = (
        "Mean difference of each variant from the base (dot) with its 95 % interval (bar), each measure on its own "
        "scale; the dashed line is no difference. A filled dot's interval leaves 0 out, a hollow one's holds it. "
        "Numbers that are the same in every pair stand in the tables above only."
    )
    caption_zh: ClassVar[str] = (
        "各变体与基准的平均差值（点）及其 95% 区间（横线），各指标坐标独立；虚线为零差值。"
        "实心点的区间不含 0，空心点的区间包含 0。每对都相同的数只列在上面的表中。"
    )
    query: ClassVar[str] = "table[arm,seed] paired by seed"

    def draw(self, material: StudyMaterial) -> Drawing | None:
        """Return a panel a measure with a row a variant; at most 24 panels, in the order in which they were asked."""
        rows = [
            (material.label(label), variant, row.diff, row.low, row.high, _verdict(row.low, row.high))
            for label in material.moving
            for variant, found in material.pairs.items()
            if (row := found.get(label)) is not None
        ]
        table = pd.DataFrame(rows, columns=pd.Index(COLUMNS))
        order = list(dict.fromkeys(table["measure"]))[:PANELS_MAX]
        if not order:
            return None
        table = table[table["measure"].isin(order)].reset_index(drop=True)
        words = {mark: material.say(f"study.verdict.{mark}") for mark in ("apart", "together", "single")}
        table["verdict"] = table["verdict"].map(words)
        return Drawing(_chart(material, order, words["apart"]), table)


def _verdict(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "single"
    return "together" if low <= 0 <= high else "apart"


def _chart(material: StudyMaterial, order: list[str], apart: str) -> alt.FacetChart:
    tip = tips(material, "arm:N", "diff:Q", "low:Q", "high:Q", "verdict:N")
    base = alt.Chart().encode(y=alt.Y("arm:N", title=None, sort=material.arms, axis=alt.Axis(labelLimit=150)))
    zero = alt.Chart().mark_rule(strokeDash=[3, 3]).encode(x=alt.datum(0, type="quantitative"))
    bars = base.mark_rule(strokeWidth=2.5).encode(
        x=alt.X("low:Q", title=None, axis=amounts(material, 5)), x2="high:Q", tooltip=tip,
        color=alt.value("#8c959f"),
    )  # fmt: skip
    dots = base.mark_point(size=70, strokeWidth=2, filled=False).encode(
        x=alt.X("diff:Q", title=None), tooltip=tip, fill=alt.value("#0072B2"),
        fillOpacity=alt.condition(alt.datum.verdict == apart, alt.value(1), alt.value(0)),
    )  # fmt: skip
    panel = alt.layer(zero, bars, dots).properties(width=WIDTH // 2 - 190, height=alt.Step(24))
    return panels(panel, "measure", 2, order, x=True)
