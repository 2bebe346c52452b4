"""Scenario pledge-and-credit: every rule of the family is there, the first months pay and lend, money is conserved."""

from __future__ import annotations

from datetime import date

import pytest
from tests.scenarios.playing import played

from ecomarket.model.codes import RecordKind, TransferCode
from ecomarket.model.stated import NoteCode
from ecomarket.scenario import load

KINDS = (
    "pledge-loan",
    "guaranteed-loan",
    "carbon-contracts",
    "green-bond",
    "sink-securitisation",
    "green-finance-evaluation",
    "bank-carbon-accounts",
    "guide-fund",
    "tax-incentive",
    "friction-pilot",
    "eco-points",
    "third-party-treatment",
    "equity-share",
    "entrusted-agent",
)


@pytest.fixture(scope="module")
def spring():
    """The world at the end of March 2024, and its events."""
    return played("pledge-and-credit", 0, date(2024, 3, 31))


def test_the_scenario_uses_every_rule_of_the_family():
    assert set(KINDS) <= {p.kind for p in load("pledge-and-credit").policies}


def test_loans_bonds_funds_and_fees_are_paid_in_the_first_months(spring):
    world, events = spring
    records = events.records
    codes = set(records["code"][records["kind"] == RecordKind.TRANSFER].tolist())
    paid = {TransferCode.LOAN, TransferCode.GUARANTEE, TransferCode.FINANCING, TransferCode.POOL_REVENUE}
    assert paid | {TransferCode.TREATMENT_FEE} <= codes
    notes = records["code"][records["kind"] == RecordKind.NOTE].tolist()
    assert notes.count(NoteCode.GREEN_FINANCE) == 3  # two bonds, one project of the fund
    assert not {why for why in world.executor.refused if why[0] in ("Transfer", "Pledge", "Repay", "Deal")}


def test_money_is_conserved_and_nobody_owes_cash(spring):
    world, _ = spring
    cash = world.balances()[:, 0, 0]
    assert cash.sum() == 0
    assert all(cash[p.account] >= 0 for p in world.setting.participants)
