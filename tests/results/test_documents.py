"""The documents of a run: measures.json, tables/, verdicts on what the scenario expected."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from ecomarket.errors import UserError
from ecomarket.i18n import catalogue
from ecomarket.model.codes import TransferCode
from ecomarket.model.stated import Rule
from ecomarket.results import tables as tables_module
from ecomarket.results.expectations import check
from ecomarket.results.manual import measures_page
from ecomarket.results.summary import measure_classes, measures
from ecomarket.results.tables import write_tables
from ecomarket.results.words import word


@pytest.fixture
def document(tale):
    return measures(tale.frames())


def met(document, **expectation):
    return check([expectation], document)[0].met


def test_the_document_holds_ints_and_decimal_texts_only(document):
    json.dumps(document, allow_nan=False)
    cells = [cell for kind in measure_classes() for row in document[kind] for cell in row.values()]
    assert {type(c) for c in cells} <= {int, str, type(None)}
    assert [r["turnover_cny"] for r in document["volume"] if r["right"] == "cod" and r["mechanism"] == "all"] == [
        "950.0000"
    ]
    assert document["rights"]["cod"] == {"unit": "t/yr", "lot": "0.001", "zh": "化学需氧量排污权", "en": "COD permits"}
    assert document["names"]["HS"] == {"en": "Huangshui", "zh": "湟水"}


def test_the_document_is_the_same_each_time(tale):
    assert json.dumps(measures(tale.frames())) == json.dumps(measures(tale.frames()))


def test_expectations_are_held_against_the_totals(document):
    assert met(document, measure="compliance.rate", at_least=0.5)
    assert not met(document, measure="compliance.rate", at_least=0.51)
    assert met(document, measure="compliance.carbon.power.rate", year=2024, equals=1)
    assert not met(document, measure="compliance.carbon.steel.rate", at_least=0.5)
    assert met(document, measure="december-share.cea.share", at_least=0.25, at_most=0.25)
    assert met(document, measure="water.available", zone="HS", equals=1000)


def test_an_expectation_without_rows_is_not_met(document):
    assert not met(document, measure="compliance.rate", year=2031, at_least=0)
    assert not met(document, measure="compliance.permit.rate", at_least=0)


def test_a_wrong_name_is_told_with_its_neighbour(document):
    with pytest.raises(UserError, match="did you mean 'compliance'"):
        check([{"measure": "complience.rate", "at_least": 0}], document)
    with pytest.raises(UserError, match="unknown column of compliance 'rat'"):
        check([{"measure": "compliance.rat", "at_least": 0}], document)


def test_tables_can_be_read_back(tale, tmp_path):
    frames = tale.frames()
    written = {p.name for p in write_tables(tmp_path / "tables", frames)}
    assert {f"{kind}.csv" for kind in measure_classes()} <= written
    income = pd.read_csv(tmp_path / "tables" / "county-income.csv")
    assert income.loc[income["source"] == "sales", "income_cny"].tolist() == [32_800, 32_800]
    assert "name_zh" in income.columns
    assert pd.read_csv(tmp_path / "tables" / "zones.csv")["name_zh"].tolist()[0] == "青海省"
    if find_spec("pyarrow"):
        back = pd.read_parquet(tmp_path / "tables" / "trades.parquet")
        assert back["value"].sum() == frames.trades["value"].sum()


def test_without_pyarrow_the_journal_is_written_as_csv(tale, tmp_path, monkeypatch):
    monkeypatch.setattr(tables_module, "find_spec", lambda name: None)
    frames = tale.frames()
    assert "trades.csv" in {p.name for p in write_tables(tmp_path, frames)}
    back = pd.read_csv(tmp_path / "trades.csv")
    assert back["value"].sum() == frames.trades["value"].sum()
    assert back["date"].tolist()[0] == "2024-03-01"


def test_tables_are_the_same_bytes_each_time(tale, tmp_path):
    for name in "ab":
        write_tables(tmp_path / name, tale.frames())
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_every_word_is_in_both_languages():
    for name, said in catalogue("results").items():
        assert set(said) == {"en", "zh"}, name
        assert all(said.values()), name
    for rule in Rule:
        code = rule.name.lower().replace("_", "-")
        assert word("rule", code, "zh") != code
    for flow in TransferCode:
        assert word("flow", flow.name.lower().replace("_", "-"), "en")


def test_the_manual_says_what_the_program_measures():
    page = Path(__file__).parents[2] / "docs" / "reference" / "measures.md"
    assert page.read_text(encoding="utf-8") == measures_page()
