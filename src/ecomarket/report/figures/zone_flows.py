"""From whose zones to whose zones trade went: bands as wide as their turnover."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import altair as alt

from ecomarket.report.figure import WIDTH, Drawing, Figure, source, tips
from ecomarket.results.exact import yuan

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.report.material import Material

SMALLEST: Final = 0.002
"""Share of turnover below which a band is left out."""
GAPS: Final = 0.5
"""What lies between the places of a side, together, as a share of turnover."""
BEND: Final = "sequence(0, 1.0001, 0.05)"


class ZoneFlows(Figure):
    """Who sold to whom, by place."""

    kind: ClassVar[str] = "zone-flows"
    rank: ClassVar[int] = 25
    label_en: ClassVar[str] = "Trade between places"
    label_zh: ClassVar[str] = "地区间交易流向"
    caption_en: ClassVar[str] = (
        "Turnover of all years from the sellers' places (left) to the buyers' (right): prefectures, provinces, the "
        "government's reserve, outside markets. A band is as wide as its turnover; its colour is the right. Bands "
        "below 0.2 % of all turnover are left out."
    )
    caption_zh: ClassVar[str] = (
        "各年合计成交额，自卖方所在地（左）流向买方所在地（右）：市州、省份、政府储备与外部市场。"
        "带宽为成交额，颜色为权益类别；不足总成交额 0.2% 的不画。"
    )
    query: ClassVar[str] = "trades[right,seller's zone,buyer's zone]"

    def draw(self, material: Material) -> Drawing | None:
        """Return the bands of a run in which more than one place traded."""
        trades = material.frames.trades
        if trades.empty:
            return None
        places = _places(material)
        rows = trades.assign(origin=trades["seller"].map(places), destination=trades["buyer"].map(places))
        found = rows.groupby(["right", "origin", "destination"], as_index=False)[["value"]].sum()
        found = found[found["value"] >= SMALLEST * found["value"].sum()]
        if len(set(found["origin"]) | set(found["destination"])) < 2:
            return None
        found["million_cny"] = [float(yuan(value)) / 1e6 for value in found["value"]]
        found["right"] = material.words("right", found["right"])
        found = _stacked(_stacked(found, "origin", "destination", "from"), "destination", "origin", "into")
        columns = ["right", "origin", "destination", "million_cny", "from_low", "from_high", "into_low", "into_high"]
        return Drawing(_chart(material, found), found[columns].reset_index(drop=True))


def _places(material: Material) -> dict[int, str]:
    """Return the place of each account: its prefecture, else its province, else what kind of party it is."""
    people = material.frames.participants
    homes = {zone: material.frames.above(zone, "prefecture") or zone for zone in dict.fromkeys(people["zone"])}
    found = {}
    for account, kind, zone in zip(people.index, people["kind"], people["zone"], strict=True):
        known = homes[zone] in material.frames.zones.index
        if kind == "system":
            found[int(account)] = material.word("party", str(people.loc[account, "code"]).lower().replace("_", "-"))
        else:
            found[int(account)] = material.zone(homes[zone]) if known else material.word("party", kind)
    return found


def _stacked(found: pd.DataFrame, side: str, other: str, name: str) -> pd.DataFrame:
    """Stack the bands of a side place by place, the greatest place first, with gaps between places."""
    whole = float(found["million_cny"].sum())
    totals = found.groupby(side)["million_cny"].sum().sort_values(ascending=False, kind="stable")
    rank = {place: at for at, place in enumerate(totals.index)}
    gap = whole * GAPS / max(found["origin"].nunique(), found["destination"].nunique())
    found = found.assign(rank=found[side].map(rank)).sort_values(["rank", other, "right"], kind="stable")
    high = found["million_cny"].cumsum() + gap * found["rank"]
    return found.assign(**{f"{name}_low": high - found["million_cny"], f"{name}_high": high}).drop(columns="rank")


def _chart(material: Material, found: pd.DataFrame) -> alt.LayerChart:
    reach = float(found[["from_high", "into_high"]].to_numpy().max())
    across = alt.X("at:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False))
    down = alt.Scale(domain=[0, reach], reverse=True, nice=False)
    flowing = (
        alt.Chart()
        .transform_calculate(at=BEND)
        .transform_flatten(["at"])
        .transform_calculate(bend="datum.at * datum.at * (3 - 2 * datum.at)")
        .transform_calculate(
            low="datum.from_low + (datum.into_low - datum.from_low) * datum.bend",
            high="datum.from_high + (datum.into_high - datum.from_high) * datum.bend",
        )
    )
    bands = flowing.mark_area(opacity=0.55).encode(
        x=across, y=alt.Y("low:Q", axis=None, scale=down), y2="high:Q", detail=["origin:N", "destination:N"],
        color=alt.Color("right:N", title=None),
        tooltip=tips(material, "right:N", "origin:N", "destination:N", "million_cny:Q"),
    )  # fmt: skip
    ends = [
        layer
        for side, name, at, align, shift in (("origin", "from", 0, "right", -6), ("destination", "into", 1, "left", 6))
        for layer in _side(side, name, at, align, shift)
    ]
    height = max(220, 34 * max(found["origin"].nunique(), found["destination"].nunique()))
    return alt.layer(bands, *ends, data=source()).properties(
        width=WIDTH - 400, height=height, view=alt.ViewBackground(stroke=None)
    )


def _side(side: str, name: str, at: int, align: str, shift: int) -> tuple[alt.Chart, alt.Chart]:
    """Return the bars of a side's places, and their names."""
    base = (
        alt.Chart()
        .transform_aggregate(low=f"min({name}_low)", high=f"max({name}_high)", groupby=[side])
        .transform_calculate(middle="(datum.low + datum.high) / 2", at=str(at))
        .encode(x="at:Q")
    )
    bars = base.mark_bar(size=7, color="#8c959f").encode(y="low:Q", y2="high:Q")
    return bars, base.mark_text(align=align, dx=shift, fontSize=11.5).encode(y="middle:Q", text=f"{side}:N")
