"""Auctions and offers drawn by Hypothesis: both engines write the same, nothing is lost, every hold comes back."""

from __future__ import annotations

import os
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.exchange.terms import AuctionTerms, OfferTerms
from ecomarket.ledger.invariants import unsound_cells
from ecomarket.ledger.replay import Replay
from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, Eligible, RecordKind, Refusal

EXAMPLES = 5_000 if os.environ.get("ECOMARKET_SOAK") else 120
FIRST = len(SYSTEM_ACCOUNTS)
HOST, RESERVE = FIRST, FIRST + 1
BIDDERS = list(range(FIRST + 2, FIRST + 8))
PEOPLE = [HOST, RESERVE, *BIDDERS]
quick = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

rules = st.builds(
    lambda **words: VenueRules("venue", **words),
    tick_cash=st.sampled_from([1, 5]),
    fee_buy_ppm=st.sampled_from([0, 3_333, 100_000]),
    fee_sell_ppm=st.sampled_from([0, 7_777, 1_000_000]),
    fee_buy_lot_cash=st.sampled_from([0, 0, 7, 1_500]),
    fee_sell_lot_cash=st.sampled_from([0, 0, 11, 2_000]),
    fee_fixed_cash=st.sampled_from([0, 40]),
    fee_min_cash=st.sampled_from([0, 90]),
    fee_max_cash=st.sampled_from([0, 100, 900]),
    holding_lots_max=st.sampled_from([0, 0, 60]),
    bought_today_locked=st.booleans(),
)


def town(engine, venue: VenueRules, cash: int = 10**5, units: int = 300):
    x = engine(FIRST + 8, 2, [venue], [Listing(1, 0, 100)], FIRST)
    for account in PEOPLE:
        x.allow(account, 1, Eligible.ALL)
        x.transfer(0, AccountKind.WORLD, account, 0, cash, 1)
        x.transfer(0, AccountKind.ISSUANCE, account, 1, units, 1)
    return x


def judges(engines):
    """The kernel, the kernel with room for one record at the start, the reference."""
    return engines.kernel, partial(engines.kernel, journal_rows=1, ids=1, slots=1), engines.reference


def same(stories) -> None:
    (answers, records, balances), *others = stories
    for other_answers, other_records, other_balances in others:
        assert answers == other_answers
        assert np.array_equal(records, other_records)
        assert np.array_equal(balances, other_balances)


def sound(records: np.ndarray, balances: np.ndarray, *, all_free: bool = True) -> None:
    """The ledger's own replay finds the same balances and nothing wrong; nothing is held any more."""
    replay = Replay()
    for row in range(len(records)):
        change = replay.apply(records[row : row + 1], [])
        assert unsound_cells(replay, change.cells) == []
    assert np.array_equal(replay.balances[: len(balances)], balances[: len(replay.balances)])
    assert (balances[:, :, 0].sum(axis=0) == 0).all()
    if all_free:
        assert not balances[:, :, 1].any()
        assert not len(replay.open_holds()) or not replay.holds["held"].any()


# --- auctions


@st.composite
def auction_terms(draw) -> AuctionTerms:
    words = {"bidder_lots_max": draw(st.sampled_from([0, 0, 40]))}
    if draw(st.booleans()):
        words |= {"form": "ascending", "increment": draw(st.sampled_from([5, 10, 35]))}
    if draw(st.booleans()):
        return AuctionTerms(side=1, **words)
    if draw(st.booleans()):
        trigger = draw(st.sampled_from([40, 75, 90, 120]))
        words |= {"contain_account": RESERVE, "contain_lots": draw(st.integers(1, 40)), "contain_price": trigger}
    if draw(st.booleans()):
        words |= {"withhold_lots": draw(st.integers(1, 40)), "withhold_price": draw(st.sampled_from([50, 75, 110]))}
    return AuctionTerms(**words)


