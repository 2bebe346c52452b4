"""The government's reserve: stock, purchases, releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt

from ecomarket.model.codes import AccountKind
from ecomarket.model.record import CASH
from ecomarket.report.figure import WIDTH, Drawing, Figure, amounts, months, panels, tips
from ecomarket.results.postings import balance_by_month

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.report.material import Material

RESERVE = int(AccountKind.RESERVE)


class ReserveStock(Figure):
    """What the reserve holds and does."""

    kind: ClassVar[str] = "reserve-stock"
    rank: ClassVar[int] = 100
    label_en: ClassVar[str] = "Reserve: stock and trades"
    label_zh: ClassVar[str] = "政府储备：库存与买卖"
    caption_en: ClassVar[str] = (
        "Permits in the government's reserve at each month's end (steps). Triangles up: months in which it bought; "
        "triangles down: months in which it sold."
    )
    caption_zh: ClassVar[str] = "政府储备各月末库存（阶梯线）。上三角：当月有收储买入；下三角：当月有投放卖出。"
    query: ClassVar[str] = "postings[RESERVE,month]; trades[RESERVE,month]"

    def draw(self, material: Material) -> Drawing | None:
        """Return a panel a right with the stock as steps and the trades as triangles."""
        found = _stock(material)
        used = found.groupby("right")[["bought", "released"]].transform("max").any(axis=1)
        found = found[used]
        if found.empty:
            return None
        order = list(dict.fromkeys(found["market"]))
        return Drawing(_chart(material, order), found[["market", "date", "stock", "bought", "released"]])


def _stock(material: Material) -> pd.DataFrame:
    frames = material.frames
    changes = balance_by_month(frames, RESERVE)
    changes = changes[changes["instrument"] != CASH]
    right = changes["instrument"].map(frames.instruments["right"])
    moves = changes.assign(right=right).groupby(["right", "date"], as_index=False)[["amount"]].sum()
    moves["stock"] = moves.groupby("right")["amount"].cumsum()
    keys = ["right", "date"]
    for side, column in (("buyer", "bought"), ("seller", "released")):
        trades = frames.trades[frames.trades[side] == RESERVE]
        month = trades["date"].dt.to_period("M").dt.end_time.dt.normalize()
        lots = trades.assign(date=month).groupby(keys, as_index=False)[["lots"]].sum().rename(columns={"lots": column})
        moves = moves.merge(lots, on=keys, how="left")
    sizes = moves["right"].map({r: float(frames.lot(r)) for r in dict.fromkeys(moves["right"])})
    for column in ("stock", "bought", "released"):
        moves[column] = moves[column] * sizes
    heads = {r: f"{material.word('right', r)} · {material.unit(r)}" for r in dict.fromkeys(moves["right"])}
    return moves.assign(market=moves["right"].map(heads))


def _chart(material: Material, order: list[str]) -> alt.FacetChart:
    base = alt.Chart().encode(
        x=alt.X("date:T", title=None, axis=months()),
        y=alt.Y("stock:Q", title=None, scale=alt.Scale(zero=False), axis=amounts(material)),
        tooltip=tips(material, "date:T", "stock:Q", "bought:Q", "released:Q"),
    )
    steps = base.mark_line(interpolate="step-after", strokeWidth=2)
    bought = base.transform_filter("datum.bought > 0").mark_point(shape="triangle-up", filled=True, size=60, opacity=1)
    sold = base.transform_filter("datum.released > 0").mark_point(
        shape="triangle-down", filled=True, size=60, opacity=1
    )
    layers = [steps, bought.encode(color=alt.value("#D55E00")), sold.encode(color=alt.value("#009E73"))]
    panel = alt.layer(*layers).properties(width=WIDTH // 2 - 70, height=120)
    return panels(panel, "market", 2, order, ["date"])
