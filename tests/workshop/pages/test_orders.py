"""A live order is changed where it stands: what is said before, what is sent, and what is refused."""

from __future__ import annotations

import pytest
from tests.workshop.pages.conftest import seated, until

ROW = "[data-key=order-17]"


@pytest.fixture
def seat(look, stand):
    """Open a seat with a live order: buy 5 t at 62.0, and a gap of 44 t."""
    stand.gap = 44

    def open_(lang="en", **more):
        sight = seated(look, stand, lang, **more)
        sight.page.wait_for_selector(ROW)
        return sight

    return open_


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_a_change_means_is_said_before_it_is_sent(seat, stand, lang) -> None:
    sight = seat(lang)
    sight.tap(f"{ROW} button >> nth=0")
    sight.page.fill("#change-price", "63")
    sight.page.fill("#change-quantity", "40")
    said = {
        "zh": "买入40吨，最多付2,520元，成交后缺口4吨。",
        "en": "Buy 40 t, pay at most 2,520 CNY, gap then 4 t.",
    }
    sight.page.wait_for_selector(f"{ROW} .sentence >> text={said[lang]}")
    queue = {"zh": "重新排队", "en": "end of the queue"}[lang]
    assert queue in sight.page.inner_text(ROW)
    sight.is_sound()
    sight.tap(f"{ROW} .confirm")
    until(lambda: stand.asked[-1].get("type") == "order.replace")
    assert {k: v for k, v in stand.asked[-1].items() if k != "id"} == {
        "type": "order.replace", "order": 17, "price": "63", "quantity": "40", "open": "5",
    }  # fmt: skip
    sight.page.wait_for_selector(".note.good")
    assert sight.page.locator("#change-price").count() == 0  # a second tap cannot send it again


def test_fewer_at_the_same_price_keep_their_turn_and_the_keyboard_is_enough(seat, stand) -> None:
    sight = seat()
    sight.page.focus(f"{ROW} button >> nth=0")
    sight.page.keyboard.press("Enter")
    sight.page.wait_for_selector(f"{ROW} >> text=Nothing has been changed yet")
    assert sight.page.is_disabled(f"{ROW} .confirm")
    sight.page.focus("#change-quantity")
    sight.page.keyboard.press("Control+a")
    sight.page.keyboard.type("3")
    sight.page.wait_for_selector("text=keeps its turn")
    sight.page.keyboard.press("Tab")  # the plus
    sight.page.keyboard.press("Tab")
    sight.page.keyboard.press("Enter")
    until(lambda: stand.asked[-1].get("type") == "order.replace")
    assert (stand.asked[-1]["price"], stand.asked[-1]["quantity"]) == ("62", "3")


def test_what_the_order_sets_aside_is_free_for_the_change(seat, stand) -> None:
    stand.me = {"cash_free": 0}  # all of it is in this order: 5 t at 62.0
    sight = seat()
    sight.page.click(f"{ROW} button >> nth=0")
    sight.page.fill("#change-quantity", "4")
    sight.page.wait_for_selector("text=keeps its turn")
    assert sight.page.is_enabled(f"{ROW} .confirm")
    sight.page.fill("#change-quantity", "6")
    sight.page.wait_for_selector(f"{ROW} >> text=Not enough money")
    assert sight.page.is_disabled(f"{ROW} .confirm")


def test_an_order_that_trades_meanwhile_is_told(seat, stand) -> None:
    sight = seat()
    sight.page.click(f"{ROW} button >> nth=0")
    stand.me = {"orders": [{"order": 17, "m": 1, "side": "buy", "price": 620000, "lots": 5, "left": 2}]}
    stand.frame()
    sight.page.wait_for_selector("text=Part of it has traded: 2 t are left.")
