"""Random streams: the engines agree record for record, and every record keeps the books in balance."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sizes import cases

from ecomarket.model.codes import (
    CONTRA_ACCOUNTS,
    SINK_ACCOUNTS,
    AccountKind,
    CancelReason,
    HaltReason,
    Mechanism,
    RecordKind,
    Refusal,
)

LEAVING = (RecordKind.ORDER_CANCELLED, RecordKind.ORDER_EXPIRED)

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEDS = cases(200, 4_000)
MESSAGES = 2_000


def run(streams, engine, seed, count=MESSAGES):
    exchange = engine(*streams.SHAPE)
    answers = streams.drive(exchange, seed, count)
    records, payloads = exchange.drain()
    return answers, records, payloads, exchange.balances()


def same(one, other) -> bool:
    return all(np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b for a, b in zip(one, other, strict=True))


@pytest.mark.no_cover  # tracing the plain reference through 400,000 messages would take minutes; other tests cover it
@pytest.mark.parametrize("block", range(8))
def test_kernel_and_reference_agree_event_for_event(streams, engines, block, record_property) -> None:
    mine = SEEDS.numbers[block::8]
    record_property("messages", f"{len(mine) * MESSAGES} of {len(range(block, SEEDS.whole, 8)) * MESSAGES}")
    for seed in mine:
        assert same(run(streams, engines.kernel, seed), run(streams, engines.reference, seed)), seed


rolls = st.lists(st.lists(st.integers(0, 2_000), min_size=8, max_size=8), max_size=120)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=rolls)
def test_engines_agree_on_any_small_story(streams, engines, steps) -> None:
    """The same comparison on streams that Hypothesis can shrink."""
    ends = []
    for engine in (engines.kernel, engines.reference):
        driver = streams.Driver(engine(*streams.SHAPE))
        driver.start()
        for roll in steps:
            driver.step(roll)
        ends.append((driver.answers, *driver.x.drain(), driver.x.balances()))
    assert same(*ends)


@pytest.mark.parametrize("seed", [900, 901, 902])
def test_source_uncompiled_agrees(streams, engines, seed) -> None:
    assert same(run(streams, engines.uncompiled, seed), run(streams, engines.reference, seed))


def test_streams_reach_every_kind_of_event(streams, engines) -> None:
    seen = Counter()
    for seed in range(6):
        _, records, _, _ = run(streams, engines.kernel, seed)
        seen.update(zip(records["kind"].tolist(), records["code"].tolist(), strict=True))
    assert {k for k, _ in seen} == {int(k) for k in RecordKind}
    refused = {Refusal(c) for k, c in seen if k == RecordKind.ORDER_REFUSED}
    assert refused == {
        Refusal.UNKNOWN_ACCOUNT, Refusal.UNKNOWN_INSTRUMENT, Refusal.NOT_ELIGIBLE, Refusal.MARKET_CLOSED,
        Refusal.PRICE_OFF_TICK, Refusal.PRICE_OUTSIDE_BAND, Refusal.LOTS_NOT_POSITIVE, Refusal.LOTS_BELOW_MINIMUM,
        Refusal.LOTS_ABOVE_MAXIMUM, Refusal.INSUFFICIENT_CASH, Refusal.INSUFFICIENT_UNITS, Refusal.BOUGHT_TODAY,
        Refusal.HOLDING_LIMIT, Refusal.POST_ONLY_WOULD_TRADE, Refusal.FOK_NOT_FILLABLE, Refusal.OPEN_ORDERS_LIMIT,
        Refusal.ORDER_RATE_LIMIT, Refusal.SHOWN_LOTS, Refusal.EXPIRY_PAST, Refusal.MARKET_HALTED, Refusal.NOT_IN_CALL,
        Refusal.PRICE_OUTSIDE_DYNAMIC_BAND, Refusal.NOT_RESTING_KIND,
    }  # fmt: skip
    traded = {Mechanism(c) for k, c in seen if k == RecordKind.TRADE}
    assert traded == set(Mechanism)
    gone = {k: {CancelReason(c) for kind, c in seen if kind == k} for k in LEAVING}
    assert gone[RecordKind.ORDER_EXPIRED] == {CancelReason.DAY_END, CancelReason.DATE_PASSED}
    assert gone[RecordKind.ORDER_CANCELLED] == set(CancelReason) - gone[RecordKind.ORDER_EXPIRED]
    assert {HaltReason(c) for k, c in seen if k == RecordKind.HALT} == set(HaltReason)


def post(balance: np.ndarray, row: np.void) -> list[int]:
    """Apply one record by the words of model.record; return the instruments it touched."""
    kind, i, a, c = int(row["kind"]), int(row["instrument"]), int(row["account"]), int(row["counter"])
    amount, hold, cash = int(row["amount"]), int(row["hold"]), int(row["price"]) * int(row["amount"])
    asset = 0 if row["flags"] & 3 == 1 else i
    if kind == RecordKind.TRANSFER:
        balance[a, i] -= (amount, hold)
        balance[c, i, 0] += amount
    elif kind in (RecordKind.HOLD, RecordKind.RELEASE):
        balance[a, i, 1] += amount if kind == RecordKind.HOLD else -amount
    elif kind == RecordKind.ORDER_ACCEPTED:
        balance[a, asset, 1] += hold
    elif kind in (RecordKind.ORDER_CANCELLED, RecordKind.ORDER_EXPIRED):
        balance[a, asset, 1] -= hold
    elif kind == RecordKind.TRADE:
        balance[a, 0] -= (cash + int(row["fee_buy"]), hold)
        balance[a, i, 0] += amount
        balance[c, i] -= (amount, amount if row["flags"] & 4 else 0)
        balance[c, 0, 0] += cash - int(row["fee_sell"])
        balance[AccountKind.FEE, 0, 0] += int(row["fee_buy"]) + int(row["fee_sell"])
    else:
        return []
    return [0, i]


@pytest.mark.parametrize("seed", [11, 12])
def test_every_record_conserves_and_no_account_overdraws(streams, engines, seed) -> None:
    _, records, _, balances = run(streams, engines.kernel, seed)
    ours = np.ones(len(balances), bool)
    ours[list(CONTRA_ACCOUNTS)] = False
    balance = np.zeros_like(balances)
    for number, row in enumerate(records):
        sinks = balance[list(SINK_ACCOUNTS)].copy()
        for i in post(balance, row):
            assert balance[:, i, 0].sum() == 0, number
            assert (balance[:, i, 1] >= 0).all(), number
            assert (balance[ours, i, 0] >= balance[ours, i, 1]).all(), number
        assert (balance[list(SINK_ACCOUNTS)] >= sinks).all()
    assert np.array_equal(balance, balances)
    assert np.array_equal(records["seq"], np.arange(1, len(records) + 1))
    assert (np.diff(records["t"]) >= 0).all()


def test_what_is_held_is_what_open_orders_and_holds_can_cost(streams, engines) -> None:
    exchange = engines.reference(*streams.SHAPE)
    streams.drive(exchange, 21, 1_500)
    held = np.zeros_like(exchange.balances()[:, :, 1])
    for order in exchange.orders.values():
        held[order.account, 0 if order.side == 1 else order.instrument] += exchange.needs(order)
    for account, instrument, amount, _ in exchange.holds.values():
        held[account, instrument] += amount
    for account, instrument, amount in held_outside_the_book(exchange):
        held[account, instrument] += amount
    assert held.any()
    assert np.array_equal(held, exchange.balances()[:, :, 1])


def held_outside_the_book(exchange) -> Iterator[tuple[int, int, int]]:
    """Account, instrument, amount of what auctions and offers hold."""
    for sale in exchange.sales.values():
        buying = sale.terms.side == 1
        yield sale.host, 0 if buying else sale.instrument, sale.held
        yield sale.terms.contain_account, sale.instrument, sale.terms.contain_lots
        for bid in sale.bids:
            yield bid.account, sale.instrument if buying else 0, bid.held
    for proposal in exchange.proposals.values():
        for side, party in proposal.parties.items():
            yield party.account, 0 if side == 1 else proposal.instrument, party.held


def test_batch_and_single_messages_write_the_same(streams, engines) -> None:
    from ecomarket.exchange.rules import Listing, VenueRules

    rows = streams.order_stream(3_000, 8, 3, 5)
    journals = []
    for batched in (True, False):
        shape = (
            streams.FIRST + 8,
            4,
            [VenueRules("c", fee_buy_ppm=500)],
            [Listing(i, 0, 100_000) for i in (1, 2, 3)],
            streams.FIRST,
        )
        exchange = engines.kernel(*shape, journal_rows=64, slots=8, ids=16)
        endow(streams, exchange, 8, 3)
        if batched:
            outcomes = exchange.submit_batch(rows)
            assert (outcomes["refusal"] == 0).mean() > 0.5
        else:
            for r in rows:
                if r["action"]:
                    exchange.cancel(int(r["t"]), int(r["account"]), int(r["order"]))
                else:
                    exchange.submit(
                        *(int(r[k]) for k in ("t", "account", "instrument", "side", "price", "lots", "kind", "tif"))
                    )
        journals.append(exchange.drain()[0])
    assert np.array_equal(*journals)


def endow(streams, exchange, people, instruments) -> None:
    from ecomarket.model.codes import Eligible

    for a in range(streams.FIRST, streams.FIRST + people):
        exchange.transfer(0, AccountKind.WORLD, a, 0, 10**10, 1)
        for i in range(1, instruments + 1):
            exchange.allow(a, i, Eligible.ALL)
            exchange.transfer(0, AccountKind.ISSUANCE, a, i, 10**5, 1)
    exchange.open_session(0, range(1, instruments + 1), 10**12)
