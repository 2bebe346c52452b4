"""A run that leaves nothing behind: its blocks are kept in memory, for whoever needs many runs and no folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ecomarket.engine.drive import drive, genesis
from ecomarket.engine.run import Driving, run_key
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.memory import BlockKeeper

if TYPE_CHECKING:
    from datetime import date

    from ecomarket.engine.drive import Keeper
    from ecomarket.scenario import Scenario


class InMemory(NamedTuple):
    """A run kept in memory: its blocks, its journal (head, events), what was counted, with the world at its end."""

    blocks: BlockKeeper
    journal: Journal
    keeper: Keeper


def run_in_memory(scenario: Scenario, seed: int, until: date | None = None) -> InMemory:
    """Run a scenario to its end, or to a day; the head is that of the same run in a folder.

    Raises KeyboardInterrupt if it was asked to stop: half a run is none.
    """
    driving, kept = Driving(seed, until or scenario.end), BlockKeeper()
    journal = Journal(genesis(run_key(scenario, driving)), kept)
    keeper, stopped = drive(scenario, driving, journal, lambda *_: None)
    if stopped:
        raise KeyboardInterrupt
    return InMemory(kept, journal, keeper)
