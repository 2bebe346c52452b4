"""LEDGER.md row 18: one writer, many readers, clients who send again: nobody sees half of two moments, nothing is lost.

A client sends a command up to four times and waits for its answer, which the writer gives after the commit. Whoever then
opens the ledger finds the command in it, once, with that answer (LEDGER.md sections 6 and 7).
"""

from __future__ import annotations

import queue
import random
import threading
import time

import numpy as np
from tests.sizes import SOAK

from ecomarket.ledger.canon import parse
from ecomarket.ledger.commands import Commands, told
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.replay import Replay
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.ledger.verify import verify
from ecomarket.model.codes import RecordKind
from ecomarket.model.stated import FactCode

SECONDS = 300 if SOAK else 5
"""On each of two databases."""
READERS = CLIENTS = 8 if SOAK else 3


class Reader(threading.Thread):
    """Asks again and again for things that must agree if they are of one moment."""

    def __init__(self, place, clients, until):
        super().__init__()
        self.place, self.clients, self.until = place, clients, until
        self.read, self.torn, self.lost, self.moments, self.waits = 0, [], set(), set(), []

    def run(self):
        while not self.until.is_set():
            answered = {sender_id for client in self.clients for sender_id in list(client.answers)}
            began = time.monotonic()
            with open_ledger(self.place) as ledger:
                events, head, balances = ledger.events, ledger.head, ledger.balances()
                self.waits.append(time.monotonic() - began)
                time.sleep(0.002)
                trades = ledger.table("trade")[1]
                blocks = list(ledger.blocks())
                self.lost |= answered - {command.id for command in told(ledger.blocks())}
            replay, rows = Replay(), []
            for block in blocks:
                rows += replay.apply(block.records, block.payloads).rows.get("trade", [])
            same = replay.seq == events and blocks[-1].hash.hex() == head and trades == rows
            size = np.minimum(balances.shape, replay.balances.shape)
            if not same or (balances != replay.balances[: size[0], : size[1]]).any():
                self.torn.append((events, replay.seq, len(trades), len(rows)))
            self.read += 1
            self.moments.add(events)


class Client(threading.Thread):
    """Sends command after command, each up to four times; remembers the answer to each and every other one to the same."""

    def __init__(self, number, counter, until):
        super().__init__()
        self.number, self.counter, self.until = number, counter, until
        self.chance, self.inbox = random.Random(number), queue.Queue()
        self.answers, self.others = {}, []

    def run(self):
        sent = 0
        while not self.until.is_set():
            sent += 1
            sender_id, arguments = f"client-{self.number}/{sent}", {"amount": self.chance.randrange(1, 1000)}
            times = self.chance.randint(1, 4)
            for _ in range(times):
                self.counter.put((self, sender_id, arguments))
            outcomes = [self.inbox.get() for _ in range(times)]
            self.others += [outcome for outcome in outcomes if outcome != outcomes[0]]
            self.answers[sender_id] = outcomes[0]


class Writer:
    """A town whose days go by, and which takes the commands that wait before each."""

    def __init__(self, town, journal):
        self.town, self.journal, self.commands = town, journal, Commands(self)

    def note(self, _, code, payload):
        self.town.note(code, parse(payload))

    def take(self, sender_id, arguments):
        def act():
            self.town.emit(RecordKind.FACT, code=FactCode.EMISSION_T_MILLI, account=15, **arguments)
            return {"event": self.town.seq}

        return self.commands.once(self.town.t, sender_id, arguments, act)

    def day(self, counter):
        """Take what has arrived, commit it with the day, and only then answer."""
        arrived = [counter.get() for _ in range(counter.qsize())]
        answers = [(client, self.take(sender_id, arguments)) for client, sender_id, arguments in arrived]
        self.journal.commit(*self.town.day(5))
        for client, outcome in answers:
            client.inbox.put(outcome)


def test_no_answer_is_torn_and_no_command_lost(towns, manifest, place, record_property):
    writer = Writer(towns(), Journal(manifest, BlockWriter(place)))
    counter, gone, until = queue.Queue(), threading.Event(), threading.Event()
    writer.day(counter)
    clients = [Client(number, counter, gone) for number in range(CLIENTS)]
    readers = [Reader(place, clients, until) for _ in range(READERS)]
    for thread in (*clients, *readers):
        thread.start()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end or min(reader.read for reader in readers) < 2:  # a busy machine gets its time
        assert all(thread.is_alive() for thread in (*clients, *readers))
        writer.day(counter)
        time.sleep(0.002)
    gone.set()
    while any(client.is_alive() for client in clients):
        writer.day(counter)
    until.set()
    for thread in readers:
        thread.join()
    writer.journal.close()
    assert [reader.torn for reader in readers] == [[]] * READERS
    assert [reader.lost for reader in readers] == [set()] * READERS
    assert len(set().union(*(reader.moments for reader in readers))) > 3, "the readers saw nothing change"
    once_each(place, clients)
    assert verify(place).clean
    record_property("reads", sum(reader.read for reader in readers))
    record_property("commands", sum(len(client.answers) for client in clients))
    waits = sorted(wait for reader in readers for wait in reader.waits)
    where = "PostgreSQL" if isinstance(place, str) else "SQLite"
    record_property(f"ms_for_99_of_100_short_answers_of_{where}", round(1000 * waits[len(waits) * 99 // 100]))


def once_each(place, clients):
    """Every answer that a client has is in the ledger once, and nothing else is."""
    answers = {sender_id: outcome for client in clients for sender_id, outcome in client.answers.items()}
    assert [client.others for client in clients] == [[]] * CLIENTS
    assert all(client.answers for client in clients)
    with open_ledger(place) as ledger:
        stored = list(told(ledger.blocks()))
        records = ledger.load().records
    assert len(stored) == len(answers)
    assert {command.id: command.outcome for command in stored} == answers
    amounts = records["amount"][[command.outcome["event"] - 1 for command in stored]]
    assert amounts.tolist() == [command.arguments["amount"] for command in stored]
