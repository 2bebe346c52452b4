"""Python and notebooks: the tables of a run and of its optimum, the same as the command's, with a unit each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import ecomarket as em
from ecomarket.cli._shell import shell
from ecomarket.errors import RunError, ScenarioError, StorageError, UserError
from ecomarket.experiments.measured import HEADLINES
from ecomarket.results.counted import COUNTS, SCHEME, unit_of
from ecomarket.results.summary import measure_classes
from ecomarket.scenario.render import as_text

SHELF = Path(__file__).parents[2] / "scenarios" / "validity"
BOOK = SHELF / "p25.yaml"
SHORT = ["calendar.end=2025-01-02"]


@pytest.fixture(scope="module")
def run():
    return em.run(BOOK, seed=5, overrides=SHORT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The same run by the command."""
    out = tmp_path_factory.mktemp("runs")
    words = ["run", str(BOOK), "--seed", "5", "--set", SHORT[0], "--no-report", "-q", "--out", str(out)]
    assert CliRunner().invoke(shell, words).exit_code == 0
    (found,) = out.iterdir()
    return found


def test_importing_the_package_imports_nothing_else():
    heavy = ("pandas", "numba", "numpy", "click", "sqlalchemy", "altair", "pydantic")
    code = f"import sys, ecomarket as em; dir(em); print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there_and_no_other():
    assert all(callable(getattr(em, name)) for name in em.NAMES)
    assert set(em.NAMES) <= set(dir(em))
    with pytest.raises(AttributeError, match="nothing"):
        _ = em.nothing


def test_equilibrium_is_a_function_though_a_package_has_its_name():
    from ecomarket.equilibrium import facade  # by now the package is imported

    assert em.equilibrium(SHELF / "p01-perman.yaml").scenario == "p01-perman"
    assert em.equilibrium is not sys.modules["ecomarket.equilibrium"]
    assert sys.modules["ecomarket.equilibrium"].facade is facade


def test_a_run_in_python_is_the_run_of_the_command(run, folder):
    again = em.load(folder)
    assert again.head == run.head
    assert again.document == run.document
    pd.testing.assert_frame_equal(again.measures, run.measures)
    pd.testing.assert_frame_equal(again.trades, run.trades)


def test_a_run_that_is_there_is_not_done_again(folder):
    stamp = (folder / "ledger.db").stat().st_mtime_ns
    again = em.run(BOOK, 5, overrides=SHORT, out=folder.parent)
    assert (again.folder, (folder / "ledger.db").stat().st_mtime_ns) == (folder, stamp)


def test_what_is_not_asked_to_stay_goes_with_the_run():
    run = em.run(em.load_scenario(BOOK, SHORT), 6)
    folder = run.folder
    assert run.verify().clean
    assert folder.exists()
    del run
    assert not folder.parent.exists()


def test_trades_and_prices_are_those_of_the_ledger_in_words_and_units(run):
    raw, trades = run.table("closes"), run.trades
    assert len(trades) > 10
    assert (trades["value"] - trades["quantity"] * trades["price"]).abs().max() < 1e-9
    assert set(trades["unit"]) == {"t"}
    total = next(row for row in run.document["volume"] if row["mechanism"] == "all" and row["year"] == 2025)
    assert trades["value"].sum() == pytest.approx(float(total["turnover_cny"]))
    assert trades["quantity"].sum() == pytest.approx(float(total["quantity"]))
    assert trades["buyer"].str.len().min() > 0
    assert trades.attrs["units"]["price"] == "CNY/unit"
    assert len(run.prices) == len(raw)
    assert run.prices["turnover"].sum() == pytest.approx(raw["turnover"].sum() / 10_000)


