"""A sheet of runs: scenarios run as `ecomarket run` runs them, what holds of each ledger, which are the same.

    runs:
      base: {scenario: classroom-permits, seed: 1}
      fee-0: {scenario: classroom-permits, seed: 1, set: [venues.permit-market.fees.fixed=0], like: base}
    measures: [price.so2.vwap]
    pairs: {dearer: [fee-0, base, price.so2.vwap]}
    ratios: {dearer: [fee-0.price.so2.vwap, base.price.so2.vwap]}
    seeds: 3

Of each run: `findings`, what its ledger's verification found; `same`, whether it is the run it is `like`, record for
record but for the note that names the scenario; `trades`, and of them `self-trades`, `sink-sales` (by accounts whose
units are used up) and `outside-band`; the measures, if the sheet names any (as a scenario's `expect:`), and the
stylised facts (`cea.kurtosis`: a right and a name of stylised.py). A count is `trades.<run>`, a measure or a fact
`<run>.price.so2.vwap`, a ratio of two of these `ratio.<its name>`; `luck.<pair>` the chance that as many pairs of the
same seed or more had more of something in one run, were it a matter of luck (one-sided sign test). With many `seeds`
counts are their sums, measures and facts their means; what is `same` is judged of the first. A scenario is named by a
path beside the sheet, or as anywhere else.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from math import isnan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from ecomarket.engine.run import Driving, run
from ecomarket.ledger.place import place_of
from ecomarket.ledger.verify import verify
from ecomarket.model.codes import SINK_ACCOUNTS, Mechanism, RecordKind
from ecomarket.model.stated import NoteCode
from ecomarket.results.expectations import check
from ecomarket.results.summary import measures
from ecomarket.results.write import load_frames
from ecomarket.scenario import load
from ecomarket.scenario.schema.base import Strict
from ecomarket.validity.bands import outside_band
from ecomarket.validity.compared import lucks, ratios
from ecomarket.validity.files import beside
from ecomarket.validity.reading import Sheet, read_sheet
from ecomarket.validity.stylised import FACTS, fact_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecomarket.results.frames import Frames
    from ecomarket.scenario import Scenario
    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.nodes import Node
    from ecomarket.validity.expected import Value

IN_THE_BOOK = (Mechanism.CONTINUOUS, Mechanism.LISTED_AGREEMENT, Mechanism.CALL_AUCTION)
"""Mechanisms whose prices lie within a day's band."""


class Run(Strict):
    """A run: a scenario by name or path, its seed, what is changed in it, and which run it must be the same as."""

    scenario: str = Field(min_length=1, description="name or path | 情景")
    seed: int = Field(default=1, ge=0, description="seed | 随机种子")
    set: list[str] = Field(default=[], description="overrides, path=value | 覆盖")
    like: str = Field(default="", description="another run of the sheet | 对照运行")


class RunsSheet(Sheet):
    """Runs by name, and measures of each."""

    runs: dict[str, Run] = Field(min_length=1, description="runs by name | 运行")
    measures: list[str] = Field(default=[], description="as `measure` of a scenario's expect | 指标")
    facts: list[str] = Field(default=[], description="right and name of a stylised fact | 典型事实")
    pairs: dict[str, tuple[str, str, str]] = Field(
        default={}, description="run with more, run with less, measure or fact | 成对比较"
    )
    ratios: dict[str, tuple[str, str]] = Field(default={}, description="of two numbers of the sheet | 比值")
    seeds: int = Field(default=1, ge=1, description="seeds of each run, from its own on | 每个运行的种子数")


