"""A browser for the pages, and a room that plays recorded frames."""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path

import pytest
from tests.browsers import chromium

NAME = "tests_workshop_pages_stand"
SCAN = "/?code=K7M3QX&lang={}"
PATIENCE_S = 60.0  # a machine with much else to do may stall; what does come about is not waited for longer
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def until(true, seconds=PATIENCE_S):
    """Wait until something holds that no page has a part in, say what the server was asked."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def seated(look, stand, lang="en", **more):
    """Open the participant's page and take a seat there."""
    sight = look(stand.address + SCAN.format(lang), **more)
    sight.page.click(".card .primary")
    sight.page.wait_for_selector(".head")
    until(lambda: len(stand.sockets) == 1)
    return sight


def load_stand():
    """Return the module of the recorded room, loaded once."""
    if NAME not in sys.modules:
        spec = importlib.util.spec_from_file_location(NAME, Path(__file__).with_name("stand.py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[NAME] = module
        spec.loader.exec_module(module)
    return sys.modules[NAME]


@pytest.fixture(scope="session")
def recorded():
    return load_stand()


@pytest.fixture(scope="module")  # its loop must not outlive the file: other files have browsers and loops of their own
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def stand(recorded):
    with recorded.Stand() as room:
        yield room


class Sight:
    """A page as it is seen: what it asked for and what went wrong on it."""

    def __init__(self, browser, width, height, scheme="light"):
        self.page = browser.new_page(
            viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=width < 500
        )
        self.page.set_default_timeout(PATIENCE_S * 1000)
        self.console, self.asked, self.taps = [], [], 0
        self.page.on("console", lambda message: self.console.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.console.append(f"error: {error}"))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def drawn(self):
        """Wait until the page has drawn what was typed or told before."""
        self.page.evaluate(DRAWN)

    def until(self, true):
        """Wait until something holds that the page has a part in, say what it has asked for."""
        end = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < end, "it did not come about"
            self.page.wait_for_timeout(20)

    def tap(self, selector):
        self.taps += 1
        self.page.click(selector)

    def faults(self):
        """Return what axe-core calls serious or worse."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in {"serious", "critical"}]

    def errors(self):
        return [line for line in self.console if line.startswith(("error", "warning"))]

    def small_targets(self):
        """Return what can be pressed and is smaller than 44 px either way."""
        return self.page.evaluate("""() => [...document.querySelectorAll('button, input, select, a.button')].filter((e) => e.getClientRects().length)
            .map((e) => [e.outerHTML.slice(0, 80), Math.round(e.getBoundingClientRect().width), Math.round(e.getBoundingClientRect().height)])
            .filter(([, w, h]) => w < 44 || h < 44)""")

    def fits(self):
        return self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def is_sound(self):
        """Judge what holds of every page in every state."""
        assert self.fits()
        assert self.small_targets() == []
        assert self.faults() == []
        assert self.errors() == []


@pytest.fixture
def look(browser):
    """Open a page; all of them are closed at the end."""
    seen = []

    def open_(address, width=390, height=844, scheme="light"):
        sight = Sight(browser, width, height, scheme)
        seen.append(sight)
        sight.page.goto(address)
        return sight

    yield open_
    for sight in seen:
        sight.page.close()
