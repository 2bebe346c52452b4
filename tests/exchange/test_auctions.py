"""One-way auctions beyond the plain one: reserves with triggers, the clock, a host who asks, whole bids, fees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecomarket.errors import InternalError
from ecomarket.exchange.rules import VenueRules
from ecomarket.exchange.terms import AuctionTerms, escalated
from ecomarket.model.codes import AccountKind, Eligible, Mechanism, RecordKind, Refusal, Side

if TYPE_CHECKING:
    from collections.abc import Sequence

FREE = VenueRules("free", tick_cash=1)
CENT = VenueRules("cent", tick_cash=100)
MONEY = 10**14


def hall(town, rules=FREE, people: str = "ABCDEZ"):
    """A market with rich bidders, a host with lots, and a reserve account with lots."""
    t = town(rules, rich=False)
    for name in people:
        t.give(name, cash=MONEY)
    t.give("host", units=10**8)
    t.give("reserve", units=10**8)
    return t


def opened(t, lots: int, reserve: int, *, uniform: bool = True, **terms) -> int:
    if "contain_lots" in terms:
        terms["contain_account"] = t.account("reserve")
    number = t.exchange.open_auction(
        t.tick(), 0, 1, t.account("host"), lots, reserve, uniform=uniform, terms=AuctionTerms(**terms)
    )
    assert number > 0, Refusal(-number)
    return number


def bids(t, auction: int, terms: Sequence[tuple], **more) -> list[int]:
    """Bid (name, lots, price[, rank[, whole]]) in turn; return the bids' ids."""
    numbers = []
    for who, lots, price, *rest in terms:
        rank, whole = (*rest, 0, False)[:2] if len(rest) < 2 else rest
        number, refusal = t.exchange.bid(t.tick(), auction, t.account(who), price, lots, rank, whole=bool(whole))
        assert refusal == 0, Refusal(refusal)
        numbers.append(number)
    return numbers


def cleared(t, auction: int) -> list[tuple[str, int, int]]:
    names = {v: k for k, v in t.names.items()}
    return [(names[f.account], f.lots, f.price) for f in t.exchange.clear_auction(t.tick(), auction)]


def held(t) -> int:
    """Everything that anybody still holds."""
    return int(t.exchange.balances()[:, :, 1].sum())


def sold(t, who: str, of: int = 10**8) -> int:
    return of - t.exchange.posted(t.account(who), 1)


def run(t, lots: int, reserve: int, terms: Sequence[tuple], *, uniform: bool = True, **more):
    auction = opened(t, lots, reserve, uniform=uniform, **more)
    bids(t, auction, terms)
    fills = cleared(t, auction)
    assert held(t) == 0
    assert sold(t, "host") + sold(t, "reserve") == sum(lots for _, lots, _ in fills)
    return fills


# --- cases P22 (b) to (e): RGGI and California


@pytest.mark.parametrize(
    "book",
    [
        [("A", 23_121_518, 130_100), ("B", 3_919_482, 130_000), ("C", 9_000_000, 129_900)],
        [("A", 20_000_000, 180_000), ("B", 7_041_000, 131_700), ("C", 20_000_000, 120_000)],
        [("C", 40_000_000, 129_900), ("A", 27_041_000, 200_000)],
    ],
)
def test_rggi_auction_54_sells_its_reserve_only_as_needed(town, book) -> None:
    """Case P22(b): any bids with 27,041,000 at 13.00 and 23,121,518 above it clear at 13.00, with 3,919,482 of the CCR."""
    t = hall(town, CENT)
    fills = run(t, 23_121_518, 23_800, book, contain_lots=11_976_778, contain_price=130_000)
    assert {p for *_, p in fills} == {130_000}
    assert (sold(t, "host"), sold(t, "reserve")) == (23_121_518, 3_919_482)
    assert sum(lots * p for _, lots, p in fills) == 351_533_000 * 10_000
    assert t.exchange.posted(t.account("host"), 0) == 23_121_518 * 130_000
    assert t.exchange.posted(t.account("reserve"), 0) == 3_919_482 * 130_000


