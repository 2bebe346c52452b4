"""From no trade to the optimum: what was gained, and where the rest was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt
import pandas as pd

from ecomarket.report.digest import CAUSES, market_name
from ecomarket.report.figure import WIDTH, Drawing, Figure, amounts, source, tips

if TYPE_CHECKING:
    from ecomarket.report.material import Material

GAIN = "gain"
COLUMNS = ("market", "part", "cny", "share_percent")
CENT = 0.01


class Efficiency(Figure):
    """Gains from trade beside the gains that were possible."""

    kind: ClassVar[str] = "efficiency"
    rank: ClassVar[int] = 62
    label_en: ClassVar[str] = "From no trade to the optimum"
    label_zh: ClassVar[str] = "从不交易到最优"
    caption_en: ClassVar[str] = (
        "Each bar is a market over all years. 0 is the plan in which nobody trades, 100 % the least-cost benchmark "
        "under the same rules: first what was gained, then where the rest was lost. What lies beyond 100 % is "
        "withheld by borders and limits. A gain below 0 cost more than no trade."
    )
    caption_zh: ClassVar[str] = (
        "每条为一个市场各年合计：0 为不交易方案，100% 为同样规则下的最低成本基准。先为已实现收益，其后为各项损失；"
        "超出 100% 的部分为区域边界和抵销上限所限。收益低于 0 表示成本高于不交易。"
    )
    query: ClassVar[str] = "measure.efficiency"

    def draw(self, material: Material) -> Drawing | None:
        """Return one row for each market and part of its possible gain."""
        table = material.measure("efficiency", totals=True)
        if table.empty:
            return None
        whole = table[(table["year"] == "all") & (table["market"] != "all") & table["efficiency"].notna()]
        rows = [
            (market_name(material, str(r["market"])), part, float(r[f"{part}_cny"]), float(r["possible_cny"]))
            for _, r in whole.iterrows()
            for part in (GAIN, *CAUSES)
            if r[f"{part}_cny"] is not None and (part == GAIN or abs(float(r[f"{part}_cny"])) >= CENT)
        ]
        if not rows:
            return None
        said = {part: material.head(f"loss.{part}" if part != GAIN else "gain_cny") for part in (GAIN, *CAUSES)}
        found = pd.DataFrame([(m, said[p], cny, 100 * cny / possible) for m, p, cny, possible in rows], columns=COLUMNS)
        order = list(dict.fromkeys(said[p] for p in said if said[p] in set(found["part"])))
        return Drawing(_chart(material, order), found.assign(rank=found["part"].map(order.index)))


def _chart(material: Material, order: list[str]) -> alt.Chart:
    return (
        alt.Chart(source())
        .mark_bar(opacity=0.9)
        .encode(
            y=alt.Y("market:N", title=None),
            x=alt.X("share_percent:Q", title=material.head("share_percent"), axis=amounts(material, 8)),
            color=alt.Color("part:N", title=None, scale=alt.Scale(domain=order)),
            order=alt.Order("rank:Q"),
            tooltip=tips(material, "market:N", "part:N", "cny:Q", "share_percent:Q"),
        )
        .properties(width=WIDTH - 160, height=alt.Step(34))
    )
