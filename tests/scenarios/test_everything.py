"""Qinghai with everything on: every kind of rule that has a place there is in force at once, and a month of it runs.

The long form (ECOMARKET_SOAK=1) runs the first year, in which every family has to leave its mark.
"""

from __future__ import annotations

from datetime import date

import pytest
from tests.scenarios.test_compensation import played
from tests.sizes import cases

from ecomarket.model.codes import RecordKind, TransferCode
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode, NoteCode
from ecomarket.policies.policy import Policy
from ecomarket.registry import discover
from ecomarket.scenario import load
from ecomarket.scenario.library import shipped

EVERYTHING = shipped()["qinghai"].parent / "reforms" / "everything.yaml"
ELSEWHERE = {
    "development-park": "parks on others' land are Xinjiang's, S002 (十二)",
    "energy-use-trading": "energy-use rights are Xinjiang's, S002 (十五)",
    "horizontal-agreement": "county pays county by bargain in Xinjiang, S002 (十二); here by sections, S001 #56",
}
"""Kinds that are not in force, and why."""
LONG = cases(0, 1)
END = date(2024, 12, 31) if LONG else date(2024, 1, 31)
AT_ONCE = {
    TransferCode.ALLOCATION,
    TransferCode.AUCTION_COST if hasattr(TransferCode, "AUCTION_COST") else TransferCode.ISSUE,
    TransferCode.ECO_TRANSFER if hasattr(TransferCode, "ECO_TRANSFER") else TransferCode.COMPENSATION,
}


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
