"""The pages in a real browser without a network: every chart is drawn, nothing is asked for, everybody can read them.

Needs Chromium; without it the test fails. axe-core judges what a screen reader finds.
"""

from __future__ import annotations

import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.browsers import OFFLINE, chromium
from tests.report.test_page import OBSERVED
from tests.report.test_studies import study_in

from ecomarket.experiments import record
from ecomarket.report.build import figure_classes, write_report
from ecomarket.report.serve import Shelf
from ecomarket.report.studies.build import write_study_report
from ecomarket.results.summary import measures

DESK, PHONE = 1280, 390
FITS = "document.documentElement.scrollWidth <= innerWidth"
MARKS = "figure => figure.querySelectorAll('.chart svg path[d]:not([d=\"\"])').length"
LETTERS = """[...document.querySelectorAll(".chart svg")].map((svg) => {
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    return scale * Math.min(...[...svg.querySelectorAll("text")].map((t) => parseFloat(getComputedStyle(t).fontSize)));
})"""
CROPPED = (
    "[...document.querySelectorAll('.chart')].filter((c) => c.scrollWidth > c.clientWidth && c.tabIndex !== 0).length"
)
PICTURES = {"exclude": [[".chart svg"]]}  # each is one picture, named by the page


@pytest.fixture(scope="module")
def browser():
    with chromium(OFFLINE) as running:
        yield running


class Sight:
    """A page as it is seen: what it asked for, what it said on its console, and the page itself."""

    def __init__(self, browser, address):
        self.page = browser.new_page(viewport={"width": DESK, "height": 900}, color_scheme="light")
        self.console, self.asked, self.own = [], [], address
        self.page.on("console", lambda message: self.console.append(message.text))
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(self.own)

    def drawn(self, scheme="light"):
        """Wait until the page's script has drawn what it can; return how many marks each figure has."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.wait_for_selector(f"html[data-scheme={scheme}]", state="attached", timeout=120_000)
        figures = self.page.query_selector_all("figure[data-drawn]")
        return {figure.get_attribute("data-figure"): figure.evaluate(MARKS) for figure in figures}

    def faults(self):
        """Return what axe-core calls serious or worse: which rule, and one element."""
        found = Axe().run(self.page, context=PICTURES).response["violations"]
        return [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in {"serious", "critical"}]

    def errors(self):
        """Return what the console says went wrong."""
        return [line for line in self.console if "rror" in line or "Refused" in line]

    def is_sound(self):
        """Judge what holds of every page, on a desk in the light and on a phone in the dark."""
        self.page.evaluate("[...document.querySelectorAll('main details')].at(-1).open = true")
        assert self.faults() == []
        assert self.page.evaluate(FITS)
        self.drawn("dark")
        self.page.set_viewport_size({"width": PHONE, "height": 800})
        assert self.page.evaluate(FITS)
        assert self.faults() == []
        assert min(self.page.evaluate(LETTERS), default=10) > 9.9  # a chart scrolls sooner than its letters shrink
        assert self.page.evaluate(CROPPED) == 0  # and a keyboard reaches what scrolls
        assert self.page.query_selector(".chart svg [role]") is None
        assert self.asked == [self.own]
        assert self.errors() == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_run_is_drawn_and_read(browser, frames, run_folder, lang):
    sight = Sight(browser, write_report(run_folder, frames, {**measures(frames), "observed": OBSERVED}, lang).as_uri())
    marks = sight.drawn()
    assert sorted(marks) == sorted(f.kind for f in figure_classes()), sight.console
    assert min(marks.values()) > 3, marks
    sight.is_sound()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_experiment_is_drawn_and_read(browser, tmp_path, lang):
    sight = Sight(browser, write_study_report(study_in(tmp_path), lang).as_uri())
    marks = sight.drawn()
    assert sorted(marks) == ["by-seed", "differences", "narrowing"], sight.console
    assert min(marks.values()) > 3, marks
    sight.is_sound()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_and_a_report_are_read_from_the_server(browser, tmp_path, lang):
    record.write(tmp_path, "compare", study_in(tmp_path).plan)
    write_study_report(study_in(tmp_path), lang)
    with Shelf(tmp_path, 0, lang) as shelf:
        threading.Thread(target=shelf.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        sight = Sight(browser, shelf.address)
        assert sight.page.evaluate(FITS)
        assert sight.faults() == []
        sight.page.set_viewport_size({"width": PHONE, "height": 800})
        sight.page.emulate_media(color_scheme="dark")
        assert sight.page.evaluate(FITS)
        assert sight.faults() == []
        sight.page.click("tbody a")
        sight.page.wait_for_url("**/report/**")
        assert len(sight.drawn("dark")) == 3
        shelf.shutdown()
    assert sight.asked == [shelf.address, f"{shelf.address}report/"]
    assert sight.errors() == []


def test_a_name_that_cannot_be_broken_stays_on_a_phone(browser, tmp_path):
    sight = Sight(browser, write_study_report(study_in(tmp_path), "en").as_uri())
    sight.page.set_viewport_size({"width": PHONE, "height": 800})
    for what in ("h1", "h2", "p"):
        sight.page.eval_on_selector(f"{what}:not(.skip)", "element => element.textContent = 'carbon_market_'.repeat(9)")
    assert sight.page.evaluate(FITS)


def test_what_is_wrong_with_a_page_is_caught(browser, tmp_path):
    page = tmp_path / "leaky.html"
    page.write_text('<!doctype html><img src="http://example.org/x.png"><p style="width:9999px">x', encoding="utf-8")
    sight = Sight(browser, page.as_uri())
    assert sight.asked == [page.as_uri(), "http://example.org/x.png"]
    assert "image-alt" in [rule for rule, _ in sight.faults()]
    assert not sight.page.evaluate(FITS)
