"""Experiments as a whole: the same table whatever the way, nothing run twice, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ecomarket.experiments import compare, replicate
from ecomarket.experiments.store import CELLS, Store
from ecomarket.experiments.study import Way

SHELF = Path(__file__).parents[2] / "scenarios" / "validity"
BOOK = SHELF / "p25.yaml"
SHORT = ["calendar.end=2025-01-02"]
LOOSE = "loose:participants.buyers.strategies.0.constrained=false,participants.sellers.strategies.0.constrained=false"
PRICE = "price.unit.vwap@2025"


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    out = tmp_path_factory.mktemp("done")
    found = compare(BOOK, LOOSE, runs=4, overrides=SHORT, measures=["price.vwap", "volume"], way=Way(out=out))
    return found, out


def test_a_comparison_says_what_its_table_says(done):
    found, _ = done
    row, frame = found.rows["loose"][PRICE], found.frame
    by_arm = {name: frame[frame["arm"] == name].set_index("seed")[PRICE] for name in ("p25", "loose")}
    differences = by_arm["loose"] - by_arm["p25"]
    assert row.n == 4
    assert row.diff == pytest.approx(differences.mean())
    assert row.base == pytest.approx(by_arm["p25"].mean())
    assert row.share == (differences * row.diff > 0).mean()
    assert list(frame["seed"]) == [1, 1, 2, 2, 3, 3, 4, 4]
    assert set(frame["status"]) == {"done"}
    assert frame["head"].str.len().eq(64).all()
    assert frame["head"].nunique() == 8
    assert set(frame["set calendar.end"]) == {"2025-01-02"}
    assert set(frame["set participants.buyers.strategies.0.constrained"]) == {"", "false"}
    assert found.summary.loc[("loose", PRICE), "diff"] == row.diff


def test_nothing_is_run_twice_and_more_seeds_add_to_what_is_there(done):
    _, out = done
    cells = sorted((out / CELLS).rglob("*.json"))
    stamps = [path.stat().st_mtime_ns for path in cells]
    heard = []
    more = compare(
        BOOK, LOOSE, runs=5, overrides=SHORT, measures=["price.vwap", "volume"],
        way=Way(out=out, heard=lambda *state: heard.append(state)),
    )  # fmt: skip
    assert [path.stat().st_mtime_ns for path in cells] == stamps
    assert len(list((out / CELLS).rglob("*.json"))) == 10
    assert heard[0][0] == 1
    assert heard[-1] == (10, 0, 10)
    assert more.rows["loose"][PRICE].n == 5


def test_the_table_is_the_same_byte_for_byte_by_two_processes_and_after_a_torn_cell(done, tmp_path):
    _, _ = done
    tables = []
    for jobs, folder in ((1, tmp_path / "one"), (2, tmp_path / "two")):
        way = Way(jobs=jobs, out=folder)
        tables.append(compare(BOOK, LOOSE, runs=3, overrides=SHORT, measures=["price"], way=way).path.read_bytes())
    cells = sorted((tmp_path / "one" / CELLS).rglob("*.json"))
    cells[0].write_text(
        cells[0].read_text(encoding="utf-8")[:70], encoding="utf-8"
    )  # as a crash of the machine leaves it
    cells[1].write_text("[]", encoding="utf-8")
    cells[2].unlink()
    way = Way(out=tmp_path / "one")
    tables.append(compare(BOOK, LOOSE, runs=3, overrides=SHORT, measures=["price"], way=way).path.read_bytes())
    assert tables[0] == tables[1] == tables[2]
    assert (tmp_path / "one" / "timing.csv").is_file()


def test_arms_that_are_the_same_are_run_once(tmp_path):
    same = "same:venues.market.tick=1"
    found = compare(SHELF / "p27-truthful.yaml", same, runs=2, measures=["price.vwap"], way=Way(out=tmp_path))
    row = found.rows["same"][PRICE]
    assert len(list((tmp_path / CELLS).rglob("*.json"))) == 2
    assert (row.base, row.variant, row.low, row.high, row.share, row.d) == (100, 100, 0, 0, 1, None)


def test_a_replication_without_a_folder_leaves_none(tmp_path):
    found = replicate(BOOK, seeds=[3, 9], overrides=SHORT, measures=["price.vwap"])
    assert found.rows[PRICE].n == 2
    assert found.summary.loc[PRICE, "n"] == 2
    assert list(found.frame["seed"]) == [3, 9]
    folder = found.path.parent
    assert folder.exists()
    del found
    assert not folder.exists()


def test_a_cell_of_another_key_is_none_of_ours(done):
    _, out = done
    store = Store(out)
    path = next((out / CELLS).rglob("*.json"))
    key = path.parent.name + path.stem
    assert store.find(key).key == key
    told = json.loads(path.read_text(encoding="utf-8"))
    before = json.dumps(told)
    path.write_text(json.dumps(told | {"key": "0" * 32}), encoding="utf-8")
    assert store.find(key) is None
    path.write_text(before, encoding="utf-8")


def test_efficiency_is_held_against_the_optimum_of_each_run():
    """CASES P08: nine units go from 60 to 150 without a fee, which costs 2,120; with one of 18 seven go."""
    found = replicate(SHELF / "p08-18-split.yaml", 1, measures=["efficiency"])
    told = {label.partition(".")[2]: row.mean for label, row in found.rows.items()}
    assert (told["no_trade_cny"], told["optimum_cny"], told["realised_cny"]) == (2525, 2120, 2140)
    assert told["efficiency"] == pytest.approx((2525 - 2140) / (2525 - 2120))
    short = ["calendar.end=2024-01-31"]
    assert not replicate("indicators", 1, overrides=short, measures=["efficiency"]).rows, "it has no benchmark"
