"""Somebody who can write whole chains can still not break the market's rules unseen: one story a rule."""

import pytest

from ecomarket.ledger.block import genesis_of, seal
from ecomarket.ledger.findings import Notebook
from ecomarket.ledger.invariants import audit, unsound_cells
from ecomarket.ledger.replay import Replay
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.ledger.verify import verify
from ecomarket.model.codes import AccountKind, HaltReason, HoldReason, Mechanism, RecordKind, Side, TransferCode
from ecomarket.model.record import SELLER_HELD, order_flags

A, B = 15, 16


class Forger:
    """Writes a chain of a town's records without asking the journal."""

    def __init__(self, path, manifest):
        self.path, self.genesis, self.replay, self.last = path, genesis_of(manifest), Replay(), None
        self.writer = BlockWriter(path)
        self.writer.begin(manifest, self.genesis)

    def commit(self, t, records, payloads):
        self.last = seal(self.genesis, self.last, t, records, payloads)
        self.writer.write(self.last, self.replay.apply(self.last.records, payloads).rows)
        self.writer.stand(self.last, self.replay.moved_rows)

    def verify(self):
        self.writer.close()
        return verify(self.path).findings


@pytest.fixture
def found(tmp_path, manifest, towns):
    """Return what verification finds in a town that did `story`, and the seq of the story's last event."""

    def found(story, **town):
        forger, people = Forger(tmp_path / "ledger.db", manifest), towns(1, **town)
        forger.commit(*people.drain())
        story(people)
        seq = people.seq
        forger.commit(*people.drain())
        return forger.verify(), seq

    return found


def trade(town, **changes):
    fields = {"account": A, "counter": B, "instrument": 1, "price": 100, "amount": 2, "code": Mechanism.BLOCK_AGREEMENT}
    town.emit(RecordKind.TRADE, **{**fields, **changes})


def order(town, account=A, side=Side.SELL, lots=10, held=10, price=100):
    town.ids += 1
    flags = order_flags(side, 0, 0)
    town.emit(
        RecordKind.ORDER_ACCEPTED,
        account=account,
        instrument=1,
        order=town.ids,
        price=price,
        amount=lots,
        hold=held,
        flags=flags,
    )
    return town.ids


def cancel(town, order, account=A, side=Side.SELL, lots=10, held=10):
    town.emit(
        RecordKind.ORDER_CANCELLED,
        account=account,
        instrument=1,
        order=order,
        amount=lots,
        hold=held,
        flags=order_flags(side, 0, 0),
    )


def again(town, number, lots, held=None, price=100, side=Side.SELL):
    fields = {"account": A, "instrument": 1, "order": number, "price": price, "amount": lots}
    town.emit(RecordKind.ORDER_ACCEPTED, hold=lots if held is None else held, flags=order_flags(side, 0, 0), **fields)
    return number


def part(town, number):
    cancel(town, number, lots=4, held=4)
    return number


def replaced(town, old, new, held=None):
    number = order(town, side=Side.BUY, held=10 * old, price=old)
    cancel(town, number, side=Side.BUY, lots=10, held=10 * old)
    return again(town, number, 10, 10 * new if held is None else held, new, Side.BUY)


