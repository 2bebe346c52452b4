"""Leases: lots lent for a rent, kept by a hold, and back at the end whatever has become of the lessee."""

from __future__ import annotations

import json
import os
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.ledger.invariants import unsound_cells
from ecomarket.ledger.registry.lease import LeaseRules, Leases
from ecomarket.ledger.replay import Replay
from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, Eligible, HoldReason, RecordKind, Refusal, TransferCode
from ecomarket.model.command import EndLease, Lease
from ecomarket.model.stated import NoteCode

EXAMPLES = 3_000 if os.environ.get("ECOMARKET_SOAK") else 60
ENGINES = (KernelExchange, ReferenceExchange)
LESSOR, LESSEE, OTHER = range(len(SYSTEM_ACCOUNTS), len(SYSTEM_ACCOUNTS) + 3)
COD, SO2, WATER = 1, 2, 3
RULES = LeaseRules({COD: 0, SO2: 500}, 1_000)


def open_town(engine) -> SimpleNamespace:
    x = engine(OTHER + 1, 4, [VenueRules("v", tick_cash=1)], [Listing(COD, 0, 100)], LESSOR)
    for who in (LESSOR, LESSEE, OTHER):
        x.transfer(0, AccountKind.WORLD, who, 0, 1_000, 1)
        for i in (COD, SO2, WATER):
            x.allow(who, i, Eligible.ALL)
            x.transfer(0, AccountKind.ISSUANCE, who, i, 100, 1)
    x.open_session(0, [COD], 10**6)
    return SimpleNamespace(x=x, leases=Leases(x, RULES))


@pytest.fixture(params=ENGINES, ids=["kernel", "reference"])
def town(request) -> SimpleNamespace:
    return open_town(request.param)


def lease(lots: int = 60, rent: int = 300, until_t: int = 400, **more) -> Lease:
    return Lease(
        **{"lessor": LESSOR, "lessee": LESSEE, "instrument": COD, **more}, lots=lots, rent=rent, until_t=until_t
    )


def has(x, who: int) -> tuple[int, int, int]:
    """Cash, lots, free lots."""
    return x.posted(who, 0), x.posted(who, COD), x.free(who, COD)


def test_the_lessee_counts_the_lots_and_cannot_dispose_of_them(town) -> None:
    x = town.x
    assert town.leases.begin(10, lease()) == Refusal.NONE
    assert (has(x, LESSOR), has(x, LESSEE)) == ((1_300, 40, 40), (700, 160, 100))
    assert x.submit(11, LESSEE, COD, 2, 100, 101).refusal == Refusal.INSUFFICIENT_UNITS
    for sink in (AccountKind.SURRENDER, AccountKind.RETIRED, OTHER):
        assert x.transfer(11, LESSEE, sink, COD, 101, 1) == Refusal.INSUFFICIENT_UNITS
    assert x.hold(11, LESSEE, COD, 101, HoldReason.PLEDGE)[1] == Refusal.INSUFFICIENT_UNITS
    assert x.submit(11, LESSEE, COD, 2, 100, 100).refusal == 0, "his own lots are his to sell"


def test_the_lots_come_back_in_one_record_even_from_a_bankrupt(town) -> None:
    x = town.x
    town.leases.begin(10, lease())
    assert x.transfer(20, LESSEE, OTHER, 0, 700, 1) == 0
    assert x.transfer(20, LESSEE, OTHER, COD, 100, 1) == 0
    assert town.leases.end_due(399) == 0
    x.drain()
    assert town.leases.end_due(400) == 1
    records, payloads = x.drain()
    assert [int(k) for k in records["kind"]] == [RecordKind.TRANSFER, RecordKind.NOTE]
    back = records[0]
    assert [int(back[f]) for f in ("code", "account", "counter", "instrument", "amount", "hold", "order")] == [
        TransferCode.LEASE_RETURN, LESSEE, LESSOR, COD, 60, 60, 1,
    ]  # fmt: skip
    assert json.loads(payloads[0]) == {"act": "ended", "lease": 1, "lessee": LESSEE, "lessor": LESSOR, "lots": 60}
    assert (has(x, LESSOR), has(x, LESSEE)) == ((1_300, 100, 100), (0, 0, 0))
    assert town.leases.end_due(401) == 0


def test_what_the_journal_tells_of_a_lease(town) -> None:
    town.x.drain()
    town.leases.begin(10, lease())
    records, payloads = town.x.drain()
    told = [(RecordKind(int(r["kind"])), int(r["code"]), int(r["amount"])) for r in records]
    assert told == [
        (RecordKind.TRANSFER, TransferCode.RENT, 300), (RecordKind.TRANSFER, TransferCode.LEASE, 60),
        (RecordKind.HOLD, HoldReason.LEASE, 60), (RecordKind.NOTE, NoteCode.LEASE, 0),
    ]  # fmt: skip
    note = json.loads(payloads[0])
    assert (note["act"], note["rent"], note["until"], note["hold"]) == ("begun", 300, 400, int(records[2]["order"]))


def test_an_early_return_is_the_lessee_s_choice_and_brings_no_rent_back(town) -> None:
    town.leases.begin(10, lease())
    assert town.leases.give_back(20, EndLease(LESSOR, 1)) == Refusal.UNKNOWN_LEASE
    assert town.leases.give_back(20, EndLease(LESSEE, 2)) == Refusal.UNKNOWN_LEASE
    assert town.leases.give_back(20, EndLease(LESSEE, 1)) == Refusal.NONE
    assert (has(town.x, LESSOR), has(town.x, LESSEE)) == ((1_300, 100, 100), (700, 100, 100))
    assert town.leases.give_back(20, EndLease(LESSEE, 1)) == Refusal.UNKNOWN_LEASE
    assert town.leases.end_due(400) == 0