def test_the_long_table_holds_every_number_of_the_document(run):
    document, rows = run.document, run.measures
    said = [
        (kind, column, float(value))
        for kind, measure in measure_classes().items()
        for row in document[kind]
        for column, value in row.items()
        if column not in measure.keys and value is not None
    ]
    assert sorted(zip(rows["measure"], rows["column"], rows["value"].round(6), strict=True)) == sorted(
        (k, c, round(v, 6)) for k, c, v in said
    )
    assert rows.index.is_unique
    assert rows.loc["price.unit.vwap@2025", "unit"] == "CNY/t"
    assert (rows["unit"] != "").all()
    assert rows.loc["volume.unit.quantity@2025", "year"] == 2025


def test_every_column_of_numbers_has_a_unit(run):
    for kind, measure in measure_classes().items():
        table = run.table(kind)
        units = table.attrs["units"]
        assert set(units) == {str(c) for c in table} - {*measure.keys, "unit"}
        assert ("unit" in table) == ("right" in measure.keys)
    assert unit_of("compliance", "required") == SCHEME
    assert unit_of("section-quality", "treated_cod_kg") == "kg"
    assert {unit_of("volume", "trades"), unit_of("price", "prices")} == {"1"}
    assert all(unit_of(*name.split(".")) for name in HEADLINES)


def test_columns_that_are_called_counts_are_whole_numbers(run):
    for kind in measure_classes():
        table = run.table(kind)
        for column in set(table) & set(COUNTS):
            assert not len(table) or pd.api.types.is_integer_dtype(table[column]), (kind, column)


def test_the_optimum_is_the_command_s():
    optimum = em.equilibrium("classroom-permits")
    # 200 t to abate; at 1,000 CNY works abate 50, 50, 25, 25 and four times 12.5 t of their lines to 2,000, 4,000, 8,000
    assert optimum.numbers["price.so2/C.2025"] == pytest.approx(1000)
    row = optimum.table.loc["cost.no-trade.A1"]
    assert (row["what"], row["who"], row["when"], row["unit"]) == ("cost.no-trade", "A1", "", "CNY")
    assert row["value"] == pytest.approx(6250)  # 25 t on a line that rises from 0 to 2,000 CNY at 100 t: 25 * 500 / 2
    done = CliRunner().invoke(shell, ["equilibrium", "classroom-permits", "--json"])
    assert json.loads(done.stdout)["values"] == pytest.approx(dict(optimum.numbers))


def test_cards_are_escaped_bilingual_and_fetch_nothing(run, monkeypatch, tmp_path):
    named = '{en: "<b>A & B</b>", zh: 甲}'
    scenario = em.load_scenario(BOOK, [*SHORT, f"title={named}"])
    study = em.compare(scenario, "same:venues.market.tick=1", runs=1, measures=["price.vwap"])
    cards = {}
    for lang in ("en", "zh"):
        monkeypatch.setenv("ECOMARKET_LANG", lang)
        told = [scenario, run, em.equilibrium("classroom-permits"), study]
        cards[lang] = [thing._repr_html_() for thing in told]
        assert not any(word in card for card in cards[lang] for word in ("http", "<script", "<link", "<style"))
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in cards["en"][0]
    assert "<b>A & B</b>" not in cards["en"][0]
    assert "甲" in cards["zh"][0]
    assert all(a != b for a, b in zip(cards["en"], cards["zh"], strict=True))
    assert run.head[:16] in cards["en"][1]


def test_loaded_scenarios_are_compared_as_they_are():
    base = em.load_scenario(BOOK, SHORT)
    other = em.load_scenario(BOOK, [*SHORT, "participants.buyers.strategies.0.constrained=false"])
    study = em.compare(
        base, other, "loose:participants.buyers.strategies.0.constrained=false", runs=2, measures=["price.vwap"]
    )
    names = [arm.name for arm in study.plan.arms]
    assert names[0] == "p25,calendar.end=2025-01-02"
    assert names[2] == "loose"
    assert study.plan.arms[1].digest == study.plan.arms[2].digest != study.plan.arms[0].digest
    assert study.summary.loc[("loose", "price.unit.vwap@2025"), "unit"] == "CNY/unit"
    with pytest.raises(UserError, match="E908"):
        em.compare(base, em.load_scenario(BOOK, SHORT), runs=1)


