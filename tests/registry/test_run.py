"""The registry inside a run of Qinghai: a pledge in default is sold to real bids, a suspended market is still."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest

from ecomarket.engine.clock import Clock, Market
from ecomarket.engine.day import RunDay
from ecomarket.engine.drive import Keeper
from ecomarket.engine.opening import open_run
from ecomarket.engine.world import build
from ecomarket.ledger.canon import canonical
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.ledger.verify import verify
from ecomarket.model.codes import Mechanism, RecordKind, TransferCode
from ecomarket.model.observation import Moment
from ecomarket.model.registry import Pledge
from ecomarket.model.stated import NoteCode
from ecomarket.policies.policy import Policy
from ecomarket.scenario import load

if TYPE_CHECKING:
    from pathlib import Path

LAST = date(2024, 1, 16)
RULES = "policies.registry-rules"
SUSPENDED = (
    f"{RULES}.suspended_right=so2",
    f"{RULES}.suspended_from=2024-01-09",
    f"{RULES}.suspended_until=2024-01-12",
)


class Lender(Policy):
    """Pledges once: the largest holder of each permit that trades, to the first bank-like party with money."""

    kind: ClassVar[str] = "lender"
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.AFTER_SESSION})

    def __init__(self, params, setting) -> None:
        super().__init__(params, setting)
        self.pledged: dict[int, tuple[int, int]] = {}

    def on(self, moment, view, draws):
        people = [p.account for p in self.setting.participants]
        bank = max(people, key=lambda a: view.free(a, 0))
        for instrument in self.setting.listed("nox"):
            price = int(view.board.mean20[instrument.index])
            holder = max((a for a in people if a != bank), key=lambda a: view.free(a, instrument.index))
            lots = min(view.free(holder, instrument.index), 50)
            if price and lots > 0 and instrument.index not in self.pledged:
                self.pledged[instrument.index] = holder, lots
                yield Pledge(holder, instrument.index, lots, bank, price * lots // 2)


def drive(path: Path, *changes: str) -> Lender:
    scenario = load("qinghai", changes)
    journal = Journal(canonical({"digest": scenario.digest}), BlockWriter(path))
    keeper = Keeper(journal, lambda *_: None)
    world = build(scenario, 1, keeper.commit)
    keeper.world = world
    world.calendar = replace(world.calendar, end=LAST)
    lender = Lender(Lender.Params(), world.setting)
    world.policies = (*world.policies, lender)
    open_run(world, scenario, 1)
    closing = world.executor.registry.before_close
    market = Market(world.exchange, world.cohorts.intents, world.setting.instruments, closing)
    Clock(market, world.calendar.days, lambda number: RunDay(world, number)).run()
    journal.close()
    assert not [k for k in world.executor.refused if k[0] == "Transfer"]
    return lender


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = tmp_path_factory.mktemp("registry") / "ledger.db"
    return path, drive(path, f"{RULES}.sale_share=0.01", f"{RULES}.call_share=0.01", *SUSPENDED)


def test_the_ledger_verifies(run):
    assert verify(run[0]).findings == []


def test_a_pledge_in_default_is_sold_by_the_pledgee_into_the_bids(run):
    path, lender = run
    with open_ledger(path) as ledger:
        acts = [payload["act"] for _, payload in ledger.notes(NoteCode.REGISTRY_ACT)]
        records = ledger.load().records
    assert acts.count("pledge") == len(lender.pledged) == acts.count("default") > 0
    assert acts.count("sold") > 0
    moved = records[(records["kind"] == RecordKind.TRANSFER) & (records["code"] == TransferCode.ENFORCEMENT)]
    bank = int(moved["counter"][0])
    sold = records[(records["kind"] == RecordKind.TRADE) & (records["counter"] == bank)]
    sold = sold[np.isin(sold["instrument"], list(lender.pledged)) & (sold["code"] == Mechanism.CONTINUOUS)]
    assert len(sold) > 0


def test_a_suspended_market_is_still_and_then_trades_again(run):
    with open_ledger(run[0]) as ledger:
        so2 = [i.instrument for i in ledger.instruments.values() if i.right == "so2"]
        records = ledger.load().records
        first, last = ledger.time(date(2024, 1, 9)), ledger.time(date(2024, 1, 12))
        told = [int(r["code"]) for r, _ in ledger.notes(NoteCode.MARKET_SUSPENDED, NoteCode.MARKET_RESUMED)]
    own = records[np.isin(records["instrument"], so2)]
    inside = own[(own["t"] >= first) & (own["t"] < last)]
    assert told == [NoteCode.MARKET_SUSPENDED, NoteCode.MARKET_RESUMED]
    assert not np.isin(inside["kind"], (RecordKind.TRADE, RecordKind.ORDER_ACCEPTED)).any()
    assert (own["kind"][own["t"] < first] == RecordKind.TRADE).any()
    assert (own["kind"][own["t"] >= last] == RecordKind.ORDER_ACCEPTED).any()


def test_acts_are_rows_that_say_which_pledge_they_are_about(run):
    with open_ledger(run[0]) as ledger:
        columns, rows = ledger.table("registry_act")
        told = [(payload["act"], payload.get("pledge", 0)) for _, payload in ledger.notes(NoteCode.REGISTRY_ACT)]
        stopped = [int(r["seq"]) for r, _ in ledger.notes(NoteCode.MARKET_SUSPENDED, NoteCode.MARKET_RESUMED)]
    acts = [dict(zip(columns, row, strict=True)) for row in rows]
    assert [(a["act"], a["number"]) for a in acts if a["note"] == NoteCode.REGISTRY_ACT] == told
    assert [a["seq"] for a in acts if a["note"] != NoteCode.REGISTRY_ACT] == stopped
