"""Roles: every cell of role x command, signatures that need their grant, and what nobody else may see (LEDGER row 22)."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.registry.conftest import BANK, CEA, GEC, MILL, PLANT, Place
from tests.registry.test_machine import ORDERS, RULES, STEPS, live

from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.ledger.canon import canonical
from ecomarket.ledger.registry.access import Call, Grants, authorize, rows_for_people, sight, table
from ecomarket.ledger.registry.rules import RegistryRules
from ecomarket.ledger.registry.sight import seen
from ecomarket.model.codes import AccountKind, Mechanism, RecordKind, Refusal, Role, Side, TransferCode
from ecomarket.model.command import Allow, Bar, Deal, EndLease, Lease, Note, Transfer
from ecomarket.model.record import FLAG_SIDE
from ecomarket.model.registry import (
    Decide,
    Freeze,
    GrantRole,
    Pledge,
    Propose,
    RegistryCommand,
    Repay,
    Resume,
    Retire,
    Reverse,
    StateRules,
    Suspend,
    TopUp,
    Trust,
    Unfreeze,
    WithdrawRole,
)
from ecomarket.model.stated import NoteCode
from ecomarket.units import HOUR

EXAMPLES = 20_000 if os.environ.get("ECOMARKET_SOAK") == "1" else 60
OWNER = "owner/teacher"
WHO = {
    Role.OBSERVER: "observer/o",
    Role.TRADER: "MILL/wang",
    Role.REGISTRY_CLERK: "registrar/c",
    Role.REGISTRY_OFFICER: "registrar/f",
    Role.REGULATOR: "regulator/r",
    Role.SCENARIO_OWNER: OWNER,
    Role.AUDITOR: "auditor/a",
}
TRADER, CLERK, OFFICER, REGULATOR, BOSS = (
    Role.TRADER,
    Role.REGISTRY_CLERK,
    Role.REGISTRY_OFFICER,
    Role.REGULATOR,
    Role.SCENARIO_OWNER,
)
VERBS = ("submit", "replace", "cancel", "bid", "withdraw_bid", "offer", "counter", "accept", "take_over", "withdraw")


def room():
    grants = Grants(OWNER)
    for role, person in WHO.items():
        if role is not BOSS:
            grants.give(person, role, MILL if role is TRADER else -1)
    return grants


def sent(me):
    """Return each command as this person would sign it, with who may send it: by name of the cell."""
    return {
        **{verb: (Call(verb, MILL), {TRADER}) for verb in VERBS},
        "Retire": (Retire(MILL, CEA, 1, MILL, "x"), {TRADER}),
        "Pledge": (Pledge(MILL, CEA, 1, BANK, 1), {TRADER}),
        "TopUp": (TopUp(MILL, 1, 1), {TRADER}),
        "Repay": (Repay(MILL, 1, 1), {TRADER}),
        "EndLease": (EndLease(MILL, 1), {TRADER}),
        "Propose": (Propose(MILL, PLANT, CEA, 1, me), {TRADER}),
        "Decide": (Decide(1, me, approve=True), {TRADER}),
        "Trust": (Trust(MILL, PLANT, "MILL/li", me), {TRADER}),
        "Reverse": (Reverse(1, "registrar/c", me, "x"), {OFFICER}),
        "Freeze": (Freeze(MILL, me, "1"), {REGULATOR}),
        "Freeze of a court": (Freeze(MILL, "court/xining", "1"), {OFFICER}),
        "Unfreeze": (Unfreeze(1, me), {REGULATOR}),
        "Unfreeze of a court": (Unfreeze(1, "court/xining"), {OFFICER}),
        "Suspend": (Suspend("cea", me, "x"), {REGULATOR}),
        "Resume": (Resume("cea", me), {REGULATOR}),
        "StateRules": (StateRules({}), set()),
        "GrantRole": (GrantRole("auditor/b", Role.AUDITOR, me), {BOSS}),
        "WithdrawRole": (WithdrawRole("auditor/b", Role.AUDITOR, me), {BOSS}),
        "Transfer": (Transfer(MILL, PLANT, CEA, 1, TransferCode.ASSIGN), set()),
        "Allow": (Allow(MILL, CEA, 7), set()),
        "Bar": (Bar("x", MILL, CEA, 2), set()),
        "Note": (Note(NoteCode.PROJECT, {}), set()),
        "Deal": (Deal(Mechanism.NEGOTIATED, "v", CEA, MILL, PLANT, 1, 1), set()),
        "Lease": (Lease(MILL, PLANT, CEA, 1, 1, 9), set()),
        "unheard of": (Call("open_session", MILL), set()),
    }


@pytest.mark.parametrize("name", list(sent("x")))
@pytest.mark.parametrize("role", list(Role))
def test_every_cell_of_role_and_command(role, name):
    command, allowed = sent(WHO[role])[name]
    assert (authorize(WHO[role], command, room()) is Refusal.NONE) is (role in allowed)


@pytest.mark.parametrize("name", list(sent("x")))
def test_nobody_without_a_grant_sends_anything(name):
    for me in ("MILL/li", "registrar/x", "regulator/x", "owner/x", "court/xining", ""):
        assert authorize(me, sent(me)[name][0], room()) is Refusal.NOT_AUTHORISED
        assert authorize(me, sent(me)[name][0], Grants()) is Refusal.NOT_AUTHORISED


@pytest.mark.parametrize("name", [n for n, (_, allowed) in sent("x").items() if TRADER in allowed and n != "Decide"])
def test_a_trader_commands_for_its_own_account_only(name):
    command, _ = sent("PLANT/li")[name]
    grants = room()
    grants.give("PLANT/li", TRADER, PLANT)
    assert authorize("PLANT/li", command, grants) is Refusal.NOT_AUTHORISED


@pytest.mark.parametrize("name", ["Propose", "Decide", "Trust", "Reverse", "Freeze", "Suspend", "GrantRole"])
def test_nobody_signs_as_another(name):
    grants = room()
    for role, person in WHO.items():
        command, _ = sent("somebody/else")[name]
        assert authorize(person, command, grants) is Refusal.NOT_AUTHORISED, role


def test_every_command_of_the_registry_has_a_cell_and_every_row_a_source():
    tried = {type(command).__name__ for command, _ in sent("x").values()}
    assert {c.__name__ for c in RegistryCommand.__args__} <= tried
    assert {n for rule in table()["command"] for n in rule["names"]} <= tried | set(VERBS)
    assert all(rule["source"] for rules in table().values() for rule in rules)


def test_the_manual_shows_every_rule():
    manual = (Path(__file__).parents[2] / "docs" / "reference" / "registry.md").read_text(encoding="utf-8")
    for row in rows_for_people():
        assert f"| {' | '.join(row)} |" in manual


# --- signatures in a run with an owner


def granted(here, *roles, t=9 * HOUR):
    for person, role, account in roles:
        assert here.ask(t, GrantRole(person, role, OWNER, account)) == "NONE"


def test_a_signature_needs_its_role_from_its_grant_to_its_withdrawal(place, at):
    here = place(owner=OWNER, four_eyes=True, delay="eu-35")
    give = Propose(MILL, PLANT, CEA, 100, "MILL/wang")
    assert here.ask(at(0), give) == "NOT_AUTHORISED"
    granted(here, ("MILL/wang", TRADER, MILL), ("MILL/li", TRADER, MILL))
    assert here.ask(at(0), give) == "NONE"
    assert here.ask(at(0), WithdrawRole("MILL/li", TRADER, OWNER, MILL)) == "NONE"
    assert here.ask(at(0), Decide(1, "MILL/li", approve=True)) == "NOT_AUTHORISED"
    granted(here, ("MILL/zhao", TRADER, MILL))
    assert here.ask(at(0), Decide(1, "MILL/zhao", approve=True)) == "NONE"


def test_a_reversal_is_made_by_a_clerk_and_signed_by_an_officer(place, at):
    here = place(owner=OWNER, reversal_days=5)
    granted(here, ("registrar/c", CLERK, -1), ("registrar/f", OFFICER, -1))
    here.ask(at(0), Retire(MILL, GEC, 10, PLANT, "x"))
    assert here.ask(at(0), Reverse(1, "registrar/f", "registrar/c", "x")) == "NOT_AUTHORISED"
    assert here.ask(at(0), Reverse(1, "registrar/c", "registrar/f", "x")) == "NONE"


def test_a_regulator_needs_a_grant_and_a_court_does_not(place, at):
    here = place(owner=OWNER)
    assert here.ask(at(0), Freeze(MILL, "regulator/r", "1")) == "NOT_AUTHORISED"
    assert here.ask(at(0), Suspend("cea", "regulator/r", "x")) == "NOT_AUTHORISED"
    assert here.ask(at(0), Freeze(MILL, "court/xining", "1")) == "NONE"
    assert here.ask(at(0), Unfreeze(1, "court/xining")) == "NONE"
    granted(here, ("regulator/r", REGULATOR, -1))
    assert here.ask(at(0), Freeze(MILL, "regulator/r", "1")) == "NONE"
    assert here.ask(at(0), WithdrawRole("regulator/r", REGULATOR, OWNER)) == "NONE"
    assert here.ask(at(0), Unfreeze(2, "regulator/r")) == "NOT_AUTHORISED"


GRANTS = [
    (GrantRole("MILL/wang", TRADER, OWNER, MILL), "NONE"),
    (GrantRole("MILL/wang", TRADER, "MILL/wang", MILL), "NOT_AUTHORISED"),
    (GrantRole("MILL/wang", TRADER, OWNER), "UNKNOWN_ACCOUNT"),
    (GrantRole("MILL/wang", TRADER, OWNER, AccountKind.RESERVE), "UNKNOWN_ACCOUNT"),
    (GrantRole("MILL/wang", TRADER, OWNER, 99), "UNKNOWN_ACCOUNT"),
    (GrantRole("auditor/a", Role.AUDITOR, OWNER, MILL), "UNKNOWN_ACCOUNT"),
    (GrantRole("MILL/wang", TRADER, OWNER, PLANT), "ROLE_OFFICE"),
    (GrantRole("MILL", TRADER, OWNER, MILL), "ROLE_OFFICE"),
    (GrantRole("MILL/wang", OFFICER, OWNER), "ROLE_OFFICE"),
    (GrantRole("registrar/c", REGULATOR, OWNER), "ROLE_OFFICE"),
    (GrantRole("deputy/b", BOSS, OWNER), "NONE"),
    (WithdrawRole("auditor/a", Role.AUDITOR, OWNER), "ALREADY_SO"),
    (WithdrawRole("auditor/a", Role.AUDITOR, "auditor/a"), "NOT_AUTHORISED"),
]


@pytest.mark.parametrize(("asked", "answer"), GRANTS)
def test_what_may_be_granted(place, asked, answer):
    here = place(owner=OWNER)
    assert here.ask(0, asked) == answer
    assert (asked.person, asked.role, asked.account) in here.desk.grants.held or answer != "NONE"


def test_a_role_is_granted_once_and_a_deputy_grants_too(place):
    here = place(owner=OWNER)
    granted(here, ("deputy/b", BOSS, -1))
    assert here.ask(9 * HOUR, GrantRole("auditor/a", Role.AUDITOR, "deputy/b")) == "NONE"
    assert here.ask(9 * HOUR, GrantRole("auditor/a", Role.AUDITOR, "deputy/b")) == "ALREADY_SO"


def test_without_an_owner_nobody_grants(place):
    assert place().ask(0, GrantRole("auditor/a", Role.AUDITOR, OWNER)) == "NOT_AUTHORISED"


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("grant", {"person": "MILL/a", "role": 2, "by": "MILL/a"}),
        ("grant", {"person": "MILL/a", "role": 99, "by": OWNER}),
        ("withdraw", {"person": "MILL/a", "role": 2, "by": "registrar/a"}),
        ("propose", {"proposal": 1, "maker": "MILL/a", "credit": PLANT, "lots": 1}),
        ("freeze", {"freeze": 1, "by": "regulator/x"}),
        ("reverse", {"maker": "registrar/a", "checker": "registrar/b"}),
    ],
)
def test_a_signature_without_its_grant_is_found_in_the_journal(loose, act, told):
    here = loose(owner=OWNER)
    here.desk.note(0, act, MILL, CEA, **told)
    assert [f.code for f in here.findings()] == ["AUTH"]


def test_a_suspension_without_a_grant_is_found_in_the_journal(loose):
    here = loose(owner=OWNER)
    here.exchange.note(0, NoteCode.MARKET_SUSPENDED, canonical({"right": "cea", "by": "regulator/x"}))
    assert [f.code for f in here.findings()] == ["AUTH"]


# --- what one may see


def test_who_sees_what():
    grants = room()
    grants.give("MILL/wang", TRADER, PLANT)
    assert sight("MILL/wang", grants) == {MILL, PLANT}
    assert sight("observer/o", grants) == frozenset()
    for role in (CLERK, OFFICER, REGULATOR, BOSS, Role.AUDITOR):
        assert sight(WHO[role], grants) is None
    with pytest.raises(PermissionError):
        sight("MILL/li", grants)


def bought(here):
    """MILL buys 10 lots of PLANT's order of 20 in the book at 100, and 5 of it by agreement; return the journal."""
    here.exchange.open_session(1, [CEA], 10**9)
    here.exchange.submit(2, PLANT, CEA, int(Side.SELL), 100, 20)
    here.exchange.submit(3, MILL, CEA, int(Side.BUY), 100, 10)
    assert not here.exchange.deal(4, Mechanism.BLOCK_AGREEMENT, 0, CEA, MILL, PLANT, 100, 5)
    records, payloads = here.exchange.drain()
    here.exchange.drain = lambda: (records, payloads)
    return records, payloads


