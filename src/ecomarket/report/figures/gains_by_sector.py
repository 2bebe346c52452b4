"""Cost with trade against cost without, by sector."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt

from ecomarket.report.figure import WIDTH, Drawing, Figure, amounts, source, tips

if TYPE_CHECKING:
    from ecomarket.report.material import Material

PLANS = ("no_trade", "actual")


class GainsBySector(Figure):
    """Gains from trade."""

    kind: ClassVar[str] = "gains-by-sector"
    rank: ClassVar[int] = 60
    label_en: ClassVar[str] = "Cost with and without trade"
    label_zh: ClassVar[str] = "有无交易的履约成本"
    caption_en: ClassVar[str] = (
        "Compliance cost of the firms of a sector over all years: what they would have paid without trade (square) "
        "and what they paid (circle). A circle left of its square is a gain from trade."
    )
    caption_zh: ClassVar[str] = (
        "各行业企业各年合计履约成本：不交易方案（方形）与实际（圆形）。圆形在方形左侧即为交易节约。"
    )
    query: ClassVar[str] = "measure.gains-from-trade"

    def draw(self, material: Material) -> Drawing | None:
        """Return one row a sector with both costs."""
        table = material.measure("gains-from-trade")
        if table.empty:
            return None
        costs = {f"{plan}_cny": plan for plan in PLANS}
        long = table.melt(["sector", "year"], list(costs), var_name="plan", value_name="million_cny")
        long = long.assign(million_cny=long["million_cny"].astype(float) / 1e6, plan=long["plan"].map(costs))
        found = long.groupby(["sector", "plan"], as_index=False)[["million_cny"]].sum()
        found["plan"] = found["plan"].map({plan: material.say(f"plan.{plan}") for plan in PLANS})
        found["sector"] = material.words("sector", found["sector"])
        return Drawing(_chart(material), found)


def _chart(material: Material) -> alt.LayerChart:
    base = alt.Chart(source()).encode(
        y=alt.Y("sector:N", title=None, axis=alt.Axis(grid=True)),
        x=alt.X("million_cny:Q", title=material.head("million_cny"), axis=amounts(material, 8)),
    )
    between = base.mark_line(strokeWidth=2).encode(detail="sector:N", color=alt.value("#8c959f"))
    names = [material.say(f"plan.{plan}") for plan in PLANS]
    dots = base.mark_point(filled=True, size=110, opacity=1).encode(
        color=alt.Color("plan:N", title=None, scale=alt.Scale(domain=names)),
        shape=alt.Shape("plan:N", title=None, scale=alt.Scale(domain=names, range=["square", "circle"])),
        tooltip=tips(material, "sector:N", "plan:N", "million_cny:Q"),
    )
    return alt.layer(between, dots).properties(width=WIDTH - 160, height=alt.Step(26))
