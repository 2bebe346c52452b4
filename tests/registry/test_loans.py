"""Stories of loans against pledges, worked by hand: interest by the day, the part of a term that is left, findings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.registry.conftest import BANK, CASH_EACH, CEA, MILL, PLANT

from ecomarket.ledger.registry.debts import YEAR_DAYS, Debt, left_ppm
from ecomarket.model.codes import AccountKind, Side, TransferCode
from ecomarket.model.command import Transfer
from ecomarket.model.registry import Pledge, Repay, TopUp
from ecomarket.units import DAY, PPM

RATED = {"loan_ppm": {"carbon-allowance": 600_000}, "rate_ppm": 36_500, "rate_above_ppm": 15_000}
LOAN = 6_000_000
"""600 CNY on 100 allowances of 10 CNY each."""


@pytest.fixture
def lent(place, at):
    """MILL owes BANK 600 CNY at 3.65 % since Monday nine o'clock."""

    def make(premium=0, **rules):
        here = place(**RATED | rules)
        here.prices[CEA] = 100_000
        assert here.ask(at(0), Pledge(MILL, CEA, 100, BANK, LOAN, premium)) == "NONE"
        return here

    return make


def test_thirty_days_cost_a_twelfth_of_the_rate_and_are_paid_first(lent, at):
    """6,000,000 x 3.65 % x 30 / 360 = 18,250; then 5,000,000 x 3.65 % x 30 / 360 = 15,208.3, rounded down when paid."""
    here = lent()
    assert here.ask(at(30), Repay(MILL, 1, 18_000)) == "NONE"
    debt = here.registry.pledges.standing[1].debt
    assert (debt.principal, debt.interest) == (LOAN, 250)
    assert here.ask(at(30), Repay(MILL, 1, 1_000_250)) == "NONE"
    assert (debt.principal, debt.interest) == (5_000_000, 0)
    assert here.ask(at(60), Repay(MILL, 1, 10**8)) == "NONE"
    assert (here.has(BANK, 0), here.has(MILL, 0)) == (CASH_EACH + 33_458, CASH_EACH - 33_458)
    assert (here.has(MILL), here.free(MILL)) == (1_000, 1_000)


def test_a_loan_that_is_paid_back_on_its_day_costs_nothing(lent, at):
    here = lent()
    assert here.ask(at(0, "23:59"), Repay(MILL, 1, LOAN)) == "NONE"
    assert (here.has(MILL, 0), here.free(MILL)) == (CASH_EACH, 1_000)


def test_a_red_debtor_pays_more(lent, at):
    """6,000,000 x (3.65 % + 1.5 %) x 36 / 360 = 30,900."""
    here = lent(premium=15_000)
    here.ask(at(36), Repay(MILL, 1, 10**8))
    assert here.has(BANK, 0) == CASH_EACH + 30_900


def test_one_who_has_not_the_cash_pays_nothing(lent, at):
    here = lent()
    here.exchange.transfer(at(1), MILL, 10, 0, here.has(MILL, 0) - 18_249, TransferCode.EXPENSE)
    assert here.ask(at(30), Repay(MILL, 1, 18_250)) == "INSUFFICIENT_CASH"
    assert here.registry.pledges.standing[1].debt.interest == 18_250
    assert here.ask(at(30), Repay(MILL, 1, 18_249)) == "NONE"


def test_interest_alone_brings_a_call_and_then_the_sale(place, at):
    """Value 10,000: called once 8,500 are owed. 6,000 x 90 % x 166 / 360 = 2,490, and each day brings 15 more.

    The call is not cured in ten days; a bid of 120 takes ceil(8,655 / 120) = 73 lots, which bring 8,760.
    """
    here = place(**RATED | {"rate_ppm": 900_000})
    assert here.ask(at(0), Pledge(MILL, CEA, 100, BANK, 6_000)) == "NONE"
    here.registry.advance(at(166))
    assert here.registry.pledges.standing[1].called_t == -1
    here.registry.advance(at(167))
    assert here.registry.pledges.standing[1].called_t == at(167)
    here.registry.advance(at(176))
    assert here.has(BANK) == 0
    here.registry.advance(at(177))
    assert here.has(BANK) == 100
    here.exchange.open_session(at(177, "10:00"), [CEA], at(177, "16:00"))
    here.exchange.submit(at(177, "10:00"), PLANT, CEA, int(Side.BUY), 120, 500)
    here.registry.before_close(at(177, "15:00"), [CEA])
    assert (here.has(BANK), here.has(MILL), here.has(PLANT)) == (0, 927, 1_073)
    assert here.has(BANK, 0) == CASH_EACH + 2_655
    assert here.has(MILL, 0) == CASH_EACH + 6_000 + 8_760 - 8_655