def test_a_sweep_of_a_loaded_scenario_is_kept_and_read_back(tmp_path):
    base = em.load_scenario(BOOK, SHORT)
    tick = "venues.market.tick"
    study = em.sweep(base, grid={tick: [1, 2]}, runs=1, measures=["price.vwap"], out=tmp_path)
    assert list(study.summary[tick]) == [1, 2]
    assert list(study.summary["unit"]) == ["CNY/unit"] * 2
    assert study.summary.equals(em.load_study(tmp_path).summary)
    assert f"{tick}=2" in study._repr_html_()


@pytest.mark.parametrize(
    ("ask", "kind", "said"),
    [
        (lambda run: run.table("pric"), RunError, "E756 .*did you mean 'price'"),
        (lambda run: run.verify("chian"), RunError, "E757 .*did you mean 'chain'"),
        (lambda _: em.load("nowhere"), RunError, "E755 nowhere"),
        (lambda _: em.run("classroom-permit"), ScenarioError, "E100"),
        (lambda _: em.equilibrium(SHELF.parent / "qinghai"), UserError, "schedules"),
        (lambda _: em.run(BOOK, 1.5), UserError, "E939 seed = 1.5: .* from 0 to 9,223,372,036,854,775,807"),
        (lambda _: em.run(BOOK, -1), UserError, "E939 seed = -1"),
        (lambda _: em.replicate(BOOK, 0), UserError, "E939 runs = 0"),
        (lambda _: em.replicate(BOOK, seeds=[1, 2**63]), UserError, "E939 seed = "),
        (lambda _: em.compare(BOOK, "a:interest=0.1", runs=-3), UserError, "E939 runs = -3"),
        (lambda _: em.compare(BOOK, runs=2), UserError, "E940 nothing to compare"),
        (lambda _: em.replicate(BOOK, 1, jobs=0), UserError, "E939 jobs = 0"),
        (lambda _: em.sweep(BOOK, lhs={"interest": "0..0.1"}, samples=0), UserError, "E939 samples = 0"),
        (lambda run: run.report(lang="fr"), UserError, "E941 lang = 'fr': .* zh, en"),
        (lambda run: run.report(path=3), UserError, "E965 path = 3"),
        (lambda run: run.report("/nowhere/at/all.html"), StorageError, "E702 /nowhere/at/all.html"),
        (lambda run: run.table(3), RunError, "E756 .*'3'"),
        (lambda _: em.run(3), UserError, 'E965 scenario = 3: .*"classroom-permits"'),
        (lambda _: em.run(BOOK, overrides={"interest": 0.1}), UserError, "E965 overrides = .*path=value"),
        (lambda _: em.run(BOOK, overrides=[3]), UserError, r"E965 overrides = \[3\]"),
        (lambda _: em.run(BOOK, out=3), UserError, "E965 out = 3"),
        (lambda run: em.load(run), UserError, "E965 folder = .*ledgers/"),
        (lambda _: em.load_study(None), UserError, "E965 folder = None"),
        (lambda _: em.replicate(BOOK, seeds="1..3"), UserError, r"E965 seeds = '1..3': .*\[1, 2, 3\]"),
        (lambda _: em.replicate(BOOK, measures=[3]), UserError, "E965 measures = .*price.vwap"),
        (lambda _: em.compare(BOOK, ["interest=0.1"], runs=1), UserError, "E965 variant = .*interest=0.1"),
        (lambda _: em.sweep(BOOK, grid=3), UserError, 'E965 grid = 3: .*{"interest": '),
        (lambda _: em.sweep(BOOK, points={"interest": 0.1}), UserError, "E965 points = .*for each point"),
        (lambda _: em.sweep(BOOK, points=pd.DataFrame({"interest": [0.1]})), UserError, "DataFrame: .*to_dict"),
        (lambda _: em.sweep(BOOK, lhs={"interest": (0, 0.1)}), UserError, 'E965 lhs = .*"0..0.05"'),
        (lambda _: em.sweep(BOOK, lhs="interest=0..0.1", design_seed=-1), UserError, "E939 design_seed = -1"),
        (lambda _: em.equilibrium("classroom-permits", safe="co2"), UserError, "E941 safe = 'co2': .*so2/C"),
    ],
)
def test_mistakes_are_told_in_the_chosen_language(run, monkeypatch, ask, kind, said):
    monkeypatch.setenv("ECOMARKET_LANG", "zh")
    with pytest.raises(kind, match=said) as told:
        ask(run)
    (note,) = told.value.__notes__
    assert any("\u4e00" <= sign <= "\u9fff" for sign in note)


