"""The page of an experiment: every number is that of its table, in words of both languages; nothing is run here."""

from __future__ import annotations

import csv
import json
import re
from array import array
from dataclasses import replace
from html import escape, unescape
from math import nan

import altair as alt
import pytest
from click.testing import CliRunner
from tests.report.test_page import INERT_ADDRESSES, Outline, script

from ecomarket.cli._shell import shell
from ecomarket.experiments import frontier, record
from ecomarket.experiments.frontier import keep
from ecomarket.experiments.perform import Result
from ecomarket.experiments.plan import Arm, Design, Plan
from ecomarket.experiments.sensitivity import Sensitivity
from ecomarket.experiments.store import Store
from ecomarket.experiments.study import Comparison, Replication
from ecomarket.experiments.sweep import Sweep
from ecomarket.experiments.table import Numbers
from ecomarket.experiments.variants import arms
from ecomarket.i18n import catalogue, tr
from ecomarket.report import embed
from ecomarket.report.studies.build import study_figures, study_html, write_study_report
from ecomarket.report.studies.material import StudyMaterial
from ecomarket.report.studies.told import what_differs
from ecomarket.results.summary import measure_classes

PRICE, RATE, FEES = "price.so2.vwap@2025", "compliance.carbon.rate@2025", "fees.fees_cny@2025"
LABELS = (PRICE, RATE, FEES)
SEEDS = (1, 2, 3, 9)
BASE, TIGHT = "town", "tight"
PRICES = {BASE: (10.0, 12.0, 14.0, 16.0), TIGHT: (11.0, 15.0, nan, 17.0)}
ARMS = (
    Arm(BASE, "town.yaml", ("interest=0.05",), "a" * 64),
    Arm(TIGHT, "town.yaml", ("interest=0.05", "rights.so2.cap=40"), "b" * 64),
)
MEASURES = ("price.vwap", "compliance.rate", "fees.fees_cny")
WHY = ("E907 the run failed: <b>", "E907 运行失败：<b>")


def head(arm, seed):
    return f"{arm}{seed}".encode().hex().ljust(64, "0")


def columns(arm):
    third, fee = (0.9, 0.0) if arm == BASE else (nan, 8.0)
    rates, fees = (0.9, 0.9, third, 0.9), (0.0, 0.0, third * 0, fee)
    return {label: array("d", found) for label, found in zip(LABELS, (PRICES[arm], rates, fees), strict=True)}


def study_in(folder, arms=ARMS, kind=Comparison):
    """Return an experiment of four seeds; of the variant's runs the third failed, so that it makes no pair."""
    names = [arm.name for arm in arms]
    failed = ((TIGHT, 3, WHY),) if TIGHT in names else ()
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["arm", "seed", "head"])
        rows.writerows([n, s, "" if (n, s, WHY) in failed else head(n, s)] for s in SEEDS for n in names)
    plan = Plan(arms, SEEDS, MEASURES)
    return kind(plan, Numbers(LABELS, {n: columns(n) for n in names}, failed, 1.5), folder / "table.csv")


@pytest.fixture
def study(tmp_path):
    return study_in(tmp_path)


def variants_of(folder, *texts):
    """Return the experiment of a shipped scenario and variants of it."""
    found = arms("classroom-permits", texts)
    (folder / "table.csv").write_text("arm,seed,head\n", encoding="utf-8")
    return Comparison(Plan(found, SEEDS, MEASURES), Numbers((), {}, (), 0.0), folder / "table.csv")


@pytest.fixture(params=["zh", "en"])
def lang(request):
    return request.param


def shown(page):
    return unescape(re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL))


def test_what_a_variant_changes_is_told_in_words(tmp_path, lang):
    """Of overrides and of another scenario; the field's own words, both values, nothing that changes no run."""
    study = variants_of(tmp_path, "dear:venues.permit-market.fees.fixed=50", "carbon-2021")
    dear, other = (what_differs(StudyMaterial(study, lang), arm) for arm in study.plan.arms[1:])
    said = {"en": "for each order that trades, CNY", "zh": "每笔定额"}[lang]
    assert (dear[0].rows, dear[1]) == (((f"{said}\nvenues.permit-market.fees.fixed", "0 CNY", "50 CNY"),), 0)
    paths = [what.rpartition("\n")[2].split(".")[0] for what, *_ in other[0].rows]
    assert {"calendar", "rights", "venues", "policies"} <= set(paths)
    assert ("there" if lang == "en" else "有") in {cell for row in other[0].rows for cell in row}
    assert not {"name", "title", "description", "expect"} & set(paths)
    assert len(other[0].rows) == 30
    assert other[1] > 0
    page = shown(study_html(study, lang))
    assert said in page
    assert tr("report.study.more_changes", lang, n=other[1]) in page