def test_leases_end_each_in_its_time_in_order_of_number(town) -> None:
    for lots, until_t in ((10, 300), (20, 200), (30, 300)):
        assert town.leases.begin(10, lease(lots, 0, until_t)) == Refusal.NONE
    assert (town.leases.end_due(200), has(town.x, LESSEE)[1]) == (1, 140)
    town.x.drain()
    assert town.leases.end_due(10**9) == 2
    records = town.x.drain()[0]
    assert records[records["kind"] == RecordKind.TRANSFER]["order"].tolist() == [1, 3]


@pytest.mark.parametrize(("case", "refusal"), [
    ({"instrument": WATER}, Refusal.LEASE_OFF), ({"instrument": 0}, Refusal.LEASE_OFF),
    ({"lessee": LESSOR}, Refusal.SAME_PARTY), ({"lessor": AccountKind.RESERVE}, Refusal.UNKNOWN_ACCOUNT),
    ({"lessee": AccountKind.CONSUMED}, Refusal.UNKNOWN_ACCOUNT), ({"lots": 0}, Refusal.AMOUNT_NOT_POSITIVE),
    ({"rent": -1}, Refusal.AMOUNT_NOT_POSITIVE), ({"lots": 101}, Refusal.INSUFFICIENT_UNITS),
    ({"rent": 1_001}, Refusal.INSUFFICIENT_CASH), ({"until_t": 10}, Refusal.LEASE_TERM),
    ({"until_t": 1_011}, Refusal.LEASE_TERM), ({"until_t": 1_010}, Refusal.NONE),
    ({"instrument": SO2, "until_t": 501}, Refusal.LEASE_TERM), ({"instrument": SO2, "until_t": 500}, Refusal.NONE),
    ({"lots": 100, "rent": 1_000}, Refusal.NONE), ({"rent": 0}, Refusal.NONE),
])  # fmt: skip
def test_what_may_be_leased(town, case, refusal) -> None:
    before = town.x.balances()
    assert town.leases.begin(10, lease(**case)) == refusal
    assert bool(refusal) == np.array_equal(before, town.x.balances())


@pytest.mark.parametrize(("who", "what", "refusal"), [
    (LESSOR, Eligible.BUY | Eligible.HOLD, Refusal.NOT_ELIGIBLE), (LESSOR, Eligible.SELL, Refusal.NONE),
    (LESSEE, Eligible.SELL, Refusal.NOT_ELIGIBLE), (LESSEE, Eligible.HOLD, Refusal.NONE),
    (LESSEE, Eligible.BUY, Refusal.NONE),
])  # fmt: skip
def test_the_lessor_must_be_allowed_to_sell_and_the_lessee_to_have(town, who, what, refusal) -> None:
    town.x.allow(who, COD, what)
    assert town.leases.begin(10, lease()) == refusal


def test_a_transfer_out_of_a_hold_is_refused_without_harm(town) -> None:
    x = town.x
    hold, _ = x.hold(1, LESSEE, COD, 30, HoldReason.FREEZE)
    assert x.transfer_held(2, hold + 1, LESSOR, 1) == Refusal.UNKNOWN_HOLD
    assert x.transfer_held(2, hold, 99, 1) == Refusal.UNKNOWN_ACCOUNT
    assert x.transfer_held(2, hold, LESSEE, 1) == Refusal.SAME_PARTY
    assert x.free(LESSEE, COD) == 70
    assert x.transfer_held(2, hold, LESSOR, 1) == 0
    assert (x.posted(LESSEE, COD), x.free(LESSEE, COD), x.posted(LESSOR, COD)) == (70, 70, 130)
    assert x.release(3, hold) == x.transfer_held(3, hold, LESSOR, 1) == Refusal.UNKNOWN_HOLD


people = st.sampled_from([LESSOR, LESSEE, OTHER])
step = st.tuples(st.integers(0, 3), people, people, st.integers(1, 120), st.integers(0, 300), st.integers(-5, 60))


@settings(max_examples=EXAMPLES, deadline=None)
@given(steps=st.lists(step, max_size=40))
def test_any_leases_come_back_to_the_lot(steps) -> None:
    """Both engines write the same; whoever lends has his lots again when all time is over; replay finds nothing wrong."""
    written = []
    for engine in ENGINES:
        town = open_town(engine)
        t, own = 0, dict.fromkeys((LESSOR, LESSEE, OTHER), 100)
        for what, one, two, lots, rent, wait in steps:
            t += max(wait, 0)
            if what < 2:
                town.leases.begin(t, lease(lots, rent, t + wait, lessor=one, lessee=two))
            elif what == 2:
                town.leases.give_back(t, EndLease(one, lots % 7))
            elif not town.x.transfer(t, one, two, COD, lots, 1):
                own[one] -= lots
                own[two] += lots
            town.leases.end_due(t)
            lent = sum(s.agreed.lots for s in town.leases.standing.values())
            assert town.x.balances()[:, COD, 1].sum() == lent
        town.leases.end_due(10**9)
        assert {who: town.x.posted(who, COD) for who in own} == own
        assert not town.x.balances()[:, :, 1].any()
        written.append(town.x.drain())
    assert np.array_equal(written[0][0], written[1][0])
    assert written[0][1] == written[1][1]
    replay = Replay()
    records, payloads = written[0]
    assert unsound_cells(replay, replay.apply(records, payloads).cells) == []
    assert not len(replay.open_holds())
