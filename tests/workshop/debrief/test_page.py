"""The pages: their numbers are those of the measures, nobody is named who must not be, no text is markup."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape

import pytest
from tests.workshop.debrief.conftest import played

from ecomarket.engine.folder import read_manifest
from ecomarket.i18n import catalogue
from ecomarket.results.measures.allowances_kept import AllowancesKept
from ecomarket.results.measures.gains_from_trade import GainsFromTrade
from ecomarket.workshop.debrief.benchmark import efficiency
from ecomarket.workshop.debrief.document import document
from ecomarket.workshop.debrief.happened import read_room
from ecomarket.workshop.debrief.reruns import bots_alone, reruns
from ecomarket.workshop.debrief.rulesets import BASE, rulesets
from ecomarket.workshop.debrief.write import pages, write_debrief

LANGS = ("zh", "en")
BUDGET = 1_500_000
SCENARIOS = ["permits", "auction", "carbon", "certificates", "sinks", "water"]


def words(html):
    """Return what a reader reads: no scripts, styles or tags."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", bare)))


@pytest.fixture
def told(room):
    """Return what gives the document of a room and its pages, without the bots."""

    def make(*args, **options):
        found = document(read_room(*room(*args, **options)), replay=False)
        return found, pages(found)

    return make


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("mode", ["public", "hidden"])
def test_every_scenario_has_pages_without_a_missing_word(told, name, mode):
    found, written = told(f"classroom-{name}", mode)
    for file, html in written.items():
        assert len(html.encode()) <= BUDGET
        text = words(html)
        assert not re.search(r"\{\w*\}|\b(moment|goal|tip|basis|complied|cost|rerun|sentence)\.[a-z]", text), file
        assert "None" not in text
        assert "nan" not in text
        if file.endswith(".zh.html"):
            assert 'lang="zh-CN"' in html
            assert not re.search(r"[\u4e00-\u9fff]\s?[,;:?!](?!\d)", _ours(text)), file
    assert found["schema"] == "ecomarket.debrief/1"


def _ours(text):
    """Leave out the captions and words of the report's own catalogue, which this page borrows."""
    return re.sub(r"数据\(\d+ 行\)|查询:", "", text)


def test_the_numbers_are_those_of_the_measures(told, runs):
    found, written = told()
    held = json.loads((runs("classroom-permits") / "measures.json").read_text()) if _has_measures(runs) else None
    costs = found["efficiency"]
    assert costs["basis"] == "benchmark"
    assert (costs["no_trade_cny"], costs["best_cny"]) == (137_500.0, 100_000.0)
    if held:
        whole = next(r for r in held["efficiency"] if r["market"] == r["year"] == "all")
        assert costs["room_cny"] == float(whole["realised_cny"])
    head = read_manifest(runs("classroom-permits"))["head"]
    for lang in LANGS:
        text = words(written[f"debrief.{lang}.html"])
        assert head in text
        assert f"{costs['room_cny']:,.0f}" in text
        for seat in found["seats"]:
            assert f"{seat['cost_cny']:,.0f}" in text
    assert found["prices"][0]["benchmark"] == {"2025": [pytest.approx(1000), pytest.approx(1000)]}


def _has_measures(runs):
    return (runs("classroom-permits") / "measures.json").is_file()


def test_where_there_is_no_benchmark_the_page_says_so(told):
    found, written = told("classroom-carbon")
    assert found["efficiency"]["basis"] == "firms"
    assert found["efficiency"]["best_cny"] is None
    text = words(written["debrief.en.html"])
    assert "How low it could have been is not known" in text
    assert "No least-cost benchmark: " in text
    sinks, _ = told("classroom-sinks", log=False)
    assert sinks["efficiency"]["basis"] == "none"


@pytest.mark.parametrize(("rise", "said"), [(0.5, "50.0 % higher"), (9.9, "990.0 % higher"), (49, "49 times higher")])
def test_a_cost_far_above_its_yardstick_is_told_in_times(told, rise, said):
    found, _ = told()
    found["efficiency"]["room_cny"] = found["efficiency"]["no_trade_cny"] * (1 + rise)
    assert f"total cost was {said} than if" in words(pages(found)["debrief.en.html"])