def test_what_differs_in_nothing_or_can_no_longer_be_read(tmp_path, lang):
    study = variants_of(tmp_path, "same:venues.permit-market.fees.fixed=0")
    assert tr("report.study.alike", lang) in shown(study_html(study, lang))
    base, arm = study.plan.arms
    changed = replace(arm, digest="0" * 64)
    other = Comparison(replace(study.plan, arms=(base, changed)), study.numbers, study.path)
    assert what_differs(StudyMaterial(other, lang), changed) is None
    assert "<code>venues.permit-market.fees.fixed</code> = <code>0</code>" in shown(study_html(other, lang))


def test_the_cover_says_what_was_run_and_how_to_run_it_again(study, lang):
    page = shown(study_html(study, lang))
    command = "ecomarket compare town.yaml tight:rights.so2.cap=40 --seeds 1..3,9 --set interest=0.05"
    assert f"{command} --measure price.vwap --measure compliance.rate --measure fees.fees_cny" in page
    assert "<code>rights.so2.cap</code> = <code>40</code>" in page
    assert page.count("interest") == 1  # what holds for both is no change
    assert {"en": "4 (1..3,9)", "zh": "4 个（1..3,9）"}[lang] in page
    assert {"en": "8 in all, 1 failed", "zh": "共 8 次，失败 1 次"}[lang] in page


def test_a_difference_is_told_of_the_pairs_that_both_have(study):
    """Pairs of seeds 1, 2 and 9: 11-10, 15-12, 17-16. Mean 5/3; t(2) 4.3027; sd sqrt(4/3)."""
    page = study_html(study, "en")
    row = re.search(rf'<tr><th scope="row" class="word">[^<]*\n{re.escape(PRICE)}</th>(.*?)</tr>', page).group(1)
    cells = re.findall(r"<td>(.*?)</td>", row)
    assert cells == ["12.667", "14.333", "1.6667", "-1.2018 … 4.5351", "100%", "0.25", "1.44"]
    assert "Prices · SO₂ permits · mean price · 2025" in shown(page)


def test_figures_draw_the_pairs_by_hand(study):
    material = StudyMaterial(study, "en")
    tables = {f.kind: drawing.table for f in study_figures() if (drawing := f().draw(material)) is not None}
    forest = tables["differences"].set_index("measure")
    assert len(forest) == 2  # the rate is the same in every pair
    price = forest.loc[material.label(PRICE)]
    assert (price["diff"], price["low"], price["high"]) == pytest.approx((1.6667, -1.2018, 4.5351), abs=1e-4)
    assert price["verdict"] == "interval holds 0"
    dots = tables["by-seed"][tables["by-seed"]["measure"] == material.label(PRICE)]
    assert dots[["arm", "seed", "value"]].to_numpy().tolist() == [
        *[[BASE, s, v] for s, v in zip(SEEDS, PRICES[BASE], strict=True)], [TIGHT, 1, 11.0], [TIGHT, 2, 15.0], [TIGHT, 9, 17.0],
    ]  # fmt: skip
    path = tables["narrowing"]
    path = path[path["measure"] == material.label(PRICE)]
    assert path["n"].tolist() == [2, 3]
    assert path["mean"].tolist() == pytest.approx([2, 5 / 3])
    assert path["high"].tolist() == pytest.approx([2 + 12.7062, 4.5351], abs=1e-4)


def test_one_scenario_many_times(tmp_path, lang):
    page = study_html(study_in(tmp_path, ARMS[:1], Replication), lang)
    assert "ecomarket replicate town.yaml --seeds 1..3,9" in shown(page)
    row = re.search(rf"{re.escape(PRICE)}</th>(.*?)</tr>", page).group(1)
    assert re.findall(r"<td>(.*?)</td>", row)[:3] == ["4", "13", "2.582"]
    assert re.findall(r'<figure data-figure="([^"]+)"', page) == ["by-seed", "narrowing"]
    assert "data-empty" not in page


def test_every_column_of_a_measure_has_words(frames):
    columns = {c for kind in measure_classes().values() for c in set(kind().compute(frames).columns) - set(kind.keys)}
    assert {c for c in columns if f"of.{c}" not in catalogue("report")} == set()


def test_a_failed_run_says_why_and_has_no_head(study, lang):
    page = study_html(study, lang)
    assert escape(WHY[lang == "zh"]) in page
    assert page.count(head(BASE, 2)[:16]) == 1
    assert head(TIGHT, 3)[:16] not in page
    assert re.search(r'<th scope="row" class="word">3</th><td class="word">\w+</td><td class="word">–</td>', page)


