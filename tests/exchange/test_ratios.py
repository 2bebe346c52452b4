"""Sales into another zone: what may cross, what arrives, and that nothing else comes or goes."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecomarket.exchange.rules import Ratio, VenueRules
from ecomarket.exchange.terms import OfferTerms
from ecomarket.ledger.invariants import unsound_cells
from ecomarket.ledger.replay import Replay
from ecomarket.model.codes import AccountKind, Eligible, Mechanism, RecordKind, Refusal, TransferCode

EXAMPLES = 5_000 if os.environ.get("ECOMARKET_SOAK") else 100
NEGOTIATED, BLOCK = Mechanism.NEGOTIATED, Mechanism.BLOCK_AGREEMENT
UP, DOWN, DRY = 1, 2, 3
RIVER = VenueRules(
    "river", Mechanism.NEGOTIATED, tick_cash=1, holding_lots_max=10_500, bought_today_locked=True, fee_buy_ppm=10_000,
    ratios=(Ratio(UP, DOWN, 900_000), Ratio(UP, DRY, 500_000)),
)  # fmt: skip


def sell(t, seller: str, buyer: str, lots: int, into: int, *, instrument: int = UP, price: int = 100) -> Refusal:
    x = t.exchange
    return Refusal(x.deal(t.tick(), NEGOTIATED, 0, instrument, t.account(buyer), t.account(seller), price, lots, into))


def held(t, who: str) -> list[int]:
    """What somebody has of cash and of the three rights."""
    return [t.exchange.posted(t.account(who), i) for i in range(4)]


def test_water_sold_downstream_arrives_less_the_loss(town) -> None:
    """95 lots at 100: 85.5 arrive, floored; the buyer pays 9,500 and 1 % of it."""
    t = town(RIVER)
    before = {who: held(t, who) for who in "AB"}
    assert sell(t, "A", "B", 95, DOWN) == Refusal.NONE
    assert np.subtract(held(t, "A"), before["A"]).tolist() == [9_500, -95, 0, 0]
    assert np.subtract(held(t, "B"), before["B"]).tolist() == [-9_595, 0, 85, 0]
    assert t.exchange.posted(AccountKind.CONSUMED, UP) == 95
    trade, out, back = t.journal()[-3:]
    assert [int(r["kind"]) for r in (trade, out, back)] == [RecordKind.TRADE, RecordKind.TRANSFER, RecordKind.TRANSFER]
    assert [int(r["code"]) for r in (out, back)] == [TransferCode.CONVERT_OUT, TransferCode.CONVERT_IN]
    assert [(int(r["instrument"]), int(r["amount"])) for r in (trade, out, back)] == [(UP, 95), (UP, 95), (DOWN, 85)]
    assert trade["seq"] == out["order"] == back["order"], "both name the trade"


def test_two_for_one_into_a_zone_that_missed_its_target(town) -> None:
    t = town(RIVER)
    t.exchange.allow(t.account("B"), DRY, Eligible.BUY)
    assert sell(t, "A", "B", 7, DRY) == Refusal.NONE
    assert held(t, "B")[DRY] == 3
    assert sell(t, "A", "B", 1, DRY) == Refusal.LOTS_BELOW_MINIMUM, "half a lot does not arrive"


@pytest.mark.parametrize(("instrument", "into"), [(DOWN, UP), (DOWN, DRY), (UP, 9), (UP, -1), (DRY, DOWN)])
def test_what_the_matrix_does_not_name_may_not_cross(town, instrument, into) -> None:
    t = town(RIVER)
    for who in "AB":
        t.give(who, units=500, instrument=DRY)
    before = len(t.journal())
    assert sell(t, "A", "B", 50, into, instrument=instrument) == Refusal.NO_PASSAGE
    made = t.exchange.offer(t.tick(), 0, instrument, t.account("A"), 2, 100, 50, OfferTerms(into=into))
    assert made == (0, Refusal.NO_PASSAGE)
    assert len(t.journal()) == before


def test_the_same_zone_needs_no_passage(town) -> None:
    t = town(RIVER)
    assert sell(t, "A", "B", 50, UP) == sell(t, "A", "B", 50, 0) == Refusal.NONE
    assert t.exchange.posted(AccountKind.CONSUMED, UP) == 0
    assert held(t, "B")[UP] == 10_100


def test_the_buyer_must_be_allowed_what_arrives_and_the_seller_what_is_sold(town) -> None:
    t = town(RIVER)
    t.exchange.allow(t.account("B"), UP, Eligible.NOTHING)
    t.exchange.allow(t.account("A"), DOWN, Eligible.NOTHING)
    assert sell(t, "A", "B", 50, DOWN) == Refusal.NONE
    assert sell(t, "A", "B", 50, 0) == Refusal.NOT_ELIGIBLE
    t.exchange.allow(t.account("B"), DOWN, Eligible.SELL)
    assert sell(t, "A", "B", 50, DOWN) == Refusal.NOT_ELIGIBLE


def test_limit_and_lock_count_what_arrives(town) -> None:
    """At most 10,500 lots: 10,000 there, so 555 sold (499.5 arrive) fit and 1 more with 2 sold does not."""
    t = town(RIVER)
    assert sell(t, "A", "B", 557, DOWN) == Refusal.HOLDING_LIMIT
    assert sell(t, "A", "B", 556, DOWN) == Refusal.NONE
    assert held(t, "B")[DOWN] == 10_500
    assert sell(t, "B", "C", 10_000, 0, instrument=UP) == Refusal.HOLDING_LIMIT
    t.exchange.transfer(t.tick(), t.account("C"), AccountKind.CONSUMED, DOWN, 10_000, TransferCode.CONSUME)
    assert sell(t, "B", "C", 10_001, 0, instrument=DOWN) == Refusal.BOUGHT_TODAY
    assert sell(t, "B", "C", 10_000, 0, instrument=DOWN) == Refusal.NONE
    t.exchange.transfer(t.tick(), t.account("D"), AccountKind.CONSUMED, UP, 10_000, TransferCode.CONSUME)
    assert sell(t, "B", "D", 10_000, 0, instrument=UP) == Refusal.NONE, "what was used up is locked no longer"


def test_what_offers_will_bring_counts_for_the_limit(town) -> None:
    """10,000 there and 450 coming (of 500 bid for): 55 sold bring 49 and fit, 57 sold bring 51 and do not."""
    t = town(RIVER)
    b = t.account("B")
    number, _ = t.exchange.offer(t.tick(), 0, UP, b, 1, 100, 500, OfferTerms(into=DOWN))
    assert sell(t, "A", "B", 57, DOWN) == Refusal.HOLDING_LIMIT
    assert sell(t, "A", "B", 55, DOWN) == Refusal.NONE
    assert t.exchange.withdraw(t.tick(), b, number) == 0
    assert sell(t, "A", "B", 501, DOWN) == Refusal.NONE


def test_a_block_is_priced_round_what_is_sold(town) -> None:
    t = town(VenueRules("river", tick_cash=1, block_band_ppm=100_000, ratios=(Ratio(UP, DOWN, 1_000_000),)))
    at = [t.exchange.deal(t.tick(), BLOCK, 0, UP, t.account("B"), t.account("A"), p, 5, DOWN) for p in (11_000, 11_001)]
    assert at == [Refusal.NONE, Refusal.PRICE_OUTSIDE_BAND]
    assert held(t, "B")[DOWN] == 10_005


@pytest.mark.parametrize("side", [1, 2])
def test_an_offer_across_a_border_is_held_accepted_and_converted(town, side) -> None:
    """The maker buys, or sells, 40 lots at 100 for delivery downstream: 36 arrive."""
    t = town(RIVER)
    maker, taker = t.account("A"), t.account("B")
    number, refusal = t.exchange.offer(t.tick(), 0, UP, maker, side, 100, 40, OfferTerms(into=DOWN))
    assert refusal == 0
    assert t.exchange.posted(maker, side - 1) - t.exchange.free(maker, side - 1) == (4_040, 40)[side - 1]
    before = held(t, "B")
    assert t.exchange.accept(t.tick(), taker, number) == 0
    gained = [[4_000, -40, 0, 0], [-4_040, 0, 36, 0]][side - 1]
    assert np.subtract(held(t, "B"), before).tolist() == gained
    assert t.exchange.balances()[:, :, 1].sum() == 0
    assert t.exchange.open_offers(UP) == []


def test_a_counter_offer_keeps_the_place_of_delivery(town) -> None:
    t = town(RIVER)
    a, b = t.account("A"), t.account("B")
    first, _ = t.exchange.offer(t.tick(), 0, UP, a, 2, 100, 40, OfferTerms(to=(b,), into=DOWN))
    answer, refusal = t.exchange.counter(t.tick(), b, first, 90, 20)
    assert (refusal, t.exchange.open_offers(UP)[0].terms.into) == (0, DOWN)
    assert t.exchange.accept(t.tick(), a, answer) == 0
    assert held(t, "B")[DOWN] == 10_018


def test_whoever_matches_gets_the_delivery(town) -> None:
    t = town(RIVER)
    terms = OfferTerms(match_by=(t.account("C"),), match_time=50, into=DOWN)
    number, _ = t.exchange.offer(t.tick(), 0, UP, t.account("A"), 2, 100, 40, terms)
    assert t.exchange.accept(t.tick(), t.account("B"), number) == 0
    t.exchange.allow(t.account("C"), DOWN, Eligible.NOTHING)
    assert t.exchange.take_over(t.tick(), t.account("C"), number) == Refusal.NOT_ELIGIBLE
    t.exchange.allow(t.account("C"), DOWN, Eligible.BUY)
    assert t.exchange.take_over(t.tick(), t.account("C"), number) == 0
    assert (held(t, "B")[DOWN], held(t, "C")[DOWN]) == (10_000, 10_036)


def test_issuance_itself_cannot_buy_across(town) -> None:
    t = town(RIVER)
    t.exchange.allow(AccountKind.ISSUANCE, DOWN, Eligible.ALL)
    made = t.exchange.deal(t.tick(), NEGOTIATED, 0, UP, AccountKind.ISSUANCE, t.account("A"), 100, 10, DOWN)
    assert made == Refusal.SAME_PARTY


@pytest.mark.parametrize("ratios", [
    [Ratio(1, 1, 5)], [Ratio(0, 1, 5)], [Ratio(1, 4, 5)], [Ratio(1, 2, 0)], [Ratio(1, 2, 1_000_001)],
    [Ratio(1, 2, 5), Ratio(2, 1, 5), Ratio(1, 2, 6)],
])  # fmt: skip
def test_a_matrix_that_makes_no_sense_is_refused(town, ratios) -> None:
    with pytest.raises(ValueError, match="ratio"):
        town(VenueRules("v", ratios=tuple(ratios)))


step = st.tuples(
    st.sampled_from("ABC"), st.sampled_from("ABC"), st.integers(1, 3), st.integers(0, 3), st.integers(1, 40),
    st.booleans(),
)  # fmt: skip


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ppm=st.lists(st.integers(1, 1_000_000), min_size=6, max_size=6), steps=st.lists(step, max_size=30))
def test_whatever_crosses_is_counted_to_the_lot(engines, ppm, steps) -> None:
    """Both engines write the same; issued = opening + floors of what crossed; used up = what crossed; cash as traded."""
    from tests.exchange.conftest import FIRST, Listing, Town

    pairs = [(1, 2), (2, 1), (1, 3), (3, 1), (2, 3), (3, 2)]
    rules = VenueRules("v", tick_cash=1, ratios=tuple(Ratio(*p, n) for p, n in zip(pairs, ppm, strict=True)))
    part, written = dict(zip(pairs, ppm, strict=True)), []
    for engine in (engines.kernel, engines.reference):
        t = Town(engine(26, 4, [rules], [Listing(1, 0, 100)], FIRST))
        for who in "ABC":
            for i in (1, 2, 3):
                t.give(who, cash=1_000, units=60, instrument=i)
        issued, used = {1: 180, 2: 180, 3: 180}, {1: 0, 2: 0, 3: 0}
        for seller, buyer, sold, into, lots, offered in steps:
            if offered:
                number, _ = t.exchange.offer(t.tick(), 0, sold, t.account(seller), 2, 7, lots, OfferTerms(into=into))
                done = t.exchange.accept(t.tick(), t.account(buyer), number)
                t.exchange.withdraw(t.tick(), t.account(seller), number)
            else:
                done = sell(t, seller, buyer, lots, into, instrument=sold, price=7)
            if not done and into not in (0, sold):
                issued[into] += lots * part[sold, into] // 1_000_000
                used[sold] += lots
        balances = t.exchange.balances()
        assert {i: -int(balances[AccountKind.ISSUANCE, i, 0]) for i in issued} == issued
        assert {i: int(balances[AccountKind.CONSUMED, i, 0]) for i in used} == used
        assert not balances[:, :, 1].any()
        written.append(t.journal())
    assert np.array_equal(*written)
    replay = Replay()
    for row in range(len(written[0])):
        assert unsound_cells(replay, replay.apply(written[0][row : row + 1], []).cells) == []