@pytest.mark.parametrize(
    ("reserve", "terms", "paid"),
    [
        (10, [("A", 10, 15), ("B", 50, 12)], 10),  # all are served, 60 are left
        (10, [("A", 70, 15), ("B", 50, 12)], 12),  # sold out to the last lot
        (10, [("A", 70, 15), ("B", 60, 12)], 12),
        (12, [("A", 10, 15), ("B", 50, 11)], 12),  # B bid below the reserve price, and is not asked
    ],
)
def test_where_less_is_bid_for_than_there_is_all_pay_the_reserve_price(town, reserve, terms, paid) -> None:
    """Case P22(a), F9: California and RGGI sell at the floor then."""
    fills = run(hall(town), 120, reserve, terms)
    assert {price for *_, price in fills} == {paid}


def test_who_pays_its_own_bid_pays_it_whatever_is_left(town) -> None:
    fills = run(hall(town), 120, 10, [("A", 10, 15), ("B", 50, 12)], uniform=False)
    assert fills == [("A", 10, 15), ("B", 50, 12)]


def test_the_whole_reserve_released_at_once_would_clear_below_the_trigger(town) -> None:
    """The bug that P22(b) warns of, for comparison: 35,098,296 lots in one offer."""
    book = [("A", 23_121_518, 130_100), ("B", 3_919_482, 130_000), ("C", 9_000_000, 129_900)]
    fills = run(hall(town, CENT), 23_121_518 + 11_976_778, 23_800, book)
    assert fills[-1] == ("C", 35_098_296 - 27_041_000, 129_900)


def test_rggi_auction_23_sells_out_offer_and_reserve(town) -> None:
    """Case P22(c): 18,491,350 and the CCR of 5,000,000, all at its trigger of 4.00: 93,965,400."""
    t = hall(town, CENT)
    book = [("A", 20_000_000, 45_000), ("B", 30_000_000, 40_000), ("C", 9_000_000, 39_900)]
    fills = run(t, 18_491_350, 20_000, book, contain_lots=5_000_000, contain_price=40_000)
    assert fills == [("A", 20_000_000, 40_000), ("B", 3_491_350, 40_000)]
    assert sum(lots * p for _, lots, p in fills) == 93_965_400 * 10_000


def test_rggi_auction_52_between_the_triggers(town) -> None:
    """Case P22(d): 22,987,719 at 7.97; neither the CCR at 13.00 nor the ECR at 6.00 acts; 183,212,120.43."""
    t = hall(town, CENT)
    book = [("A", 15_000_000, 110_000), ("B", 8_000_000, 79_700), ("C", 9_000_000, 75_000)]
    fills = run(
        t, 22_987_719, 23_800, book, contain_lots=11_976_778, contain_price=130_000, withhold_lots=11_310_000,
        withhold_price=60_000,
    )  # fmt: skip
    assert {p for *_, p in fills} == {79_700}
    assert sum(lots * p for _, lots, p in fills) == 1_832_121_204_300
    assert (sold(t, "host"), sold(t, "reserve")) == (22_987_719, 0)


def test_reserve_prices_of_the_next_year() -> None:
    """Case P22(e): 13.57 by 5 % and 2.07 % is 14.53; the trigger of 13.00 by 7 % a year 13.91, then 14.88."""
    assert escalated(135_700, 50_000 + 20_700, 100) == 145_300
    assert escalated(130_000, 70_000, 100) == 139_100
    assert escalated(139_100, 70_000, 100) == 148_800


# --- reserves in small numbers: 100 lots from 10 on


@pytest.mark.parametrize(
    ("book", "price", "host", "reserve"),
    [
        ([("A", 60, 16), ("B", 40, 13)], 13, 100, 0),  # exactly sold: the reserve is not needed
        ([("A", 60, 16), ("B", 50, 13)], 12, 100, 10),  # ten are needed: the price is the trigger
        ([("A", 60, 16), ("B", 90, 13)], 13, 100, 30),  # all thirty: the price is the last bid's
        ([("A", 60, 16), ("B", 50, 11)], 11, 100, 0),  # who bids less than the trigger does not get at them
        ([("A", 60, 16), ("B", 5, 11)], 10, 65, 0),  # lots are left: the reserve price
        ([("A", 60, 16), ("B", 5, 9)], 10, 60, 0),
    ],
)
def test_cost_containment(town, book, price, host, reserve) -> None:
    t = hall(town)
    fills = run(t, 100, 10, book, contain_lots=30, contain_price=12)
    assert {p for *_, p in fills} == {price}
    assert (sold(t, "host"), sold(t, "reserve")) == (host, reserve)


