"""Quantity by month, market and mechanism."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt
import pandas as pd

from ecomarket.model.coded import slugs
from ecomarket.model.codes import Mechanism
from ecomarket.report.figure import WIDTH, Drawing, Figure, amounts, months, panels, tips

if TYPE_CHECKING:
    from ecomarket.report.material import Material

DECEMBER = 12


class VolumeByMonth(Figure):
    """Volume by month."""

    kind: ClassVar[str] = "volume-by-month"
    rank: ClassVar[int] = 20
    label_en: ClassVar[str] = "Volume by month"
    label_zh: ClassVar[str] = "月度成交量"
    caption_en: ClassVar[str] = (
        "Quantity traded each month by mechanism, in the unit of the right. The triangles mark December, when "
        "carbon allowances must be surrendered."
    )
    caption_zh: ClassVar[str] = (
        "各市场每月成交量（按交易方式堆叠，单位为该权益的计量单位）。三角标记12月，即碳配额清缴月。"
    )
    query: ClassVar[str] = "trades[right,mechanism,month]"

    def draw(self, material: Material) -> Drawing | None:
        """Return a panel a market with stacked bars a month."""
        trades = material.frames.trades
        if trades.empty:
            return None
        months = trades["date"].dt.strftime("%Y-%m-01")
        names = slugs(Mechanism)
        rows = trades.assign(date=months, mechanism=material.words("mechanism", trades["mechanism"].map(names)))
        found = rows.groupby(["right", "mechanism", "date"], as_index=False)[["lots"]].sum()
        sizes = {r: float(material.frames.lot(r)) for r in dict.fromkeys(found["right"])}
        found["quantity"] = found["lots"] * found["right"].map(sizes)
        heads = {r: f"{material.word('right', r)} · {material.unit(r)}" for r in sizes}
        found["market"] = found["right"].map(heads)
        order = [heads[r] for r in material.frames.rights if r in heads]
        whole = found.groupby(["market", "date"])["quantity"].transform("sum")
        december = pd.to_datetime(found["date"]).dt.month == DECEMBER
        first = ~found.duplicated(["market", "date"])
        found["december"] = whole.where(december & first)
        return Drawing(_chart(material, order), found[["market", "mechanism", "date", "quantity", "december"]])


def _chart(material: Material, order: list[str]) -> alt.FacetChart:
    base = alt.Chart().encode(x=alt.X("date:T", title=None, axis=months()))
    bars = base.mark_bar(width=6).encode(
        y=alt.Y("quantity:Q", title=None, axis=amounts(material)),
        color=alt.Color("mechanism:N", title=None),
        tooltip=tips(material, "date:T", "mechanism:N", "quantity:Q"),
    )
    mark = base.mark_point(shape="triangle-down", filled=True, size=55, yOffset=-7, opacity=1).encode(y="december:Q")
    panel = alt.layer(bars, mark).properties(width=WIDTH // 2 - 70, height=110)
    return panels(panel, "market", 2, order, ["date"])
