"""What is installed can be listed, shown, tried and added to; a third party's package counts like our own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STORIES = ROOT / "tests" / "stories"
GROUPS = ("policies", "rights", "strategies", "processes", "mechanisms")


def call(*words: str, lang: str = "en", cwd: Path | None = None, path: Path | None = None):
    environment = {**os.environ, "ECOMARKET_LANG": lang, "NO_COLOR": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(str(p) for p in (path, ROOT / "src") if p)
    command = [sys.executable, "-m", "ecomarket", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=cwd, check=False)


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_lists_and_shows_every_entry_in_both_languages(group: str) -> None:
    done = call(group, "list", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    found = document["entries"]
    assert document["schema"] == "ecomarket.plug-ins/1"
    assert len(found) >= 5
    for entry in found:
        assert entry["en"]
        assert any("\u4e00" <= sign <= "\u9fff" for sign in entry["zh"])
        assert entry["reference"]
        for parameter in entry["parameters"]:
            assert parameter["en"], f"{entry['kind']}.{parameter['name']}"
            assert parameter["zh"], f"{entry['kind']}.{parameter['name']}"
    one = call(group, "show", found[0]["kind"], lang="zh")
    assert found[0]["zh"] in one.stdout
    assert "依据" in one.stdout
    assert found[0]["parameters"][0]["zh"] in one.stdout


def test_show_gives_moments_rows_units_and_defaults() -> None:
    shown = call("policies", "show", "reserve-buyback").stdout
    assert "Row B3: " in shown
    assert "Acts at: run_start, month_end" in shown
    assert "  budget_cny (CNY): Opening budget [20000000 CNY]" in shown
    entry = json.loads(call("policies", "show", "initial-allocation", "--json").stdout)
    (caps,) = [p for p in entry["parameters"] if p["name"] == "caps"]
    assert [c["name"] for c in caps["columns"]][:3] == ["right", "zone", "cap_t"]


def test_an_unknown_kind_names_the_near_one() -> None:
    done = call("policies", "show", "reserve-buybak", lang="zh")
    assert done.returncode == 2
    assert "reserve-buyback" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("group", "told"), [("policies", "`ecomarket policies list`"), ("mechanisms", "call-auction")])
def test_a_kind_like_no_other_is_told_where_all_stand(group: str, told: str) -> None:
    """Six kinds fit in a line, ninety do not."""
    done = call(group, "show", "zzz")
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr) < 200


def test_a_story_that_fails_says_where_and_ends_with_one(tmp_path: Path) -> None:
    text = (STORIES / "reserve-buyback.yaml").read_text(encoding="utf-8")
    shutil.copytree(STORIES / "given", tmp_path / "given")
    spoiled = tmp_path / "spoiled.yaml"
    spoiled.write_text(text.replace("cny: 652.8", "cny: 652.9"), encoding="utf-8")
    done = call("policies", "test", str(spoiled), lang="zh")
    assert done.returncode == 1
    assert "应为 652.9，实为 652.8" in done.stderr
    line = next(n for n, words in enumerate(text.splitlines(), 1) if "cny: 652.8" in words)
    assert f"{spoiled}:{line}:" in done.stderr
    broken = tmp_path / "broken.yaml"
    broken.write_text(text.replace("story:", "storey:"), encoding="utf-8")
    done = call("policies", "test", str(broken))
    assert done.returncode == 2
    assert "did you mean 'story'?" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [("Price Floor", "is no name"), ("reserve-buyback", "already"), ("price-floor", "is there already")],
)
def test_a_new_policy_needs_a_free_name_and_place(name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "ecomarket-price-floor").mkdir()
    done = call("policies", "new", name, "--out", str(tmp_path))
    assert done.returncode == 2
    assert said in done.stderr


def test_a_new_policy_is_installed_told_and_run_like_our_own(tmp_path: Path) -> None:
    """A real package of its own, built and installed by pip, found by its entry point."""
    assert call("policies", "new", "river-levy", "--out", str(tmp_path)).returncode == 0
    package, installed = tmp_path / "ecomarket-river-levy", tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*pip, "--target", installed, package], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "river-levy" in call("policies", "list", path=installed).stdout
    told = call("policies", "test", str(package / "stories" / "river-levy.yaml"), path=installed)
    assert (told.returncode, told.stderr) == (0, "")
    tried = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(package / "tests")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(installed), str(ROOT / "src")))}
    done = subprocess.run(tried, capture_output=True, text=True, env=environment, cwd=package, check=False)
    assert done.returncode == 0, done.stdout
    scenario = tmp_path / "levied.yaml"
    scenario.write_text(
        "ecomarket: 1\nname: levied\ntitle: levied\ncalendar: {start: 2024-12-01, end: 2024-12-31}\n"
        'zones: [{code: "6301", name_en: Xining, name_zh: 西宁, level: prefecture}]\n'
        'participants: {mill: {kind: enterprise, zone: "6301", cash: 250}}\n'
        "policies: [{river-levy: {charge_cny: 40}}]\n",
        encoding="utf-8",
    )
    words = ("run", str(scenario), "--engine", "reference", "--quiet")
    done = call(*words, cwd=tmp_path, path=installed)
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "ledgers").iterdir()
    shown = call("ledger", "statement", str(folder), "mill", cwd=tmp_path, path=installed)
    assert "210" in shown.stdout, shown.stdout + shown.stderr
    assert "E207" in call("validate", str(scenario), cwd=tmp_path).stderr


def test_a_broken_entry_point_is_one_message(tmp_path: Path) -> None:
    folder = tmp_path / "lost-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: lost\nVersion: 1.0\n", encoding="utf-8")
    (folder / "entry_points.txt").write_text("[ecomarket.policies]\nlost = lost.policy:Lost\n", encoding="utf-8")
    done = call("policies", "list", path=tmp_path)
    assert done.returncode == 2
    assert "lost.policy:Lost" in done.stderr
    (folder / "entry_points.txt").write_text("[ecomarket.policies]\nlost = json:JSONDecoder\n", encoding="utf-8")
    assert "must be a Policy" in call("policies", "list", path=tmp_path).stderr


def test_sources_end_with_the_number_of_assumptions() -> None:
    lines = call("sources", "qinghai").stdout.splitlines()
    count = sum("<- assumption" in line for line in lines[:-1])
    assert count > 0
    assert lines[-1] == f"{count} of {len(lines) - 1} values are assumptions"
