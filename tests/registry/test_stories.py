"""Stories of the registry, on both exchanges; each journal must verify clean at the end."""

from __future__ import annotations

import pytest
from tests.registry.conftest import BANK, CASH_EACH, CEA, GEC, MILL, PLANT

from ecomarket.ledger.canon import canonical
from ecomarket.ledger.serials import SerialBook
from ecomarket.model.codes import AccountKind, Eligible, Mechanism, Refusal, Side, TransferCode
from ecomarket.model.command import Transfer
from ecomarket.model.registry import (
    Decide,
    Freeze,
    Pledge,
    Propose,
    Repay,
    Resume,
    Retire,
    Reverse,
    Suspend,
    TopUp,
    Trust,
    Unfreeze,
)
from ecomarket.model.stated import NoteCode

FOUR = {"four_eyes": True, "delay": "eu-35"}
LENDS = {"loan_ppm": {"carbon-allowance": 600_000}}
GIVE = Propose(MILL, PLANT, CEA, 100, "MILL/wang")
YES = Decide(1, "MILL/li", approve=True)


def test_lots_wait_held_until_the_second_working_day(place, at):
    here = place(**FOUR)
    assert here.ask(at(0, "09:00"), GIVE) == "NONE"
    assert here.free(MILL) == 900
    here.registry.advance(at(0, "10:00"))
    assert here.ask(at(0, "13:00"), YES) == "NONE"
    here.registry.advance(at(2, "11:59"))
    assert (here.has(MILL), here.has(PLANT)) == (1_000, 1_000)
    here.registry.advance(at(2, "12:00"))
    assert (here.has(MILL), here.free(MILL), here.has(PLANT)) == (900, 900, 1_100)
    here.registry.advance(at(3, "12:00"))
    assert here.has(PLANT) == 1_100


def test_a_proposal_that_is_rejected_or_lapses_gives_back_what_it_held(place, at):
    here = place(**FOUR, lapse_days=3)
    here.ask(at(0), GIVE)
    here.ask(at(0), GIVE)
    assert here.free(MILL) == 800
    assert here.ask(at(1), Decide(1, "MILL/li", approve=False, reason="typing error")) == "NONE"
    assert here.free(MILL) == 900
    here.registry.advance(at(3, "08:59"))
    assert here.free(MILL) == 900
    here.registry.advance(at(3, "09:00"))
    assert (here.free(MILL), here.has(PLANT)) == (1_000, 1_000)
    assert here.ask(at(4), Decide(2, "MILL/li", approve=True)) == "UNKNOWN_PROPOSAL"


def test_a_trusted_account_waits_less_from_the_fourth_working_day(place, at):
    here = place(**FOUR)
    assert here.ask(at(0, "09:00"), Trust(MILL, PLANT, "MILL/wang", "MILL/li")) == "NONE"
    here.ask(at(4, "11:58"), GIVE)
    here.ask(at(4, "11:59"), YES)
    assert here.has(PLANT) == 1_000
    here.ask(at(4, "12:00"), GIVE)
    here.ask(at(4, "12:01"), Decide(2, "MILL/li", approve=True))
    assert here.has(PLANT) == 1_100
    here.registry.advance(at(7, "10:00"))
    assert here.has(PLANT) == 1_200


def test_where_transfers_have_two_phases_nobody_goes_around_them(place):
    here = place(**FOUR)
    plain = Transfer(MILL, PLANT, CEA, 5, TransferCode.ASSIGN)
    assert here.registry.transfer(1, plain, 5) == Refusal.NOT_AUTHORISED
    free = place()
    assert free.registry.transfer(1, plain, 5) == Refusal.NONE
    undo = Transfer(AccountKind.RETIRED, MILL, CEA, 5, TransferCode.REVERSAL)
    assert free.registry.transfer(1, undo, 5) == Refusal.ACCOUNT_RULE


