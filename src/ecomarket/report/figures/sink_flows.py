"""Sink credits from prefectures to buyers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

import altair as alt

from ecomarket.report.figure import WIDTH, Drawing, Figure, source, tips
from ecomarket.results.exact import quantity, yuan
from ecomarket.results.sinks import county_sales

if TYPE_CHECKING:
    from ecomarket.report.material import Material

KNEE_T = 1000
"""Below this the colour grows with the quantity, above with its logarithm."""


class SinkFlows(Figure):
    """Who bought whose sinks."""

    kind: ClassVar[str] = "sink-flows"
    rank: ClassVar[int] = 80
    label_en: ClassVar[str] = "Sink credits: who bought from where"
    label_zh: ClassVar[str] = "林草碳汇流向"
    caption_en: ClassVar[str] = (
        "First sales of sink credits by counties, in tonnes: buyers down, prefectures of the selling counties "
        "across; darker is more."
    )
    caption_zh: ClassVar[str] = "县域首次出售的林草碳汇（吨）：纵轴为购买方，横轴为出售县所在市州，颜色越深数量越多。"
    query: ClassVar[str] = "trades[sink,buyer,prefecture]"

    def draw(self, material: Material) -> Drawing | None:
        """Return a matrix of buyers and prefectures."""
        frames = material.frames
        trades = county_sales(frames)
        if trades.empty:
            return None
        people = frames.participants
        kind = trades["buyer"].map(people["kind"]).fillna("")
        named = trades["buyer"].map(people[f"name_{material.lang}"])
        zones = trades["seller"].map(people["zone"])
        homes = {z: material.zone(frames.above(z, "prefecture") or z) for z in dict.fromkeys(zones)}
        rows = trades.assign(
            buyer=named.where(kind == "support-province", material.words("party", kind)), prefecture=zones.map(homes)
        )
        found = rows.groupby(["right", "buyer", "prefecture"], as_index=False)[["lots", "value"]].sum()
        sizes = [frames.lot(r) for r in found["right"]]
        found["quantity"] = [float(quantity(n, s)) for n, s in zip(found["lots"], sizes, strict=True)]
        found["million_cny"] = [float(yuan(v)) / 1e6 for v in found["value"]]
        totals = found.groupby("buyer")["quantity"].sum().sort_values(ascending=False, kind="stable")
        chart = _chart(material, list(totals.index), float(found["quantity"].max()))
        return Drawing(chart, found[["buyer", "prefecture", "quantity", "million_cny"]])


def _chart(material: Material, buyers: list[str], most: float) -> alt.LayerChart:
    """Colour by the logarithm of the quantity; the words turn white where the colour has passed its middle."""
    middle = KNEE_T * (math.sqrt(1 + most / KNEE_T) - 1)
    base = alt.Chart(source()).encode(
        x=alt.X("prefecture:N", title=None, axis=alt.Axis(labelAngle=-25)),
        y=alt.Y("buyer:N", title=None, sort=buyers),
    )
    steps = alt.Scale(type="symlog", constant=KNEE_T)
    cells = base.mark_rect().encode(
        color=alt.Color("quantity:Q", title=material.head("quantity_t"), scale=steps, legend=None),
        tooltip=tips(material, "buyer:N", "prefecture:N", "quantity:Q", "million_cny:Q"),
    )
    text = base.mark_text(fontSize=11).encode(
        text=alt.Text("quantity:Q", format=",.0f"),
        color=alt.condition(alt.datum.quantity > middle, alt.value("#ffffff"), alt.value("#1b1f24")),
    )
    return alt.layer(cells, text).properties(width=WIDTH - 170, height=alt.Step(30))
