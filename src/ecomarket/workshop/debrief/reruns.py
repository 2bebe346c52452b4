"""The same start played by bots alone, under the room's rules and under others, over several seeds.

Not a forecast: bots do not talk, tire or hurry, and what the facilitator changed on the way is not in these runs.
"""

from __future__ import annotations

from datetime import date
from math import isnan
from typing import TYPE_CHECKING, Any, Final

from ecomarket.engine.in_memory import run_in_memory
from ecomarket.experiments.plan import Plan
from ecomarket.experiments.statistics import spread
from ecomarket.experiments.study import Way, compared, replicated
from ecomarket.results.write import load_frames
from ecomarket.workshop.debrief.rulesets import rulesets
from ecomarket.workshop.debrief.standings import standings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.experiments.study import Study
    from ecomarket.workshop.debrief.happened import Happened
    from ecomarket.workshop.debrief.rulesets import RuleSet

SEEDS: Final = 8
BENCHMARK, FIRMS, WATER, PROJECTS, SEATS, NOTHING = "benchmark", "firms", "water", "projects", "seats", "none"
"""What a cost is reckoned by: the whole market's (measure efficiency), the firms' with a no-trade plan (measure
gains-from-trade, less allowances-kept), what users of water lack (water-worth), the projects that did not start
(project-worth), the sum of all parties' yardsticks, or nothing."""
COST: Final = {
    BENCHMARK: "efficiency.realised_cny", FIRMS: "gains-from-trade.actual_cny", WATER: "water-worth.short_cny",
    PROJECTS: "project-worth.short_cny",
}  # fmt: skip
TOLD: Final = ("cost", "price", "spread", "volume", "met")
ADDED: Final = ("cost", "kept", "volume")


def names(basis: str, right: str) -> dict[str, str]:
    """Return the measures of a re-run by what they tell, as in `expect:` entries."""
    found = {"cost": COST[basis]} if basis in COST else {}
    if basis == FIRMS:
        found["kept"] = "allowances-kept.kept_cny"
    if right:
        found |= {"price": f"price.{right}.vwap", "spread": f"price.{right}.sd", "volume": f"volume.{right}.quantity"}
    return found | {"met": "compliance.met_share"}


def _told_right(room: Happened, sets: Sequence[RuleSet]) -> str:
    """Return the right whose price is told: the most traded whose venue another rule set changes, else of all."""
    paths = [(*path.split("."), "") for s in sets for path in s.arm.overrides[len(room.scenario.overrides) :]]
    venues = room.scenario.config.venues
    changed = {r for what, key, *_ in paths if what == "venues" and key in venues for r in venues[key].rights}
    return next((r for r in room.rights if r in changed), room.rights[0] if room.rights else "")


def reruns(room: Happened, basis: str, *, jobs: int = 1, seeds: int = SEEDS) -> dict[str, Any]:
    """Return what bots made of the same start: rows by rule set, each number with its mean and its band over seeds.

    Seeds are the room's own and those that follow it. Raises KeyboardInterrupt if it was stopped.
    """
    sets, refused = rulesets(room.scenario, room.plan)
    seed = int(room.manifest["seed"])
    drawn = tuple(range(seed, seed + seeds))
    right = _told_right(room, sets)
    wanted = names(basis, right)
    plan = Plan(tuple(s.arm for s in sets), drawn, tuple(wanted.values()))
    failed = [0]

    def heard(_done: int, of_them: int, _all: int) -> None:
        failed[0] = of_them

    study: Study = (compared if len(sets) > 1 else replicated)(plan, Way(jobs=jobs, heard=heard))
    rows = [
        {"code": s.code, "name": s.name, "set": list(s.arm.overrides[len(room.scenario.overrides) :])}
        | _bands({what: _per_seed(study, s.arm.name, what, name) for what, name in wanted.items()})
        for s in sets
    ]
    named = [{"code": r.code, "name": {lang: r.name.text(lang) for lang in ("en", "zh")}} for r in refused]
    return {"seeds": list(drawn), "right": right, "rows": rows, "refused": named, "failed": failed[0]}


def _per_seed(study: Study, arm: str, what: str, name: str) -> list[float]:
    """Return a number a seed; of several years a seed's costs and volumes are added up."""
    stem, _, column = name.rpartition(".")
    columns = [
        values
        for label, values in study.numbers.by_arm.get(arm, {}).items()
        for path in (label.partition("@")[0],)
        if path == name or (path.startswith(f"{stem}.") and path.endswith(f".{column}"))
    ]
    per_seed = [[x for x in own if not isnan(x)] for own in zip(*columns, strict=False)]
    return [sum(own) if what in ADDED else sum(own) / len(own) for own in per_seed if own]


def _bands(told: dict[str, list[float]]) -> dict[str, Any]:
    """Return by what is told its mean, least and greatest over the seeds; what is kept comes off the cost."""
    if kept := told.pop("kept", []):
        told["cost"] = [paid - more for paid, more in zip(told["cost"], kept, strict=True)]
    found: dict[str, Any] = {}
    for what, values in told.items():
        over = spread(values) if values else None
        found[what] = over and {"n": over.n, "mean": over.mean, "least": over.least, "greatest": over.greatest}
    return found


def bots_alone(room: Happened, seats: Sequence[str]) -> dict[str, Any]:
    """Return the bots-only run of the same file and seed: where the seats stand in it, its head, its benchmark rows."""
    last = date.fromisoformat(str(room.manifest.get("last_day") or room.scenario.end))
    done = run_in_memory(room.scenario, int(room.manifest["seed"]), last)
    frames = load_frames(done.blocks, room.scenario, ended=last >= room.scenario.end)
    return {"head": done.journal.head.hex(), "standings": standings(frames, seats, room.scenario), "frames": frames}