def test_a_transfer_that_is_due_waits_while_its_market_is_suspended(place, at):
    here = place(**FOUR)
    here.ask(at(0), GIVE)
    here.ask(at(0), YES)
    here.ask(at(0), Suspend("cea", "regulator/mee", "theft"))
    here.registry.advance(at(1, "10:00"))
    assert here.has(PLANT) == 1_000
    here.ask(at(8), Resume("cea", "regulator/mee"))
    here.registry.advance(at(8))
    assert here.has(PLANT) == 1_100


def test_in_a_suspension_nobody_trades_while_allocation_and_surrender_go_on(place):
    here = place()
    exchange = here.exchange
    exchange.open_session(1, [CEA], 1_000)
    exchange.submit(2, PLANT, CEA, int(Side.BUY), 100, 10, 0, 4)
    here.ask(3, Suspend("cea", "regulator/mee", "theft"))
    refused = exchange.submit(4, MILL, CEA, int(Side.SELL), 100, 10)
    assert (refused.filled_lots, Refusal(refused.refusal)) == (0, Refusal.NOT_ELIGIBLE)
    dealt = exchange.deal(4, Mechanism.BLOCK_AGREEMENT, 0, CEA, PLANT, MILL, 100, 10)
    assert Refusal(dealt) == Refusal.NOT_ELIGIBLE
    allocate = Transfer(AccountKind.ISSUANCE, MILL, CEA, 7, TransferCode.ALLOCATION)
    surrender = Transfer(MILL, AccountKind.SURRENDER, CEA, 9, TransferCode.SURRENDER)
    assert [here.registry.transfer(5, x, x.amount) for x in (allocate, surrender)] == [0, 0]
    here.registry.allow(BANK, CEA, Eligible.ALL)
    assert exchange.eligible(BANK, CEA) == Eligible.HOLD
    here.ask(6, Resume("cea", "regulator/mee"))
    assert exchange.eligible(BANK, CEA) == Eligible.ALL
    assert exchange.submit(7, MILL, CEA, int(Side.SELL), 100, 10).filled_lots == 10


def test_a_frozen_account_leaves_the_book_and_comes_back(place):
    here = place()
    exchange = here.exchange
    exchange.open_session(1, [CEA], 1_000)
    for t, price in ((2, 150), (3, 160)):
        exchange.submit(t, MILL, CEA, int(Side.SELL), price, 10)
    exchange.submit(4, PLANT, CEA, int(Side.SELL), 170, 10)
    assert here.ask(5, Freeze(MILL, "court/xining", "2024-17")) == "NONE"
    assert exchange.resting(CEA)["account"].tolist() == [PLANT]
    assert here.free(MILL) == 1_000
    assert exchange.submit(6, MILL, CEA, int(Side.SELL), 150, 10).refusal == Refusal.NOT_ELIGIBLE
    fine = Transfer(MILL, AccountKind.PENALTY, 0, 500, TransferCode.FINE)
    assert here.registry.transfer(7, fine, 500) == Refusal.NONE
    give = Transfer(PLANT, MILL, CEA, 5, TransferCode.ASSIGN)
    assert here.registry.transfer(8, give, 5) == Refusal.NONE
    assert here.ask(9, Unfreeze(1, "court/xining")) == "NONE"
    assert exchange.submit(10, MILL, CEA, int(Side.SELL), 150, 10).resting_lots == 10


def test_lots_that_are_frozen_stay_while_the_account_goes_on(place):
    here = place()
    here.ask(1, Freeze(MILL, "regulator/mee", "stolen", CEA, 400))
    assert here.free(MILL) == 600
    assert here.ask(2, Unfreeze(1, "regulator/other")) == "NONE"
    assert here.free(MILL) == 1_000


