"""The same start played by bots under other rules: means, and bands over the seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import altair as alt
import pandas as pd

from ecomarket.report.figure import WIDTH, Drawing, amounts, panels, tips
from ecomarket.workshop.debrief.figure import RoomFigure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecomarket.workshop.debrief.material import Told

SHOWN = ("cost", "price", "spread", "met")
ENDS = ("least", "greatest")
COLUMNS = ["measure", "rules", "mean", "low", "high"]


class RoomRules(RoomFigure):
    """Bands."""

    kind: ClassVar[str] = "room-rules"
    rank: ClassVar[int] = 40
    label_en: ClassVar[str] = "Bots re-running, not a forecast"
    label_zh: ClassVar[str] = "机器人重演，不是预测"
    caption_en: ClassVar[str] = (
        "The same start, played by bots alone: the mean of several seeds (dot) and the least and greatest of them "
        "(line). Bots do not talk, tire or hurry, and shocks and changes of the room are not in it."
    )
    caption_zh: ClassVar[str] = (
        "同一起点，全部由机器人参与：圆点为多个随机种子的均值，横线为其最小至最大值。"
        "机器人不会商量、疲倦或着急；房间里的冲击与规则变动不在其中。"
    )
    query: ClassVar[str] = "debrief.reruns"

    def draw(self, told: Told) -> Drawing | None:
        """Return a panel a number, a row a rule set; None before the bots have played."""
        found = told.document["reruns"]
        rows = [
            (told.rerun(what), told.rules(row), row[what]["mean"], row[what]["least"], row[what]["greatest"])
            for what in _telling(found["rows"] if found else ())
            for row in found["rows"]
            if row.get(what)
        ]
        if not rows:
            return None
        table = pd.DataFrame(rows, columns=pd.Index(COLUMNS))
        return Drawing(_chart(told, table), table)


def _telling(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the numbers that are drawn: those that differ anywhere, or all if none does."""
    known = [what for what in SHOWN if any(row.get(what) for row in rows)]
    differ = [what for what in known if len({row[what][end] for row in rows if row.get(what) for end in ENDS}) > 1]
    return differ or known


def _chart(told: Told, table: pd.DataFrame) -> alt.FacetChart:
    order = list(dict.fromkeys(table["rules"]))
    base = alt.Chart().encode(
        y=alt.Y("rules:N", title=None, sort=order, axis=alt.Axis(labelLimit=190)),
        tooltip=tips(told, "rules:N", "mean:Q", "low:Q", "high:Q"),
    )
    scale, axis = alt.Scale(zero=False, nice=True), amounts(told)
    band = base.mark_rule(strokeWidth=5, opacity=0.35).encode(
        x=alt.X("low:Q", title=None, scale=scale, axis=axis), x2="high:Q"
    )
    dots = base.mark_point(filled=True, size=80, opacity=1).encode(
        x=alt.X("mean:Q", title=None, scale=scale, axis=axis)
    )
    panel = alt.layer(band, dots).properties(width=WIDTH // 2 - 210, height=alt.Step(26))
    return panels(panel, "measure", 2, list(dict.fromkeys(table["measure"])), x=True)
