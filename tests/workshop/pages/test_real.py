"""The pages on a real room: what the engine and the server say is what the pages read."""

from __future__ import annotations

import pytest
from tests.workshop.pages.table import CODE, Table

COLD_MOST = 150 * 1024


@pytest.fixture
def opened(tmp_path):
    """Serve a room of classroom-permits; give its address and its keys."""
    with Table("classroom-permits", tmp_path) as table:
        yield table.address, table.keys


def go_to(sight, name):
    """Press for the next phase, twice each time as a facilitator does, until one of this name is on."""
    while name not in (before := sight.page.inner_text(".now b >> nth=0")):
        sight.page.click(".deed >> nth=-1")
        sight.page.click(".deed.danger")
        sight.until(lambda before=before: sight.page.inner_text(".now b >> nth=0") != before)


def test_a_room_is_joined_and_played_from_its_pages(look, opened) -> None:
    address, keys = opened
    phone = look(f"{address}/?code={CODE}&lang=en")
    weight = phone.page.context.new_cdp_session(phone.page)
    weight.send("Network.enable")
    weight.send("Network.setCacheDisabled", {"cacheDisabled": True})
    got = []
    weight.on("Network.loadingFinished", lambda told: got.append(told["encodedDataLength"]))
    phone.page.goto(f"{address}/?code={CODE}&lang=en")
    phone.page.wait_for_selector(".seats")
    phone.page.wait_for_load_state("networkidle")
    assert 20_000 < sum(got) <= COLD_MOST
    desk = look(f"{address}/f?lang=en", 1280, 800)
    desk.page.fill("input", keys["facilitator"])
    desk.page.click(".primary")
    desk.page.wait_for_selector(".seats-table")
    wall = look(f"{address}/p?lang=en#{keys['projector']}", 1920, 1080)
    wall.page.wait_for_selector(".seats")
    phone.tap(".seat-pick >> nth=4")
    phone.page.wait_for_selector(".wall")
    go_to(desk, "January to March")
    phone.page.wait_for_selector(".ticket")
    phone.page.click("#tab-abate")
    phone.page.fill("[data-key=abate-so2] input", "20")
    phone.page.wait_for_selector("text=gap at the year's end then about 5 t/yr")
    phone.page.click("[data-key=abate-so2] .primary")
    phone.page.wait_for_selector(".gap-line.short")
    assert phone.page.inner_text(".gap-line b") == "5"  # the page foretold what the works then reckon
    phone.page.click("#tab-market")
    phone.tap(".helper >> nth=0")
    phone.drawn()  # what it fills in comes with the next picture, and would else meet what is typed
    if not phone.page.input_value(".ticket input >> nth=0"):
        phone.page.fill(".ticket input >> nth=0", "850")
    phone.page.wait_for_selector("text=/^Buy 5 t.yr, pay at most [0-9,]+ CNY, gap then 0/")
    phone.tap(".confirm")
    phone.page.wait_for_selector(".note.good")
    assert phone.taps <= 4
    phone.is_sound()
    desk.until(lambda: "no order yet" not in desk.page.inner_text(".seats-table"))
    for sight in (desk, wall):
        sight.is_sound()
    desk.page.click(".deck-card button >> nth=0")
    desk.page.click(".deck-card .danger")
    phone.page.wait_for_selector("text=From tomorrow")
    wall.page.wait_for_selector(".news")
    desk.page.click("text=/Undo the last card/")
    wall.page.wait_for_selector("text=/taken back/")


def test_a_seat_whose_answer_was_lost_is_still_the_phone_s_own(look, opened) -> None:
    """The room gave a seat, and the line dropped before the phone heard of it; it asks again by itself, reloaded too."""
    address, _ = opened
    phone = look(f"{address}/?code={CODE}&lang=en")
    given = []

    def lose(route):
        given.append(route.fetch().json())
        route.abort()

    phone.page.route("**/api/v1/join", lose)
    phone.page.click(".seat-pick >> nth=2")
    phone.page.wait_for_selector("text=does not answer")
    assert phone.fits()
    assert phone.small_targets() == phone.faults() == []
    phone.page.reload()
    phone.page.wait_for_selector("text=does not answer")
    phone.page.unroute("**/api/v1/join")
    phone.page.wait_for_selector(".wall")
    assert len(given) > 1
    assert len({one["seat"] for one in given}) == len({one["person"] for one in given}) == 1
    kept = phone.page.evaluate("JSON.parse(sessionStorage.getItem('ecomarket.seat'))")
    assert kept["seat"] == given[0]["seat"]
    assert kept["pin"] not in ("", given[0]["pin"])
    assert phone.page.evaluate("sessionStorage.getItem('ecomarket.joining')") is None