def test_a_cost_is_told_of_the_rights_that_it_is_reckoned_over(told):
    """In classroom-market allowances are traded most, and the benchmark is of permits alone."""
    found, written = told("classroom-market", log=False)
    costs, traded = found["efficiency"], [market["right"] for market in found["prices"]]
    assert (costs["basis"], [row["right"] for row in costs["rights"]]) == ("benchmark", ["so2"])
    assert len(traded) > 1
    assert found["room"]["right"] == "so2"
    assert "the whole market of SO₂ permits" in words(written["debrief.en.html"])
    assert "按二氧化硫排污权的整个市场计算" in words(written["debrief.zh.html"])


@pytest.mark.parametrize(("name", "basis"), [("classroom-water", "water"), ("classroom-auction", "projects")])
def test_where_menus_say_nothing_the_best_use_of_the_same_rights_is_the_measure(told, name, basis):
    found, written = told(name, log=False)
    costs = found["efficiency"]
    assert costs["basis"] == basis
    assert costs["no_trade_cny"] > costs["room_cny"] >= costs["best_cny"] > 0
    for lang in LANGS:
        text = words(written[f"debrief.{lang}.html"])
        assert f"{costs['best_cny']:,.0f}" in text
        assert catalogue("debrief")["cost.best"][lang] not in text  # bots who had more of the rights may do better
        assert catalogue("debrief")[f"cost.best.{basis}"][lang] in text
        assert catalogue("report")["no_benchmark.schedules"][lang] not in text


def test_what_firms_paid_is_what_gains_from_trade_counts_less_what_they_keep(room):
    happened = read_room(*room("classroom-carbon"))
    table = GainsFromTrade().compute(happened.frames)
    row, kept = table[table["sector"] == "all"].iloc[0], AllowancesKept().compute(happened.frames).iloc[0]
    costs = efficiency(happened, None)
    assert costs["room_cny"] == float(row["actual_cny"] - kept["kept_cny"])
    assert costs["no_trade_cny"] == float(row["no_trade_cny"] - kept["alone_cny"])


def test_a_hidden_ranking_names_nobody_and_each_page_one_seat(told):
    found, written = told(mode="hidden")
    names = [seat["name"] for seat in found["seats"]]
    for lang in LANGS:
        common = words(written[f"debrief.{lang}.html"])
        assert not [n[lang] for n in names if n[lang] in common]
        assert 'id="seat=' not in written[f"debrief.{lang}.html"]
        for seat in found["seats"]:
            own = words(written[f"debrief-{seat['seat']}.{lang}.html"])
            assert seat["name"][lang] in own
            assert not [n[lang] for n in names if n[lang] in own and n != seat["name"]]
            assert "script" not in written[f"debrief-{seat['seat']}.{lang}.html"].split("<style>")[1]


def test_a_public_ranking_has_every_seat_on_one_page(told):
    found, written = told()
    assert sorted(written) == ["debrief.en.html", "debrief.zh.html"]
    for seat in found["seats"]:
        assert f'id="seat={seat["seat"]}"' in written["debrief.en.html"]
        assert f'href="#seat={seat["seat"]}"' in written["debrief.en.html"]


def test_texts_of_the_room_are_never_markup(told):
    _, written = told()
    for html in written.values():
        assert "<b>rises" not in html
        assert "<b>提高" not in html
        assert "alert(1)" not in html  # names of people are nowhere
        assert re.search(r"default-src 'none'; script-src 'sha256-", html)


def _marked_up(found):
    """Return a document whose every text in two languages is an attempt at markup."""
    if isinstance(found, dict):
        if set(found) == {"en", "zh"}:
            return dict.fromkeys(found, '<i onclick="x">&')
        return {key: _marked_up(value) for key, value in found.items()}
    return [_marked_up(value) for value in found] if isinstance(found, list) else found