def test_a_retirement_tells_for_whom_and_a_reversal_gives_back_the_same_lots(place, at):
    here = place(reversal_days=5)
    for lots in (10, 20, 30):
        assert here.ask(at(0), Retire(MILL, GEC, lots, PLANT, "power of 2024", 2024)) == "NONE"
    assert here.ask(at(5), Reverse(2, "registrar/a", "registrar/b", "wrong account")) == "NONE"
    assert here.ask(at(5, "09:01"), Reverse(1, "registrar/a", "registrar/b", "late")) == "REVERSAL_LATE"
    assert (here.has(MILL, GEC), here.has(AccountKind.RETIRED, GEC)) == (460, 40)
    records, payloads = here.exchange.drain()
    book = SerialBook()
    book.add(records, payloads)
    own = book.table()[book.table()["instrument"] == GEC]
    assert own[["lo", "hi", "account"]].tolist() == [
        (0, 10, AccountKind.RETIRED), (10, 30, MILL), (30, 60, AccountKind.RETIRED), (60, 500, MILL),
    ]  # fmt: skip
    here.exchange.drain = lambda: (records, payloads)


def bids(here, t, *orders):
    here.exchange.open_session(t, [CEA], t + 10**9)
    for price, lots in orders:
        here.exchange.submit(t, PLANT, CEA, int(Side.BUY), price, lots)


def test_a_pledge_is_called_cured_and_paid_back(place, at):
    here = place(**LENDS)
    assert here.ask(at(0), Pledge(MILL, CEA, 100, BANK, 6_000)) == "NONE"
    assert (here.free(MILL), here.has(MILL, 0), here.has(BANK, 0)) == (900, CASH_EACH + 6_000, CASH_EACH - 6_000)
    here.registry.advance(at(1))
    here.prices[CEA] = 70
    here.registry.advance(at(2))
    assert here.registry.pledges.standing[1].called_t == at(2)
    assert here.ask(at(2), TopUp(MILL, 1, 50)) == "NONE"
    here.registry.advance(at(3))
    assert here.registry.pledges.standing[1].called_t == -1
    assert here.ask(at(4), Repay(MILL, 1, 2_000)) == "NONE"
    assert here.free(MILL) == 850
    assert here.ask(at(4), Repay(MILL, 1, 99_999)) == "NONE"
    assert (here.free(MILL), here.has(MILL, 0)) == (1_000, CASH_EACH)
    records, payloads = here.exchange.drain()
    assert here.acts(records, payloads) == ["rules", "pledge", "margin-call", "top-up", "cured", "release"]
    here.exchange.drain = lambda: (records, payloads)


def test_a_pledge_whose_price_has_recovered_is_cured_however_late_it_is_looked_at(place, at):
    here = place(**LENDS, cure_days=10)
    here.ask(at(0), Pledge(MILL, CEA, 100, BANK, 6_000))
    here.prices[CEA] = 70
    here.registry.advance(at(1))
    here.prices[CEA] = 90
    here.registry.advance(at(20))
    assert (here.has(BANK), here.registry.pledges.standing[1].called_t) == (0, -1)


@pytest.mark.parametrize(("price", "day"), [(70, 12), (63, 1)], ids=["uncured for ten days", "at once at 95 %"])
def test_a_pledge_in_default_is_sold_to_the_bids_and_the_rest_goes_back(place, at, price, day):
    """6,000 owed; bids of 80 x 50 and 50 x 60 give 4,000 and 2,000: 90 of 100 lots sold, 10 go back."""
    here = place(**LENDS, cure_days=10)
    here.ask(at(0), Pledge(MILL, CEA, 100, BANK, 6_000))
    here.prices[CEA] = price
    for one in range(1, day):
        here.registry.advance(at(one + 1))
        assert here.has(BANK) == 0 or one + 1 == 12
    here.registry.advance(at(day))
    assert (here.has(MILL), here.has(BANK)) == (900, 100)
    bids(here, at(day, "10:00"), (80, 50), (50, 60))
    here.registry.before_close(at(day, "15:00"), [CEA])
    assert (here.has(BANK), here.has(BANK, 0)) == (0, CASH_EACH)
    assert (here.has(MILL), here.has(MILL, 0)) == (910, CASH_EACH + 6_000)
    assert here.exchange.eligible(BANK, CEA) == Eligible.ALL
    assert here.registry.sales.open == {}


