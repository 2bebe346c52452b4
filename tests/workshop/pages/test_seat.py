"""The participant's page on a phone: from the scan to the first order, what it says, and what it does when the line drops."""

from __future__ import annotations

import pytest
from tests.workshop.pages.conftest import SCAN, seated, until


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_from_the_scan_to_the_first_order_in_four_taps(look, stand, lang) -> None:
    sight = look(stand.address + SCAN.format(lang))
    sight.page.wait_for_selector(".seats")
    sight.tap(".card .primary")
    sight.tap(".helper >> nth=0")
    said = sight.page.inner_text(".sentence")
    assert (
        said
        == {"zh": "买入45吨，最多付2,907元，成交后缺口0。", "en": "Buy 45 t, pay at most 2,907 CNY, gap then 0."}[lang]
    )
    sight.tap(".confirm")
    until(lambda: len(stand.asked) == 2)
    assert sight.taps <= 4
    order = stand.asked[1]
    assert {k: v for k, v in order.items() if k != "id"} == {
        "type": "order.place",
        "market": 1,
        "side": "buy",
        "price": "64.6",
        "quantity": "45",
        "kind": "limit",
        "life": "phase",
    }
    sight.page.wait_for_selector(".note.good")
    assert sight.page.input_value("#quantity-1") == ""  # a second tap cannot send it again


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_view_is_sound_on_a_phone(look, stand, lang, scheme) -> None:
    stand.gap = 44  # an order is live
    sight = look(stand.address + SCAN.format(lang), scheme=scheme)
    sight.page.wait_for_selector(".seats")
    sight.is_sound()
    sight.page.click(".seat-pick >> nth=2")
    sight.is_sound()
    sight.page.click(".seat-pick >> nth=0")
    sight.page.wait_for_selector(".orders")
    sight.page.click(".helper >> nth=0")
    sight.is_sound()
    for tab in ("auction", "abate", "offers", "me"):
        sight.page.click(f"#tab-{tab}")
        sight.page.wait_for_selector(f"#tab-{tab}[aria-selected=true]")
        sight.is_sound()
    for phase, there in ((0, ".wall"), (1, ".reading"), (5, "h1")):
        stand.phase = phase
        stand.frame()
        sight.page.wait_for_selector(there)
        if phase < 5:
            sight.is_sound()
    assert [url for url in sight.asked if not url.startswith(stand.address)] == []


def test_the_page_says_what_stands_against_an_order(look, stand) -> None:
    sight = seated(look, stand)
    page = sight.page

    def says(price, quantity, side="buy"):
        page.click(f".sides .{side}")
        page.fill("#price-1", price)
        page.fill("#quantity-1", quantity)
        sight.drawn()
        return (
            page.inner_text("#why-not"),
            page.is_disabled(".confirm"),
            page.inner_text(".ticket .banner.warn") if page.query_selector(".ticket .banner.warn") else "",
        )

    assert says("", "")[1]
    assert says("64.65", "45") == ("The price must be a multiple of 0.1 CNY per t.", True, "")
    assert says("64.6", "4.5") == ("The quantity must be a multiple of 1 t.", True, "")
    assert says("70.5", "1") == ("The price must be between 57.6 and 70.4.", True, "")
    assert says("64.6", "99999")[:2] == ("Not enough money: 996,900 CNY free.", True)
    assert says("64.6", "600", "sell")[:2] == ("Not enough to sell: only 515 t.", True)
    assert says("64.1", "5", "sell") == ("", False, "You are short of 45 t, and this sells.")
    assert says("64.6", "50") == ("", False, "With your live orders this is 5 t more than you need.")
    assert says("64.6", "45") == ("", False, "")


def test_live_orders_are_taken_off_the_gap(look, stand) -> None:
    stand.gap = 44
    sight = seated(look, stand)
    assert "39 t" in sight.page.inner_text(".helper >> nth=0")
    sight.page.click(".orders button >> nth=1")  # the first one changes it
    until(lambda: stand.asked[-1].get("type") == "order.cancel")  # the last one may still be the joining
    assert stand.asked[-1]["order"] == 17


def test_buttons_follow_what_the_server_allows(look, stand) -> None:
    sight = seated(look, stand)
    sight.page.click(".helper >> nth=0")
    stand.can = {"trade": {"code": "MARKET_CLOSED", "zh": "休市", "en": "The market is closed until 09:30."}}
    stand.frame()
    sight.until(lambda: sight.page.inner_text("#why-not") == "The market is closed until 09:30.")
    assert sight.page.is_disabled(".confirm")


