"""A sheet of sessions: markets of the theory played period by period, beside the equilibrium of the same file.

    sessions:
      double-auction: {scenario: p25.yaml, repeat: 30, set: [calendar.end=2025-01-03]}
      call: {scenario: p27-call.yaml, repeat: 30, beside: double-auction}
    seeds: 1

A scenario is named by a path beside the sheet, or as anywhere else; it has the policy `market-periods` by the day. It
is played with `repeat` x `seeds` seeds. Of each market: `periods`; `efficiency` (what was earned over the benchmark's
gain from trade, %) and of all periods the least and the most; `trades` a period; `mean` price; `late-to-early`, `alpha`
and `dispersion` (periods.py), `lowest` price and `misreport`; for a market of at most ten days `alpha.<market>.<day>`,
`mean.<market>.<day>`, and `alpha-fall`, day 5 over day 1. Periods before `skip` are not counted. Of a market `beside`
another: the chance that as many pairs of the same luck or more went that way, were it a matter of luck (one-sided sign
test): `calmer`, prices nearer to each other; `cheaper`, the lowest price lower; `less-efficient`; `less-truthful`.
"""

from __future__ import annotations

from decimal import Decimal
from math import isnan
from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import Field

from ecomarket.equilibrium import solve_scenario
from ecomarket.experiments.statistics import chance_of_as_many
from ecomarket.scenario import load
from ecomarket.scenario.schema.base import Strict
from ecomarket.validity.files import beside
from ecomarket.validity.periods import Periods, mean_of, played, together
from ecomarket.validity.reading import Sheet, read_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.nodes import Node
    from ecomarket.validity.expected import Value

DAYS: Final = 10
"""Most days of a market whose days are told one by one."""
LEARNT: Final = 5
"""Day on which traders that learn are judged (CASES P26)."""
WAYS: Final[dict[str, Callable[[Periods], float]]] = {
    "calmer": lambda run: run.dispersion,
    "cheaper": lambda run: run.lowest,
    "less-efficient": lambda run: sum(run.earned),
    "less-truthful": lambda run: -run.misreport,
}
"""What is smaller in a market that went a way."""


class Played(Strict):
    """A market of the theory: its scenario, what is changed in it, first seed and number of runs."""

    scenario: str = Field(min_length=1, description="name or path | 情景")
    seed: int = Field(default=1, ge=0, description="first seed | 首个随机种子")
    repeat: int = Field(default=1, ge=1, description="runs for each seed asked for | 每个种子的运行次数")
    set: list[str] = Field(default=[], description="overrides, path=value | 覆盖")
    skip: int = Field(default=0, ge=0, description="first periods of a run that are not counted | 不计入的初始周期数")
    beside: str = Field(default="", description="another market of the sheet | 对照市场")


class SessionsSheet(Sheet):
    """Markets by name, and with how many seeds."""

    sessions: dict[str, Played] = Field(min_length=1, description="markets by name | 市场")
    seeds: int = Field(default=1, ge=1, description="times the runs of each | 种子倍数")


def play(tree: Node, path: Path, findings: Findings) -> dict[str, Value]:
    """Play every market of a sheet. Raises ScenarioError with every Diagnostic at once, of sheet or scenario."""
    sheet = read_sheet(SessionsSheet, tree, path, findings)
    for name, told in sheet.sessions.items():
        if told.beside and told.beside not in sheet.sessions:
            at = tree.nearest(("sessions", name, "beside")).text_place()
            findings.add("E211", at, found=told.beside, options=list(sheet.sessions))
    findings.stop_on_errors()
    found: dict[str, Value] = {}
    markets: dict[str, list[Periods]] = {}
    for name, told in sheet.sessions.items():
        scenario = load(beside(path, told.scenario), told.set)
        whole = [played(scenario, told.seed + at) for at in range(told.repeat * sheet.seeds)]
        if told.skip >= (least := min(len(run.prices) for run in whole)):
            at = tree.nearest(("sessions", name, "skip")).text_place()
            findings.add("E303", at, found=told.skip, expected=f"< {least}")
            findings.stop_on_errors()
        runs = [run.after(told.skip) for run in whole]
        optimum = solve_scenario(scenario).values
        price = next(value for key, value in optimum.items() if key.startswith("price."))
        told_of = dict(_measured(name, runs, optimum["gain"], price))
        found |= {key: Decimal(f"{value:.12g}") for key, value in told_of.items() if not isnan(value)}
        markets[name] = runs
    for name, told in sheet.sessions.items():
        if told.beside:
            found |= _by_luck(name, markets[name], markets[told.beside])
    return found


def _measured(name: str, runs: list[Periods], surplus: float, price: float) -> Iterator[tuple[str, float]]:
    """Yield each measure of a market by name."""
    whole = together(runs)
    share = whole.efficiency(surplus)
    yield f"periods.{name}", len(share)
    yield f"efficiency.{name}", float(share.mean())
    yield f"efficiency.{name}.least", float(share.min())
    yield f"efficiency.{name}.most", float(share.max())
    yield f"trades.{name}", whole.trades
    yield f"mean.{name}", whole.mean_price
    yield f"late-to-early.{name}", whole.late_to_early(price)
    alpha = whole.alpha(price)
    yield f"alpha.{name}", mean_of(alpha[~np.isnan(alpha)])
    yield f"dispersion.{name}", whole.dispersion
    yield f"lowest.{name}", whole.lowest
    yield f"misreport.{name}", whole.misreport
    days = min(len(run.prices) for run in runs)
    if days <= DAYS:
        daily = [together([run.day(at) for run in runs if len(run.prices[at])]) for at in range(days)]
        fall = [mean_of(day.alpha(price)) for day in daily]
        for number, day in enumerate(daily, 1):
            yield f"alpha.{name}.{number}", fall[number - 1]
            yield f"mean.{name}.{number}", mean_of([p.mean() for p in day.prices])
        if days >= LEARNT and fall[0] > 0.0:
            yield f"alpha-fall.{name}", fall[LEARNT - 1] / fall[0]


def _by_luck(name: str, runs: list[Periods], others: list[Periods]) -> dict[str, Value]:
    """Return how likely as many pairs that went a way, or more, are by luck; pairs that are alike tell nothing."""
    found: dict[str, Value] = {}
    for way, measure in WAYS.items():
        pairs = [measure(one) - measure(two) for one, two in zip(runs, others, strict=False)]
        if not any(map(isnan, pairs)):
            chance = chance_of_as_many(sum(p < 0.0 for p in pairs), sum(p > 0.0 for p in pairs))
            found[f"{way}.{name}"] = Decimal(f"{chance:.6g}")
    return found
