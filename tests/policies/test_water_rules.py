"""What water prices, taxes, works and licences keep whatever the numbers: parts add up, more never costs less."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.valley import Valley, region, user

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode
from ecomarket.policies.contract_water_saving import ContractWaterSaving, SavingContract
from ecomarket.policies.water_cap import WaterCap
from ecomarket.policies.water_resource_tax import WaterResourceTax
from ecomarket.policies.water_tariff import WaterTariff, block_demand
from ecomarket.rights._water import cash_a_lot, floor_price, saved_lots

lots = st.integers(0, 5_000)
share = st.decimals(0, 1, places=3)
LADDER = [
    {"sector": "domestic", "up_to": "1", "price_cny_m3": "2"},
    {"sector": "domestic", "up_to": "1.2", "price_cny_m3": "3"},
    {"sector": "domestic", "price_cny_m3": "6"},
]


@pytest.fixture(scope="module")
def valley():
    return Valley(
        region("UP", mean_inflow_1000m3=1000, cap_1000m3=900),
        region("DOWN", mean_inflow_1000m3=2000, cap_1000m3=500, cash_cny=10_000_000),
        user("TOWN", 1_000, sector="domestic"),
        user("MILL", 800, sector="steel", ground_share="0.25"),
    )


@given(first=lots, second=lots)
def test_a_year_billed_in_two_parts_costs_what_it_costs_in_one_and_more_water_never_less(valley, first, second):
    tariff = WaterTariff(WaterTariff.Params(steps=LADDER), valley.setting)
    town = valley.setting.by_code["TOWN"]
    whole = tariff.price_cash(town, first + second)
    assert whole >= tariff.price_cash(town, first)
    assert cash_a_lot(Decimal(2)) * (first + second) <= whole <= cash_a_lot(Decimal(6)) * (first + second)
    assert tariff.price_cash(town, 1_000) == 1_000 * cash_a_lot(Decimal(2))


@given(need=st.floats(1, 1e6), elasticity=st.floats(0, 2), dear=st.floats(1, 10), end=st.floats(0.1, 2))
def test_nobody_wants_more_at_a_higher_price_nor_more_than_it_needs(need, elasticity, dear, end):
    one = block_demand(need, 1.0, elasticity, [(1.0, None)])
    steps = block_demand(need, 1.0, elasticity, [(1.0, need * end), (dear, None)])
    flat = block_demand(need, 1.0, elasticity, [(dear, None)])
    assert flat <= steps * (1 + 1e-9)
    assert steps <= one == need


@pytest.mark.parametrize(
    "steps",
    [
        [{"sector": "a", "up_to": "1", "price_cny_m3": "2"}],
        [{"sector": "a", "price_cny_m3": "2"}, {"sector": "a", "price_cny_m3": "3"}],
        [{"sector": "a", "up_to": x, "price_cny_m3": "2"} for x in ("2", "1", None)],
    ],
)
def test_steps_must_rise_and_the_last_is_open(steps):
    with pytest.raises(ValueError, match="must rise, and the last step has none"):
        WaterTariff.Params(steps=steps)


@given(within=lots, over=lots)
def test_above_plan_costs_three_times_as_much(valley, within, over):
    tax = WaterResourceTax(
        WaterResourceTax.Params(surface_cny_m3={"other": "0.2"}, ground_cny_m3={"other": "1"}), valley.setting
    )
    mill = valley.setting.by_code["MILL"]
    assert tax.due_cash(mill, within, over) == (within + 3 * over) * cash_a_lot(Decimal("0.4"))


@given(gross=lots, before=share, after=share)
def test_works_save_no_more_than_is_taken_and_nothing_if_they_are_worse(gross, before, after):
    saved = saved_lots(gross, before, after)
    assert 0 <= saved <= gross
    assert saved == 0 or after > before


def test_ordos_saves_for_four_yuan_sixty_and_eighteen_fen():
    assert round(Decimal(600_000_000) / Decimal(130_000_000), 1) == SavingContract.model_fields["capex_cny_m3"].default
    assert round(floor_price(Decimal(600) / Decimal(130), Decimal(25)), 2) == Decimal("0.18")


def test_works_that_save_nothing_are_refused():
    with pytest.raises(ValueError, match="eta_after must be above eta_before"):
        ContractWaterSaving.Params(
            contracts=[
                {
                    "name": "x",
                    "user": "TOWN",
                    "investor": "MILL",
                    "gross_m3": 1,
                    "eta_before": 0.5,
                    "eta_after": 0.5,
                    "begins": date(2024, 1, 1),
                }
            ]
        )


@given(volume=st.integers(1, 1_200), price=st.decimals("0.1", "3", places=2))
def test_caps_move_by_what_is_sold_less_the_loss_and_money_from_one_to_the_other(volume, price):
    here = Valley(
        region("UP", mean_inflow_1000m3=1000, cap_1000m3=900),
        region("DOWN", mean_inflow_1000m3=2000, cap_1000m3=500, cash_cny=1_000_000),
        params={"water": {"loss_per_reach": "0.1"}},
    )
    made = [{"seller": "UP", "buyer": "DOWN", "m3_year": volume * 1000, "price_cny_m3": price, "first_year": 2024}]
    cap = WaterCap(WaterCap.Params(agreements=made), here.setting)
    year = date(2024, 1, 1)
    up = here.setting.by_code["UP"]
    here.book.add(FactCode.WATER_AVAILABLE_1000M3, up.account, here.index("WATER.UP.2024"), 202401, 900)
    before = len(here.said)
    here.act(cap, Moment.YEAR_START, year)
    paid = [c.amount for c in here.said[before:] if isinstance(c, Transfer) and c.instrument == CASH]
    sold, bought = 900 - cap.cap(up), cap.cap(here.setting.by_code["DOWN"]) - 500
    possible = volume <= 900 and volume * 1000 * price <= 1_000_000
    assert sold == (volume if possible else 0)
    assert bought == sold * 9 // 10
    assert paid == ([sold * cash_a_lot(price)] if possible else [])
    arrived = here.has("DOWN", here.index("WATER.DOWN.2024"))
    assert arrived == bought
    assert all(c.code is TransferCode.REGIONAL_WATER for c in here.said if isinstance(c, Transfer) and c.amount in paid)
    assert here.has(AccountKind.CONSUMED, here.index("WATER.UP.2024")) == sold
