"""Order-matching vectors that nobody here wrote: CoinTossX (dharmeshsing/CoinTossX at 89090ed, MIT, cointossx/LICENSE.md).

Each case is an initial book, one message, the expected book and the expected trades. Left out: order types we do not have,
and replacements that keep their turn. Limit case 7 writes its expected side as "BO" where an offer is meant.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ecomarket.exchange.rules import VenueRules
from ecomarket.model.codes import OrderKind, RecordKind, Refusal

CASES = Path(__file__).parent / "cointossx"
NAMES = [
    *(f"limitOrder/Test{n}" for n in (1, 3, 5, 7, 9, 11)),
    *(f"marketOrder/Test{n}" for n in (1, 3)),
    *(f"cancelOrder/Test{n}" for n in (1, 3)),
    "replaceOrder/Test11",
]


def rows(name: str, part: str) -> list[dict[str, str]]:
    found = [
        p
        for p in CASES.glob(f"{name.split('/', maxsplit=1)[0]}/*")
        if p.name.lower() == f"{name.split('/')[1]}_{part}.csv".lower()
    ]
    return list(csv.DictReader(found[0].read_text(encoding="utf-8").splitlines())) if found else []


def place(t, row: dict[str, str], who: str) -> int:
    market = row["Type"] == "1"
    side = 1 if row["Side"] == "B" else 2
    price = 0 if market else int(row["Price"])
    return t.order(who, side, int(row["Size"]), price, kind=OrderKind.MARKET if market else OrderKind.LIMIT).order


def book(t) -> list[tuple[str, int, int]]:
    """Side, open lots, price of each resting order, from the journal alone, oldest first."""
    live: dict[int, list[int]] = {}
    for r in t.journal():
        if r["kind"] == RecordKind.ORDER_ACCEPTED:
            live[int(r["order"])] = [int(r["flags"]) & 3, int(r["amount"]), int(r["price"])]
        elif r["kind"] == RecordKind.ORDER_CANCELLED:
            del live[int(r["order"])]
        elif r["kind"] == RecordKind.TRADE:
            for order in (int(r["order"]), int(r["other"])):
                live[order][1] -= int(r["amount"])
    return [("BO"[side - 1], lots, price) for side, lots, price in live.values() if lots]


@pytest.mark.parametrize("name", NAMES)
def test_vector(town, name) -> None:
    t = town(VenueRules("cointossx", tick_cash=10, band_ppm=0), reference=15_000, people=["I", "M"])
    ids = {row["OrderID"]: place(t, row, "I") for row in rows(name, "Init")}
    for row in rows(name, "Input"):
        kind = name.split("/")[0]
        if kind in ("cancelOrder", "replaceOrder"):
            known = ids.get(row["OrderID"], 0)
            assert t.cancel("I", known) == (Refusal.NONE if known else Refusal.UNKNOWN_ORDER)
        if kind != "cancelOrder":
            place(t, row, "M")
    expected = [("B" if r["Side"] == "B" else "O", int(r["Size"]), int(r["Price"])) for r in rows(name, "Output")]
    assert sorted(book(t)) == sorted(expected)
    trades = [(price, lots) for _, _, lots, price in t.trades()]
    assert trades == [(int(r["Price"]), int(r["Quantity"])) for r in rows(name, "Trades")]
