"""Scenario assessed-counties: uses every rule of the family; a first quarter runs, is rated and accounted for."""

from __future__ import annotations

from datetime import date

import pytest
from tests.scenarios.playing import played

from ecomarket.model.codes import RecordKind
from ecomarket.model.stated import NoteCode
from ecomarket.policies.policy import Policy
from ecomarket.registry import discover
from ecomarket.scenario import load

FAMILY = {"B8", "C6"} | {f"I{n}" for n in range(3, 10)}
KINDS = {
    "environmental-credit",
    "government-credit",
    "gep-accounting",
    "dual-assessment",
    "performance-bonus",
    "green-assessment",
    "protection-effect",
    "ecological-inspection",
    "carrying-capacity",
}


def test_the_scenario_uses_every_rule_of_the_family():
    found = discover("ecomarket.policies", Policy)
    assert {row for kind in KINDS for row in found[kind].rows} == FAMILY
    order = [p.kind for p in load("assessed-counties").policies]
    assert set(order) >= KINDS
    writers = [("gep-accounting", "dual-assessment"), ("dual-assessment", "performance-bonus")]
    assert all(order.index(first) < order.index(then) for first, then in writers)


@pytest.fixture(scope="module")
def quarter():
    return played("assessed-counties", 0, date(2024, 3, 31))


def test_every_firm_is_on_the_list_and_disclosure_is_told(quarter):
    world, events = quarter
    told = world.keeper.board.notices
    firms = world.setting.of_kind("enterprise")
    assert all(told[f"credit.band.{firm.code}"] == 4 for firm in firms)
    records = events.records
    notes = records["code"][records["kind"] == RecordKind.NOTE].tolist()
    assert notes.count(NoteCode.DISCLOSURE) == 1
    assert told["disclosure.rate"] >= 0.9
    assert not world.executor.refused


def test_every_county_has_an_account_from_the_first_day(quarter):
    world, _ = quarter
    told = world.keeper.board.notices
    assert all(told[f"gep.{county.code}"] > 0 for county in world.setting.of_kind("county"))