def trades(records):
    rows = records[records["kind"] == RecordKind.TRADE]
    return rows[["account", "counter", "price", "amount", "flags"]].tolist()


def test_a_trade_in_the_book_is_told_without_its_parties_and_an_agreement_to_them(place):
    records, payloads = bought(place())
    views = {who: seen(records, payloads, who)[0] for who in (frozenset([MILL]), frozenset([BANK]), frozenset())}
    (taken, deal), (other, hidden) = trades(views[frozenset([MILL])]), trades(views[frozenset([BANK])])
    assert taken[:4] == (MILL, -1, 100, 10)
    assert deal[:4] == (MILL, PLANT, 100, 5)
    assert other == (-1, -1, 100, 10, int(Side.BUY))
    assert hidden[:4] == (-1, -1, 100, 5)
    assert trades(views[frozenset()]) == [other, hidden]
    named, told = seen(records, payloads, frozenset(), named=True)
    assert [t[:2] for t in trades(named)] == [(MILL, PLANT)] * 2
    assert sum(b'"kind":"enterprise"' in p for p in told) == 3
    everything, texts = seen(records, payloads, None)
    assert np.array_equal(everything, records)
    assert texts == payloads


def foreign(records, me):
    """Return the journal told of other people: accounts of others swapped, their orders, holds and fees changed."""
    other = records.copy()
    swap = {PLANT: BANK, BANK: PLANT}
    for side in ("account", "counter"):
        other[side] = [swap.get(a, a) if a != me else a for a in records[side].tolist()]
    trade = other["kind"] == RecordKind.TRADE
    for side, fields in (("account", ("order", "hold", "fee_buy")), ("counter", ("other", "fee_sell"))):
        for name in fields:
            other[name][trade & (other[side] != me)] += 7
    other["flags"][trade & (other["counter"] != me)] ^= ~FLAG_SIDE & 4
    other["checksum"] += 1
    alien = ~trade & (other["account"] != me) & (other["counter"] != me) & (other["account"] >= 0)
    for name in ("price", "amount", "hold"):
        other[name][alien & ~np.isin(other["kind"], (RecordKind.NOTE, RecordKind.CLOSE, RecordKind.HALT))] += 7
    return other


