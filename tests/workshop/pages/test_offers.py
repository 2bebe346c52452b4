"""Offers and bids on the page: who may step in, what waits, and what cannot be paid is said before it is sent."""

from __future__ import annotations

import pytest
from tests.workshop.pages.conftest import seated, until

OFFER = {
    "offer": 9, "m": 2, "side": "sell", "price": 665000, "lots": 20, "from": "D1", "to": "", "mine": False,
    "taken": False, "may_accept": True, "may_match": False, "until": "2025-06-22",
}  # fmt: skip
ROW = "[data-key=offer-9]"


@pytest.fixture
def seat(look, stand):
    def open_(tab, lang="en", **me):
        stand.me = me
        sight = seated(look, stand, lang)
        sight.page.click(f"#tab-{tab}")
        return sight

    return open_


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_whoever_may_match_takes_the_deal_after_reading_it_twice(seat, stand, lang) -> None:
    sight = seat("offers", lang, offers=[{**OFFER, "taken": True, "may_accept": False, "may_match": True}])
    assert sight.page.inner_text("#tab-offers .count") == "1"
    assert {"zh": "你有优先权", "en": "You come first"}[lang] in sight.page.inner_text(ROW)
    assert "2025-06-22" in sight.page.inner_text(ROW)
    sight.page.click(f"{ROW} button")
    sight.page.wait_for_selector(f"{ROW} .sentence")
    assert "1,330" in sight.page.inner_text(f"{ROW} .sentence")
    sight.is_sound()
    assert len(stand.asked) == 1
    sight.page.click(f"{ROW} .confirm")
    until(lambda: stand.asked[-1].get("type") == "otc.accept")
    assert {k: v for k, v in stand.asked[-1].items() if k != "id"} == {"type": "otc.accept", "offer": 9, "match": True}


def test_what_is_agreed_and_waits_has_no_buttons(seat) -> None:
    sight = seat("offers", offers=[{**OFFER, "taken": True, "may_accept": False}, {**OFFER, "offer": 10, "mine": True, "taken": True}])  # fmt: skip
    assert "settled on 2025-06-22 unless" in sight.page.inner_text(ROW)
    assert sight.page.locator(".offer button").count() == 0
    assert sight.page.locator("#tab-offers .count").count() == 0


def test_an_offer_that_cannot_be_taken_says_why(seat, stand) -> None:
    sight = seat("offers", offers=[{**OFFER, "may_accept": False}])
    sight.page.wait_for_selector(f"{ROW} >> text=Others come first for now.")
    assert sight.page.is_disabled(f"{ROW} button >> nth=0")
    stand.me = {"offers": [OFFER], "cash_free": 13_299_999}  # 20 t at 66.5 are 1,330 CNY
    stand.frame()
    sight.page.wait_for_selector(f"{ROW} >> text=Not enough money: 1,329.9999 CNY free.")
    assert sight.page.is_disabled(f"{ROW} button >> nth=0")
    stand.me = {"offers": [OFFER], "cash_free": 13_300_000}
    stand.frame()
    sight.page.wait_for_selector(f"{ROW} button:enabled >> text=Accept")


def test_a_bid_is_held_against_the_cash_that_other_bids_leave(seat) -> None:
    bids = [{"bid": 3, "m": 1, "price": 650000, "lots": 5}, {"bid": 4, "m": 2, "price": 100000, "lots": 10}]
    sight = seat("auction", bids=bids, cash_free=10_000_000)  # 1,000 CNY, less 325, less 100
    assert "You set aside 325 CNY" in sight.page.inner_text("[data-key=bids]")
    assert "Cash left after your orders and bids: 575 CNY" in sight.page.inner_text("[data-key=bid-1]")
    sight.page.fill("#bid-price-1", "57.5")
    sight.page.fill("#bid-quantity-1", "10")
    sight.page.wait_for_selector("text=Cash left after your orders and bids: 0 CNY")
    assert sight.page.is_enabled("[data-key=bid-1] .confirm")
    sight.page.click("[data-key=bid-1] .stepper button >> nth=3")
    sight.page.wait_for_selector("text=Not enough money: 575 CNY free.")
    assert sight.page.is_disabled("[data-key=bid-1] .confirm")
    sight.is_sound()