bid = st.tuples(
    st.sampled_from(BIDDERS), st.integers(6, 32).map(lambda n: 5 * n), st.integers(1, 50), st.integers(0, 2),
    st.sampled_from([0, 0, 200_000]), st.booleans(),
)  # fmt: skip


def hold_auction(engine, venue, terms, lots, price, uniform, bids, gone):
    x = town(engine, venue)
    answers = [x.open_auction(1, 0, 1, HOST, lots, price, uniform=uniform or terms.clock, terms=terms)]
    made = []
    for who, at, many, rank, match, whole in bids:
        answers.append(x.bid(2, answers[0], who, at, many, rank, match if terms.by_bids_alone else 0, whole=whole))
        made.append((answers[-1][0], who))
    answers += [x.withdraw_bid(3, who, number) for number, who in made[:gone]]
    if answers[0] > 0:
        answers.append(x.clear_auction(4, answers[0]))
    return answers, x.drain()[0], x.balances()


@quick
@given(
    venue=rules, terms=auction_terms(), lots=st.integers(1, 120), price=st.sampled_from([30, 60, 80, 140]),
    uniform=st.booleans(), bids=st.lists(bid, max_size=14), gone=st.integers(0, 2),
)  # fmt: skip
def test_any_auction(engines, venue, terms, lots, price, uniform, bids, gone) -> None:
    stories = [hold_auction(e, venue, terms, lots, price, uniform, bids, gone) for e in judges(engines)]
    same(stories)
    answers, records, balances = stories[0]
    assume(answers[0] > 0)
    sound(records, balances)
    event("sold" if answers[-1] else "nothing sold")
    told = dict(zip((number for number, _ in answers[1 : 1 + len(bids)]), bids, strict=True))
    fair(terms, lots, price, answers[-1], {n: b for n, b in told.items() if n}, gone)


def fair(terms, lots, reserve_price, fills, bids, gone) -> None:
    """What holds for every auction, whoever wins."""
    up = 1 if terms.side == 2 else -1
    assert sum(f.lots for f in fills) <= lots + terms.contain_lots
    for fill in fills:
        who, price, wanted, _, _, whole = bids[fill.bid]
        assert fill.account == who
        assert fill.lots == wanted if whole else fill.lots <= wanted
        assert up * reserve_price <= up * fill.price <= up * price
    if terms.contain_lots and fills and len({f.price for f in fills}) == 1 and sum(f.lots for f in fills) > lots:
        assert fills[0].price >= terms.contain_price
    if terms.withhold_lots and sum(f.lots for f in fills) > lots + terms.contain_lots - terms.withhold_lots:
        assert max(f.price for f in fills) >= terms.withhold_price
    if terms.by_bids_alone and not gone and not any(b[4] or b[5] for b in bids.values()):
        for one, two in pairwise(fills):
            assert up * bids[one.bid][1] >= up * bids[two.bid][1]


@pytest.mark.parametrize("form", [{}, {"form": "ascending", "increment": 5}])
@quick
@given(bids=st.lists(bid, min_size=1, max_size=14), lots=st.integers(1, 120), more=st.integers(1, 40))
def test_more_lots_never_raise_the_price(engines, form, bids, lots, more) -> None:
    """Bids that may be split, one price: what clears moves down the demand curve as supply grows, sold lots do not fall."""
    bids = [(who, at, many, 0, 0, False) for who, at, many, *_ in bids]
    found = []
    for supply in (lots, lots + more):
        answers, *_ = hold_auction(
            engines.reference, VenueRules("v", tick_cash=1), AuctionTerms(**form), supply, 30, True, bids, 0
        )
        found.append(answers[-1])
    less, all_of_it = found
    assert sum(f.lots for f in less) <= sum(f.lots for f in all_of_it)
    if less:
        assert all_of_it[0].price <= less[0].price


# --- offers

step = st.tuples(st.integers(0, 9), st.sampled_from(PEOPLE), st.integers(0, 99), st.integers(0, 99), st.integers(0, 3))


