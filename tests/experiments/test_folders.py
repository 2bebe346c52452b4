"""The folder of an experiment read back: what came out then comes out again, nothing is run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ecomarket.errors import UserError
from ecomarket.experiments import Comparison, Replication, load, replicate
from ecomarket.experiments.plan import Design, Plan
from ecomarket.experiments.record import FILE, read, write
from ecomarket.experiments.study import Way, compared
from ecomarket.experiments.variants import arms

BOOK = Path(__file__).parents[2] / "scenarios" / "validity" / "p27-truthful.yaml"


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A comparison that an earlier program ran."""
    out = tmp_path_factory.mktemp("earlier")
    plan = Plan(arms(BOOK, ["short:calendar.end=2025-01-02"]), (1, 2, 5), ("volume.quantity",), version="0.0.9")
    return compared(plan, Way(out=out)), out


def test_it_is_read_back_whatever_program_reads_it(done):
    study, out = done
    again = load(out)
    assert isinstance(again, Comparison)
    assert again.plan == study.plan
    assert again.plan.version == "0.0.9"
    assert again.rows == study.rows
    assert again.rows["short"]["volume.unit.quantity@2025"].n == 3
    assert again.path == study.path
    assert list(again.frame["seed"]) == [1, 1, 2, 2, 5, 5]


def test_its_record_is_the_same_byte_for_byte_by_two_processes_and_on_going_on(tmp_path):
    told = []
    for jobs, folder in ((1, "one"), (2, "two"), (1, "one")):
        replicate(BOOK, 2, measures=["volume.quantity"], way=Way(jobs=jobs, out=tmp_path / folder))
        told.append((tmp_path / folder / FILE).read_bytes())
    assert told[0] == told[1] == told[2]
    said = json.loads(told[0])
    assert (said["schema"], said["kind"], said["seeds"]) == ("ecomarket.experiment/1", "replicate", "1..2")
    assert isinstance(load(tmp_path / "one"), Replication)


def test_a_design_comes_back_as_it_was(tmp_path):
    design = Design("lhs", "own", ("a.b",), ("1..2",), 2, 7, ((0.25,), (1 / 3,)), (0, 0))
    plan = replace(Plan(arms(BOOK, ()), (1, 2), ("price",)), design=design)
    write(tmp_path, "sweep", plan)
    assert read(tmp_path) == ("sweep", plan)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "E911"),
        ("{", "E912"),
        ("[]", "E912"),
        ('{"schema": "ecomarket.experiment/99"}', "E912"),
        ('{"schema": "ecomarket.experiment/1", "kind": "compare"}', "E912"),
    ],
)
def test_a_folder_that_holds_none_is_told(tmp_path, text, code):
    if text is not None:
        (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=code):
        load(tmp_path)


def test_a_kind_that_there_is_not_and_a_table_that_is_gone(done, tmp_path):
    _, out = done
    told = (out / FILE).read_text(encoding="utf-8")
    (tmp_path / FILE).write_text(told, encoding="utf-8")
    with pytest.raises(UserError, match="E911"):
        load(tmp_path)
    (tmp_path / FILE).write_text(told.replace('"compare"', '"contest"'), encoding="utf-8")
    with pytest.raises(UserError, match=r"E912 .*contest"):
        load(tmp_path)
