"""Every page of two real rooms, in both languages, on a phone, a laptop and a projector: nothing cut, foreign, small or wrong.

`ECOMARKET_LOOKS=FOLDER` writes each picture there. `ECOMARKET_SOAK=1` takes every page in all six ways; else each is
taken in one of them, in turn.
"""

from __future__ import annotations

import os
import re
from itertools import count
from pathlib import Path

import pytest
from tests.workshop.pages.conftest import Sight, until
from tests.workshop.pages.table import CODE, Table

SOAK = os.environ.get("ECOMARKET_SOAK") == "1"
PICTURES = os.environ.get("ECOMARKET_LOOKS", "")
PHONE, LAPTOP, WALL = (390, 844), (1280, 800), (1920, 1080)
WAYS = [("zh", PHONE), ("en", LAPTOP), ("en", PHONE), ("zh", WALL), ("zh", LAPTOP), ("en", WALL)]
CUT = """() => { const found = []; for (const e of document.querySelectorAll('body *')) {
  if (e.closest('.hidden, svg, noscript, .u-wrap, .uplot') || !e.getClientRects().length || e.clientWidth === 0) continue;
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  const style = getComputedStyle(e);
  if (!own || style.overflowX === 'auto' || e.tagName === 'SELECT' || e.tagName === 'OPTION') continue;
  if (e.scrollWidth > e.clientWidth + 1) found.push([e.tagName, e.className, e.textContent.slice(0, 60), e.scrollWidth, e.clientWidth]);
  if (style.overflowY === 'hidden' && e.scrollHeight > e.clientHeight + 1) found.push([e.tagName, e.className, e.textContent.slice(0, 60), 'high']);
  } return found; }"""
TEXT = """() => { const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); const all = [];
  while (walk.nextNode()) { const e = walk.currentNode.parentElement; if (e.getClientRects().length && !e.closest('noscript, [lang]:not(html), script, style')) all.push(walk.currentNode.data); }
  return all.filter((text) => text.trim()); }"""
HAN, ENGLISH = re.compile(r"[一-鿿]"), re.compile(r"\b[a-z]{3,} [a-z]{3,}")
OWN_WORDS = (
    "林组",
    "陈",
    "请核对缺口",
    "ecomarket ledger",
    "ecomarket room",
)  # what people typed, and what is typed into a terminal


class Looks:
    """Takes pages in the ways that are due, judges each, and keeps a picture of it where that is asked for."""

    def __init__(self, name):
        self.name, self.turn = name, count()
        self.wrong = []

    def ways(self):
        return WAYS if SOAK else [WAYS[next(self.turn) % len(WAYS)]]

    def at(self, sight, what, ways=None, *, own_file=False):
        """Look at a page as it is now; `own_file` is a page without the room's language button."""
        for lang, size in ways or self.ways():
            width, height = size
            sight.page.set_viewport_size({"width": width, "height": height})
            if not own_file and not sight.page.evaluate("document.documentElement.lang").startswith(lang):
                sight.page.click("button[lang]")
            sight.page.mouse.move(0, 0)
            sight.drawn()
            self.judge(sight, f"{what}-{lang}-{width}", lang, width)
            if PICTURES:
                Path(PICTURES).mkdir(parents=True, exist_ok=True)
                sight.page.screenshot(
                    path=f"{PICTURES}/{self.name}-{what}-{lang}-{width}.png", full_page=width == PHONE[0]
                )

    def judge(self, sight, what, lang, width):
        page = sight.page
        texts = [text for text in page.evaluate(TEXT) if not any(word in text for word in OWN_WORDS)]
        foreign = [text for text in texts if (HAN if lang == "en" else ENGLISH).search(text)]
        found = {
            "wider than the screen": [] if sight.fits() else ["yes"],
            "cut": page.evaluate(CUT),
            "small": sight.small_targets() if width == PHONE[0] else [],
            "not translated": foreign,
            "axe": sight.faults(),
            "console": sight.errors(),
        }
        self.wrong += [(what, fault, told) for fault, told in found.items() if told]


