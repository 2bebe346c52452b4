"""The ecological index: as many counties gain and lose as the assessments of 2015 and 2018 found; accidents are rare."""

from __future__ import annotations

from datetime import date

import pytest
from tests.policies.valley import Valley, person

from ecomarket.chance import Draws
from ecomarket.nature.ecology_index import EcologyIndex

MANY = [person(f"C{n}", "county", "county") for n in range(400)]


def test_shares_of_better_and_worse_lie_between_those_published():
    """Better 13.09 % (2015) and 9.54 % (2018), worse 6.64 % and 11.37 % [R48a]."""
    process = EcologyIndex(EcologyIndex.Params(), Valley(*MANY).setting)
    found = [x for y in range(2000, 2040) for k, x in process.month(date(y, 12, 1), Draws(4)).items() if "." not in k]
    better, worse = sum(x >= 1 for x in found) / len(found), sum(x <= -1 for x in found) / len(found)
    assert 0.0954 < better < 0.1309
    assert 0.0664 < worse < 0.1137


def test_a_year_is_one_change_and_a_county_may_have_its_own_trend():
    own = person("OWN", "county", "county", ei_trend=-9)
    process = EcologyIndex(EcologyIndex.Params(sd=0), Valley(*MANY[:3], own).setting)
    months = [process.month(date(2024, m, 1), Draws(1)) for m in range(1, 13)]
    assert all(month["C0"] == 0.05 and month["OWN"] == -9.0 for month in months)


def test_accidents_come_as_often_as_said():
    process = EcologyIndex(EcologyIndex.Params(accident_chance="0.12"), Valley(*MANY).setting)
    struck = [k for y in range(30) for m in range(1, 13) for k in process.month(date(2000 + y, m, 1), Draws(2))]
    assert sum(k.endswith(".accident") for k in struck) == pytest.approx(0.12 * 400 * 30, rel=0.1)
