"""LEDGER.md row 14: a command delivered again, in any disorder, with crashes between, is done once."""

from __future__ import annotations

import os
import random

import pytest
from tests.sizes import cases

from ecomarket.errors import IdempotencyConflictError, IntegrityError
from ecomarket.exchange.alone import open_market
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import VenueRules
from ecomarket.ledger.canon import canonical
from ecomarket.ledger.commands import Commands, told
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.resume import Rejoin, stored_run
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.model.record import RECORD
from ecomarket.model.stated import NoteCode

KILLED, DONE = -9, 0
PEOPLE = {"mill": (10**10, 200), "plant": (10**10, 200), "works": (10**10, 200)}
PRICE = 420_000
RUNS = cases(200, 10_000)


class Counter:
    """A market behind a counter: takes commands, commits each one's block, then answers."""

    def __init__(self, ledger):
        stored = stored_run(ledger) if ledger else None
        manifest = canonical({"counter": "carbon", "seed": 1})
        sink = None if ledger is None else Rejoin(ledger, stored) if stored else BlockWriter(ledger)
        self.journal = Journal(manifest, sink)
        self.market = open_market(VenueRules("carbon", tick_cash=100), PRICE, PEOPLE, engine=ReferenceExchange)
        self.commands = Commands(self.market.exchange)
        self.commit()
        for before in self.stored(ledger) if stored else []:
            assert self.take(before.id, before.arguments) == before.outcome

    def stored(self, ledger):
        with open_ledger(ledger) as opened:
            return list(told(opened.blocks()))

    def commit(self):
        records, payloads = self.market.exchange.drain()
        self.journal.commit(self.market.t, records, payloads)

    def take(self, sender_id, arguments):
        outcome = self.commands.once(self.market.t + 1, sender_id, arguments, lambda: self.act(**arguments))
        self.commit()
        return outcome

    def act(self, verb, who, **order):
        if verb == "cancel":
            return {"refusal": int(self.market.cancel(who, **order))}
        done = (self.market.buy if verb == "buy" else self.market.sell)(who, **order)
        return {"order": done.order, "refusal": int(done.refusal), "filled": done.filled_lots}


def script(chance, length=12):
    """Orders of three firms; some are refused (too dear, nothing to cancel), which is an outcome too."""
    commands = []
    for number in range(length):
        who = chance.choice(sorted(PEOPLE))
        verb = chance.choice(["buy", "sell", "buy", "sell", "cancel"])
        price, lots = PRICE + 100 * chance.randint(-5, 5), chance.choice([1, 5, 20, 10**6])
        order = {"order": chance.randint(1, 9)} if verb == "cancel" else {"price": price, "lots": lots}
        commands.append((f"{who}/{number}", {"verb": verb, "who": who, **order}))
    return commands


def deliveries(chance, commands):
    """Each command once in its turn, and up to three times more at any later time."""
    places = [(number, k) for k, number in enumerate(range(len(commands)))]
    for number in range(len(commands)):
        places += [(chance.uniform(number, len(commands)), number) for _ in range(chance.randint(0, 3))]
    return [commands[number] for _, number in sorted(places)]


def serve(ledger, arrive, expected):
    """Open a counter, take what arrives, close; every answer must be the one of a quiet delivery."""
    counter = Counter(ledger)
    for sender_id, arguments in arrive:
        assert counter.take(sender_id, arguments) == expected[sender_id]
    counter.journal.close()