def haggle(engine, venue, steps):
    """Play steps on the offers made so far; at the end withdraw, and let all time pass."""
    x = town(engine, venue, cash=3_000, units=25)
    offers, answers, t = [0], [], 0
    for what, who, a, b, wait in steps:
        t += wait
        number = offers[a % len(offers)]
        price, lots = 5 * (1 + b % 60), 1 + a % 9
        if what < 3:
            terms = kinds(a, b, t)
            answers.append(x.offer(t, 0, 1, who, 1 + b % 2, price, lots, terms))
            offers.append(answers[-1][0])
        elif what == 3:
            answers.append(x.counter(t, who, number, price, lots, t + b % 9))
            offers.append(answers[-1][0])
        elif what < 7:
            answers.append(x.accept(t, who, number))
        elif what == 7:
            answers.append(x.take_over(t, who, number))
        elif what == 8:
            answers.append(x.withdraw(t, who, number))
        else:
            answers.append((x.expire_offers(t), x.open_offers(1)))
    answers.append(x.expire_offers(t + 100))
    answers += [x.withdraw(t + 100, o.account, o.offer) for o in x.open_offers(1)]
    return answers, x.drain()[0], x.balances()


def kinds(a: int, b: int, t: int) -> OfferTerms:
    one, two = PEOPLE[a % 8], PEOPLE[b % 8]
    match = {"match_by": (two, HOST), "match_time": 1 + a % 4}
    return OfferTerms(**(
        {}, {"to": (one,)}, {"to": (one, two), "expire_t": t + a % 5}, match, {"to": (one,)} | match,
        {"first": (one,), "window_t": t + b % 6 + 1},
    )[a // 8 % 6])  # fmt: skip


@quick
@given(venue=rules, steps=st.lists(step, max_size=60))
def test_any_haggling(engines, venue, steps) -> None:
    stories = [haggle(e, venue, steps) for e in judges(engines)]
    same(stories)
    answers, records, balances = stories[0]
    sound(records, balances)
    assert set(answers[len(steps) + 1 :]) <= {0}
    trades = records[records["kind"] == RecordKind.TRADE]
    event(f"{min(len(trades), 3)} trades")
    assert (trades["account"] != trades["counter"]).all()


def test_streams_reach_every_answer(streams, engines) -> None:
    """Each refusal of offers and auctions is met by the streams that compare the engines."""
    seen: set[int] = set()

    class Listener:
        def __init__(self, exchange) -> None:
            self.x = exchange

        def __getattr__(self, name):
            call = getattr(self.x, name)
            if name not in (
                "open_auction",
                "bid",
                "withdraw_bid",
                "offer",
                "counter",
                "accept",
                "take_over",
                "withdraw",
            ):
                return call

            def heard(*args, **words):
                answer = call(*args, **words)
                seen.add(
                    answer[1] if isinstance(answer, tuple) else max(-answer, 0) if name == "open_auction" else answer
                )
                return answer

            return heard

    wanted = {
        Refusal.NONE, Refusal.OFFER_EXPIRED, Refusal.OFFER_TAKEN, Refusal.NOT_ADDRESSED, Refusal.NO_COUNTER,
        Refusal.NO_RIGHT_TO_MATCH, Refusal.NOTHING_TO_MATCH, Refusal.BIDDER_LIMIT, Refusal.PRIORITY_WINDOW,
        Refusal.NOT_OWNER, Refusal.UNKNOWN_ORDER, Refusal.SAME_PARTY, Refusal.HOLDING_LIMIT,
        Refusal.LOTS_ABOVE_MAXIMUM, Refusal.INSUFFICIENT_CASH, Refusal.INSUFFICIENT_UNITS,
    }  # fmt: skip
    seed = 0
    while seed < 60 and not wanted <= {Refusal(n) for n in seen}:
        streams.drive(Listener(engines.kernel(*streams.SHAPE)), seed, 2_000)
        seed += 1
    assert wanted <= {Refusal(n) for n in seen}
