"""A game of twenty-four seats played by browsers: offers, an acceptance, a right to match, the bell, and what the debrief tells.

`ECOMARKET_SOAK=1` puts a browser at every seat; else at those that deal, and bots play the others.
"""

from __future__ import annotations

import json
import os

import pytest
from tests.workshop.pages.conftest import Sight, until
from tests.workshop.pages.table import CODE, Table

SOAK = os.environ.get("ECOMARKET_SOAK") == "1"
DEALERS = ("C4", "P1", "EAST", "A1")
MARKET, AUGUST, LAST = 4, 7, 8


@pytest.fixture
def phones(browser):
    """Open phones that have taken their seats; nothing went wrong on any of them."""
    sights = {}

    def open_(table, seat):
        sight = Sight(browser, 390, 844)
        sight.page.goto(f"{table.address}/?code={CODE}&lang=en")
        name = next(s["name"]["en"] for s in table.state()["static"]["seats"] if s["seat"] == seat)
        sight.page.click(f".seat-pick:has(b:text-is('{name}'))")
        sight.page.wait_for_selector(".wall")
        sights[seat] = sight
        return sight

    yield open_
    wrong = {seat: sight.errors() for seat, sight in sights.items() if sight.errors()}
    for sight in sights.values():
        sight.page.close()
    assert wrong == {}


def closes_its_gap(sight):
    """Buy what is lacking from the best seller, as far as somebody sells; say whether an order went off."""
    sight.page.click("#tab-market")
    sight.drawn()
    filled = sight.page.locator(".helper >> text=Fill my gap")
    if not filled.count():
        return False
    filled.click()
    sight.drawn()
    if sight.page.is_disabled(".ticket .confirm"):
        return False
    sight.page.click(".ticket .confirm")
    sight.page.wait_for_selector(".note")
    return True


def deals(table, seller, taker, matcher):
    """Let one offer to everybody, another accept, and a third step in; each reads what it means before it says yes."""
    seller.page.click("#tab-offers")
    seller.page.click("[data-key=offer-form] .sell")
    seller.page.fill("[data-key=offer-form] input >> nth=0", "62")
    seller.page.fill("[data-key=offer-form] input >> nth=1", "500")
    seller.page.click("[data-key=offer-form] .confirm")
    seller.page.wait_for_selector(".offer >> text=You offer everybody 500 t at 62")
    taker.page.click("#tab-offers")
    taker.page.click(".chips button:has-text('Forest sink 2024')")
    taker.page.click(".offer button:enabled >> text=Accept")
    taker.page.click(".twice .confirm")
    taker.page.wait_for_selector(".offer >> text=unless")
    matcher.page.wait_for_selector("#tab-offers .count")
    matcher.page.click("#tab-offers")
    matcher.page.click(".offer button:enabled >> text=Take it at this price")
    assert "Buy 500 t, pay at most 31,000 CNY" in matcher.page.inner_text(".twice .sentence")
    matcher.page.click(".twice .confirm")
    until(lambda: any(row["posted"] == 500 for row in table_of(table, "EAST")["holdings"]))
    taker.page.wait_for_selector(".offer >> text=unless", state="detached")


def table_of(table, seat):
    """Return what a seat was last told of itself."""
    return table.state()["seats"][seat]["me"]


def test_a_whole_market_is_played_and_its_debrief_tells_who_stepped_in(phones, tmp_path) -> None:
    with Table("classroom-market", tmp_path) as table:
        codes = [seat["seat"] for seat in table.state()["static"]["seats"]]
        assert len(codes) == 24
        sights = {seat: phones(table, seat) for seat in (codes if SOAK else DEALERS)}
        table.to(MARKET)
        sights["A1"].page.wait_for_selector(".ticket")
        sights["A1"].page.click("#tab-abate")
        sights["A1"].page.fill("[data-key=abate-so2] input", "40")
        sights["A1"].page.click("[data-key=abate-so2] .primary")
        sights["A1"].page.wait_for_selector(".note.good")
        table.to(AUGUST)
        table.lead("clock.add", minutes=60)  # so that a day of the market is a minute, however slow this machine is
        sights["EAST"].page.wait_for_selector("#tab-offers")
        deals(table, sights["C4"], sights["P1"], sights["EAST"])
        table.to(LAST)
        table.lead("clock.add", minutes=60)
        assert closes_its_gap(sights["EAST"])
        if SOAK:
            assert sum(closes_its_gap(sight) for seat, sight in sights.items() if seat != "EAST") > 0
        table.lead("ranking", mode="public")
        table.to(len(table.plan.phases) - 1)
        for sight in sights.values():
            sight.page.wait_for_selector("text=Trading is over")
        table.debrief()
        page = sights["EAST"].page
        page.wait_for_selector("text=How my seat did")
        told = json.loads((table.folder / "debrief.json").read_text(encoding="utf-8"))
        assert [(d["buyer"], d["seller"], d["units"], d["price"]) for d in told["matched"]] == [
            ("EAST", "C4", 500.0, 62.0)
        ]
        assert {s["seat"] for s in told["seats"] if s["person"]} == set(sights)
        page.click("text=Open the debrief")
        said = page.inner_text("body")
        assert "East stepped into a deal by its right to match and bought 500 t from Fourth county at 62" in said
        page.go_back()
        page.click("text=How my seat did")
        page.wait_for_selector("section.seat:visible")
        assert "East" in page.inner_text("section.seat:visible")
