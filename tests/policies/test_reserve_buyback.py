"""The reserve: given a band, when the price leaves it, then the buffer stock acts."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.conftest import Town, firm

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Auction, Bid, Bound, Deal
from ecomarket.model.observation import Moment
from ecomarket.model.stated import Rule
from ecomarket.policies.initial_allocation import InitialAllocation
from ecomarket.policies.reserve_buyback import ReserveBuyback, purchase_lots

SO2 = "SO2.6301.industry"
MARCH_END = date(2025, 3, 31)


def town_with(*people, cap_t=1000, **params) -> tuple[Town, ReserveBuyback]:
    caps = [{"right": "so2", "zone": "6301", "cap_t": cap_t}]
    law = {"initial-allocation": InitialAllocation.Params(caps=caps, base_price_cny_t={"so2": 4000})}
    place = Town(people, date(2024, 1, 1), date(2026, 12, 31), law)
    return place, ReserveBuyback(ReserveBuyback.Params.model_validate(params), place.setting)


def emits_each_month(place: Town, who: str, lots: int) -> None:
    for period in (*range(202401, 202413), 202501, 202502, 202503):
        place.emits(who, period, lots, SO2)


# --- CASES P16: demand D(p) = 300 - 2p, the reserve sells up to 30 at 50 and buys at 30 with a budget of 600
@pytest.mark.parametrize(
    ("supply", "bought", "sold", "price", "cash"),
    [(220, 0, 0, 40, 0), (190, 0, 10, 50, 500), (150, 0, 30, 60, 1500), (260, 20, 0, 30, -600)],
)
def test_p16_the_buffer_stock_keeps_the_price_in_its_band_until_stock_or_budget_end(
    supply, bought, sold, price, cash
) -> None:
    """At the floor it buys what is left over, at the release price it sells what is lacking."""
    left_over = max(supply - (300 - 2 * 30), 0)
    buys = purchase_lots(left_over, 30, 600, 10**9)
    place, policy = town_with(firm("A", cash_cny=100_000), release="1.25", release_share=1)
    place.give(AccountKind.RESERVE, SO2, 30)
    place.price(SO2, 60_000)
    lacking = max((300 - 2 * 50) - supply, 0)
    bids = [Bid(place.account("A"), 50_000, lacking)] if lacking else []
    place.act(policy, Moment.MONTH_END, MARCH_END, lambda _: bids)
    sells = place.has("A", SO2)
    assert (buys, sells) == (bought, sold)
    assert (300 - (supply - buys + sells)) / 2 == price
    assert 50 * sells - 30 * buys == cash


def test_below_the_floor_it_buys_verified_surplus_at_the_floor_price(town) -> None:
    """Given 1,000 lots held, 800 emitted and a margin of 5 %, when the price falls below 3,200, then 160 are bought."""
    place, policy = town_with(firm("A"))
    place.act(policy, Moment.RUN_START, date(2024, 1, 1))
    place.give("A", SO2, 1212)
    emits_each_month(place, "A", 80)
    place.price(SO2, 31_000)
    place.act(policy, Moment.MONTH_END, MARCH_END)
    (deal,) = place.ordered(Deal)
    assert (deal.lots, deal.price) == (1212 - 960 - 48, 32_000)
    assert place.has("A", 0) == deal.lots * 32_000
    assert place.has(AccountKind.RESERVE, SO2) == deal.lots
    assert [b.rule for b in place.ordered(Bound)] == [Rule.RESERVE_FLOOR]
    assert not place.executor.refused


def test_inside_the_band_and_before_a_surplus_is_verified_it_does_nothing() -> None:
    place, policy = town_with(firm("A"))
    place.act(policy, Moment.RUN_START, date(2024, 1, 1))
    place.give("A", SO2, 2000)
    emits_each_month(place, "A", 80)
    place.price(SO2, 40_000)
    place.act(policy, Moment.MONTH_END, MARCH_END)
    place.price(SO2, 31_000)
    place.act(policy, Moment.MONTH_END, date(2024, 12, 31))
    assert not place.ordered(Deal)


def test_it_never_spends_more_than_its_budget_nor_holds_more_than_its_share_of_the_cap() -> None:
    """Given room for 15 % of a cap of 1 t, or a budget of 320 CNY, then 150 or 100 lots are bought."""
    for cap_t, budget, bought in ((1, 20_000_000, 150), (1000, 320, 100)):
        place, policy = town_with(firm("A"), cap_t=cap_t, budget_cny=budget, margin=0)
        place.act(policy, Moment.RUN_START, date(2024, 1, 1))
        place.give("A", SO2, 2000)
        emits_each_month(place, "A", 80)
        place.price(SO2, 31_000)
        place.act(policy, Moment.MONTH_END, MARCH_END)
        assert place.has(AccountKind.RESERVE, SO2) == bought
        place.act(policy, Moment.MONTH_END, MARCH_END)
        assert place.has(AccountKind.RESERVE, SO2) == bought, "it is full, or out of money"


def test_the_share_of_the_cap_holds_for_all_classes_of_a_zone_together() -> None:
    """Given room for 150 lots in a zone, when power and industry both have a surplus, then 150 are bought in all."""
    place, policy = town_with(firm("A"), firm("P", class_air="power"), cap_t=1)
    place.act(policy, Moment.RUN_START, date(2024, 1, 1))
    for who, code in (("A", SO2), ("P", "SO2.6301.power")):
        place.give(who, code, 100)
        place.price(code, 31_000)
        for period in (*range(202401, 202413), 202501):
            place.emits(who, period, 1, code)
    place.act(policy, Moment.MONTH_END, MARCH_END)
    held = [place.has(AccountKind.RESERVE, code) for code in (SO2, "SO2.6301.power")]
    assert held == [88, 62]


def test_above_the_ceiling_it_offers_part_of_its_stock_and_keeps_the_money() -> None:
    place, policy = town_with(firm("A", cash_cny=10_000))
    place.give(AccountKind.RESERVE, SO2, 100)
    place.price(SO2, 52_001)
    bids = [Bid(place.account("A"), 60_000, 40)]
    place.act(policy, Moment.MONTH_END, MARCH_END, lambda _: bids)
    (auction,) = place.ordered(Auction)
    assert (auction.lots, auction.reserve_price) == (25, 52_000)
    assert place.has("A", SO2) == 25
    assert place.has(AccountKind.RESERVE, 0) > 0
    assert [b.rule for b in place.ordered(Bound)] == [Rule.RESERVE_RELEASE]


def test_a_firm_silent_for_a_year_gives_its_free_permits_back_once_and_for_nothing() -> None:
    place, policy = town_with(firm("GONE", permit_free_share=0.6), firm("A"))
    place.give("GONE", SO2, 1000)
    place.give("A", SO2, 1000)
    emits_each_month(place, "A", 80)
    place.price(SO2, 40_000)
    for day in (MARCH_END, date(2025, 4, 30)):
        place.act(policy, Moment.MONTH_END, day)
    assert (place.has("GONE", SO2), place.has("A", SO2)) == (400, 1000)
    assert place.has(AccountKind.RESERVE, SO2) == 600


@settings(max_examples=100)
@given(st.integers(0, 10**9), st.integers(1, 10**7), st.integers(0, 10**12), st.integers(0, 10**9))
def test_a_purchase_is_within_surplus_cash_and_room(surplus, price, cash, room) -> None:
    lots = purchase_lots(surplus, price, cash, room)
    assert 0 <= lots <= min(surplus, room)
    assert lots * price <= cash
    assert lots in (surplus, room) or (lots + 1) * price > cash