@given(RULES, st.lists(ORDERS, max_size=12), STEPS)
@example(RegistryRules(), [(PLANT, Side.SELL, 90, 50), (MILL, Side.BUY, 95, 20), (BANK, Side.BUY, 90, 20)], [])
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_answer_depends_on_what_is_anothers(rules, orders, steps):
    """Had others been somebody else, with other orders, holds and fees, one would see the very same."""
    here = Place(ReferenceExchange, rules)
    here.exchange.open_session(1, [CEA], 99)
    for t, (account, side, price, lots) in enumerate(orders, 2):
        here.exchange.submit(t, account, CEA, int(side), price, lots)
    here.exchange.close_session(99, [CEA], end_of_day=True)
    live(here, steps)
    records, payloads = here.exchange.drain()
    view, texts = seen(records, payloads, frozenset([MILL]))
    again, same = seen(foreign(records, MILL), payloads, frozenset([MILL]))
    known = view["kind"] != RecordKind.TRANSFER
    assert np.array_equal(view[known], again[known])
    assert texts == same
    assert len(view) == len(again)
    mine = (view["account"] == MILL) | (view["counter"] == MILL)
    assert np.isin(view["kind"][~mine], (RecordKind.TRADE, RecordKind.NOTE, RecordKind.CLOSE)).all()
    assert (view["account"][~mine & (view["kind"] == RecordKind.TRADE)] == -1).all()
