"""Abated tonnes against their mean cost, sector by sector."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt

from ecomarket.report.figure import WIDTH, Drawing, Figure, amounts, panels, tips

if TYPE_CHECKING:
    from ecomarket.report.material import Material


class AbatementCost(Figure):
    """The abatement cost curve as it was walked."""

    kind: ClassVar[str] = "abatement-cost"
    rank: ClassVar[int] = 50
    label_en: ClassVar[str] = "Abatement and its cost"
    label_zh: ClassVar[str] = "减排量与减排成本"
    caption_en: ClassVar[str] = (
        "Each block is a sector: its width is what the sector abated in all years, its height the mean cost of a "
        "tonne. Sorted by cost, the blocks are the cost curve that was really used."
    )
    caption_zh: ClassVar[str] = (
        "每个色块为一个行业：宽度为各年减排总量，高度为吨均成本；按成本由低到高排列，即实际走过的减排成本曲线。"
    )
    query: ClassVar[str] = "measure.abatement"

    def draw(self, material: Material) -> Drawing | None:
        """Return a panel a pollutant with blocks from cheap to dear."""
        table = material.measure("abatement")
        table = table.assign(cost=table["cost_cny"].astype(float))
        found = table.groupby(["pollutant", "sector"], as_index=False)[["abated_t", "cost"]].sum()
        found = found[(found["abated_t"] > 0) & (found.groupby("pollutant")["cost"].transform("sum") > 0)]
        if found.empty:
            return None
        found["mean_cost"] = found["cost"] / found["abated_t"]
        found = found.sort_values(["pollutant", "mean_cost"], kind="stable")
        found["until_t"] = found.groupby("pollutant")["abated_t"].cumsum()
        found["from_t"] = found["until_t"] - found["abated_t"]
        found["pollutant"] = material.words("pollutant", found["pollutant"])
        found["sector"] = material.words("sector", found["sector"])
        order = list(dict.fromkeys(found["pollutant"]))
        return Drawing(
            _chart(material, order), found[["pollutant", "sector", "abated_t", "mean_cost", "from_t", "until_t"]]
        )


def _chart(material: Material, order: list[str]) -> alt.FacetChart:
    base = alt.Chart()
    blocks = base.mark_rect(opacity=0.85).encode(
        x=alt.X("from_t:Q", title=material.say("abated_axis"), axis=amounts(material, 5)),
        x2="until_t:Q",
        y=alt.Y("mean_cost:Q", title=material.say("cost_axis"), axis=amounts(material, 5)),
        y2=alt.datum(0),
        color=alt.Color("sector:N", title=None),
        tooltip=tips(material, "sector:N", "abated_t:Q", "mean_cost:Q"),
    )
    panel = blocks.properties(width=WIDTH // 3 - 70, height=150)
    return panels(panel, "pollutant", 3, order, x=True)
