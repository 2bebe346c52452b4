"""Support provinces: given a framework, when lots and budgets are there, then duties come first and caps hold."""

from __future__ import annotations

from datetime import date
from math import ceil

import pytest
from tests.policies.valley import Valley, person

from ecomarket.agents.strategies.support_province import SupportProvince
from ecomarket.model.command import Auction
from ecomarket.policies.consumption_weight import ConsumptionWeight
from ecomarket.rights.green_certificate import age_months

CREDIT = "SINK.forest.2023"
JULY, DECEMBER = date(2024, 7, 1), date(2024, 12, 2)


def valley_of(*, cash=10**6, load=0, commitment=1000, cap=100, ccer=75.0, **params):
    law = {"consumption-weight": ConsumptionWeight.Params(alternative_cny_mwh=40)}
    facts = {
        "budget_cny": cash,
        "commitment_t": commitment,
        "cap_cny_t": cap,
        "weight_non_hydro": 0.5,
        "load_mwh": load,
    }
    valley = Valley(
        person("BJ", "support-province", cash_cny=cash, **facts),
        person("TJ", "support-province"),
        person("YUSHU", "county", "county", partner="BJ"),
        law=law,
    )
    valley.board.notices |= {"outside.ccer": ccer, "outside.gec": 8.0}
    return valley, valley.cohort(SupportProvince, "BJ", pressure=1, **params)


def bids(valley, cohort, *, alone=True, reserve=71.25, lots=5000, on=DECEMBER):
    valley.day(on)
    invited = frozenset(valley.account(code) for code in (("BJ",) if alone else ("BJ", "TJ")))
    call = Auction(
        "sink-window", valley.index(CREDIT), valley.account("YUSHU"), lots, int(reserve * 10_000), invited=invited
    )
    return [(b.price / 10_000, b.lots) for b in cohort.bids(call, valley.see(cohort), valley.draws)]


def test_alone_it_pays_the_reserve_price_for_its_commitment_and_what_is_worth_more():
    valley, cohort = valley_of(worth_cny_t=90)
    ((price, lots),) = bids(valley, cohort)
    assert price == 71.25
    assert lots == int(1000 * (1 + 2 * (1 - 71.25 / 90)))


def test_against_others_it_bids_the_going_price_and_a_premium_only_for_an_unmet_commitment():
    valley, cohort = valley_of(premium_max="0.1")
    assert bids(valley, cohort, alone=False, lots=5000)[0][0] == 75.0
    assert bids(valley, cohort, alone=False, lots=500)[0][0] == 82.5


def test_never_above_the_frames_cap():
    valley, cohort = valley_of(cap=74)
    assert bids(valley, cohort, alone=False)[0][0] == 74.0
    assert bids(valley, cohort, reserve=74.5) == []


def test_no_money_no_bid_and_early_in_the_year_only_the_schedules_part():
    assert bids(*valley_of(cash=0)) == []
    valley, cohort = valley_of(cash=60_000)
    assert bids(valley, cohort, on=JULY)[0][1] == int(60_000 * 7 / 12 * 0.98 / 71.25)


def plan(valley, cohort, on):
    valley.plan(cohort, on)
    rows = cohort.intents[cohort.intents["target"] > 0]
    kinds = {valley.setting.instruments[i["instrument"]].right: 0 for i in rows}
    for i in rows:
        kinds[valley.setting.instruments[i["instrument"]].right] += int(i["target"])
    return kinds


def test_certificates_for_the_duty_and_tonnes_for_the_commitment():
    valley, cohort = valley_of(load=1000, worth_cny_t=0)
    wanted = plan(valley, cohort, DECEMBER)
    assert wanted["sink"] == 1000
    assert 500 <= wanted["gec"] <= 504


def test_when_money_is_short_the_duty_that_saves_most_for_it_is_met_first():
    """A certificate at 4 to 8 CNY saves 40, a tonne at 48.75 or 75 its worth of 90: 1,900 CNY go to certificates."""
    valley, cohort = valley_of(cash=1_900, load=1000, vintages=1)
    wanted = plan(valley, cohort, date(2024, 12, 30))
    (shopped,) = (int(i["instrument"]) for i in cohort.intents if i["reservation"] == 400_000)
    price = 8 * (1 - age_months(valley.setting.instruments[shopped], date(2024, 12, 30)) / 24)
    assert wanted == {"gec": ceil(1_900 / price)}


def test_the_commitment_is_met_where_a_tonne_is_cheapest_then_worth_for_money_decides():
    """Of 1,000 t due all may come from one class; then worth falls by 4.50 CNY for each further 100 t of forest.

    Grass at 50 serves the commitment. Worth 0.65 of forest, it is as good as forest at 76.92, and at that price
    2 (1 - 76.92 / 90) x 1,000 = 290.6 t more are wanted: so much grass there may be, worth 188.9 t of forest. It fills
    the step at 87.75 and 88.9 t of the one at 83.25; forest at 80 the other 11.1 t, but not the step at 78.75.
    """
    valley, cohort = valley_of(ccer=80, one_market_max=1)
    valley.board.notices["reference.SINK.grass.2023"] = 50.0
    valley.plan(cohort, DECEMBER)
    assert valley.intent(cohort, "BJ", "SINK.grass.2023")["target"] == 1290
    assert valley.intent(cohort, "BJ", CREDIT)["target"] == 11


@pytest.mark.parametrize(("held", "grass", "forest"), [(300, 345, 5), (600, 45, 0)])
def test_at_half_the_year_half_is_due_and_what_is_held_counts(held, grass, forest):
    """Half of 1,000 t is due, and the steps are 50 t of forest wide; prices and worths are those of the test above.

    300 held: 200 of grass for the commitment; of 645.3 - 300 the 145.3 left are worth 94.4 t of forest, forest adds
    5.6 to the second step. 600 held: the first two steps are gone; 645.3 - 600 of grass lie in the third, at 78.75.
    """
    valley, cohort = valley_of(ccer=80, one_market_max=1)
    valley.board.notices["reference.SINK.grass.2023"] = 50.0
    valley.give("BJ", CREDIT, held)
    valley.plan(cohort, date(2024, 6, 3))
    assert valley.intent(cohort, "BJ", "SINK.grass.2023")["target"] == grass
    assert valley.intent(cohort, "BJ", CREDIT)["target"] == held + forest


def test_of_the_vintages_shopped_the_cheapest_are_bought():
    valley, cohort = valley_of(load=1000, one_market_max="0.5", commitment=0)
    plan(valley, cohort, DECEMBER)
    bought = {
        valley.setting.instruments[i["instrument"]].vintage: int(i["target"])
        for i in cohort.intents
        if i["reservation"] == 400_000
    }
    assert [bought[vintage] for vintage in sorted(bought)] == [250, 250, 0, 0]


def test_by_half_a_year_half_of_the_commitment_is_due():
    valley, cohort = valley_of(worth_cny_t=0)
    valley.give("BJ", CREDIT, 300)
    wanted = plan(valley, cohort, date(2024, 6, 3))
    assert wanted["sink"] == 500


def test_without_a_commitment_and_worth_nothing_is_bought():
    valley, cohort = valley_of(commitment=0)
    assert plan(valley, cohort, DECEMBER) == {}


@pytest.mark.parametrize("on", [JULY, DECEMBER])
def test_reservations_stay_below_cap_and_charge(on):
    valley, cohort = valley_of(load=1000, ccer=300.0)
    valley.plan(cohort, on)
    for row in cohort.intents:
        right = valley.setting.instruments[row["instrument"]].right
        assert row["reservation"] <= (1_000_000 if right == "sink" else 400_000)
