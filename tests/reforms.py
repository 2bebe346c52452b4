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
from functools import cache
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
from ecomarket.scenario.library import REFORMS, bases

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "build" / "reforms"
PAIRS = 30
SUMS = ("volume", "rule-activity", "fees", "reserve", "sink-purchases", "compliance", "county-income")
"""Measures of which a year or a row that is not there is nothing; of others (prices) it leaves the pair out."""
RATES = ("rate", "met_share", "mean_price_cny_t", "window_share", "premium", "stock", "cash_cny")
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

    def refutes(self, direction: str) -> bool:
        """Tell whether the interval lies on the other side of 0; few pairs may neither show a claim nor refute it."""
        return {"up": self.high < 0, "down": self.low > 0, "none": not self.shows("none")}[direction]


def claims(base: str) -> list[Claim]:
    """Return what is claimed of the reforms of a shipped scenario."""
    file = bases()[base].parent / REFORMS / "claims.csv"
    if not file.is_file():
        return []
    return [Claim(**row) for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())]


def claims_of(name: str) -> list[Claim]:
    """Return what is claimed of one reform, `<base>/<reform>`."""
    base, _, reform = name.partition("/")
    return [claim for claim in claims(base) if claim.reform == reform]


def reforms() -> list[str]:
    """Return the reforms of which something is claimed, `<base>/<reform>`."""
    return [f"{b}/{r}" for b in bases() for r in dict.fromkeys(claim.reform for claim in claims(b))]


@cache
def place_of(name: str) -> tuple[str, date]:
    """Return the folder of a scenario's runs, by program and scenario, and its last day."""
    scenario = load(name)
    return f"{source_digest()[:16]}/{scenario.digest[:16]}", scenario.end


def file_of(name: str, seed: int, until: str, kept: Path) -> Path:
    """Return where the measures of a run are kept."""
    folder, end = place_of(name)
    return kept / folder / f"{until or end}-{seed}.json"


def run(name: str, seed: int, until: str = "", kept: Path = KEPT) -> dict[str, Any]:
    """Return the measures of a run, from `kept` if it was done before."""
    file = file_of(name, seed, until, kept)
    if not file.is_file():
        scenario, sink = load(name), BlockKeeper()
        driving = Driving(seed, date.fromisoformat(until) if until else scenario.end)
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
    kind, column = claim.measure.partition(".")[0], claim.measure.rpartition(".")[2]
    if kind in SUMS and column not in RATES:
        return sum(numbers)
    return mean(numbers) if numbers else None


def effect(pairs: list[tuple[float, float]]) -> Effect:
    """Return mean and Student's 95 % interval of the differences of two or more pairs (without, with)."""
    differences = [b - a for a, b in pairs]
    middle = mean(differences)
    half = float(student.ppf(0.975, len(pairs) - 1)) * stdev(differences) / len(pairs) ** 0.5
    return Effect(
        len(pairs), mean(a for a, _ in pairs), mean(b for _, b in pairs), middle, middle - half, middle + half
    )


def measured(base: str, claim: Claim, seeds: range, kept: Path = KEPT) -> Effect | None:
    """Return the effect over those seeds of which both runs have been done, None if these are fewer than two."""
    names = base, f"{base}/{claim.reform}"
    done = [seed for seed in seeds if all(file_of(name, seed, claim.until, kept).is_file() for name in names)]
    both = [tuple(value(claim, run(name, seed, claim.until, kept)) for name in names) for seed in done]
    pairs = [(a, b) for a, b in both if a is not None and b is not None]
    return effect(pairs) if len(pairs) > 1 else None


Found = dict[tuple[str, str, str], tuple[Effect, str]]
"""By reform, measure and year: what was measured, and on which program."""


def found_of(base: str) -> Found:
    """Return what `measured.csv` of a scenario's reforms says."""
    file = bases()[base].parent / REFORMS / "measured.csv"
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines()) if file.is_file() else ()
    return {
        (row["reform"], row["measure"], row["year"]): (
            Effect(int(row["pairs"]), *(float(row[name]) for name in Effect._fields[1:])),
            row["program"],
        )
        for row in rows
    }


