"""Land-share reward, royalties and mining exit: given rights to land and minerals, what they earn, cost and end in."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.uplands import Uplands, county, firm

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Bound, Fact, Note
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode, NoteCode, Rule
from ecomarket.policies.land_share_reward import LandShareReward
from ecomarket.policies.mining_exit import MiningExit
from ecomarket.policies.resource_royalty import ResourceRoyalty

JANUARY, CLOSE = date(2024, 1, 31), date(2024, 12, 31)


# --- land-share-reward


@pytest.mark.parametrize(("restored", "granted", "gained"), [(1_000, 30, 970), (499, 0, 499), (533, 15, 518)])
def test_three_per_cent_of_what_is_restored_may_be_used(restored, granted, gained):
    uplands = Uplands(county("TOP"), firm("GREEN", "TOP"))
    uplands.states(FactCode.RESTORED_MU, "GREEN", 202405, restored)
    uplands.act(uplands.make(LandShareReward, cover_right="grass"), Moment.YEAR_END, CLOSE)
    assert uplands.has("GREEN", "ECO-LAND.TOP") == granted
    assert [f.amount for f in uplands.ordered(Fact) if f.code is FactCode.LAND_GAINED_MU] == [gained]


def test_who_restores_nothing_is_granted_nothing():
    uplands = Uplands(county("TOP"), firm("GREEN", "TOP"))
    assert uplands.act(uplands.make(LandShareReward), Moment.YEAR_END, CLOSE) == []


# --- resource-royalty


def royalty(uplands, rate="0.03"):
    return uplands.make(
        ResourceRoyalty,
        rate={"mining": rate},
        sales_cny_year={"mining": 12_000},
        profit_share={"mining": "0.25"},
    )


def year(uplands, rule):
    for month in range(1, 13):
        end = date(2024, month, 28)
        uplands.act(rule, Moment.MONTH_END, end)
    uplands.act(rule, Moment.YEAR_END, CLOSE)


def test_a_royalty_is_rate_times_sales():
    uplands = Uplands(firm("SALT", "FAR", mining_units=100))
    rule = royalty(uplands)
    uplands.act(rule, Moment.RUN_START, date(2024, 1, 1))
    year(uplands, rule)
    assert uplands.has("SALT", "MINING.FAR") == 100
    assert uplands.cash(AccountKind.TREASURY) == 1_200_000 * 3 // 100
    assert uplands.cash("SALT") == 300_000 - 36_000


def test_sales_follow_the_holder_and_the_output():
    uplands = Uplands(firm("SALT", "FAR", mining_units=100), firm("HEIR", "FAR"))
    rule = royalty(uplands)
    uplands.nature["activity"] = {"HEIR": 0.5}
    uplands.act(rule, Moment.RUN_START, date(2024, 1, 1))
    uplands.act(rule, Moment.MONTH_END, JANUARY)
    t, index = uplands.board.t, uplands.index("MINING.FAR")
    assert not uplands.exchange.transfer(t, uplands.account("SALT"), uplands.account("HEIR"), index, 100, 25)
    uplands.act(rule, Moment.MONTH_END, date(2024, 2, 29))
    sold = [f.amount // 10_000 for f in uplands.ordered(Fact) if f.code is FactCode.SALES_CASH]
    assert sold == [100_000, 50_000]


def test_at_no_rate_nothing_is_paid():
    uplands = Uplands(firm("SALT", "FAR", mining_units=100))
    rule = royalty(uplands, rate="0")
    uplands.act(rule, Moment.RUN_START, date(2024, 1, 1))
    year(uplands, rule)
    assert uplands.cash(AccountKind.TREASURY) == 0
    assert uplands.cash("SALT") == 300_000


def test_a_right_ends_with_its_term():
    uplands = Uplands(firm("SALT", "FAR", mining_units=100), term=1)
    rule = royalty(uplands)
    uplands.act(rule, Moment.RUN_START, date(2024, 1, 1))
    uplands.act(rule, Moment.MONTH_END, date(2025, 1, 31))
    assert (uplands.has("SALT", "MINING.FAR"), uplands.has(AccountKind.EXPIRED, "MINING.FAR")) == (0, 100)


# --- mining-exit

CLAIMS = [{"who": "GOLD", "claim_cny": 500_000_000}, {"who": "COAL", "claim_cny": 300_000_000}]


def leave(fund, day=date(2024, 6, 30)):
    uplands = Uplands(firm("GOLD", "TOP"), firm("COAL", "LOW"))
    uplands.give("GOLD", "MINING.TOP", 5)
    rule = uplands.make(MiningExit, right="mining", day=day, fund_cny=fund, claims=CLAIMS)
    for month in (5, 6, 7):
        uplands.act(rule, Moment.MONTH_END, date(2024, month, 30))
    return uplands


def test_700_million_are_shared_pro_rata_when_800_are_asked():
    uplands = leave(700_000_000)
    assert (uplands.cash("GOLD"), uplands.cash("COAL")) == (437_500_000, 262_500_000)
    assert [(b.rule, b.amount) for b in uplands.ordered(Bound)] == [(Rule.FUND_LIMIT, 100_000_000 * 10_000)]
    assert uplands.has(AccountKind.CANCELLED, "MINING.TOP") == 5
    assert [n.payload["units"] for n in uplands.ordered(Note) if n.code is NoteCode.MINING_EXIT] == [5, 0]


def test_a_fund_that_suffices_pays_every_claim_once():
    uplands = leave(900_000_000)
    assert (uplands.cash("GOLD"), uplands.cash("COAL")) == (500_000_000, 300_000_000)
    assert not uplands.ordered(Bound)


def test_a_day_before_the_run_is_past():
    assert leave(900_000_000, date(2020, 12, 31)).said == []


@given(st.integers(0, 10**9), st.lists(st.integers(1, 10**9), min_size=1, max_size=5))
def test_the_fund_is_never_exceeded(fund, asked):
    uplands = Uplands(*(firm(f"M{n}", "TOP") for n in range(len(asked))))
    claims = [{"who": f"M{n}", "claim_cny": cny} for n, cny in enumerate(asked)]
    rule = uplands.make(MiningExit, right="mining", day=JANUARY, fund_cny=fund, claims=claims)
    uplands.act(rule, Moment.MONTH_END, JANUARY)
    paid = [uplands.has(f"M{n}", 0) for n in range(len(asked))]
    assert sum(paid) <= fund * 10_000
    assert all(got <= cny * 10_000 for got, cny in zip(paid, asked, strict=True))
    assert sum(paid) > min(fund, sum(asked)) * 10_000 - len(asked)
