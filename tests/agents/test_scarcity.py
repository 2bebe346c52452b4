"""Certificates and allowances where no market outside names a price: worth what lacking one costs when they run short.

One wind farm of 1 MW at a quarter of its capacity: 0.25 x 24 x 305 days = 1,830 certificates of January to October can be
sold before the deadline of 2024; a smelter owes half of what it uses; who is short pays 40 CNY.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.valley import Valley, person

from ecomarket.agents.scarcity import balance_worth, believed
from ecomarket.agents.strategies.certificate_buyer import CertificateBuyer
from ecomarket.agents.strategies.generator import Generator
from ecomarket.policies.consumption_weight import ConsumptionWeight
from ecomarket.public.allowances import Balance, chance_of_shortage, published
from ecomarket.public.certificates import deadlines, owed_mwh, supply_mwh, worth

LAW = {"consumption-weight": ConsumptionWeight.Params(weight={"aluminium": "0.5"}, alternative_cny_mwh=40)}
SPRING = date(2024, 4, 1)


def valley_of(power_mwh: int, life_months: int = 24) -> Valley:
    wind = person("WIND", tech="wind", capacity_mw=1.0, capacity_factor=0.25, tradable=1)
    smelter = person("SMELTER", sector="aluminium", power_mwh=power_mwh, cash_cny=1_000_000)
    return Valley(wind, smelter, law=LAW, params={"gec": {"life_months": life_months}})


def test_supply_and_duty_are_what_the_tables_say():
    valley = valley_of(2000)
    assert supply_mwh(valley.setting, {}, 202402) == 0.25 * 24 * 29
    assert supply_mwh(valley.setting, {"capacity.WIND": 2.0}, 202402) == 0.5 * 24 * 29
    assert owed_mwh(valley.setting, LAW["consumption-weight"]) == 1000


@pytest.mark.parametrize(("power_mwh", "short"), [(1_000, 0.0), (3_660, 0.5), (20_000, 1.0)])
def test_the_chance_of_running_short(power_mwh, short):
    """At 3,660 MWh exactly as many are owed as can be sold: an even chance."""
    first = deadlines(valley_of(power_mwh).setting, {}, SPRING, 0.1)[0]
    assert first.period == 202412
    assert first.charge == 400_000
    assert first.short == pytest.approx(short, abs=1e-6)


def test_near_the_deadline_one_is_surer():
    """40 too few of 1,830, an error of 10 % a year ahead: 58 % in January, 79 % in December."""
    valley = valley_of(2 * 1_870)
    chances = [deadlines(valley.setting, {}, date(2024, m, 1), 0.1)[0].short for m in (1, 12)]
    assert chances[0] == pytest.approx(0.5848, abs=1e-3)
    assert chances[1] == pytest.approx(0.7706, abs=1e-3)


def test_what_is_left_of_a_year_serves_the_next_as_long_as_it_lives():
    """1,830 and 2,189 are made in time for the two deadlines, 1,900 owed at each: the first is short, the second not."""
    long_life, short_life = (deadlines(valley_of(3_800, life).setting, {}, SPRING, 0.01) for life in (24, 6))
    assert [round(end.short, 2) for end in long_life[:2]] == [1.0, 0.0]
    assert [round(end.short, 2) for end in short_life[:2]] == [1.0, 1.0], "of six months only those of June on count"


def test_a_vintage_that_dies_before_the_deadline_is_worth_nothing():
    """Lives of six months: May's dies in November, June's lives to see December; November's comes too late for it."""
    coming = deadlines(valley_of(20_000, 6).setting, {}, SPRING, 0.1)[:1]
    values = [worth(coming, 202400 + month, SPRING, 0.0, life=6) for month in (5, 6, 10, 11)]
    assert values == [0.0, pytest.approx(400_000), pytest.approx(400_000), 0.0]


def asked(power_mwh: int, close: int, on: date = SPRING):
    valley = valley_of(power_mwh)
    cohort = valley.cohort(Generator, "WIND", opinion_sd=0, rate_month=0)
    valley.give("WIND", "GEC.202402", 100)
    valley.price("GEC.202402", close)
    valley.plan(cohort, on)
    return valley.intent(cohort, "WIND", "GEC.202402")