def test_what_a_sale_brings_beyond_the_loan_goes_to_the_debtor_and_what_is_short_is_noted(place, at):
    here = place(**LENDS)
    here.ask(at(0), Pledge(MILL, CEA, 100, BANK, 6_000))
    here.prices[CEA] = 60
    here.registry.advance(at(1))
    bids(here, at(1, "10:00"), (700, 100))
    here.registry.before_close(at(1, "15:00"), [CEA])
    assert here.has(MILL) == 991
    assert here.has(MILL, 0) == CASH_EACH + 6_000 + 9 * 700 - 6_000
    here.exchange.close_session(at(1, "15:01"), [CEA], end_of_day=True)
    here.prices[CEA] = 100
    here.ask(at(2), Pledge(MILL, CEA, 100, BANK, 6_000))
    here.prices[CEA] = 60
    here.registry.advance(at(3))
    bids(here, at(3, "10:00"), (30, 40))
    here.registry.before_close(at(3, "15:00"), [CEA])
    assert (here.has(BANK), here.registry.sales.open[2].owed) == (60, 6_000 - 1_200)
    here.exchange.close_session(at(3, "15:01"), [CEA], end_of_day=True)
    bids(here, at(4, "10:00"), (30, 600))
    here.registry.before_close(at(4, "15:00"), [CEA])
    assert (here.has(BANK), here.has(BANK, 0)) == (0, CASH_EACH - 6_000 + 3_000)
    records, payloads = here.exchange.drain()
    assert b'"short":3000' in b"".join(payloads)
    here.exchange.drain = lambda: (records, payloads)


def test_a_pledgee_without_the_right_to_trade_may_still_sell_what_it_was_pledged(place, at):
    here = place(**LENDS)
    here.registry.allow(BANK, CEA, Eligible.HOLD)
    here.ask(at(0), Pledge(MILL, CEA, 100, BANK, 6_000))
    here.prices[CEA] = 60
    here.registry.advance(at(1))
    bids(here, at(1, "10:00"), (60, 100))
    here.registry.before_close(at(1, "15:00"), [CEA])
    assert (here.has(BANK), here.exchange.eligible(BANK, CEA)) == (0, Eligible.HOLD)


def test_a_loan_the_pledgee_cannot_pay_pledges_nothing(place, at):
    here = place(loan_ppm={"carbon-allowance": 1_000_000})
    here.prices[CEA] = 10**9
    assert here.ask(at(0), Pledge(MILL, CEA, 100, BANK, 10**9 + 1)) == "INSUFFICIENT_CASH"
    assert here.free(MILL) == 1_000


# --- what verification finds when somebody writes what the registry would refuse


def codes(here):
    return [f.code for f in here.findings()]


