"""A shipped scenario run in memory to a day: the world it ends in, and its journal."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from ecomarket.engine.drive import drive, genesis
from ecomarket.engine.run import Driving, run_key
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.memory import BlockKeeper
from ecomarket.scenario import load

if TYPE_CHECKING:
    from datetime import date

    from ecomarket.engine.world import World
    from ecomarket.ledger.query import Events
    from ecomarket.scenario import Scenario


def in_memory(scenario: Scenario, seed: int, until: date) -> tuple[World, BlockKeeper]:
    """Run a scenario; its blocks are kept, nothing is written."""
    kept, driving = BlockKeeper(), Driving(seed, until)
    keeper, _ = drive(scenario, driving, Journal(genesis(run_key(scenario, driving)), kept), lambda *_: None)
    return keeper.world, kept


@cache
def played(name: str, seed: int, until: date, without: str = "") -> tuple[World, Events]:
    """Run a shipped scenario, with all its policies or without one kind, once."""
    scenario = load(name)
    world, kept = in_memory(
        replace(scenario, policies=tuple(p for p in scenario.policies if p.kind != without)), seed, until
    )
    return world, kept.load()