@pytest.fixture
def seen(browser):
    """Open a page; all of them are closed at the end, and nothing was asked for elsewhere."""
    sights = []

    def open_(address):
        sight = Sight(browser, *PHONE)
        sights.append(sight)
        sight.page.goto(address)
        return sight

    yield open_
    for sight in sights:
        elsewhere = [url for url in sight.asked if not url.startswith(("http://127.0.0.1", "data:", "blob:"))]
        sight.page.close()
        assert elsewhere == []


def taken(looks, seen, table, seat):
    """Look at the way in, and take a seat by its name."""
    phone = seen(f"{table.address}/?lang=zh")
    phone.page.wait_for_selector(".code")
    looks.at(phone, "01-code")
    phone.page.goto(f"{table.address}/?code={CODE}&lang=zh")
    phone.page.wait_for_selector(".seats")
    phone.page.click(".seat-pick:has(.tag:not(.free)) >> nth=0")
    looks.at(phone, "02-seats")
    phone.page.fill("input >> nth=0", "林组")
    if not phone.page.evaluate("document.documentElement.lang").startswith("zh"):
        phone.page.click("button[lang]")
    phone.page.click(f".seat-pick >> text={seat}")
    phone.page.wait_for_selector(".wall")
    looks.at(phone, "03-lobby")
    return phone


def read(looks, phone):
    """Look at the first card, at a question that was answered wrongly and at one that was answered rightly."""
    phone.page.wait_for_selector(".reading")
    looks.at(phone, "04-card")
    while phone.page.locator(".answers").count() == 0:
        phone.page.click(".reading .primary")
        phone.drawn()
    right = 0
    while phone.page.locator(".verdict.right").count() == 0:
        phone.page.click(f".answers button >> nth={right}")
        phone.page.wait_for_selector(".verdict")
        if right == 0:
            looks.at(phone, "05-question")
        right += 1
    looks.at(phone, "06-right")


def tabs(looks, phone, names, when):
    for name in names:
        phone.page.click(f"#tab-{name}")
        phone.page.wait_for_selector(f"#tab-{name}[aria-selected=true]")
        looks.at(phone, f"{when}-{name}")


def desk_of(seen, table, token, there):
    sight = seen(f"{table.address}/f?lang=zh#{token}")
    sight.page.wait_for_selector(there)
    return sight


def over(looks, seen, table, phone, desk, wall):
    """Ring the last bell, write the debrief, and look at all that is left to read."""
    table.lead("ranking", mode="hidden")
    table.to(len(table.plan.phases) - 1)
    phone.page.wait_for_selector("text=/交易结束|Trading is over/")
    looks.at(desk, "40-console-over")
    looks.at(wall, "41-wall-over")
    table.debrief()
    phone.page.wait_for_selector("a.button")
    looks.at(phone, "42-over")
    page = seen(phone.page.url)
    for lang, size in looks.ways():
        if not phone.page.evaluate("document.documentElement.lang").startswith(lang):
            phone.page.click("button[lang]")
        phone.page.wait_for_selector(f"a.button[href$='lang={lang}']")  # drawn in this language
        phone.page.wait_for_selector("a.button[href*='/debrief/']")
        for n, name in enumerate(("43-debrief", "44-own-debrief")):
            page.page.goto(table.address + phone.page.get_attribute(f"a.button >> nth={n}", "href"))
            page.page.wait_for_load_state("networkidle")
            looks.at(page, name, [(lang, size)], own_file=True)