def test_a_refusal_is_read_in_ones_own_language(look, stand) -> None:
    stand.answer = lambda _: (409, {"ok": False, "code": "BAND", "zh": "价格超区间。", "en": "Outside the band."})
    sight = seated(look, stand)
    sight.page.click(".helper >> nth=0")
    sight.page.click(".confirm")
    sight.page.wait_for_selector(".note.bad")
    assert sight.page.inner_text(".note.bad") == "Outside the band."
    assert sight.page.input_value("#quantity-1") == "45"


def test_a_command_is_sent_again_with_its_own_id(look, stand) -> None:
    stand.fails = 2
    sight = seated(look, stand)
    sight.page.click(".helper >> nth=0")
    sight.page.click(".confirm")
    sight.page.wait_for_selector(".note.good")
    assert len(stand.asked) == 4
    assert len({command["id"] for command in stand.asked[1:]}) == 1


def test_a_command_from_before_a_reload_waits_for_a_person(look, stand) -> None:
    stand.fails = 100
    sight = seated(look, stand)
    sight.page.click(".helper >> nth=0")
    sight.page.click(".confirm")
    until(lambda: len(stand.asked) > 1)
    stand.fails = 0
    sight.page.reload()
    sight.page.wait_for_selector("text=Send again")
    first = stand.asked[1]["id"]
    sight.page.click("text=Send again")
    sight.page.wait_for_selector("text=Send again", state="detached")
    assert stand.asked[-1]["id"] == first


def test_a_reload_while_the_room_is_down_keeps_the_seat(look, stand) -> None:
    """Who reloads while the server falls, stands up or is too busy to answer must not have to find the PIN."""
    sight = seated(look, stand)
    turned_away = []

    def later(route) -> None:
        turned_away.append(route.request.url)
        route.fulfill(status=503, content_type="application/json", body='{"ok": false, "code": "ROOM_FAILED"}')

    sight.page.route("**/api/v1/state", later)
    sight.page.reload()
    sight.until(lambda: len(turned_away) > 1)  # it asks again by itself
    sight.page.unroute("**/api/v1/state")
    sight.page.wait_for_selector(".ticket")
    assert sight.page.locator(".seat-pick").count() == 0


def test_a_hole_in_the_numbers_is_filled(look, stand) -> None:
    sight = seated(look, stand)
    before = int(sight.page.get_attribute(".chart", "data-points"))
    stand.frame(skip=3)
    sight.until(lambda: int(sight.page.get_attribute(".chart", "data-points")) == before + 3)
    assert any("history?since=800" in url for url in sight.asked)


def test_a_frame_that_leaves_trades_out_has_the_whole_fetched(look, stand) -> None:
    sight = seated(look, stand)
    fetched = [url for url in sight.asked if "/api/v1/state" in url]
    stand.frame(more_trades=7)
    sight.until(lambda: [url for url in sight.asked if "/api/v1/state" in url] > fetched)
    stand.frame()
    sight.until(lambda: sight.page.is_visible(".ticket"))


def test_trades_of_one_moment_are_all_kept(look, stand) -> None:
    sight = seated(look, stand)
    before = int(sight.page.get_attribute(".chart", "data-points"))
    stand.frame(trades=[[1, 5, 1, 640000, 1, "", ""], [2, 5, 1, 641000, 1, "", ""]])
    sight.until(lambda: int(sight.page.get_attribute(".chart", "data-points")) == before + 2)


def test_silence_is_noticed_and_the_line_comes_back(look, stand) -> None:
    sight = seated(look, stand)
    stand.mute = True
    sight.page.wait_for_selector(".badge.bad")
    stand.mute = False
    sight.page.wait_for_selector(".badge.bad", state="detached")


def test_a_name_is_read_and_never_run(look, stand) -> None:
    evil = "<img src=x onerror=window.hit=1><script>window.hit=1</script>"
    stand.names["A1"] = stand.names["A2"] = (evil, evil)
    sight = look(stand.address + SCAN.format("en"))
    sight.page.wait_for_selector(".seats")
    sight.page.fill("input", evil[:24])
    sight.page.click(".card .primary")
    sight.page.wait_for_selector(".head")
    stand.events = [{"kind": "message", "t": 1, "text": {"zh": evil, "en": evil}}]
    stand.frame()
    sight.page.wait_for_selector(".banner.news")
    stand.phase = 0
    stand.frame()
    sight.page.wait_for_selector(".wall")
    assert evil in sight.page.inner_text(".wall")
    assert sight.page.evaluate("window.hit") is None
    assert sight.fits()


def test_questions_are_asked_until_they_are_right(look, stand) -> None:
    stand.phase = 1
    sight = seated(look, stand)
    for _ in range(2):
        sight.page.click(".reading .primary")
    sight.page.click(".answers button >> nth=0")
    assert sight.page.is_disabled(".wide")
    sight.page.wait_for_selector(".verdict.wrong")
    sight.page.click(".answers button >> nth=1")
    sight.page.wait_for_selector(".verdict.right")
    sight.page.click(".wide")
    until(lambda: stand.asked[-1].get("type") == "ready")


