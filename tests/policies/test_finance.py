"""Contracts of green finance: whatever the parties have, money is conserved and nobody pays what it does not have."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.valley import Valley, person

from ecomarket.model.codes import TransferCode
from ecomarket.model.command import Bound, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode
from ecomarket.policies._contracts import interest
from ecomarket.policies.eco_points import EcoPoints
from ecomarket.policies.environmental_tax import EnvironmentalTax
from ecomarket.policies.green_bond import GreenBond
from ecomarket.policies.green_finance_evaluation import GreenFinanceEvaluation
from ecomarket.policies.guaranteed_loan import GuaranteedLoan
from ecomarket.policies.guide_fund import GuideFund
from ecomarket.policies.sink_securitisation import SinkSecuritisation
from ecomarket.policies.tax_incentive import TaxIncentive
from ecomarket.public.credit import loan_premium

YUAN = 10_000
CASH = st.integers(0, 2_000)
PARTIES = ("bank", "firm", "surety", "county", "trust")


def valley_of(**cash):
    return Valley(*(person(code, cash_cny=cash.get(code, 0)) for code in PARTIES))


def is_sound(valley):
    return valley.is_balanced() and all(valley.has(code, 0) >= 0 for code in PARTIES) and not valley.refused()


def paid(valley, who, code):
    return sum(c.amount for c in valley.ordered(Transfer) if c.debit == valley.account(who) and c.code == code)


@given(principal=st.integers(0, 10**12), days=st.integers(0, 3_600), more=st.integers(0, 10**6))
def test_interest_grows_with_principal_and_never_exceeds_its_exact_value(principal, days, more):
    rate = Decimal("0.0365")
    found = interest(principal, rate, days)
    assert found * 360_000_000 <= principal * 36_500 * days < (found + 1) * 360_000_000
    assert interest(principal + more, rate, days) >= found


@given(bank=CASH, firm=CASH, surety=CASH, late=CASH, coverage=st.decimals(0, 1, places=3))
@settings(max_examples=25, deadline=None)
def test_a_guaranteed_loan_never_pays_the_bank_more_than_is_owed(bank, firm, surety, late, coverage):
    valley = valley_of(bank=bank, firm=firm, surety=surety)
    row = {"lender": "bank", "borrower": "firm", "guarantor": "surety", "principal_cny": 1_000, "rate": "0.05"}
    row |= {"fee": "0.02", "coverage": coverage, "begins": date(2024, 1, 5), "ends": date(2024, 12, 30)}
    policy = GuaranteedLoan(GuaranteedLoan.Params(loans=[row]), valley.setting)
    valley.act(policy, Moment.BEFORE_SESSION, date(2024, 1, 5))
    lent = valley.has("bank", 0) < bank * YUAN
    assert lent == (bank >= 1_000)
    left = valley.exchange.posted(valley.account("firm"), 0) - late * YUAN
    if left > 0:  # the firm has spent what it has above `late`
        valley.exchange.transfer(valley.board.t, valley.account("firm"), 10, 0, left, TransferCode.EXPENSE)
    valley.act(policy, Moment.BEFORE_SESSION, date(2024, 12, 30))
    assert is_sound(valley)
    assert valley.has("bank", 0) <= (bank + (50 if lent else 0)) * YUAN
    missing = sum(b.amount for b in valley.ordered(Bound) if b.account == valley.account("firm"))
    assert paid(valley, "surety", TransferCode.GUARANTEE) <= missing * coverage


@given(bank=CASH, firm=CASH)
@settings(max_examples=25, deadline=None)
def test_a_bond_pays_its_coupons_and_face_or_binds_a_default(bank, firm):
    valley = valley_of(bank=bank, firm=firm)
    row = {"name": "b", "issuer": "firm", "investor": "bank", "face_cny": 1_000, "rating": "AAA", "issued": 2024}
    policy = GreenBond(GreenBond.Params(bonds=[row | {"years": 2}]), valley.setting)
    for year in (2024, 2025, 2026):
        valley.act(policy, Moment.YEAR_START, date(year, 1, 1))
    assert is_sound(valley)
    missing = sum(b.amount for b in valley.ordered(Bound))
    owed = 2 * policy.coupon_cash(policy.params.bonds[0]) if bank >= 1_000 else 0
    assert valley.has("bank", 0) == bank * YUAN + owed - missing


@given(sold=st.integers(0, 40), price=st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_the_junior_tranche_is_paid_only_after_the_senior(sold, price):
    valley = valley_of(bank=800, trust=200, county=3_000)
    params = {"right": "sink", "vehicle": "surety", "originators": ["county"], "senior": "bank", "junior": "trust"}
    params |= {"senior_cny": 800, "junior_cny": 200, "coupon": "0.05", "revenue_share": 1, "years": 1}
    policy = SinkSecuritisation(SinkSecuritisation.Params(**params), valley.setting)
    valley.act(policy, Moment.YEAR_START, date(2024, 1, 1))
    valley.give("county", "SINK.forest.2024", 40)
    valley.price("SINK.forest.2024", price * YUAN)
    valley.act(policy, Moment.BEFORE_SESSION, date(2024, 5, 6))
    lots = valley.index("SINK.forest.2024")
    valley.exchange.transfer(valley.board.t, valley.account("county"), valley.account("firm"), lots, sold, 25)
    valley.act(policy, Moment.AFTER_SESSION, date(2024, 5, 6))
    valley.act(policy, Moment.YEAR_END, date(2024, 12, 31))
    revenue = sold * price * YUAN
    assert is_sound(valley)
    assert valley.has("bank", 0) == min(revenue, 840 * YUAN)
    assert valley.has("trust", 0) == max(revenue - 840 * YUAN, 0)
    assert valley.has("surety", 0) == 0


@given(bank=CASH, match=st.decimals("0.01", "0.9", places=2), spent=CASH)
@settings(max_examples=25, deadline=None)
def test_a_fund_gives_up_no_more_than_the_state_earned(bank, match, spent):
    valley = valley_of(bank=bank)
    row = {
        "name": "p",
        "operator": "firm",
        "investor": "bank",
        "invested": 2024,
        "private_cny": 500,
        "return_rate": "0.1",
    }
    params = {"fund": "trust", "total_cny": 300, "match": match, "ceded": "0.5", "projects": [row]}
    policy = GuideFund(GuideFund.Params(**params), valley.setting)
    valley.act(policy, Moment.YEAR_START, date(2024, 1, 1))
    left = valley.exchange.posted(valley.account("firm"), 0) - spent * YUAN
    if left > 0:
        valley.exchange.transfer(valley.board.t, valley.account("firm"), 10, 0, left, TransferCode.EXPENSE)
    fund = valley.has("trust", 0)
    valley.act(policy, Moment.YEAR_END, date(2024, 12, 31))
    assert is_sound(valley)
    assert valley.has("trust", 0) >= fund
    assert (300 * YUAN - fund) * (1 - match) <= 500 * YUAN * match + 1


@given(green=st.integers(0, 100), more=st.integers(0, 100), quality=st.decimals(0, 1, places=2))
def test_a_greener_bank_never_scores_less_nor_above_one(green, more, quality):
    policy = GreenFinanceEvaluation(GreenFinanceEvaluation.Params(), valley_of().setting)
    low, high = (
        policy.score_ppm(person("b", loans_cny=100, green_loans_cny=g, green_quality=float(quality)))
        for g in (green, min(green + more, 100))
    )
    assert 0 <= low <= high <= 1_000_000


@given(below=st.decimals(0, 1, places=3))
def test_cleaner_discharge_never_pays_more_tax(below):
    """环境保护税法 art. 13: from 30 % below the standard three quarters of the tax, from 50 % half."""
    policy = TaxIncentive(TaxIncentive.Params(), valley_of().setting)
    relief = policy.relief_cash(person("f", environment_tax_cny=1_000, below_standard=str(below)), date(2024, 12, 31))
    assert relief == (500 if below >= Decimal("0.5") else 250 if below >= Decimal("0.3") else 0) * YUAN


def test_a_tax_that_is_levied_less_already_is_not_remitted_once_more():
    """环境保护税法 art. 13 is applied once: by the tax itself where that is in force, from its first day on."""
    law = {"environmental-tax": EnvironmentalTax.Params(since=date(2025, 1, 1))}
    policy = TaxIncentive(TaxIncentive.Params(sectors=["wind"]), replace(valley_of().setting, law=law))
    mill = person("f", environment_tax_cny=1_000, below_standard="0.5")
    assert policy.relief_cash(mill, date(2024, 12, 31)) == 500 * YUAN
    assert policy.relief_cash(mill, date(2025, 12, 31)) == 0


def test_a_loan_costs_what_the_credit_list_in_force_says():
    """The published premium counts before the band in a table, which stands for firms on no list."""
    valley = valley_of()
    red = person("f", credit="red")
    assert loan_premium(valley.board, red, Decimal("0.015")) == Decimal("0.015")
    valley.board.notices["credit.loan.f"] = -0.003
    assert loan_premium(valley.board, red, Decimal("0.015")) == Decimal("-0.003")


@given(done=st.lists(st.integers(-50, 500), min_size=3, max_size=3), budget=st.integers(0, 800))
@settings(max_examples=25, deadline=None)
def test_points_are_paid_or_kept_and_the_budget_holds(done, budget):
    valley = valley_of()
    params = {"points": {"greened-mu": 1}, "point_cny": 2, "points_max": 300, "budget_cny": budget}
    policy = EcoPoints(EcoPoints.Params(**params), valley.setting)
    for code, amount in zip(PARTIES, done, strict=False):
        valley.book.add(FactCode.GREENED_MU, valley.account(code), -1, 202406, amount)
    valley.act(policy, Moment.YEAR_END, date(2024, 12, 31))
    discount = sum(valley.has(code, 0) for code in PARTIES)
    assert is_sound(valley)
    assert discount <= budget * YUAN
    kept = sum(policy.notices(valley.view()).values())
    assert kept + discount // (2 * YUAN) == sum(max(n, 0) for n in done)
