"""Greening: given duties, when one county plants more and another less, then the surplus may cover the deficit."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.uplands import Uplands, county

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Assess, Bound
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies.greening_increment import GreeningIncrement

CERTIFY, CLOSE = date(2024, 9, 30), date(2024, 12, 31)
MU = "GREENING.2024"


@pytest.fixture
def uplands():
    return Uplands(
        county("TOP", greening_duty_mu=1000), county("LOW", cash=10_000_000, greening_duty_mu=1000), county("FAR")
    )


def law(uplands, **more):
    return uplands.make(GreeningIncrement, **({"survival": "0.8", "fee_cny_mu": 3000} | more))


def plant(uplands, **greened):
    for who, mu in greened.items():
        uplands.states(FactCode.GREENED_MU, who, 202404, mu)


def assessed(uplands):
    return {uplands.setting.by_account[a.account].code: (a.required, a.met, a.charge) for a in uplands.ordered(Assess)}


def test_the_surplus_of_one_covers_part_of_the_deficit_of_another(uplands):
    plant(uplands, TOP=2000, LOW=500)
    rule = law(uplands)
    uplands.act(rule, Moment.MONTH_END, CERTIFY)
    assert uplands.has("TOP", MU) == 600  # 2,000 x 0.8 - 1,000
    assert uplands.board.notices["lacking.greening.LOW"] == 600
    uplands.exchange.transfer(
        uplands.board.t, uplands.account("TOP"), uplands.account("LOW"), uplands.index(MU), 450, 25
    )
    uplands.act(rule, Moment.YEAR_END, CLOSE)
    assert assessed(uplands) == {"TOP": (1000, 1000, 0), "LOW": (1000, 850, 150 * 3000 * 10_000)}
    assert uplands.cash("LOW") == 10_000_000 - 450_000
    assert (uplands.has(AccountKind.SURRENDER, MU), uplands.has(AccountKind.EXPIRED, MU)) == (450, 150)
    assert uplands.has("TOP", MU) == uplands.has("LOW", MU) == 0
    assert not uplands.refused()


def test_without_trade_everything_missing_is_charged_and_the_surplus_is_lost(uplands):
    plant(uplands, TOP=2000, LOW=500)
    rule = law(uplands)
    uplands.act(rule, Moment.MONTH_END, CERTIFY)
    uplands.act(rule, Moment.YEAR_END, CLOSE)
    assert assessed(uplands)["LOW"] == (1000, 400, 600 * 3000 * 10_000)
    assert uplands.has(AccountKind.EXPIRED, MU) == 600


def test_a_set_limit_holds_back_what_is_above_it(uplands):
    plant(uplands, TOP=3000)
    uplands.act(law(uplands, limit="0.25"), Moment.MONTH_END, CERTIFY)
    assert uplands.has("TOP", MU) == 250
    (bound,) = uplands.ordered(Bound)
    assert (bound.rule, bound.amount) == (Rule.SET_LIMIT, 1150)


def test_a_county_with_neither_duty_nor_planting_hears_nothing(uplands):
    rule = law(uplands)
    uplands.act(rule, Moment.MONTH_END, CERTIFY)
    uplands.act(rule, Moment.YEAR_END, CLOSE)
    assert "FAR" not in assessed(uplands)


def test_only_the_month_of_certification_counts(uplands):
    plant(uplands, TOP=2000)
    assert uplands.act(law(uplands), Moment.MONTH_END, date(2024, 8, 31)) == []


def test_an_indicator_serves_in_its_year_only(uplands):
    plant(uplands, TOP=2000)
    rule = law(uplands)
    uplands.act(rule, Moment.MONTH_END, CERTIFY)
    uplands.act(rule, Moment.YEAR_END, CLOSE)
    uplands.states(FactCode.GREENED_MU, "TOP", 202504, 1250)
    uplands.act(rule, Moment.MONTH_END, date(2025, 9, 30))
    assert (uplands.has("TOP", MU), uplands.has("TOP", "GREENING.2025")) == (0, 0)


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000))
def test_met_never_exceeds_duty_and_every_mu_is_accounted_for(top, low, sold):
    uplands = Uplands(county("TOP", greening_duty_mu=1000), county("LOW", cash=10**8, greening_duty_mu=1000))
    plant(uplands, TOP=top, LOW=low)
    rule = law(uplands)
    uplands.act(rule, Moment.MONTH_END, CERTIFY)
    issued = -uplands.has(AccountKind.ISSUANCE, MU)
    assert issued == max(0, top * 4 // 5 - 1000) + max(0, low * 4 // 5 - 1000)
    moved = min(sold, uplands.has("TOP", MU))
    if moved:
        uplands.exchange.transfer(
            uplands.board.t, uplands.account("TOP"), uplands.account("LOW"), uplands.index(MU), moved, 25
        )
    uplands.act(rule, Moment.YEAR_END, CLOSE)
    assert all(met <= required for required, met, _ in assessed(uplands).values())
    assert uplands.has(AccountKind.SURRENDER, MU) + uplands.has(AccountKind.EXPIRED, MU) == issued
    assert uplands.is_balanced()
