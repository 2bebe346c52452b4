"""What is shipped: words for everything and nothing else, nothing inline, no foreign host, vendored files as they came, light."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tomllib
from pathlib import Path

import pytest

from ecomarket.workshop.server.files import Files
from ecomarket.workshop.server.publishing import words

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "src" / "ecomarket" / "workshop" / "pages"
WORDS = tomllib.loads((ROOT / "src" / "ecomarket" / "i18n" / "pages.toml").read_text(encoding="utf-8"))
OWN = [
    path for path in sorted(PAGES.rglob("*")) if path.suffix in {".html", ".css", ".js"} and "vendor" not in path.parts
]
HTML = [path for path in OWN if path.suffix == ".html"]
JS = [path for path in OWN if path.suffix == ".js"]
VENDORED = {
    "LICENSE": "8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd",
    "uPlot.iife.min.js": "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
    "uPlot.min.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
}
WEIGHT_MOST, UNPACKED_MOST = 75 * 1024, 185 * 1024
PATHS = {"index": "/", "f": "/f", "p": "/p"}


def text_of(path):
    return path.read_text(encoding="utf-8")


def test_every_word_is_there_and_every_word_is_used() -> None:
    quoted = {name for path in OWN for name in re.findall(r'"([a-z][a-z0-9_]*)"', text_of(path))}
    calls = [re.sub(r'=== "[^"]*"', "", call) for path in JS for call in re.findall(r"\btr\(([^(){]*)", text_of(path))]
    assert {name for call in calls for name in re.findall(r'"([a-z][a-z0-9_]+)"', call)} - set(WORDS) == set()
    assert set(WORDS) - quoted == set()


@pytest.mark.parametrize("page", ["index", "f", "p"])
def test_a_page_is_sent_the_words_that_it_says_and_no_others(page) -> None:
    own = [path for path in needed(PAGES / f"{page}.html", set()) if "vendor" not in path.parts]
    quoted = {name for path in own for name in re.findall(r'"(\w+)"', text_of(path))}
    told = json.loads(words(Files(PAGES), PATHS[page]).body)
    assert told == {name: [WORDS[name]["zh"], WORDS[name]["en"]] for name in quoted & WORDS.keys()}
    assert json.loads(words(Files(PAGES), "").body).keys() == WORDS.keys()


def test_both_languages_fill_in_the_same_values() -> None:
    holes = {name: [set(re.findall(r"\{(\w+)\}", word[lang])) for lang in ("zh", "en")] for name, word in WORDS.items()}
    assert {name: two for name, two in holes.items() if two[0] != two[1] and name != "must_hand_over"} == {}


def test_chinese_words_have_chinese_punctuation() -> None:
    assert [name for name, word in WORDS.items() if re.search(r"[一-鿿][,;:?!()]|[,;:?!()][一-鿿]", word["zh"])] == []


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_nothing_is_inline_and_nothing_is_fetched_elsewhere(path) -> None:
    text = text_of(path)
    assert (
        not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=\"|javascript:", text) or path.suffix != ".html"
    )
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|randomUUID|clipboard|serviceWorker|wakeLock",
        text,
    )
    foreign = re.findall(r"(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+", text)
    assert [host for host in foreign if host != "http://www.w3.org"] == []


def test_what_is_vendored_is_what_was_published() -> None:
    folder = PAGES / "vendor" / "uPlot"
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()} == VENDORED


def needed(path, seen):
    """Collect a file and what it asks for."""
    if path in seen:
        return seen
    seen.add(path)
    text = text_of(path)
    asked = re.findall(r'(?:src|href)="/static/([^"]+)"', text) if path.suffix == ".html" else []
    for name in asked if path.suffix == ".html" else ():
        needed(PAGES / name, seen)
    if path.suffix == ".js" and "vendor" not in path.parts:
        for name in re.findall(r'from "\./([^"]+)"', text):
            needed(path.parent / name, seen)
    return seen


@pytest.mark.parametrize("page", ["index", "f", "p"])
def test_a_page_is_light(page) -> None:
    files = needed(PAGES / f"{page}.html", set())
    assert len(files) > 10
    asked = re.findall(r'(?:src|href)="/static/js/([^"]+)"', text_of(PAGES / f"{page}.html"))
    assert sorted(asked) == sorted(
        path.name for path in files if path.parent.name == "js"
    )  # told early, fetched at once
    parts = [*(path.read_bytes() for path in files), words(Files(PAGES), PATHS[page]).body]
    assert sum(map(len, parts)) <= UNPACKED_MOST
    assert sum(len(gzip.compress(part)) for part in parts) <= WEIGHT_MOST  # as the server sends them


def test_files_are_small_and_say_what_they_are() -> None:
    assert {path.name: n for path in JS if (n := len(text_of(path).splitlines())) > 200} == {}
    assert [path.name for path in JS if not text_of(path).startswith("// ")] == []
