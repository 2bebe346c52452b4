"""Points by two measures, and those that no other is better than."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

import altair as alt
import pandas as pd

from ecomarket.report.figure import WIDTH, Drawing, amounts, source, tips
from ecomarket.report.studies.figure import StudyFigure

if TYPE_CHECKING:
    from ecomarket.experiments.frontier import Frontier as Found
    from ecomarket.report.studies.material import StudyMaterial

COLUMNS: Final = ("point", "x", "x_low", "x_high", "y", "y_low", "y_high", "standing", "beaten_by")
FAINT: Final = "#8c959f"


class Frontier(StudyFigure):
    """The scatter of a frontier."""

    kind: ClassVar[str] = "frontier"
    rank: ClassVar[int] = 8
    label_en: ClassVar[str] = "What no other point beats"
    label_zh: ClassVar[str] = "不被任何其他点胜过的点"
    caption_en: ClassVar[str] = (
        "Each point by two measures: the mean over its seeds (dot) with the 95 % interval of both (bars). Filled dots, "
        "joined by the stepped line, are the frontier: no other point is as good in both and better in one. Hollow "
        "dots are beaten. Where intervals overlap, more seeds may change who beats whom."
    )
    caption_zh: ClassVar[str] = (
        "各点在两个指标上的位置：按种子的均值（点）及两者的 95% 区间（线）。由阶梯线相连的实心点为前沿："
        "没有其他点在两个指标上都不差且至少一个更好。空心点被胜过。区间重叠时，增加种子可能改变谁胜过谁。"
    )
    query: ClassVar[str] = "frontier(x, y) of table[arm,seed]"

    def draw(self, material: StudyMaterial) -> Drawing | None:
        """Return the scatter of the frontier that was asked of the experiment."""
        found = material.frontier
        if found is None or not found.spots:
            return None
        best, beaten = (material.say(f"study.standing.{standing}") for standing in ("best", "beaten"))
        rows = [
            (spot.name, spot.x.mean, spot.x.low, spot.x.high, spot.y.mean, spot.y.low, spot.y.high,
             beaten if spot.beaten_by else best, spot.beaten_by)
            for spot in found.spots
        ]  # fmt: skip
        return Drawing(_chart(material, found, best), pd.DataFrame(rows, columns=pd.Index(COLUMNS)))


def _axis(material: StudyMaterial, found: Found, axis: str) -> str:
    direction = material.say(f"study.{'more' if axis in found.maximised else 'less'}_is_better")
    return f"{material.label(getattr(found, axis))} {direction}"


def _chart(material: StudyMaterial, found: Found, best: str) -> alt.LayerChart:
    tip = tips(material, "point:N", "x:Q", "y:Q", "standing:N", "beaten_by:N")
    near = alt.Scale(zero=False, padding=12)
    x = alt.X("x:Q", title=_axis(material, found, "x"), scale=near, axis=amounts(material, 6))
    y = alt.Y("y:Q", title=_axis(material, found, "y"), scale=near, axis=amounts(material, 6))
    way: Literal["step-before", "step-after"] = "step-before" if "x" in found.maximised else "step-after"
    chart = alt.Chart()
    across = chart.mark_rule().encode(x=alt.X("x_low:Q"), x2="x_high:Q", y=y, color=alt.value(FAINT))
    up = chart.mark_rule().encode(x=x, y=alt.Y("y_low:Q"), y2="y_high:Q", color=alt.value(FAINT))
    line = (
        chart.mark_line(interpolate=way, strokeWidth=1.5).encode(x=x, y=y).transform_filter(alt.datum.standing == best)
    )
    dots = chart.mark_point(size=80, strokeWidth=2).encode(
        x=x, y=y, tooltip=tip, fill=alt.value("#0072B2"), stroke=alt.value("#0072B2"),
        fillOpacity=alt.condition(alt.datum.standing == best, alt.value(1), alt.value(0)),
    )  # fmt: skip
    return alt.layer(across, up, line, dots, data=source()).properties(width=WIDTH - 120, height=340)
