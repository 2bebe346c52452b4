"""What the room is held against: least-cost prices of its scenario, and costs without trade, at best, and by bots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ecomarket.equilibrium.facade import check_costs_told, solve_scenario
from ecomarket.equilibrium.result import split
from ecomarket.errors import EcomarketError
from ecomarket.i18n import LANGUAGES
from ecomarket.results.cost_of_firms import PARTS, cost_of_firms
from ecomarket.results.kept import allowances_kept
from ecomarket.results.tally import ALL
from ecomarket.scenario.states import in_state
from ecomarket.units import CASH_PER_YUAN
from ecomarket.workshop.debrief.goals import DELIVERED, NONE, Yards
from ecomarket.workshop.debrief.reruns import BENCHMARK, FIRMS, NOTHING, PROJECTS, SEATS, WATER

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames
    from ecomarket.scenario import Scenario
    from ecomarket.workshop.debrief.happened import Happened

BASES: Final = (BENCHMARK, FIRMS, WATER, PROJECTS, SEATS)
ROOM_PARTIES: Final = ("system", "outside")
"""Kinds whose costs are not the room's."""


def prices(room: Happened) -> dict[str, dict[str, tuple[float, float]]]:
    """Return the benchmark's prices in the state of the world that a room was in, as `prices_of`."""
    state = room.frames.held.state
    return prices_of(in_state(room.scenario, state) if state else room.scenario)


def prices_of(scenario: Scenario) -> dict[str, dict[str, tuple[float, float]]]:
    """Return by right and year the least and the greatest benchmark price, CNY a unit; nothing where there is none.

    Several markets of a right (its zones), and a price that is not unique, make a range.
    """
    try:
        check_costs_told(scenario)
        result = solve_scenario(scenario)
    except EcomarketError:
        return {}
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for name, value in result.values.items():
        what, pool, when = split(name)
        if what != "price":
            continue
        low, high = result.unsettled.get(name, (value, value))
        years = found.setdefault(pool.partition("/")[0], {})
        least, most = years.get(when[:4], (low, high))
        years[when[:4]] = min(least, low), max(most, high)
    return found


def efficiency(room: Happened, bots: Frames | None) -> dict[str, Any]:
    """Return costs in CNY without trade, of this room, at best and of bots, and by what they are reckoned (`basis`).

    `basis` is the first of: benchmark (measure efficiency, the whole market), firms (measure gains-from-trade), water
    (measure water-worth: what the lack of it cost), projects (measure project-worth: what those are worth that did not
    start), seats (all parties' yardsticks together, where staying out would have cost something), none. A cost that is
    not known is None; `why` is the word for a benchmark that there is not; `rights` those that a benchmark is of.
    """
    held = room.frames.held
    tried = ((basis, _by(basis, room.frames, room.scenario)) for basis in BASES)
    basis, found = next(((b, costs) for b, costs in tried if costs is not None), (NOTHING, None))
    if found is None:
        return {"basis": NOTHING, "why": held.why, "who": held.who, "rights": []}
    rights = [
        {"right": right, "label": {lang: room.frames.right_name(right, lang) for lang in LANGUAGES}}
        for right in sorted({str(row["market"]) for row in held.rows} - {ALL})
    ]
    other = _by(basis, bots, room.scenario) if bots is not None else None
    return {
        "basis": basis, "why": held.why, "who": held.who, "no_trade_cny": found[0], "room_cny": found[1],
        "best_cny": found[2], "bots_cny": other[1] if other else None, "rights": rights if basis == BENCHMARK else [],
    }  # fmt: skip


Costs = tuple[float, float, float | None]
"""Without trade, as it was, at best."""


def _by(basis: str, frames: Frames, scenario: Scenario) -> Costs | None:
    if basis == BENCHMARK:
        return _by_benchmark(frames)
    if basis in (WATER, PROJECTS):
        return _by_best(frames, "water-worth" if basis == WATER else "project-worth")
    return _by_firms(frames) if basis == FIRMS else _by_yardsticks(frames, scenario)


def _by_benchmark(frames: Frames) -> Costs | None:
    whole = next((r for r in frames.held.rows if r["market"] == ALL and r["year"] == ALL), None)
    if whole is None or whole["no_trade_cny"] is None or float(whole["no_trade_cny"]) <= 0:
        return None
    return float(whole["no_trade_cny"]), float(whole["realised_cny"]), float(whole["optimum_cny"])


def _by_best(frames: Frames, measure: str) -> Costs | None:
    """Return what falls short of all that could be worth something: without trade, as it was, and at best."""
    rows = [row for row in frames.held.at_best(measure) if all(row.get(key, ALL) == ALL for key in ("zone", "year"))]
    if not rows:
        return None
    (row,) = rows
    whole = float(row["worth_cny"] + row["short_cny"])
    alone = whole - float(row.get("no_trade_cny", 0))
    return (alone, float(row["short_cny"]), whole - float(row["greatest_cny"])) if alone > 0 else None


def _by_firms(frames: Frames) -> Costs | None:
    firms, kept = cost_of_firms(frames), allowances_kept(frames)
    alone = int(firms["no_trade"].sum() - kept["alone"].sum())
    paid = int(firms[PARTS[1:]].to_numpy().sum() - kept["kept"].sum())
    return (alone / CASH_PER_YUAN, paid / CASH_PER_YUAN, None) if alone > 0 else None


def _by_yardsticks(frames: Frames, scenario: Scenario) -> Costs | None:
    yards, people = Yards(frames, scenario), frames.participants
    found = [yards.of(int(account)) for account in people.index[~people["kind"].isin(ROOM_PARTIES)]]
    known = [y for y in found if y.goal != NONE and y.no_trade is not None]
    if any(y.goal == DELIVERED for y in found):  # a ceiling is no cost of staying out: such sums would say nothing
        return None
    alone = sum(y.no_trade or 0 for y in known)
    return (alone / CASH_PER_YUAN, sum(y.cost for y in known) / CASH_PER_YUAN, None) if alone > 0 else None
