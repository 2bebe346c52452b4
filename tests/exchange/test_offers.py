"""Negotiated transfers: an offer, its answer, who may take it, until when, and who may match."""

from __future__ import annotations

import pytest

from ecomarket.exchange.rules import VenueRules
from ecomarket.exchange.terms import TO_ALL, Ended, OfferTerms
from ecomarket.model.codes import AccountKind, Eligible, Mechanism, RecordKind, Refusal, Side

BUY, SELL = Side.BUY, Side.SELL
RULES = VenueRules("office", tick_cash=10, fee_buy_ppm=10_000, fee_sell_ppm=20_000)


def terms(t, **words) -> OfferTerms:
    """Terms that name people."""
    return OfferTerms(**{k: tuple(map(t.account, v)) if isinstance(v, str) else v for k, v in words.items()})


def offer(t, who, side, lots=10, price=1_000, instrument=1, venue=0, **words) -> int:
    """Make an offer; return its id, or minus a Refusal."""
    number, refusal = t.exchange.offer(
        t.tick(), venue, instrument, t.account(who), side, price, lots, terms(t, **words)
    )
    assert (number > 0) == (refusal == 0)
    return number or -refusal


def accept(t, who, number) -> Refusal:
    return Refusal(t.exchange.accept(t.tick(), t.account(who), number))


def counter(t, who, number, price, lots=10, expire_t=0) -> int:
    made, refusal = t.exchange.counter(t.tick(), t.account(who), number, price, lots, expire_t)
    assert (made > 0) == (refusal == 0)
    return made or -refusal


def take_over(t, who, number) -> Refusal:
    return Refusal(t.exchange.take_over(t.tick(), t.account(who), number))


def held(t, who) -> tuple[int, int]:
    """Cash and lots that somebody holds."""
    row = t.exchange.balances()[t.account(who), :, 1]
    return int(row[0]), int(row[1])


def all_held(t) -> int:
    return int(t.exchange.balances()[:, :, 1].sum())


@pytest.mark.parametrize(("side", "maker", "taker"), [(SELL, "A", "B"), (BUY, "B", "A")])
def test_an_offer_is_held_and_settles_at_its_price(town, side, maker, taker) -> None:
    """Ten lots at 1,000 from A to B: 100 of fee for B, 200 for A."""
    t = town(RULES)
    number = offer(t, maker, side)
    assert held(t, maker) == ((10_100, 0) if side == BUY else (0, 10))
    assert accept(t, taker, number) == Refusal.NONE
    assert t.trades() == [("B", "A", 10, 1_000)]
    row = t.of_kind(RecordKind.TRADE)[0]
    ours = [int(row[k]) for k in ("code", "flags", "order", "other", "hold", "fee_buy", "fee_sell")]
    if side == BUY:
        assert ours == [Mechanism.NEGOTIATED, 0, number, 0, 10_100, 100, 200]
    else:
        assert ours == [Mechanism.NEGOTIATED, 4, 0, number, 0, 100, 200]
    assert all_held(t) == 0
    assert t.exchange.posted(t.account("A"), 0) == 10**9 + 9_800
    assert t.exchange.posted(t.account("B"), 0) == 10**9 - 10_100
    assert accept(t, "C", number) == Refusal.UNKNOWN_ORDER


@pytest.mark.parametrize(
    ("case", "refusal"),
    [
        ({"who": 99}, Refusal.UNKNOWN_ACCOUNT),
        ({"instrument": 0}, Refusal.UNKNOWN_INSTRUMENT),
        ({"venue": 3}, Refusal.UNKNOWN_INSTRUMENT),
        ({"side": 0}, Refusal.NOT_ELIGIBLE),
        ({"side": 3}, Refusal.NOT_ELIGIBLE),
        ({"who": "stranger"}, Refusal.NOT_ELIGIBLE),
        ({"who": int(AccountKind.EXPIRED)}, Refusal.SINK_DEBIT),
        ({"to": "BA"}, Refusal.SAME_PARTY),
        ({"price": 0}, Refusal.PRICE_NOT_POSITIVE),
        ({"price": 1_005}, Refusal.PRICE_OFF_TICK),
        ({"lots": 0}, Refusal.LOTS_NOT_POSITIVE),
        ({"lots": 2**31}, Refusal.LOTS_ABOVE_MAXIMUM),
        ({"expire_t": 1}, Refusal.EXPIRY_PAST),
        ({"lots": 10_001}, Refusal.INSUFFICIENT_UNITS),
        ({"side": BUY, "lots": 990_100}, Refusal.INSUFFICIENT_CASH),
    ],
)
def test_terms_of_an_offer(town, case, refusal) -> None:
    t = town(RULES)
    assert offer(t, **({"who": "A", "side": SELL} | case)) == -refusal
    assert all_held(t) == 0


