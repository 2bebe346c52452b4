"""What the exchange writes, the ledger can replay: the same balances, the same open orders, no invariant broken."""

from __future__ import annotations

import numpy as np
import pytest

from ecomarket.chance import bits
from ecomarket.ledger.block import genesis_of, seal
from ecomarket.ledger.canon import canonical
from ecomarket.ledger.findings import Notebook
from ecomarket.ledger.invariants import audit, audit_end
from ecomarket.ledger.replay import Replay

STEPS, BLOCKS = 300, 7


@pytest.mark.parametrize("seed", range(6))
def test_a_stream_replays_without_a_finding(streams, engine, seed) -> None:
    driver, replay, notes = streams.Driver(engine(*streams.SHAPE)), Replay(), Notebook()
    driver.start()
    rolls = bits(seed, np.arange(STEPS * BLOCKS)[:, None], "stream", 0, np.arange(8)[None, :]).tolist()
    genesis, last, since = genesis_of(canonical({"seed": seed})), None, 0
    for number in range(BLOCKS):
        for roll in rolls[number * STEPS : (number + 1) * STEPS]:
            driver.step(roll)
        last = seal(genesis, last, driver.t, *driver.x.drain())
        replay.apply(last.records, last.payloads)
        audit(last, replay, since, set(), notes)
        since = last.t
    audit_end(replay, notes)
    assert notes.findings == []
    balances = driver.x.balances()
    accounts, instruments = replay.balances.shape[:2]
    assert np.array_equal(replay.balances, balances[:accounts, :instruments])
    live = {int(n) for n in replay.open_holds() if replay.holds["side"][n]}
    rows = np.concatenate([driver.x.resting(i) for i in streams.BOOKS])
    assert live == set(rows["order"].tolist())
    assert replay.holds["lots"][rows["order"]].tolist() == rows["lots"].tolist()
    assert replay.holds["price"][rows["order"]].tolist() == rows["price"].tolist()
