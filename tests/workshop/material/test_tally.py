"""A session on paper as a ledger: what is wrong is told at its place before anything is written; the rest is settled."""

from __future__ import annotations

import json

import pytest

import ecomarket as em
from ecomarket.engine.folder import ENDED, mark
from ecomarket.errors import ScenarioError
from ecomarket.ledger.place import place_of
from ecomarket.results.write import write_results
from ecomarket.scenario import load
from ecomarket.workshop.material.paper import import_tally
from ecomarket.workshop.material.slips import COLUMNS
from ecomarket.workshop.plan import room_plan

HEAD = ",".join(COLUMNS) + "\n"
GOOD = """2025-07-01,A2,D4,SO2.C.industry,1010,12.5
2025-04-01,A1,D1,SO2.C.industry,1000,12.5
2025-04-01,A1,D2,SO2.C.industry,1000,12.5
2025-04-02,A2,D3,SO2.C.industry,980,12.5
"""


@pytest.fixture(scope="module")
def permits():
    return load("classroom-permits")


def played(scenario, tmp_path, rows, name="tally.csv"):
    tally = tmp_path / name
    tally.write_text(HEAD + rows, "utf-8")
    count = import_tally(tally, scenario, room_plan(scenario), "", tmp_path / "out")
    return count, tmp_path / "out"


def test_deals_are_settled_on_their_days_and_everybody_complies(permits, tmp_path):
    count, folder = played(permits, tmp_path, GOOD)
    run = folder / "run"
    write_results(run, permits, place_of(run))
    mark(run, ENDED)
    found = em.load(run)
    assert count == 4
    trades = found.trades
    told = [(str(row[0])[:10], *row[1:]) for row in trades[["date", "seller", "buyer"]].to_numpy()]
    assert told == [
        ("2025-04-01", "A1", "D1"),
        ("2025-04-01", "A1", "D2"),
        ("2025-04-02", "A2", "D3"),
        ("2025-07-01", "A2", "D4"),
    ]
    assert trades["price"].tolist() == [1000, 1000, 980, 1010]
    assert trades["quantity"].tolist() == [12.5] * 4
    compliance = found.table("compliance")
    assert compliance[compliance["sector"] == "all"]["rate"].tolist() == [1.0]
    efficiency = found.table("efficiency")
    share = efficiency[efficiency["market"] == "so2"]["efficiency"].iloc[0]
    assert 0.4 < share < 0.7, "three months without trade cost the rest"
    assert found.verify().clean


def test_what_a_spreadsheet_makes_of_a_tally_is_read_as_it_is_meant(permits, tmp_path):
    sheet = """２０２５/７/1,Ａ２,D4,SO2.C.industry,１０１０,１２．５
2025/4/1,A1,D1,SO2.C.industry,1000,12.5
,,,,,
2025年4月1日,A1,D2,SO2.C.industry,1000,12.5
2025-4-2,A2,D3,SO2.C.industry,980,12.5
"""
    heads = []
    for name, rows in (("typed", sheet), ("plain", GOOD)):
        (tmp_path / name).mkdir()
        count, folder = played(permits, tmp_path / name, rows)
        assert count == 4
        heads.append(json.loads((folder / "run" / "manifest.json").read_text("utf-8"))["head"])
    assert heads[0] == heads[1]


def test_the_same_tally_makes_the_same_ledger(permits, tmp_path):
    heads = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        _, folder = played(permits, tmp_path / name, GOOD)
        heads.append(json.loads((folder / "run" / "manifest.json").read_text("utf-8"))["head"])
    assert heads[0] == heads[1]


def test_without_deals_nobody_trades(permits, tmp_path):
    count, folder = played(permits, tmp_path, "")
    assert count == 0
    assert json.loads((folder / "run" / "manifest.json").read_text("utf-8"))["trades"] == 0
    room = json.loads((folder / "room.json").read_text("utf-8"))
    assert room["schema"] == "ecomarket.room/1"
    assert (folder / "tally.csv").is_file()


FAULTS = {
    "day off": ("§2025-04-05,A1,D1,SO2.C.industry,1000,1", "E842"),
    "no day": ("§april,A1,D1,SO2.C.industry,1000,1", "E111"),
    "outside": ("§2026-04-01,A1,D1,SO2.C.industry,1000,1", "E304"),
    "nobody": ("2025-04-01,§A9,D1,SO2.C.industry,1000,1", "E211"),
    "himself": ("2025-04-01,A1,§A1,SO2.C.industry,1000,1", "E841"),
    "no market": ("2025-04-01,A1,D1,§SO3,1000,1", "E843"),
    "no price": ("2025-04-01,A1,D1,SO2.C.industry,§cheap,1", "E111"),
    "no step": ("2025-04-01,A1,D1,SO2.C.industry,§1001,1", "E804"),
    "nothing": ("2025-04-01,A1,D1,SO2.C.industry,1000,§0", "E303"),
    "no lot": ("2025-04-01,A1,D1,SO2.C.industry,1000,§1.0005", "E804"),
    "missing": ("§2025-04-01,A1,D1,SO2.C.industry,1000,", "E112"),
    "short row": ("2025-04-01,A1,D1,SO2.C.industry,§1000", "E118"),
    "more than he has": ("§2025-04-01,A1,D1,SO2.C.industry,1000,76", "E844"),
}


@pytest.mark.parametrize("name", list(FAULTS))
def test_a_fault_is_told_at_its_place_and_nothing_is_written(name, permits, tmp_path):
    row, code = FAULTS[name]
    with pytest.raises(ScenarioError) as caught:
        played(permits, tmp_path, GOOD + row.replace("§", "") + "\n")
    (found,) = caught.value.diagnostics
    assert (found.line, found.column, found.code) == (6, row.index("§") + 1, code)
    assert found.message_zh
    assert not (tmp_path / "out").exists()


def test_all_faults_are_told_at_once(permits, tmp_path):
    rows = "".join(row.replace("§", "") + "\n" for row, code in list(FAULTS.values())[:10])
    with pytest.raises(ScenarioError) as caught:
        played(permits, tmp_path, rows)
    assert [d.line for d in caught.value.diagnostics] == list(range(2, 12))


@pytest.mark.parametrize("head", ["date,seller,buyer,market,price_cny", "day,seller,buyer,market,price_cny,quantity"])
def test_another_table_is_refused(head, permits, tmp_path):
    (tmp_path / "t.csv").write_text(head + "\n", "utf-8")
    with pytest.raises(ScenarioError):
        import_tally(tmp_path / "t.csv", permits, room_plan(permits), "", tmp_path / "out")
    with pytest.raises(ScenarioError):
        import_tally(tmp_path / "none.csv", permits, room_plan(permits), "", tmp_path / "out")
