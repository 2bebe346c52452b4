"""Counties as a map of equal tiles: money that reached each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt
import pandas as pd

from ecomarket.report.figure import WIDTH, Drawing, Figure, panels, tips
from ecomarket.report.tiles import tiles

if TYPE_CHECKING:
    from ecomarket.report.material import Material

MILLION = 1e6
SALES = "sales"
TILE = 34
COLUMNS = ("what", "county", "name", "row", "column", "million_cny", "shade")


class CountyMap(Figure):
    """Where the money went."""

    kind: ClassVar[str] = "county-map"
    rank: ClassVar[int] = 118
    label_en: ClassVar[str] = "Where money reached counties"
    label_zh: ClassVar[str] = "县域所得分布"
    caption_en: ClassVar[str] = (
        "A tile a county, placed about where it lies (north above, west on the left; areas are not kept); counties "
        "outside Qinghai stand in rows, one a prefecture. The number is what reached the county over all years, in "
        "million CNY: from every source, and by its own sales of rights. Darker is more, on the scale of each map."
    )
    caption_zh: ClassVar[str] = (
        "每县一格，大致按方位排列（上北左西，不反映面积）；青海以外的县按市州逐行排列。格内数字为各年合计所得（百万元）："
        "一图为全部来源，一图为本县出售权益所得。颜色越深数额越大，各图色标独立。"
    )
    query: ClassVar[str] = "measure.county-income; participants[county,zone]"

    def draw(self, material: Material) -> Drawing | None:
        """Return a map of all money, and one of sales where there is other money beside them."""
        table = material.measure("county-income")
        if table.empty:
            return None
        money = table["income_cny"].astype(float) / MILLION
        whole = _by_county(table, money)
        sold = _by_county(table[table["source"] == SALES], money)
        maps = {material.say("map.all"): whole}
        if 0 < sold.sum() < whole.sum():
            maps[material.say("map.sales")] = sold
        rows = [row for what, values in maps.items() for row in _rows(material, what, values)]
        return Drawing(_chart(material, list(maps)), pd.DataFrame(rows, columns=pd.Index(COLUMNS)))


def _by_county(table: pd.DataFrame, money: pd.Series[float]) -> pd.Series[float]:
    return money.loc[table.index].groupby(table["county"]).sum()


def _rows(material: Material, what: str, values: pd.Series[float]) -> list[tuple[object, ...]]:
    """Return a row for every county of the run, also those that nothing reached."""
    people = material.frames.participants
    counties = people[people["kind"] == "county"]
    zones = dict(zip(counties["code"], counties["zone"], strict=True))
    places = tiles(list(zones.values()), material)
    most = max(values.max(), 1e-9)
    found: list[tuple[object, ...]] = []
    for county, zone in zones.items():
        tile, value = places[zone], float(values.get(county, 0.0))
        found.append((what, material.party(county), tile.name, tile.row, tile.column, value, value / most))
    return found


def _chart(material: Material, order: list[str]) -> alt.FacetChart:
    base = alt.Chart().encode(
        x=alt.X("column:O", axis=None, scale=alt.Scale(paddingInner=0.04)),
        y=alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.05)),
        tooltip=tips(material, "county:N", "million_cny:Q"),
    )
    cells = base.mark_rect(cornerRadius=3).encode(
        color=alt.Color("shade:Q", scale=alt.Scale(type="sqrt", domain=[0, 1]), legend=None)
    )
    ink = alt.condition("datum.shade > 0.3", alt.value("#ffffff"), alt.value("#1b1f24"))
    name = base.mark_text(fontSize=9.6, dy=-6).encode(text="name:N", color=ink)
    value = base.mark_text(fontSize=10, dy=8).encode(text=alt.Text("million_cny:Q", format=",.3~r"), color=ink)
    panel = alt.layer(cells, name, value).properties(
        width=WIDTH - 60, height=alt.Step(TILE), view=alt.ViewBackground(stroke=None)
    )
    return panels(panel, "what", 1, order)
