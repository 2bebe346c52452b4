"""Registry rules as a table (LEDGER row 21): each row is asked, answered, and cites its rule."""

from __future__ import annotations

import pytest
from tests.registry.conftest import BANK, CEA, GEC, MILL, PLANT, weekdays

from ecomarket.ledger.registry.timing import final_t, trusted_t, working_day
from ecomarket.model.codes import AccountKind, TransferCode
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

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
ART_35_2, ART_35_3 = "Reg. 2019/1122 art. 35 (2)", "Reg. 2019/1122 art. 35 (3)"
ART_35_1, ART_23 = "Reg. 2019/1122 art. 35 (1)", "Reg. 2019/1122 art. 23"

TIMES = [
    # day, clock, trusted, carried out on day, clock, rule
    (MON, "09:59", False, TUE, "10:00", ART_35_3),
    (MON, "11:59", False, TUE, "10:00", ART_35_3),
    (MON, "12:00", False, WED, "12:00", ART_35_3),
    (MON, "23:59", False, WED, "12:00", ART_35_3),
    (THU, "11:00", False, FRI, "10:00", ART_35_3),
    (THU, "15:00", False, 7, "12:00", ART_35_3),
    (FRI, "11:59", False, 7, "10:00", ART_35_3),
    (FRI, "12:00", False, 8, "12:00", ART_35_3),
    (SAT, "11:00", False, 8, "10:00", "assumption: counts as proposed on Monday 0:00"),
    (SUN, "20:00", False, 8, "10:00", "assumption: counts as proposed on Monday 0:00"),
    (MON, "10:00", True, MON, "10:00", ART_35_2),
    (MON, "12:34", True, MON, "12:34", ART_35_2),
    (MON, "16:00", True, MON, "16:00", ART_35_2),
    (MON, "16:01", True, TUE, "10:00", ART_35_2),
    (MON, "08:00", True, MON, "10:00", ART_35_2),
    (FRI, "17:00", True, 7, "10:00", ART_35_2),
    (SAT, "12:00", True, 7, "10:00", "assumption: counts as proposed on Monday 0:00"),
]


@pytest.mark.parametrize(("day", "clock", "trusted", "then", "then_clock", "rule"), TIMES)
def test_when_a_transfer_is_carried_out(at, day, clock, trusted, then, then_clock, rule):
    assert rule
    assert final_t(at(day, clock), trusted=trusted, delay="eu-35", works=weekdays) == at(then, then_clock)


def test_a_holiday_is_no_working_day(at):
    works = lambda day: weekdays(day) and day != TUE  # noqa: E731
    assert final_t(at(MON, "11:00"), trusted=False, delay="eu-35", works=works) == at(WED, "10:00")
    assert final_t(at(TUE, "12:00"), trusted=True, delay="eu-35", works=works) == at(WED, "10:00")
    assert final_t(at(SAT, "03:00"), trusted=False, delay="none", works=works) == at(SAT, "03:00")
    assert working_day(MON, 2, works) == THU


@pytest.mark.parametrize(
    ("day", "days", "then"), [(MON, 4, FRI), (TUE, 4, 7), (FRI, 4, 10), (SAT, 4, 10), (SUN, 1, 7), (MON, 0, MON)]
)
def test_when_a_trusted_account_counts(at, day, days, then):
    """art. 23: 12:00 of the fourth working day."""
    assert trusted_t(at(day, "15:00"), days, weekdays) == at(then, "12:00")


def propose(lots=100, **changes):
    return Propose(
        **{"debit": MILL, "credit": PLANT, "instrument": CEA, "amount": lots, "maker": "MILL/wang"} | changes
    )


RETIRE = Retire(MILL, GEC, 10, PLANT, "power used in 2024", 2024)
REVERSE = Reverse(1, "registrar/a", "registrar/b", "wrong account")
FREEZE = Freeze(MILL, "court/xining", "2024-17")
SUSPEND = Suspend("cea", "regulator/mee", "theft")
PLEDGE = Pledge(MILL, CEA, 100, BANK, 6_000)
FOUR = {"four_eyes": True}
LENDS = {"loan_ppm": {"carbon-allowance": 600_000}}
RATED = LENDS | {"rate_ppm": 36_500, "rate_below_ppm": 3_000, "rate_above_ppm": 15_000}

