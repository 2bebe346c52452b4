"""From a scenario to its least-cost problem: schedules of the participants, caps, venues, and what policies add."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Final

from ecomarket.engine.passages import passages
from ecomarket.equilibrium.faults import NotExpressedError, TooManyStepsError
from ecomarket.equilibrium.tree import State
from ecomarket.model.benchmark import (
    Benchmark,
    Demander,
    Emitter,
    Fee,
    Holding,
    Link,
    Producer,
    Sale,
    Standard,
    Supplier,
)
from ecomarket.model.entities import Instrument, lies_in
from ecomarket.scenario.menus import menu_schedules, told_by_menus
from ecomarket.scenario.schedules import schedules_of
from ecomarket.scenario.schema.base import open_amount
from ecomarket.scenario.states import in_state
from ecomarket.units import PPM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.model.benchmark import Path
    from ecomarket.model.entities import Zone
    from ecomarket.model.schedule import Schedule
    from ecomarket.policies.policy import Policy
    from ecomarket.scenario import Scenario
    from ecomarket.scenario.schema.whole import Config


OTHER_MARKETS: Final = "CDE"
"""Tables of requirements (1C carbon allowances, 1D sinks, 1E water) whose rules leave emission permits as they are."""
STEPS_AT_MOST: Final = 20_000
"""Steps of all curves together that are solved: so many take five to ten seconds, ten times as many minutes."""


def states_of(scenario: Scenario) -> list[State]:
    """Return the problem in each state of the world that the scenario names; one without a name if it names none."""
    named = scenario.config.states
    if not named:
        return [State("", 1.0, problem_of(scenario))]
    total = float(sum(state.probability for state in named.values()))
    found = []
    for name, state in named.items():
        found.append(State(name, float(state.probability) / total, problem_of(in_state(scenario, name))))
    return found


def problem_of(scenario: Scenario) -> Benchmark:
    """Return the problem of a scenario in one state of the world."""
    config = scenario.config
    years = tuple(range(config.calendar.start.year, config.calendar.end.year + 1))
    problem = Benchmark(years, float(config.interest))
    zones = {row.code: row.zone() for row in config.zones}
    by_menu = told_by_menus(scenario)
    for group_key, group in config.participants.items():
        for member in group.members(group_key):
            schedules = (menu_schedules if by_menu else schedules_of)(config, group, member)
            for right, schedule in schedules.items():
                name = member.code if len(schedules) == 1 else f"{member.code}/{right}"
                place = _zone(member.zone, config.rights[right].zones, zones)
                _party(problem, name, right, place, schedule)
    for key, kind in config.rights.items():
        problem.units[key] = kind.amount_unit
        if life := int(getattr(kind.params, "life_years", 0) or 0):
            problem.lives[key] = life
    _caps(config, problem)
    _venues(config, problem, zones)
    for use in scenario.policies:
        policy = use.rule
        if not policy.benchmark(use.params, problem) and not (by_menu and _elsewhere(policy)):
            problem.left_out.append(use.kind)
    if by_menu and problem.left_out:  # what firms are given, or owe, is known in part only
        return Benchmark(years, problem.interest, left_out=problem.left_out)
    return problem


def _zone(code: str, level: str, zones: Mapping[str, Zone]) -> str:
    """Return the zone of a level in which a zone lies; "" for a right that has none."""
    return next((c for c in lies_in(zones, code) if c in zones and zones[c].level == level), "")


def _elsewhere(policy: type[Policy]) -> bool:
    """Tell whether a rule is of other markets than that for emission permits: carbon, sinks or water alone."""
    return bool(policy.rows) and all(row[0] in OTHER_MARKETS for row in policy.rows)


def pool_name(right: str, zone: str) -> str:
    """Return the name of the market of a right in a zone."""
    return f"{right}/{zone}" if zone else right


def _path(problem: Benchmark, amounts: Mapping[int, float]) -> Path:
    return tuple(amounts[year] for year in problem.years)


def _party(problem: Benchmark, name: str, right: str, zone: str, schedule: Schedule) -> None:
    """Enter what a participant does under one right."""
    pool = pool_name(right, zone)
    needs = tuple(schedule.needs.items()) or ((pool, 1.0),)
    if not schedule.needs and pool not in problem.pools:
        problem.pools.append(pool)
    if schedule.unabated and schedule.abatement:
        problem.emitters.append(Emitter(name, needs, _path(problem, schedule.unabated), schedule.abatement))
    if schedule.demand:
        problem.demanders.append(Demander(name, needs, schedule.demand))
    if schedule.production:
        problem.producers.append(Producer(name, needs, schedule.production))
        if schedule.production.by_output:
            problem.based.add(pool)
    if schedule.supply:
        problem.suppliers.append(Supplier(name, pool, schedule.supply))
    for amounts, sign in ((schedule.allocation, 1.0), (schedule.duty, -1.0)):
        if amounts:
            held = tuple(sign * amount for amount in _path(problem, amounts))
            problem.holdings.append(Holding(name, pool, held))
    for other in schedule.serves:
        link = Link(pool_name(other, zone) if zone else other, pool)
        if link not in problem.links:
            problem.links.append(link)
    _conduct(problem, name, schedule)


def _conduct(problem: Benchmark, name: str, schedule: Schedule) -> None:
    if schedule.conduct != "price-setter":
        return
    if problem.price_setter:
        raise NotExpressedError("price-setters")
    problem.price_setter = name


def _caps(config: Config, problem: Benchmark) -> None:
    """Sell what the cap leaves over; a right with a cap that only appears in `needs` is a standard."""
    needs = [e.needs for e in problem.emitters] + [d.needs for d in problem.demanders]
    used = {pool for need in [*needs, *(p.needs for p in problem.producers)] for pool, _ in need}
    for key, right in config.rights.items():
        for zone, dated in (right.cap or {}).items():
            pool = pool_name(key, zone)
            cap = tuple(float(open_amount(dated.at(y), right.amount_unit, right.unit)) for y in problem.years)
            if pool in problem.pools:
                left = zip(cap, problem.allocated(pool), strict=True)
                rest = tuple(max(whole - given, 0.0) for whole, given in left)
                if any(rest):
                    problem.sales.append(Sale(pool, rest))
            elif pool in used:
                problem.standards.append(Standard(pool, cap))


def _venues(config: Config, problem: Benchmark, zones: Mapping[str, Zone]) -> None:
    """Enter the fees of the venues, and ratios between zones."""
    for venue in config.venues.values():
        fees = venue.fees
        buys, sells = fees.side in ("both", "buy"), fees.side in ("both", "sell")
        share = float(fees.ad_valorem)
        for pool in [p for p in problem.pools if p.partition("/")[0] in venue.rights]:
            right = config.rights[pool.partition("/")[0]]
            unit = float(open_amount(fees.per_unit, f"CNY/{right.amount_unit}", f"CNY/{right.unit}"))
            if share or unit:
                problem.fees[pool] = Fee(pool, unit * buys, unit * sells, share * buys, share * sells)
        places = [p for p in problem.pools if "/" in p and p.partition("/")[0] in venue.rights]
        traded = [
            Instrument(number, pool, pool.partition("/")[0], "", "", "", "", "1", zone=pool.partition("/")[2])
            for number, pool in enumerate(places)
        ]
        for ratio in passages(venue, traded, zones):
            problem.links.append(Link(places[ratio.sold], places[ratio.delivered], ratio.ppm / PPM))


def in_lots(problem: Benchmark, config: Config) -> Benchmark:
    """Return the problem with every curve in steps of one lot of its right.

    Raises NotExpressedError for a curve that rises or falls for ever, TooManyStepsError where steps are more than can
    be solved while somebody waits.
    """
    lots = {key: float(open_amount(right.lot, right.amount_unit, right.unit)) for key, right in config.rights.items()}

    def lot(needs: tuple[tuple[str, float], ...]) -> float:
        return lots[needs[0][0].partition("/")[0]]

    emitted = [(e.cost, lot(e.needs), max(e.unabated)) for e in problem.emitters]
    supplied = [(s.cost, lots[s.pool.partition("/")[0]], inf) for s in problem.suppliers]
    demanded = [(d.worth, lot(d.needs), inf) for d in problem.demanders]
    steps = sum(curve.steps(width, most) for curve, width, most in [*emitted, *supplied, *demanded])
    if steps == inf:
        raise NotExpressedError("endless")
    if steps > STEPS_AT_MOST:
        raise TooManyStepsError(int(steps), STEPS_AT_MOST)
    return replace(
        problem,
        emitters=[replace(e, cost=c.in_steps(w, m)) for e, (c, w, m) in zip(problem.emitters, emitted, strict=True)],
        suppliers=[replace(s, cost=c.in_steps(w, m)) for s, (c, w, m) in zip(problem.suppliers, supplied, strict=True)],
        demanders=[
            replace(d, worth=c.in_steps(w, m)) for d, (c, w, m) in zip(problem.demanders, demanded, strict=True)
        ],
    )
