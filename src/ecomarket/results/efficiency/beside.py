"""A run beside its benchmark: whether the two can be compared, and the rows that come of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ecomarket.engine.calendar import Calendar
from ecomarket.equilibrium.read import problem_of
from ecomarket.model.stated import FactCode
from ecomarket.results.efficiency.causes import reckoned
from ecomarket.results.efficiency.deeds import Deeds
from ecomarket.results.efficiency.held import Held
from ecomarket.results.efficiency.plans import short_of
from ecomarket.results.exact import plain, ratio
from ecomarket.results.tally import ALL
from ecomarket.scenario.states import in_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecomarket.model.benchmark import Benchmark
    from ecomarket.results.efficiency.causes import Reckoned
    from ecomarket.results.efficiency.plans import Costs
    from ecomarket.results.frames import Frames
    from ecomarket.scenario import Scenario

    Numbers = dict[str, Decimal | float | None]

PLACE: Final = Decimal("0.0001")
PERIODS: Final = "market-periods"


def beside(scenario: Scenario, frames: Frames) -> Held:
    """Return a run beside the benchmark of its scenario, in the state of the world that it drew."""
    state = str(frames.opening.get("state", ""))
    whole = in_state(scenario, state) if state else scenario
    problem = problem_of(whole)
    if not problem.pools:
        return Held(why="policies", who=problem.left_out[0], state=state)
    every = {use.params.right: use.params.every for use in whole.policies if use.kind == PERIODS}
    deeds = Deeds(frames, problem, every)
    why, who = _amiss(problem, deeds)
    if why:
        return Held(why=why, who=who, state=state)
    found = reckoned(problem, deeds)
    if found is None:
        return Held(why="rules", state=state)
    short = short_of(deeds)
    rows = tuple(_rows(found, _repeats(whole, problem, every)))
    return Held(rows, "short" if short else "", who=", ".join(short), state=state)


def _amiss(problem: Benchmark, deeds: Deeds) -> tuple[str, str]:
    """Return why a run cannot be held against its benchmark, and who is the cause; "" if it can."""
    if problem.producers:
        return "goods", problem.producers[0].party
    for emitter in problem.emitters:
        said = set(deeds.stated(FactCode.EMISSION_T_MILLI, emitter.party))
        said |= set(deeds.stated(FactCode.ABATEMENT_T_MILLI, emitter.party))
        if any(gross and year not in said for year, gross in zip(problem.years, emitter.unabated, strict=True)):
            return "silent", emitter.party
    for pool in problem.pools:
        owed = zip(problem.allocated(pool), deeds.given(pool), strict=True)
        if any(promised > 0 and not given for promised, given in owed):
            return "given", pool
    owing = {h.party for h in problem.holdings if min(h.amount) < 0} - deeds.assessed
    return ("duty", min(owing)) if owing else ("", "")


def _repeats(scenario: Scenario, problem: Benchmark, every: Mapping[str, str]) -> dict[int, int]:
    """Return how often each year plays the schedules: once, or in every period of a market of the theory."""
    calendar = scenario.config.calendar
    closed = frozenset(h.date for h in calendar.holidays if not h.trading)
    opened = Calendar(calendar.start, calendar.end, closed, (), calendar.trading == "every-day")
    dates = [day for day in map(opened.date_of, range(opened.days)) if opened.trades(day)]
    length = next(iter(every.values()), "year")
    parts = {"day": "%j", "month": "%m", "year": "%Y"}[length]
    return {y: len({f"{day:{parts}}" for day in dates if day.year == y}) if every else 1 for y in problem.years}


def _rows(found: Reckoned, repeats: Mapping[int, int]) -> Iterator[dict[str, int | str | bool | None]]:
    """Give a row for each market and year, and for all of each."""
    years: list[int | str] = [*repeats, ALL]
    for market in [*found.markets, ALL]:
        for year in years:
            row = {"market": market, "year": year, **_row(found, repeats, market, year)}
            yield {name: plain(value) for name, value in row.items()}


def _row(
    found: Reckoned, repeats: Mapping[int, int], market: str, year: int | str
) -> dict[str, Decimal | float | None]:
    def total(costs: Costs | None, *, once: bool = False) -> Decimal | None:
        if costs is None:
            return None
        cells = [
            Decimal(cost * (1 if once else repeats[y])).quantize(PLACE)
            for (m, y), cost in costs.items()
            if market in (ALL, m) and year in (ALL, y)
        ]
        known = market == ALL or any(m == market for m, _ in costs)
        return sum(cells, Decimal(0)) if known or not costs else None

    alone, best = total(found.alone), total(found.best)
    done = total(found.done, once=True) or Decimal(0)
    assert best is not None
    parts = {cause: total(found.parts.get(cause, {})) for cause in ("unsold", "late", "fee")}
    lost = {cause: amount or Decimal(0) for cause, amount in parts.items()}
    lost["untraded"] = done - best - sum(lost.values(), Decimal(0))
    rules = {cause: total(found.parts[cause]) if cause in found.parts else Decimal(0) for cause in ("zone", "limit")}
    loss = sum(lost.values(), Decimal(0)) + sum((r for r in rules.values() if r is not None), Decimal(0))
    gain, possible = (None, None) if alone is None else (alone - done, alone - best)
    share = None if gain is None or possible is None else ratio(float(gain), float(possible))
    return {
        "no_trade_cny": alone, "realised_cny": done, "optimum_cny": best, "gain_cny": gain, "possible_cny": possible,
        "efficiency": share, "loss_cny": loss, **{f"{cause}_cny": amount for cause, amount in (lost | rules).items()},
    }  # fmt: skip
