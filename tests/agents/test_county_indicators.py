"""Counties with duties: own effort to the price, purchase up to the fee, sale above duty only."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.uplands import Uplands, county

from ecomarket.agents.increments import affordable, annuity, cover_worth, effort_cost, own_effort
from ecomarket.agents.strategies.county_indicators import CountyIndicators
from ecomarket.model.command import Auction, Fact
from ecomarket.model.stated import FactCode
from ecomarket.policies.clean_water_increment import CleanWaterIncrement
from ecomarket.policies.cover_indicator import CoverIndicator
from ecomarket.policies.greening_increment import GreeningIncrement

APRIL, OCTOBER, NEW_YEAR_S_EVE = date(2024, 4, 30), date(2024, 10, 8), date(2024, 12, 31)
MU = "GREENING.2024"
LAW = {
    "greening-increment": GreeningIncrement.Params(survival="0.8", fee_cny_mu=4_000),
    "cover-indicator": CoverIndicator.Params(shortage_cny_mu={"forest": 300}),
}
PLANTER = {"planting_cny_mu": 2_000, "planting_max_mu": 1_000, "greening_duty_mu": 400}


def upland(law=None, cash=10**8, **facts):
    uplands = Uplands(county("TOP", cash=cash, **(PLANTER | facts)), county("LOW", cash=cash), law=law or LAW)
    uplands.price(MU, 30_000_000)
    return uplands, uplands.cohort(CountyIndicators, "TOP", "LOW")


def stated(uplands, code):
    return [f.amount for f in uplands.ordered(Fact) if f.code is code]


def test_it_plants_to_where_a_surviving_mu_costs_its_price():
    uplands, counties = upland()
    uplands.operate(counties, APRIL)
    # 3,000 x 0.8 = 2,400 = 2,000 (1 + 200 / 1,000)
    assert stated(uplands, FactCode.GREENED_MU) == [200]
    assert 10**8 - uplands.cash("TOP") == 2_000 * 200 * 11 // 10


def test_without_the_duty_nobody_plants():
    uplands, counties = upland(law={"cover-indicator": LAW["cover-indicator"]})
    uplands.operate(counties, APRIL)
    assert stated(uplands, FactCode.GREENED_MU) == []


def test_no_price_above_the_fee_is_believed():
    uplands, counties = upland()
    uplands.price(MU, 90_000_000)
    uplands.operate(counties, APRIL)
    assert stated(uplands, FactCode.GREENED_MU) == [600]


def test_a_set_limit_bounds_what_is_worth_planting():
    law = LAW | {"greening-increment": GreeningIncrement.Params(survival="0.8", fee_cny_mu=4_000, limit=0)}
    uplands, counties = upland(law=law, greening_duty_mu=80)
    uplands.operate(counties, APRIL)
    assert stated(uplands, FactCode.GREENED_MU) == [100]


def test_half_the_cash_is_all_it_spends_at_once():
    uplands, counties = upland(cash=400_000)
    uplands.operate(counties, APRIL)
    assert stated(uplands, FactCode.GREENED_MU) == [95]
    assert uplands.cash("TOP") == pytest.approx(200_000, rel=0.01)


def test_a_deficit_is_bought_up_to_the_fee_and_a_surplus_sold_to_nothing():
    uplands, counties = upland()
    uplands.board.notices |= {"lacking.greening.LOW": 150.0, "lacking.greening.TOP": 0.0}
    uplands.give("TOP", MU, 300)
    uplands.board.trading_days_left_in_year = 60
    uplands.plan(counties, OCTOBER)
    low, top = uplands.intent(counties, "LOW", MU), uplands.intent(counties, "TOP", MU)
    assert (low["target"], low["reservation"]) == (150, 40_000_000)
    assert (top["target"], top["reservation"]) == (0, 27_000_000)
    assert counties.looks(uplands.see(counties)).tolist().count(0.5) == 2


def test_who_has_bought_what_it_lacked_keeps_it():
    uplands, counties = upland()
    uplands.board.notices["lacking.greening.LOW"] = 150.0
    uplands.give("LOW", MU, 150)
    uplands.plan(counties, OCTOBER)
    assert uplands.intent(counties, "LOW", MU)["target"] == 150


def test_a_year_that_ends_short_raises_what_is_expected_and_an_unsold_one_lowers_it():
    uplands, counties = upland()
    uplands.board.notices["lacking.greening.LOW"] = 150.0
    uplands.states(FactCode.INCREMENT_CERTIFIED, "TOP", 202409, 1_000, MU)
    uplands.give("TOP", MU, 1_000)
    uplands.operate(counties, NEW_YEAR_S_EVE)
    assert counties.belief[1, "greening"] == pytest.approx(33_000_000)
    assert counties.belief[0, "greening"] == pytest.approx(21_000_000)


def test_a_member_of_a_county_trades_only_water_that_reaches_it():
    law = {"clean-water-increment": CleanWaterIncrement.Params(pollutants={"clean-cod": "cod"})}
    uplands = Uplands(county("TOP"), county("MID"), county("LOW"), county("FAR"), law=law)
    counties = uplands.cohort(CountyIndicators, "TOP", "MID", "LOW", "FAR")
    codes = uplands.setting.instruments
    pairs = {(counties.members[m].code, codes[i].zone) for m, i in counties.markets()}
    own = {(c, c) for c in ("TOP", "MID", "LOW", "FAR")}
    assert pairs == own | {("MID", "TOP"), ("LOW", "TOP"), ("LOW", "MID")}


def test_water_is_treated_where_that_pays_and_not_where_its_first_part_is_lost():
    law = {"clean-water-increment": CleanWaterIncrement.Params(pollutants={"clean-cod": "cod"})}
    river = {"flow_1000m3": 12_000, "cod_target_mg_l": 15, "cod_treat_cny_t": 2_000, "cod_treat_max_t": 120}
    uplands = Uplands(
        county("TOP", cash=10**8, cod_mg_l=14, **river), county("MID", cash=10**8, cod_mg_l=25, **river), law=law
    )
    counties = uplands.cohort(CountyIndicators, "TOP", "MID")
    for code in ("CLEAN-COD.TOP.2024", "CLEAN-COD.MID.2024"):
        uplands.price(code, 30_000)  # 3,000 CNY a tonne
    uplands.operate(counties, APRIL)
    # 3,000 = 2,000 (1 + x / 10 t): 5 t a month; MID would first have to treat 10 t to reach its target
    assert stated(uplands, FactCode.POLLUTANT_TREATED_KG) == [5_000]


@pytest.mark.parametrize("planting", [1_000, 2_000, 0])
def test_a_county_short_of_cover_bids_what_the_cheaper_way_costs(planting):
    """Charges for 15 years, or 1.25 mu planted for each that stands and charges for the three years until it counts."""
    uplands, counties = upland(planting_cny_mu=planting)
    uplands.board.notices["need.forest.TOP"] = 500.0
    uplands.give("LOW", "FOREST.LOW", 900)
    seller, index = uplands.account("LOW"), uplands.index("FOREST.LOW")
    call = Auction("cover-window", index, seller, 900, 9_000_000, invited=frozenset({uplands.account("TOP"), 99}))
    (bid,) = uplands.bids(counties)(call)
    charges = 300 * annuity(0.05, 15)
    own = planting / 0.8 + 300 * annuity(0.05, 3) if planting else charges
    worth = min(charges, own) - 100 * annuity(0.05, 15)
    assert (bid.lots, bid.price) == (500, int(worth) * 10_000)
    uplands.give("TOP", "FOREST.LOW", 200)
    (bid,) = uplands.bids(counties)(call)
    assert bid.lots == 300


def test_a_rule_that_is_not_yet_in_force_does_not_tell_how_much_survives():
    bids = []
    for law in ({}, {"greening-increment": GreeningIncrement.Params(survival="0.5", since=date(2025, 1, 1))}):
        uplands, counties = upland(law={"cover-indicator": LAW["cover-indicator"], **law}, planting_cny_mu=1_000)
        uplands.board.notices["need.forest.TOP"] = 500.0
        seller, invited = uplands.account("LOW"), frozenset({uplands.account("TOP"), 99})
        index = uplands.index("FOREST.LOW")
        bids += uplands.bids(counties)(Auction("cover-window", index, seller, 900, 1_000_000, invited=invited))
    assert bids[0] == bids[1]


def test_alone_it_bids_the_floor_and_above_its_worth_nothing():
    uplands, counties = upland()
    uplands.board.notices["need.forest.TOP"] = 500.0
    seller, index = uplands.account("LOW"), uplands.index("FOREST.LOW")
    alone = frozenset({uplands.account("TOP")})
    (bid,) = uplands.bids(counties)(Auction("cover-window", index, seller, 900, 9_000_000, invited=alone))
    assert bid.price == 9_000_000
    assert uplands.bids(counties)(Auction("cover-window", index, seller, 900, 21_000_000, invited=alone)) == []


@given(st.floats(1, 10_000), st.floats(1, 10_000), st.floats(1, 10_000))
def test_effort_is_where_marginal_cost_meets_the_price(price, first, most):
    effort = own_effort(price, first, most)
    marginal = first * (1 + effort / most)
    assert effort == 0 or effort == most or marginal == pytest.approx(price)
    assert affordable(effort_cost(effort, first, most), first, most) == pytest.approx(effort, abs=1e-6 * most)


def test_worth_of_cover_falls_with_its_care_and_never_below_nothing():
    assert cover_worth(300, 0, 0, 0.0, 10, 15) == 3_000
    assert cover_worth(300, 0, 100, 0.0, 10, 15) == 1_500
    assert cover_worth(10, 0, 100, 0.0, 10, 15) == 0