def test_an_experiment_without_a_number_has_a_page(tmp_path, lang):
    study = study_in(tmp_path)
    bare = Comparison(study.plan, Numbers((), {}, study.numbers.failed, 0.0), study.path)
    page = study_html(bare, lang)
    assert "<figure" not in page
    assert 'class="empty"' in page


def test_the_page_is_whole_and_fetches_nothing(study, lang):
    page = study_html(study, lang)
    outline = Outline(page)
    assert not outline.open
    assert set(re.findall(r"https?://[^\s\"'`\\)<>]*", page)) <= INERT_ADDRESSES
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page).group(1)
    assert policy == embed.security_policy(*re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL))
    ids = [a["id"] for _, a in outline.tags if "id" in a]
    assert len(ids) == len(set(ids))
    named = {part for _, a in outline.tags for part in a.get("aria-labelledby", "").split()}
    assert named <= set(ids)
    assert len(page.encode()) < 1_500_000
    chinese = re.findall(r"[\u4e00-\u9fff]", shown(page))
    assert len(chinese) > 300 if lang == "zh" else not chinese, chinese[:9]


def test_charts_draw_only_columns_of_their_tables_and_are_valid(study, lang):
    page = study_html(study, lang)
    for figure in study_figures():
        if figure.kind in {"over-points", "tornado", "frontier"}:
            continue
        spec, table = script(page, f"spec-{figure.kind}"), script(page, f"data-{figure.kind}")
        fields = set(re.findall(r'"field": "([^"]+)"', json.dumps(spec)))
        assert fields <= set(table["columns"]), figure.kind
        assert table["rows"]
        alt.Chart.from_dict({**spec, "$schema": alt.SCHEMA_URL})
        assert set(table["columns"]) <= set(script(page, "words")["columns"])


def test_the_verb_writes_the_same_page_from_the_folder(study, lang):
    """The folder alone is enough: experiment.json, the table and the cells."""
    folder, store = study.path.parent, Store(study.path.parent)
    for cell in study.plan.cells():
        failed = WHY if (cell.arm.name, cell.seed) == (TIGHT, 3) else ()
        at = SEEDS.index(cell.seed)
        numbers = {} if failed else {label: str(column[at]) for label, column in columns(cell.arm.name).items()}
        store.keep(Result(cell.key, cell.seed, "0", head(cell.arm.name, cell.seed), 1, 1, numbers, 0.1, failed))
    record.write(folder, "compare", study.plan)
    done = CliRunner().invoke(shell, ["report", str(folder)])
    assert done.exit_code == 0, done.output
    assert str(folder / "report.html") in done.output
    spoken = (folder / "report.html").read_text(encoding="utf-8")
    said = "en" if '<html lang="en">' in spoken else "zh"
    assert re.sub(r"ecomarket 0[.\d]+", "", spoken) == re.sub(r"ecomarket 0[.\d]+", "", study_html(study, said))
    assert write_study_report(study, lang) == folder / "report.html"


def test_a_folder_that_is_neither_run_nor_experiment_is_refused(tmp_path):
    done = CliRunner().invoke(shell, ["report", str(tmp_path)])
    assert done.exit_code == 2
    assert str(tmp_path) in done.stderr
    assert "experiment.json" in done.stderr


CAPS, INTEREST = (40, 50, 60), (0.01, 0.05)


def sweep_in(folder, method="grid", kind=Sweep, values=lambda cap, rate: 100.0 - cap + 200 * rate):
    """Return a sweep of six points over two seeds: the price falls with the cap and rises with interest."""
    sets = [(f"rights.so2.cap={cap}", f"interest={rate}") for cap in CAPS for rate in INTEREST]
    arms = tuple(
        Arm(",".join(own), "town.yaml", ("start=2025-01-01", *own), f"{at:064d}") for at, own in enumerate(sets)
    )
    prices = {
        arm.name: {PRICE: array("d", [values(*point) - 1, values(*point) + 1])}
        for arm, point in zip(arms, [(cap, rate) for cap in CAPS for rate in INTEREST], strict=True)
    }
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [("arm", "seed", "head"), *((arm.name, seed, "e" * 64) for arm in arms for seed in (1, 2))]
        )
    told = ("40,50,60", "0.01,0.05") if method == "grid" else ("40..60", "0.01..0.05")
    rows, points = (), ()
    if method == "morris":  # three trajectories of three places
        rows = ((0, 0), (1, 0), (1, 1), (1, 1), (0, 1), (0, 0), (0, 1), (1, 1), (1, 0))
        at = {(0, 0): 0, (0, 1): 1, (1, 0): 4, (1, 1): 5}
        points, rows = tuple(at[row] for row in rows), tuple(tuple(map(float, row)) for row in rows)
    design = Design(method, "town", ("rights.so2.cap", "interest"), told, 3, 7, rows, points)
    return kind(Plan(arms, (1, 2), ("price.vwap",), design), Numbers((PRICE,), prices, (), 1.0), folder / "table.csv")


