"""Where emission is taxed beside the permit a tonne that is cut saves its tax: what that does to bids, asks, cuts, works."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.agents.test_charges import NO_TIME_LEFT, short
from tests.agents.test_compliance import CEMENT, SO2, planned
from tests.agents.test_experience import with_permits_to_spare
from tests.agents.test_investment import NEW_YEAR, TEN_YEARS, built, cohort, mill

from ecomarket.policies.environmental_tax import EnvironmentalTaxParams
from ecomarket.public.environmental_tax import tax_cny_t
from ecomarket.rights.emission_permit import annuity
from ecomarket.units import CASH_PER_YUAN

FULL = 1_000 / 0.95 * 1.2
"""CNY for a tonne of SO2 (MARKETS 2.3 item 10)."""
CASH_A_LOT = CASH_PER_YUAN / 1_000


def taxed(town, **params):
    law = {**town.setting.law, "environmental-tax": EnvironmentalTaxParams(**params)}
    town.setting = replace(town.setting, law=law)
    return town


def term(day):
    """What 1 CNY a year is worth until the permits' term ends."""
    return annuity(0.08, 5 - (day - NEW_YEAR).days / 365.25)


def on_a_tonne(town, permit=SO2):
    instrument = town.setting.instruments[town.index(permit)] if permit else None
    return tax_cny_t(town.setting, instrument, town.members[0], NEW_YEAR)


@pytest.mark.parametrize(("concentration", "part"), [(1, 1.0), (0.7, 0.75), (0.5, 0.5)])
def test_a_firm_that_lacks_permits_bids_less_by_its_own_tax_of_all_years_left(world, concentration, part):
    free, due = short(world), taxed(short(world))
    for town in (free, due):
        town.members = (replace(town.members[0], facts=CEMENT | {"so2_concentration": concentration}),)
    bids = [planned(town, when=NO_TIME_LEFT)[0].intents[0]["reservation"] for town in (free, due)]
    assert on_a_tonne(due) == pytest.approx(part * FULL)
    assert bids[0] - bids[1] == pytest.approx(part * FULL * term(NO_TIME_LEFT) * CASH_A_LOT, rel=1e-3)


def test_a_firm_with_permits_to_spare_asks_for_less_by_the_tax_that_its_cut_saves(world):
    towns = world([CEMENT]), taxed(world([CEMENT]))
    asks = [with_permits_to_spare(town, 4_000).intents[0]["reservation"] for town in towns]
    assert asks[0] - asks[1] == pytest.approx(FULL * term(date(2025, 1, 6)) * CASH_A_LOT, rel=1e-3)


def test_for_a_cut_that_the_tax_pays_for_the_price_is_asked_that_is_expected(world):
    town = taxed(world([CEMENT]), rate_cny={"so2": 100})
    assert with_permits_to_spare(town, 4_000).intents[0]["reservation"] == 4_000 * CASH_A_LOT


def test_what_the_tax_pays_for_is_cut_with_permits_to_spare(world):
    town = taxed(world([CEMENT]))
    town.give(0, SO2, 1_000_000)
    desk = planned(town, when=NEW_YEAR, for_sale=0)[0].desks["so2"]
    assert desk.curve.marginal(desk.abated)[0] == pytest.approx(FULL)


@pytest.mark.parametrize("held", [0, 1_000_000])
def test_works_save_the_tax_on_all_that_they_cut_needed_or_not(world, held):
    """There is no price: with the tax a tonne costs the least of cutting it and paying, for ten years from the next."""
    town = taxed(mill(world, price=0))
    town.give(0, SO2, held)
    town.notices.clear()
    curve = cohort(town).desks["so2"].curve
    least = min(curve.cost(cut)[0] + FULL * (100.0 - cut) for cut in np.linspace(0.0, 70.0, 70_001)) / 100.0
    most = least * TEN_YEARS / 1.08 / 1.5
    for capex, there in ((most * 0.999, 1), (most * 1.001, 0)):
        options = {"capex_cny_t": round(capex, 3), "om_cny_t": 0}
        assert len(built(town, cohort(town, options, capital_share=1, for_sale=0))) == there


def test_who_is_exempt_or_not_named_pays_nothing(world):
    assert on_a_tonne(taxed(world([CEMENT]))) == pytest.approx(FULL)
    assert on_a_tonne(taxed(world([CEMENT]), exempt_classes=("industry",))) == 0.0
    assert on_a_tonne(taxed(world([CEMENT]), rate_cny={"nox": 1.2}, equivalent_kg={"nox": 0.95})) == 0.0
    assert on_a_tonne(taxed(world([CEMENT]), since=date(2025, 1, 1))) == 0.0
    assert on_a_tonne(world([CEMENT])) == on_a_tonne(taxed(world([CEMENT])), None) == 0.0