def test_who_may_accept(town) -> None:
    t = town(RULES)
    number = offer(t, "A", SELL, lots=100, to="BP")
    t.give("P", cash=100_999)
    assert accept(t, 99, number) == Refusal.UNKNOWN_ACCOUNT
    assert accept(t, "B", number + 1) == Refusal.UNKNOWN_ORDER
    assert accept(t, "A", number) == Refusal.SAME_PARTY
    assert accept(t, int(AccountKind.EXPIRED), number) == Refusal.SINK_DEBIT
    assert accept(t, "stranger", number) == Refusal.NOT_ELIGIBLE
    assert accept(t, "C", number) == Refusal.NOT_ADDRESSED
    assert accept(t, "P", number) == Refusal.INSUFFICIENT_CASH
    t.give("P", cash=1)
    assert accept(t, "P", number) == Refusal.NONE
    wanted = offer(t, "B", BUY, lots=10)
    t.exchange.allow(t.account("Q"), 1, Eligible.ALL)
    assert accept(t, "Q", wanted) == Refusal.INSUFFICIENT_UNITS


def test_what_was_bought_today_is_not_offered_today(town) -> None:
    t = town(VenueRules("locked", tick_cash=1, bought_today_locked=True))
    t.give("P", cash=10**6)
    assert accept(t, "P", offer(t, "A", SELL)) == Refusal.NONE
    assert offer(t, "P", SELL) == -Refusal.BOUGHT_TODAY
    assert accept(t, "P", offer(t, "B", BUY)) == Refusal.BOUGHT_TODAY


def test_open_offers_count_for_the_holding_limit(town) -> None:
    t = town(VenueRules("limit", tick_cash=1, holding_lots_max=100), rich=False)
    t.give("P", cash=10**9)
    t.give("S", units=1_000)
    first = offer(t, "P", BUY, lots=60)
    assert offer(t, "P", BUY, lots=41) == -Refusal.HOLDING_LIMIT
    other = offer(t, "S", SELL, lots=41, match_by="M", match_time=50)
    assert accept(t, "P", other) == Refusal.HOLDING_LIMIT
    assert t.exchange.withdraw(t.tick(), t.account("P"), first) == Refusal.NONE
    assert accept(t, "P", other) == Refusal.NONE  # waits for M, and counts
    assert offer(t, "P", BUY, lots=60) == -Refusal.HOLDING_LIMIT
    assert t.exchange.expire_offers(t.t + 50) == [Ended(other, 41)]
    t.t += 50
    assert t.buy("P", 60, 10_000).refusal == Refusal.HOLDING_LIMIT
    last = offer(t, "P", BUY, lots=59)
    assert last > 0
    assert accept(t, "S", last) == Refusal.NONE
    assert t.exchange.posted(t.account("P"), 1) == 100


def test_only_the_maker_withdraws(town) -> None:
    t = town(RULES)
    number = offer(t, "A", SELL)
    assert t.exchange.withdraw(t.tick(), t.account("B"), number) == Refusal.NOT_OWNER
    assert t.exchange.release(t.tick(), number) == Refusal.UNKNOWN_HOLD
    assert t.exchange.withdraw(t.tick(), t.account("A"), number) == Refusal.NONE
    assert t.exchange.withdraw(t.tick(), t.account("A"), number) == Refusal.UNKNOWN_ORDER
    assert all_held(t) == 0


def test_an_offer_lapses_at_its_time(town) -> None:
    """From expire_t on nobody may accept, whether or not it has been swept up."""
    t = town(RULES)
    until = t.t + 10
    early, late, open_end = (
        offer(t, "A", SELL, expire_t=until),
        offer(t, "A", BUY, expire_t=until + 1),
        offer(t, "B", BUY),
    )
    assert t.exchange.expire_offers(until - 1) == []
    assert Refusal(t.exchange.accept(until, t.account("B"), early)) == Refusal.OFFER_EXPIRED
    assert t.exchange.expire_offers(until) == [Ended(early, 0)]
    assert Refusal(t.exchange.accept(until, t.account("B"), late)) == Refusal.NONE
    assert t.exchange.expire_offers(until + 9) == []
    assert [o.offer for o in t.exchange.open_offers(1)] == [open_end]
    assert held(t, "A") == (0, 0)


