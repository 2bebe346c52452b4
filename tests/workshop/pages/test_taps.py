"""Fingers as they are: a double tap is one wish, and a refusal is seen where one is looking."""

from __future__ import annotations

import json

from tests.workshop.pages.conftest import SCAN, seated, until
from tests.workshop.pages.test_screens import at_the_desk

AT_ONCE = "(button) => { button.click(); button.click(); }"
REFUSED = {"ok": False, "code": "PIN_WRONG", "zh": "密码不对", "en": "this is not the PIN"}


def sent(stand, kind):
    return sum(command.get("type") == kind for command in stand.asked)


def test_two_taps_on_the_ticket_before_the_page_is_drawn_anew_are_one_order(look, stand) -> None:
    sight = seated(look, stand)
    sight.page.click(".helper >> nth=0")
    sight.page.wait_for_selector(".ticket .sentence")
    sight.page.eval_on_selector(".ticket .confirm", AT_ONCE)
    sight.page.wait_for_selector(".note.good")
    sight.page.dblclick(".helper >> nth=0")
    sight.page.wait_for_selector(".ticket .sentence")
    sight.page.dblclick(".ticket .confirm")
    sight.page.wait_for_selector(".note.good")
    assert sent(stand, "order.place") == 2
    assert sight.errors() == []


def test_a_double_tap_does_not_build_what_cannot_be_undone(look, stand) -> None:
    sight = seated(look, stand)
    sight.page.click("#tab-abate")
    sight.page.dblclick("text=Build >> nth=-1")
    sight.page.wait_for_selector(".danger")
    sight.drawn()
    sight.page.click(".danger")
    until(lambda: stand.asked[-1].get("type") == "build")
    assert sent(stand, "build") == 1


def test_a_double_click_does_not_end_a_phase(look, stand, recorded) -> None:
    sight = at_the_desk(look, stand, recorded)
    sight.page.dblclick(".deed >> nth=-1")
    sight.page.wait_for_selector(".deed.danger")
    sight.drawn()
    sight.page.eval_on_selector(".deed.danger", AT_ONCE)  # with this press it does, once
    until(lambda: sent(stand, "phase.next"))
    sight.page.wait_for_selector(".deed.danger", state="detached")
    assert sent(stand, "phase.next") == 1


def test_a_wrong_pin_is_told_where_it_was_typed(look, stand) -> None:
    sight = look(stand.address + SCAN.format("en"), height=420)
    sight.page.route(
        "**/api/v1/join",
        lambda route: route.fulfill(status=403, content_type="application/json", body=json.dumps(REFUSED)),
    )
    sight.page.click(".seat-pick >> nth=2")
    sight.page.fill("[inputmode=numeric]", "111111")
    sight.page.click("form .primary")
    told = sight.page.locator("[role=alert]")
    told.wait_for()
    sight.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    sight.drawn()
    box = told.bounding_box()
    assert 0 <= box["y"] <= box["y"] + box["height"] <= 420
    assert sight.page.evaluate("scrollY") > 0
