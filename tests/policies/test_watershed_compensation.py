"""Watershed compensation: given two counties on a river, when the index at their border is tested, then who pays whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.policies.conftest import month_ends
from tests.policies.valley import ZONES, Valley, person

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Assess, Bound
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode, Rule, Scheme
from ecomarket.policies.compensation_pilot import CompensationPilot
from ecomarket.policies.watershed_compensation import PROCESS, WatershedCompensation

FIRST = date(2024, 1, 1)
QUARTERS = dict.fromkeys(("cod", "nh3n", "tn", "tp"), Decimal("0.25"))
XINAN = {"cod_limit_mg_l": 2, "nh3n_limit_mg_l": "0.2", "tn_limit_mg_l": "1.25", "tp_limit_mg_l": "0.05"}


def section(**row):
    return {"section": "S1", "basin": "HS", "upstream": "UPPER", "downstream": "LOWER", "cod_limit_mg_l": 20} | row


def valley_of(*sections, upper=10_000, lower=10_000, law=None, pilot=False, **params):
    people = [
        person("UPPER", "county", "county", cash_cny=upper, gep_cny=3_000),
        person("LOWER", "county", "county", cash_cny=lower, gep_cny=1_000),
    ]
    valley = Valley(*people, law=law)
    if pilot:
        county = replace(ZONES["630121"], flags=frozenset({"compensation-pilot"}))
        valley.setting = replace(valley.setting, zones=ZONES | {"630121": county})
    chosen = {"sections": list(sections) or [section()], "weights": {"cod": 1}, "k0": 1, "base_cny": 1_000}
    chosen |= {"fund_cny": 6_000, "downstream_share": "0.5", "bonus_share": 0} | params
    return valley, WatershedCompensation(WatershedCompensation.Params(**chosen), valley.setting)


def sampled(valley, policy, month, **levels):
    valley.nature[PROCESS] = {f"{name[:2].upper()}.{name[3:]}": level for name, level in levels.items()}
    return valley.act(policy, Moment.MONTH_END, month_ends(2024)[month - 1])


def yuan(valley, who):
    return valley.has(who, 0) / 10_000


def test_both_sides_fill_the_fund_once_a_year():
    valley, policy = valley_of(state_cny=500, downstream_share="0.6")
    for month in (1, 2):
        valley.act(policy, Moment.MONTH_START, date(2024, month, 1))
    assert [yuan(valley, who) for who in ("UPPER", "LOWER", AccountKind.ESCROW)] == [7_600, 6_400, 6_500]
    assert yuan(valley, AccountKind.TRANSFER_PAYMENT) == -500
    valley.act(policy, Moment.MONTH_START, date(2025, 1, 1))
    assert yuan(valley, AccountKind.ESCROW) == 13_000
    assert valley.is_balanced()


@pytest.mark.parametrize(
    ("level", "upper", "lower"),
    [
        (18.0, 8_000, 7_000),  # P = 0.9: a tenth below, 1,000 out of the fund
        (20.0, 7_000, 7_000),  # P = 1: nothing
        (23.0, 5_500, 8_500),  # P = 1.15: fined 1,500, which the county below has
        (10.0, 10_000, 7_000),  # P = 0.5: counts as 0.7
        (40.0, 4_000, 10_000),  # P = 2: counts as 1.3
    ],
)
def test_a_month_is_paid_by_its_index(level, upper, lower):
    valley, policy = valley_of()
    sampled(valley, policy, 1, s1_cod=level)
    assert (yuan(valley, "UPPER"), yuan(valley, "LOWER")) == (upper, lower)
    assert valley.book.month(FactCode.SECTION_INDEX_PPM, 202401)[valley.account("UPPER")] == level * 50_000
    assert valley.board.notices["watershed.index.S1"] == level / 20
    assert valley.is_balanced()


def test_the_index_weighs_the_pollutants():
    """0.85 x (0.3 x 18/20 + 0.4 x 0.8/1 + 0.3 x 0.21/0.2) = 0.76925."""
    rows = section(nh3n_limit_mg_l=1, tp_limit_mg_l="0.2")
    valley, policy = valley_of(rows, weights={"cod": "0.3", "nh3n": "0.4", "tp": "0.3"}, k0="0.85")
    sampled(valley, policy, 1, s1_cod=18.0, s1_nh3n=0.8, s1_tp=0.21)
    assert valley.board.notices["watershed.index.S1"] == 0.76925
    assert yuan(valley, "UPPER") == 7_000 + 2_307.5


def test_a_short_fund_pays_what_it_has_and_says_so():
    valley, policy = valley_of(fund_cny=2_000)
    sampled(valley, policy, 1, s1_cod=10.0)
    assert (yuan(valley, "UPPER"), yuan(valley, AccountKind.ESCROW)) == (11_000, 0)
    assert valley.ordered(Bound) == [Bound(Rule.POOL_SHORT, valley.account("UPPER"), -1, 1_000 * 10_000)]


def test_where_the_river_leaves_the_province_the_state_stands_in():
    valley, policy = valley_of(section(downstream=""))
    sampled(valley, policy, 1, s1_cod=22.0)
    assert (yuan(valley, "UPPER"), yuan(valley, AccountKind.PENALTY)) == (6_000, 1_000)
    assert yuan(valley, AccountKind.TRANSFER_PAYMENT) == -3_000


def test_at_year_end_what_is_left_is_shared_by_gep_among_those_who_kept_it_clean():
    rows = [section(), section(section="S2", upstream="LOWER", downstream="")]
    valley, policy = valley_of(*rows, bonus_share="0.5")
    for month in (1, 2):
        sampled(valley, policy, month, s1_cod=20.0, s2_cod=20.0)
    before = yuan(valley, "UPPER"), yuan(valley, "LOWER")
    valley.act(policy, Moment.YEAR_END, date(2024, 12, 31))
    assert (yuan(valley, "UPPER"), yuan(valley, "LOWER")) == (before[0] + 4_500, before[1] + 1_500)
    assert yuan(valley, AccountKind.ESCROW) == valley.board.notices["watershed.fund.HS"] == 6_000
    assert [(a.scheme, a.required, a.met) for a in valley.ordered(Assess)] == [(Scheme.SECTION_QUALITY, 2, 2)] * 2


def test_a_county_that_missed_one_of_its_sections_has_no_bonus():
    rows = [section(), section(section="S2", upstream="UPPER", downstream="")]
    valley, policy = valley_of(*rows, bonus_share="0.5")
    sampled(valley, policy, 1, s1_cod=20.0, s2_cod=20.1)
    before = yuan(valley, "UPPER")
    valley.act(policy, Moment.YEAR_END, date(2024, 12, 31))
    assert yuan(valley, "UPPER") == before
    assert [(a.required, a.met, a.charge) for a in valley.ordered(Assess)] == [(2, 1, 50 * 10_000)]


@pytest.mark.parametrize(
    ("phosphorus", "upper", "lower"),
    [(0.082, 600_000_000, 100_000_000), (0.083, 400_000_000, 300_000_000)],
)
def test_xinan_exactly(phosphorus, upper, lower):
    """500 M a year, 300 of them central: P <= 1 and the county below pays 100 M, P > 1 and the one above does.

    0.85 x (1/4 + 1/4 + 1/4 + 1/4 x 0.082/0.05) = 0.986; to the other side of 1 with COD at 2.14 and TP 0.083.
    """
    valley, policy = valley_of(
        section(**XINAN),
        upper=200_000_000,
        lower=200_000_000,
        rule="threshold",
        k0="0.85",
        weights=QUARTERS,
        state_cny=300_000_000,
        fixed_cny=100_000_000,
    )
    cod = 2.0 if phosphorus < 0.083 else 2.14
    sampled(valley, policy, 1, s1_cod=cod, s1_nh3n=0.2, s1_tn=1.25, s1_tp=phosphorus)
    assert yuan(valley, AccountKind.ESCROW) == 500_000_000
    valley.act(policy, Moment.YEAR_END, date(2024, 12, 31))
    assert (yuan(valley, "UPPER"), yuan(valley, "LOWER")) == (upper, lower)
    assert yuan(valley, AccountKind.ESCROW) == 0
    assert valley.is_balanced()


def test_at_an_index_of_exactly_one_the_county_below_pays():
    for level, upper in ((20.0, 500.0), (20.001, 300.0)):
        valley, policy = valley_of(upper=100, lower=100, rule="threshold", fixed_cny=100, state_cny=300)
        sampled(valley, policy, 1, s1_cod=level)
        valley.act(policy, Moment.YEAR_END, date(2024, 12, 31))
        assert yuan(valley, "UPPER") == upper


def test_the_share_of_wins_is_by_the_mean_of_the_year():
    valley, policy = valley_of(upper=100, lower=100, rule="threshold", fixed_cny=100)
    for month, level in ((1, 30.0), (2, 9.0)):
        sampled(valley, policy, month, s1_cod=level)
    valley.act(policy, Moment.YEAR_END, date(2024, 12, 31))
    assert (yuan(valley, "UPPER"), yuan(valley, "LOWER")) == (200, 0)
    sampled(valley, policy, 3, s1_cod=30.0)  # the next year's mean knows nothing of this one


def test_a_pilot_gets_more_and_only_while_the_pilot_runs():
    law = {"compensation-pilot": CompensationPilot.Params(factor="1.2", until=date(2024, 1, 31))}
    valley, policy = valley_of(law=law, pilot=True)
    sampled(valley, policy, 1, s1_cod=18.0)
    assert yuan(valley, "UPPER") == 7_000 + 1_200
    sampled(valley, policy, 2, s1_cod=18.0)
    assert yuan(valley, "UPPER") == 7_000 + 2_200
    plain, policy = valley_of(law=law)
    sampled(plain, policy, 1, s1_cod=18.0)
    assert yuan(plain, "UPPER") == 8_000


def test_out_of_force_it_orders_nothing():
    valley, policy = valley_of(since=date(2024, 3, 1), until=date(2024, 3, 31))
    for month in (2, 4):
        assert not sampled(valley, policy, month, s1_cod=10.0)
    assert sampled(valley, policy, 3, s1_cod=10.0)
    assert yuan(valley, "UPPER") == 10_000


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(ValidationError, match="section S1: weights name tp, which has no limit there"):
        valley_of(weights={"cod": "0.5", "tp": "0.5"})
    with pytest.raises(ValidationError, match="unknown pollutant mercury"):
        valley_of(weights={"mercury": 1})


@settings(max_examples=60, deadline=None)
@given(
    levels=st.lists(st.floats(0.0, 80.0), min_size=1, max_size=12),
    cash=st.tuples(st.integers(0, 8_000), st.integers(0, 8_000)),
    rule=st.sampled_from(["graded", "threshold"]),
    bonus=st.sampled_from(["0", "0.37", "1"]),
)
def test_money_is_conserved_and_the_fund_never_owes(levels, cash, rule, bonus):
    valley, policy = valley_of(upper=cash[0], lower=cash[1], rule=rule, bonus_share=bonus, fixed_cny=3_000)
    for month, level in enumerate(levels, 1):
        sampled(valley, policy, month, s1_cod=level)
        assert min(valley.has(who, 0) for who in ("UPPER", "LOWER", AccountKind.ESCROW)) >= 0
    valley.act(policy, Moment.YEAR_END, date(2024, 12, 31))
    assert sum(valley.has(who, 0) for who in ("UPPER", "LOWER", AccountKind.ESCROW)) == sum(cash) * 10_000
    if rule == "graded":
        assert round(valley.board.notices["watershed.fund.HS"] * 10_000) == valley.has(AccountKind.ESCROW, 0)
    else:
        assert valley.has(AccountKind.ESCROW, 0) == 0
    assert not valley.refused()
