"""Audit: given a register, when the survey finds less, then there is a finding, and the county sells nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.uplands import Uplands, county

from ecomarket.model.codes import Eligible
from ecomarket.model.command import Allow, Fact, Note
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode, NoteCode
from ecomarket.policies.resource_audit import ResourceAudit

FOREST = "FOREST.TOP"


@pytest.fixture
def uplands():
    return Uplands(county("TOP", forest_mu=100_000), county("LOW", forest_mu=50_000))


def audit(uplands, rule, year):
    uplands.act(rule, Moment.YEAR_END, date(year, 12, 31))
    return [n.payload for n in uplands.ordered(Note) if n.code is NoteCode.RESOURCE_AUDIT and n.payload["year"] == year]


def survey(uplands, year, mu, month=9):
    uplands.states(FactCode.COVER_AREA_MU, "TOP", year * 100 + month, mu, FOREST)


def test_a_county_nobody_surveyed_is_not_audited(uplands):
    survey(uplands, 2024, 100_000)
    assert [p["county"] for p in audit(uplands, uplands.make(ResourceAudit), 2024)] == ["TOP"]


def test_a_difference_within_tolerance_is_stated_and_no_finding(uplands):
    survey(uplands, 2024, 99_200)
    (told,) = audit(uplands, uplands.make(ResourceAudit), 2024)
    assert (told["closing_mu"], told["survey_mu"], told["finding"]) == (100_000, 99_200, False)
    assert [f.amount for f in uplands.ordered(Fact)] == [800]
    assert not uplands.ordered(Allow)


def test_a_finding_corrects_the_register_and_stops_sales_until_the_next_clean_audit(uplands):
    rule = uplands.make(ResourceAudit)
    survey(uplands, 2024, 98_000)
    (told,) = audit(uplands, rule, 2024)
    assert told["finding"]
    assert [a.what for a in uplands.ordered(Allow)] == [Eligible.HOLD]
    survey(uplands, 2025, 98_000)
    (told,) = audit(uplands, rule, 2025)
    assert (told["opening_mu"], told["closing_mu"], told["finding"]) == (98_000, 98_000, False)
    assert [a.what for a in uplands.ordered(Allow)] == [Eligible.HOLD, Eligible.SELL | Eligible.HOLD]


def test_what_was_reported_before_the_survey_is_in_the_register(uplands):
    rule = uplands.make(ResourceAudit, grown_years=1)
    uplands.states(FactCode.LAND_GAINED_MU, "TOP", 202405, 3_000, FOREST)
    uplands.states(FactCode.LAND_LOST_MU, "TOP", 202408, 1_000, FOREST)
    uplands.states(FactCode.LAND_LOST_MU, "TOP", 202411, 500, FOREST)
    uplands.states(FactCode.GREENED_MU, "TOP", 202404, 700)
    survey(uplands, 2024, 102_000)
    (told,) = audit(uplands, rule, 2024)
    assert (told["gained_mu"], told["lost_mu"], told["closing_mu"]) == (3_000, 1_000, 102_000)
    survey(uplands, 2025, 102_200)
    (told,) = audit(uplands, rule, 2025)
    assert (told["gained_mu"], told["lost_mu"], told["closing_mu"]) == (700, 500, 102_200)


def test_the_audit_of_officials_who_leave_is_marked(uplands):
    rule = uplands.make(ResourceAudit, exit_years=(2025,))
    for year, leaves in ((2024, False), (2025, True)):
        survey(uplands, year, 100_000)
        assert [p["exit"] for p in audit(uplands, rule, year)] == [leaves]


@given(
    st.lists(st.integers(1, 200_000), min_size=3, max_size=3), st.lists(st.integers(0, 5_000), min_size=6, max_size=6)
)
def test_opening_plus_gained_less_lost_is_closing_and_opening_is_what_was_left(areas, changes):
    uplands = Uplands(county("TOP", forest_mu=100_000))
    rule, before = uplands.make(ResourceAudit), 100_000
    for at, area in enumerate(areas):
        year = 2024 + at
        uplands.states(FactCode.LAND_GAINED_MU, "TOP", year * 100 + 3, changes[2 * at], FOREST)
        uplands.states(FactCode.LAND_LOST_MU, "TOP", year * 100 + 10, changes[2 * at + 1], FOREST)
        survey(uplands, year, area)
        (told,) = audit(uplands, rule, year)
        assert told["opening_mu"] == before
        assert told["opening_mu"] + told["gained_mu"] - told["lost_mu"] == told["closing_mu"]
        before = told["survey_mu"] if told["finding"] else told["closing_mu"]
