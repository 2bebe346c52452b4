"""Trend and value traders: which way they lean, their limits, and what they never do."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.agents.strategies.trend_trader import TrendTrader
from ecomarket.agents.strategies.value_trader import ValueTrader
from ecomarket.agents.traders import fundamental, held_still, trend_share, value_share
from ecomarket.chance import Draws
from ecomarket.units import CASH_PER_YUAN

DAY_ONE = date(2024, 3, 4)
CODE = "CEA.2023"


def trader(world, kind, rights="cea", **params):
    place = world([{"rights": rights}], kind="intermediary")
    return place, place.strategy(kind, **params)


def follow(place, made, prices, start=DAY_ONE):
    """Plan once a day on a path of closing prices; return the intent of the allowance."""
    for number, price in enumerate(prices):
        place.price(CODE, price)
        made.plan(place.view(start + timedelta(days=number)), Draws(1))
    return place.intent(made, 0, CODE)


def hold(place, lots):
    place.posted[0, place.index(CODE)] = lots


def test_a_rising_price_is_bought_and_a_turn_sold_out(world):
    place, made = trader(world, TrendTrader)
    up = follow(place, made, [80 * 1.01**n for n in range(30)])
    assert up["target"] > 0
    assert up["reservation"] <= 80 * 1.01**29 * CASH_PER_YUAN * 1.01 + 1
    hold(place, int(up["target"]))
    down = follow(place, made, [100 * 0.98**n for n in range(30)], DAY_ONE + timedelta(days=30))
    assert down["target"] == 0
    assert down["reservation"] >= 100 * 0.98**29 * CASH_PER_YUAN * 0.99 - 1


def test_a_trader_shows_a_part_of_each_of_its_orders(world):
    place, made = trader(world, ValueTrader, belief_sd=0)
    place.notices["outside.cea"] = 100.0
    assert follow(place, made, [70])["shown"] == 0
    place, made = trader(world, ValueTrader, belief_sd=0, shown_share="0.1")
    place.notices["outside.cea"] = 100.0
    me = follow(place, made, [70])
    # half a look a day over five days: the target in two and a half orders, one lot more each, a tenth of it shown
    assert me["shown"] == np.ceil((me["target"] // 2.5 + 1) / 10)


def test_a_still_price_is_left_alone(world):
    place, made = trader(world, TrendTrader)
    assert follow(place, made, [80] * 20)["target"] == 0
    assert not made.looks(place.view()).any()


def test_a_value_trader_buys_below_and_sells_above_its_worth(world):
    place, made = trader(world, ValueTrader, belief_sd=0)
    place.notices["outside.cea"] = 100.0
    low = follow(place, made, [70])
    # 30 % off, the first 5 % its margin, full at 20 %: all of its limit, paid at most 95
    limit = np.floor(0.5 * 10**13 / live(place, made) / 700_000)
    assert low["target"] == limit
    assert low["reservation"] == 950_000
    half = follow(place, made, [87.5])
    assert half["target"] == np.floor(np.floor(0.5 * 10**13 / live(place, made) / 875_000) * 0.5)
    hold(place, 500)
    high = follow(place, made, [101])
    assert (high["target"], high["reservation"]) == (0, 1_000_000)


def live(place, made):
    today = place.view().board.t
    return sum(place.setting.instruments[i].lives(today) and place.close[i] > 0 for i in {i for _, i in made.markets()})


def test_each_value_trader_has_a_lasting_error_of_its_own(world):
    place = world([{"rights": "cea"}, {"rights": "cea"}], kind="intermediary")
    made = place.strategy(ValueTrader)
    place.notices["outside.cea"] = 100.0
    worths = []
    for number in range(2):
        follow(place, made, [70], DAY_ONE + timedelta(days=number))
        worths.append(made.worth.copy())
    assert np.array_equal(*worths)
    mine = made.worth[[at for at, (_, i) in enumerate(made.markets()) if i == place.index(CODE)]]
    assert mine[0] != mine[1]


def test_without_a_public_worth_the_mean_stands_in(world):
    place, made = trader(world, ValueTrader, belief_sd=0)
    follow(place, made, [80])
    at = made.markets().index((0, place.index(CODE)))
    assert made.worth[at] == 800_000


def test_public_worth_by_right(world):
    place = world([{"rights": "cea"}], kind="intermediary")
    place.notices |= {"outside.cea": 80.0, "outside.gec": 6.0, "outside.ccer": 90.0}
    of = {i.code: i for i in place.setting.instruments}
    view = place.view(date(2024, 12, 2))
    assert fundamental(view, of["CEA.2023"]) == 800_000
    certificate = next(i for i in of.values() if i.right == "gec" and i.vintage == 202406)
    assert fundamental(view, certificate) == pytest.approx(6 * 0.75 * 10_000)
    credit = next(i for i in of.values() if i.right == "sink")
    assert fundamental(view, credit) == 900_000
    place.notices[f"reference.{credit.code}"] = 75.0
    assert fundamental(place.view(), credit) == 750_000
    place = world([{"so2_t": 100.0, "class_air": "industry"}])
    place.notices["permit.base.so2"] = 4_000.0
    permit = next(i for i in place.setting.instruments if i.right == "so2")
    assert fundamental(place.view(date(2024, 1, 1)), permit) == pytest.approx(4_000 * 10_000 * 0.001)
    assert fundamental(place.view(date(2026, 1, 1)), permit) < 4_000 * 10


def test_what_ends_soon_is_sold_off(world):
    place, made = trader(world, ValueTrader, belief_sd=0, wind_down_days=20)
    place.notices["outside.cea"] = 100.0
    end = date(2024, 12, 31)
    made.ends[:] = place.setting.t_of(end)
    targets = [int(follow(place, made, [70], end - timedelta(days=days))["target"]) for days in (60, 30, 25, 20, 5)]
    assert targets[0] > targets[1] > targets[2] > targets[3] == targets[4] == 0


def test_past_the_loss_limit_it_only_sells(world):
    place, made = trader(world, ValueTrader, belief_sd=0)
    place.notices["outside.cea"] = 100.0
    assert follow(place, made, [70])["target"] > 0
    place.posted[0, 0] = 7 * 10**12
    hold(place, 100)
    assert follow(place, made, [70])["target"] == 0


@pytest.mark.parametrize("kind", [TrendTrader, ValueTrader])
def test_money_ten_times_smaller_in_worth_scales_prices_and_lots(world, kind):
    results = []
    for scale in (1, 10):
        place, made = trader(world, kind, belief_sd=0) if kind is ValueTrader else trader(world, kind)
        place.notices["outside.cea"] = 200.0 * scale
        me = follow(place, made, [scale * 80 * 1.01**n for n in range(20)])
        results.append((int(me["target"]), int(me["reservation"])))
    (lots, price), (fewer, dearer) = results
    assert lots // 10 - 1 <= fewer <= lots // 10 + 1
    assert dearer == pytest.approx(10 * price, rel=1e-4)


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(0.001, 1), st.floats(0, 5))
def test_a_trend_is_worth_nothing_when_the_fast_mean_is_below(fast, slow, deviation, strength):
    share = float(trend_share(fast, slow, deviation, strength))
    assert 0 <= share <= 1
    assert share == 0 or fast > slow


@given(st.floats(1, 1e6), st.floats(1, 1e6))
def test_value_is_only_bought_below_itself(value, price):
    share = float(value_share(value, price, 0.05, 0.15))
    assert 0 <= share <= 1
    assert share < 1e-9 or price < 0.95 * value


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1), st.floats(0.01, 0.5))
def test_a_dead_band_never_moves_a_position_by_less_than_itself(pairs, dead_band):
    new, old = np.array(pairs).T
    kept = held_still(new, old, dead_band)
    moved = kept != old
    assert (np.abs(kept - old)[moved & (kept > 0) & (kept < 1)] >= dead_band).all()
    assert ((kept == old) | (kept == new)).all()
