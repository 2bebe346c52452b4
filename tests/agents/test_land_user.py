"""Firms that use land: restoration where the reward pays, concessions and wetland by what they are worth."""

from __future__ import annotations

from datetime import date

import pytest
from tests.policies.uplands import Uplands, county, firm

from ecomarket.agents.increments import annuity
from ecomarket.agents.strategies.land_user import LandUser
from ecomarket.model.command import Auction, Fact
from ecomarket.model.stated import FactCode
from ecomarket.policies.franchise_concession import FranchiseConcession
from ecomarket.policies.land_share_reward import LandShareReward
from ecomarket.policies.resource_royalty import ResourceRoyalty
from ecomarket.policies.wetland_balance import WetlandBalance

MAY = date(2024, 5, 31)
OFFER = {"county": "TOP", "places": 10, "day": date(2024, 3, 15), "reserve_cny": 1_000, "years": 5}
LAW = {
    "land-share-reward": LandShareReward.Params(share="0.03"),
    "resource-royalty": ResourceRoyalty.Params(
        sales_cny_year={"eco-land": 2_000}, profit_share={"eco-land": "0.5"}, rate={"eco-land": "0.1"}
    ),
    "franchise-concession": FranchiseConcession.Params(offers=[OFFER]),
    "wetland-balance": WetlandBalance.Params(),
}


def upland(law=LAW, **facts):
    uplands = Uplands(county("TOP"), firm("GREEN", "TOP", cash=1_000_000, **facts), law=law, term=20)
    return uplands, uplands.cohort(LandUser, "GREEN")


def restored(uplands):
    return [f.amount for f in uplands.ordered(Fact) if f.code is FactCode.RESTORED_MU]


# a mu of reward: 3 % of 2,000 x (0.5 - 0.1) a year for 20 years at 8 % = 235.6 CNY
@pytest.mark.parametrize(("cost", "mu"), [(200, 2_000), (235, 2_000), (236, 0), (900, 0)])
def test_it_restores_if_the_reward_is_worth_more_than_the_cost(cost, mu):
    uplands, firms = upland(restore_cny_mu=cost, restore_mu=2_000)
    uplands.operate(firms, MAY)
    assert restored(uplands) == ([mu] if mu else [])
    assert uplands.cash("GREEN") == 1_000_000 - mu * cost


def test_without_the_reward_nothing_is_restored():
    uplands, firms = upland(law={"resource-royalty": LAW["resource-royalty"]}, restore_cny_mu=10, restore_mu=2_000)
    uplands.operate(firms, MAY)
    assert restored(uplands) == []


def test_it_restores_no_more_than_its_cash_pays_and_nothing_below_the_least_area():
    uplands, firms = upland(restore_cny_mu=200, restore_mu=9_000)
    uplands.operate(firms, MAY)
    assert restored(uplands) == [5_000]
    small, firms = upland(restore_cny_mu=200, restore_mu=499)
    small.operate(firms, MAY)
    assert restored(small) == []


def test_a_place_is_worth_its_profit_over_the_term():
    uplands, firms = upland(concession_places=3, concession_cny_year=10_000)
    call = Auction("concession-hall", uplands.index("CONCESSION.TOP"), uplands.account("TOP"), 10, 10_000_000)
    (bid,) = uplands.bids(firms)(call)
    assert (bid.lots, bid.price) == (3, int(0.8 * 10_000 * annuity(0.08, 5)) * 10_000)
    uplands.give("GREEN", "CONCESSION.TOP", 2)
    (bid,) = uplands.bids(firms)(call)
    assert bid.lots == 1


def test_it_buys_the_wetland_its_project_needs_and_no_more():
    uplands, firms = upland(project_value_cny_mu=7_000)
    call = Auction("cover-window", uplands.index("WETLAND.TOP"), uplands.account("TOP"), 500, 60_000_000)
    assert uplands.bids(firms)(call) == []
    uplands.board.notices["need.wetland.GREEN"] = 80.0
    uplands.give("GREEN", "WETLAND.TOP", 30)
    (bid,) = uplands.bids(firms)(call)
    assert (bid.lots, bid.price) == (50, 70_000_000)
