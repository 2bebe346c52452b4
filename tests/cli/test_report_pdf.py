"""`ecomarket report --pdf`: the page printed by a browser of this machine, or why not; nothing half done."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from ecomarket.cli._shell import LANG, shell
from ecomarket.cli.report import PATIENT
from ecomarket.i18n import tr
from ecomarket.workshop.material.printing import browser

BOOK = Path(__file__).parents[2] / "scenarios" / "validity" / "p25.yaml"


def call(*words, **more):
    done = CliRunner().invoke(shell, [str(word) for word in words], **more)
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def experiment(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdf") / "done"
    words = ("replicate", BOOK, "--set", "calendar.end=2025-01-03", "--runs", "2", "--measure", "price.vwap")
    assert call(*words, "--no-report", "-q", "--out", folder)[0] == 0
    return folder


@pytest.fixture
def fresh(experiment):
    for page in experiment.glob("report.*"):
        page.unlink()
    return experiment


def test_the_page_is_printed_with_its_fonts_and_its_text(fresh):
    code, out, err = call("report", fresh, "--pdf")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == tr("cli.report_done", LANG, report=fresh / "report.pdf")
    printed = (fresh / "report.pdf").read_bytes()
    assert printed.startswith(b"%PDF-")
    assert b"/FontFile2" in printed
    assert b"/ToUnicode" in printed, "text that can be searched, not pictures of it"
    assert sorted(page.name for page in fresh.glob("report.*")) == ["report.html", "report.pdf"]


def test_the_browser_waits_until_every_chart_is_drawn(fresh, tmp_path):
    """What is printed is the page as the same flags show it: none is printed of which a chart is missing."""
    assert call("report", fresh)[0] == 0
    page = fresh / "report.html"
    words = [
        browser(),
        "--headless",
        "--no-sandbox",
        f"--user-data-dir={tmp_path}",
        *PATIENT,
        "--dump-dom",
        page.as_uri(),
    ]
    shown = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    figures = len(re.findall("<figure data-figure=", page.read_text(encoding="utf-8")))
    assert figures > 0
    assert re.search(r'<html[^>]* data-drawn="(\d+)"', shown)[1] == str(figures)


def test_without_a_browser_it_is_told_what_to_install_and_nothing_is_written(fresh, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    code, out, err = call("report", fresh, "--pdf")
    assert (code, out) == (2, "")
    assert tr("cli.report_no_browser", LANG) in err
    assert not list(fresh.glob("report.*"))


def test_a_browser_that_fails_leaves_the_pdf_before(fresh, tmp_path, monkeypatch):
    (fresh / "report.pdf").write_bytes(b"%PDF-before")
    false = tmp_path / "chromium"
    false.write_text("#!/bin/sh\necho no display >&2\nexit 1\n", encoding="utf-8")
    false.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    code, _, err = call("report", fresh, "--pdf")
    assert code == 2
    assert tr("cli.report_pdf_failed", LANG, command=false, why="no display") in err
    assert (fresh / "report.pdf").read_bytes() == b"%PDF-before"
    assert not list(fresh.glob("*.part"))


@pytest.mark.parametrize("more", [("--format", "md"), ("--serve",)])
def test_only_the_page_is_printed(fresh, more):
    code, _, err = call("report", fresh, "--pdf", *more)
    assert code == 2
    assert tr("cli.report_pdf_alone", LANG) in err