@pytest.mark.parametrize(
    ("book", "price", "host"),
    [
        ([("A", 50, 20), ("B", 30, 11)], 11, 60),  # below the trigger only 60 are there
        ([("A", 50, 20), ("B", 30, 14)], 12, 80),  # twenty of the forty withheld are needed
        ([("A", 50, 20), ("B", 70, 14)], 14, 100),
        ([("A", 50, 20), ("B", 5, 11)], 10, 55),  # five are left of those not withheld: the reserve price
    ],
)
def test_emission_containment(town, book, price, host) -> None:
    t = hall(town)
    fills = run(t, 100, 10, book, withhold_lots=40, withhold_price=12)
    assert {p for *_, p in fills} == {price}
    assert sold(t, "host") == host


def test_each_pays_its_bid_for_offer_and_reserve(town) -> None:
    """B's fifty come from both accounts: two deliveries, one fill."""
    t = hall(town)
    fills = run(t, 100, 10, [("A", 60, 16), ("B", 50, 13)], uniform=False, contain_lots=30, contain_price=12)
    assert fills == [("A", 60, 16), ("B", 50, 13)]
    assert t.trades() == [("A", "host", 60, 16), ("B", "host", 40, 13), ("B", "reserve", 10, 13)]


def test_a_trigger_below_the_reserve_price_makes_no_price(town) -> None:
    t = hall(town)
    fills = run(t, 10, 15, [("A", 12, 18)], contain_lots=30, contain_price=12)
    assert fills == [("A", 12, 18)]


@pytest.mark.parametrize(("lots", "price"), [(18, 75), (19, 80)])
def test_at_one_trigger_the_host_s_lots_go_first(town, lots, price) -> None:
    """17 in any case, then 2 of the host's and 1 of the reserve's at 75."""
    t = hall(town)
    triggers = {"contain_lots": 1, "contain_price": 75, "withhold_lots": 2, "withhold_price": 75}
    assert run(t, 19, 30, [("A", lots, 80)], **triggers) == [("A", lots, price)]
    assert sold(t, "reserve") == 0


def test_host_and_reserve_may_be_one_account(town) -> None:
    t = hall(town)
    host = t.account("host")
    terms = AuctionTerms(contain_account=host, contain_lots=30, contain_price=12)
    assert (
        t.exchange.open_auction(1, 0, 1, host, 10**8 - 29, 10, uniform=True, terms=terms) == -Refusal.INSUFFICIENT_UNITS
    )
    number = t.exchange.open_auction(1, 0, 1, host, 10**8 - 30, 10, uniform=True, terms=terms)
    assert number > 0
    assert t.exchange.free(host, 1) == 0
    assert t.exchange.clear_auction(2, number) == []
    assert held(t) == 0


# --- the clock: 100 lots, from 10 on in steps of 2


@pytest.mark.parametrize(
    ("lots", "book", "fills"),
    [
        # 150 at 10, 110 at 12, 50 at 14: stays below the offer, so 12; A left last and gets the rest
        (100, [("A", 60, 13), ("B", 50, 15), ("C", 40, 11)], [("B", 50, 12), ("A", 50, 12)]),
        # 110 at 12: just what there is
        (110, [("A", 60, 13), ("B", 50, 15), ("C", 40, 11)], [("A", 60, 12), ("B", 50, 12)]),
        # nobody needs the clock to rise
        (200, [("A", 60, 13), ("B", 50, 15), ("C", 40, 11)], [("A", 60, 10), ("B", 50, 10), ("C", 40, 10)]),
        # A and D leave together: by time; then by rank first
        (100, [("A", 60, 13), ("D", 30, 12), ("B", 50, 15)], [("B", 50, 12), ("A", 50, 12)]),
        (100, [("A", 60, 13, 1), ("D", 30, 12, 0), ("B", 50, 15)], [("B", 50, 12), ("D", 30, 12), ("A", 20, 12)]),
        # all leave at once
        (100, [("A", 60, 17), ("B", 50, 17)], [("A", 60, 16), ("B", 40, 16)]),
        # a whole bid that no longer fits is passed over
        (100, [("A", 60, 13, 0, True), ("D", 30, 12), ("B", 50, 15)], [("B", 50, 12), ("D", 30, 12)]),
        (100, [("Z", 500, 9)], []),
        (100, [], []),
    ],
)
def test_ascending_clock(town, lots, book, fills) -> None:
    assert run(hall(town), lots, 10, book, form="ascending", increment=2) == fills