def test_building_takes_two_presses(look, stand) -> None:
    sight = seated(look, stand)
    sight.page.click("#tab-abate")
    sight.page.click("text=Build >> nth=-1")
    sight.page.wait_for_selector(".danger")
    assert not any(command.get("type") == "build" for command in stand.asked)
    sight.page.click(".danger")
    until(lambda: stand.asked[-1].get("type") == "build")


def test_the_language_changes_at_once_and_with_it_what_red_means(look, stand) -> None:
    sight = seated(look, stand, lang="zh")
    stand.frame(trades=[[1, 5, 1, 642000, 1, "", ""], [2, 6, 1, 643000, 1, "", ""]])
    sight.page.wait_for_selector(".last.up")
    colour = "getComputedStyle(document.querySelector('.last b')).color"
    red = sight.page.evaluate(colour)
    sight.page.click(".head button")
    sight.page.wait_for_selector("text=Fill my gap")
    green = sight.page.evaluate(colour)
    assert (red, green) == ("rgb(179, 38, 30)", "rgb(20, 108, 53)")
    assert "▲" in sight.page.inner_text(".ladder .last")
    sight.is_sound()


def test_a_bid_is_said_before_it_is_handed_in(look, stand) -> None:
    sight = seated(look, stand)
    sight.page.click("#tab-auction")
    sight.page.click("text=Fill my gap")
    sight.page.fill("#bid-price-1", "70")
    sight.page.wait_for_selector(".sentence")
    assert sight.page.inner_text(".sentence") == "45 t at 70.0 CNY or less: pay at most 3,150 CNY."
    sight.page.click("text=Hand in the bid")
    until(lambda: stand.asked[-1].get("type") == "auction.bid")
    assert {k: v for k, v in stand.asked[-1].items() if k != "id"} == {
        "type": "auction.bid",
        "market": 1,
        "price": "70",
        "quantity": "45",
    }


def test_an_offer_is_read_again_before_it_is_accepted(look, stand) -> None:
    sight = seated(look, stand)
    sight.page.click("#tab-offers")
    sight.page.wait_for_selector(".offer")
    assert "Dear works 1 offers 20 t at 66.5" in sight.page.inner_text("#panel")
    sight.page.click("text=Accept")
    sight.page.wait_for_selector(".twice .sentence")
    assert sight.page.inner_text(".twice .sentence") == "Buy 20 t, pay at most 1,330 CNY."
    assert len(stand.asked) == 1
    sight.page.click("text=Yes, close the deal")
    until(lambda: stand.asked[-1].get("type") == "otc.accept")


def test_another_world_is_read_anew(look, stand) -> None:
    sight = seated(look, stand)
    stand.clock = {"counts": False}
    stand.frame()
    sight.until(lambda: sum("/api/v1/state" in url for url in sight.asked) == 1)
    stand.events = [{"kind": "message", "t": 1, "text": {"zh": "好", "en": "Well."}}]
    stand.frame()
    sight.page.wait_for_selector(".banner.news >> text=Well.")
    assert sum("/api/v1/state" in url for url in sight.asked) == 1


def test_the_ranking_shows_what_is_known_and_marks_ones_own_seat(look, stand, recorded) -> None:
    rows = [
        {"seat": "D1", "name": recorded.both("高成本一厂", "Dear works 1"), "saved": 31_790_000, "complied": True},
        {"seat": "A1", "name": recorded.both("低成本一厂", "Cheap works 1"), "saved": None, "complied": None},
    ]
    stand.ranking = {"mode": "public", "rows": rows}
    sight = seated(look, stand)
    sight.page.click("#tab-me")
    sight.page.wait_for_selector(".ranking .own")
    assert "3,179 CNY" in sight.page.inner_text(".ranking")
    assert "Cheap works 1" in sight.page.inner_text(".ranking .own")
    sight.is_sound()
    stand.ranking = None
    stand.frame()
    sight.page.wait_for_selector(".ranking", state="detached")


def test_a_seat_sees_first_and_only_the_markets_that_are_its_own(look, stand) -> None:
    stand.me = {"deals_in": [2], "holdings": [], "needs": [], "orders": []}
    sight = seated(look, stand)
    assert "Nitrogen oxide" in sight.page.inner_text(".gap-line")
    stand.me = {**stand.me, "deals_in": [1]}
    stand.frame()
    sight.page.wait_for_selector(".gap-line >> text=Sulphur dioxide")