STORIES = {
    "posted below zero": ("NONNEG", lambda t: t.transfer(A, B, 1, 1001, TransferCode.ASSIGN)),
    "held more than there is": ("NONNEG", lambda t: t.hold(A, 1, 1001)),
    "a trade of nothing": ("DVP", lambda t: trade(t, amount=0)),
    "a trade for nothing": ("DVP", lambda t: trade(t, price=0)),
    "a trade with oneself": ("DVP", lambda t: trade(t, counter=A)),
    "a trade of cash": ("DVP", lambda t: trade(t, instrument=0)),
    "a negative fee": (
        "DVP",
        lambda t: (t.transfer(B, AccountKind.FEE, 0, 50, TransferCode.TAX), trade(t, fee_sell=-5)),
    ),
    "a buy order sells": ("DVP", lambda t: trade(t, counter=A, account=B, other=order(t, side=Side.BUY, held=1000))),
    "a price above the buyer's limit": (
        "BOOK",
        lambda t: trade(t, order=order(t, side=Side.BUY, held=1000), price=101, amount=1, hold=100),
    ),
    "a price below the seller's limit": (
        "BOOK",
        lambda t: trade(t, counter=A, account=B, other=order(t), price=99, flags=SELLER_HELD),
    ),
    "units out of a sink": (
        "SINK",
        lambda t: (
            t.transfer(A, AccountKind.RETIRED, 1, 5, TransferCode.RETIRE),
            t.transfer(AccountKind.RETIRED, A, 1, 5, TransferCode.ASSIGN),
        ),
    ),
    "a sink that sells": (
        "SINK",
        lambda t: (
            t.transfer(A, AccountKind.EXPIRED, 1, 5, TransferCode.EXPIRE),
            trade(t, counter=int(AccountKind.EXPIRED)),
        ),
    ),
    "an order that holds too little": ("HOLD-ORDER", lambda t: order(t, held=9)),
    "a bid that holds too little": ("HOLD-ORDER", lambda t: order(t, side=Side.BUY, held=999)),
    "an order cancelled by half": ("HOLD-ORDER", lambda t: cancel(t, order(t), held=5)),
    "an order that left with its hold kept": ("HOLD-ORDER", lambda t: cancel(t, order(t), held=0)),
    "a bid that keeps more than it can cost": (
        "HOLD-ORDER",
        lambda t: trade(t, order=order(t, side=Side.BUY, held=1005), amount=5, hold=400),
    ),
    "a bid that left with its fee held": (
        "HOLD-ORDER",
        lambda t: cancel(t, order(t, side=Side.BUY, held=1005), side=Side.BUY, held=1000),
    ),
    "more lots leave than came": ("HOLD-ORDER", lambda t: cancel(t, order(t), lots=11, held=10)),
    "a part of an order that leaves with too much": ("HOLD-ORDER", lambda t: cancel(t, order(t), lots=4, held=5)),
    "an order accepted again while it stands": ("HOLD-ORDER", lambda t: again(t, order(t), lots=10)),
    "an order accepted again beside what is left of it": (
        "HOLD-ORDER",
        lambda t: again(t, part(t, order(t)), lots=10),
    ),
    "a price above the limit that a bid has now": (
        "BOOK",
        lambda t: trade(t, order=replaced(t, 100, 90), price=95, amount=1, hold=95),
    ),
    "a replaced bid that holds too little": ("HOLD-ORDER", lambda t: replaced(t, 90, 100, held=999)),
    "a release of another's hold": (
        "HOLD-SUM",
        lambda t: (
            t.hold(B, 1, 5),
            t.hold(A, 1, 5),
            t.emit(RecordKind.RELEASE, account=B, instrument=1, amount=5, order=2, code=HoldReason.PLEDGE),
        ),
    ),
    "a release of more than is held": (
        "HOLD-SUM",
        lambda t: (
            t.hold(A, 1, 5),
            t.hold(A, 1, 5),
            t.emit(RecordKind.RELEASE, account=A, instrument=1, amount=6, order=1),
        ),
    ),
    "held units sold out of no hold": (
        "HOLD-SUM",
        lambda t: (t.hold(A, 1, 5), trade(t, account=B, counter=A, flags=SELLER_HELD)),
    ),
    "time that falls": (
        "TIME",
        lambda t: (
            setattr(t, "t", 9),
            t.emit(RecordKind.CLOSE, instrument=1),
            setattr(t, "t", 8),
            t.emit(RecordKind.CLOSE, instrument=1),
        ),
    ),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_broken_rule_is_found_at_its_event(found, name):
    code, story = STORIES[name]
    findings, seq = found(story)
    named = {(f.code, f.seq) for f in findings}
    assert (code, seq) in named, findings
    for f in findings:
        assert f.text("en")
        assert f.text("zh")


@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_each_event_is_judged_by_the_terms_in_force_then(tmp_path, towns, manifest, blocks):
    """A bid at 100 trades at 100, moves to 90 and trades at 90, moves to 110 and trades at 110; in 1 to 3 blocks."""
    forger, town = Forger(tmp_path / "ledger.db", manifest), towns()
    forger.commit(*town.drain())
    number = order(town, side=Side.BUY, held=1_005)
    trade(town, order=number, price=100, amount=2, hold=201)
    for step, (new, left) in enumerate(((90, 804), (110, 720))):
        if blocks > step + 1:
            forger.commit(*town.drain())
        cancel(town, number, side=Side.BUY, lots=8, held=left)
        again(town, number, 10, 10 * new, new, Side.BUY)
        trade(town, order=number, price=new, amount=2, hold=2 * new)
    cancel(town, number, side=Side.BUY, lots=8, held=880)
    forger.commit(*town.drain())
    assert forger.verify() == []


def test_a_halt_moves_nothing_and_is_a_row(tmp_path, towns, manifest):
    forger, town = Forger(tmp_path / "ledger.db", manifest), towns()
    town.halt(1)
    _, records, payloads = town.drain()
    forger.replay.apply(records[:-1], payloads)
    before = forger.replay.moved_rows()
    assert before
    replay = Replay()
    assert replay.apply(records, payloads).rows["halt"] == [(len(records), 0, 0, 1, HaltReason.MANUAL, 5, 10_000)]
    assert replay.moved_rows() == before


def test_a_day_on_which_nothing_moved_is_sound(found):
    assert found(lambda t: t.emit(RecordKind.FACT, account=A, amount=1))[0] == []


def test_a_rule_broken_and_mended_within_one_day_is_found_too(found):
    findings, seq = found(
        lambda t: (t.transfer(A, B, 1, 1001, TransferCode.ASSIGN), t.transfer(B, A, 1, 1001, TransferCode.ASSIGN))
    )
    assert [(f.code, f.seq, f.key) for f in findings] == [("NONNEG", seq - 1, (A, 1))]


def test_held_without_holds_is_found_at_the_end(found):
    def story(t):
        t.hold(A, 1, 5)
        t.emit(
            RecordKind.TRANSFER, account=A, counter=B, instrument=1, amount=3, hold=3, other=0, code=TransferCode.ASSIGN
        )

    findings, seq = found(story)
    assert ("HOLD-SUM", seq, ()) in {(f.code, f.seq, f.key) for f in findings}
    assert ("HOLD-SUM", 0, (A, 1)) in {(f.code, f.seq, f.key) for f in findings}
    assert any("5" in f.text("en") for f in findings)


def test_a_cap_counts_what_is_allocated_and_neither_unissued_nor_used_up(found, towns):
    day = towns().t
    cap = {"instruments": [1], "cap_lots": 6000, "from": day, "to": day + 10**12}
    assert found(lambda t: t.transfer(A, AccountKind.SURRENDER, 1, 400, TransferCode.SURRENDER), caps=[cap])[0] == []


@pytest.mark.parametrize(("begins", "ends", "codes"), [(0, 10, ["CAP"]), (10, 20, []), (-5, 0, [])])
def test_a_cap_holds_in_its_time(found, begins, ends, codes):
    cap = {"instruments": [1, 2, 77], "cap_lots": 12_000, "from": begins, "to": ends}
    findings, _ = found(lambda t: t.transfer(AccountKind.ISSUANCE, A, 1, 1, TransferCode.ISSUE), caps=[cap])
    assert [f.code for f in findings] == codes


def test_a_cap_exceeded_is_found_when_it_begins_and_again_when_it_begins_again(tmp_path, towns, manifest):
    cap = {"instruments": [1], "cap_lots": 6000, "from": 0, "to": 10**12}
    forger, town = Forger(tmp_path / "ledger.db", manifest), towns(1, caps=[cap])
    forger.commit(*town.drain())
    found_at = []
    for sink_first in (False, False, True, False):
        if sink_first:
            town.transfer(A, AccountKind.CONSUMED, 1, 3, TransferCode.CONSUME)
        else:
            town.transfer(AccountKind.ISSUANCE, A, 1, 1 if found_at == [] else 2, TransferCode.ISSUE)
        found_at.append(town.seq)
        forger.commit(*town.drain())
    first, _, _, again = found_at
    assert [(f.code, f.seq) for f in forger.verify()] == [("CAP", first), ("CAP", again)]


def test_units_and_cash_from_nowhere_are_found_at_every_event_that_moves_them(towns, manifest):
    """Records are pairs and cannot say it, so it is the state that is made wrong here."""
    town, replay = towns(), Replay()
    for i in (1, 0):
        town.transfer(A, B, i, 3, TransferCode.ASSIGN)
    t, records, payloads = town.drain()
    block = seal(genesis_of(manifest), None, t, records, payloads)
    cells = replay.apply(block.records, payloads).cells
    assert unsound_cells(replay, cells) == []
    replay.balances[B, :2, 0] += 7
    assert unsound_cells(replay, cells) == [
        "CONS instrument 0: all accounts sum to 7",
        "CONS instrument 1: all accounts sum to 7",
    ]
    notes = Notebook()
    audit(block, replay, 0, set(), notes)
    named = {(f.code, f.seq, f.key) for f in notes.findings}
    assert {("CONS-UNITS", block.n - 1, (1,)), ("CONS-CASH", block.n, (0,))} <= named
    moved = [f for f in notes.findings if f.code == "CONS-CASH"]
    assert len(moved) == sum((records["kind"] == RecordKind.TRANSFER) & (records["instrument"] == 0))


def test_an_event_with_another_events_number_is_found(tmp_path, towns, manifest):
    forger = Forger(tmp_path / "ledger.db", manifest)
    t, records, payloads = towns().drain()
    records["seq"][4] = 4
    forger.commit(t, records, payloads)
    assert [(f.code, f.seq) for f in forger.verify()] == [("EV-SUM", 5)]


def test_a_chain_that_cannot_be_replayed_is_a_finding(tmp_path, towns, manifest):
    for number, (change, payload, codes) in enumerate(
        (
            (("kind", -1, 99), None, {"EV-APPLY"}),
            (("account", -1, -1), None, {"EV-APPLY"}),
            (("kind", 0, RecordKind.FACT), None, {"EV-PAYLOAD"}),
            (None, b'{"a": 1}', {"EV-PAYLOAD"}),
        )
    ):
        forger = Forger(tmp_path / f"{number}.db", manifest)
        t, records, payloads = towns().drain()
        if change:
            field, row, value = change
            records[field][row] = value
        block = seal(forger.genesis, None, t, records, [payload, *payloads[1:]] if payload else payloads)
        forger.writer.write(block, {})
        findings = forger.verify()
        assert {f.code for f in findings} == codes
        assert all(f.text("zh") and f.text("en") for f in findings)