@pytest.mark.parametrize(
    ("book", "price", "host", "reserve"),
    [
        ([("A", 60, 16), ("B", 50, 13)], 12, 100, 10),  # 110 at 10 and at 12, where 130 are there
        ([("A", 60, 16), ("B", 50, 11)], 10, 100, 0),  # B leaves before the reserve is needed
        ([("A", 60, 16), ("B", 50, 13), ("C", 90, 13)], 12, 100, 30),  # 200 at 12, 60 at 15: leavers share at 12
        ([("A", 160, 40)], 40, 100, 30),  # 160 until 40 (10, 12, 15, 20 ... 40), nobody at 45
    ],
)
def test_the_clock_stops_at_a_trigger_too(town, book, price, host, reserve) -> None:
    t = hall(town)
    fills = run(t, 100, 10, book, form="ascending", increment=5, contain_lots=30, contain_price=12)
    assert {p for *_, p in fills} == {price}
    assert (sold(t, "host"), sold(t, "reserve")) == (host, reserve)


@pytest.mark.parametrize(
    ("book", "fills"),
    [
        ([("A", 50, 20), ("B", 30, 11)], [("A", 50, 11), ("B", 10, 11)]),
        ([("A", 50, 20), ("B", 30, 12)], [("A", 50, 12), ("B", 30, 12)]),
    ],
)
def test_the_clock_and_lots_withheld(town, book, fills) -> None:
    assert run(hall(town), 100, 10, book, form="ascending", increment=1, withhold_lots=40, withhold_price=12) == fills


def test_a_clock_of_a_million_million_steps_ends_at_once(town) -> None:
    t = hall(town)
    fills = run(t, 1, 1, [("A", 1, 10**12), ("B", 1, 10**12 - 1)], form="ascending", increment=1)
    assert fills == [("A", 1, 10**12)]


# --- a host who asks for lots


def asking(t, lots: int, ceiling: int, offers: Sequence[tuple], *, uniform: bool = True, **terms):
    host = t.account("buyer")
    t.give("buyer", cash=10**6)
    for who in "ABCDE":
        t.give(who, units=1_000)
    auction = t.exchange.open_auction(
        t.tick(), 0, 1, host, lots, ceiling, uniform=uniform, terms=AuctionTerms(side=Side.BUY, **terms)
    )
    assert 10**6 - t.exchange.free(host, 0) == lots * ceiling
    bids(t, auction, offers)
    fills = cleared(t, auction)
    assert held(t) == 0
    assert 10**6 - t.exchange.posted(host, 0) == sum(lots * p for _, lots, p in fills)
    assert t.exchange.posted(host, 1) == sum(lots for _, lots, _ in fills)
    return fills


OFFERS = [("C", 30, 18), ("A", 40, 12), ("D", 20, 21), ("B", 50, 15)]


def test_lowest_offers_win_under_a_ceiling(town) -> None:
    assert asking(hall(town), 100, 20, OFFERS) == [("A", 40, 18), ("B", 50, 18), ("C", 10, 18)]
    assert asking(hall(town), 200, 20, OFFERS) == [("A", 40, 18), ("B", 50, 18), ("C", 30, 18)]


def test_each_offer_is_paid_its_own_price(town) -> None:
    fills = asking(hall(town), 100, 20, OFFERS, uniform=False)
    assert fills == [("A", 40, 12), ("B", 50, 15), ("C", 10, 18)]
    assert sum(lots * p for _, lots, p in fills) == 1_410


