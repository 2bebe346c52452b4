"""A world: everything of one run, built from a scenario and a seed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ecomarket.agents.strategy import Strategy
from ecomarket.chance import Draws
from ecomarket.engine.amending import Amendments
from ecomarket.engine.board import BoardKeeper
from ecomarket.engine.calendar import Calendar, Sitting, cut
from ecomarket.engine.carry_out import Executor
from ecomarket.engine.cohorts import Cohorts, Seer, gather
from ecomarket.engine.listing import SITTING, charges, charges_of_venue, listings, number_instruments, venue_rules
from ecomarket.engine.negotiations import Negotiations, rooms
from ecomarket.engine.ordered import enacted
from ecomarket.engine.own_issues import OwnIssues
from ecomarket.engine.passages import passages
from ecomarket.engine.people import People
from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.model.codes import SYSTEM_ACCOUNTS, Mechanism
from ecomarket.model.entities import Participant
from ecomarket.model.facts import FactBook
from ecomarket.model.observation import PolicyView
from ecomarket.model.setting import Setting
from ecomarket.nature.process import Process
from ecomarket.registry import find
from ecomarket.rights.right import Right
from ecomarket.scenario.schedules import schedules_of
from ecomarket.scenario.schema.base import open_amount
from ecomarket.scenario.schema.market import minutes
from ecomarket.scenario.states import in_state
from ecomarket.scenario.venues import mechanism_of
from ecomarket.units import PPM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from numpy.typing import NDArray

    from ecomarket.exchange.protocol import Exchange
    from ecomarket.exchange.rules import VenueRules
    from ecomarket.model.entities import Instrument, Zone
    from ecomarket.model.schedule import Schedule
    from ecomarket.policies.policy import Policy
    from ecomarket.scenario import Scenario

ENGINES: Final[dict[str, type[Exchange]]] = {"kernel": KernelExchange, "reference": ReferenceExchange}


@dataclass
class World:
    """The parts of a run.

    `nature` holds the month's values by process and place; `individuals` the accounts driven alone; `commit` closes a
    day's block; `unplanned` says that the first trading day is still to come; `told` holds what names each policy has
    published; `law` is the setting's law, which only amendments write.
    """

    setting: Setting
    calendar: Calendar
    exchange: Exchange
    cohorts: Cohorts
    policies: tuple[Policy, ...]
    processes: Mapping[str, Process]
    nature: dict[str, dict[str, float]]
    rights: Mapping[str, Right]
    keeper: BoardKeeper
    book: FactBook
    draws: Draws
    seer: Seer
    executor: Executor
    negotiations: Negotiations
    people: People
    individuals: NDArray[np.int64]
    commit: Callable[[int, date], None]
    law: dict[str, Any]
    unplanned: bool = True
    own_issues: OwnIssues = field(default_factory=OwnIssues)
    told: dict[Policy, set[str]] = field(default_factory=dict)
    amendments: Amendments = field(default_factory=Amendments)
    _seen: int = -1
    _balances: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def balances(self) -> NDArray[np.int64]:
        """Return all balances, not to be written; copied anew only if something may have changed them."""
        if self._seen != self.executor.changes:
            self._seen, self._balances = self.executor.changes, self.exchange.balances()
            self._balances.flags.writeable = False
        return self._balances

    def policy_view(self) -> PolicyView:
        """Return what an authority sees now."""
        pledges = self.executor.registry.pledges.seen()
        borders = self.exchange.borders()
        return PolicyView(self.setting, self.keeper.board, self.balances(), self.book, self.nature, borders, pledges)

    def turn_month(self, month: date) -> None:
        """Take nature's values of a new month (its first day is given)."""
        for name, process in self.processes.items():
            self.nature[name] = self.amendments.scaled(name, process.month(month, self.draws))
        self.seer.turn_month()

    def publish(self, today: date) -> None:
        """Put nature's news of the day on the board."""
        for name, process in self.processes.items():
            self.keeper.board.notices.update(self.amendments.scaled(name, process.notices(today, self.draws)))


