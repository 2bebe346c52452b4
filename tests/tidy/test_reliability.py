"""The page of reliability is complete: every suite with a long form stands in a row, and every row on the page."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")


@pytest.fixture
def reliability(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tests"))
    import reliability

    yield reliability
    del sys.modules["reliability"]


def test_every_suite_with_a_long_form_stands_in_a_row(reliability) -> None:
    named = {test.partition("::")[0] for row in reliability.ROWS for test in (*row.tests, *row.again)}
    assert all((ROOT / name).exists() for name in named)
    long = [
        path
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if re.search(r"\b(SOAK|ECOMARKET_SOAK|soak|tests\.sizes)\b", path.read_text(encoding="utf-8"))
        and "tidy" not in path.parts
    ]
    assert len(long) > 20
    assert not [path for path in long if not any((ROOT / name) in (path, *path.parents) for name in named)]


def test_every_row_stands_on_the_page_with_what_is_tried_and_what_passes(reliability) -> None:
    lines = [line.strip("| ").split(" | ") for line in PAGE.partition(reliability.COLUMNS)[2].splitlines()]
    assert [(line[0], line[1], line[-1]) for line in lines] == [(r.name, r.tried, r.passes) for r in reliability.ROWS]


def share(number, **more):
    counts = {"runs": [50, 1000], "kills": [70, 0]}
    one = {"row": "7", "share": number, "long": True, "tests": 1, "found": 0, "seconds": 600, "counts": counts}
    return {**one, "program": "now", **more}


@pytest.fixture
def seven(reliability, monkeypatch):
    monkeypatch.setattr(reliability, "program", lambda row: "now")
    return reliability.Row("7", "killed", ("x",), "the head", shares=20)


def test_a_long_form_that_was_broken_off_says_how_many_of_how_many(reliability, seven) -> None:
    kept = [share(1), share(2), share(5, found=1)]
    told = "runs 150 of 1,000, kills 210, shares 1-2, 5 of 20, 1 tests, 1 findings, 1,800 s"
    assert reliability.told_of(seven, kept) == told
    whole = [share(number) for number in range(1, 21)]
    assert reliability.told_of(seven, whole) == "runs 1,000, kills 1,400, 1 tests, 0 findings, 12,000 s"


def test_what_an_earlier_program_did_is_told_as_such_and_done_anew(reliability, seven, monkeypatch, tmp_path) -> None:
    old = [share(1, program="before"), share(2, program="before", found=1)]
    assert reliability.told_of(seven, old).endswith(
        "shares 1-2 of 20, an earlier program, 1 tests, 1 findings, 1,200 s"
    )
    assert "shares 3 of 20, 1 tests" in reliability.told_of(seven, [*old, share(3)])
    assert reliability.told_of(seven, []) == "not run"
    monkeypatch.setattr(reliability, "RECORD", tmp_path / "record.jsonl")
    assert not reliability.is_done(seven, 1)
    kept = [*old, share(3, found=1), share(3), share(4), share(4, found=2)]
    reliability.RECORD.write_text("".join(json.dumps(one) + "\n" for one in kept), encoding="utf-8")
    assert [reliability.is_done(seven, number) for number in (1, 2, 3, 4, 5)] == [False, False, True, False, False]


def test_a_row_is_of_the_packages_it_tries(reliability) -> None:
    areas = {file.relative_to(reliability.SOURCE).parts[0] for file in reliability.sources("exchange")}
    assert areas == {"exchange", "ledger", "model", "i18n", "compiled.py", "errors.py", "units.py"}
    assert reliability.SOURCE / "model" / "setting.py" not in reliability.sources("exchange")
    assert reliability.sources("exchange") < reliability.sources("results") < reliability.sources("cli")
    assert all(file.is_file() for file in reliability.sources("cli"))
    row = {row.name: row for row in reliability.ROWS}
    assert len({reliability.program(row[name]) for name in ("1", "6", "39", "29")}) == 4
    assert reliability.program(row["4"]) != reliability.program(row["4b"])  # their tests differ
    assert re.fullmatch(r"[0-9a-f]{16}", reliability.program(row["26"]))


def test_something_of_every_row_comes_first(reliability) -> None:
    turns = [(row.name, number) for row, number in reliability.turns(["7", "7b"], long=True)]
    assert turns[:3] == [("7", 1), ("7b", 1), ("7", 2)]
    assert len(turns) == 24
    assert [number for _, number in reliability.turns(None, long=False)] == [1] * len(reliability.ROWS)
