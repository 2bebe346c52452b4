"""The projects that started, and the best that their permits allow: against every set of projects."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomarket.model.stated import FactCode
from ecomarket.results.efficiency.reckon import reckon
from ecomarket.results.efficiency.same_projects import greatest_worth, same_projects
from ecomarket.results.summary import measures
from ecomarket.scenario import load

PROJECTS = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=6)
"""Worth, tonnes of one pollutant and of another; a row a project."""


@settings(max_examples=60)
@given(PROJECTS, st.integers(0, 30), st.integers(0, 30))
def test_no_set_of_projects_that_fits_is_worth_more(rows, one, other):
    worth, *needs = np.array(rows, dtype=float).T
    permits = np.array([one, other], dtype=float)
    sets = [np.array(chosen) for chosen in product((0, 1), repeat=len(rows))]
    best = max(float(worth @ s) for s in sets if (np.array(needs) @ s <= permits).all())
    assert greatest_worth(worth, np.array(needs), permits) == pytest.approx(best)


def test_two_that_started_beside_the_two_best(new_story):
    """P2 and P8 start, worth 110,000 and 50,000; of 20 t P1 and P2 would have made 230,000. All eight: 680,000."""
    s = new_story()
    for number in range(1, 9):
        s.party(f"P{number}", "enterprise", "other", "6301")
    s.on("2025-02-03")
    for code in ("P2", "P8"):
        s.fact(FactCode.PROJECT_STARTED, code, 1, 202502)
    year, whole = same_projects(load("classroom-auction"), s.frames())
    assert year == {
        "year": 2025, "projects": 8, "started": 2, "worth_cny": "160000.00", "greatest_cny": "230000.00",
        "short_cny": "520000.00", "share": "0.695652",
    }  # fmt: skip
    assert whole == {**year, "year": "all"}


def test_the_measure_tells_it(new_story):
    s = new_story()
    s.party("P2", "enterprise", "other", "6301")
    s.on("2024-02-03")
    s.fact(FactCode.PROJECT_STARTED, "P2", 1, 202402)
    frames = s.frames()
    frames.held = reckon(load("classroom-auction"), frames, ended=False)
    rows = measures(frames)["project-worth"]
    assert [(row["year"], row["started"], row["share"]) for row in rows] == [
        (2025, 1, "0.916667"),
        ("all", 1, "0.916667"),
    ]


def test_a_world_without_projects_is_not_asked(new_story):
    assert same_projects(load("classroom-water"), new_story().frames()) == ()
