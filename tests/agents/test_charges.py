"""What a venue takes of a trade moves what everybody bids, asks, cuts and can pay."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.agents import (
    test_certificate_buyer,
    test_county_indicators,
    test_irrigation,
    test_land_user,
    test_new_project,
    test_support_province,
    test_water_buyer,
)
from tests.agents.test_compliance import CEMENT, SO2, coal, planned, want
from tests.agents.test_experience import with_permits_to_spare

from ecomarket.agents.strategies.value_trader import ValueTrader
from ecomarket.chance import Draws
from ecomarket.model.charges import NONE, Charges, charges_of
from ecomarket.model.command import Auction

SHARES = st.integers(0, 500_000)
CASH = st.integers(0, 10_000)
NO_TIME_LEFT = date(2024, 12, 31)
"""The last look of the year: what is bid is what a permit is worth, whatever price is expected."""
TENTH = 100_000
"""A tenth of the price, in ppm."""


def charged(town, at=(SO2,), **fees):
    town.setting = replace(town.setting, charges={town.index(code): Charges(**fees) for code in at})
    return town


def short(world, price=None, held=60_000, **fees):
    town = charged(world([CEMENT]), **fees)
    town.give(0, SO2, held)
    if price:
        town.price(SO2, price)
    return town


@given(SHARES, CASH, CASH, st.floats(1.0, 1e12), st.integers(1, 1000))
def test_what_is_bid_costs_the_worth_and_what_is_asked_leaves_it(ppm, lot, order, worth, lots):
    charges = Charges(ppm, ppm, lot, lot, order)
    assert charges.paid(charges.bids(worth, lots)) + order / lots == pytest.approx(worth)
    assert (charges.asks(worth, lots) * (1 - ppm / 1e6) - lot) - order / lots == pytest.approx(worth)
    assert NONE.bids(worth, lots) == NONE.asks(worth) == NONE.paid(worth) == NONE.kept(worth) == worth


@given(st.lists(st.tuples(SHARES, SHARES, CASH, CASH, CASH), max_size=5), st.floats(1.0, 1e9))
def test_charges_side_by_side_are_each_ones_own(rows, worth):
    table = {n: Charges(*row) for n, row in enumerate(rows)}
    together = charges_of(table, np.arange(len(rows) + 1))
    single = [table.get(n, NONE) for n in range(len(rows) + 1)]
    for name in ("bids", "asks", "paid", "kept"):
        found = getattr(together, name)(np.full(len(single), worth))
        assert found.tolist() == [float(getattr(one, name)(worth)) for one in single]


@given(SHARES, CASH, CASH, st.integers(0, 10**12), st.integers(1, 10**6))
def test_nobody_buys_more_than_the_cash_pays(ppm, lot, order, cash, price):
    charges = Charges(ppm, 0, lot, 0, order)
    lots = charges.affords(cash, price)
    assert lots == 0 or float(charges.paid(price)) * lots + order <= cash + 1e-3


def test_a_firm_that_lacks_permits_bids_less_by_the_fee(world):
    free = planned(short(world), when=NO_TIME_LEFT)[0].intents[0]
    for fees in ({"buy_ppm": TENTH}, {"buy_lot": 700}, {"buy_ppm": TENTH, "buy_lot": 700}):
        town = short(world, **fees)
        made, _ = planned(town, when=NO_TIME_LEFT)
        me, charges = made.intents[0], town.setting.charges[town.index(SO2)]
        assert charges.paid(int(me["reservation"])) == pytest.approx(free["reservation"], abs=2)
        assert me["slope"] == pytest.approx(free["slope"] / (1.0 + charges.buy_ppm / 1e6))


def test_a_fee_for_each_order_is_spread_over_what_one_look_trades(world):
    plain, me = (planned(short(world, order=order), when=NO_TIME_LEFT)[0].intents[0] for order in (0, 5_000_000))
    at_once = (me["target"] - 60_000) / me["a"]
    assert plain["reservation"] - me["reservation"] == pytest.approx(5_000_000 / at_once, abs=2)


def test_a_firm_asks_more_by_the_fee_for_what_it_can_spare(world):
    asked = []
    for ppm in (0, TENTH):
        town = charged(world([CEMENT]), sell_ppm=ppm)
        made = with_permits_to_spare(town, 100)
        assert want(town, made, 0, SO2) < 0
        asked.append(int(made.intents[0]["reservation"]))
    assert asked[1] == pytest.approx(asked[0] / 0.9, abs=2)


def test_who_buys_cuts_more_and_who_could_sell_cuts_less(world):
    cuts = {}
    for held in (60_000, 100_000):
        for ppm in (0, TENTH):
            town = short(world, price=8_000, held=held, buy_ppm=ppm, sell_ppm=ppm)
            made, _ = planned(town, when=date(2024, 1, 2), ramp_a_month=1, for_sale=1)
            for _ in range(12):
                made.plan(town.view(), Draws(1))
            desk = made.desks["so2"]
            cuts[held, ppm] = desk.curve.marginal(desk.abated)[0]
    assert cuts[60_000, 0] == pytest.approx(cuts[100_000, 0])
    assert cuts[60_000, TENTH] == pytest.approx(1.1 * cuts[60_000, 0])
    assert cuts[100_000, TENTH] == pytest.approx(0.9 * cuts[100_000, 0])


def test_an_offset_must_be_cheaper_with_its_fee(world):
    for ppm, bought in ((0, 50_000), (TENTH, 0)):
        town = charged(coal(world), ("CCER.national",), buy_ppm=ppm)
        town.price("CCER.national", 75)
        assert want(town, planned(town)[0], 0, "CCER.national") == bought
    both = charged(coal(world), ("CCER.national", "CEA.2023"), buy_ppm=TENTH)
    both.price("CCER.national", 75)
    assert want(both, planned(both)[0], 0, "CCER.national") == 50_000


def test_what_is_bought_is_paid_with_its_fee(world):
    lots = []
    for ppm in (0, 1_000_000):
        town = charged(coal(world), ("CEA.2023",), buy_ppm=ppm)
        town.posted[0, 0] = 10_000 * 80 * 1_000
        lots.append(want(town, planned(town, when=date(2024, 12, 30), cash_share=1)[0], 0, "CEA.2023"))
    assert lots[0] == pytest.approx(2 * lots[1], abs=2)
    assert lots[0] > 0


def test_a_bid_in_an_auction_answers_for_the_fees_of_the_hall(world):
    """The market takes a tenth, the hall nothing, a tenth or a quarter: the same lots at the same cost in all."""
    highest = {}
    for hall in (0, TENTH, 250_000):
        town = short(world, buy_ppm=TENTH)
        town.setting = replace(town.setting, venue_charges={"permit-auction": Charges(buy_ppm=hall)})
        made, _ = planned(town, premium="0.5")
        bids = made.bids(Auction("permit-auction", town.index(SO2), 11, 10_000, 0), town.view(), Draws(1))
        highest[hall] = max(b.price for b in bids)
    assert highest[TENTH] <= made.intents[0]["reservation"]
    assert highest[0] == pytest.approx(1.1 * highest[TENTH], abs=2)
    assert highest[250_000] == pytest.approx(highest[0] / 1.25, abs=2)


def certificate():
    valley, cohort = test_certificate_buyer.valley_of()
    valley.board.notices["outside.gec"] = 8.0
    valley.board.trading_days_left_in_year = 3
    return valley, cohort, date(2024, 12, 27)


def indicator():
    valley, cohort = test_county_indicators.upland()
    valley.board.notices["lacking.greening.LOW"] = 150.0
    return valley, cohort, test_county_indicators.OCTOBER


def tonne():
    valley, cohort = test_support_province.valley_of(load=1000, worth_cny_t=0)
    return valley, cohort, test_support_province.DECEMBER


def water():
    return *test_water_buyer.valley_of(0), date(2024, 7, 1)


def irrigated():
    return *test_irrigation.valley_of(300, 0.6), test_irrigation.APRIL


@pytest.mark.parametrize("case", [certificate, indicator, tonne, water, irrigated])
def test_whoever_buys_bids_what_it_is_worth_less_the_fee(case):
    limits = []
    for ppm in (0, TENTH):
        valley, cohort, on = case()
        valley.setting.charges.update({i.index: Charges(buy_ppm=ppm) for i in valley.setting.instruments})
        valley.plan(cohort, on)
        buys = cohort.intents["target"] > cohort.intents["d"]
        limits.append(cohort.intents["reservation"][buys])
    assert limits[0].size > 0
    assert limits[1] == pytest.approx(limits[0] / 1.1, abs=2)


def test_water_that_leaves_less_by_the_fee_is_sold_less_and_dearer():
    lots, asked = [], []
    for ppm in (0, TENTH):
        valley, cohort = test_irrigation.valley_of(960, 2.0)
        valley.setting.charges.update({i.index: Charges(sell_ppm=ppm) for i in valley.setting.instruments})
        valley.plan(cohort, test_irrigation.APRIL)
        me = valley.intent(cohort, "FARM", test_irrigation.WATER)
        lots.append(960 - me["target"])
        asked.append(me["reservation"])
    assert 0 < lots[1] < lots[0]
    assert asked[1] == pytest.approx(asked[0] / 0.9, abs=2)


def test_a_value_trader_keeps_its_margin_after_fees():
    params = ValueTrader.Params()
    trader = ValueTrader.__new__(ValueTrader)
    trader.params, trader.worth, trader.__dict__["charges"] = params, np.array([1e6]), Charges(TENTH, TENTH)
    most, least = trader.bounds(np.array([1e6]))
    assert most[0] * 1.1 == pytest.approx(1e6 * (1 - float(params.margin)))
    assert least[0] * 0.9 == pytest.approx(1e6, abs=1)


def concession():
    uplands, firms = test_land_user.upland(concession_places=3, concession_cny_year=10_000)
    return uplands, firms, "concession-hall", "CONCESSION.TOP", ()


def wetland():
    uplands, firms = test_land_user.upland(project_value_cny_mu=7_000)
    uplands.board.notices["need.wetland.GREEN"] = 80.0
    return uplands, firms, "cover-window", "WETLAND.TOP", ()


def cover():
    uplands, counties = test_county_indicators.upland()
    uplands.board.notices["need.forest.TOP"] = 500.0
    uplands.give("LOW", "FOREST.LOW", 900)
    return uplands, counties, "cover-window", "FOREST.LOW", (uplands.account("TOP"), 99)


def sinks():
    valley, cohort = test_support_province.valley_of(premium_max="0.1")
    valley.day(test_support_province.DECEMBER)
    invited = valley.account("BJ"), valley.account("TJ")
    return valley, cohort, "sink-window", test_support_province.CREDIT, invited


@pytest.mark.parametrize("case", [concession, wetland, cover, sinks])
def test_in_a_hall_that_takes_a_fee_bids_are_lower_by_it(case):
    prices = []
    for ppm in (0, TENTH):
        place, cohort, hall, what, invited = case()
        place.setting.venue_charges.update({hall: Charges(buy_ppm=ppm)})
        seller = place.account({"CONCESSION.TOP": "TOP", "FOREST.LOW": "LOW"}.get(what, cohort.members[0].code))
        call = Auction(hall, place.index(what), seller, 500, 1, invited=frozenset(invited) if invited else None)
        (bid,) = place.bids(cohort)(call)
        prices.append(bid.price)
    assert prices[1] == pytest.approx(prices[0] / 1.1, abs=10_000)


def test_a_project_gives_up_when_permits_and_fees_cost_more_than_it_is_worth(world):
    """190 t at 4,000 CNY/t are 760,000 CNY; by the fifth of February waiting has cost a part of its 830,000."""
    for ppm, commands in ((0, 0), (TENTH, 1)):
        place = charged(test_new_project.town(world, npv_cny=830_000.0), buy_ppm=ppm)
        _, said = test_new_project.planned(place)
        assert len(said) == commands
