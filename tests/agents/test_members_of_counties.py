"""A member's plan depends on its own row and the board: it is the same alone as in company."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.policies.valley import Valley, person, region, user

from ecomarket.agents.strategies.certificate_buyer import CertificateBuyer
from ecomarket.agents.strategies.county_sinks import CountySinks
from ecomarket.agents.strategies.generator import Generator
from ecomarket.agents.strategies.irrigation import Irrigation
from ecomarket.agents.strategies.support_province import SupportProvince
from ecomarket.agents.strategies.water_buyer import WaterBuyer
from ecomarket.agents.strategies.water_region import WaterRegion
from ecomarket.policies.consumption_weight import ConsumptionWeight

ON = date(2024, 9, 2)
COHORTS = {
    Irrigation: ("FARM", "HOMES"),
    WaterBuyer: ("MILL", "MINE"),
    WaterRegion: ("UP", "DOWN"),
    Generator: ("WIND", "SUN"),
    CertificateBuyer: ("MILL", "MINE"),
    CountySinks: ("DATONG", "MENYUAN"),
    SupportProvince: ("BJ", "TJ"),
}


@pytest.fixture
def valley():
    plant = {"capacity_mw": 2, "capacity_factor": 0.2, "tradable": 1}
    sinks = {"tree_mu": 50_000, "planted_year": 2012, "mrv_cny": 10**6, "verify_cny": 10**5, "cash_cny": 10**7}
    frame = {"budget_cny": 10**6, "cash_cny": 10**6, "commitment_t": 500, "cap_cny_t": 100, "load_mwh": 10**4}
    works = {"sector": "aluminium", "power_mwh": 10**4, "water_value_cny_m3": 8, "cash_cny": 10**7}
    valley = Valley(
        *(region("UP"), region("DOWN"), user("FARM", 900, rank=3), user("HOMES", 50, sector="domestic", rank=1)),
        *(user("MILL", 300, **works), user("MINE", 70, zone="DOWN", **works)),
        *(person("WIND", tech="wind", **plant), person("SUN", tech="pv", **plant)),
        *(person("DATONG", "county", "county", **sinks), person("MENYUAN", "county", "county", **sinks)),
        *(person(c, "support-province", weight_non_hydro=0.2, **frame) for c in ("BJ", "TJ")),
        law={"consumption-weight": ConsumptionWeight.Params()},
    )
    for who, what, lots in (
        ("FARM", "WATER.UP.2024", 300),
        ("MILL", "WATER.UP.2024", 20),
        ("DOWN", "WATER.DOWN.2024", 30),
        ("WIND", "GEC.202405", 700),
        ("DATONG", "SINK.forest.2023", 800),
        ("BJ", "SINK.grass.2023", 100),
    ):
        valley.give(who, what, lots)
    valley.board.notices |= {"outside.gec": 5.0, "outside.ccer": 80.0, "water.share.UP": 0.9}
    valley.board.trading_days_left_in_year = 80
    for right in ("water", "sink", "gec"):
        for instrument in valley.setting.listed(right):
            valley.price(instrument.code, {"water": 4_000_000, "sink": 750_000, "gec": 50_000}[right])
    return valley


@pytest.mark.parametrize("kind", COHORTS, ids=lambda k: k.kind)
def test_a_member_plans_alone_as_in_company(valley, kind):
    valley.day(ON)
    rows = []
    for members in (COHORTS[kind], COHORTS[kind][:1], COHORTS[kind][1:]):
        cohort = valley.cohort(kind, *members)
        cohort.plan(valley.see(cohort), valley.draws)
        rows.append(cohort.intents)
    together, first, second = rows
    assert len(together) == len(first) + len(second) > 0
    np.testing.assert_array_equal(together, np.concatenate([first, second]))
    assert (together["target"] != 0).any() or kind in (Generator, CountySinks, WaterRegion)


@pytest.mark.parametrize("kind", [CertificateBuyer, SupportProvince])
def test_targets_do_not_outlive_the_year_in_which_they_were_set(valley, kind):
    cohort = valley.cohort(kind, *COHORTS[kind])
    valley.plan(cohort, ON)
    assert cohort.intents["target"].any()
    valley.operate(cohort, date(2024, 12, 31))
    assert not cohort.intents["target"].any()
    assert not cohort.looks(valley.see(cohort)).any()
