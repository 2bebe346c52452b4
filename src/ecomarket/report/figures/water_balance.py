"""The year's water of each basin."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt

from ecomarket.report.figure import WIDTH, Drawing, Figure, amounts, panels, tips

if TYPE_CHECKING:
    from ecomarket.report.material import Material

PARTS = ["available", "allocated", "demand", "used", "traded", "lost", "overdrawn"]


class WaterBalance(Figure):
    """Water by basin."""

    kind: ClassVar[str] = "water-balance"
    rank: ClassVar[int] = 70
    label_en: ClassVar[str] = "Water by basin"
    label_zh: ClassVar[str] = "分流域水量平衡"
    caption_en: ClassVar[str] = (
        "Water of each year by basin, in million cubic metres: available after ecological flow, allocated as "
        "rights less what was cancelled, asked for, used, traded, lost on the way, and overdrawn: used before the year "
        "turned out drier, out of the ecological flow. Each panel has its own scale."
    )
    caption_zh: ClassVar[str] = (
        "各流域年度水量（百万立方米）：扣除生态流量后的可用水量、确权分配（减去核减）、需求、实际使用、交易、输水损失，"
        "以及来水转枯前已用掉而占用的生态流量。各图坐标独立。"
    )
    query: ClassVar[str] = "measure.water"

    def draw(self, material: Material) -> Drawing | None:
        """Return a panel a part of the balance with bars by year, stacked by basin."""
        table = material.measure("water")
        if table.empty:
            return None
        table = table.assign(basin=[material.zone(b) for b in table["basin"]])
        long = table.melt(["basin", "year"], PARTS, var_name="part", value_name="million_m3")
        long["million_m3"] = long["million_m3"].astype(float) / 1000
        said = {part: material.say(f"water.{part}") for part in PARTS}
        long = long[long["million_m3"] > 0].assign(part=long["part"].map(said))
        shown = [said[p] for p in PARTS if said[p] in set(long["part"])]
        return Drawing(_chart(material, shown), long[["part", "basin", "year", "million_m3"]].reset_index(drop=True))


def _chart(material: Material, order: list[str]) -> alt.FacetChart:
    bars = (
        alt.Chart()
        .mark_bar()
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("million_m3:Q", title=None, axis=amounts(material, 5)),
            color=alt.Color("basin:N", title=None),
            tooltip=tips(material, "basin:N", "year:O", "million_m3:Q"),
        )
    )
    panel = bars.properties(width=WIDTH // 3 - 60, height=130)
    return panels(panel, "part", 3, order)