def build(
    scenario: Scenario, seed: int, commit: Callable[[int, date], None], *, engine: str = "kernel", individuals: int = 0
) -> World:
    """Build the world of a run; -1 `individuals` drives every member of every cohort alone, n the first n of each."""
    groups = _participants(scenario)
    rules = venue_rules(scenario)
    law: dict[str, Any] = {use.kind: use.params for use in scenario.policies}
    rights, setting = _setting(scenario, [p for members in groups.values() for p in members], rules, law)
    exchange = _exchange(scenario, setting, rules, engine)
    cohorts = gather(_strategies(scenario, groups, setting), setting)
    exchange.use_strategies(cohorts.quotes)
    draws = Draws(seed)
    keeper = BoardKeeper(exchange, rules, setting.instruments, scenario.start)
    years = scenario.end.year - scenario.start.year + 1
    book = FactBook(setting.accounts, len(setting.instruments), scenario.start.year, years)
    nature: dict[str, dict[str, float]] = {}
    calendar = _calendar(scenario)
    executor = Executor(exchange, setting, keeper.board, book, draws, calendar.trades)
    people = People(setting.accounts, cohorts.strategies)
    held_at = rooms(scenario, setting, rules)
    return World(
        setting=setting,
        calendar=calendar,
        exchange=exchange,
        cohorts=cohorts,
        policies=_policies(scenario, setting),
        processes=_processes(scenario, setting, book),
        nature=nature,
        rights=rights,
        keeper=keeper,
        book=book,
        draws=draws,
        seer=Seer(setting, book, nature, cohorts.strategies),
        executor=executor,
        negotiations=Negotiations(exchange, setting, cohorts, held_at, draws, executor.count, people),
        people=people,
        individuals=_alone(cohorts.strategies, individuals),
        commit=commit,
        law=law,
        own_issues=OwnIssues.of(scenario, setting),
    )


def _setting(
    scenario: Scenario, people: Sequence[Participant], rules: Sequence[VenueRules], law: Mapping[str, Any]
) -> tuple[dict[str, Right], Setting]:
    """Return the rights with their rules, and what is fixed and known to everybody."""
    zones = {z.code: z.zone() for z in scenario.config.zones}
    rights = _rights(scenario, zones, people)
    instruments = number_instruments(scenario, rights)
    return rights, Setting(
        start=scenario.start,
        end=scenario.end,
        zones=zones,
        participants=tuple(people),
        instruments=instruments,
        rights={key: right.params for key, right in rights.items()},
        law=law,
        venues=tuple(scenario.config.venues),
        caps=_caps(scenario),
        charges=charges(scenario, instruments, rules),
        venue_charges={rule.code: charges_of_venue(rule) for rule in rules},
        ticks={rule.code: rule.tick_cash for rule in rules},
        block_bands={rule.code: rule.block_band_ppm for rule in rules},
        passages=_passages(scenario, instruments, zones),
        interest=float(scenario.config.interest),
        prospects=_prospects(scenario),
    )


def _prospects(scenario: Scenario) -> tuple[tuple[float, dict[str, Mapping[str, Schedule]]], ...]:
    """Return the states of the world with everybody's schedules in each."""
    return tuple(
        (float(state.probability), {p.code: p.schedules for group in _participants(other).values() for p in group})
        for name, state in scenario.config.states.items()
        for other in [in_state(scenario, name)]
    )


def _passages(
    scenario: Scenario, instruments: Sequence[Instrument], zones: Mapping[str, Zone]
) -> dict[tuple[int, int], float]:
    """Return which rights may be sold into which other zones, and the share that arrives."""
    ways = [way for venue in scenario.config.venues.values() for way in passages(venue, instruments, zones)]
    return {(way.sold, way.delivered): way.ppm / PPM for way in sorted(ways, key=lambda way: way.ppm)}


