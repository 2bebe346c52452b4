"""Money that reached counties, by source."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt

from ecomarket.report.figure import WIDTH, Drawing, Figure, amounts, source, tips

if TYPE_CHECKING:
    from ecomarket.report.material import Material


class CountyMoney(Figure):
    """Money to counties."""

    kind: ClassVar[str] = "county-money"
    rank: ClassVar[int] = 120
    label_en: ClassVar[str] = "Money to counties"
    label_zh: ClassVar[str] = "县域生态收入"
    caption_en: ClassVar[str] = (
        "Money that each county received over all years, by source, in million CNY; counties that received most "
        "first. Each panel has its own scale."
    )
    caption_zh: ClassVar[str] = "各县各年合计所得资金（百万元），按来源分列，合计由多到少排列；各图坐标独立。"
    query: ClassVar[str] = "measure.county-income"

    def draw(self, material: Material) -> Drawing | None:
        """Return a panel a source, each on its own scale, with a bar a county."""
        table = material.measure("county-income")
        if table.empty:
            return None
        table = table.assign(million_cny=table["income_cny"].astype(float) / 1e6)
        found = table.groupby(["county", "source"], as_index=False)[["million_cny"]].sum()
        found["county"] = [material.party(c) for c in found["county"]]
        found["source"] = material.words("source", found["source"])
        totals = found.groupby("county")["million_cny"].sum().sort_values(ascending=False, kind="stable")
        return Drawing(_chart(material, list(totals.index), sorted(set(found["source"]))), found)


def _chart(material: Material, counties: list[str], sources: list[str]) -> alt.FacetChart:
    bars = (
        alt.Chart()
        .mark_bar()
        .encode(
            y=alt.Y("county:N", title=None, sort=counties),
            x=alt.X("million_cny:Q", title=material.head("million_cny"), axis=amounts(material)),
            tooltip=tips(material, "county:N", "source:N", "million_cny:Q"),
        )
    )
    panel = bars.properties(width=(WIDTH - 190) // len(sources), height=alt.Step(14))
    facet = alt.Column("source:N", title=None, sort=sources)
    return panel.facet(column=facet, data=source()).resolve_scale(x="independent")
