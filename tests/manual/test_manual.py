"""The manual: every block of code is played, both languages have the same, and the site is whole and fetches nothing.

The long form (ECOMARKET_SOAK=1) plays the pages in Chinese too, and what takes minutes.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.manual import pages as manual
from tests.sizes import SOAK

SCRIPT = Path(manual.__file__)
NAMES = [page.name for page in manual.pages("en")]


@pytest.mark.parametrize("lang", manual.LANGUAGES if SOAK else manual.LANGUAGES[:1])
def test_every_page_does_as_it_says(lang):
    """In a process of its own, which speaks the language and may keep the rules that a page makes."""
    words = [sys.executable, str(SCRIPT), *(["--long"] if SOAK else []), *(f"{lang}/{name}" for name in NAMES)]
    env = os.environ | {"ECOMARKET_LANG": lang, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(words, capture_output=True, text=True, env=env, timeout=3600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_run_the_same(name):
    """But for what is printed, and for what a page in Chinese says first: that the program shall speak it."""
    both = [manual.blocks(manual.MANUAL / lang / name) for lang in manual.LANGUAGES]
    english, chinese = (
        [
            (b.kind, b.long, [c for c, _ in manual.told(b)] if b.kind == "console" else b.text)
            for b in found
            if "export ECOMARKET_LANG" not in b.text
        ]
        for found in both
    )
    assert english == chinese


@pytest.mark.parametrize("lang", manual.LANGUAGES)
def test_every_block_is_of_a_kind_that_is_played(lang):
    for page in manual.pages(lang):
        text = page.read_text(encoding="utf-8")
        assert text.count("\n```") == 2 * len(manual.blocks(page)), page
        assert {block.kind for block in manual.blocks(page)} <= manual.KINDS


def test_the_languages_have_the_same_pages():
    assert [page.name for page in manual.pages("zh")] == NAMES
    assert len(NAMES) >= 10


def test_what_is_printed_is_held_against_what_is_told(tmp_path, monkeypatch):
    """The judge itself: a wrong output, a wrong exit code and a wrong block of Python are each found."""
    page = tmp_path / "page.md"
    told = "```console\n$ ecomarket --version\necomarket 9.9\n$ ecomarket explain E201\n...\n(exit code 2)\n```\n"
    page.write_text(told, encoding="utf-8")
    player = manual.Player(long=False)
    player.play(page)
    assert [fault.split(": ")[1] for fault in player.faults] == ["ecomarket --version", "ecomarket explain E201"]
    page.write_text("```python\nassert 1 == 2\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError):
        player.play(page)
    assert manual.matches("a ... c", "a\n b\n  c")
    assert not manual.matches("a ... c", "a b c d")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The manual as `make manual` builds it."""
    spec = importlib.util.spec_from_file_location("build_manual", manual.MANUAL / "build.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    folder = tmp_path_factory.mktemp("manual")
    build.build(folder)
    return folder / "site"


def test_the_site_is_whole_and_fetches_nothing(site):
    found = {path.relative_to(site).as_posix(): path for path in site.rglob("*.html")}
    assert {f"{lang}/{name.removesuffix('.md')}.html" for lang in manual.LANGUAGES for name in NAMES} <= set(found)
    for name, path in found.items():
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r'(?:src|href)="(?:https?:)?//(?!www\.mkdocs\.org)[^"]*"[^>]*>\s*(?:</script>|<link)', text
        ), name
        assert not re.search(r'<(?:script|link|img)[^>]+(?:src|href)="(?:https?:)?//', text), name
        for target in re.findall(r'(?:src|href)="([^"#?:]+)["#?]', text) if name != "404.html" else ():  # of a server
            assert target in ("/", ".") or (path.parent / target).exists(), (name, target)


def test_each_page_leads_to_itself_in_the_other_language(site):
    for name in NAMES:
        stem = name.removesuffix(".md")
        for lang, other in (("en", "zh"), ("zh", "en")):
            text = (site / lang / f"{stem}.html").read_text(encoding="utf-8")
            assert f'href="../{other}/{stem}.html"' in text


def test_the_reference_names_every_command_and_every_plug_in(site):
    from ecomarket.cli._shell import shell
    from ecomarket.results.summary import measure_classes
    from ecomarket.scenario.catalogue import CATALOGUES, entries

    for lang in manual.LANGUAGES:
        commands = (site / lang / "commands.html").read_text(encoding="utf-8")
        assert all(f"ecomarket {verb}<" in commands for verb in shell.list_commands(None))
        listed = (site / lang / "plug-ins.html").read_text(encoding="utf-8")
        kinds = {kind for area in CATALOGUES for kind in entries(area)} | set(measure_classes())
        assert not [kind for kind in kinds if f">{kind}<" not in listed]
    assert "模拟" in (site / "zh" / "commands.html").read_text(encoding="utf-8")