def test_holders_of_too_many_go_down_and_sell_at_once_and_of_too_few_wait_for_the_charge():
    """A price moves by a quarter a week at most, and never beyond the charge."""
    plenty, scarce, there = asked(1_000, 200_000), asked(20_000, 200_000), asked(20_000, 390_000)
    assert (plenty["reservation"], scarce["reservation"], there["reservation"]) == (150_000, 250_000, 400_000)
    assert plenty["urgency"] == pytest.approx(1.0)
    assert scarce["urgency"] < 0.2
    assert plenty["a"] < scarce["a"]


def bid(power_mwh: int, close: int, days_left: int, on: date):
    valley = valley_of(power_mwh)
    cohort = valley.cohort(CertificateBuyer, "SMELTER", vintages=1)
    for instrument in valley.setting.listed("gec"):
        valley.price(instrument.code, close)
    valley.board.trading_days_left_in_year = days_left
    valley.plan(cohort, on)
    return max(cohort.intents, key=lambda me: me["target"])


def test_buyers_go_up_to_the_charge_when_short_and_give_in_to_nobody_when_not():
    """A quarter up or down in a week and a tenth on it, within the charge; in the last week only the charge is left."""
    assert bid(20_000, 200_000, 200, SPRING)["reservation"] == pytest.approx(250_000 * 1.1, rel=0.01)
    assert bid(20_000, 390_000, 200, SPRING)["reservation"] == 400_000
    assert bid(1_000, 200_000, 200, SPRING)["reservation"] == pytest.approx(150_000 * 1.1, rel=0.01)
    assert bid(1_000, 1_000, 3, date(2024, 12, 27))["reservation"] == 400_000


def test_a_price_from_outside_stands_above_all_this():
    valley = valley_of(20_000)
    valley.board.notices["outside.gec"] = 8.0
    cohort = valley.cohort(Generator, "WIND", opinion_sd=0, rate_month=0)
    valley.give("WIND", "GEC.202402", 100)
    valley.plan(cohort, SPRING)
    assert valley.intent(cohort, "WIND", "GEC.202402")["reservation"] == pytest.approx(80_000 * (1 - 3 / 24), abs=1)


def test_where_nothing_is_priced_yet_the_own_reckoning_stands():
    assert believed([0.0, 100.0], [400_000.0, 110.0], 0.25).tolist() == [400_000.0, 110.0]


balances = st.builds(Balance, st.floats(0, 10**9), st.floats(0, 10**9), st.floats(1, 10**9))


@given(balance=balances, more=st.floats(0, 10**9), spread=st.floats(0.01, 0.5))
def test_the_more_allowances_there_are_the_less_likely_they_run_short(balance, more, spread):
    chances = chance_of_shortage(balance, spread)
    assert all(0 <= chance <= 1 for chance in chances)
    for richer in (balance._replace(issued=balance.issued + more), balance._replace(kept=balance.kept + more)):
        assert all(a <= b + 1e-12 for a, b in zip(chance_of_shortage(richer, spread), chances, strict=True))


@given(balance=balances, scale=st.floats(10, 1000), spread=st.floats(0.01, 0.5))
def test_the_size_of_the_market_does_not_matter(balance, scale, spread):
    balance = Balance(*(max(lots, 10**4) for lots in balance))
    larger = Balance(*(scale * lots for lots in balance))
    assert chance_of_shortage(larger, spread) == pytest.approx(chance_of_shortage(balance, spread), abs=1e-6)


@given(
    balance=balances,
    market=st.floats(1, 10**7),
    times=st.floats(0, 10),
    rate=st.floats(0, 0.3),
    stretch=st.floats(0.05, 0.9),
)
def test_what_a_balance_makes_an_allowance_cost(balance, market, times, rate, stretch):
    """No further from the market than `stretch`; worth all that lacking one costs if it is known to run short."""
    short = np.array([market * (times + 1)])
    found = balance_worth(np.array([market]), balance, short, np.array([rate]), (0.04, stretch)).item()
    assert market * (1 - stretch) * (1 - 1e-9) <= found <= market * (1 + stretch) * (1 + 1e-9)
    if balance.issued + balance.kept < balance.owed:
        assert found == pytest.approx(market * min(times + 1, 1 + stretch))
    if balance.issued > 2 * balance.owed:
        assert found == pytest.approx(market * (1 - stretch))


def test_a_balance_is_known_only_when_all_of_it_is_told():
    told = Balance(105.0, 5.0, 100.0).notices("cea", 2024)
    assert published(told, "cea", 2024) == (105.0, 5.0, 100.0)
    assert published(told, "cea", 2025) is published(told, "so2", 2024) is None
    for name in told:
        assert published({k: v for k, v in told.items() if k != name}, "cea", 2024) is None