def serve_and_die(ledger, arrive, expected, fault):
    """Serve in a forked child that dies of the fault; a wrong answer is another exit code."""
    child = os.fork()
    if not child:
        code = 70
        try:
            fault()
            serve(ledger, arrive, expected)
            code = DONE
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_delivered_up_to_four_times_with_crashes_between(trace, blocks, tmp_path, soak, record_property):
    """Senders who hear nothing send everything again; head and answers are those of one quiet delivery."""
    crashes = 0
    for seed in RUNS.numbers:
        chance = random.Random(seed)
        commands = script(chance)
        quiet = Counter(None)
        expected = {sender_id: quiet.take(sender_id, arguments) for sender_id, arguments in commands}
        ledger = tmp_path / f"{seed}.db"
        for _ in range(chance.choice([0, 0, 1, 2] if not soak else [0, 1, 2, 3])):
            point = chance.choice(["before-journal", "between", "before-commit", "after-commit"])
            fault = trace(point, chance.randint(1, len(commands) + 1)).install
            ended = serve_and_die(ledger, deliveries(chance, commands), expected, fault)
            assert ended in (KILLED, DONE)
            crashes += ended == KILLED
        serve(ledger, deliveries(chance, commands), expected)
        with open_ledger(ledger) as opened:
            assert opened.head == quiet.journal.head.hex()
            assert [c.id for c in told(opened.blocks())] == [sender_id for sender_id, _ in commands]
        assert blocks(ledger) == 13
        ledger.unlink()
    assert crashes >= len(RUNS.numbers) // 4
    record_property("runs", RUNS.told)
    record_property("crashes", crashes)


def test_the_same_id_with_other_arguments_is_refused_and_does_nothing():
    counter = Counter(None)
    order = {"verb": "buy", "who": "mill", "price": PRICE, "lots": 5}
    first = counter.take("mill/1", order)
    events = counter.journal.events
    with pytest.raises(IdempotencyConflictError, match="'mill/1' came before with other arguments") as caught:
        counter.take("mill/1", order | {"lots": 6})
    assert "mill/1" in caught.value.text("zh")
    assert caught.value.exit_code == 2
    assert counter.journal.events == events
    assert counter.take("mill/1", order) == first
    assert counter.journal.events == events


def test_what_a_caller_does_to_its_outcome_changes_nobody_elses():
    counter = Counter(None)
    order = {"verb": "buy", "who": "mill", "price": PRICE, "lots": 5}
    first = counter.take("mill/1", order)
    kept = dict(first)
    first["refusal"] = 99
    counter.take("mill/1", order)["refusal"] = 98
    assert counter.take("mill/1", order) == kept


def test_a_refused_command_keeps_its_refusal():
    counter = Counter(None)
    order = {"verb": "sell", "who": "mill", "price": PRICE, "lots": 10**6}
    first = counter.take("mill/1", order)
    assert first["refusal"] > 0
    counter.take("plant/1", {"verb": "sell", "who": "plant", "price": PRICE, "lots": 1})
    assert counter.take("mill/1", order) == first


def test_a_float_has_no_place_in_a_command():
    counter = Counter(None)
    with pytest.raises(TypeError):
        counter.take("mill/1", {"verb": "buy", "who": "mill", "price": PRICE, "lots": 1.0})
    assert counter.market.quotes().best_bid == 0


def test_an_outcome_that_cannot_be_kept_is_kept_as_why_and_not_done_again():
    counter = Counter(None)
    once = counter.market.buy
    counter.act = lambda who, price, **_: {"price": float(once(who, price, 1).order)}
    asked = {"verb": "buy", "who": "mill", "price": PRICE, "lots": 1}
    answers = [counter.take("mill/1", asked) for _ in range(3)]
    assert answers == [{"unkept": "float has no canonical form: 1.0"}] * 3
    assert counter.market.quotes().bid_lots == 1, "one order, however often it was sent"


def test_no_journal_holds_a_command_twice():
    journal = Journal(canonical({"run": "twice"}))
    payload = canonical({"id": "mill/1", "arguments": {}, "outcome": {}})
    for seq in (1, 2):
        record = first_note(seq)
        if seq == 1:
            journal.commit(0, record, [payload])
        else:
            with pytest.raises(IntegrityError, match="event 2: command 'mill/1' is done twice"):
                journal.commit(0, record, [payload])


def first_note(seq):
    import numpy as np

    record = np.zeros(1, dtype=RECORD)
    record["seq"], record["code"], record["account"], record["instrument"] = seq, NoteCode.COMMAND, -1, -1
    return record
