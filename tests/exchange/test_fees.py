"""Fees: taker and maker rates, a fixed part, a least and a most; what is held always suffices."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, Eligible, Mechanism, OrderKind, RecordKind, Refusal

FIRST = len(SYSTEM_ACCOUNTS)


def rules(**more) -> VenueRules:
    return VenueRules("v", **{"tick_cash": 1, "band_ppm": 200_000, **more})


def fees(t) -> list[tuple[int, int]]:
    return [(int(r["fee_buy"]), int(r["fee_sell"])) for r in t.of_kind(RecordKind.TRADE)]


def held(t, who: str) -> int:
    return t.exchange.posted(t.account(who), 0) - t.exchange.free(t.account(who), 0)


def test_taker_and_maker_pay_their_own_rates(town) -> None:
    """100,000 cash trades twice: 3,000 ppm takes 300, 1,000 ppm 100; selling 2,000 and 500: 200 and 50."""
    t = town(rules(fee_buy_ppm=3_000, maker_buy_ppm=1_000, fee_sell_ppm=2_000, maker_sell_ppm=500))
    t.sell("A", 10, 10_000)
    t.buy("B", 10, 10_000)
    t.buy("B", 10, 10_000)
    t.sell("A", 10, 10_000)
    assert fees(t) == [(300, 50), (100, 200)]
    assert t.exchange.posted(AccountKind.FEE, 0) == 650


def test_a_maker_may_pay_nothing_and_without_a_rate_pays_as_taker(town) -> None:
    t = town(rules(fee_buy_ppm=3_000, maker_buy_ppm=0, fee_sell_ppm=2_000))
    t.buy("B", 10, 10_000)
    t.sell("A", 10, 10_000)
    t.sell("A", 10, 10_000)
    t.buy("B", 10, 10_000)
    assert fees(t) == [(0, 200), (300, 200)]


def test_a_buy_holds_the_dearer_of_its_rates(town) -> None:
    t = town(rules(fee_buy_ppm=1_000, maker_buy_ppm=3_000))
    t.buy("A", 10, 10_000)
    assert held(t, "A") == 100_300
    t = town(rules(fee_buy_ppm=3_000, maker_buy_ppm=1_000))
    t.buy("A", 10, 10_000)
    assert held(t, "A") == 100_300
    t.sell("B", 4, 10_000)
    assert held(t, "A") == 60_000 + 180  # the fee of 4 lots was 40, not 120


def test_the_fixed_part_falls_on_the_first_fill_only(town) -> None:
    t = town(rules(fee_fixed_cash=500, fee_buy_ppm=1_000, fee_sell_ppm=1_000))
    order = t.buy("A", 10, 10_000).order
    assert held(t, "A") == 100_000 + 500 + 100
    for lots in (3, 2):
        t.sell("B", lots, 10_000)
    assert fees(t) == [(530, 530), (20, 520)]
    assert held(t, "A") == 50_000 + 50
    t.cancel("A", order)
    assert held(t, "A") == 0


def test_an_order_that_never_trades_pays_nothing(town) -> None:
    t = town(rules(fee_fixed_cash=500, fee_min_cash=900))
    order = t.buy("A", 10, 10_000).order
    assert held(t, "A") == 100_900
    t.cancel("A", order)
    assert t.exchange.free(t.account("A"), 0) == 10**9


def test_the_least_fee_is_paid_first_and_used_up(town) -> None:
    """Each fill of one lot owes 30 by rate; at least 100: 100, 0, 0, 20, 30."""
    t = town(rules(fee_min_cash=100, fee_buy_ppm=3_000, fee_sell_ppm=0))
    t.buy("A", 6, 10_000)
    owed = []
    for _ in range(5):
        owed.append(held(t, "A"))
        t.sell("B", 1, 10_000)
    assert [b for b, _ in fees(t)] == [100, 0, 0, 20, 30]
    assert owed == [60_180, 50_080, 40_080, 30_080, 20_060]


def test_the_most_an_order_pays(town) -> None:
    """Each fill owes 30 by rate and 10 fixed once; at most 65: 40, 25, 0."""
    t = town(rules(fee_max_cash=65, fee_fixed_cash=10, fee_buy_ppm=3_000))
    t.buy("A", 4, 10_000)
    assert held(t, "A") == 40_065
    for _ in range(3):
        t.sell("B", 1, 10_000)
    assert [b for b, _ in fees(t)] == [40, 25, 0]
    assert held(t, "A") == 10_000


def test_each_fill_is_floored_for_itself(town) -> None:
    """One lot at 10,000 owes 0.9: three fills nothing, one fill of three lots 2."""
    t = town(rules(fee_buy_ppm=90))
    for _ in range(3):
        t.sell("B", 1, 10_000)
    t.buy("A", 3, 10_000)
    t.sell("B", 3, 10_000)
    t.buy("A", 3, 10_000)
    assert [b for b, _ in fees(t)] == [0, 0, 0, 2]


def test_a_seller_never_pays_more_than_the_fill_brings(town) -> None:
    """The least fee is 500 and a lot brings 100: the rest is not asked for later."""
    t = town(rules(fee_min_cash=500, fee_sell_ppm=1_000), reference=100)
    order = t.sell("A", 9, 100).order
    for lots in (1, 2, 6):
        t.buy("B", lots, 100)
    assert fees(t) == [(500, 100), (500, 0), (500, 0)]
    assert t.cancel("A", order) == Refusal.UNKNOWN_ORDER
    assert t.exchange.posted(t.account("A"), 0) == 10**9 + 800


def test_fees_stay_with_an_order_that_is_replaced(town) -> None:
    t = town(rules(fee_fixed_cash=500, fee_min_cash=600, fee_buy_ppm=1_000))
    order = t.buy("A", 10, 10_000).order
    t.sell("B", 5, 10_000)
    assert t.replace("A", order, 8, 9_000).resting_lots == 8
    assert held(t, "A") == 72_000 + (500 + 50 + 72) - 600
    t.sell("B", 8, 9_000)
    assert [b for b, _ in fees(t)] == [600, 22]


def test_a_shrunken_order_gives_back_the_fee_of_what_went(town) -> None:
    t = town(rules(fee_fixed_cash=500, fee_buy_ppm=1_000))
    order = t.buy("A", 10, 10_000).order
    t.replace("A", order, 4, 10_000)
    assert t.of_kind(RecordKind.ORDER_CANCELLED)["hold"].tolist() == [60_060]
    assert held(t, "A") == 40_540


def test_in_a_call_both_pay_as_takers(town) -> None:
    t = town(rules(fee_buy_ppm=3_000, maker_buy_ppm=0, fee_sell_ppm=2_000, maker_sell_ppm=0), start=False)
    t.call()
    t.buy("A", 10, 10_000)
    t.sell("B", 10, 10_000)
    t.uncross()
    assert fees(t) == [(300, 200)]


def test_a_market_buy_must_cover_the_fee_at_the_end_of_the_band(town) -> None:
    t = town(rules(fee_fixed_cash=7, fee_buy_ppm=1_000), rich=False)
    t.give("B", units=10)
    t.give("A", cash=120_000 + 7 + 120 - 1)
    t.sell("B", 10, 10_000)
    assert t.buy("A", 10, kind=OrderKind.MARKET).refusal == Refusal.INSUFFICIENT_CASH
    t.give("A", cash=1)
    assert t.buy("A", 10, kind=OrderKind.MARKET).filled_lots == 10
    assert t.exchange.free(t.account("A"), 0) == 127 + 20_000 - 107


amounts = st.integers(0, 2_000)
ppm = st.integers(0, 60_000)
SCHEMES = st.builds(
    lambda buy, sell, maker_buy, maker_sell, fixed, least, more: rules(
        band_ppm=900_000, fee_buy_ppm=buy, fee_sell_ppm=sell, maker_buy_ppm=maker_buy, maker_sell_ppm=maker_sell,
        fee_fixed_cash=fixed, fee_min_cash=least, fee_max_cash=least + more if more else 0,
    ),
    ppm, ppm, st.integers(-1, 60_000), st.integers(-1, 60_000), amounts, amounts, amounts,
)  # fmt: skip
STEPS = st.lists(st.tuples(st.integers(1, 9), st.integers(-40, 0), st.booleans(), st.integers(0, 6)), max_size=12)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scheme=SCHEMES, lots=st.integers(1, 40), price=st.integers(60, 180), steps=STEPS)
@example(scheme=rules(band_ppm=900_000, fee_min_cash=999), lots=3, price=100, steps=[(1, 0, True, 0)] * 3)
def test_what_a_buy_holds_always_pays_for_it(engine, scheme, lots, price, steps) -> None:
    """A buyer with not one unit of cash to spare: fills, changes, and withdrawals never overdraw it."""
    x = engine(FIRST + 2, 2, [scheme], [Listing(1, 0, 100)], FIRST)
    buyer, seller = FIRST, FIRST + 1
    for who in (buyer, seller):
        x.allow(who, 1, Eligible.ALL)
    x.transfer(0, AccountKind.ISSUANCE, seller, 1, 1_000, 1)
    x.transfer(0, AccountKind.WORLD, buyer, 0, 10**9, 1)
    x.open_session(0, [1], 100)
    order = x.submit(1, buyer, 1, 1, price, lots).order
    x.transfer(1, buyer, AccountKind.WORLD, 0, x.free(buyer, 0), 1)
    t = 1
    for some, away, maker, other in steps:
        t += 1
        if other == 0:
            x.replace(t, buyer, order, price + away, some)
        elif maker:
            x.submit(t, seller, 1, 2, max(10, price + away), some, 0, 1)
        else:
            x.submit(t, seller, 1, 2, max(10, price + away), some)
        assert x.free(buyer, 0) >= 0
        assert x.posted(buyer, 0) >= 0
    x.cancel(t, buyer, order)
    assert x.free(buyer, 0) == x.posted(buyer, 0) >= 0
    records, _ = x.drain()
    trades = records[records["kind"] == RecordKind.TRADE]
    assert set(trades["code"]) <= {Mechanism.CONTINUOUS}
    paid = trades["price"] * trades["amount"]
    assert (trades["hold"] >= paid + trades["fee_buy"]).all()
    assert (trades["fee_sell"] <= paid).all()