def play(tree: Node, path: Path, findings: Findings) -> dict[str, Value]:
    """Do every run of a sheet. Raises ScenarioError with every Diagnostic at once, of sheet or scenario."""
    sheet = read_sheet(RunsSheet, tree, path, findings)
    for name, told in sheet.runs.items():
        if told.like and told.like not in sheet.runs:
            at = tree.nearest(("runs", name, "like")).text_place()
            findings.add("E211", at, found=told.like, options=list(sheet.runs))
    for number, fact in enumerate(sheet.facts):
        if fact.partition(".")[2] not in FACTS:
            wanted = f"<right>.{'|'.join(FACTS)}"
            findings.add("E303", tree.nearest(("facts", number)).text_place(), found=fact, expected=wanted)
    findings.stop_on_errors()
    found: dict[str, Value] = {}
    played: dict[str, Frames] = {}
    series: dict[str, Mapping[str, list[Decimal]]] = {}
    for name, told in sheet.runs.items():
        played[name], counts, series[name] = _several(told, sheet, beside(path, told.scenario))
        found |= {f"{key}.{name}": value for key, value in counts.items()}
        found |= {f"{name}.{key}": sum(values, Decimal(0)) / len(values) for key, values in series[name].items()}
    for name, told in sheet.runs.items():
        if told.like:
            found[f"same.{name}"] = "same" if same(played[name], played[told.like]) else "other"
    return found | ratios(found, sheet.ratios) | lucks(series, sheet.pairs)


def _several(
    told: Run, sheet: RunsSheet, name: str | Path
) -> tuple[Frames, dict[str, Decimal], dict[str, list[Decimal]]]:
    """Do a run with each of its seeds; return the tables of the first, sums of counts, measures of each seed."""
    scenario = load(name, told.set)
    first: Frames | None = None
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    series: defaultdict[str, list[Decimal]] = defaultdict(list)
    for seed in range(told.seed, told.seed + sheet.seeds):
        frames, faults = _ran(scenario, seed)
        first = first or frames
        for key, count in {"findings": faults, **_kept(scenario, frames)}.items():
            sums[key] += count
        for key, measure in {**_measured(frames, sheet.measures), **_facts(frames, sheet.facts)}.items():
            series[key].append(measure)
    assert first is not None
    return first, sums, series


def _ran(scenario: Scenario, seed: int) -> tuple[Frames, int]:
    """Run a scenario into a folder that is gone afterwards; return its tables and how much verification found."""
    with TemporaryDirectory() as folder:
        done = run(scenario, Driving(seed=seed, until=scenario.end), Path(folder))
        place = place_of(done.folder)
        return load_frames(place), len(verify(place).findings)


def _kept(scenario: Scenario, frames: Frames) -> dict[str, int]:
    """Count what must never happen, from the records alone."""
    trades = frames.records[frames.records["kind"] == RecordKind.TRADE]
    return {
        "trades": len(trades),
        "self-trades": int((trades["account"] == trades["counter"]).sum()),
        "sink-sales": int(np.isin(trades["counter"], [int(sink) for sink in SINK_ACCOUNTS]).sum()),
        "outside-band": outside_band(scenario, frames, IN_THE_BOOK),
    }


def _measured(frames: Frames, names: Sequence[str]) -> dict[str, Decimal]:
    """Return the measures named, the total over keys that a name leaves out."""
    if not names:
        return {}
    document = measures(frames)
    verdicts = check([{"measure": name} for name in names], document)
    return {name: Decimal(verdict.found[0]) for name, verdict in zip(names, verdicts, strict=True) if verdict.found}


def _facts(frames: Frames, names: Sequence[str]) -> dict[str, Decimal]:
    """Return the stylised facts named that there is enough trade for."""
    found: dict[str, Decimal] = {}
    for name in names:
        right, _, fact = name.partition(".")
        value = fact_of(frames, right, fact)
        if not isnan(value):
            found[name] = Decimal(f"{value:.12g}")
    return found


def same(one: Frames, other: Frames) -> bool:
    """Tell whether two journals say the same, but for the note that names the scenario's digest."""
    return _without_opening(one) == _without_opening(other)


def _without_opening(frames: Frames) -> tuple[bytes, list[bytes]]:
    notes = frames.records["kind"] == RecordKind.NOTE
    opening = notes & (frames.records["code"] == NoteCode.RUN_STARTED)
    said = [payload for payload, first in zip(frames.payloads, opening[notes], strict=True) if not first]
    return np.ascontiguousarray(frames.records[~opening]).tobytes(), said
