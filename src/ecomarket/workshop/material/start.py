"""Each seat at the start of the world: what it holds, owes, and can do, read from the built world."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ecomarket.engine.day import RunDay
from ecomarket.engine.opening import open_run
from ecomarket.engine.world import build
from ecomarket.i18n import catalogue
from ecomarket.model.seat import CutChoice
from ecomarket.scenario.schema.base import Label
from ecomarket.scenario.states import drawn
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from ecomarket.engine.world import World
    from ecomarket.model.entities import Instrument
    from ecomarket.scenario import Scenario
    from ecomarket.workshop.plan.seating import PlannedSeat

Fact = int | float | Decimal | str
DAYS_MOST: Final = 15
"""Days to wait for the first sitting: longer than any holiday."""


@dataclass(frozen=True, slots=True)
class Market:
    """A product that is traded somewhere: its code, right, venue, unit of an amount and size of a lot in it."""

    code: str
    right: str
    label: Label
    venue: Label
    mechanism: str
    unit: str
    lot: Decimal


@dataclass(frozen=True, slots=True)
class Holding:
    """What a seat holds of a right that is traded, in the right's unit."""

    label: Label
    unit: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Duty:
    """What a seat will need of a right by a day if it decides nothing, and what it has, in the right's unit."""

    label: Label
    unit: str
    need: Decimal
    have: Decimal
    due: date


@dataclass(frozen=True, slots=True)
class Cost:
    """What cutting costs: for a pollutant, (t a year cut, CNY of the last of these tonnes) at rising cuts.

    `now_t` is what the seat cuts from the first day, as it would without any market.
    """

    right: str
    now_t: float
    curve: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class SeatStart:
    """A seat at the start; `facts` are the columns of its table that the catalogue has words for, CNY and units."""

    seat: PlannedSeat
    cash_cny: Decimal
    holdings: tuple[Holding, ...]
    duties: tuple[Duty, ...]
    costs: tuple[Cost, ...]
    facts: tuple[tuple[str, Fact], ...]
    zone: Label | None = field(default=None)


def started(scenario: Scenario, seats: Sequence[PlannedSeat], seed: int = 1) -> World:
    """Return the world at its first sitting, people at the seats who have not decided anything yet.

    The exchange is the plain one, so that nothing is compiled. Raises what a rule or an agent raises.
    """
    scenario, state = drawn(scenario, seed)
    world = build(scenario, seed, lambda _t, _today: None, engine="reference")
    open_run(world, scenario, seed, state)
    taken = {seat.code for seat in seats}
    for participant in world.setting.participants:
        if participant.code in taken:
            world.people.drive(participant.account, person=True)
    for number in range(min(world.calendar.days, DAYS_MOST)):
        day = RunDay(world, number)
        if day.morning():
            break
        day.evening()
    return world


def markets_of(scenario: Scenario, world: World) -> tuple[Market, ...]:
    """Return what is traded at venues of the scenario, one entry an instrument, in the world's order."""
    venues = list(scenario.config.venues.values())
    found = []
    for instrument in world.setting.instruments[1:]:
        if instrument.venue < 0:
            continue
        venue = venues[instrument.venue]
        found.append(
            Market(
                instrument.code,
                instrument.right,
                _label(scenario, instrument),
                venue.label,
                venue.mechanism,
                instrument.unit,
                Decimal(instrument.lot),
            )
        )
    return tuple(found)


def seat_starts(scenario: Scenario, world: World, seats: Sequence[PlannedSeat]) -> tuple[SeatStart, ...]:
    """Return each seat at the start of a world that has just begun (`started`)."""
    participants = {p.code: p for p in world.setting.participants}
    balances = world.balances()
    found = []
    for seat in seats:
        participant = participants[seat.code]
        own = balances[participant.account, :, 0]
        holdings = tuple(
            Holding(_label(scenario, i), i.unit, int(own[i.index]) * Decimal(i.lot))
            for i in world.setting.instruments[1:]
            if own[i.index]
        )
        duties, costs = _seat_words(scenario, world, participant.account)
        found.append(
            SeatStart(
                seat,
                Decimal(int(own[0])) / CASH_PER_YUAN,
                holdings,
                duties,
                costs,
                _facts(participant.facts),
                _zone(scenario, seat.zone),
            )
        )
    return tuple(found)


def _seat_words(scenario: Scenario, world: World, account: int) -> tuple[tuple[Duty, ...], tuple[Cost, ...]]:
    """Return what the seat's strategies say of its duties and of its own costs."""
    duties, costs = [], []
    for strategy in world.cohorts.strategies:
        rows = [row for row, member in enumerate(strategy.members) if member.account == account]
        if not rows:
            continue
        view = world.seer.view(strategy, world.keeper.board, world.balances())
        for need in strategy.dues(rows[0], view):
            instrument = world.setting.instruments[max(need.instrument, 0)]
            lot = Decimal(instrument.lot) if need.instrument > 0 else Decimal(1)
            right = scenario.config.rights.get(need.right)
            unit = instrument.unit if need.instrument > 0 else (right.amount_unit if right else "")
            label = right.label if right else _label(scenario, instrument)
            duties.append(Duty(label, unit, need.need * lot, need.have * lot, need.due))
        choices = strategy.choices(rows[0], view)
        costs += [Cost(c.right, c.now_t, c.curve) for c in choices if isinstance(c, CutChoice)]
    return tuple(duties), tuple(costs)


def _facts(facts: Mapping[str, Fact]) -> tuple[tuple[str, Fact], ...]:
    """Return the facts that a card shows: those the catalogue has words for, that say something."""
    words = catalogue("cards")
    return tuple((name, facts[name]) for key in words if (name := key.removeprefix("fact.")) != key and facts.get(name))


def _label(scenario: Scenario, instrument: Instrument) -> Label:
    right = scenario.config.rights[instrument.right]
    own = {"en": right.label.text("en") or instrument.right, "zh": right.label.text("zh") or instrument.right}
    if instrument.vintage:
        own = {lang: f"{text} {instrument.vintage}" for lang, text in own.items()}
    return Label(**own)


def _zone(scenario: Scenario, code: str) -> Label | None:
    for row in scenario.config.zones:
        if row.code == code:
            return Label(en=row.name_en or code, zh=row.name_zh or code)
    return None
