"""Money that reached counties, by source."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt

from ecomarket.report.figure import WIDTH, Drawing, Figure, source, tips

if TYPE_CHECKING:
    from ecomarket.report.material import Material


class CountyMoney(Figure):
    """Money to counties."""

    kind: ClassVar[str] = "county-money"
    rank: ClassVar[int] = 120
    label_en: ClassVar[str] = "Money to counties"
    label_zh: ClassVar[str] = "县域生态收入"
    caption_en: ClassVar[str] = "Money that each county received over all years, by source, in million CNY; counties that received most first."
    caption_zh: ClassVar[str] = "各县各年合计所得资金(百万元),按来源堆叠,由多到少排列。"
    query: ClassVar[str] = "measure.county-income"

    def draw(self, material: Material) -> Drawing | None:
        """Return a bar a county, stacked by source."""
        table = material.measure("county-income")
        if table.empty:
            return None
        table = table.assign(million_cny=table["income_cny"].astype(float) / 1e6)
        found = table.groupby(["county", "source"], as_index=False)["million_cny"].sum()
        found["county"] = [material.party(c) for c in found["county"]]
        found["source"] = material.words("source", found["source"])
        return Drawing(_chart(material), found)


def _chart(material: Material) -> alt.Chart:
    return alt.Chart(source()).mark_bar().encode(
        y=alt.Y("county:N", title=None, sort="-x"),
        x=alt.X("million_cny:Q", title=material.head("million_cny")),
        color=alt.Color("source:N", title=None),
        tooltip=tips(material, "county:N", "source:N", "million_cny:Q"),
    ).properties(width=WIDTH - 180, height=alt.Step(15))