def test_a_priority_window(town) -> None:
    """Before window_t C alone may accept; from window_t on anyone."""
    t = town(RULES)
    opens = t.t + 6
    one, two = offer(t, "A", SELL, first="C", window_t=opens), offer(t, "A", SELL, first="C", window_t=opens)
    assert accept(t, "B", one) == Refusal.PRIORITY_WINDOW
    assert accept(t, "C", one) == Refusal.NONE
    assert Refusal(t.exchange.accept(opens - 1, t.account("B"), two)) == Refusal.PRIORITY_WINDOW
    assert Refusal(t.exchange.accept(opens, t.account("B"), two)) == Refusal.NONE


# --- counter-offers


def test_offer_counter_offer_acceptance(town) -> None:
    """A asks 1,000 of B; B offers 900 for eight; A asks 950 for nine; B accepts."""
    t = town(RULES)
    first = offer(t, "A", SELL, to="B")
    second = counter(t, "B", first, 900, 8)
    assert held(t, "A") == (0, 0)
    assert held(t, "B") == (8 * 900 + 72, 0)
    assert accept(t, "B", first) == Refusal.UNKNOWN_ORDER
    assert accept(t, "C", second) == Refusal.NOT_ADDRESSED
    third = counter(t, "A", second, 950, 9)
    assert (held(t, "A"), held(t, "B")) == ((0, 9), (0, 0))
    assert accept(t, "B", third) == Refusal.NONE
    assert t.trades() == [("B", "A", 9, 950)]
    assert all_held(t) == 0


def test_a_counter_offer_refused_leaves_the_first(town) -> None:
    t = town(RULES)
    t.give("P", cash=10_000)
    number = offer(t, "A", SELL, to="P")
    assert counter(t, "P", number, 1_000) == -Refusal.INSUFFICIENT_CASH
    assert counter(t, "P", number, 905) == -Refusal.PRICE_OFF_TICK
    assert counter(t, "P", number, 900, 0) == -Refusal.LOTS_NOT_POSITIVE
    assert counter(t, "P", number, 900, expire_t=1) == -Refusal.EXPIRY_PAST
    assert counter(t, "B", number, 900) == -Refusal.NOT_ADDRESSED
    assert counter(t, "A", number, 900) == -Refusal.SAME_PARTY
    assert counter(t, "B", number + 1, 900) == -Refusal.UNKNOWN_ORDER
    assert counter(t, "stranger", number, 900) == -Refusal.NOT_ELIGIBLE
    assert held(t, "A") == (0, 10)
    assert [o.offer for o in t.exchange.open_offers(1)] == [number]


def test_only_one_addressee_may_answer(town) -> None:
    """An answer by one would take the offer from the others."""
    t = town(RULES)
    assert counter(t, "B", offer(t, "A", SELL), 900) == -Refusal.NO_COUNTER
    assert counter(t, "B", offer(t, "A", SELL, to="BC"), 900) == -Refusal.NO_COUNTER
    late = t.t + 1
    assert counter(t, "B", offer(t, "A", SELL, to="B", expire_t=late + 1), 900) == -Refusal.OFFER_EXPIRED
    early = offer(t, "A", SELL, to="B", first="C", window_t=10**6)
    assert counter(t, "B", early, 900) == -Refusal.PRIORITY_WINDOW


def test_a_counter_offer_lapses_too(town) -> None:
    t = town(RULES)
    second = counter(t, "B", offer(t, "A", SELL, to="B"), 900, expire_t=t.t + 5)
    assert t.exchange.expire_offers(t.t + 4) == [Ended(second, 0)]
    assert all_held(t) == 0


# --- the right to match (同等条件下优先)


def test_a_matcher_takes_the_deal_at_the_price_accepted(town) -> None:
    """B accepts A's offer and is held; M matches within 20 and gets the lots; B is free again."""
    t = town(RULES)
    number = offer(t, "A", SELL, match_by="MN", match_time=20)
    t.give("M", cash=10_100)
    assert take_over(t, "M", number) == Refusal.NOTHING_TO_MATCH
    assert accept(t, "B", number) == Refusal.NONE
    assert t.trades() == []
    assert held(t, "B") == (10_100, 0)
    assert accept(t, "C", number) == Refusal.OFFER_TAKEN
    assert t.exchange.withdraw(t.tick(), t.account("A"), number) == Refusal.OFFER_TAKEN
    (standing,) = t.exchange.open_offers(1)
    assert (standing.taker, standing.settle_t) == (t.account("B"), t.t - 2 + 20)
    assert take_over(t, "C", number) == Refusal.NO_RIGHT_TO_MATCH
    assert take_over(t, 99, number) == Refusal.UNKNOWN_ACCOUNT
    assert take_over(t, "M", number + 1) == Refusal.UNKNOWN_ORDER
    assert take_over(t, "N", number) == Refusal.NOT_ELIGIBLE
    assert take_over(t, "M", number) == Refusal.NONE
    assert t.trades() == [("M", "A", 10, 1_000)]
    assert t.exchange.posted(t.account("M"), 0) == 0
    assert all_held(t) == 0


