"""Qinghai with everything on: every kind of rule that has a place there is in force at once, and two months of it run."""

from __future__ import annotations

from datetime import date

import pytest
from tests.scenarios.playing import played

from ecomarket.model.codes import RecordKind, TransferCode
from ecomarket.model.record import CASH
from ecomarket.policies.policy import Policy
from ecomarket.registry import discover
from ecomarket.scenario import load

EVERYTHING = "qinghai/everything"
ELSEWHERE = {
    "cap-and-trade": "the textbook's: scenarios/validity",
    "market-periods": "of experiments: scenarios/validity",
    "inter-valley-account": "accounts of valleys are Australian: murray-rules",
    "salinity-credits": "salt credits are Australian: murray-rules",
    "development-park": "parks on others' land are Xinjiang's, S002 (十二)",
    "energy-use-trading": "energy-use rights are Xinjiang's, S002 (十五)",
    "horizontal-agreement": "county pays county by bargain in Xinjiang, S002 (十二); here by sections, S001 #56",
}
"""Kinds that are not in force, and why."""
END = date(2024, 2, 29)
MARKS = {
    TransferCode.ALLOCATION: "permits and allowances",
    TransferCode.PAID_USE: "paid use",
    TransferCode.FISCAL_TRANSFER: "transfer payments",
    TransferCode.GUARD_PAY: "eco-guards",
    TransferCode.WATER_TARIFF: "tiered prices",
    TransferCode.SEWAGE_FEE: "sewage fees",
    TransferCode.GREEN_POWER: "bundled power",
    TransferCode.STORAGE_LEVY: "levy for pumped storage",
    TransferCode.TREATMENT_FEE: "third-party treatment",
    TransferCode.GUARANTEE: "guaranteed loans",
    TransferCode.LOAN: "pledge loans",
    TransferCode.FINANCING: "bonds and pools",
    TransferCode.WATERSHED_FUND: "watershed funds",
}
"""What must have been paid by the end of February, and by what."""


def test_every_kind_of_rule_is_in_force_but_those_of_elsewhere():
    scenario = load(EVERYTHING)
    assert not scenario.warnings
    kinds = {policy.kind for policy in scenario.policies}
    assert set(discover("ecomarket.policies", Policy)) - kinds == set(ELSEWHERE)


def test_what_qinghai_has_is_there_as_it_was():
    base, whole = load("qinghai"), load(EVERYTHING)
    assert [p.kind for p in whole.policies][: len(base.policies)] == [p.kind for p in base.policies]
    assert set(base.config.rights) < set(whole.config.rights)
    assert set(base.config.venues) < set(whole.config.venues)
    assert whole.config.expect == base.config.expect


@pytest.fixture(scope="module")
def begun():
    """The world two months after its start, and its events."""
    return played(EVERYTHING, 0, END)


def test_every_family_leaves_its_mark_in_the_first_months(begun):
    world, events = begun
    records = events.records
    codes = set(records["code"][records["kind"] == RecordKind.TRANSFER].tolist())
    assert not {name for code, name in MARKS.items() if code not in codes}
    assert not world.executor.refused


def test_everything_together_conserves_what_it_moves(begun):
    world, _ = begun
    balances = world.balances()
    assert not balances[:, :, 0].sum(axis=0).any()
    people = [p.account for p in world.setting.participants if p.kind != "outside"]
    assert (balances[people][:, :, 0] >= balances[people][:, :, 1]).all()
    assert (balances[people][:, CASH, 0] >= 0).all()


def test_notices_of_one_rule_reach_another(begun):
    """The credit list, the accounts of counties and the power price are published where others look for them."""
    told = begun[0].keeper.board.notices
    counties = begun[0].setting.of_kind("county")
    assert all(told[f"gep.{county.code}"] > 0 for county in counties)
    assert any(name.startswith("credit.band.") for name in told)
    assert told["power.month"] > 0
