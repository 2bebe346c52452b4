"""Order-matching vectors that nobody here wrote: CoinTossX (dharmeshsing/CoinTossX at 89090ed, MIT, cointossx/LICENSE.md).

Each case is an initial book, one message, the expected book and the expected trades. Left out: order types we do not have
(stop orders, hidden orders with a least size), and replacements of an expiry. Limit case 7 writes its expected side as "BO"
where an offer is meant.
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
    *(f"replaceOrder/Test{n}" for n in (1, 3, 11)),
]
AUCTIONS = [f"auction/Test{n}" for n in (1, 3)]


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
    """Side, open lots, price of each resting order, from the journal alone."""
    live: dict[int, list[int]] = {}
    for r in t.journal():
        if r["kind"] == RecordKind.ORDER_ACCEPTED:
            live[int(r["order"])] = [int(r["flags"]) & 3, int(r["amount"]), int(r["price"])]
        elif r["kind"] == RecordKind.ORDER_CANCELLED:
            live[int(r["order"])][1] -= int(r["amount"])
        elif r["kind"] == RecordKind.TRADE:
            for order in (int(r["order"]), int(r["other"])):
                live[order][1] -= int(r["amount"])
    return [("BO"[side - 1], lots, price) for side, lots, price in live.values() if lots]


def owner(name: str, row: dict[str, str]) -> str:
    """Who placed an order: of replacements each side is another person's, so that they may trade."""
    return "M" if name.startswith("replaceOrder") and row["Side"] == "B" else "I"


def expected_book(name: str) -> list[tuple[str, int, int]]:
    return sorted(("B" if r["Side"] == "B" else "O", int(r["Size"]), int(r["Price"])) for r in rows(name, "Output"))


def expected_trades(name: str) -> list[tuple[int, int]]:
    return [(int(r["Price"]), int(r["Quantity"])) for r in rows(name, "Trades")]


@pytest.mark.parametrize("name", NAMES)
def test_vector(town, name) -> None:
    t = town(VenueRules("cointossx", tick_cash=10, band_ppm=0), reference=15_000, people=["I", "M"])
    ids = {row["OrderID"]: place(t, row, owner(name, row)) for row in rows(name, "Init")}
    for row in rows(name, "Input"):
        kind, known = name.split("/")[0], ids.get(row["OrderID"], 0)
        answer = Refusal.NONE if known else Refusal.UNKNOWN_ORDER
        if kind == "cancelOrder":
            assert t.cancel("I", known) == answer
        elif kind == "replaceOrder":
            assert t.replace(owner(name, row), known, int(row["Size"]), int(row["Price"])).refusal == answer
        else:
            place(t, row, "M")
    assert sorted(book(t)) == expected_book(name)
    assert [(price, lots) for _, _, lots, price in t.trades()] == expected_trades(name)


@pytest.mark.parametrize("name", AUCTIONS)
def test_auction_vector(town, name) -> None:
    """Most volume, least surplus, highest price, market orders first; each order is another person's.

    Their list of trades is in order of arrival, ours in turn, so the trades are compared as a set.
    """
    t = town(VenueRules("cointossx", tick_cash=10, band_ppm=0, call_tie="highest"), reference=15_000, start=False)
    t.call()
    for row, who in zip(rows(name, "Init"), "ABCDEFG", strict=True):
        place(t, row, who)
    cleared = t.uncross()
    assert sorted(book(t)) == expected_book(name)
    assert sorted((price, lots) for _, _, lots, price in t.trades()) == sorted(expected_trades(name))
    assert (cleared.price, cleared.lots) == (expected_trades(name)[0][0], 10_400)
    assert t.trades()[0][1:3] == ("G", 2_500)