@pytest.mark.parametrize("mode", ["public", "hidden"])
def test_no_text_of_a_scenario_plan_or_room_is_markup(told, mode):
    found, _ = told(mode=mode)
    for file, html in pages(_marked_up(found)).items():
        assert "<i " not in html.split("<body>")[1], file
        assert '<i onclick="x">&' in words(html), file


def test_a_room_in_which_nothing_was_traded(room):
    happened = read_room(*room())
    happened.frames.trades = happened.frames.trades.iloc[:0]
    found = document(happened, replay=False)
    for lang, word in (("en", "not one trade"), ("zh", "一笔成交也没有")):
        assert word in words(pages(found)[f"debrief.{lang}.html"])


def test_files_are_whole_and_stale_pages_go(room):
    folder, scenario, plan = room(mode="hidden")
    first = write_debrief(folder, scenario, plan, reruns=False, jobs=1)
    assert {p.name for p in first} >= {"debrief.json", "debrief.zh.html", "debrief-A1.en.html"}
    (folder / "commands.jsonl").unlink()
    played("public").write(folder)
    again = write_debrief(folder, scenario, plan, reruns=False, jobs=1)
    assert {p.name for p in again} == {"debrief.json", "debrief.zh.html", "debrief.en.html"}
    assert not list(folder.glob("debrief-*"))
    assert not list(folder.glob("*.part"))
    kept = [p.read_bytes() for p in again]
    assert [p.read_bytes() for p in write_debrief(folder, scenario, plan, reruns=False, jobs=1)] == kept


def test_bots_play_the_same_start_again(room):
    happened = read_room(*room())
    found = reruns(happened, "benchmark", seeds=2)
    assert [row["code"] for row in found["rows"]] == [BASE, *(a.code for a in happened.plan.alternatives)]
    assert found["seeds"] == [7, 8]
    for row in found["rows"]:
        assert row["cost"]["least"] <= row["cost"]["mean"] <= row["cost"]["greatest"]
        assert row["met"]["mean"] == 1
    assert found["failed"] == 0
    alone = bots_alone(happened, list(happened.seats))
    assert alone["head"] == happened.manifest["head"]  # the room of this test was played by bots
    assert alone["standings"] == happened.standings
    own = efficiency(happened, alone["frames"])
    assert own["bots_cny"] == own["room_cny"]


def test_the_price_told_is_that_of_the_market_that_the_other_rules_change(room):
    """In a room with three rights most sinks are traded; the other rules are of the permit market, or of none."""
    happened = read_room(*room("classroom-market", log=False))
    assert happened.rights[0] == "sink"
    for code, right in (("call", "so2"), ("release", "sink")):
        chosen = [a for a in happened.plan.alternatives if a.code == code]
        assert chosen, [a.code for a in happened.plan.alternatives]
        short = replace(happened, plan=happened.plan.model_copy(update={"alternatives": chosen}))
        assert reruns(short, "benchmark", seeds=1)["right"] == right


def test_runs_that_failed_are_told(told):
    found, _ = told()
    found["reruns"] = {
        "seeds": [7, 8],
        "right": "so2",
        "rows": [{"code": BASE, "name": {}, "set": []}],
        "refused": [],
        "failed": 2,
    }
    assert "2 of 2 runs failed" in words(pages(found)["debrief.en.html"])


def test_an_alternative_that_does_not_load_is_named_not_played(room):
    _, scenario, plan = room()
    broken = plan.alternatives[0].model_copy(update={"code": "broken", "set": ("venues.nowhere.tick=1",)})
    same = plan.alternatives[0].model_copy(update={"code": "same-again", "set": ("calendar.trading=weekdays",)})
    found, refused = rulesets(scenario, plan.model_copy(update={"alternatives": (broken, plan.alternatives[0], same)}))
    assert [r.code for r in found] == [BASE, plan.alternatives[0].code]
    assert [r.code for r in refused] == ["broken", "same-again"]
