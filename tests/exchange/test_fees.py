"""Fees: taker and maker rates, a fee by lot, a fixed part, a least and a most; what is held always suffices."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.model.codes import (
    CONTRA_ACCOUNTS,
    SYSTEM_ACCOUNTS,
    AccountKind,
    Eligible,
    Mechanism,
    OrderKind,
    RecordKind,
    Refusal,
)

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


# --- so much for each lot


def test_each_lot_pays_whoever_rested(town) -> None:
    """Ten lots: the buyer 7 each, the seller 3; the price, and who came first, do not matter."""
    t = town(rules(fee_buy_lot_cash=7, fee_sell_lot_cash=3))
    t.sell("A", 10, 10_000)
    t.buy("B", 10, 10_000)
    t.buy("B", 10, 9_000)
    t.sell("A", 10, 9_000)
    assert fees(t) == [(70, 30), (70, 30)]
    assert t.exchange.posted(AccountKind.FEE, 0) == 200


def test_one_side_may_pay_for_its_lots_alone(town) -> None:
    t = town(rules(fee_sell_lot_cash=3))
    t.buy("B", 10, 10_000)
    assert held(t, "B") == 100_000
    t.sell("A", 4, 10_000)
    assert fees(t) == [(0, 12)]


def test_the_fee_by_lot_comes_on_top_of_the_rate_and_the_fixed_part(town) -> None:
    """A buy of 10 at 10,000 holds 100 by rate, 70 by lot, 500 fixed; resting, 3 lots pay 500 + 21, 2 more 14.

    A taker of 5 pays 500 + 50 + 35; each seller, an order of its own, the fixed part.
    """
    t = town(rules(fee_buy_ppm=1_000, maker_buy_ppm=0, fee_fixed_cash=500, fee_buy_lot_cash=7))
    order = t.buy("A", 10, 10_000).order
    assert held(t, "A") == 100_000 + 100 + 70 + 500
    t.sell("B", 3, 10_000)
    assert fees(t) == [(521, 500)]
    assert held(t, "A") == 70_000 + 70 + 49
    t.sell("C", 2, 10_000)
    assert fees(t)[1:] == [(14, 500)]
    t.cancel("A", order)
    assert held(t, "A") == 0
    t.sell("B", 5, 10_000)
    t.buy("A", 5, 10_000)
    assert fees(t)[2:] == [(585, 500)]


def test_least_and_most_bound_the_sum(town) -> None:
    """7 a lot, at least 20, at most 40 an order: 20 for two lots, 1 for the third, 19 for the next four, then 0."""
    t = town(rules(fee_buy_lot_cash=7, fee_min_cash=20, fee_max_cash=40))
    t.buy("A", 10, 10_000)
    assert held(t, "A") == 100_040
    for lots in (2, 1, 4, 2):
        t.sell("B", lots, 10_000)
    assert [b for b, _ in fees(t)] == [20, 1, 19, 0]
    assert held(t, "A") == 10_000


def test_a_seller_pays_no_more_for_a_lot_than_it_brings(town) -> None:
    """250 a lot, and a lot brings 100; a buyer pays it all the same: 350 a lot."""
    t = town(rules(fee_buy_lot_cash=250, fee_sell_lot_cash=250), reference=100)
    t.sell("A", 9, 100)
    t.buy("B", 2, 100)
    t.buy("B", 3, 100)
    assert fees(t) == [(500, 200), (750, 300)]
    assert t.exchange.posted(t.account("A"), 0) == 10**9
    assert t.exchange.posted(t.account("B"), 0) == 10**9 - 5 * 350


def test_a_fee_by_lot_stays_with_an_order_that_is_replaced(town) -> None:
    """At least 60: five lots pay 60 (35 by lot); at eight more the sum is 91, so 31 are held and paid."""
    t = town(rules(fee_buy_lot_cash=7, fee_min_cash=60))
    order = t.buy("A", 10, 10_000).order
    t.sell("B", 5, 10_000)
    assert t.replace("A", order, 8, 9_000).resting_lots == 8
    assert held(t, "A") == 72_000 + 31
    t.sell("B", 8, 9_000)
    assert [b for b, _ in fees(t)] == [60, 31]


def test_every_part_of_an_iceberg_pays_for_its_lots(town) -> None:
    t = town(rules(fee_buy_lot_cash=7, fee_sell_lot_cash=3))
    t.buy("A", 10, 10_000, shown=4)
    assert held(t, "A") == 100_070
    t.sell("B", 9, 10_000)
    assert fees(t) == [(28, 12), (28, 12), (7, 3)]
    assert held(t, "A") == 10_007


def test_lots_of_a_call_pay_at_its_end(town) -> None:
    """A bids 11,000 for 10 and pays 10,000 and 7 a lot; what it held above that comes back."""
    t = town(rules(fee_buy_lot_cash=7, fee_sell_lot_cash=3), start=False)
    t.call()
    t.buy("A", 10, 11_000)
    assert held(t, "A") == 110_070
    t.sell("B", 4, 9_000)
    t.sell("C", 6, 10_000)
    t.uncross()
    assert fees(t) == [(28, 12), (42, 18)]
    assert held(t, "A") == 0
    assert t.exchange.posted(t.account("A"), 0) == 10**9 - 100_000 - 70


def test_the_last_cash_of_a_market_buy_is_the_fee_of_its_lots(town) -> None:
    t = town(rules(fee_buy_lot_cash=7), rich=False)
    t.give("B", units=10)
    t.give("A", cash=120_000 + 70 - 1)
    t.sell("B", 10, 10_000)
    assert t.buy("A", 10, kind=OrderKind.MARKET).refusal == Refusal.INSUFFICIENT_CASH
    t.give("A", cash=1)
    assert t.buy("A", 10, kind=OrderKind.MARKET).filled_lots == 10
    assert t.exchange.free(t.account("A"), 0) == 20_000


def test_the_dearest_fee_on_the_largest_order_stays_within_64_bits(town) -> None:
    """2^31 - 1 lots at 2^29 with 2^29 a lot and a rate of 100 %: three times the price in all."""
    most, dear = 2**31 - 1, 2**29
    t = town(rules(fee_buy_ppm=1_000_000, fee_sell_ppm=1_000_000, fee_buy_lot_cash=dear, fee_sell_lot_cash=dear,
                   fee_fixed_cash=5), reference=dear, rich=False)  # fmt: skip
    t.exchange.allow(t.account("A"), 1, Eligible.ALL)
    for source in CONTRA_ACCOUNTS:
        assert t.exchange.transfer(t.tick(), source, t.account("A"), 0, 2**60, 1) == 0
    t.give("B", units=most)
    t.sell("B", most, dear)
    assert t.buy("A", most, dear).filled_lots == most
    assert fees(t) == [(2 * dear * most + 5, dear * most)]


@pytest.mark.parametrize("mechanism", [Mechanism.BLOCK_AGREEMENT, Mechanism.NEGOTIATED])
def test_lots_of_a_deal_pay_too(town, mechanism) -> None:
    """Ten lots at 10,000: 100 by rate and 70 by lot; with one unit of cash less the deal is refused."""
    t = town(rules(fee_buy_ppm=1_000, fee_buy_lot_cash=7, fee_sell_lot_cash=3, block_lots_min=1), rich=False)
    t.give("B", units=10)
    t.give("A", cash=100_170 - 1)

    def agreed() -> int:
        return t.exchange.deal(t.tick(), mechanism, 0, 1, t.account("A"), t.account("B"), 10_000, 10)

    assert agreed() == Refusal.INSUFFICIENT_CASH
    t.give("A", cash=1)
    assert agreed() == Refusal.NONE
    assert fees(t) == [(170, 30)]


def test_lots_of_an_offer_are_held_with_their_fee(town) -> None:
    t = town(rules(fee_buy_lot_cash=7, fee_sell_lot_cash=3))
    number, refusal = t.exchange.offer(t.tick(), 0, 1, t.account("A"), 1, 10_000, 10)
    assert (refusal, held(t, "A")) == (Refusal.NONE, 100_070)
    assert t.exchange.accept(t.tick(), t.account("B"), number) == Refusal.NONE
    assert fees(t) == [(70, 30)]
    assert held(t, "A") == 0


amounts = st.integers(0, 2_000)
ppm = st.integers(0, 60_000)
SCHEMES = st.builds(
    lambda buy, sell, maker_buy, maker_sell, fixed, least, more, lot_buy, lot_sell: rules(
        band_ppm=900_000, fee_buy_ppm=buy, fee_sell_ppm=sell, maker_buy_ppm=maker_buy, maker_sell_ppm=maker_sell,
        fee_fixed_cash=fixed, fee_min_cash=least, fee_max_cash=least + more if more else 0,
        fee_buy_lot_cash=lot_buy, fee_sell_lot_cash=lot_sell,
    ),
    ppm, ppm, st.integers(-1, 60_000), st.integers(-1, 60_000), amounts, amounts, amounts, st.integers(0, 150),
    st.integers(0, 150),
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
