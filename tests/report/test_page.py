"""The report page: complete in both languages, self-contained, small, and the same bytes each time."""

from __future__ import annotations

import json
import re
from html import escape
from html.parser import HTMLParser
from itertools import pairwise

import altair as alt
import pandas as pd
import pytest

from ecomarket.errors import RunError
from ecomarket.i18n import catalogue, tr
from ecomarket.report import embed
from ecomarket.report.build import figure_classes, html, write_report
from ecomarket.report.material import Material
from ecomarket.report.prose import again
from ecomarket.results.summary import measures as measures_of
from ecomarket.scenario.library import shipped

BUDGET_BYTES = 1_500_000
INERT_ADDRESSES = {
    "http://www.w3.org/1999/xlink",  # XML namespaces, names that nobody fetches
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/2000/xmlns/",
    "https://github.com/vega/vega-lite/issues/2415",  # in the text of a Vega-Lite warning
    "https://vega.github.io/editor/",  # behind Vega-Embed's action menu, which is switched off
    "https://vega.github.io/schema/vega/v6.json",  # name of the schema of compiled charts
}
OBSERVED = {
    "cea": [{"date": "2024-01-01", "price": 70.0, "share": 0.4}, {"date": "2024-01-08", "price": 71.5, "share": 0.6}]
}
VOID = {"meta", "br", "link", "img", "input", "hr"}


@pytest.fixture(scope="session")
def measures(frames):
    sources = {"values": 4000, "assumptions": 1234}
    verdict = {"measure": "compliance.rate", "at_least": "0.9", "met": False, "found": ["0.6"]}
    found = {**measures_of(frames), "sources": sources, "expectations": [verdict]}
    return {**found, "observed": OBSERVED}


@pytest.fixture(scope="session", params=["zh", "en"])
def lang(request):
    return request.param


@pytest.fixture(scope="session")
def page(frames, measures, run_folder, lang):
    path = write_report(run_folder, frames, measures, lang)
    assert path == run_folder / "report.html"
    return path.read_text(encoding="utf-8")


