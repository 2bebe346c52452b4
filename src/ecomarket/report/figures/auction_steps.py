"""Supply and demand of the auction with the most different bids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import altair as alt
import pandas as pd

from ecomarket.model.codes import Mechanism
from ecomarket.model.stated import NoteCode
from ecomarket.report.figure import WIDTH, Drawing, Figure, amounts, source, tips
from ecomarket.results.exact import price_yuan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.report.material import Material

DEMAND, SUPPLY = "demand", "supply"


class AuctionSteps(Figure):
    """One auction, opened up."""

    kind: ClassVar[str] = "auction-steps"
    rank: ClassVar[int] = 30
    label_en: ClassVar[str] = "Supply and demand of one auction"
    label_zh: ClassVar[str] = "一场单向竞价的供需阶梯"
    caption_en: ClassVar[str] = (
        "The one-way auction with the most different bids: demand from the highest bid down (solid) against the "
        "lots offered at their reserve price (dashed). Where the journal holds no bids, the winners' prices stand "
        "for them."
    )
    caption_zh: ClassVar[str] = (
        "报价档次最多的一场单向竞价：按报价由高到低排列的需求阶梯（实线）与按底价供给的数量（虚线）。流水中没有报价明细时，以成交价代替。"
    )
    query: ClassVar[str] = "notes[AUCTION_BIDS]; trades[ONE_WAY_AUCTION]"

    def draw(self, material: Material) -> Drawing | None:
        """Return the steps of bids and of the offer."""
        found = _bids_noted(material) or _bids_won(material)
        if found is None:
            return None
        title, right, offered, reserve, bids = found
        lot = material.frames.lot(right)
        size = float(lot)
        demand = _steps([(price_yuan(p, lot), n * size) for p, n in sorted(bids, reverse=True)])
        reach = max(demand[-1][0], offered * size)
        floor = price_yuan(reserve, lot)
        supply = [(0.0, floor), (offered * size, floor), (offered * size, max(p for _, p in demand) * 1.05)]
        rows = [(DEMAND, i, q, p) for i, (q, p) in enumerate(demand)] + [
            (SUPPLY, i, q, p) for i, (q, p) in enumerate(supply)
        ]
        table = pd.DataFrame(rows, columns=["side", "step", "quantity", "price"])
        table["side"] = table["side"].map({s: material.say(s) for s in (DEMAND, SUPPLY)})
        axis = f"{material.head('quantity')} · {material.unit(right)}"
        return Drawing(_chart(material, title, axis, material.say("per", unit=material.unit(right)), reach), table)


Found = tuple[str, str, int, int, "Sequence[tuple[int, int]]"]


def _title(material: Material, instrument: int, date: pd.Timestamp) -> str:
    name = str(material.frames.instruments.loc[instrument, f"name_{material.lang}"])
    return f"{name} · {date:%Y-%m-%d}"


def _bids_noted(material: Material) -> Found | None:
    """Return the auction with the most different bids; a note names them as [account, price, lots]."""
    notes = material.frames.said(NoteCode.AUCTION_BIDS)
    places: list[tuple[int, pd.Timestamp]] = list(zip(notes["instrument"], notes["date"], strict=True))
    payloads: list[dict[str, Any]] = list(notes["payload"])
    variety = [len({price for _, price, _ in payload["bids"]}) for payload in payloads]
    if not any(variety):
        return None
    best = variety.index(max(variety))
    (instrument, date), offer = places[best], payloads[best]
    bids = [(int(price), int(lots)) for _, price, lots in offer["bids"]]
    right = material.frames.right(instrument)
    return _title(material, instrument, date), right, int(offer["lots"]), int(offer["reserve_price"]), bids


def _bids_won(material: Material) -> Found | None:
    """Return the auction with the most winners, their prices as bids and the lowest of them as the reserve price."""
    trades = material.frames.trades
    trades = trades[trades["mechanism"] == Mechanism.ONE_WAY_AUCTION]
    if trades.empty:
        return None
    keys = ["instrument", "seller", "t"]
    sizes = trades.groupby(keys).size()
    own = trades.set_index(keys).sort_index().loc[[sizes.idxmax()]].reset_index()
    first = own.iloc[0]
    bids = [(int(p), int(n)) for p, n in zip(own["price"], own["lots"], strict=True)]
    title = _title(material, int(first["instrument"]), first["date"])
    return title, str(first["right"]), int(own["lots"].sum()), int(own["price"].min()), bids


def _steps(bids: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the corners of the demand: price over quantity asked for at that price or higher.

    >>> _steps([(9.0, 2.0), (7.0, 3.0)])
    [(0.0, 9.0), (2.0, 9.0), (2.0, 7.0), (5.0, 7.0)]
    """
    corners, so_far = [], 0.0
    for price, amount in bids:
        corners += [(so_far, price), (so_far + amount, price)]
        so_far += amount
    return corners


def _chart(material: Material, title: str, x_axis: str, y_axis: str, reach: float) -> alt.Chart:
    sides = [material.say(DEMAND), material.say(SUPPLY)]
    return (
        alt.Chart(source(), title=title)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X(
                "quantity:Q", title=x_axis, scale=alt.Scale(domain=[0, reach], nice=True), axis=amounts(material, 8)
            ),
            y=alt.Y("price:Q", title=y_axis, scale=alt.Scale(zero=False), axis=amounts(material, 6)),
            order="step:Q",
            color=alt.Color("side:N", title=None, scale=alt.Scale(domain=sides)),
            strokeDash=alt.StrokeDash("side:N", title=None, scale=alt.Scale(domain=sides, range=[[1, 0], [6, 4]])),
            tooltip=tips(material, "side:N", "quantity:Q", "price:Q"),
        )
        .properties(width=WIDTH - 90, height=240)
    )