def test_a_right_is_worth_the_part_of_its_term_that_is_left(place, at):
    """Of 100 days 40 are left on day 60: 100 lots x 10 CNY x 40 % x 60 % = 240 CNY may be lent."""
    here = place(**RATED, term_days={"carbon-allowance": 100})
    here.prices[CEA] = 100_000
    t = 60 * DAY
    assert here.ask(t, Pledge(MILL, CEA, 100, BANK, 2_400_001)) == "PLEDGE_VALUE"
    assert here.ask(t, Pledge(MILL, CEA, 100, BANK, 2_400_000)) == "NONE"


def test_a_pledge_is_called_as_its_term_runs_out_and_cured_when_it_is_given_anew(place, at):
    """2,400,000 owed: 85 % of 10,000,000 x left <= 2,400,000 from day 72 on (28 left: 2,380,000); 95 % from day 75."""
    here = place(**RATED | {"rate_ppm": 0}, term_days={"carbon-allowance": 100})
    here.prices[CEA] = 100_000
    here.ask(60 * DAY, Pledge(MILL, CEA, 100, BANK, 2_400_000))
    pledges = here.registry.pledges
    seen = []
    for day in (71, 72, 73, 100):
        here.registry.advance(day * DAY)
        seen.append(pledges.standing[1].called_t // DAY)
    assert seen == [-1, 72, 72, -1]
    here.registry.advance(175 * DAY)
    assert (here.has(BANK), pledges.standing) == (100, {})


def test_a_right_that_expires_is_worth_nothing_when_it_does(place, at):
    here = place(**RATED, term_days={"carbon-allowance": 100})
    here.prices[CEA] = 100_000
    here.desk.expires = lambda _: 200 * DAY
    assert here.ask(at(0), Pledge(MILL, CEA, 100, BANK, LOAN)) == "NONE"
    here.registry.advance(200 * DAY)
    assert (here.has(BANK), here.registry.pledges.standing) == (100, {})


# --- what its owner must surrender itself


def surrender(here, t, lots, code=TransferCode.SURRENDER, sink=AccountKind.SURRENDER):
    return here.registry.transfer(t, Transfer(MILL, sink, CEA, lots, code, 2024), lots).name


def test_a_surrender_takes_what_free_lots_do_not_cover_out_of_the_newest_pledge(place, at):
    """1,000 lots, 100 + 300 pledged: 750 take 600 free ones and 150 of the second pledge, which keeps 150."""
    here = place(**RATED)
    here.prices[CEA] = 100_000
    for lots in (100, 300):
        assert here.ask(at(0), Pledge(MILL, CEA, lots, BANK, LOAN // 10)) == "NONE"
    assert surrender(here, at(1), 750) == "NONE"
    assert [p.lots for p in here.registry.pledges.standing.values()] == [100, 150]
    assert (here.has(MILL), here.free(MILL)) == (250, 0)
    assert surrender(here, at(2), 200) == "NONE"
    assert [p.lots for p in here.registry.pledges.standing.values()] == [50, 0]
    assert here.ask(at(2), Repay(MILL, 1, LOAN)) == "NONE"
    assert (here.has(MILL), here.free(MILL)) == (50, 50)


def test_a_surrender_of_more_than_there_is_frees_nothing(lent, at):
    here = lent()
    assert surrender(here, at(1), 1_001) == "INSUFFICIENT_UNITS"
    assert (here.has(MILL), here.free(MILL)) == (1_000, 900)


def test_a_pledge_stops_everything_but_its_owners_compliance(lent, at):
    here = lent()
    for code, other in ((TransferCode.CANCEL, AccountKind.CANCELLED), (TransferCode.ASSIGN, PLANT)):
        assert surrender(here, at(1), 901, code, other) == "INSUFFICIENT_UNITS"
    assert here.free(MILL) == 900


def test_a_pledge_without_lots_is_called_and_never_sold(lent, at):
    here = lent()
    assert surrender(here, at(1), 1_000) == "NONE"
    for day in (2, 30, 60):
        here.registry.advance(at(day))
    pledges = here.registry.pledges
    assert (pledges.standing[1].called_t, pledges.defaulted, here.registry.sales.open) == (at(2), {}, {})
    here.exchange.transfer(at(61), AccountKind.ISSUANCE, MILL, CEA, 200, TransferCode.ALLOCATION)
    assert here.ask(at(61), TopUp(MILL, 1, 200)) == "NONE"
    here.registry.advance(at(61))
    assert (pledges.standing[1].called_t, pledges.standing[1].lots) == (-1, 200)


# --- what verification finds


@pytest.mark.parametrize(
    ("day", "code", "cash", "number", "found"),
    [
        (30, TransferCode.INTEREST, 18_250, 1, []),
        (30, TransferCode.INTEREST, 18_251, 1, ["DEBT"]),
        (29, TransferCode.INTEREST, 18_250, 1, ["DEBT"]),
        (30, TransferCode.REPAYMENT, 1, 1, ["DEBT"]),
        (0, TransferCode.REPAYMENT, LOAN, 1, []),
        (0, TransferCode.REPAYMENT, LOAN + 1, 1, ["DEBT"]),
        (0, TransferCode.REPAYMENT, 1, 2, ["DEBT"]),
    ],
)
def test_a_payment_that_was_not_owed_is_found(loose, at, day, code, cash, number, found):
    here = loose(**RATED)
    here.prices[CEA] = 100_000
    here.ask(at(0), Pledge(MILL, CEA, 100, BANK, LOAN))
    here.exchange.transfer(at(day), MILL, BANK, 0, cash, code, number)
    findings = here.findings()
    assert [f.code for f in findings] == found
    assert all("MILL" in f.text("en") and "MILL" in f.text("zh") for f in findings)


def test_cash_sent_back_without_a_sale_is_found(loose, at):
    here = loose(**RATED)
    here.prices[CEA] = 100_000
    here.ask(at(0), Pledge(MILL, CEA, 100, BANK, LOAN))
    here.exchange.transfer(at(1), BANK, MILL, 0, 5, TransferCode.REPAYMENT, 1)
    assert [f.code for f in here.findings()] == ["DEBT"]


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("release", {"pledge": 1}),
        ("release", {"pledge": 2}),
        ("default", {"pledge": 1, "value": 1, "owed": LOAN}),
        ("default", {"pledge": 1, "value": 10**9, "owed": LOAN + 18_250}),
        ("pledge", {"pledge": 2, "pledgee": BANK, "loan": 5, "lots": 9, "rate_ppm": 51_501}),
        ("pledge", {"pledge": 2, "pledgee": BANK, "loan": 5, "lots": 9, "rate_ppm": 36_499}),
        ("own-use", {"pledge": 1, "lots": 1, "holds": []}),
        ("top-up", {"pledge": 2, "lots": 1, "hold": 9}),
    ],
)
def test_an_act_that_does_not_fit_the_debt_is_found(loose, at, act, told):
    here = loose(**RATED)
    here.prices[CEA] = 100_000
    here.ask(at(0), Pledge(MILL, CEA, 100, BANK, LOAN))
    here.desk.note(at(30), act, MILL, CEA, **told)
    assert [f.code for f in here.findings()] == ["AUTH"]


@pytest.mark.parametrize(
    ("told", "moved", "code"),
    [
        (101, 200, TransferCode.SURRENDER),
        (100, 99, TransferCode.SURRENDER),
        (100, 100, TransferCode.CANCEL),
        (0, 1, TransferCode.SURRENDER),
        (-5, 5, TransferCode.SURRENDER),
    ],
)
def test_lots_that_leave_a_pledge_for_anything_else_are_found(loose, at, told, moved, code):
    here = loose(**RATED)
    here.prices[CEA] = 100_000
    here.ask(at(0), Pledge(MILL, CEA, 100, BANK, LOAN))
    here.desk.note(at(1), "own-use", MILL, CEA, pledge=1, lots=told, holds=[])
    sink = AccountKind.SURRENDER if code == TransferCode.SURRENDER else AccountKind.CANCELLED
    here.exchange.transfer(at(1), MILL, sink, CEA, moved, code, 2024)
    assert [f.code for f in here.findings()] == ["AUTH"]


# --- properties

STEPS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 10**7)), max_size=8)


@given(st.integers(1, 10**9), st.integers(0, PPM), STEPS)
def test_however_often_it_is_counted_interest_is_the_same_and_nothing_is_lost(loan, rate, steps):
    often, fractions, day = Debt(loan, rate, 0), 0, 0
    for days, cash in steps:
        for one in range(day, day + days + 1):
            often.until(one * DAY + one)
        fractions += often.principal * rate * days
        day += days
        before, principal = often.owed, often.principal
        paid = min(cash, before)
        interest, rest = often.pay(paid)
        fractions -= interest * PPM * YEAR_DAYS
        assert (interest + rest, often.owed) == (paid, before - paid)
        assert rest == principal - often.principal
        assert not rest or not often.interest
        assert often.fractions == fractions >= 0


@given(st.integers(0, 4_000), st.integers(-1, 4_000), st.integers(0, 2_000))
def test_what_is_left_of_a_term_lies_between_nothing_and_all(day, expires, term):
    t, expires_t = day * DAY, expires * DAY if expires >= 0 else -1
    left = left_ppm(t, expires_t, term)
    assert 0 <= left <= PPM
    assert left_ppm(t + DAY, expires_t, term) <= left or expires_t < 0
