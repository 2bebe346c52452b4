"""Stocking: given more livestock than the grass carries, when the year ends, then cover and payment fall."""

from __future__ import annotations

from datetime import date

import pytest
from tests.policies.uplands import Uplands, county

from ecomarket.model.command import Bound, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies.stocking_warning import StockingWarning

CLOSE = date(2024, 12, 31)


@pytest.fixture
def uplands():
    return Uplands(
        county("TOP", cash=1_000_000, sheep_units=1_250, capacity_sheep_units=1_000, grass_mu=100_000),
        county("LOW", cash=1_000_000, sheep_units=1_000, capacity_sheep_units=1_000, grass_mu=100_000),
        county("FAR", cash=1_000_000, grass_mu=100_000),
    )


def law(uplands, **more):
    return uplands.make(StockingWarning, **({"right": "grass", "loss_share": "0.02", "payment_cny_mu": "2.5"} | more))


def facts(uplands, code):
    who = uplands.setting.by_account
    return {who[f.account].code: f.amount for f in uplands.ordered(Fact) if f.code is code}


def test_a_quarter_too_many_costs_a_quarter_of_the_payment_and_half_a_per_cent_of_grass(uplands):
    uplands.act(law(uplands), Moment.YEAR_END, CLOSE)
    assert facts(uplands, FactCode.STOCKING_RATIO_PPM) == {"TOP": 1_250_000, "LOW": 1_000_000}
    assert facts(uplands, FactCode.LAND_LOST_MU) == {"TOP": 500}
    assert [uplands.cash(c) for c in ("TOP", "LOW", "FAR")] == [1_000_000 - 62_500, 1_000_000, 1_000_000]
    (bound,) = uplands.ordered(Bound)
    assert (bound.rule, bound.amount) == (Rule.CARRYING_CAPACITY, 250)


def test_the_warning_is_public_and_the_herd_is_brought_down(uplands):
    rule = law(uplands, destock_share="0.4")
    uplands.act(rule, Moment.YEAR_END, CLOSE)
    assert uplands.board.notices["stocking.TOP"] == 1.15
    uplands.act(rule, Moment.YEAR_END, date(2025, 12, 31))
    assert facts(uplands, FactCode.STOCKING_RATIO_PPM)["TOP"] == 1_150_000


def test_nobody_loses_more_than_the_payment_and_without_an_indicator_no_area(uplands):
    alone = Uplands(county("TOP", cash=10**6, sheep_units=9_000, capacity_sheep_units=1_000, grass_mu=100_000))
    alone.act(law(alone, right=None), Moment.YEAR_END, CLOSE)
    assert alone.cash("TOP") == 10**6 - 250_000
    assert not facts(alone, FactCode.LAND_LOST_MU)
