"""Costs of no trade, this room, the best plan, and bots under the same rules, no trade being 100."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt
import pandas as pd

from ecomarket.report.figure import WIDTH, Drawing, source, tips
from ecomarket.workshop.debrief.figure import RoomFigure
from ecomarket.workshop.debrief.reruns import PROJECTS, WATER

if TYPE_CHECKING:
    from ecomarket.workshop.debrief.material import Told

PARTS = ("no_trade", "room", "best", "bots")
WITH_THE_SAME = (WATER, PROJECTS)
"""Bases whose best is that of the rights the room itself ended with: others may have had more of them."""


def indices(told: Told) -> list[tuple[str, float, float]]:
    """Return word, index (no trade is 100) and CNY of each cost that is known; nothing where there is no basis."""
    costs = told.document["efficiency"]
    alone = costs.get("no_trade_cny")
    if not alone or alone <= 0:
        return []
    known = [(part, costs.get(f"{part}_cny")) for part in PARTS]
    words = {"best": f"best.{costs['basis']}"} if costs["basis"] in WITH_THE_SAME else {}
    return [
        (told.say(f"cost.{words.get(part, part)}"), 100 * cny / alone, cny) for part, cny in known if cny is not None
    ]


class RoomEfficiency(RoomFigure):
    """Four bars."""

    kind: ClassVar[str] = "room-efficiency"
    rank: ClassVar[int] = 20
    label_en: ClassVar[str] = "How much of what trade can save was saved"
    label_zh: ClassVar[str] = "交易能省的，省了多少"
    caption_en: ClassVar[str] = (
        "Total cost, where the plan in which nobody trades is 100: shorter is better. Bots: the same file and seed, "
        "played by bots alone."
    )
    caption_zh: ClassVar[str] = (
        "总成本，以谁也不交易的方案为 100：越短越好。机器人：同一文件、同一随机种子，全部由机器人参与。"
    )
    query: ClassVar[str] = "debrief.efficiency"

    def draw(self, told: Told) -> Drawing | None:
        """Return a bar a cost, or None where nothing is known."""
        rows = indices(told)
        if not rows:
            return None
        table = pd.DataFrame(rows, columns=pd.Index(["part", "cost_index", "cny"]))
        base = alt.Chart(source()).encode(
            y=alt.Y("part:N", title=None, sort=[r[0] for r in rows], axis=alt.Axis(labelLimit=200)),
            x=alt.X("cost_index:Q", title=told.head("cost_index"), scale=alt.Scale(zero=True)),
            tooltip=tips(told, "part:N", "cost_index:Q", "cny:Q"),
        )
        bars = base.mark_bar(size=22)
        numbers = base.mark_text(align="left", dx=5).encode(text=alt.Text("cost_index:Q", format=".1f"))
        return Drawing(alt.layer(bars, numbers).properties(width=WIDTH - 240, height=alt.Step(34)), table)
