"""Support provinces: given a framework, when lots and budgets are there, then duties come first and caps hold."""

from __future__ import annotations

from datetime import date

import pytest
from tests.policies.valley import Valley, person

from ecomarket.agents.strategies.support_province import SupportProvince
from ecomarket.model.command import Auction
from ecomarket.policies.consumption_weight import ConsumptionWeight

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


def test_when_money_is_short_the_cheaper_obligation_is_met_first():
    valley, cohort = valley_of(cash=5_000, load=1000)
    wanted = plan(valley, cohort, date(2024, 12, 30))
    assert wanted["gec"] >= 500
    assert wanted.get("sink", 0) <= 1000 / 75


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
