"""A run that leaves nothing behind: its blocks are kept in memory, for whoever needs many runs and no folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.engine.drive import drive, genesis
from ecomarket.engine.run import Driving, run_key
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.memory import BlockKeeper

if TYPE_CHECKING:
    from ecomarket.scenario import Scenario


def run_in_memory(scenario: Scenario, seed: int) -> BlockKeeper:
    """Run a scenario to its end and return its blocks; the head is that of the same run in a folder."""
    kept, driving = BlockKeeper(), Driving(seed, scenario.end)
    drive(scenario, driving, Journal(genesis(run_key(scenario, driving)), kept), lambda *_: None)
    return kept
