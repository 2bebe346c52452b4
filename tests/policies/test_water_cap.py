"""Regional caps: given a zone over its cap, when another sells, then water and cap move, less what the way takes."""

from __future__ import annotations

from datetime import date

import pytest
from tests.policies.valley import Valley, region, user

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Assess, Auction, Bid, Bound
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies.water_allocation import WaterAllocation
from ecomarket.policies.water_cap import WaterCap

YEAR, WINDOW, JULY, END = date(2024, 1, 1), date(2024, 3, 31), date(2024, 7, 1), date(2024, 12, 31)
UP, DOWN = "WATER.UP.2024", "WATER.DOWN.2024"


@pytest.fixture
def valley():
    return Valley(
        region("UP", mean_inflow_1000m3=1000, cap_1000m3=900),
        region("DOWN", mean_inflow_1000m3=2000, cap_1000m3=500, cash_cny=10_000_000),
        region("FAR", mean_inflow_1000m3=0, cap_1000m3=100, cash_cny=10_000_000),
        user("FARM", 300),
        user("MILL", 800, zone="DOWN", sector="steel"),
        user("MINE", 200, zone="FAR", sector="other"),
        params={"water": {"loss_per_reach": "0.1", "loss_max": "0.2"}},
    )


def laws(valley):
    return WaterAllocation(WaterAllocation.Params(reserve_share=0), valley.setting), WaterCap(
        WaterCap.Params(offer_share="0.5"), valley.setting
    )


def begin(valley):
    allocation, cap = laws(valley)
    valley.act(allocation, Moment.YEAR_START, YEAR)
    valley.act(cap, Moment.YEAR_START, YEAR)
    return allocation, cap


def everything(valley, who="DOWN", price=3_000_000):
    return lambda call: [Bid(valley.account(who), price, call.lots)]


def test_a_zone_whose_needs_exceed_its_cap_is_named(valley):
    begin(valley)
    bound = [(b.account, b.amount) for b in valley.ordered(Bound) if b.rule is Rule.CAP]
    assert bound == [(valley.account("DOWN"), 300), (valley.account("FAR"), 100)]
    assert valley.has("MILL", DOWN) == 500


def test_only_a_zone_with_water_to_spare_offers_and_only_those_it_reaches_may_bid(valley):
    _, cap = begin(valley)
    valley.act(cap, Moment.MONTH_END, WINDOW, everything(valley))
    (call,) = valley.ordered(Auction)
    assert (call.seller, call.lots, call.invited) == (valley.account("UP"), 300, frozenset({valley.account("DOWN")}))


def test_water_and_cap_move_and_a_tenth_is_lost_on_the_way(valley):
    _, cap = begin(valley)
    up, down = valley.setting.by_code["UP"], valley.setting.by_code["DOWN"]
    before = cap.cap(up) + cap.cap(down)
    valley.act(cap, Moment.MONTH_END, WINDOW, everything(valley))
    assert (cap.cap(up), cap.cap(down)) == (600, 770)
    assert before - cap.cap(up) - cap.cap(down) == 30
    assert (valley.has("DOWN", DOWN), valley.has("DOWN", UP), valley.has(AccountKind.CONSUMED, UP)) == (270, 0, 300)
    assert valley.book.year(FactCode.WATER_LOSS_1000M3, 2024)[valley.account("DOWN")] == 30
    assert not valley.refused()
    assert valley.is_balanced()


@pytest.mark.parametrize(("sold", "arrives"), [(1, 0), (7, 6), (10, 9), (299, 269)])
def test_volume_balances_to_the_lot(valley, sold, arrives):
    _, cap = begin(valley)
    valley.act(cap, Moment.MONTH_END, WINDOW, lambda _: [Bid(valley.account("DOWN"), 3_000_000, sold)])
    lost = int(valley.book.year(FactCode.WATER_LOSS_1000M3, 2024)[valley.account("DOWN")])
    assert (valley.has("DOWN", DOWN), arrives + lost) == (arrives, sold)
    assert valley.has(AccountKind.CANCELLED, UP) == 300 - sold
    assert not valley.refused()


def test_the_revision_takes_no_water_twice(valley):
    allocation, cap = begin(valley)
    valley.act(cap, Moment.MONTH_END, WINDOW, everything(valley))
    valley.act(allocation, Moment.MONTH_START, JULY)
    assert (valley.has("FARM", UP), valley.has("MILL", DOWN)) == (300, 500)
    assert -valley.has(AccountKind.ISSUANCE, UP) == 600


def test_in_a_dry_year_what_was_sold_is_missing_at_home(valley):
    allocation, cap = begin(valley)
    valley.act(cap, Moment.MONTH_END, WINDOW, everything(valley))
    valley.board.notices["inflow.expected.UP"] = 0.5
    valley.act(allocation, Moment.MONTH_START, JULY)
    assert valley.has("FARM", UP) == 200


def test_a_second_window_offers_half_of_what_is_left(valley):
    _, cap = begin(valley)
    valley.act(cap, Moment.MONTH_END, WINDOW, lambda _: [Bid(valley.account("DOWN"), 3_000_000, 100)])
    valley.act(cap, Moment.MONTH_END, date(2024, 6, 30), everything(valley))
    assert [call.lots for call in valley.ordered(Auction)] == [300, 250]


def test_caps_return_with_the_new_year(valley):
    _, cap = begin(valley)
    valley.act(cap, Moment.MONTH_END, WINDOW, everything(valley))
    valley.act(cap, Moment.YEAR_START, date(2025, 1, 1))
    assert cap.cap(valley.setting.by_code["UP"]) == 900


def test_use_above_the_cap_is_assessed(valley):
    _, cap = begin(valley)
    valley.book.add(FactCode.WATER_USED_1000M3, valley.account("MILL"), valley.index(DOWN), 202405, 520)
    valley.act(cap, Moment.YEAR_END, END)
    (assessed,) = [a for a in valley.ordered(Assess) if a.account == valley.account("DOWN")]
    assert (assessed.required, assessed.met) == (520, 500)