class Outline(HTMLParser):
    """Collects tags with their attributes and checks that elements nest."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def script(page, name):
    return json.loads(re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page).group(1))


def test_there_are_at_least_eight_figures_each_with_caption_data_and_query(page, lang):
    figures = figure_classes()
    assert len(figures) >= 8
    for figure in figures:
        assert f'<figure data-figure="{figure.kind}"' in page, figure.kind
        assert getattr(figure, f"caption_{lang}") in page
        assert figure.query in page.replace("&#x27;", "'")
        table = script(page, f"data-{figure.kind}")
        assert table["rows"], figure.kind
        assert set(table["columns"]) <= set(script(page, "words")["columns"])


def test_each_figure_draws_only_columns_of_its_table(page):
    for figure in figure_classes():
        spec, table = script(page, f"spec-{figure.kind}"), script(page, f"data-{figure.kind}")
        fields = set(re.findall(r'"field": "([^"]+)"', json.dumps(spec)))
        assert fields
        made = set(re.findall(r'"as": "([^"]+)"', json.dumps(spec)))  # by the chart, out of columns
        assert fields - made <= set(table["columns"]), figure.kind
        assert spec["description"]


def test_the_page_fetches_nothing(page):
    assert set(re.findall(r"https?://[^\s\"'`\\)<>]*", page)) <= INERT_ADDRESSES
    outline = Outline(page)
    assert not outline.open
    for tag, attributes in outline.tags:
        assert tag not in {"link", "img", "iframe", "object", "embed"}
        assert "src" not in attributes
        assert attributes.get("href", "#").startswith("#")
    assert "@import" not in page.split("</style>")[0]
    assert "url(" not in page.split("</style>")[0]


def test_the_security_policy_names_the_very_scripts_of_the_page(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page).group(1)
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    assert len(scripts) == 2
    assert policy == embed.security_policy(*scripts)
    assert policy.startswith("default-src 'none';")


def test_the_page_keeps_its_budget(page):
    assert len(page.encode()) <= BUDGET_BYTES


def test_identical_runs_give_identical_bytes(page, measures, run_folder, lang, told_again):
    frames = told_again()
    own = {**measures_of(frames), **{key: measures[key] for key in ("sources", "expectations", "observed")}}
    manifest = json.loads((run_folder / "manifest.json").read_text(encoding="utf-8"))
    assert html(frames, own, manifest, lang, run_folder.name) == page


def test_the_cover_names_the_run(page):
    head = "0123456789abcdef" * 4
    assert f'<span class="large">{head[:16]}</span>' in page
    assert f'<span class="whole">{head}</span>' in page
    assert "ecomarket ledger verify tale-s1-00000000" in page
    assert "ecomarket run tale --seed 1" in page
    assert "ecomarket sources tale" in page
    assert "1234" in page


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "tale --seed 1"),
        (
            {"overrides": ["calendar.end=2025-03-01", "title=a b"]},
            "tale --seed 1 --set calendar.end=2025-03-01 --set 'title=a b'",
        ),
        (
            {"overrides": ["+/home/me/rules/my_levy.py:cny=2", "+reserve"]},
            "tale --seed 1 --rule my_levy.py:cny=2 --rule reserve",
        ),
        ({"source": "/home/me/study/mine.yaml", "until": "2025-06-30"}, "mine.yaml --seed 1 --until 2025-06-30"),
        ({"source": str(shipped()["carbon-2021/collar"].resolve())}, "carbon-2021/collar --seed 1"),
    ],
    ids=["nothing", "sets", "rules", "own", "reform"],
)
def test_the_command_that_runs_it_again_has_all_that_was_changed(told, words):
    """It left out --set, so what it ran was another world; it named an own scenario by its name, and there is no such."""
    assert again(told, {"scenario": "tale", "seed": 1, "end": "2025-12-31"}) == f"ecomarket run {words}"


def test_the_page_speaks_its_language_and_no_other(page, lang):
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in page
    visible = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    chinese = re.findall(r"[\u4e00-\u9fff]", visible)
    assert len(chinese) > 500 if lang == "zh" else not chinese, chinese[:20]


def test_headings_descend_and_tables_have_headings(page):
    levels = [int(tag[1]) for tag, _ in Outline(page).tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    tags = [tag for tag, _ in Outline(page).tags]
    assert tags.count("table") == tags.count("caption") > 0
    ids = [a["id"] for _, a in Outline(page).tags if "id" in a]
    assert len(ids) == len(set(ids))
    labelled = {part for _, a in Outline(page).tags for part in a.get("aria-labelledby", "").split()}
    assert labelled <= set(ids)


def test_numbers_on_the_page_are_those_of_the_ledger(page, frames):
    table = script(page, "data-county-money")
    shown = sum(row[table["columns"].index("million_cny")] for row in table["rows"])
    counties = frames.participants.index[frames.participants["kind"] == "county"]
    trades, moved = frames.trades, frames.transfers
    cash = trades.loc[trades["seller"].isin(counties), "value"].sum()
    cash += moved.loc[(moved["instrument"] == 0) & moved["credit"].isin(counties), "amount"].sum()
    assert shown == pytest.approx(cash / 1e10, rel=1e-6)
    assert f"{len(trades):,}" in page


def test_a_run_in_which_nothing_happened_has_a_report_too(story_of_nothing, run_folder, lang):
    frames = story_of_nothing().frames()
    manifest = json.loads((run_folder / "manifest.json").read_text(encoding="utf-8"))
    page = html(frames, measures_of(frames), manifest, lang, "empty")
    assert "<figure" not in page
    assert page.count("data-empty=") == 1
    absent = ["tile.gain", "tile.county", "limit.gains", "limit.outside"]
    assert [name for name in absent if escape(tr(f"report.{name}", lang)) in page] == []
    assert all(escape(getattr(figure, f"label_{lang}")) in page for figure in figure_classes())


def test_charts_are_valid_vega_lite_without_configuration(frames, lang):
    material = Material(frames, lang, OBSERVED)
    for figure in figure_classes():
        drawing = figure().draw(material)
        spec = embed.spec(drawing, "words")
        assert "config" not in spec
        assert "$schema" not in spec
        assert "datasets" not in spec
        alt.Chart.from_dict({**spec, "$schema": alt.SCHEMA_URL})


def test_data_cannot_close_its_script_element():
    element = embed.json_script("x", embed.columns(pd.DataFrame({"name": ["</script><b>"]})))
    assert element.count("</script>") == 1
    assert json.loads(re.search(r">(.*)</script>", element).group(1))["rows"] == [["</script><b>"]]


def test_a_folder_without_manifest_is_an_error_for_the_user(frames, measures, tmp_path):
    with pytest.raises(RunError, match="manifest"):
        write_report(tmp_path, frames, measures, "zh")


def test_every_word_of_the_report_is_in_both_languages():
    for name, said in catalogue("report").items():
        assert set(said) == {"en", "zh"}, name
        assert all(said.values()), name
    for figure in figure_classes():
        for part in ("label", "caption"):
            assert getattr(figure, f"{part}_en") != getattr(figure, f"{part}_zh")
