"""Market makers, small traders and outside markets: limits, widths, prices by age, and what their kind may hold."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.agents import intermediary
from ecomarket.agents.strategies.market_maker import MarketMaker
from ecomarket.agents.strategies.noise import Noise
from ecomarket.agents.strategies.outside_market import OutsideMarket
from ecomarket.agents.strategies.value_trader import ValueTrader
from ecomarket.chance import Draws
from ecomarket.model.codes import Eligible
from ecomarket.model.command import Transfer
from ecomarket.policies.carbon_compliance import CarbonCompliance

DAY_ONE = date(2024, 3, 4)


def maker(world, **params):
    place = world([{"rights": "cea"}], kind="intermediary")
    place.price("CEA.2023", 80)
    made = place.strategy(MarketMaker, **params)
    made.plan(place.view(DAY_ONE), Draws(1))
    return place, made


def sides(place, made, code):
    found = [me for (_, i), me in zip(made.markets(), made.intents, strict=True) if i == place.index(code)]
    return found[0], found[1]


def test_intermediaries_only_touch_what_their_kind_may_hold(world):
    place = world([{"rights": "so2;cea;sink"}], kind="intermediary")
    for kind in (MarketMaker, Noise):
        codes = {place.setting.instruments[i].code for _, i in place.strategy(kind).markets()}
        assert codes
        assert not [c for c in codes if c.startswith("SO2")]


def test_a_maker_quotes_two_sides_wider_when_prices_move(world):
    place, made = maker(world)
    bid, ask = sides(place, made, "CEA.2023")
    assert bid["a"] == -ask["a"] < 0
    calm = float(ask["a"])
    for price in (90, 70, 95, 65):
        place.price("CEA.2023", price)
        made.plan(place.view(), Draws(1))
    assert ask["a"] > calm
    assert ask["a"] <= 0.05


def test_a_makers_inventory_is_worth_no_more_than_its_share_of_cash(world):
    _, made = maker(world)
    value = sum(float(me["target"]) * float(me["c"]) for me in made.intents if me["a"] < 0 and me["c"] > 0)
    assert value <= 0.5 * 10**13


def test_a_maker_shows_the_part_of_its_quotes_that_it_is_told_to(world):
    _, plain = maker(world)
    assert not plain.intents["shown"].any()
    _, made = maker(world, shown_share="0.25")
    large = made.intents["lots_max"] > 1
    assert large.any()
    assert (made.intents["shown"][large] == np.ceil(made.intents["lots_max"][large] / 4)).all()
    assert not made.intents["shown"][~large].any()


def test_past_its_loss_limit_it_only_sells(world):
    place, made = maker(world)
    bid, ask = sides(place, made, "CEA.2023")
    assert bid["d"] == ask["d"] == 1
    place.posted[0, 0] = 7 * 10**12
    made.plan(place.view(), Draws(1))
    assert (bid["d"], ask["d"]) == (0, 1)


@given(st.floats(0.0, 1.0), st.floats(0.0, 5.0))
def test_half_spreads_stay_within_bounds(sd, aversion):
    assert 0.005 <= intermediary.half_spread(np.array([sd**2]), aversion, 0.005, 0.05)[0] <= 0.05


def test_fair_value_follows_closing_prices_and_keeps_still_without_them():
    fair = intermediary.running_fair(np.array([0.0, 100.0, 100.0]), np.array([50.0, 110.0, 0.0]), 0.2)
    assert fair.tolist() == [50.0, 102.0, 100.0]
    still = intermediary.running_variance(np.array([0.04]), np.array([0]), np.array([10]), 0.5)
    assert still.tolist() == [0.02]


def test_order_sizes_are_lognormal():
    normal = Draws(3).normal(np.arange(4000), "size")
    sizes = intermediary.lognormal_lots(50.0, 1.0, normal)
    assert np.median(sizes) == pytest.approx(50, rel=0.06)
    assert np.log(sizes).std() == pytest.approx(1.0, rel=0.06)
    assert sizes.min() >= 1


def test_a_small_trader_spends_a_small_part_and_comes_at_random(world):
    place = world([{"rights": "cea"}], kind="intermediary")
    place.price("CEA.2023", 80)
    made = place.strategy(Noise)
    sizes = []
    for number in range(60):
        made.plan(place.view(place.setting.date_of(number)), Draws(1))
        sizes.append(int(place.intent(made, 0, "CEA.2023")["lots_max"]))
    assert len(set(sizes)) > 30
    assert np.median(sizes) == pytest.approx(0.01 * 10**13 / 800_000, rel=0.5)
    assert made.looks(place.view()).tolist() == [0.15] * len(made.pairs)


def outside(world, right, **params):
    place = world([{"right": right}], kind="outside")
    place.notices |= {"outside.cea": 80.0, "outside.gec": 6.0, "outside.ccer": 90.0}
    made = place.strategy(OutsideMarket, **params)
    commands = made.plan(place.view(DAY_ONE), Draws(1))
    return place, made, commands


def test_the_outside_stands_round_its_path_with_its_spread(world):
    place, made, commands = outside(world, "cea")
    mine = [me for me in made.intents if me["instrument"] == place.index("CEA.2023")]
    assert sorted(int(me["reservation"]) for me in mine) == [788_000, 796_000, 804_000, 812_000]
    assert all(isinstance(c, Transfer) and c.credit == made.accounts[0] for c in commands)
    assert commands[0].amount == 3_000_000


def test_a_vintage_that_does_not_exist_yet_is_not_quoted(world):
    place, made, _ = outside(world, "cea")
    looks = made.looks(place.view())
    busy = {place.setting.instruments[i].code for (_, i), n in zip(made.markets(), looks, strict=True) if n > 0}
    assert busy == {"CEA.2023"}


def test_the_outside_deals_in_no_vintage_that_has_been_carried_over(world):
    """Given carry-over on 4 March, when it is the 4th, then 2023 is quoted; on the 5th nothing of it is quoted or brought in."""
    place, made, _ = outside(world, "cea")
    law = CarbonCompliance.Params(carry_over_on=DAY_ONE, carry_over_last_vintage=2023)
    place.setting.law["carbon-compliance"] = law
    code = place.setting.instruments[place.index("CEA.2023")]
    assert made.price(code, place.view(DAY_ONE)) == 80.0
    later = place.view(DAY_ONE + timedelta(1))
    assert made.price(code, later) == 0.0
    assert not [c for c in made.plan(later, Draws(1)) if c.instrument == code.index]
    place.setting.law["carbon-compliance"] = law.model_copy(update={"carry_over_last_vintage": 2022})
    assert made.price(code, later) == 80.0


def test_it_only_sells_national_credits_and_only_buys_certificates(world):
    for right, side in (("ccer", 2.0), ("gec", 1.0)):
        _, made, _ = outside(world, right)
        assert {float(a) for a in made.intents["a"]} - {0.0} == {side}


def test_certificates_are_priced_by_their_age(world):
    place, made, _ = outside(world, "gec")
    vintage = {place.setting.instruments[i].vintage: place.setting.instruments[i] for _, i in made.markets()}
    view = place.view(date(2025, 1, 6))
    assert made.price(vintage[202412], view) == pytest.approx(6.0 * 23 / 24)
    assert made.price(vintage[202401], view) == pytest.approx(3.0)
    assert made.price(vintage[202501], view) == 0.0
    assert made.price(vintage[202402], place.view(date(2026, 3, 2))) == 0.0


def test_what_is_sold_is_brought_in_again(world):
    place, made, _ = outside(world, "ccer")
    place.give(0, "CCER.national", 150_000)
    assert not made.plan(place.view(), Draws(1))
    place.give(0, "CCER.national", 90_000)
    [again] = made.plan(place.view(), Draws(1))
    assert again.amount == 110_000


def test_each_quote_knows_which_side_it_takes(world):
    """Who may only buy keeps its bids: a bar on selling silences the asks alone."""
    _, made = maker(world)
    assert made.sides().tolist() == [Eligible.BUY if me["a"] < 0 else Eligible.SELL for me in made.intents]
    _, ladder, _ = outside(world, "cea")
    named = {1: Eligible.BUY, 2: Eligible.SELL}
    quoted = [
        (named[int(me["a"])], s) for me, s in zip(ladder.intents, ladder.sides().tolist(), strict=True) if me["a"]
    ]
    assert {s for _, s in quoted} == {Eligible.BUY, Eligible.SELL}
    assert all(named_side == s for named_side, s in quoted)
    trader = world([{"rights": "cea"}], kind="intermediary").strategy(Noise)
    assert set(trader.sides().tolist()) == {Eligible.BUY | Eligible.SELL}


@pytest.mark.parametrize(("target", "side"), [(9, Eligible.BUY), (5, Eligible.BUY | Eligible.SELL), (1, Eligible.SELL)])
def test_a_plan_goes_from_where_it_began_towards_its_target(world, target, side):
    trader = world([{"rights": "cea"}], kind="intermediary").strategy(ValueTrader)
    trader.intents["d"], trader.intents["target"] = 5, target
    assert set(trader.sides().tolist()) == {side}