def _caps(scenario: Scenario) -> dict[tuple[str, str], dict[int, Decimal]]:
    years = range(scenario.start.year, scenario.end.year + 1)
    return {
        (key, zone): {year: open_amount(dated.at(year), right.amount_unit, right.unit) for year in years}
        for key, right in scenario.config.rights.items()
        for zone, dated in (right.cap or {}).items()
    }


def _exchange(scenario: Scenario, setting: Setting, rules: Sequence[VenueRules], engine: str) -> Exchange:
    listed = listings(scenario, setting.instruments, rules)
    venues = [
        replace(rule, ratios=passages(venue, setting.instruments, setting.zones))
        for rule, venue in zip(rules, scenario.config.venues.values(), strict=True)
    ]
    return ENGINES[engine](setting.accounts, len(setting.instruments), venues, listed, len(SYSTEM_ACCOUNTS))


def _participants(scenario: Scenario) -> dict[str, list[Participant]]:
    """Number the participants' accounts after the system's, in order of groups and rows."""
    groups: dict[str, list[Participant]] = {}
    account = len(SYSTEM_ACCOUNTS)
    for key, group in scenario.config.participants.items():
        groups[key] = []
        for member in group.members(key):
            facts = dict(member.facts)
            facts.setdefault("cash_cny", group.cash)
            groups[key].append(
                Participant(
                    account=account,
                    code=member.code,
                    kind=group.kind,
                    name_en=member.name_en or member.code,
                    name_zh=member.name_zh or member.name_en or member.code,
                    zone=member.zone,
                    sector=member.sector,
                    group=key,
                    facts=facts,
                    schedules=schedules_of(scenario.config, group, member),
                )
            )
            account += 1
    return groups


def _rights(scenario: Scenario, zones: Mapping[str, Zone], people: Sequence[Participant]) -> dict[str, Right]:
    return {
        key: find("ecomarket.rights", Right, right.kind)(key, right.params, zones, people)
        for key, right in scenario.config.rights.items()
    }


def _strategies(scenario: Scenario, groups: Mapping[str, list[Participant]], setting: Setting) -> list[Strategy]:
    return [
        find("ecomarket.agents.strategies", Strategy, use.name)(use.params, groups[key], setting)
        for key, group in scenario.config.participants.items()
        for use in group.strategies
    ]


def _policies(scenario: Scenario, setting: Setting) -> tuple[Policy, ...]:
    return tuple(enacted(use.rule)(use.params, setting) for use in scenario.policies)


def _processes(scenario: Scenario, setting: Setting, book: FactBook) -> dict[str, Process]:
    processes = {}
    for key, process in scenario.config.nature.items():
        processes[key] = find("ecomarket.nature", Process, process.kind)(process.params, setting)
        processes[key].key, processes[key].book = key, book
    return processes


def _calendar(scenario: Scenario) -> Calendar:
    sittings = tuple(
        Sitting(number, start, end, call=is_call)
        for number, venue in enumerate(scenario.config.venues.values())
        if mechanism_of(venue) in SITTING
        for call, several in ((False, venue.sessions), (True, venue.calls))
        for hours in several
        for is_call in [call or mechanism_of(venue) == Mechanism.CALL_AUCTION]
        for start, end in (cut(*minutes(hours), venue.every) if is_call else [minutes(hours)])
    )
    closed = frozenset(h.date for h in scenario.config.calendar.holidays if not h.trading)
    weekends = scenario.config.calendar.trading == "every-day"
    return Calendar(scenario.start, scenario.end, closed, sittings, weekends)


def _alone(strategies: Sequence[Strategy], individuals: int) -> NDArray[np.int64]:
    chosen = [s.accounts if individuals < 0 else s.accounts[:individuals] for s in strategies]
    return np.unique(np.concatenate(chosen)) if chosen else np.zeros(0, dtype=np.int64)
