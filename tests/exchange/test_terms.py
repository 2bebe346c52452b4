"""A right's reference price as its term runs down: worked examples, and both engines on any term and rate."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecomarket.exchange.rules import YEAR, Listing, VenueRules
from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, Eligible, Mechanism, RecordKind, Refusal

FIRST = len(SYSTEM_ACCOUNTS)
A, B = FIRST, FIRST + 1
CNY = 10_000
EXAMPLES = 20_000 if os.environ.get("ECOMARKET_SOAK") else 300


def permits(
    engine, *, rate: int, price: int = 4_000 * CNY, years: int = 5, begun: int = 0, tick: int = CNY,
    renewed: bool = False, **words,
):  # fmt: skip
    """One right of a term, begun some years before the market opens, with a seller and a buyer."""
    rules = VenueRules("permits", tick_cash=tick, band_ppm=100_000, term_rate_ppm=rate, **words)
    term = {"from_t": -begun * YEAR, "to_t": (years - begun) * YEAR, "renewed": renewed}
    x = engine(FIRST + 2, 2, [rules], [Listing(1, 0, price, **term)], FIRST)
    for account in (A, B):
        x.allow(account, 1, Eligible.ALL)
        x.transfer(0, AccountKind.WORLD, account, 0, 10**13, 1)
        x.transfer(0, AccountKind.ISSUANCE, account, 1, 10**6, 1)
    return x


def sit(x, t: int, price: int = 0) -> tuple[int, int]:
    """Hold a day, with a trade if a price is given; return reference price at the opening and at the close."""
    x.open_session(t, [1], t + 10)
    opened = x.quotes(1).reference_price
    if price:
        assert x.submit(t, A, 1, 2, price, 1).refusal == 0
        assert x.submit(t, B, 1, 1, price, 1).filled_lots == 1
    x.close_session(t, [1], end_of_day=True)
    return opened, x.quotes(1).reference_price


def test_a_permit_with_two_of_five_years_left_is_worth_two_fifths(engine) -> None:
    x = permits(engine, rate=0)
    assert [sit(x, k * YEAR)[0] // CNY for k in range(6)] == [4_000, 3_200, 2_400, 1_600, 800, 1]
    assert sit(x, 5 * YEAR) == sit(x, 9 * YEAR) == (CNY, CNY), "a tick is the least"


def test_a_right_that_is_given_anew_is_worth_a_whole_term_again(engine) -> None:
    x = permits(engine, rate=0, renewed=True)
    assert [sit(x, k * YEAR)[0] // CNY for k in (0, 4, 5, 6, 10, 13)] == [4_000, 800, 4_000, 3_200, 4_000, 1_600]
    assert sit(x, 14 * YEAR, price=880 * CNY)[1] == 880 * CNY
    assert sit(x, 15 * YEAR)[0] == 4_400 * CNY, "a tenth more for its last year is a tenth more for the next term"


def test_the_annuity_of_the_source(engine) -> None:
    """MARKETS.md 8.4: 4,000 CNY for 5 years at 5 %: with 3 left 4000 x 2.72325 / 4.32948 = 2,516.0; with 1 left 879.9."""
    x = permits(engine, rate=50_000)
    yearly = [sit(x, k * YEAR)[0] // CNY for k in range(5)]
    assert yearly == [4_000, 3_276, 2_516, 1_717, 879]
    assert sit(x, 4 * YEAR + YEAR // 2)[0] // CNY == 439, "half of the last year is half of its part"


def test_a_term_begun_before_the_market_opens_is_partly_gone(engine) -> None:
    assert sit(permits(engine, rate=0, begun=3), 0)[0] == 1_600 * CNY


def test_a_trade_starts_the_decline_anew(engine) -> None:
    x = permits(engine, rate=0)
    assert sit(x, YEAR, price=3_400 * CNY) == (3_200 * CNY, 3_400 * CNY)
    assert sit(x, 2 * YEAR) == (2_550 * CNY, 2_550 * CNY), "three of four years are left of what it was worth"
    assert sit(x, 3 * YEAR)[0] == 1_700 * CNY
    closes = [int(r["price"]) for r in x.drain()[0] if r["kind"] == RecordKind.CLOSE]
    assert closes == [3_400 * CNY, 2_550 * CNY, 1_700 * CNY]


def test_many_quiet_days_lose_nothing_to_rounding(engine) -> None:
    x = permits(engine, rate=0, price=1_001, tick=1)
    for day in range(0, 2 * 365, 5):
        sit(x, day * (YEAR // 365))
    assert sit(x, 2 * YEAR)[0] == 600


def test_band_orders_and_blocks_follow_the_day_s_reference(engine) -> None:
    x = permits(engine, rate=0, block_band_ppm=0, lots_max=10)
    x.open_session(2 * YEAR, [1], 3 * YEAR)
    assert x.bounds(1) == (2_160 * CNY, 2_640 * CNY)
    assert x.submit(2 * YEAR, A, 1, 2, 4_000 * CNY, 1).refusal == Refusal.PRICE_OUTSIDE_BAND
    assert x.submit(2 * YEAR, A, 1, 2, 2_640 * CNY, 1).refusal == 0
    x = permits(engine, rate=0, block_band_ppm=300_000)
    x.open_session(2 * YEAR, [1], 3 * YEAR)
    block = [x.deal(2 * YEAR, Mechanism.BLOCK_AGREEMENT, 0, 1, B, A, p * CNY, 1) for p in (3_121, 3_120, 1_680, 1_679)]
    assert block == [Refusal.PRICE_OUTSIDE_BAND, 0, 0, Refusal.PRICE_OUTSIDE_BAND]


def test_without_the_rule_or_without_a_term_nothing_declines(engine) -> None:
    assert sit(permits(engine, rate=-1), 2 * YEAR)[0] == 4_000 * CNY
    x = engine(FIRST, 2, [VenueRules("v", term_rate_ppm=0)], [Listing(1, 0, 900)], FIRST)
    assert sit(x, 4 * YEAR) == (900, 900)


def test_a_term_must_end_after_it_begins(engine) -> None:
    with pytest.raises(ValueError, match="term"):
        engine(FIRST, 2, [VenueRules("v")], [Listing(1, 0, 900, from_t=5, to_t=5)], FIRST)


days = st.lists(st.tuples(st.integers(0, 3 * YEAR), st.booleans()), min_size=1, max_size=8)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rate=st.integers(-1, 300_000), price=st.integers(1, 10**9), years=st.integers(1, 30), begun=st.integers(0, 3),
    renewed=st.booleans(), days=days,
)  # fmt: skip
def test_both_engines_agree_and_the_price_rises_by_itself_in_a_new_term_alone(
    engines, rate, price, years, begun, renewed, days
) -> None:
    told = []
    for engine in (engines.kernel, engines.reference):
        x = permits(engine, rate=rate, price=price, years=years + begun, begun=begun, tick=100, renewed=renewed)
        t, seen = 0, []
        for later, trades in days:
            t += later
            x.open_session(t, [1], t + 10)
            x.close_session(t, [1], end_of_day=True)
            opened = x.quotes(1).reference_price
            seen.append(sit(x, t, opened // 100 * 100 if trades and opened >= 100 else 0))
        told.append((seen, x.drain()[0].tolist()))
    assert told[0] == told[1]
    opened = [o for o, _ in told[0][0]]
    ends = [t // (years + begun) // YEAR for t in np.cumsum([later for later, _ in days]) + begun * YEAR]
    same = rate < 0 or not renewed or len(set(ends)) == 1
    assert rate < 0 or not same or opened == sorted(opened, reverse=True)
