"""Prices of the room day by day, beside the benchmark, with phases, shocks and rule changes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

import altair as alt
import pandas as pd

from ecomarket.report.figure import WIDTH, Drawing, amounts, months, panels, tips
from ecomarket.workshop.debrief.figure import RoomFigure

if TYPE_CHECKING:
    from ecomarket.workshop.debrief.material import Told

COLUMNS = ["market", "series", "date", "price", "low", "high", "quantity", "number", "event"]
DAY, AUCTION, BEST, MARK = "day", "auction", "benchmark", "mark"
SHOWN = 3
"""Markets that are drawn, the largest turnover first."""


class RoomPrices(RoomFigure):
    """Price paths of a room."""

    kind: ClassVar[str] = "room-prices"
    rank: ClassVar[int] = 10
    label_en: ClassVar[str] = "What was paid, and what would have been best"
    label_zh: ClassVar[str] = "成交价与最优基准"
    caption_en: ClassVar[str] = (
        "Line: mean price of each day with trades, shaded from the day's lowest to its highest; diamonds: auctions and "
        "calls. Dashed: the least-cost benchmark of the same scenario, where there is one. Numbered lines: phases, "
        "shocks and changes of rules, listed below."
    )
    caption_zh: ClassVar[str] = (
        "实线：有成交各日的均价，阴影为当日最低至最高价；菱形：拍卖与集合竞价。虚线：同一情景的最低成本基准（有基准时）。"
        "带编号的竖线：阶段、冲击与规则变动，见下方列表。"
    )
    query: ClassVar[str] = "debrief.prices; debrief.marks"

    def draw(self, told: Told) -> Drawing | None:
        """Return a panel a market."""
        rows = [row for market in told.document["prices"][:SHOWN] for row in _market(told, market)]
        if not rows:
            return None
        table = pd.DataFrame(rows, columns=pd.Index(COLUMNS))
        return Drawing(_chart(told, list(dict.fromkeys(table["market"]))), table)


def _market(told: Told, market: dict[str, object]) -> list[list[object]]:
    name = told.market(str(market["right"]))
    rows: list[list[object]] = []
    for series, key in ((DAY, "days"), (AUCTION, "auctions")):
        rows += [[name, series, *day, None, None] for day in market[key]]  # type: ignore[attr-defined]  # a list of rows
    if not rows:
        return []
    first, last = str(told.document["room"]["start"]), str(told.document["room"]["last_day"])
    for year, (low, high) in market["benchmark"].items():  # type: ignore[attr-defined]  # a mapping by year
        start, end = max(first, f"{year}-01-01"), min(last, f"{year}-12-31")
        rows += [[name, BEST, day, low, low, high, None, None, None] for day in (start, end) if start <= end]
    marks = [m for m in told.document["marks"] if date.fromisoformat(m["date"]) <= date.fromisoformat(last)]
    return rows + [
        [name, MARK, m["date"], None, None, None, None, at, told.text(m["text"])] for at, m in enumerate(marks, start=1)
    ]


def _played(told: Told) -> alt.Scale:
    """Return the days that were played: few days of trade would else fill the axis with one month's name."""
    ends = [date.fromisoformat(str(told.document["room"][end])) for end in ("start", "last_day")]
    return alt.Scale(domain=[alt.DateTime(year=d.year, month=d.month, date=d.day) for d in ends])


def _chart(told: Told, order: list[str]) -> alt.FacetChart:
    base = alt.Chart().encode(x=alt.X("date:T", title=None, axis=months(), scale=_played(told)))
    scale, axis = alt.Scale(zero=False), amounts(told)
    price = alt.Y("price:Q", title=None, scale=scale, axis=axis)
    low = alt.Y("low:Q", title=None, scale=scale, axis=axis)

    def of(series: str) -> alt.Chart:
        return base.transform_filter(alt.datum.series == series)

    day = tips(told, "date:T", "price:Q", "low:Q", "high:Q", "quantity:Q")
    best = of(BEST)
    layers = [
        of(DAY).mark_area(opacity=0.2).encode(y=low, y2="high:Q"),
        best.mark_area(opacity=0.18, color="#009E73").encode(y=low, y2="high:Q"),
        of(MARK).mark_rule(strokeDash=[2, 2]).encode(tooltip=tips(told, "date:T", "event:N")),
        of(MARK).mark_text(dx=7, fontSize=11, y=7).encode(text="number:N", y=alt.value(7)),
        of(DAY).mark_line(point=alt.OverlayMarkDef(size=16)).encode(y=price, tooltip=day),
        of(AUCTION).mark_point(shape="diamond", size=90, filled=True, color="#D55E00").encode(y=price, tooltip=day),
        best.mark_line(strokeDash=[6, 4], color="#009E73").encode(
            y=price, tooltip=tips(told, "date:T", "low:Q", "high:Q")
        ),
    ]
    panel = alt.layer(*layers).properties(width=WIDTH - 90, height=220)
    return panels(panel, "market", 1, order, ["date"], x=False)
