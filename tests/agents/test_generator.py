"""Power plants: given weather, when the month ends, then the meter turns and power is paid; certificates sell by age."""

from __future__ import annotations

from datetime import date

import numpy as np
from tests.policies.valley import Valley, person

from ecomarket.agents.strategies.generator import OUTPUT, Generator
from ecomarket.model.stated import FactCode


def valley_of(**params):
    plant = {"capacity_mw": 1.0, "capacity_factor": 0.25, "tradable": 1}
    valley = Valley(person("WIND", tech="wind", **plant), person("DAM", tech="hydro-old", **(plant | {"tradable": 0})))
    return valley, valley.cohort(Generator, "WIND", "DAM", **params)


def test_old_hydro_has_no_market():
    _, cohort = valley_of()
    assert {row for row, _ in cohort.markets()} == {0}


def test_generation_is_capacity_times_hours_times_factor_times_output():
    valley, cohort = valley_of(power_price_cny_mwh=200)
    valley.nature[OUTPUT] = {"WIND": 1.2, "DAM": 0.5}
    valley.operate(cohort, date(2024, 4, 30))
    metered = valley.book.month(FactCode.GENERATION_MWH, 202404)
    assert (metered[valley.account("WIND")], metered[valley.account("DAM")]) == (216, 90)
    assert valley.has("WIND", 0) == 216 * 200 * 10_000


def test_the_meter_loses_no_part_of_a_mwh():
    valley, cohort = valley_of()
    valley.nature[OUTPUT] = {"WIND": 0.0043}
    for month in range(1, 13):
        valley.operate(cohort, date(2024, month, 28))
    hours = 366 * 24
    assert valley.book.year(FactCode.GENERATION_MWH, 2024)[valley.account("WIND")] == int(hours * 0.25 * 0.0043)


def asked(on, fresh=8.0):
    valley, cohort = valley_of(opinion_sd=0, rate_month=0)
    valley.board.notices["outside.gec"] = fresh
    valley.give("WIND", "GEC.202402", 100)
    valley.plan(cohort, on)
    return valley.intent(cohort, "WIND", "GEC.202402")


def test_the_reservation_falls_with_age_to_nothing_at_expiry():
    prices = [
        int(asked(on)["reservation"]) for on in (date(2024, 3, 1), date(2025, 1, 1), date(2026, 1, 1), date(2026, 2, 1))
    ]
    np.testing.assert_allclose(prices, [80_000 * (1 - a / 24) for a in (2, 12, 24, 24)], atol=1)
    assert asked(date(2024, 3, 1))["target"] == 0


def test_scaling_the_price_scales_the_reservation():
    assert asked(date(2024, 6, 1), 16.0)["reservation"] == 2 * asked(date(2024, 6, 1), 8.0)["reservation"]


def test_plants_look_only_where_they_hold_something():
    valley, cohort = valley_of()
    valley.give("WIND", "GEC.202402", 100)
    looked = cohort.looks(valley.see(cohort)) > 0
    assert cohort.intents["instrument"][looked].tolist() == [valley.index("GEC.202402")]
