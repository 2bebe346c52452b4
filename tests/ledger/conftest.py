"""A town: a tiny market in plain dictionaries that writes legal records. Independent of the exchange, and the oracle."""

from __future__ import annotations

import random
from collections import defaultdict

import numpy as np
import pytest

from ecomarket.ledger.canon import canonical
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.model.codes import (
    SYSTEM_ACCOUNTS,
    AccountKind,
    CancelReason,
    HaltReason,
    HoldReason,
    Mechanism,
    RecordKind,
    Refusal,
    Side,
    TransferCode,
)
from ecomarket.model.record import RECORD, SELLER_HELD, order_flags
from ecomarket.model.stated import FactCode, NoteCode, Scheme
from ecomarket.units import DAY

FEE_PPM = 500
FIELDS = (
    "t",
    "order",
    "other",
    "price",
    "amount",
    "hold",
    "fee_buy",
    "fee_sell",
    "instrument",
    "account",
    "counter",
    "kind",
    "code",
    "venue",
    "flags",
)


def fee(value):
    return value * FEE_PPM // 1_000_000


class Town:
    """People with accounts from 15 up, instruments 1..n beside cash; every method emits what it does."""

    def __init__(self, seed=1, people=6, instruments=3, caps=()):
        self.rng = random.Random(seed)
        self.people = [len(SYSTEM_ACCOUNTS) + k for k in range(people)]
        self.instruments = list(range(1, instruments + 1))
        self.posted, self.held = defaultdict(int), defaultdict(int)
        self.orders, self.holds = {}, {}
        self.t, self.seq, self.ids = 0, 0, 0
        self.rows, self.payloads = [], []
        self.caps = list(caps)
        self.found()

    def emit(self, kind, **fields):
        values = {"instrument": -1, "account": -1, "counter": -1, **fields}
        self.seq += 1
        self.rows.append(
            (
                self.seq,
                self.t,
                *(values.get(f, 0) for f in FIELDS[1:11]),
                int(kind),
                *(values.get(f, 0) for f in FIELDS[12:]),
                0,
            )
        )

    def note(self, code, payload, **fields):
        self.emit(RecordKind.NOTE, code=code, other=len(self.payloads), **fields)
        self.payloads.append(canonical(payload))

    def found(self):
        accounts, instruments = self.people[-1] + 1, len(self.instruments) + 1
        self.note(
            NoteCode.RUN_STARTED,
            {
                "scenario": "town",
                "digest": "00",
                "seed": 1,
                "start": "2024-01-01",
                "accounts": accounts,
                "instruments": instruments,
                "caps": self.caps,
            },
        )
        for a in self.people:
            self.note(
                NoteCode.PARTICIPANT_REGISTERED,
                {
                    "account": a,
                    "code": f"P{a}",
                    "kind": "enterprise",
                    "en": f"Plant {a}",
                    "zh": f"工厂{a}",
                    "zone": "QH",
                },
                account=a,
            )
        for i in self.instruments:
            self.note(
                NoteCode.INSTRUMENT_LISTED,
                {
                    "instrument": i,
                    "code": f"COD.{i}",
                    "right": "emission-permit",
                    "kind": "cod",
                    "en": f"COD {i}",
                    "zh": f"化学需氧量{i}",
                    "unit": "t",
                    "lot": "0.01",
                    "zone": "QH",
                    "klass": "",
                    "vintage": 2024,
                },
                instrument=i,
            )
        for a in self.people:
            self.transfer(AccountKind.WORLD, a, 0, 10**9, TransferCode.OPENING)
            for i in self.instruments:
                self.transfer(AccountKind.ISSUANCE, a, i, 1000, TransferCode.ISSUE)

    def free(self, a, i):
        return self.posted[a, i] - self.held[a, i]

    def move(self, a, b, i, amount):
        self.posted[a, i] -= amount
        self.posted[b, i] += amount

    def transfer(self, a, b, i, amount, code, ref=0):
        self.move(int(a), int(b), i, amount)
        self.emit(
            RecordKind.TRANSFER, account=int(a), counter=int(b), instrument=i, amount=amount, code=code, order=ref
        )

    def hold(self, a, i, amount):
        self.ids += 1
        self.holds[self.ids] = [a, i, amount]
        self.held[a, i] += amount
        self.emit(RecordKind.HOLD, account=a, instrument=i, amount=amount, order=self.ids, code=HoldReason.PLEDGE)
        return self.ids

    def release(self, h):
        a, i, amount = self.holds.pop(h)
        self.held[a, i] -= amount
        self.emit(RecordKind.RELEASE, account=a, instrument=i, amount=amount, order=h, code=HoldReason.PLEDGE)

    def pay_from_hold(self, h, b, amount):
        own = self.holds[h]
        own[2] -= amount
        self.held[own[0], own[1]] -= amount
        self.move(own[0], b, own[1], amount)
        self.emit(
            RecordKind.TRANSFER,
            account=own[0],
            counter=b,
            instrument=own[1],
            amount=amount,
            hold=amount,
            other=h,
            code=TransferCode.ASSIGN,
        )

    def cost(self, side, price, lots):
        return price * lots + fee(price * lots) if side == Side.BUY else lots

    def order(self, a, i, side, price, lots):
        flags = order_flags(side, 0, 0)
        self.ids += 1
        what, need = (0 if side == Side.BUY else i), self.cost(side, price, lots)
        common = {"account": a, "instrument": i, "order": self.ids, "price": price, "amount": lots, "flags": flags}
        if self.free(a, what) < need:
            self.emit(RecordKind.ORDER_REFUSED, code=Refusal.INSUFFICIENT_CASH, **common)
            return
        own = [a, i, side, price, lots, need]
        self.held[a, what] += need
        self.emit(RecordKind.ORDER_ACCEPTED, hold=need, **common)
        mine = self.ids
        self.orders[mine] = own
        others = [(o, r) for o, r in self.orders.items() if r[1] == i and r[2] != side and r[0] != a]
        others.sort(key=lambda x: (x[1][3] if side == Side.BUY else -x[1][3], x[0]))
        for o, r in others:
            if not own[4] or (r[3] > price if side == Side.BUY else r[3] < price):
                break
            self.fill(mine if side == Side.BUY else o, o if side == Side.BUY else mine, r[3], min(own[4], r[4]), side)

    def fill(self, bid, ask, price, lots, aggressor):
        b, s = self.orders[bid], self.orders[ask]
        after = self.cost(Side.BUY, b[3], b[4] - lots)
        freed, b[5], b[4] = b[5] - after, after, b[4] - lots
        s[4], s[5] = s[4] - lots, s[5] - lots
        self.held[b[0], 0] -= freed
        self.held[s[0], s[1]] -= lots
        self.trade(b[0], s[0], b[1], price, lots, freed, bid, ask, aggressor | SELLER_HELD, Mechanism.CONTINUOUS)
        for k in (bid, ask):
            if not self.orders[k][4]:
                del self.orders[k]

    def trade(self, buyer, seller, i, price, lots, freed=0, bid=0, ask=0, flags=0, code=Mechanism.BLOCK_AGREEMENT):
        f = fee(price * lots)
        self.move(buyer, seller, 0, price * lots)
        self.move(seller, buyer, i, lots)
        self.move(buyer, int(AccountKind.FEE), 0, f)
        self.move(seller, int(AccountKind.FEE), 0, f)
        self.emit(
            RecordKind.TRADE,
            account=buyer,
            counter=seller,
            instrument=i,
            price=price,
            amount=lots,
            hold=freed,
            order=bid,
            other=ask,
            flags=flags,
            fee_buy=f,
            fee_sell=f,
            code=code,
        )

    def leave(self, o, kind=RecordKind.ORDER_CANCELLED, code=CancelReason.OWNER):
        a, i, side, price, lots, held = self.orders.pop(o)
        self.held[a, 0 if side == Side.BUY else i] -= held
        self.emit(
            kind,
            account=a,
            instrument=i,
            order=o,
            price=price,
            amount=lots,
            hold=held,
            flags=order_flags(side, 0, 0),
            code=code,
        )

    def shrink(self, o, lots):
        own = self.orders[o]
        a, i, side, price = own[:4]
        own[4] -= lots
        after = self.cost(side, price, own[4])
        freed, own[5] = own[5] - after, after
        self.held[a, 0 if side == Side.BUY else i] -= freed
        self.emit(
            RecordKind.ORDER_CANCELLED, account=a, instrument=i, order=o, price=price, amount=lots, hold=freed,
            flags=order_flags(side, 0, 0), code=CancelReason.REPLACED,
        )  # fmt: skip

    def replace(self, o, price, lots):
        a, i, side = self.orders[o][:3]
        what, need = (0 if side == Side.BUY else i), self.cost(side, price, lots)
        if self.free(a, what) + self.orders[o][5] < need:
            return
        self.leave(o, code=CancelReason.REPLACED)
        self.held[a, what] += need
        self.orders[o] = [a, i, side, price, lots, need]
        self.emit(
            RecordKind.ORDER_ACCEPTED, account=a, instrument=i, order=o, price=price, amount=lots, hold=need,
            flags=order_flags(side, 0, 0),
        )  # fmt: skip

    def halt(self, i):
        self.emit(RecordKind.HALT, instrument=i, code=HaltReason.MANUAL, other=self.t + 5, price=10_000)

    def step(self):
        rng = self.rng
        self.t += rng.randrange(3)
        a, b = rng.sample(self.people, 2)
        i = rng.choice(self.instruments)
        what = rng.randrange(23)
        if what < 11:
            self.order(a, i, rng.choice((Side.BUY, Side.SELL)), 100 * rng.randrange(90, 111), rng.randrange(1, 20))
        elif what < 13 and self.orders:
            self.leave(rng.choice(sorted(self.orders)))
        elif what == 13 and self.free(a, i):
            self.hold(a, i, rng.randrange(1, self.free(a, i) + 1))
        elif what == 14 and self.holds:
            self.release(rng.choice(sorted(self.holds)))
        elif what == 15 and self.free(a, i):
            sink = rng.choice((AccountKind.SURRENDER, AccountKind.RETIRED))
            n = rng.randrange(1, self.free(a, i) // 4 + 2)
            if n <= self.free(a, i):
                code = TransferCode.RETIRE if sink == AccountKind.RETIRED else TransferCode.SURRENDER
                self.transfer(a, sink, i, n, code, 2024)
                self.note(NoteCode.RETIREMENT, {"beneficiary": f"P{b}", "lots": n}, account=a, instrument=i)
                told = {"act": "refused", "asked": "Retire", "refusal": int(Refusal.INSUFFICIENT_UNITS)}
                self.note(NoteCode.REGISTRY_ACT, told, account=a, instrument=i)
        elif what == 16 and self.free(a, i) and self.free(b, 0) > 10**7:
            self.trade(b, a, i, 10_000, min(5, self.free(a, i)))
        elif what == 17:
            self.emit(
                RecordKind.FACT, code=FactCode.EMISSION_T_MILLI, account=a, order=202401, amount=rng.randrange(1000)
            )
        elif what == 18:
            self.emit(
                RecordKind.OBLIGATION,
                code=Scheme.PERMIT,
                account=a,
                instrument=i,
                order=2024,
                amount=50,
                hold=30,
                other=20,
                price=7,
            )
        elif what == 20:
            self.halt(i)
        elif what > 20 and self.orders:
            o = rng.choice(sorted(self.orders))
            lots = self.orders[o][4]
            if what == 21 and lots > 1:
                self.shrink(o, rng.randrange(1, lots))
            elif what == 22:
                self.replace(o, 100 * rng.randrange(90, 111), rng.randrange(1, 20))
        elif what == 19 and self.holds:
            h = rng.choice(sorted(self.holds))
            if self.holds[h][2] > 1 and self.holds[h][0] != b:
                self.pay_from_hold(h, b, 1)

    def end_day(self):
        self.t = (self.t // DAY) * DAY + DAY - 1
        for o in sorted(self.orders)[::2]:
            self.leave(o, RecordKind.ORDER_EXPIRED, CancelReason.DAY_END)
        for i in self.instruments:
            self.emit(RecordKind.CLOSE, instrument=i, price=10_000 + i, amount=3, other=30_000)

    def day(self, steps):
        for _ in range(steps):
            self.step()
        self.end_day()
        drained = self.drain()
        self.t += 1
        return drained

    def drain(self):
        rows, payloads = self.rows, self.payloads
        self.rows, self.payloads = [], []
        return self.t, np.array(rows, dtype=RECORD), payloads


MANIFEST = canonical({"scenario": "town", "digest": "00", "seed": 1, "schema": 1})


def make_ledger(path, seed=1, days=5, steps=40, **town):
    """Write a ledger of a random town at `path` (None: no database); return (town, journal)."""
    people = Town(seed, **town)
    journal = Journal(MANIFEST, BlockWriter(path) if path else None)
    for _ in range(days):
        journal.commit(*people.day(steps))
    journal.close()
    return people, journal


@pytest.fixture(scope="session")
def towns():
    """The class Town."""
    return Town


@pytest.fixture(scope="session")
def make():
    """The function make_ledger."""
    return make_ledger


@pytest.fixture(scope="session")
def manifest():
    """A canonical run manifest."""
    return MANIFEST
