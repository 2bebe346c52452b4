"""Weekly prices by market, with the outside price and the dates of policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt
import pandas as pd

from ecomarket.model.stated import NoteCode
from ecomarket.report.figure import WIDTH, Drawing, Figure, amounts, months, panels, tips
from ecomarket.results.exact import price_yuan
from ecomarket.results.outside import outside_prices

if TYPE_CHECKING:
    from ecomarket.report.material import Material

INSIDE, OUTSIDE, EVENT = "inside", "outside", "event"
OUTSIDE_OF = {"cea": ["cea"], "gec": ["gec"], "ccer": ["ccer", "sink"]}
"""Which markets an outside price is drawn in."""
COLUMNS = ["market", "date", "series", "price", "low", "high", "event"]


class Prices(Figure):
    """Price paths."""

    kind: ClassVar[str] = "prices"
    rank: ClassVar[int] = 10
    label_en: ClassVar[str] = "Prices"
    label_zh: ClassVar[str] = "价格走势"
    caption_en: ClassVar[str] = (
        "Volume-weighted mean price of each week (line with dots) and the week's range (band), every mechanism; "
        "dashed: the outside market's price; vertical lines: days on which duties were assessed or a rule was "
        "changed."
    )
    caption_zh: ClassVar[str] = (
        "各市场每周成交均价（按成交量加权，实线加点）与当周最高最低价（阴影），含全部交易方式；虚线为外部市场价格；竖线为履约核定日或规则变动日。"
    )
    query: ClassVar[str] = (
        "trades[right,week]; facts[OUTSIDE_PRICE_CASH]; obligations[right,date]; notes[POLICY_CHANGED]"
    )

    def draw(self, material: Material) -> Drawing | None:
        """Return a panel a market, each on its own scale."""
        inside = _weekly(material)
        if inside.empty:
            return None
        table = pd.concat([inside, _outside(material, inside), _events(material, inside)], ignore_index=True)
        table = table.reindex(columns=COLUMNS).sort_values(["market", "series", "date"], kind="stable")
        order = [m for r in material.frames.rights if (m := material.market(r)) in set(table["market"])]
        return Drawing(_chart(material, order), table.reset_index(drop=True))


def _week(dates: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timestamp]:
    return dates - pd.to_timedelta(dates.dt.weekday, unit="D")


def _weekly(material: Material) -> pd.DataFrame:
    trades = material.frames.trades
    weeks = trades.assign(date=_week(trades["date"])).groupby(["right", "date"], as_index=False)
    found = weeks.agg(value=("value", "sum"), lots=("lots", "sum"), low=("price", "min"), high=("price", "max"))
    found["price"] = found["value"] / found["lots"]
    return _in_yuan(material, found, INSIDE)


def _in_yuan(material: Material, found: pd.DataFrame, series: str) -> pd.DataFrame:
    for column in ("price", "low", "high"):
        rows = zip(found[column], found["right"], strict=True)
        found[column] = [price_yuan(p, material.frames.lot(r)) for p, r in rows]
    market = found["right"].map({r: material.market(r) for r in dict.fromkeys(found["right"])})
    return found.assign(market=market, series=series)


def _outside(material: Material, inside: pd.DataFrame) -> pd.DataFrame:
    prices = outside_prices(material.frames)
    drawn = set(inside["right"])
    parts = [
        prices[prices["key"] == key].assign(right=right)
        for key, rights in OUTSIDE_OF.items()
        for right in rights
        if right in drawn
    ]
    found = pd.concat(parts or [prices.assign(right="")[:0]], ignore_index=True)
    weekly = found.assign(date=_week(found["date"])).groupby(["right", "date"], as_index=False)[["price"]].mean()
    return _in_yuan(material, weekly.assign(low=float("nan"), high=float("nan")), OUTSIDE)


def _events(material: Material, inside: pd.DataFrame) -> pd.DataFrame:
    """Return the days on which duties were assessed (in the right's own market) and rules were changed (in all)."""
    duties = material.frames.obligations
    duties = duties[duties["right"] != ""].groupby(["right", "date"], as_index=False).size()
    duties["event"] = material.say("assessed")
    changed = material.frames.said(NoteCode.POLICY_CHANGED)[["date"]].drop_duplicates()
    changed = changed.assign(event=material.say("rule_changed")).merge(
        pd.DataFrame({"right": inside["right"].unique()}), how="cross"
    )
    found = pd.concat([duties, changed], ignore_index=True)
    found["market"] = found["right"].map(inside.drop_duplicates("right").set_index("right")["market"])
    return found.dropna(subset="market").assign(series=EVENT)


def _chart(material: Material, order: list[str]) -> alt.FacetChart:
    date = alt.X("date:T", title=None, axis=months())
    price = alt.Y("price:Q", title=None, scale=alt.Scale(zero=False), axis=amounts(material))
    base = alt.Chart().encode(x=date)
    own = base.transform_filter(alt.datum.series == INSIDE)
    band = own.mark_area(opacity=0.22).encode(y=alt.Y("low:Q", title=None, axis=amounts(material)), y2="high:Q")
    line = own.mark_line(point=alt.OverlayMarkDef(size=14)).encode(
        y=price, tooltip=tips(material, "date:T", "price:Q", "low:Q", "high:Q")
    )
    outside = (
        base.transform_filter(alt.datum.series == OUTSIDE)
        .mark_line(strokeDash=[5, 3])
        .encode(y=price, color=alt.value("#c05600"), tooltip=tips(material, "date:T", "price:Q"))
    )
    event = (
        base.transform_filter(alt.datum.series == EVENT)
        .mark_rule(strokeDash=[2, 2])
        .encode(tooltip=tips(material, "date:T", "event:N"))
    )
    panel = alt.layer(band, event, line, outside).properties(width=WIDTH // 2 - 70, height=120)
    return panels(panel, "market", 2, order, ["date"])
