"""Measure what reforms do: pairs of runs of the same luck, with and without, and what was found written beside them.

    python tests/reforms.py                                  every reform, 30 pairs; what was run before is not run again
    python tests/reforms.py --minutes 60 carbon-2021/collar  begin no pair after an hour; these reforms
    python tests/reforms.py --page                           run nothing: write the pages from what was run

What a reform is claimed to do stands in `claims.csv` of its folder, in words and as a measure with a direction; what was
measured goes to `measured.csv` there, both together to `README.md`. Measures of runs lie in build/reforms, under the
digests of program and scenario, so that nothing is measured on another program than it says.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from datetime import date
from pathlib import Path
from statistics import mean, stdev
from typing import Any, NamedTuple

from scipy.stats import t as student

from ecomarket.compiled import source_digest
from ecomarket.engine.drive import drive, genesis
from ecomarket.engine.run import Driving, run_key
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.memory import BlockKeeper
from ecomarket.results.expectations import check
from ecomarket.results.summary import measures
from ecomarket.results.write import load_frames
from ecomarket.scenario import load
from ecomarket.scenario.library import REFORMS, bases, shipped

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "build" / "reforms"
PAIRS = 30
SUMS = ("volume", "rule-activity", "fees", "reserve", "sink-purchases", "compliance", "county-income")
"""Measures of which a year or a row that is not there is nothing; of others (prices) it leaves the pair out."""
RATES = ("rate", "met_share", "price_cny_t", "window_share", "premium", "stock")
"""Columns of them that do not add up over the years."""


class Claim(NamedTuple):
    """What a reform is said to do: a measure (as in `expect:`) goes up, down, or nowhere (`none`); `until`: end of the runs."""

    reform: str
    measure: str
    year: str
    until: str
    direction: str
    en: str
    zh: str


class Effect(NamedTuple):
    """Mean of the measure without and with the reform over the pairs, mean difference, its 95 % interval."""

    pairs: int
    without: float
    having: float
    difference: float
    low: float
    high: float

    def shows(self, direction: str) -> bool:
        """Tell whether the interval lies on the claimed side of 0, or holds it where nothing is claimed."""
        return {"up": self.low > 0, "down": self.high < 0, "none": self.low <= 0 <= self.high}[direction]


def claims(base: str) -> list[Claim]:
    """Return what is claimed of the reforms of a shipped scenario."""
    file = bases()[base].parent / REFORMS / "claims.csv"
    if not file.is_file():
        return []
    return [Claim(**row) for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())]


def reforms() -> list[str]:
    """Return the reforms of which something is claimed, `<base>/<reform>`."""
    return [f"{b}/{r}" for b in bases() for r in dict.fromkeys(claim.reform for claim in claims(b))]


def run(name: str, seed: int, until: str = "", kept: Path = KEPT) -> dict[str, Any]:
    """Return the measures of a run, from `kept` if it was done before."""
    scenario = load(name)
    end = date.fromisoformat(until) if until else scenario.end
    file = kept / source_digest()[:16] / scenario.digest[:16] / f"{end}-{seed}.json"
    if not file.is_file():
        sink, driving = BlockKeeper(), Driving(seed, end)
        drive(scenario, driving, Journal(genesis(run_key(scenario, driving)), sink), lambda *_: None)
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_text(json.dumps(measures(load_frames(sink))), encoding="utf-8")
        part.replace(file)
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def value(claim: Claim, found: dict[str, Any]) -> float | None:
    """Return what a run's measures say of a claim: the sum over the years of what adds up, else the mean; None: nothing."""
    expected = {"measure": claim.measure} | ({"year": int(claim.year)} if claim.year else {})
    numbers = [float(n) for n in check([expected], found)[0].found if n != "None"]
    kind, _, column = claim.measure.partition(".")[0], "", claim.measure.rpartition(".")[2]
    if kind in SUMS and column not in RATES:
        return sum(numbers)
    return mean(numbers) if numbers else None


def effect(pairs: list[tuple[float, float]]) -> Effect:
    """Return mean and Student's 95 % interval of the differences of two or more pairs (without, with)."""
    differences = [b - a for a, b in pairs]
    middle = mean(differences)
    half = float(student.ppf(0.975, len(pairs) - 1)) * stdev(differences) / len(pairs) ** 0.5
    return Effect(len(pairs), mean(a for a, _ in pairs), mean(b for _, b in pairs), middle, middle - half, middle + half)


def is_run(name: str, seed: int, until: str, kept: Path = KEPT) -> bool:
    """Tell whether a run has been done."""
    scenario = load(name)
    end = until or scenario.end
    return (kept / source_digest()[:16] / scenario.digest[:16] / f"{end}-{seed}.json").is_file()


def measured(base: str, claim: Claim, seeds: range, kept: Path = KEPT) -> Effect | None:
    """Return the effect over those seeds of which both runs have been done, None if these are fewer than two."""
    names = base, f"{base}/{claim.reform}"
    done = [seed for seed in seeds if all(is_run(name, seed, claim.until, kept) for name in names)]
    both = [tuple(value(claim, run(name, seed, claim.until, kept)) for name in names) for seed in done]
    pairs = [(a, b) for a, b in both if a is not None and b is not None]
    return effect(pairs) if len(pairs) > 1 else None
