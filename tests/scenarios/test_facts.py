"""Facts of participants: numbers where the name says so, slips of known names are told, all of it before a run."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from click.testing import CliRunner

import ecomarket
from ecomarket.cli._shell import shell
from ecomarket.errors import ScenarioError
from ecomarket.scenario.facts import NUMBERS, OF_A_RIGHT, POLLUTANTS, TEXTS
from ecomarket.scenario.library import shipped
from ecomarket.scenario.load import load

SOURCES = Path(ecomarket.__file__).parent
WORKS = """\
ecomarket: 1
name: works
title: {en: Works, zh: 工厂}
calendar: {start: 2025-01-01, end: 2025-12-31, trading: weekdays}
zones: [{code: "C", name_en: Basin, name_zh: 流域, level: prefecture, attained: true, flags: permit-pilot}]
rights:
  so2: {kind: emission-permit, label: {en: SO2, zh: 二氧化硫}, unit: t per year, lot: 0.001, zones: prefecture, medium: air, classes: [industry], term: 1 year}
venues:
  market: {rights: [so2], mechanism: continuous, tick: 10, sessions: ["09:30-11:30"], reference_price: {so2: 800}}
participants:
  works:
    kind: enterprise
    zone: C
    sector: other
    facts: {class_air: industry, so2_t: 100}
    table: works.csv
    strategies: [{name: compliance}]
policies: [{permit-compliance: {}}]
"""


def _written(folder: Path, fact: str = "so2_t: 100", column: str = "so2_cost_last", cell: str = "800") -> Path:
    (folder / "works.yaml").write_text(WORKS.replace("so2_t: 100", fact), encoding="utf-8")
    (folder / "works.csv").write_text(f"code,{column}\nA,2000\nB,{cell}\n", encoding="utf-8")
    return folder / "works.yaml"


@pytest.mark.parametrize(
    ("fact", "code", "column"),
    [
        ("so2_t: lots", "E111", 41),
        ("so2_t: 100 kg", "E111", 41),
        ("so2_t: {uniform: [90, 110]}", "E111", 34),
        ("so2_t: [1, 2]", "E111", 34),
        ("so2_t: -1", "E303", 41),
        ("permit_free_share: 1.5", "E303", 53),
        ("discount_rate: low", "E111", 49),
    ],
)
def test_what_a_group_says_of_all_its_members_is_checked(tmp_path: Path, fact: str, code: str, column: int) -> None:
    with pytest.raises(ScenarioError) as wrong:
        load(_written(tmp_path, fact))
    (found,) = wrong.value.diagnostics
    assert (found.code, found.line, found.column) == (code, 15, column)


@pytest.mark.parametrize("cell", ["lots", '"3,500"', "800 CNY", "true-ish"])
def test_a_cell_that_is_no_number_is_told_with_its_place(tmp_path: Path, cell: str) -> None:
    with pytest.raises(ScenarioError) as wrong:
        load(_written(tmp_path, cell=cell))
    (found,) = wrong.value.diagnostics
    assert (found.code, Path(found.file).name, found.line, found.column) == ("E111", "works.csv", 3, 3)
    assert "number" in found.message
    assert cell.strip('"') in found.message


def test_a_fact_may_carry_its_source(tmp_path: Path) -> None:
    scenario = load(_written(tmp_path, 'so2_t: {value: 100, source: "a guess"}'))
    assert scenario.config.participants["works"].facts["so2_t"] == 100


@pytest.mark.parametrize("slip", ["so2_cost_lst", "so2_csot_last", "so2_cost_lasst"])
def test_a_slip_in_a_column_s_name_is_told_once_with_the_name_meant(tmp_path: Path, slip: str) -> None:
    (told,) = load(_written(tmp_path, column=slip)).warnings
    assert (told.code, told.line, told.column) == ("W507", 1, 6) or (told.code, told.line) == ("W507", 2)
    assert "so2_cost_last" in told.help
    assert slip in told.message


def test_a_column_of_one_s_own_is_nobody_s_slip(tmp_path: Path) -> None:
    assert not load(_written(tmp_path, column="founded_in")).warnings


def test_every_fact_that_the_sources_read_by_name_is_known() -> None:
    known = NUMBERS | TEXTS | {form.format(right) for form in OF_A_RIGHT for right in POLLUTANTS}
    readers = [
        path for part in ("agents", "engine", "policies", "public", "rights") for path in (SOURCES / part).rglob("*.py")
    ]
    for path in readers:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case (
                    ast.Call(
                        func=ast.Attribute(value=ast.Attribute(attr="facts"), attr="get"), args=[ast.Constant(name), *_]
                    )
                    | ast.Subscript(value=ast.Attribute(attr="facts"), slice=ast.Constant(name))
                ):
                    assert name in known, f"{path.name}:{node.lineno}: {name}"


def test_names_of_facts_stand_in_one_list() -> None:
    assert not NUMBERS & TEXTS
    assert not {form.format(right) for form in OF_A_RIGHT for right in ("so2", "nox")} & (NUMBERS | TEXTS)


@pytest.mark.parametrize("name", sorted(shipped()))
def test_no_shipped_scenario_is_told_of_a_slip(name: str) -> None:
    assert not [told for told in load(name).warnings if told.code == "W507"]


def test_names_in_the_rows_of_a_policy_are_looked_up(tmp_path: Path) -> None:
    file = _written(tmp_path)
    caps = "{initial-allocation: {caps: [{right: sox, zone: D, cap_t: 150}]}}"
    file.write_text(file.read_text(encoding="utf-8").replace("{permit-compliance: {}}", caps), encoding="utf-8")
    with pytest.raises(ScenarioError) as wrong:
        load(file)
    assert [found.code for found in wrong.value.diagnostics] == ["E202", "E201"]


def test_an_expected_column_that_there_is_not_is_told_before_the_run(tmp_path: Path) -> None:
    file = _written(tmp_path)
    more = "expect:\n  - {measure: price.so2.vwap, at_least: 1}\n  - {measure: price.so2.vwpa, at_least: 1}\n"
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    for verb in (["validate"], ["run", "--out", str(tmp_path / "runs")]):
        done = CliRunner().invoke(shell, [*verb, str(file)])
        assert done.exit_code == 2
        assert ":21:15: E216" in done.output
        assert "vwap" in done.output
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("price.sox.vwap", "sox"),
        ("rule-activity.price-bands.times", "price-bands"),
        ("volume.so2.continous.trades", "continous"),
        ("price.so2.vwap", ""),
        ("price.so2.2025.vwap", ""),
        ("price.all.vwap", ""),
        ("compliance.permit.steel.rate", ""),
        ("volume.so2.continuous.trades", ""),
    ],
)
def test_a_row_that_no_run_will_have_is_told(name: str, found: str) -> None:
    told = load("classroom-permits", [f"expect=[{{measure: {name}, at_least: 1}}]"]).warnings
    assert [(w.code, found) for w in told] == ([("W512", found)] if found else [])
    assert all(f"'{found}'" in w.message for w in told)
