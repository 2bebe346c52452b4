"""Policy registry-rules: its page, its rules in the journal, a suspension by date, and the run that uses them."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
from tests.policies.conftest import Town, firm

from ecomarket.engine.registration import POLICY
from ecomarket.ledger.registry.rules import RegistryRules as Rules
from ecomarket.model.codes import Eligible, RecordKind, Refusal, Role, TransferCode
from ecomarket.model.command import Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.registry import Decide, Propose
from ecomarket.model.stated import NoteCode
from ecomarket.policies.registry_rules import RegistryRules

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "registry.md").read_text(encoding="utf-8")
START, END = date(2024, 1, 1), date(2024, 12, 31)


def town(**params):
    rules = RegistryRules.Params(**params)
    made = Town([firm("MILL"), firm("PLANT")], START, END, {POLICY: rules})
    return made, RegistryRules(rules, made.setting)


def test_the_page_tells_the_policy():
    section = PAGE.partition(f"### `{RegistryRules.kind}` {RegistryRules.label_en} ({RegistryRules.label_zh})")[2]
    assert f"Reference: {RegistryRules.reference}." in section
    for name, field in RegistryRules.Params.model_fields.items():
        english, bar, chinese = (field.description or "").partition(" | ")
        assert bar
        assert any(
            f"| `{name}` |" in row and row.endswith(f"| {english} | {chinese} |") for row in section.splitlines()
        )


def test_its_parameters_are_the_rules_of_the_registry():
    plain = RegistryRules.Params().plain()
    assert list(plain) == [f.name for f in fields(Rules)]
    defaults = Rules()
    lending = {"loan_ppm", "rate_ppm", "rate_below_ppm", "rate_above_ppm", "term_days"}
    assert {k: v for k, v in plain.items() if k not in lending} == {
        f.name: getattr(defaults, f.name) for f in fields(Rules) if f.name not in lending
    }
    assert [plain[k] for k in ("rate_ppm", "rate_below_ppm", "rate_above_ppm")] == [36_500, 3_000, 15_000]
    assert plain["term_days"] == {"emission-permit": 1_825, "water-right": 365}
    assert plain["loan_ppm"]["carbon-allowance"] == 600_000


def test_the_rules_stand_in_the_journal():
    here, policy = town(four_eyes=True, limit_lots=7)
    here.act(policy, Moment.RUN_START, START)
    records, payloads = here.exchange.drain()
    note = records[(records["kind"] == RecordKind.NOTE) & (records["code"] == NoteCode.REGISTRY_ACT)][0]
    told = json.loads(payloads[note["other"]])
    assert (told["act"], told["four_eyes"], told["limit_lots"]) == ("rules", True, 7)


def test_the_owner_grants_the_scenarios_roles_and_the_policys_own():
    roles = [
        {"role": "trader", "name": "wang", "participant": "MILL"},
        {"role": "registry-officer", "name": "li"},
        {"role": "auditor", "name": "zhao"},
    ]
    here, policy = town(owner="owner/teacher", grants=roles, suspended_right="cea", suspended_from=date(2024, 3, 1))
    here.act(policy, Moment.RUN_START, START)
    here.act(policy, Moment.BEFORE_SESSION, date(2024, 3, 1))
    assert here.executor.registry.desk.grants.held == {
        ("MILL/wang", Role.TRADER, here.account("MILL")),
        ("registrar/li", Role.REGISTRY_OFFICER, -1),
        ("auditor/zhao", Role.AUDITOR, -1),
        ("regulator/rules", Role.REGULATOR, -1),
    }
    assert not here.executor.refused
    assert here.executor.registry.desk.suspended == {"cea"}


def test_a_market_is_suspended_from_its_day_to_its_day():
    here, policy = town(suspended_right="cea", suspended_from=date(2024, 3, 1), suspended_until=date(2024, 3, 8))
    cea = here.index("CEA.2024")
    here.executor.allow(here.account("MILL"), cea, Eligible.ALL)
    seen, arriving = [], []
    for day in (date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 4), date(2024, 3, 8), date(2024, 3, 11)):
        here.act(policy, Moment.BEFORE_SESSION, day)
        seen.append(here.exchange.eligible(here.account("MILL"), cea))
        arriving.append(here.executor.allowed[here.account("MILL"), cea])
    assert seen == arriving == [Eligible.ALL, Eligible.HOLD, Eligible.HOLD, Eligible.ALL, Eligible.ALL]


def test_agents_commands_reach_the_registry_and_time_carries_them_out():
    here, policy = town(four_eyes=True, delay="eu-35")
    here.give("MILL", "CEA.2024", 100)
    mill, plant, cea = here.account("MILL"), here.account("PLANT"), here.index("CEA.2024")
    here.executor.carry_out([Propose(mill, plant, cea, 40, "MILL/a"), Decide(1, "MILL/b", approve=True)], lambda _: [])
    here.act(policy, Moment.BEFORE_SESSION, date(2024, 1, 2))
    assert here.exchange.posted(plant, cea) == 0
    here.act(policy, Moment.BEFORE_SESSION, date(2024, 1, 3))
    assert here.exchange.posted(plant, cea) == 40


@pytest.mark.parametrize(
    ("code", "credit", "why"),
    [
        (TransferCode.ASSIGN, "PLANT", Refusal.NOT_AUTHORISED),
        (TransferCode.ALLOCATION, "PLANT", Refusal.ACCOUNT_RULE),
    ],
)
def test_a_plain_transfer_obeys_the_rules_too(code, credit, why):
    here, _ = town(four_eyes=True)
    here.give("MILL", "CEA.2024", 100)
    asked = Transfer(here.account("MILL"), here.account(credit), here.index("CEA.2024"), 5, code)
    here.executor.carry_out([asked], lambda _: [])
    assert here.executor.refused == {("Transfer", why): 1}
