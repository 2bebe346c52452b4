"""From a schedule to lots: prices worked out by hand, rounding that never costs the trader, stretches that lose nothing."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.agents.schedules import Ladder, asked, blocks, ladder, purchases, sales
from ecomarket.model.charges import Charges
from ecomarket.model.schedule import Curve, Piece, Schedule
from ecomarket.public.lot_prices import LOTS_MAX, lot_prices
from ecomarket.units import CASH_PER_YUAN


def steps(*pairs):
    return Curve(tuple(Piece(float(width), ((float(price), 0.0),)) for width, price in pairs))


def line(width, *coefficients):
    return Curve((Piece(float(width), tuple((float(c), float(n)) for n, c in enumerate(coefficients))),))


def prices_of(stretches):
    """Return the price at every position that the stretches name, in order of trade."""
    found = []
    for s in stretches:
        way = 1 if s.end > s.first else -1
        found += [(p, s.price + s.step * (p - s.first)) for p in range(s.first, s.end, way)]
    return found


def test_the_offers_of_two_firms_of_cases_p01() -> None:
    """A gives up lot k at 58 + 4k: its marginal cost 4a at the middle of the k-th lot beyond the 15 it must cut."""
    costs = lot_prices(line(40, 0, 4), 1.0)
    assert costs.size == 40
    assert [costs[15 + k - 1] for k in (1, 2, 9)] == [620_000, 660_000, 940_000]


def test_a_lot_across_a_step_costs_the_mean() -> None:
    assert lot_prices(steps((1.5, 100), (1.5, 40)), 1.0).tolist() == [1_000_000, 700_000, 400_000]


def test_what_is_less_than_a_lot_is_no_lot_and_a_curve_without_an_end_is_cut_off() -> None:
    assert lot_prices(steps((2.9, 7)), 1.0).size == 2
    assert lot_prices(steps((0.3, 7)), 0.1).size == 3  # 0.3 / 0.1 is a little less than 3 in binary
    assert lot_prices(line(inf, 5), 1.0).size == LOTS_MAX


def test_a_demand_starts_with_nothing_and_a_supply_with_all_it_can_make() -> None:
    wants = ladder(Schedule(demand=steps((1, 190), (1, 150), (1, 110))), 1.0)
    makes = ladder(Schedule(supply=steps((1, 10), (1, 50), (1, 90))), 1.0)
    assert (wants.lots, makes.lots) == (3, 3)
    assert prices_of(purchases(wants, 1)) == [(1, 1_500_000), (2, 1_100_000)]
    assert prices_of(sales(makes, 3)) == [(3, 100_000), (2, 500_000), (1, 900_000)]
    assert prices_of(sales(makes, 1)) == [(1, 900_000)]
    assert prices_of(sales(makes, 5)) == [(5, 0), (4, 0), (3, 100_000), (2, 500_000), (1, 900_000)]
    assert not purchases(wants, 3)
    assert not sales(makes, 0)


@given(need=st.sampled_from([1.0, 1.2, 2.0, 3.0]), lot=st.sampled_from([0.1, 0.5, 1.0]))
def test_of_several_rights_for_a_unit_each_is_worth_its_part(need: float, lot: float) -> None:
    """CASES P15: v = 200 - 2x for x units, k rights for each: right n k is worth v / k, and all of them what x is."""
    asks = Schedule(demand=line(40, 200, -2), needs={"cut": need, "other": 7.0})
    wants = ladder(asks, lot, right="cut")
    last = int(30 * need / lot) - 1
    dearest_left = (200 - 2 * (last + 1) * lot / need) / need * lot * CASH_PER_YUAN
    assert wants.bid[last] >= dearest_left - 1
    assert wants.bid[last + 1] <= dearest_left
    assert abs(sum(wants.bid) - (200 * 40 - 40**2) * CASH_PER_YUAN) <= 200 * lot * CASH_PER_YUAN + wants.lots
    assert ladder(asks, lot).bid.tolist() == ladder(Schedule(demand=asks.demand), lot).bid.tolist()


def test_equal_steps_are_one_stretch() -> None:
    wants = ladder(Schedule(demand=steps((1, 190), (1, 150), (1, 110), (3, 20))), 1.0)
    assert [(s.first, s.end, s.step) for s in purchases(wants, 0)] == [(0, 3, -400_000), (3, 6, 0)]


def test_a_third_of_a_yuan_is_rounded_to_the_safe_side() -> None:
    third = steps((1, 100 / 3))
    assert ladder(Schedule(demand=third), 1.0).bid.tolist() == [333_333]
    assert ladder(Schedule(supply=third), 1.0).ask.tolist() == [333_334]
    tenth = steps((0.1, 0.3))
    assert ladder(Schedule(demand=tenth), 0.1).bid.tolist() == [300]  # 0.1 x 0.3 is a little less than 0.03 in binary


def test_a_right_that_is_held_saves_the_dearest_abatement() -> None:
    """CASES P01: A emits 40 at 4a and holds 25; it sells lot k at 58 + 4k, and would buy one more at 58 - 4 x 0."""
    firm = Schedule(unabated={2025: 40.0}, abatement=line(40, 0, 4))
    worth = ladder(firm, 1.0, 2025)
    assert [p for _, p in prices_of(sales(worth, 25))[:3]] == [620_000, 660_000, 700_000]
    assert [p for _, p in prices_of(purchases(worth, 25))[:2]] == [580_000, 540_000]
    assert worth.lots == 40
    assert ladder(firm, 1.0, 2026).lots == 0


def test_what_cannot_be_abated_is_worth_as_much_as_the_dearest_that_can() -> None:
    """Emits 5, can cut 3 at 1, 2 and 3: the first three rights are worth 3."""
    worth = ladder(Schedule(unabated={2025: 5.0}, abatement=steps((1, 1), (1, 2), (1, 3))), 1.0, 2025)
    assert (worth.bid // 10_000).tolist() == [3, 3, 3, 2, 1]


@pytest.mark.parametrize("both", [Schedule(), Schedule(supply=steps((1, 1)), demand=steps((1, 1)))])
def test_neither_or_both_is_no_schedule_for_trade(both: Schedule) -> None:
    with pytest.raises(ValueError, match="not both of these"):
        ladder(both, 1.0)


@given(st.lists(st.integers(0, 10**9), max_size=30), st.integers(0, 40))
def test_stretches_name_every_lot_once_at_its_own_price(worth: list[int], position: int) -> None:
    found = Ladder(np.array(worth, dtype=np.int64), np.array(worth, dtype=np.int64))
    asked = [*[0] * (position - len(worth)), *worth[:position][::-1]]
    assert prices_of(purchases(found, position)) == list(enumerate(worth))[position:]
    assert prices_of(sales(found, position)) == list(zip(range(position, 0, -1), asked, strict=True))


def test_fees_come_off_what_is_bid_and_on_what_is_asked() -> None:
    """CASES P08: 9 a unit from each side, or 5 %: a lot worth 114 is bought at 105 and sold at 123; at 108.57 and 120."""
    worth = Schedule(demand=steps((1, 114)))
    by_unit, by_value = Charges(buy_lot=90_000, sell_lot=90_000), Charges(50_000, 50_000)
    assert ladder(worth, 1.0, charges=by_unit).bid.tolist() == [1_050_000]
    assert ladder(worth, 1.0, charges=by_unit).ask.tolist() == [1_230_000]
    assert ladder(worth, 1.0, charges=by_value).bid.tolist() == [1_085_714]
    assert ladder(worth, 1.0, charges=by_value).ask.tolist() == [1_200_000]
    assert prices_of(sales(ladder(worth, 1.0, charges=by_unit), 2)) == [(2, 90_000), (1, 1_230_000)]


def test_a_block_has_the_price_that_is_good_for_all_its_lots() -> None:
    wants = Ladder(np.array([90, 80, 70, 60, 50]), np.array([90, 80, 70, 60, 50]))
    assert [(s.first, s.end, s.price) for s in blocks(wants.bid, 0, 1, 2)] == [(0, 3, 70), (3, 5, 50)]
    assert [(s.first, s.end, s.price) for s in blocks(asked(wants, 5), 5, -1, 2)] == [(5, 2, 70), (2, 0, 90)]
    assert [(s.first, s.end, s.price) for s in blocks(np.array([9, 9, 8]), 0, 1, 2)] == [(0, 2, 9), (2, 3, 8)]


def test_a_fee_by_the_order_is_spread_over_its_block() -> None:
    wants = np.array([90, 90, 90, 60])
    assert [s.price for s in blocks(wants, 0, 1, 9, order=10)] == [86, 50]
    assert [s.price for s in blocks(wants[::-1], 4, -1, 9, order=10)] == [70, 94]