def test_a_sweep_tells_each_point_and_draws_each_path(tmp_path, lang):
    study = sweep_in(tmp_path)
    page = study_html(study, lang)
    command = "ecomarket sweep town.yaml --grid rights.so2.cap=40,50,60 --grid interest=0.01,0.05 --seeds 1..2 --set"
    assert f"{command} start=2025-01-01 --measure price.vwap" in shown(page)
    row = re.search(r'<tr><th scope="row" class="word">50</th>(.*?)</tr>', page).group(1)
    assert re.findall(r"<td[^>]*>(.*?)</td>", row) == ["0.01", "52 ± 12.706"]  # t(1) at 97.5 %: 12.706
    assert re.findall(r'<figure data-figure="([^"]+)"', page) == ["over-points"]
    table = script(page, "data-over-points")
    assert len(table["rows"]) == 12
    assert table["rows"][0][4:6] == [40, 62]
    assert {row[2].partition(":")[0] for row in table["rows"]} == {"cap", "interest"}, (
        "titles that are cut still differ"
    )
    assert embed.charting_script() in page


def test_an_analysis_puts_the_greatest_factor_first(tmp_path, lang):
    """The cap takes the price down by 20 over its range, interest up by 8: the same everywhere, so no spread."""
    study = sweep_in(tmp_path, "morris", Sensitivity)
    page = study_html(study, lang)
    factors = re.findall(r'<tr><th scope="row" class="word">([^<]+)</th><td>([^<]+)</td><td>([^<]+)</td>', page)
    assert [name for name, *_ in factors] == ["rights.so2.cap", "interest"]
    ratio = float(factors[0][2]) / float(factors[1][2])
    assert ratio == pytest.approx(-20 / 8)
    assert re.findall(r'<figure data-figure="([^"]+)"', page) == ["tornado"]
    command = (
        "ecomarket sensitivity town.yaml --method morris --factor rights.so2.cap=40..60 --factor interest=0.01..0.05"
    )
    assert f"{command} --samples 3 --design-seed 7 --seeds 1..2 --set start=2025-01-01" in shown(page)


def test_a_frontier_that_was_asked_is_drawn(study, lang):
    """Of the mean prices 13 and 43/3 and the mean fees 0 and 8/3 the base has less of both."""
    for more, best in (((), [BASE]), (("y",), [BASE, TIGHT]), (("x", "y"), [TIGHT])):
        keep(study, frontier(study, x=PRICE, y=FEES, maximise=more))
        page = study_html(study, lang)
        assert re.findall(r'<figure data-figure="([^"]+)"', page)[0] == "frontier"
        table, spec = script(page, "data-frontier"), json.dumps(script(page, "spec-frontier"), ensure_ascii=False)
        rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
        assert [row["x"] for row in rows] == pytest.approx([13, 43 / 3])
        standing = tr("report.study.standing.best", lang)
        assert [row["point"] for row in rows if row["standing"] == standing] == best
        assert {row["beaten_by"] for row in rows if row["point"] not in best} <= set(best)
        assert ("step-before" if "x" in more else "step-after") in spec
        words = [tr(f"report.study.{'more' if axis in more else 'less'}_is_better", lang) for axis in "xy"]
        assert all(spec.count(word) >= words.count(word) for word in words)
        assert (
            set(re.findall(r'"field": "([^"]+)"', spec))
            <= set(table["columns"])
            <= set(script(page, "words")["columns"])
        )


def test_charts_of_designs_are_valid(tmp_path):
    for study in (sweep_in(tmp_path), sweep_in(tmp_path, "morris", Sensitivity)):
        keep(study, frontier(study, x=PRICE, y=PRICE))
        material = StudyMaterial(study, "en")
        drawings = [(f, drawing) for f in study_figures() if (drawing := f().draw(material)) is not None]
        assert len(drawings) == 2
        for _, drawing in drawings:
            alt.Chart.from_dict({**embed.spec(drawing, "words"), "$schema": alt.SCHEMA_URL})