@pytest.mark.incoherent("lots that were never retired are given back")
def test_a_retirement_undone_outside_the_rules_is_found(loose, at):
    for rules, undo, expected in (
        ({"reversal_days": 5}, (at(1), MILL, 10, 1), ["SINK"]),
        ({}, (at(0), MILL, 10, 1), ["SINK"]),
        ({"reversal_days": 1}, (at(3), MILL, 10, 1), ["SINK"]),
        ({"reversal_days": 5}, (at(1), PLANT, 10, 1), ["SINK"]),
        ({"reversal_days": 5}, (at(1), MILL, 9, 1), ["SINK"]),
        ({"reversal_days": 5}, (at(1), MILL, 10, 2), ["SINK"]),
    ):
        here = loose(**rules)
        here.ask(at(0), Retire(MILL, GEC, 10, PLANT, "x"))
        t, who, lots, number = undo
        here.exchange.transfer(t, AccountKind.RETIRED, who, GEC, lots, TransferCode.REVERSAL, number)
        found = codes(here)
        assert found == (expected if undo != (at(1), MILL, 10, 1) else []), undo


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("approve", {"proposal": 1, "due_t": 0, "checker": "MILL/wang"}),
        ("approve", {"proposal": 1, "due_t": 0, "checker": "PLANT/li"}),
        ("approve", {"proposal": 9, "due_t": 0, "checker": "MILL/li"}),
        ("execute", {"proposal": 1}),
        ("propose", {"proposal": 2, "maker": "PLANT/li"}),
        ("trust", {"maker": "MILL/a", "checker": "PLANT/b"}),
        ("reverse", {"maker": "registrar/a", "checker": "registrar/a"}),
        ("reverse", {"maker": "MILL/a", "checker": "registrar/a"}),
        ("freeze", {"freeze": 1, "by": "bank/x"}),
        ("unfreeze", {"freeze": 7, "by": "court/x"}),
    ],
)
def test_an_act_signed_by_the_wrong_person_is_found(loose, at, act, told):
    here = loose(**FOUR)
    here.ask(at(0), GIVE)
    here.desk.note(at(0), act, MILL, CEA, **told)
    findings = here.findings()
    assert [f.code for f in findings] == ["AUTH"]
    assert act in findings[0].text("en")
    assert act in findings[0].text("zh")


@pytest.mark.parametrize(
    ("code", "payload"),
    [
        (NoteCode.REGISTRY_ACT, {}),
        (NoteCode.REGISTRY_ACT, {"act": "rules", "gold": 1}),
        (NoteCode.REGISTRY_ACT, {"act": "propose"}),
        (NoteCode.REGISTRY_ACT, {"act": "propose", "proposal": 1, "credit": PLANT, "lots": 1, "maker": 7}),
        (NoteCode.REGISTRY_ACT, {"act": "trust", "other": PLANT, "from_t": 0, "maker": None, "checker": "MILL/a"}),
        (NoteCode.REGISTRY_ACT, {"act": "freeze", "freeze": 1, "by": None}),
        (NoteCode.REGISTRY_ACT, {"act": "default", "pledge": 1, "value": "x", "owed": 1}),
        (NoteCode.MARKET_SUSPENDED, {"right": "cea"}),
        (NoteCode.MARKET_RESUMED, {"right": "cea", "by": "court/x"}),
        (NoteCode.RETIREMENT, {"retirement": 1}),
        (NoteCode.RETIREMENT, {"retirement": 1, "lots": 500, "beneficiary": "MILL"}),
    ],
)
def test_a_note_that_says_too_little_is_signed_by_nobody(loose, at, code, payload):
    here = loose()
    here.exchange.note(at(0), code, canonical(payload), MILL)
    assert codes(here) == ["AUTH"]


def test_a_retirement_for_somebody_unregistered_or_of_other_lots_is_found(loose, at):
    for changes in ({"beneficiary": "NOBODY"}, {"lots": 11}):
        here = loose()
        here.exchange.transfer(at(0), MILL, AccountKind.RETIRED, GEC, 10, TransferCode.RETIRE)
        told = {"retirement": 1, "lots": 10, "beneficiary": "PLANT"} | changes
        here.exchange.note(at(0), NoteCode.RETIREMENT, canonical(told), MILL, GEC)
        assert codes(here) == ["AUTH"]


def test_a_retirement_of_lots_that_went_elsewhere_is_found(loose, at):
    here = loose()
    here.exchange.transfer(at(0), MILL, PLANT, GEC, 10, TransferCode.ASSIGN)
    told = {"retirement": 1, "lots": 10, "beneficiary": "PLANT"}
    here.exchange.note(at(0), NoteCode.RETIREMENT, canonical(told), MILL, GEC)
    assert codes(here) == ["AUTH"]


def test_an_assignment_that_went_around_the_two_phases_is_found(loose, at):
    here = loose(**FOUR)
    here.exchange.transfer(at(0), MILL, PLANT, CEA, 5, TransferCode.ASSIGN)
    here.ask(at(0), GIVE)
    here.ask(at(0), YES)
    here.registry.proposals._end(at(3), 1, "execute")
    here.exchange.transfer(at(3), MILL, BANK, CEA, 100, TransferCode.ASSIGN, 1)
    assert codes(here) == ["AUTH", "AUTH"]