@pytest.mark.parametrize(
    ("lots", "fills"),
    [
        (100, [("A", 40, 20), ("B", 50, 20), ("C", 10, 20)]),  # 120 at 20, 90 at 17: C left last
        (90, [("A", 40, 17), ("B", 50, 17)]),
        (50, [("A", 40, 17), ("B", 10, 17)]),  # 90 at 17, 40 at 14: too few for 50, so 17
        (30, [("A", 30, 14)]),
    ],
)
def test_descending_clock(town, lots, fills) -> None:
    assert asking(hall(town), lots, 20, OFFERS, form="ascending", increment=3) == fills


def test_a_right_to_match_of_an_offer(town) -> None:
    """B's 100 count as 95 and stand before A's 98."""
    t = hall(town)
    t.give("buyer", cash=10**6)
    for who in "AB":
        t.give(who, units=10)
    auction = t.exchange.open_auction(
        t.tick(), 0, 1, t.account("buyer"), 10, 200, uniform=False, terms=AuctionTerms(side=Side.BUY)
    )
    assert t.exchange.bid(t.tick(), auction, t.account("A"), 98, 10)[1] == 0
    assert t.exchange.bid(t.tick(), auction, t.account("B"), 100, 10, 0, 50_000)[1] == 0
    assert cleared(t, auction) == [("B", 10, 100)]


# --- whole bids, withdrawal, limits


def test_whole_bids_win_all_or_nothing(town) -> None:
    """A 60 at 15; B 50 at 14 must be whole and finds 40; C 30 at 13 gets its 30."""
    book = [("A", 60, 15), ("B", 50, 14, 0, True), ("C", 30, 13)]
    assert run(hall(town), 100, 10, book) == [("A", 60, 13), ("C", 30, 13)]
    assert run(hall(town), 110, 10, book) == [("A", 60, 14), ("B", 50, 14)]


def test_a_bid_may_be_withdrawn_until_cleared(town) -> None:
    t = hall(town)
    auction = opened(t, 100, 10)
    a, b = bids(t, auction, [("A", 60, 15), ("B", 60, 14)])
    assert t.exchange.withdraw_bid(t.tick(), t.account("B"), a) == Refusal.NOT_OWNER
    assert t.exchange.withdraw_bid(t.tick(), t.account("A"), a) == Refusal.NONE
    assert t.exchange.free(t.account("A"), 0) == MONEY
    assert t.exchange.withdraw_bid(t.tick(), t.account("A"), a) == Refusal.UNKNOWN_ORDER
    assert cleared(t, auction) == [("B", 60, 10)]
    assert t.exchange.withdraw_bid(t.tick(), t.account("B"), b) == Refusal.UNKNOWN_ORDER


def test_most_lots_of_one_bidder(town) -> None:
    t = hall(town)
    auction = opened(t, 100, 10, bidder_lots_max=25)
    (first, _) = bids(t, auction, [("A", 20, 15), ("A", 5, 14)])
    assert t.exchange.bid(t.tick(), auction, t.account("A"), 13, 1) == (0, Refusal.BIDDER_LIMIT)
    assert t.exchange.bid(t.tick(), auction, t.account("B"), 13, 26) == (0, Refusal.BIDDER_LIMIT)
    t.exchange.withdraw_bid(t.tick(), t.account("A"), first)
    bids(t, auction, [("A", 20, 12), ("B", 25, 13)])
    assert cleared(t, auction) == [("A", 5, 10), ("B", 25, 10), ("A", 20, 10)]


def test_open_bids_and_offers_count_for_the_holding_limit(town) -> None:
    t = hall(town, VenueRules("limit", tick_cash=1, holding_lots_max=100))
    auction = opened(t, 500, 10)
    (bid,) = bids(t, auction, [("A", 70, 15)])
    assert t.exchange.bid(t.tick(), auction, t.account("A"), 15, 31)[1] == Refusal.HOLDING_LIMIT
    t.exchange.withdraw_bid(t.tick(), t.account("A"), bid)
    asks = AuctionTerms(side=Side.BUY)
    own = t.exchange.open_auction(t.tick(), 0, 1, t.account("A"), 60, 15, uniform=True, terms=asks)
    assert t.exchange.bid(t.tick(), auction, t.account("A"), 15, 41)[1] == Refusal.HOLDING_LIMIT
    bids(t, auction, [("A", 40, 15)])
    assert cleared(t, own) == []
    bids(t, auction, [("A", 60, 15)])
    assert sum(lots for _, lots, _ in cleared(t, auction)) == 100
    assert t.exchange.bid(t.tick(), opened(t, 5, 10), t.account("A"), 15, 1)[1] == Refusal.HOLDING_LIMIT


