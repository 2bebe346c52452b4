"""The facilitator's console and the projector: what they show, what they send, and how large it is written."""

from __future__ import annotations

import pytest
from tests.workshop.pages.conftest import until


def at_the_desk(look, stand, recorded, lang="en", width=1280, height=800, scheme="light"):
    sight = look(f"{stand.address}/f?lang={lang}", width, height, scheme)
    sight.page.fill("input", recorded.SECRET)
    sight.page.click(".primary")
    sight.page.wait_for_selector(".seats-table")
    until(lambda: len(stand.sockets) == 1)
    return sight


@pytest.mark.parametrize(
    ("width", "height", "scheme"), [(1280, 800, "light"), (1920, 1080, "dark"), (390, 844, "light")]
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_console_is_sound(look, stand, recorded, lang, width, height, scheme) -> None:
    sight = at_the_desk(look, stand, recorded, lang, width, height, scheme)
    sight.page.click(".seat-button >> nth=0")
    sight.page.click(".deck-card button >> nth=0")
    sight.is_sound()
    sight.page.click(".top button >> nth=0")
    sight.page.wait_for_selector(".join-box .qr")
    sight.is_sound()


def test_a_wrong_secret_is_told(look, stand) -> None:
    sight = look(f"{stand.address}/f?lang=en", 1280, 800)
    sight.page.fill("input", "guess")
    sight.page.click(".primary")
    sight.page.wait_for_selector("[role=alert]")
    assert sight.page.query_selector(".seats-table") is None


def test_who_has_not_ordered_comes_first_and_is_named(look, stand, recorded) -> None:
    sight = at_the_desk(look, stand, recorded)
    names = [name.strip() for name in sight.page.locator(".seat-button").all_inner_texts()]
    assert set(names[:2]) == {"Cheap works 1", "Middling works 2"}
    alerts = sight.page.inner_text(".alerts")
    assert "2 have not ordered yet" in alerts
    assert "1 refused repeatedly: Middling works 2" in alerts


def test_space_pauses_wherever_the_focus_is_but_not_while_typing(look, stand, recorded) -> None:
    sight = at_the_desk(look, stand, recorded)
    sight.page.focus(".deed >> nth=1")  # one more minute: it must not be pressed by Space
    sight.page.keyboard.press("Space")
    until(lambda: stand.asked)
    assert [command["type"] for command in stand.asked] == ["clock.pause"]
    sight.page.focus("input[maxlength='200']")
    sight.page.keyboard.type("a b")
    sight.drawn()
    assert sight.page.input_value("input[maxlength='200']") == "a b"
    assert sum(url.endswith("/api/v1/facilitator") for url in sight.asked) == 1
    stand.clock = {"paused": True}
    stand.frame()
    sight.page.wait_for_selector(".deed.primary")
    sight.page.focus(".deed >> nth=1")
    sight.page.keyboard.press("Space")
    until(lambda: len(stand.asked) == 2)
    assert stand.asked[1]["type"] == "clock.resume"


def test_a_card_is_read_before_it_is_played(look, stand, recorded) -> None:
    sight = at_the_desk(look, stand, recorded)
    sight.page.click(".deck-card button >> nth=0")
    sight.page.wait_for_selector(".deck-card .banner")
    assert "2,000,000 CNY" in sight.page.inner_text(".deck-card .banner")
    assert stand.asked == []
    sight.page.click(".deck-card .danger")
    until(lambda: stand.asked)
    assert {k: v for k, v in stand.asked[0].items() if k != "id"} == {"type": "shock.apply", "card": "fine-up"}


def test_the_next_phase_and_the_end_take_two_presses(look, stand, recorded) -> None:
    sight = at_the_desk(look, stand, recorded)
    sight.page.click(".deed >> nth=-1")
    sight.page.click("text=End the room")
    sight.page.wait_for_selector("text=Yes, end it")
    assert not any(url.endswith("/api/v1/facilitator") for url in sight.asked)
    sight.page.click("text=Yes, end it")
    until(lambda: stand.asked)
    assert stand.asked[0]["type"] == "room.end"


def test_a_message_goes_to_one_or_all(look, stand, recorded) -> None:
    sight = at_the_desk(look, stand, recorded)
    sight.page.click(".canned >> nth=0")
    sight.page.click("text=Send to everybody")
    until(lambda: len(stand.asked) == 1)
    assert stand.asked[0]["to"] == "all"
    assert stand.asked[0]["text"] == "One minute left."


def on_the_wall(look, stand, recorded, lang="en", width=1920, height=1080):
    sight = look(f"{stand.address}/p?lang={lang}#{recorded.WALL}", width, height)
    sight.page.wait_for_selector(".figures")
    until(lambda: len(stand.sockets) == 1)
    return sight


SMALLEST = """() => { const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); let least = 99, text = "";
  while (walk.nextNode()) { const e = walk.currentNode.parentElement; if (!walk.currentNode.data.trim() || !e.getClientRects().length || e.closest("noscript, .hidden")) continue;
    const size = parseFloat(getComputedStyle(e).fontSize); if (size < least) [least, text] = [size, walk.currentNode.data]; } return [least, text]; }"""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_wall_is_read_from_the_back_row(look, stand, recorded, lang) -> None:
    stand.events = [
        {
            "kind": "card",
            "in_s": 10,
            "t": 15 * recorded.DAY,
            "text": recorded.both("来水减少两成", "A fifth less water"),
        }
    ]
    sight = on_the_wall(look, stand, recorded, lang)
    assert sight.page.evaluate(SMALLEST)[0] >= 32
    assert sight.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert "http://192.168.1.20:8080" in sight.page.inner_text(".join")
    assert "K7M3QX" in sight.page.inner_text(".join")
    sight.is_sound()
    stand.ranking = {
        "mode": "anonymous",
        "rows": [
            {"saved": 120_000_000, "complied": True},
            {"saved": -5_000_000, "complied": False},
            {"saved": None, "complied": None},
        ],
    }
    stand.frame()
    sight.page.wait_for_selector("text=/12,000/")
    assert not any(name in sight.page.inner_text("main") for pair in recorded.NAMES.values() for name in pair)
    stand.phase = 0
    stand.frame()
    sight.page.wait_for_selector(".lit")
    assert sight.page.evaluate(SMALLEST)[0] >= 32
    sight.is_sound()


def test_steps_are_drawn_once_the_auction_has_closed(look, stand, recorded) -> None:
    sight = on_the_wall(look, stand, recorded)
    assert sight.page.query_selector(".steps") is None
    stand.events = [
        {
            "kind": "auction",
            "m": 1,
            "t": 1,
            "text": recorded.both("竞价", "Auction"),
            "price": 650000,
            "lots": 50,
            "demand": [[700000, 60]],
            "supply": [[640000, 50]],
        }
    ]
    stand.frame()
    sight.page.wait_for_selector(".steps")
    assert sight.page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_without_its_token_the_wall_shows_nothing(look, stand) -> None:
    sight = look(f"{stand.address}/p?lang=en", 1920, 1080)
    sight.page.wait_for_selector("text=lacks the projector's token")
    assert sight.page.query_selector(".figures") is None


def test_a_card_may_be_taken_back_while_it_waits(look, stand, recorded) -> None:
    sight = at_the_desk(look, stand, recorded)
    assert sight.page.is_disabled("text=Undo the last card")
    stand.events = [
        {
            "kind": "card",
            "t": 1,
            "in_s": 10,
            "name": recorded.both("罚款加倍", "The fine doubles"),
            "text": recorded.both("罚款", "The fine is doubled."),
        }
    ]
    stand.frame()
    sight.page.wait_for_selector("text=/Undo the last card .[0-9]+ s left/")
    sight.page.click("text=/Undo the last card/")
    until(lambda: stand.asked)
    assert stand.asked[0]["type"] == "shock.undo"