def test_without_a_match_the_deal_settles_when_the_time_is_over(town) -> None:
    t = town(RULES)
    number = offer(t, "A", SELL, match_by="M", match_time=20)
    assert accept(t, "B", number) == Refusal.NONE
    over = t.t + 20
    assert t.exchange.expire_offers(over - 1) == []
    t.give("M", cash=10**6)
    assert Refusal(t.exchange.take_over(over, t.account("M"), number)) == Refusal.OFFER_EXPIRED
    assert t.exchange.expire_offers(over) == [Ended(number, 10)]
    assert t.trades() == [("B", "A", 10, 1_000)]
    row = t.of_kind(RecordKind.TRADE)[0]
    assert (int(row["order"]), int(row["other"]), int(row["hold"])) == (number + 1, number, 10_100)
    assert all_held(t) == 0


def test_a_deal_accepted_outlives_the_offer_s_date(town) -> None:
    t = town(RULES)
    number = offer(t, "A", SELL, match_by="M", match_time=20, expire_t=t.t + 5)
    assert accept(t, "B", number) == Refusal.NONE
    assert t.exchange.expire_offers(t.t + 19) == []
    assert t.exchange.expire_offers(t.t + 20) == [Ended(number, 10)]


def test_a_matcher_who_accepts_needs_no_wait(town) -> None:
    t = town(RULES)
    number = offer(t, "A", SELL, match_by="BM", match_time=20)
    assert accept(t, "B", number) == Refusal.NONE
    assert t.trades() == [("B", "A", 10, 1_000)]


def test_a_matcher_short_of_cash_leaves_the_deal_as_it_is(town) -> None:
    t = town(RULES)
    number = offer(t, "A", SELL, match_by="M", match_time=20)
    assert accept(t, "B", number) == Refusal.NONE
    t.give("M", cash=10_099)
    assert take_over(t, "M", number) == Refusal.INSUFFICIENT_CASH
    assert held(t, "B") == (10_100, 0)


def test_matching_a_sale_to_one_who_asks(town) -> None:
    """B wants ten and A accepts; M, with the right to match, delivers in A's place."""
    t = town(RULES)
    number = offer(t, "B", BUY, match_by="MB", match_time=20)
    assert accept(t, "A", number) == Refusal.NONE
    assert held(t, "A") == (0, 10)
    assert take_over(t, "B", number) == Refusal.SAME_PARTY
    t.give("M", units=10)
    assert take_over(t, "M", number) == Refusal.NONE
    assert t.trades() == [("B", "M", 10, 1_000)]
    assert all_held(t) == 0


def test_haggling_does_not_shake_off_the_right_to_match(town) -> None:
    """A offers to B, M may match; B bids 900, A accepts; M takes B's place at 900 although B made the last offer."""
    t = town(RULES)
    number = counter(t, "B", offer(t, "A", SELL, to="B", match_by="M", match_time=20), 900)
    t.give("M", cash=10**6)
    assert accept(t, "A", number) == Refusal.NONE
    assert (held(t, "A"), held(t, "B")) == ((0, 10), (9_090, 0))
    assert take_over(t, "M", number) == Refusal.NONE
    assert t.trades() == [("M", "A", 10, 900)]
    row = t.of_kind(RecordKind.TRADE)[0]
    assert (int(row["order"]), int(row["other"])) == (0, number + 1)
    assert all_held(t) == 0


def test_nobody_matches_into_a_deal_with_himself(town) -> None:
    """A holds a right too, but stays the seller of the deal that B's counter-offer became."""
    t = town(RULES)
    number = counter(t, "B", offer(t, "A", SELL, to="B", match_by="AM", match_time=20), 900)
    assert accept(t, "A", number) == Refusal.NONE
    assert take_over(t, "A", number) == Refusal.SAME_PARTY


def test_a_counter_offer_by_a_matcher_settles_at_once(town) -> None:
    t = town(RULES)
    number = counter(t, "B", offer(t, "A", SELL, to="B", match_by="B", match_time=20), 900)
    assert accept(t, "A", number) == Refusal.NONE
    assert t.trades() == [("B", "A", 10, 900)]


def test_terms_that_say_half_of_a_rule() -> None:
    for half in (
        {"first": (1,)},
        {"window_t": 5},
        {"match_by": (1,)},
        {"match_time": 5},
        {"expire_t": -1},
        {"match_time": -1, "match_by": (1,)},
    ):
        with pytest.raises(ValueError, match=r".+"):
            OfferTerms(**half)
    assert OfferTerms() == TO_ALL