ANSWERS = [
    # rules, what came before (time, command), what is asked at last, answer, rule
    ({}, [], propose(), "NONE", ART_35_1),
    ({}, [], propose(1_001), "INSUFFICIENT_UNITS", "one cannot give what one has not"),
    ({}, [], propose(0), "AMOUNT_NOT_POSITIVE", "a transfer moves something"),
    ({}, [], propose(maker="PLANT/li"), "NOT_AUTHORISED", ART_35_1),
    ({}, [], propose(maker="MILL"), "NOT_AUTHORISED", ART_35_1),
    ({}, [], propose(maker="registrar/a"), "NOT_AUTHORISED", ART_35_1),
    ({}, [], propose(credit=MILL), "SAME_PARTY", ART_35_1),
    ({}, [], propose(credit=99), "UNKNOWN_ACCOUNT", ART_35_1),
    ({}, [], propose(credit=AccountKind.ISSUANCE), "ACCOUNT_RULE", "Reg. 920/2010 annex I"),
    ({}, [], propose(credit=AccountKind.RETIRED), "ACCOUNT_RULE", "Reg. 920/2010 annex I"),
    ({}, [], propose(instrument=0), "ACCOUNT_RULE", "a registry of rights moves no money"),
    ({}, [], propose(code=TransferCode.SURRENDER), "ACCOUNT_RULE", "Reg. 920/2010 annex I"),
    (FOUR, [(1, propose())], Decide(1, "MILL/li", approve=True), "NONE", ART_35_1),
    (FOUR, [(1, propose())], Decide(1, "MILL/wang", approve=True), "SAME_PERSON", ART_35_1),
    (FOUR, [(1, propose())], Decide(1, "PLANT/li", approve=True), "NOT_AUTHORISED", ART_35_1),
    (FOUR, [(1, propose())], Decide(2, "MILL/li", approve=True), "UNKNOWN_PROPOSAL", ART_35_1),
    (FOUR, [(1, propose()), (2, Decide(1, "MILL/li", approve=True))], Decide(1, "MILL/li", approve=False),
     "UNKNOWN_PROPOSAL", "a proposal is decided once"),
    (FOUR, [(1, propose(800))], propose(800), "INSUFFICIENT_UNITS", "lots are held while they wait"),
    ({"limit_lots": 99}, [], propose(), "TRANSFER_LIMIT", "Reg. 2023/1642: 2,000,000 outside the list"),
    ({"limit_lots": 100}, [], propose(), "NONE", "Reg. 2023/1642"),
    ({"limit_lots": 99, "trusted_working_days": 0}, [(0, Trust(MILL, PLANT, "MILL/wang", "MILL/li"))], propose(),
     "TRANSFER_LIMIT", "art. 23: not before 12:00"),
    ({"limit_lots": 99}, [], propose(credit=AccountKind.RESERVE), "NONE", "art. 23: trusted by default"),
    (FOUR, [], Trust(MILL, PLANT, "MILL/wang", "MILL/wang"), "SAME_PERSON", ART_23),
    ({}, [], Trust(MILL, PLANT, "MILL/wang", "PLANT/li"), "NOT_AUTHORISED", ART_23),
    ({}, [(1, Trust(MILL, PLANT, "MILL/a", "MILL/b"))], Trust(MILL, PLANT, "MILL/a", "MILL/b"), "ALREADY_SO", ART_23),
    ({}, [], RETIRE, "NONE", "发改能源〔2023〕1044号"),
    ({}, [], Retire(MILL, GEC, 10, AccountKind.FEE, "x"), "UNKNOWN_BENEFICIARY", "Gold Standard: a using entity"),
    ({}, [], Retire(MILL, GEC, 10, PLANT, " "), "NO_PURPOSE", "Verra: beneficiary and purpose recorded"),
    ({}, [], Retire(MILL, GEC, 501, PLANT, "x"), "INSUFFICIENT_UNITS", "one cannot retire what one has not"),
    ({}, [], Retire(MILL, GEC, 10, PLANT, "x", sink=AccountKind.SURRENDER), "ACCOUNT_RULE", "绿证 are retired"),
    ({}, [], Retire(MILL, GEC, 10, PLANT, "x", sink=AccountKind.WORLD), "ACCOUNT_RULE", "Reg. 920/2010 annex I"),
    ({}, [(1, RETIRE)], REVERSE, "REVERSAL_OFF", "off by default"),
    ({"reversal_days": 5}, [(1, RETIRE)], REVERSE, "NONE", "CFI Act s. 20H"),
    ({"reversal_days": 5}, [(1, RETIRE), (2, REVERSE)], REVERSE, "UNKNOWN_RETIREMENT", "once a retirement"),
    ({"reversal_days": 5}, [], REVERSE, "UNKNOWN_RETIREMENT", "CFI Act s. 20H"),
    ({"reversal_days": 5}, [(1, RETIRE)], Reverse(1, "registrar/a", "registrar/a", "x"), "SAME_PERSON", "four eyes"),
    ({"reversal_days": 5}, [(1, RETIRE)], Reverse(1, "MILL/a", "registrar/a", "x"), "NOT_AUTHORISED", "NZ reg. 8A"),
    ({"reversal_days": 5}, [(1, RETIRE)], Reverse(1, "registrar/a", "registrar/b", ""), "NO_PURPOSE", "NZ reg. 8A"),
    ({}, [], FREEZE, "NONE", "民事诉讼法"),
    ({}, [], Freeze(MILL, "bank/x", "1"), "NOT_AUTHORISED", "court or regulator"),
    ({}, [], Freeze(AccountKind.RESERVE, "court/x", "1"), "UNKNOWN_ACCOUNT", "a participant's account"),
    ({}, [(1, FREEZE)], FREEZE, "ALREADY_SO", "民事诉讼法"),
    ({}, [(1, FREEZE)], propose(), "ACCOUNT_FROZEN", "disposal stops"),
    ({}, [(1, FREEZE)], RETIRE, "ACCOUNT_FROZEN", "disposal stops"),
    ({}, [(1, FREEZE)], Retire(MILL, CEA, 9, MILL, "2024", sink=AccountKind.SURRENDER), "NONE", "surrender goes on"),
    ({}, [(1, FREEZE)], Unfreeze(1, "regulator/x"), "NOT_AUTHORISED", "the office that froze"),
    ({}, [(1, FREEZE)], Unfreeze(1, "court/y"), "NONE", "the office that froze"),
    ({}, [(1, FREEZE), (2, Unfreeze(1, "court/y"))], propose(), "NONE", "the freeze has ended"),
    ({}, [], Unfreeze(1, "court/y"), "UNKNOWN_FREEZE", "民事诉讼法"),
    ({}, [(1, Freeze(MILL, "court/x", "1", CEA, 950))], propose(), "INSUFFICIENT_UNITS", "lots frozen, not the account"),
    ({}, [(1, Freeze(MILL, "court/x", "1", CEA, 900))], propose(), "NONE", "lots frozen, not the account"),
    ({}, [], Freeze(MILL, "court/x", "1", CEA, 1_001), "INSUFFICIENT_UNITS", "one freezes what there is"),
    ({}, [], SUSPEND, "NONE", "suspension of 19 January 2011"),
    ({}, [], Suspend("cea", "court/x", ""), "NOT_AUTHORISED", "the regulator's"),
    ({}, [], Suspend("gold", "regulator/x", ""), "UNKNOWN_INSTRUMENT", "a right of the run"),
    ({}, [(1, SUSPEND)], SUSPEND, "ALREADY_SO", "suspension of 19 January 2011"),
    ({}, [(1, SUSPEND)], propose(), "MARKET_SUSPENDED", "suspension of 19 January 2011"),
    ({}, [(1, SUSPEND)], Retire(MILL, CEA, 9, MILL, "x", sink=AccountKind.SURRENDER), "NONE", "except surrender"),
    ({}, [(1, SUSPEND)], RETIRE, "NONE", "another market than that of allowances"),
    ({}, [(1, SUSPEND)], Resume("cea", "regulator/x"), "NONE", "suspension of 19 January 2011"),
    ({}, [], Resume("cea", "regulator/x"), "ALREADY_SO", "suspension of 19 January 2011"),
    (LENDS, [], PLEDGE, "NONE", "[R49b]"),
    (LENDS, [], Pledge(MILL, CEA, 100, BANK, 6_001), "PLEDGE_VALUE", "[R49b]: part of the value"),
    ({}, [], PLEDGE, "PLEDGE_VALUE", "no loan share, no pledge"),
    (LENDS, [], Pledge(MILL, GEC, 100, BANK, 1), "PLEDGE_VALUE", "no loan share, no pledge"),
    (LENDS, [], Pledge(MILL, CEA, 100, MILL, 1), "SAME_PARTY", "[R49a]"),
    (LENDS, [], Pledge(MILL, CEA, 100, BANK, 6_000, 1), "LOAN_RATE", "MARKETS 7.6: no premium by these rules"),
    (RATED, [], Pledge(MILL, CEA, 100, BANK, 6_000, -3_000), "NONE", "MARKETS 7.6: green"),
    (RATED, [], Pledge(MILL, CEA, 100, BANK, 6_000, -3_001), "LOAN_RATE", "MARKETS 7.6: green"),
    (RATED, [], Pledge(MILL, CEA, 100, BANK, 6_000, 15_000), "NONE", "MARKETS 7.6: red"),
    (RATED, [], Pledge(MILL, CEA, 100, BANK, 6_000, 15_001), "LOAN_RATE", "MARKETS 7.6: red"),
    (RATED | {"rate_ppm": 1_000}, [], Pledge(MILL, CEA, 100, BANK, 6_000, -1_001), "LOAN_RATE", "never below nothing"),
    (RATED | {"term_days": {"carbon-allowance": 100}}, [], PLEDGE, "NONE", "MARKETS 7.6: the whole term is left"),
    (LENDS, [], Pledge(MILL, 0, 100, BANK, 1), "ACCOUNT_RULE", "rights are pledged"),
    (LENDS, [(1, PLEDGE)], propose(901), "INSUFFICIENT_UNITS", "[R49a]: disposal stops"),
    (LENDS, [(1, PLEDGE)], Pledge(MILL, CEA, 901, BANK, 1), "INSUFFICIENT_UNITS", "[R49a]: single pledge"),
    (LENDS, [(1, FREEZE)], PLEDGE, "ACCOUNT_FROZEN", "disposal stops"),
    (LENDS, [(1, SUSPEND)], PLEDGE, "MARKET_SUSPENDED", "suspension"),
    (LENDS, [(1, PLEDGE)], TopUp(MILL, 1, 10), "NONE", "MARKETS 7.6"),
    (LENDS, [(1, PLEDGE)], TopUp(PLANT, 1, 10), "UNKNOWN_PLEDGE", "one's own pledge"),
    (LENDS, [(1, PLEDGE)], Repay(MILL, 1, 100), "NONE", "MARKETS 7.6"),
    (LENDS, [(1, PLEDGE)], Repay(MILL, 1, 0), "AMOUNT_NOT_POSITIVE", "MARKETS 7.6"),
    (LENDS, [(1, PLEDGE), (2, Repay(MILL, 1, 9_999))], Repay(MILL, 1, 1), "UNKNOWN_PLEDGE", "it has ended"),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "before", "asked", "answer", "rule"), ANSWERS)
def test_what_the_registry_answers(place, rules, before, asked, answer, rule):
    assert rule
    here = place(**rules)
    for t, command in before:
        assert here.ask(t, command) == "NONE"
    balances = here.exchange.balances()
    assert here.ask(5, asked) == answer
    if answer != "NONE":
        assert (here.exchange.balances() == balances).all()