@pytest.mark.parametrize("load", [em.load_scenario, em.Scenario.load, em.run])
def test_the_text_of_a_scenarios_faults_is_what_validate_prints(load, monkeypatch):
    """Who prints the error reads what helps: it is no less than what the terminal shows, and told once."""
    monkeypatch.setenv("ECOMARKET_LANG", "en")
    with pytest.raises(ScenarioError) as told:
        load("clasroom-permits")
    assert "did you mean 'classroom-permits'?" in str(told.value)
    assert not getattr(told.value, "__notes__", ())
    with pytest.raises(ScenarioError) as told:
        load(BOOK, overrides=["venues.market.tik=1"])
    assert str(told.value) == as_text(told.value.diagnostics, "en")


def test_a_scenario_is_read_in_all_its_states_by_each_of_its_names(tmp_path):
    """em.Scenario.load is em.load_scenario: a state that cannot be is told by both."""
    file = tmp_path / "mine.yaml"
    told = {"wet": {"probability": 1, "set": {"venues.market.tik": 1}}}
    file.write_text(f"extends: {BOOK}\nstates: {json.dumps(told)}\n", encoding="utf-8")
    for load in (em.load_scenario, em.Scenario.load):
        with pytest.raises(ScenarioError, match="E333"):
            load(file)


def test_one_text_is_one_of_it_and_a_seed_named_twice_is_one_run(tmp_path):
    """What is given alone where several may stand is the only one, not its letters; pairs are never counted twice."""
    (short,) = SHORT
    told = em.replicate(BOOK, seeds=[4, 5, 4], overrides=short, measures="price.vwap")
    assert (told.plan.seeds, told.plan.measures, told.plan.arms[0].overrides) == ((4, 5), ("price.vwap",), (short,))
    assert em.load_scenario(BOOK, short).overrides == (short,)
    study = em.sweep(BOOK, grid={"interest": 1e-05, "calendar.end": "2025-01-01"}, seeds=[1], measures="price.vwap")
    assert list(study.summary["interest"]) == [1e-05]
    assert list(study.summary["calendar.end"]) == ["2025-01-01"]


def test_a_folder_with_a_run_in_it_names_the_run(folder):
    """`run --out DIR` makes the run's own folder in DIR."""
    with pytest.raises(RunError, match=f"E755 .*{folder.name}"):
        em.load(folder.parent)


def test_a_run_that_stopped_is_not_taken_for_one_that_ended(folder, tmp_path):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | {"status": "interrupted"}), encoding="utf-8")
    with pytest.raises(RunError, match=r"E758 .*--resume"):
        em.load(tmp_path)


def test_a_report_can_be_written_anywhere(run, tmp_path):
    path = run.report(tmp_path / "mine.html", lang="zh")
    assert path == tmp_path / "mine.html"
    assert path.read_text(encoding="utf-8").startswith('<!doctype html>\n<html lang="zh-CN">')
