"""Zones: given two markets of one pollutant, when their prices part, then the border binds."""

from __future__ import annotations

from datetime import date

from tests.policies.conftest import firm

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Bound
from ecomarket.model.observation import Moment
from ecomarket.model.stated import Rule
from ecomarket.policies.trading_zones import TradingZones

END = date(2024, 3, 31)
XINING, HAIDONG = "SO2.6301.industry", "SO2.6302.industry"


def zones_of(town, *traded, **prices):
    place = town(firm("A"), firm("B", "630202"))
    policy = TradingZones(TradingZones.Params(), place.setting)
    for code, price in ((XINING, prices["xining"]), (HAIDONG, prices["haidong"])):
        place.price(code, price)
        place.board.day_lots[place.index(code)] = int(code in traded)
    place.act(policy, Moment.AFTER_SESSION, date(2024, 3, 8))
    place.board.day_lots[:] = 0
    place.act(policy, Moment.MONTH_END, END)
    return place


def test_prices_further_apart_than_a_tick_bind_on_the_dearer_side(town) -> None:
    place = zones_of(town, XINING, HAIDONG, xining=46_000, haidong=40_000)
    assert place.said == [Bound(Rule.ZONE, AccountKind.ALLOCATION, place.index(XINING), 6_000)]


def test_equal_prices_or_a_tick_apart_do_not_bind(town) -> None:
    assert not zones_of(town, XINING, HAIDONG, xining=40_100, haidong=40_000).said


def test_a_market_that_never_traded_has_no_price_to_compare(town) -> None:
    assert not zones_of(town, XINING, xining=46_000, haidong=40_000).said
