"""Rate of compliance by scheme, sector and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt

from ecomarket.report.figure import Drawing, Figure, panels, tips

if TYPE_CHECKING:
    from ecomarket.report.material import Material


class ComplianceHeat(Figure):
    """Who met their duties."""

    kind: ClassVar[str] = "compliance-heat"
    rank: ClassVar[int] = 40
    label_en: ClassVar[str] = "Compliance by sector and year"
    label_zh: ClassVar[str] = "分行业、分年度履约率"
    caption_en: ClassVar[str] = (
        "Share of assessed duties that were met without shortfall. Darker is higher; the number says it."
    )
    caption_zh: ClassVar[str] = "无缺口履约的义务占全部核定义务的比例。颜色越深履约率越高，格内数字为履约率。"
    query: ClassVar[str] = "measure.compliance"

    def draw(self, material: Material) -> Drawing | None:
        """Return a panel a scheme: years across, sectors down."""
        table = material.measure("compliance")
        if table.empty:
            return None
        table = table.assign(
            scheme=material.words("scheme", table["scheme"]), sector=material.words("sector", table["sector"])
        )
        order = list(dict.fromkeys(table["scheme"]))
        return Drawing(_chart(material, order), table[["scheme", "sector", "year", "rate", "assessed", "compliant"]])


def _chart(material: Material, order: list[str]) -> alt.FacetChart:
    base = alt.Chart().encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)), y=alt.Y("sector:N", title=None)
    )
    cells = base.mark_rect().encode(
        color=alt.Color(
            "rate:Q", title=material.head("rate"), scale=alt.Scale(domain=[0, 1]), legend=alt.Legend(format="%")
        ),
        tooltip=tips(material, "scheme:N", "sector:N", "year:O", "assessed:Q", "compliant:Q"),
    )
    text = base.mark_text(fontSize=11, stroke=None).encode(
        text=alt.Text("rate:Q", format=".0%"),
        color=alt.condition("datum.rate > 0.55", alt.value("#ffffff"), alt.value("#1b1f24")),
    )
    panel = alt.layer(cells, text).properties(width=200, height=alt.Step(24))
    return panels(panel, "scheme", 3, order)