@pytest.mark.parametrize(
    ("case", "refusal"),
    [
        ({"lots": 0}, Refusal.LOTS_NOT_POSITIVE),
        ({"lots": 10**8 + 1}, Refusal.INSUFFICIENT_UNITS),
        ({"reserve": -1}, Refusal.PRICE_NOT_POSITIVE),
        ({"host": "stranger"}, Refusal.NOT_ELIGIBLE),
        ({"host": 99}, Refusal.UNKNOWN_ACCOUNT),
        ({"host": int(AccountKind.RETIRED)}, Refusal.SINK_DEBIT),
        ({"instrument": 0}, Refusal.UNKNOWN_INSTRUMENT),
        ({"withhold_lots": 11, "withhold_price": 2_000}, Refusal.LOTS_ABOVE_MAXIMUM),
        ({"withhold_lots": 1, "withhold_price": 2_050}, Refusal.PRICE_OFF_TICK),
        ({"contain_lots": 1, "contain_price": 100 * 2**40}, Refusal.PRICE_OUTSIDE_BAND),
        ({"contain_lots": 10**8 + 1, "contain_price": 2_000}, Refusal.INSUFFICIENT_UNITS),
        ({"contain_lots": 5, "contain_price": 2_000, "contain_account": 77}, Refusal.UNKNOWN_ACCOUNT),
        ({"contain_lots": 5, "contain_price": 2_000, "contain_account": 24}, Refusal.NOT_ELIGIBLE),
        ({"form": "ascending", "increment": 100, "reserve": 0}, Refusal.PRICE_NOT_POSITIVE),
        ({"form": "ascending", "increment": 100, "reserve": 1_050}, Refusal.PRICE_OFF_TICK),
        ({"form": "ascending", "increment": 150}, Refusal.PRICE_OFF_TICK),
        ({"form": "ascending", "increment": 100}, Refusal.NONE),
        ({"reserve": 1_050}, Refusal.NONE),
        ({"side": Side.BUY, "host": "A", "reserve": 1_050}, Refusal.PRICE_OFF_TICK),
        ({"side": Side.BUY, "host": "A", "lots": 0}, Refusal.LOTS_NOT_POSITIVE),
        ({"side": Side.BUY, "host": "A", "lots": 2**31}, Refusal.LOTS_ABOVE_MAXIMUM),
        ({"side": Side.BUY, "host": "reserve"}, Refusal.INSUFFICIENT_CASH),
        ({"side": Side.BUY, "host": "A"}, Refusal.NONE),
    ],
)
def test_who_may_open_an_auction_on_which_terms(town, case, refusal) -> None:
    t = hall(town, CENT)
    case = {
        "host": "host",
        "lots": 10,
        "reserve": 1_000,
        "instrument": 1,
        "contain_account": t.account("reserve"),
    } | case
    if "contain_lots" not in case:
        del case["contain_account"]
    host, lots, reserve, instrument = (case.pop(k) for k in ("host", "lots", "reserve", "instrument"))
    number = t.exchange.open_auction(
        t.tick(), 0, instrument, t.account(host), lots, reserve, uniform=True, terms=AuctionTerms(**case)
    )
    assert Refusal(max(-number, 0)) == refusal
    assert (held(t) > 0) == (refusal == Refusal.NONE)


