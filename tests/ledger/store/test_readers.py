"""Whoever reads while the run is being written sees one moment, never half of two (LEDGER.md section 7)."""

from __future__ import annotations

import os
import threading
import time

import numpy as np

from ecomarket.ledger.journal import Journal
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.replay import Replay
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.ledger.verify import verify

SECONDS = 300 if os.environ.get("ECOMARKET_SOAK") else 4
READERS = 8 if os.environ.get("ECOMARKET_SOAK") else 3


class Reader(threading.Thread):
    """Asks again and again for things that must agree if they are of one moment."""

    def __init__(self, place, until):
        super().__init__()
        self.place, self.until = place, until
        self.read, self.torn, self.moments = 0, [], set()

    def run(self):
        while not self.until.is_set():
            with open_ledger(self.place) as ledger:
                events, head, balances = ledger.events, ledger.head, ledger.balances()
                time.sleep(0.002)
                trades = ledger.table("trade")[1]
                blocks = list(ledger.blocks())
            replay, told = Replay(), []
            for block in blocks:
                told += replay.apply(block.records, block.payloads).rows.get("trade", [])
            same = replay.seq == events and blocks[-1].hash.hex() == head and trades == told
            size = np.minimum(balances.shape, replay.balances.shape)
            if not same or (balances != replay.balances[: size[0], : size[1]]).any():
                self.torn.append((events, replay.seq, len(trades), len(told)))
            self.read += 1
            self.moments.add(events)


def test_no_answer_is_torn(towns, manifest, place):
    town, journal = towns(), Journal(manifest, BlockWriter(place))
    journal.commit(*town.day(5))
    until = threading.Event()
    readers = [Reader(place, until) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end or min(reader.read for reader in readers) < 2:  # a busy machine gets its time
        assert all(reader.is_alive() for reader in readers)
        journal.commit(*town.day(5))
        time.sleep(0.002)
    until.set()
    for reader in readers:
        reader.join()
    journal.close()
    assert [reader.torn for reader in readers] == [[]] * READERS
    assert all(reader.read > 1 for reader in readers)
    assert len(set().union(*(reader.moments for reader in readers))) > 3, "the readers saw nothing change"
    assert verify(place).clean
