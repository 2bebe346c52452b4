"""The real market beside the simulated one: weekly prices, and how volume falls over the weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt
import pandas as pd

from ecomarket.report.figure import WIDTH, Drawing, Figure, amounts, months, panels, tips
from ecomarket.results.days import days_of, weekly

if TYPE_CHECKING:
    from ecomarket.report.material import Material


class ObservedMarket(Figure):
    """Observed and simulated market."""

    kind: ClassVar[str] = "observed-market"
    rank: ClassVar[int] = 15
    label_en: ClassVar[str] = "The real market beside the simulated one"
    label_zh: ClassVar[str] = "真实行情与模拟行情对照"
    caption_en: ClassVar[str] = (
        "By week: volume-weighted mean price (close where nothing traded), and the share of all volume that fell into "
        "the week. Shares, not tonnes, are compared: a scenario may hold a part of the market only."
    )
    caption_zh: ClassVar[str] = (
        "按周：成交均价（无成交时为收盘价）与当周成交量占全部成交量的比例。情景可能只含部分市场，故比较占比而非吨数。"
    )
    query: ClassVar[str] = "closes[right,date]; trades[right,date]; observed[right]"

    def draw(self, material: Material) -> Drawing | None:
        """Return two panels a right that has a real market beside it: prices, and shares of volume."""
        parts = [
            _panel(material, right, column)
            for right in material.observed
            if right in material.frames.rights
            for column in ("price", "share")
        ]
        if not parts:
            return None
        table = pd.concat(parts, ignore_index=True)
        return Drawing(_chart(material, list(dict.fromkeys(table["market"]))), table)


def _panel(material: Material, right: str, column: str) -> pd.DataFrame:
    """Return date, series and value of one panel, under its head."""
    real = pd.DataFrame(material.observed[right])
    real["date"] = pd.to_datetime(real["date"])
    own = weekly(days_of(material.frames, right)).query("price > 0")
    both = pd.concat(
        [
            real.assign(series=material.say("series.observed")),
            own.assign(series=material.say("series.simulated")),
        ],
        ignore_index=True,
    )
    head = (
        material.market(right)
        if column == "price"
        else f"{material.word('right', right)} · {material.say('share_of_volume')}"
    )
    return both.assign(market=head, value=both[column])[["market", "date", "series", "value"]]


def _chart(material: Material, order: list[str]) -> alt.FacetChart:
    base = alt.Chart().encode(x=alt.X("date:T", title=None, axis=months()))
    line = base.mark_line(point=alt.OverlayMarkDef(size=12)).encode(
        y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False), axis=amounts(material)),
        color=alt.Color("series:N", title=None),
        strokeDash=alt.StrokeDash("series:N", title=None),
        tooltip=tips(material, "date:T", "series:N", "value:Q"),
    )
    panel = line.properties(width=WIDTH // 2 - 70, height=140)
    return panels(panel, "market", 2, order, ["date"])
