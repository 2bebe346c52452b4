"""New projects: no start without permits, worth that falls while they wait, and giving up."""

from datetime import date

import numpy as np
import pytest

from ecomarket.agents.strategies.new_project import NewProject
from ecomarket.chance import Draws
from ecomarket.model.command import Auction, Fact, SaleTerms
from ecomarket.model.stated import FactCode

PLANT = {
    "class_air": "industry",
    "class_water": "industry",
    "so2_t": 95.0,
    "npv_cny": 13_900_000.0,
    "margin_cny": 2_400_000.0,
    "appear": "2024-01-15",
    "discount_rate": 0.08,
}
SO2 = "SO2.6301.industry"


def town(world, **facts):
    made = world([PLANT | facts])
    made.price(SO2, 4_000)
    return made


def planned(place, when=date(2024, 2, 5), **params):
    made = place.strategy(NewProject, **params)
    return made, made.plan(place.view(when), Draws(1))


def test_it_needs_twice_its_emission_where_the_air_misses_its_target(world):
    place = town(world)
    made, _ = planned(place)
    assert place.intent(made, 0, SO2)["target"] == 190_000


def test_before_it_appears_it_does_nothing(world):
    place = town(world)
    made, _ = planned(place, when=date(2024, 1, 8))
    assert place.intent(made, 0, SO2)["target"] == 0
    assert made.looks(place.view()).max() == 0


def test_it_pays_no_more_than_its_worth_and_no_more_than_its_nerve(world):
    place = town(world, npv_cny=1_000_000.0)
    made, _ = planned(place, when=date(2024, 1, 15))
    assert place.intent(made, 0, SO2)["reservation"] == int(1_000_000 * 10_000 / 190_000)
    rich = town(world, npv_cny=1e9)
    made, _ = planned(rich)
    assert rich.intent(made, 0, SO2)["reservation"] <= 1.5 * 3 * 40_000


def test_waiting_lowers_what_it_would_pay(world):
    place = town(world, npv_cny=1_000_000.0)
    offers = []
    for when in (date(2024, 1, 15), date(2024, 7, 15), date(2024, 12, 16)):
        made, _ = planned(place, when=when)
        offers.append(int(place.intent(made, 0, SO2)["reservation"]))
    assert offers == sorted(offers, reverse=True)
    assert len(set(offers)) == 3


def test_when_permits_cost_more_than_the_project_is_worth_it_gives_up_and_sells(world):
    place = town(world, npv_cny=700_000.0)
    place.give(0, SO2, 1_000)
    made, commands = planned(place)
    assert commands == [Fact(FactCode.PROJECT_ABANDONED, int(made.accounts[0]), -1, 202402, 1)]
    assert place.intent(made, 0, SO2)["target"] == 0
    assert made.plan(place.view(date(2024, 2, 12)), Draws(1)) == []


def test_it_bids_its_worth_where_all_pay_one_price_and_shades_where_each_pays_its_bid(world):
    place = town(world)
    made, _ = planned(place)
    index = place.index(SO2)
    reservation = int(place.intent(made, 0, SO2)["reservation"])
    one, own = (
        made.bids(Auction("a", index, 11, 50_000, 40_000, uniform=u), place.view(), Draws(1)) for u in (True, False)
    )
    assert [(b.price, b.lots) for b in one] == [(reservation // 100 * 100, 50_000)]
    assert [(b.price, b.lots) for b in own] == [(40_000, 50_000)]
    assert not made.bids(Auction("a", index, 11, 50_000, reservation + 1), place.view(), Draws(1))


def test_it_bids_for_no_more_than_it_can_win(world):
    """Of 50,000 lots and 5,000 of a reserve it could use all; where one bidder may have a tenth, it asks for 5,000."""
    place = town(world)
    made, _ = planned(place)
    calls = [
        Auction("a", place.index(SO2), 11, 50_000, 40_000, terms=terms)
        for terms in (SaleTerms(contain_lots=5_000, contain_price=50_000), SaleTerms(bidder_lots_max=5_000))
    ]
    assert [sum(b.lots for b in made.bids(call, place.view(), Draws(1))) for call in calls] == [55_000, 5_000]


def test_in_a_clock_it_stays_up_to_its_worth(world):
    place = town(world)
    made, _ = planned(place)
    reservation = int(place.intent(made, 0, SO2)["reservation"])
    call = Auction("a", place.index(SO2), 11, 50_000, 40_000, terms=SaleTerms(increment=100), standing=41_000)
    assert [b.price for b in made.bids(call, place.view(), Draws(1))] == [reservation // 100 * 100]


def test_once_let_through_the_gate_it_stops_buying_and_operates(world):
    place = town(world)
    made, _ = planned(place)
    assert made.looks(place.view()).max() > 0
    assert not list(made.operate(place.view(date(2024, 2, 29)), Draws(1)))
    place.give(0, SO2, 95_000)
    place.book.add(FactCode.PROJECT_STARTED, int(made.accounts[0]), -1, 202402, 1)
    assert made.looks(place.view()).max() == 0
    made.plan(place.view(date(2024, 3, 4)), Draws(1))
    assert place.intent(made, 0, SO2)["target"] == 95_000
    facts = [c for c in made.operate(place.view(date(2024, 3, 31)), Draws(1)) if isinstance(c, Fact)]
    assert [(f.code, f.amount) for f in facts] == [(FactCode.EMISSION_T_MILLI, round(95_000 / 12))]
    place.activity[:] = 1.2
    facts = [c for c in made.operate(place.view(date(2024, 4, 30)), Draws(1)) if isinstance(c, Fact)]
    assert facts[0].amount == round(95_000 / 12)
    assert facts[1].code == FactCode.ABATEMENT_T_MILLI


def test_waiting_makes_it_urgent(world):
    place = town(world)
    calm, _ = planned(place, when=date(2024, 1, 22))
    pressed, _ = planned(place, when=date(2024, 6, 3))
    assert place.intent(calm, 0, SO2)["urgency"] == pytest.approx(7 / 90)
    assert place.intent(pressed, 0, SO2)["urgency"] == 1.0
    assert np.isfinite(pressed.intents["c"]).all()