def test_every_page_of_a_room_with_one_market(seen, tmp_path) -> None:
    looks = Looks("permits")
    with Table("classroom-permits", tmp_path) as table:
        table.join("A1", "Wang")
        desk = desk_of(seen, table, table.keys["facilitator"], ".seats-table")
        wall = seen(f"{table.address}/p?lang=zh#{table.keys['projector']}")
        wall.page.wait_for_selector(".seats")
        phone = taken(looks, seen, table, "高成本一厂")
        looks.at(wall, "20-wall-lobby")
        looks.at(desk, "21-console-lobby")
        table.to(1)
        read(looks, phone)
        table.to(4)
        phone.page.wait_for_selector(".ticket")
        table.play("A1", "order.place", market=1, side="sell", price="900", quantity="3")
        table.play("A1", "order.place", market=1, side="buy", price="700", quantity="4")
        phone.page.fill("#price-1", "880")
        phone.page.fill("#quantity-1", "20")
        phone.page.click(".confirm")
        phone.page.wait_for_selector(".note.good")
        phone.page.click(".helper >> nth=0")
        tabs(looks, phone, ("market", "abate", "me"), "10-trade")
        phone.page.click("#tab-market")
        phone.page.click(".orders li button >> nth=0")
        looks.at(phone, "11-change")
        table.lead("shock.apply", card="fine-up")
        table.lead("message", to="all", text="还有一分钟，请核对缺口。")
        table.lead("clock.pause")
        phone.page.wait_for_selector(".badge.warn")
        looks.at(phone, "12-paused")
        desk.page.click(".seat-button >> nth=0")
        desk.page.click(".deck-card button >> nth=0")
        looks.at(desk, "22-console")
        looks.at(wall, "23-wall")
        tutor = table.lead("tutor.add", name="陈", seats=["A1", "D1"])
        page = desk_of(seen, table, tutor["token"], ".seats-table")
        page.page.click(".seat-button >> nth=0")
        looks.at(page, "24-tutor")
        table.lead("ranking", mode="public")
        table.lead("clock.resume")
        table.to(6)
        phone.page.wait_for_selector("#tab-me")
        over(looks, seen, table, phone, desk, wall)
    assert not looks.wrong, "\n".join(map(str, looks.wrong))


def test_every_page_of_a_room_with_three_markets(seen, tmp_path) -> None:
    looks = Looks("market")
    with Table("classroom-market", tmp_path) as table:
        for seat in ("C4", "P1", "A1"):
            table.join(seat)
        desk = desk_of(seen, table, table.keys["facilitator"], ".seats-table")
        wall = seen(f"{table.address}/p?lang=zh#{table.keys['projector']}")
        wall.page.wait_for_selector(".seats")
        phone = taken(looks, seen, table, "东省")
        looks.at(wall, "20-wall-lobby")
        table.to(5)
        phone.page.wait_for_selector("[role=tablist]")
        tabs(looks, phone, ("auction",), "10-window")
        phone.page.fill("[id^=bid-price]", "50")
        phone.page.fill("[id^=bid-quantity]", "1000")
        looks.at(phone, "11-bid")
        table.to(7)
        table.lead("clock.add", minutes=60)  # the right to match does not lapse while its page is looked at
        sink = next(m["m"] for m in table.state("C4")["m"]["markets"] if "halls" in m and m["m"] > 1)
        for price, quantity in (("62", "500"), ("59", "800")):
            table.play("C4", "otc.offer", market=sink, side="sell", price=price, quantity=quantity)
        until(lambda: len(table.state("P1")["me"]["offers"]) == 2)
        first = table.state("P1")["me"]["offers"][0]["offer"]
        table.play("P1", "otc.accept", offer=first)
        phone.page.wait_for_selector("#tab-offers .count")
        tabs(looks, phone, ("market", "auction", "offers", "me"), "12-august")
        phone.page.click("#tab-offers")
        phone.page.click(".offer button >> nth=0")
        looks.at(phone, "13-match")
        looks.at(desk, "22-console")
        looks.at(wall, "23-wall")
        over(looks, seen, table, phone, desk, wall)
    assert not looks.wrong, "\n".join(map(str, looks.wrong))
