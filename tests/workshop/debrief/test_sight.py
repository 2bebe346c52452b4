"""The pages in a real browser without a network: drawn, nothing asked for, read on phones, no serious fault of access."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.browsers import OFFLINE, chromium

from ecomarket.workshop.debrief.write import write_debrief

FITS = "document.documentElement.scrollWidth <= innerWidth"
PICTURES = {"exclude": [[".chart svg"]]}  # each is one picture, named by the page
FIGURES = {"room-prices", "room-efficiency", "room-seats", "room-rules"}


@pytest.fixture(scope="module")
def browser():
    with chromium(OFFLINE) as running:
        yield running


def faults(page):
    found = Axe().run(page, context=PICTURES).response["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in {"serious", "critical"}]


def opened(browser, path, width, scheme, part=""):
    page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.asked, page.wrong = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda m: page.wrong.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.goto(path.as_uri() + part)
    return page


def test_the_page_is_drawn_and_read(browser, room):
    folder, scenario, plan = room()
    short = plan.model_copy(update={"alternatives": plan.alternatives[:1]})
    write_debrief(folder, scenario, short, reruns=True, jobs=1)
    for lang, width, scheme in (("zh", 390, "light"), ("zh", 1280, "dark"), ("en", 390, "dark"), ("en", 1280, "light")):
        path = folder / f"debrief.{lang}.html"
        page = opened(browser, path, width, scheme)
        page.wait_for_selector(f"html[data-scheme={scheme}]", state="attached", timeout=120_000)
        drawn = {f.get_attribute("data-figure") for f in page.query_selector_all("figure[data-drawn]")}
        assert drawn == FIGURES
        assert page.evaluate(FITS)
        assert faults(page) == []
        assert page.asked == [path.as_uri()]
        assert page.wrong == []
        page.close()
    seat = opened(browser, folder / "debrief.zh.html", 390, "light", "#seat=A1")
    shown = [s.get_attribute("id") for s in seat.query_selector_all("section.seat") if s.is_visible()]
    assert shown == ["seat=A1"]
    seat.click('a[href="#seat=D4"]')
    seat.wait_for_selector('[id="seat=D4"]', state="visible", timeout=120_000)
    assert not seat.is_visible('[id="seat=A1"]')
    assert faults(seat) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_of_one_seat_needs_no_script(browser, room, lang):
    folder, scenario, plan = room(mode="hidden")
    write_debrief(folder, scenario, plan, reruns=False, jobs=1)
    path = folder / f"debrief-D4.{lang}.html"
    page = opened(browser, path, 390, "light")
    assert page.evaluate(FITS)
    assert faults(page) == []
    assert page.asked == [path.as_uri()]
    assert page.wrong == []
    assert page.query_selector("script") is None
