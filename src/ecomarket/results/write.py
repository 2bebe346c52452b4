"""Write what a run's folder holds beside its ledger: measures.json and tables/; read them back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ecomarket.engine.folder import read_manifest
from ecomarket.ledger.faults import fault
from ecomarket.ledger.memory import BlockKeeper
from ecomarket.ledger.place import place_of
from ecomarket.ledger.query import open_ledger
from ecomarket.results.days import observed_days, weekly
from ecomarket.results.efficiency.held import read_held
from ecomarket.results.efficiency.reckon import reckon
from ecomarket.results.expectations import check
from ecomarket.results.frames import Frames
from ecomarket.results.summary import measures
from ecomarket.results.tables import write_tables

if TYPE_CHECKING:
    from pathlib import Path

    from ecomarket.scenario import Scenario

MEASURES: Final = "measures.json"
TABLES: Final = "tables"
FROM_SCENARIO: Final = ("sources", "expectations", "observed")
"""What measures.json holds that the journal does not know."""


def load_frames(ledger: str | Path | BlockKeeper, scenario: Scenario | None = None, *, ended: bool = True) -> Frames:
    """Return the tables of a run's ledger, by its place or kept in memory. Raises RunError if it cannot be read.

    With the scenario that was run, they know what the run is held against; `ended`: it went to the scenario's end.
    """
    if isinstance(ledger, BlockKeeper):
        records, payloads = ledger.load()
    else:
        with open_ledger(ledger) as opened:
            records, payloads = opened.load()
    frames = Frames(records, [payloads[seq] for seq in sorted(payloads)])
    if scenario is not None:
        frames.held = reckon(scenario, frames, ended=ended)
    return frames


def write_results(
    folder: Path, scenario: Scenario, ledger: str | Path | BlockKeeper | None = None
) -> tuple[Frames, dict[str, Any]]:
    """Write measures.json and tables/ of a run and return its frames and measures.

    `ledger` is its ledger's place, or its blocks in memory; None: where the folder says.
    """
    ended = read_manifest(folder).get("last_day", scenario.end.isoformat()) == scenario.end.isoformat()
    frames = load_frames(place_of(folder) if ledger is None else ledger, scenario, ended=ended)
    found = measures(frames)
    said = [s.source for s in scenario.sources]
    found["sources"] = {"values": len(said), "assumptions": sum("assumption" in s for s in said)}
    entries = [e.model_dump(exclude_defaults=True) for e in scenario.config.expect]
    found["expectations"] = [v.document() for v in check(entries, found)]
    if weeks := observed_weeks(scenario):
        found["observed"] = weeks
    text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MEASURES).write_text(text + "\n", encoding="utf-8")
    write_tables(folder / TABLES, frames)
    return frames, found


def observed_weeks(scenario: Scenario) -> dict[str, list[dict[str, Any]]]:
    """Return by right the weeks of the real market that a scenario holds its run against: date, price, share."""
    found: dict[str, list[dict[str, Any]]] = {}
    for observed in scenario.config.observed.values():
        days = observed_days(observed, scenario.start, scenario.end)
        if days.volume.sum() > 0:
            weeks = weekly(days)
            weeks["date"] = weeks["date"].dt.strftime("%Y-%m-%d")
            rows = weeks.round({"price": 4, "share": 6}).to_dict("records")
            found[observed.right] = [{str(key): value for key, value in row.items()} for row in rows]
    return found


def read_results(folder: Path, ledger: str | Path | None = None) -> tuple[Frames, dict[str, Any]]:
    """Return the frames and measures of a finished run: every number anew from its ledger, not from measures.json.

    What needs the scenario is read from there: the benchmark, sources, expectations.
    """
    frames = load_frames(place_of(folder) if ledger is None else ledger)
    try:
        earlier = json.loads((folder / MEASURES).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise fault("E753", path=folder / MEASURES, why=error) from None
    frames.held = read_held(earlier)
    return frames, measures(frames) | {k: earlier[k] for k in FROM_SCENARIO if k in earlier}