def test_a_proposal_above_the_limit_is_found(loose, at):
    here = loose(limit_lots=99)
    told = {"proposal": 1, "maker": "MILL/wang", "credit": PLANT, "lots": 100}
    here.desk.note(at(0), "propose", MILL, CEA, **told)
    here.desk.note(at(0), "trust", MILL, other=PLANT, from_t=at(1), maker="MILL/a", checker="MILL/b")
    here.desk.note(at(1), "propose", MILL, CEA, **told | {"proposal": 2})
    assert codes(here) == ["AUTH"]


def test_lots_taken_from_a_debtor_who_is_not_in_default_are_found(loose, at):
    for value, parties, found in (
        (100, (MILL, BANK), []),
        (9_999, (MILL, BANK), ["AUTH"]),
        (100, (MILL, PLANT), ["AUTH"]),
    ):
        here = loose(**LENDS)
        here.ask(at(0), Pledge(MILL, CEA, 100, BANK, 6_000))
        here.desk.note(at(1), "default", MILL, CEA, pledge=1, value=value, owed=6_000)
        here.exchange.transfer(at(1), *parties, CEA, 100, TransferCode.ENFORCEMENT, 1)
        assert codes(here) == found
    for pledged in (False, True):
        here = loose(**LENDS)
        if pledged:
            here.ask(at(0), Pledge(MILL, CEA, 100, BANK, 6_000))
        here.exchange.transfer(at(1), MILL, BANK, CEA, 100, TransferCode.ENFORCEMENT, 1)
        assert codes(here) == ["AUTH"]


def test_what_moves_under_a_freeze_or_suspension_is_found(loose, at):
    here = loose()
    here.ask(at(0), Freeze(MILL, "court/x", "1"))
    here.exchange.transfer(at(0), MILL, PLANT, CEA, 5, TransferCode.ASSIGN)
    here.exchange.transfer(at(0), MILL, AccountKind.SURRENDER, CEA, 5, TransferCode.SURRENDER)
    here.ask(at(0), Unfreeze(1, "court/x"))
    here.exchange.transfer(at(0), MILL, PLANT, CEA, 5, TransferCode.ASSIGN)
    here.ask(at(0), Suspend("cea", "regulator/x", "theft"))
    here.exchange.transfer(at(0), PLANT, MILL, CEA, 5, TransferCode.ASSIGN)
    here.exchange.transfer(at(0), PLANT, MILL, 0, 5, TransferCode.RENT)
    here.ask(at(0), Resume("cea", "regulator/x"))
    found = here.findings()
    assert [f.code for f in found] == ["FREEZE", "FREEZE"]
    assert [("MILL" in f.text("en"), "PLANT" in f.text("zh")) for f in found] == [(True, False), (False, True)]


def test_a_trade_by_a_frozen_account_is_found(loose, at):
    here = loose()
    here.ask(at(0), Freeze(MILL, "court/x", "1"))
    here.exchange.allow(MILL, CEA, Eligible.ALL)
    bids(here, at(0), (90, 10))
    here.exchange.submit(at(0), MILL, CEA, int(Side.SELL), 90, 10)
    assert codes(here) == ["FREEZE"]


def test_a_transfer_no_rule_allows_is_found(loose, at):
    here = loose()
    here.exchange.transfer(at(0), MILL, AccountKind.RETIRED, CEA, 5, TransferCode.SURRENDER)
    here.exchange.transfer(at(0), MILL, PLANT, 0, 5, TransferCode.ASSIGN)
    found = here.findings()
    assert [f.code for f in found] == ["MATRIX", "MATRIX"]
    assert "SURRENDER from HOLDING to RETIRED of carbon-allowance" in found[0].text("en")
