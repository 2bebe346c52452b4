"""The report in a real browser without a network: every chart is drawn, the page asks for nothing.

Needs Chromium; without it the test fails.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
from tests.report.test_page import OBSERVED

from ecomarket.report.build import figure_classes, write_report
from ecomarket.results.summary import measures

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_NETWORK = "--proxy-server=http://127.0.0.1:9"  # the discard port: nobody answers
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
    "--disable-extensions", "--virtual-time-budget=60000", "--enable-logging=stderr", NO_NETWORK, "--dump-dom",
)  # fmt: skip
OF_THE_BROWSER_ITSELF = "not an origin"


@pytest.fixture(scope="module")
def browser():
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    assert found, f"the report's browser test needs Chromium: install one of {', '.join(BROWSERS)}"
    return found


def opened(browser, page, place):
    """Open a page; return its document once its scripts have run, the console, and the addresses it asked for."""
    place.mkdir()
    log = place / "net.json"
    own = [f"--user-data-dir={place / 'profile'}", f"--log-net-log={log}"]
    done = subprocess.run(
        [browser, *FLAGS, *own, page.as_uri()], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    events = json.loads(log.read_text(encoding="utf-8"))["events"]
    asked = [e["params"] for e in events if "initiator" in e.get("params", {}) and "url" in e["params"]]
    return done.stdout, console, [p["url"] for p in asked if p["initiator"] != OF_THE_BROWSER_ITSELF]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_chart_is_drawn_and_nothing_is_asked_for(browser, frames, run_folder, tmp_path, lang):
    path = write_report(run_folder, frames, {**measures(frames), "observed": OBSERVED}, lang)
    dom, console, asked = opened(browser, path, tmp_path / "run")
    figures = re.findall(r'<figure data-figure="([^"]+)"(.*?)</figure>', dom, flags=re.DOTALL)
    assert sorted(kind for kind, _ in figures) == sorted(f.kind for f in figure_classes())
    for kind, body in figures:
        assert 'data-drawn="' in body, (kind, console)
        assert "<svg" in body, kind
        assert re.findall(r'<path[^>]*aria-roledescription="[^"]*mark"|<path[^>]*d="M[^"]{12,}"', body), kind
    assert re.search(rf'<html[^>]* data-drawn="{len(figures)}"', dom)
    assert not [line for line in console if "rror" in line or "Refused" in line]
    assert asked == []


def test_a_page_that_asks_for_something_is_caught(browser, tmp_path):
    page = tmp_path / "leaky.html"
    page.write_text('<!doctype html><img src="http://example.org/x.png">', encoding="utf-8")
    _, _, asked = opened(browser, page, tmp_path / "run")
    assert asked == ["http://example.org/x.png"]