@pytest.mark.parametrize(
    ("side", "who", "price", "lots", "refusal"),
    [
        (Side.SELL, "reserve", 1_500, 1, Refusal.SAME_PARTY),
        (Side.SELL, "host", 1_500, 1, Refusal.SAME_PARTY),
        (Side.SELL, "stranger", 1_500, 1, Refusal.NOT_ELIGIBLE),
        (Side.SELL, 99, 1_500, 1, Refusal.UNKNOWN_ACCOUNT),
        (Side.SELL, "A", 1_550, 1, Refusal.PRICE_OFF_TICK),
        (Side.SELL, "A", 1_500, 0, Refusal.LOTS_NOT_POSITIVE),
        (Side.SELL, "A", 10**9, 10**8, Refusal.INSUFFICIENT_CASH),
        (Side.BUY, "E", 1_500, 1, Refusal.SAME_PARTY),
        (Side.BUY, "A", 1_500, 1, Refusal.INSUFFICIENT_UNITS),
        (Side.BUY, "host", 0, 1, Refusal.PRICE_NOT_POSITIVE),
        (Side.BUY, "host", 9_900, 1, Refusal.NONE),
    ],
)
def test_who_may_bid(town, side, who, price, lots, refusal) -> None:
    t = hall(town, CENT)
    if side == Side.SELL:
        auction = opened(t, 10, 1_000, contain_lots=5, contain_price=2_000)
    else:
        terms = AuctionTerms(side=Side.BUY)
        auction = t.exchange.open_auction(t.tick(), 0, 1, t.account("E"), 10, 2_000, uniform=True, terms=terms)
    number, found = t.exchange.bid(t.tick(), auction, t.account(who), price, lots)
    assert (Refusal(found), number > 0) == (refusal, refusal == Refusal.NONE)


def test_a_bidder_may_not_sell_on_today_what_it_won_today(town) -> None:
    t = hall(town, VenueRules("locked", tick_cash=1, bought_today_locked=True))
    run(t, 10, 10, [("A", 10, 12)])
    terms = AuctionTerms(side=Side.BUY)
    auction = t.exchange.open_auction(t.tick(), 0, 1, t.account("B"), 10, 20, uniform=True, terms=terms)
    assert t.exchange.bid(t.tick(), auction, t.account("A"), 15, 1)[1] == Refusal.BOUGHT_TODAY


def test_terms_that_contradict_themselves() -> None:
    for terms in (
        {"form": "dutch"},
        {"side": Side.NONE},
        {"form": "ascending"},
        {"increment": 5},
        {"increment": -5, "form": "ascending"},
        {"contain_lots": 5},
        {"contain_lots": 5, "contain_price": 5},
        {"contain_account": 5},
        {"withhold_lots": 5},
        {"withhold_price": 5},
        {"bidder_lots_max": -1},
        {"side": Side.BUY, "withhold_lots": 5, "withhold_price": 5},
    ):
        with pytest.raises(ValueError, match=r".+"):
            AuctionTerms(**terms)


def test_calls_that_contradict_the_terms(town) -> None:
    t = hall(town)
    with pytest.raises(InternalError):
        opened(t, 10, 10, uniform=False, form="ascending", increment=1)
    for terms in (
        {"form": "ascending", "increment": 1},
        {"contain_lots": 5, "contain_price": 12},
        {"withhold_lots": 5, "withhold_price": 12},
    ):
        auction = opened(t, 10, 10, **terms)
        with pytest.raises(InternalError):
            t.exchange.bid(t.tick(), auction, t.account("A"), 12, 1, 0, 1_000)


# --- fees: each bid an order, the offer one order

FEES = VenueRules("fees", tick_cash=1, fee_buy_ppm=10_000, fee_sell_ppm=20_000, fee_fixed_cash=50, fee_max_cash=300)


def fees(t) -> list[tuple[int, int, int]]:
    """Cash falling free, buyer's fee, seller's fee of each delivery."""
    return [tuple(int(r[k]) for k in ("hold", "fee_buy", "fee_sell")) for r in t.of_kind(RecordKind.TRADE)]


def test_fees_of_an_auction_by_hand(town) -> None:
    """Seller: 50 + 200, then at most 300 in all: 50 more. A: 50 + 100. B: 50 + 27; it holds 50 + 72 above 7,200."""
    t = hall(town, FEES)
    assert run(t, 13, 1, [("A", 10, 1_000), ("B", 8, 900)], uniform=False) == [("A", 10, 1_000), ("B", 3, 900)]
    assert fees(t) == [(10_150, 150, 250), (7_322 - 4_500, 77, 50)]
    releases = [int(n) for n in t.of_kind(RecordKind.RELEASE)["amount"]]
    assert releases == [4_500]