def write(base: str, seeds: range, kept: Path = KEPT) -> None:
    """Write `measured.csv` and `README.md` of a scenario's reforms: what is in `kept`, for the rest what stood there."""
    before, found = found_of(base), {}
    for claim in claims(base):
        key = (claim.reform, claim.measure, claim.year)
        now = measured(base, claim, seeds, kept)
        if now is not None or key in before:
            found[key] = (now, source_digest()[:16]) if now is not None else before[key]
    folder = bases()[base].parent / REFORMS
    with (folder / "measured.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["reform", "measure", "year", *Effect._fields, "program"])
        for key, (one, program) in found.items():
            table.writerow([*key, one.pairs, *(f"{n:.9g}" for n in one[1:]), program])
    (folder / "README.md").write_text(page(base, found_of(base)), encoding="utf-8")


WORDS = {
    "en": {
        "title": "Reforms of {base}",
        "head": (
            "Each file beside this page changes one rule of `{base}`; `ecomarket run {base}/{first}` runs one. Below: what it does,\n"
            "and pairs of runs of the same luck (seeds from 1), without and with it: the mean difference and its 95 % interval\n"
            "(Student). Claims that the runs refuted were corrected, what was expected before stands in brackets. The page is\n"
            "written by `python tests/reforms.py` from `claims.csv` and `measured.csv`; `make soak` runs 30 pairs."
        ),
        "columns": "| reform | what it does | measure | without | with | difference | 95 % interval | pairs | measured |",
        "up": "up", "down": "down", "none": "no difference", "other": "not shown by so few", "unmeasured": "not run",
        "until": " until {until}",
    },
    "zh": {
        "title": "{base}的改革",
        "head": (
            "本页旁的每个文件只改`{base}`的一条规则，例如`ecomarket run {base}/{first}`。下表列出改革的作用，以及同一随机数（种子从1起）\n"
            "下有无改革的成对运行：差值均值及其95%置信区间（t分布）。被运行结果否定的说法已改写，原预期写在括号内。\n"
            "本页由`python tests/reforms.py`根据`claims.csv`和`measured.csv`生成；`make soak`运行30对。"
        ),
        "columns": "| 改革 | 作用 | 指标 | 无 | 有 | 差值 | 95%区间 | 对数 | 测得 |",
        "up": "上升", "down": "下降", "none": "无差异", "other": "对数尚少，未显示", "unmeasured": "未运行",
        "until": "（至{until}）",
    },
}  # fmt: skip


def page(base: str, found: Found) -> str:
    """Return the page of a scenario's reforms in both languages."""
    parts = []
    for lang, words in WORDS.items():
        lines = [words["columns"], "|" + " --- |" * words["columns"].count(" |")]
        lines += [line(claim, found, lang) for claim in claims(base)]
        names = {"base": base, "first": claims(base)[0].reform}
        parts.append("\n".join(["# " + words["title"].format(**names), words["head"].format(**names), "", *lines]))
    return "\n\n".join(parts) + "\n"


def line(claim: Claim, found: Found, lang: str) -> str:
    """Return a claim's line of the table."""
    words = WORDS[lang]
    measure = f"`{claim.measure}`" + (f" {claim.year}" if claim.year else "")
    measure += words["until"].format(until=claim.until) if claim.until else ""
    cells = [f"`{claim.reform}`", getattr(claim, lang), measure]
    one, _ = found.get((claim.reform, claim.measure, claim.year), (None, ""))
    if one is None:
        return "| " + " | ".join([*cells, "", "", "", "", "", words["unmeasured"]]) + " |"
    said = words[claim.direction] if one.shows(claim.direction) else words["other"]
    numbers = [told(one.without), told(one.having), told(one.difference), f"{told(one.low)} … {told(one.high)}"]
    return "| " + " | ".join([*cells, *numbers, str(one.pairs), said]) + " |"


def told(number: float) -> str:
    """Write a number with about four digits."""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", default=reforms(), help="these reforms, as carbon-2021/collar")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="how many pairs")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no pair after so many minutes")
    parser.add_argument("--page", action="store_true", help="run nothing, write the pages from what was run")
    asked = parser.parse_args()
    end, seeds = time.monotonic() + 60 * asked.minutes, range(1, asked.pairs + 1)
    for seed in () if asked.page else seeds:
        for name in asked.names:
            if time.monotonic() < end:
                pair(name, seed, claims_of(name))
    for base in dict.fromkeys(name.partition("/")[0] for name in asked.names):
        write(base, seeds)


def pair(name: str, seed: int, about: list[Claim], kept: Path = KEPT) -> None:
    """Run a pair of a seed, without and with a reform, to each end that claims are about."""
    for until in dict.fromkeys(claim.until for claim in about):
        run(name.partition("/")[0], seed, until, kept)
        run(name, seed, until, kept)


if __name__ == "__main__":
    main()
