"""Every requirement row is carried by something, told by a story and used in a scenario: the table in the manual says how."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecomarket.model.requirements import requirements
from ecomarket.scenario.plugs import AREAS, plug_ins
from ecomarket.stories.coverage import carried, page
from ecomarket.stories.read import read_story

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reference" / "coverage.md"
MISSING: set[str] = set()
"""Rows that nothing carries yet. This only shrinks: strike out what is carried; it is empty in the end."""
UNTOLD: set[str] = set()
"""Rows that no story tells of yet."""


@pytest.fixture(scope="module")
def rows():
    return carried(HERE)


def test_the_table_in_the_manual_is_made_from_the_code(rows) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(rows), "ecomarket policies coverage > docs/reference/coverage.md"


def test_no_row_is_missing_but_those_named(rows) -> None:
    assert {carried.row.id for carried in rows if carried.is_missing} <= MISSING


def test_every_row_that_is_carried_is_told_and_used(rows) -> None:
    there = [carried for carried in rows if not carried.is_missing]
    assert {carried.row.id for carried in there if not carried.stories} == UNTOLD
    assert not [carried.row.id for carried in there if carried.plug_ins and not carried.scenarios]


def test_plug_ins_and_stories_name_rows_that_there_are() -> None:
    known = set(requirements())
    assert len(known) == 81
    for area in AREAS:
        for plug_in in plug_ins(area).values():
            assert set(plug_in.rows) <= known, plug_in
    for path in HERE.glob("*.yaml"):
        assert set(read_story(path).story.rows) <= known, path


@pytest.mark.parametrize("kind", sorted(plug_ins("policies")))
def test_every_policy_has_its_story_which_tells_of_its_rows(kind: str) -> None:
    path = HERE / f"{kind}.yaml"
    assert path.is_file(), "each policy has a story"
    assert set(plug_ins("policies")[kind].rows) <= set(read_story(path).story.rows)