def test_a_bid_filled_from_two_accounts_pays_its_fixed_fee_once(town) -> None:
    """A pays 50 + 100, then 40 more; host 50 + 200, the reserve, an order of its own, 50 + 80."""
    t = hall(town, FEES)
    run(t, 10, 1, [("A", 14, 1_000)], contain_lots=9, contain_price=500)
    assert t.trades() == [("A", "host", 10, 500), ("A", "reserve", 4, 500)]
    assert fees(t) == [(14_190 - 4_000, 100, 150), (4_000, 20, 90)]


def test_fees_where_the_host_asks(town) -> None:
    """The host's fee runs over all deliveries: 50 + 80, then + 90; each seller pays its own, never more than it gets."""
    t = hall(town, FEES)
    t.give("buyer", cash=10**6)
    for who in "AB":
        t.give(who, units=100)
    terms = AuctionTerms(side=Side.BUY)
    auction = t.exchange.open_auction(t.tick(), 0, 1, t.account("buyer"), 20, 1_000, uniform=False, terms=terms)
    assert 10**6 - t.exchange.free(t.account("buyer"), 0) == 20_000 + 250
    bids(t, auction, [("A", 10, 800), ("B", 10, 900), ("B", 1, 1)])
    assert cleared(t, auction) == [("B", 1, 1), ("A", 10, 800), ("B", 9, 900)]
    assert fees(t) == [(1 + 50, 50, 1), (8_080, 80, 210), (8_100 + 81, 81, 212)]
    assert held(t) == 0


def test_least_fee(town) -> None:
    """At least 100 in all: the second delivery of the offer costs nothing more."""
    t = hall(town, VenueRules("least", tick_cash=1, fee_sell_ppm=1_000, fee_min_cash=100))
    run(t, 20, 1, [("A", 10, 1_000), ("B", 10, 900)], uniform=False)
    assert fees(t) == [(10_100, 100, 100), (9_100, 100, 0)]


BY_LOT = VenueRules("by lot", tick_cash=1, fee_buy_lot_cash=7, fee_sell_lot_cash=200, fee_max_cash=2_100)


def test_lots_of_an_auction_pay_for_themselves(town) -> None:
    """A's 10 at 1,000 pay 70; B's 3 at 100 pay 21. The host 2,000, then at most 100 more; B held 56 for its 8 lots."""
    t = hall(town, BY_LOT)
    assert run(t, 13, 1, [("A", 10, 1_000), ("B", 8, 100)], uniform=False) == [("A", 10, 1_000), ("B", 3, 100)]
    assert fees(t) == [(10_070, 70, 2_000), (856 - 500, 21, 100)]


def test_lots_that_a_host_asks_for_pay_for_themselves(town) -> None:
    """The host holds 140 for 20 lots and pays 7 for each it gets; a seller at 150 keeps nothing of its two lots."""
    t = hall(town, BY_LOT)
    t.give("buyer", cash=10**6)
    for who in "AB":
        t.give(who, units=100)
    terms = AuctionTerms(side=Side.BUY)
    auction = t.exchange.open_auction(t.tick(), 0, 1, t.account("buyer"), 20, 1_000, uniform=False, terms=terms)
    assert 10**6 - t.exchange.free(t.account("buyer"), 0) == 20_000 + 140
    bids(t, auction, [("A", 5, 800), ("B", 2, 150)])
    assert cleared(t, auction) == [("B", 2, 150), ("A", 5, 800)]
    assert fees(t) == [(314, 14, 300), (4_035, 35, 1_000)]
    assert held(t) == 0


def test_fees_of_a_deal(town) -> None:
    """50 and 1 % for the buyer, at most 300; 50 and 2 % for the seller, never more than the price."""
    t = hall(town, FEES)
    for price, buyer, seller in ((1_000, 60, 70), (40, 50, 40), (100_000, 300, 300)):
        assert t.exchange.deal(t.tick(), Mechanism.NEGOTIATED, 0, 1, t.account("A"), t.account("host"), price, 1) == 0
        assert fees(t)[-1] == (0, buyer, seller)
    t.exchange.allow(t.account("poor"), 1, Eligible.ALL)
    t.give("poor", cash=1_059)
    assert (
        t.exchange.deal(t.tick(), Mechanism.NEGOTIATED, 0, 1, t.account("poor"), t.account("host"), 1_000, 1)
        == Refusal.INSUFFICIENT_CASH
    )
