"""Irrigation: given allocation and price, when the district plans, then it trades to where marginal value meets price."""

from __future__ import annotations

from datetime import date
from math import exp

import pytest
from tests.policies.valley import Valley, region, user

from ecomarket.agents.strategies.irrigation import Irrigation
from ecomarket.agents.water import CASH_PER_LOT, IRRIGATION_SEASON
from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Note
from ecomarket.model.stated import FactCode, NoteCode

WATER = "WATER.UP.2024"
APRIL = date(2024, 4, 1)


def valley_of(holding, price, *, sector="irrigation", groping=0, **facts):
    valley = Valley(region("UP"), user("FARM", 1000, sector=sector, rank=3, **facts))
    valley.give("FARM", WATER, holding)
    valley.price(WATER, int(price * CASH_PER_LOT))
    cohort = valley.cohort(Irrigation, "FARM", groping=groping)
    return valley, cohort


def plan(holding, price, on=APRIL, **facts):
    valley, cohort = valley_of(holding, price, **facts)
    valley.plan(cohort, on)
    return valley.intent(cohort, "FARM", WATER)


@pytest.mark.parametrize(("price", "share"), [(0.5, 1.0), (2.0, 0.5), (4.5, 1 / 3)])
def test_it_aims_where_the_marginal_value_meets_the_price(price, share):
    need = 1000 * sum(IRRIGATION_SEASON[3:])
    assert plan(960, price)["target"] == pytest.approx(need * share, abs=1)
    assert plan(100, price)["target"] == pytest.approx(need * share, abs=1)


def test_a_seller_asks_no_less_than_the_value_of_what_it_gives_up():
    me = plan(960, 2.0)
    need = 1000 * sum(IRRIGATION_SEASON[3:])
    for sold in (0, 100, 300, 480):
        asked = me["reservation"] - me["slope"] * sold
        worth = 0.5 * ((960 - sold) / need) ** -2 * CASH_PER_LOT
        assert asked >= worth * (1 - 1e-6)


def test_a_buyer_bids_no_more_than_the_value_of_what_it_gets():
    me = plan(300, 0.6)
    need = 1000 * sum(IRRIGATION_SEASON[3:])
    for bought in (0, 100, 300, 500):
        worth = 0.5 * ((300 + bought) / need) ** -2 * CASH_PER_LOT
        assert me["reservation"] + me["slope"] * bought <= worth * (1 + 1e-6)


@pytest.mark.parametrize(("holding", "way"), [(300, 1), (960, -1)])
def test_who_looks_in_vain_comes_towards_the_others(holding, way):
    """Short of water at 0.6: each look in vain it expects 2 % more; with too much, 2 % less."""
    valley, cohort = valley_of(holding, 0.6, groping="0.02")
    for day, looks in ((1, 0), (2, 1), (3, 2)):
        valley.plan(cohort, date(2024, 4, day))
        expected = 0.6 * CASH_PER_LOT * exp(0.02 * way * looks)
        assert valley.intent(cohort, "FARM", WATER)["c"] == pytest.approx(expected)
        cohort.intents["a"] -= 1.0


def test_who_has_no_water_for_the_month_comes_towards_them_faster():
    valley, cohort = valley_of(0, 0.6, groping="0.02")
    valley.plan(cohort, APRIL)
    cohort.intents["a"] -= 1.0
    valley.plan(cohort, date(2024, 4, 2))
    assert valley.intent(cohort, "FARM", WATER)["c"] == pytest.approx(0.6 * CASH_PER_LOT * exp(0.02 * (1 + 2)))


def test_who_is_content_at_the_going_price_stands_ready_for_a_bargain():
    """With two thirds of its need a unit is worth 0.5 x (3/2)^2 = 1.125: at that price it would only buy below that."""
    need = 1000 * sum(IRRIGATION_SEASON[3:])
    me = plan(round(need * 2 / 3), 1.125)
    paid = me["reservation"] / CASH_PER_LOT
    assert paid == pytest.approx(0.9 * 1.125, rel=1e-3)
    assert me["target"] == pytest.approx(need * (0.5 / paid) ** 0.5, abs=1)
    assert me["slope"] == 0.0


def test_after_the_season_everything_is_for_sale():
    assert plan(200, 0.3, date(2024, 11, 1))["target"] == 0


@pytest.mark.parametrize("sector", ["domestic", "ecology"])
def test_domestic_and_ecological_water_is_never_offered(sector):
    assert plan(5000, 3.0, sector=sector)["target"] == 5000


def test_bad_news_of_the_inflow_makes_a_junior_district_hold_on():
    valley, cohort = valley_of(960, 2.0)
    valley.board.notices["water.share.UP"] = 1.0
    valley.plan(cohort, date(2024, 3, 1))
    before = int(valley.intent(cohort, "FARM", WATER)["target"])
    valley.board.notices["water.share.UP"] = 0.8
    valley.plan(cohort, date(2024, 3, 8))
    assert valley.intent(cohort, "FARM", WATER)["target"] == before + 200


def test_a_month_uses_its_part_and_reports_what_was_wanted():
    valley, cohort = valley_of(480, 0.5)
    valley.operate(cohort, date(2024, 4, 30))
    farm = valley.account("FARM")
    assert valley.has(AccountKind.CONSUMED, WATER) == int(
        480 * IRRIGATION_SEASON[3] / sum(IRRIGATION_SEASON[3:]) + 1e-6
    )
    assert valley.book.year(FactCode.WATER_DEMAND_1000M3, 2024)[farm] == 120
    assert valley.book.year(FactCode.WATER_USED_1000M3, 2024)[farm] == valley.has(AccountKind.CONSUMED, WATER)


def test_a_full_supply_is_used_up_to_the_need_by_the_end_of_the_season():
    valley, cohort = valley_of(1000, 0.5)
    for month in range(1, 13):
        valley.operate(cohort, date(2024, month, 28))
    assert 995 <= valley.has(AccountKind.CONSUMED, WATER) <= 1000


def saving(price, cash):
    facts = {"saving_share_max": 0.2, "saving_capex_cny_m3": 4.0, "cash_cny": cash}
    valley, cohort = valley_of(1000, price, **facts)
    valley.plan(cohort, date(2024, 1, 1))
    return valley, cohort, [n for n in valley.ordered(Note) if n.code is NoteCode.INVESTMENT]


def test_it_saves_where_that_pays_and_the_cash_is_there():
    assert not saving(0.3, 10**7)[2]
    assert not saving(1.0, 10)[2]
    valley, _, (note,) = saving(1.0, 10**7)
    assert note.payload == {"what": "water-saving", "saves_1000m3": 200, "cost_cash": 200 * 4 * CASH_PER_LOT}
    assert valley.is_balanced()


def test_saved_water_is_for_sale_only_once_verified():
    valley, cohort, _ = saving(1.0, 10**7)
    valley.price(WATER, int(0.4 * CASH_PER_LOT))
    targets = []
    for on in (date(2024, 9, 2), date(2024, 10, 1)):
        valley.plan(cohort, on)
        targets.append(int(valley.intent(cohort, "FARM", WATER)["target"]))
    assert targets == [140, 64]  # a fifth less of the 0.08 still to come, the rest is surplus
