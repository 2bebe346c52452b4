"""Transfer payments: given factors and a year's change of nature, then who gets how much in January."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.valley import ZONES, Valley, person

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Assess
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode
from ecomarket.policies.compensation_pilot import CompensationPilot
from ecomarket.policies.transfer_payment import HAZARD, INDEX, TransferPayment

YEAR, MID, END, NEXT = date(2024, 1, 1), date(2024, 5, 31), date(2024, 12, 31), date(2025, 1, 1)
POOR = {"fiscal_gap_cny": 300, "population": 10_000, "gep_cny": 500, "redline_mu": 900}
RICH = {"fiscal_gap_cny": 100, "population": 30_000, "gep_cny": 1_500, "redline_mu": 100}


def valley_of(*counties, total=1_000, law=None, zones=None, **params):
    people = [
        person(code, "county", "county", zone=zone, **({"eco_weight": 1, "poor_list_share": 0} | facts))
        for code, zone, facts in counties
    ]
    valley = Valley(*people, law=law)
    if zones:
        valley.setting = replace(valley.setting, zones=zones)
    return valley, TransferPayment(TransferPayment.Params(total_cny=total, **params), valley.setting)


def two(**params):
    return valley_of(("A", "630121", POOR), ("B", "630121", RICH), **params)


def paid(valley, who):
    return valley.has(who, 0) / 10_000


def test_the_total_is_shared_by_the_five_factors():
    """A: 0.25/2 + 0.30 x 3/4 + 0.15 x 1/4 + 0.15 x 1/4 + 0.15 x 9/10 = 0.56."""
    valley, policy = two()
    valley.act(policy, Moment.YEAR_START, YEAR)
    assert (paid(valley, "A"), paid(valley, "B")) == (560, 440)
    assert paid(valley, AccountKind.TRANSFER_PAYMENT) == -1_000


def test_only_counties_with_an_ecological_weight_take_part():
    valley, policy = valley_of(("A", "630121", POOR), ("B", "630121", RICH | {"eco_weight": 0}))
    valley.act(policy, Moment.YEAR_START, YEAR)
    assert (paid(valley, "A"), paid(valley, "B")) == (1_000, 0)


def test_a_pilot_weighs_more_and_the_total_stays():
    zones = ZONES | {"630121": replace(ZONES["630121"], flags=frozenset({"compensation-pilot"}))}
    law = {"compensation-pilot": CompensationPilot.Params(factor="1.5")}
    valley, policy = valley_of(("A", "630121", POOR), ("B", "UP", POOR), law=law, zones=zones)
    valley.act(policy, Moment.YEAR_START, YEAR)
    assert (paid(valley, "A"), paid(valley, "B")) == (600, 400)


@pytest.mark.parametrize(
    ("points", "next_year"),
    [
        (4.0, 1_100),
        (3.999, 1_050),
        (1.0, 1_050),
        (0.999, 1_000),
        (-0.999, 1_000),
        (-1.0, 900),
        (-1.999, 900),
        (-2.0, 750),
        (-6.0, 750),
    ],
)
def test_the_next_payment_follows_the_change_of_the_index(points, next_year):
    valley, policy = valley_of(("A", "630121", POOR))
    valley.nature[INDEX] = {"A": points}
    valley.act(policy, Moment.YEAR_END, END)
    valley.act(policy, Moment.YEAR_START, NEXT)
    assert paid(valley, "A") == next_year
    (assessed,) = valley.ordered(Assess)
    assert (assessed.met, assessed.charge) == (int(next_year >= 1_000), max(0, 1_000 - next_year) * 10_000)


def test_an_accident_halves_it_whatever_the_index_says_and_a_poor_list_takes_a_tenth_more():
    valley, policy = valley_of(("A", "630121", POOR | {"poor_list_share": 1}))
    valley.nature[INDEX] = {"A": 5.0, "A.accident": 1.0}
    valley.act(policy, Moment.MONTH_END, MID)
    valley.nature[INDEX] = {"A": 5.0}
    valley.act(policy, Moment.YEAR_END, END)
    valley.act(policy, Moment.YEAR_START, NEXT)
    assert paid(valley, "A") == 400
    assert valley.book.month(FactCode.POLLUTION_ACCIDENT, 202405)[valley.account("A")] == 1


def test_area_lost_to_hazards_counts_against_the_index_and_is_forgotten_next_year():
    """A tenth and a tenth of the rest lost: 0.19 x 10 points = 1.9, from 1.5 to -0.4: stable."""
    valley, policy = valley_of(("A", "630121", POOR))
    valley.nature[INDEX] = {"A": 1.5}
    for _ in range(2):
        valley.nature[HAZARD] = {"A": 0.1}
        valley.act(policy, Moment.MONTH_END, MID)
    valley.act(policy, Moment.YEAR_END, END)
    assert valley.book.year(FactCode.EI_CHANGE_MILLI, 2024)[valley.account("A")] == -400
    valley.act(policy, Moment.YEAR_END, date(2025, 12, 31))
    assert valley.book.year(FactCode.EI_CHANGE_MILLI, 2025)[valley.account("A")] == 1_500


def test_out_of_force_nothing_is_paid():
    valley, policy = two(since=date(2025, 1, 1))
    assert not valley.act(policy, Moment.YEAR_START, YEAR)
    assert valley.act(policy, Moment.YEAR_START, NEXT)


FACTS = st.fixed_dictionaries(
    {
        "eco_weight": st.integers(0, 5),
        "fiscal_gap_cny": st.integers(0, 10**9),
        "population": st.integers(0, 10**6),
        "gep_cny": st.integers(0, 10**10),
        "redline_mu": st.integers(0, 10**7),
    }
)


@settings(max_examples=50, deadline=None)
@given(tables=st.lists(FACTS, min_size=1, max_size=6), total=st.integers(0, 10**9))
def test_no_more_is_shared_than_there_is_and_next_to_nothing_less(tables, total):
    valley, policy = valley_of(*((f"C{n}", "630121", facts) for n, facts in enumerate(tables)), total=total)
    shares = policy.base_cash(valley.view()).values()
    assert all(share >= 0 for share in shares)
    assert sum(shares) <= total * 10_000
    if shares:
        assert sum(shares) > total * 10_000 - len(shares) or not sum(shares)


@given(points=st.integers(-9_000, 9_000), better=st.integers(0, 5_000), poor=st.booleans())
def test_a_better_year_never_pays_less_and_an_accident_never_more(points, better, poor):
    _, policy = valley_of(("A", "630121", POOR))
    low = policy.change_ppm(points, accident=False, poor_list=poor)
    assert low <= policy.change_ppm(points + better, accident=False, poor_list=poor) <= 100_000
    assert policy.change_ppm(points, accident=True, poor_list=poor) <= low
