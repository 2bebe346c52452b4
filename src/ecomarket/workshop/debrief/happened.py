"""A room as the debrief sees it: its run, its record, its plan, and where every seat stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from ecomarket.engine.folder import read_manifest
from ecomarket.ledger.place import place_of
from ecomarket.results.exact import price_yuan
from ecomarket.results.summary import measures
from ecomarket.results.write import load_frames
from ecomarket.units import DAY
from ecomarket.workshop.debrief.record import Slot, read_record
from ecomarket.workshop.debrief.standings import standings
from ecomarket.workshop.debrief.surveys import surveys
from ecomarket.workshop.plan.seating import planned_seats

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from ecomarket.results.frames import Frames
    from ecomarket.scenario import Scenario
    from ecomarket.workshop.debrief.record import Record
    from ecomarket.workshop.debrief.standings import Standing
    from ecomarket.workshop.plan.model import RoomPlan
    from ecomarket.workshop.plan.seating import PlannedSeat

RUN: Final = "run"


@dataclass(frozen=True)
class Happened:
    """What happened in a room. `folder` is the room's; its run is in `run/`."""

    folder: Path
    scenario: Scenario
    plan: RoomPlan
    frames: Frames
    manifest: Mapping[str, Any]
    record: Record
    answers: Mapping[str, Mapping[str, Counter[int]]]

    @cached_property
    def seats(self) -> dict[str, PlannedSeat]:
        """Return the seats by code, in the plan's order; those whose participant the run registered."""
        known = set(self.frames.participants["code"])
        return {s.code: s for s in planned_seats(self.scenario, self.plan) if s.code in known}

    @cached_property
    def standings(self) -> list[Standing]:
        """Return where the seats stand, in the order of the ranking."""
        return standings(self.frames, self.seats, self.scenario)

    @cached_property
    def measures(self) -> dict[str, Any]:
        """Return every measure of the run, as `ecomarket report` has them."""
        return measures(self.frames)

    @cached_property
    def accounts(self) -> dict[str, int]:
        """Return the account of each seat."""
        people = self.frames.participants
        found = dict(zip(people["code"], people.index.tolist(), strict=True))
        return {seat: int(found[seat]) for seat in self.seats}

    @property
    def ranking(self) -> str:
        """Return how the ranking was shown at last: hidden, anonymous or public."""
        return self.record.ranking

    @property
    def named(self) -> bool:
        """Tell whether the page may say which seat did what: only where the ranking was public."""
        return self.ranking == "public"

    @cached_property
    def rights(self) -> list[str]:
        """Return the rights that were traded, the largest turnover first."""
        turnover = self.frames.trades.groupby("right")["value"].sum()
        return [str(r) for r in turnover.sort_values(ascending=False, kind="stable").index]

    def price(self, right: str, cash_per_lot: float) -> float:
        """Return a price in CNY a unit."""
        return price_yuan(float(cash_per_lot), self.frames.lot(right))

    def units(self, right: str, lots: float) -> float:
        """Return lots in the right's own unit."""
        return float(lots) * float(self.frames.lot(right))


def read_room(folder: Path, scenario: Scenario, plan: RoomPlan) -> Happened:
    """Read a room's folder. Raises RunError if its run cannot be read."""
    run = folder / RUN
    manifest = read_manifest(run)
    ended = str(manifest.get("last_day", scenario.end.isoformat())) >= scenario.end.isoformat()
    frames = load_frames(place_of(run), scenario, ended=ended)
    slots = [Slot(p.kind, _evening(p.until, scenario) if p.until else 0) for p in plan.phases]
    record = read_record(folder, slots)
    return Happened(folder, scenario, plan, frames, manifest, record, surveys(folder))


def _evening(day: date, scenario: Scenario) -> int:
    """Return the last moment of a day in simulated time."""
    return ((day - scenario.start).days + 1) * DAY - 1
