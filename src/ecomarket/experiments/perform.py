"""One cell run in this process, its ledger in memory: nothing is written, nothing is reported."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ecomarket.engine.in_memory import run_in_memory
from ecomarket.errors import EcomarketError, UnknownMeasureError
from ecomarket.experiments.faults import fault, words
from ecomarket.experiments.measured import beside_optimum, measured
from ecomarket.experiments.plan import program
from ecomarket.results.write import load_frames
from ecomarket.scenario import load

if TYPE_CHECKING:
    from ecomarket.experiments.plan import Cell
    from ecomarket.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a cell: head hash (hex), counts, numbers by label as decimal text, seconds of wall clock it took.

    `failed` holds why it failed in English and Chinese; of a cell that did not, it is empty.
    """

    key: str
    seed: int
    version: str
    head: str = ""
    events: int = 0
    trades: int = 0
    numbers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    failed: tuple[str, str] | tuple[()] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the result as a cell's file holds it."""
        return asdict(self)


@lru_cache(maxsize=64)
def _loaded(source: str, overrides: tuple[str, ...]) -> Scenario:
    return load(source, overrides)


def perform(cell: Cell) -> Result:
    """Run a cell and measure it. A run that fails is a result that says why.

    Raises UnknownMeasureError, which no seed can mend, and KeyboardInterrupt if the run was stopped.
    """
    began = perf_counter()
    try:
        head, events, trades, numbers = _run(cell)
    except UnknownMeasureError:
        raise
    except EcomarketError as error:
        return failure(cell, (error.text("en"), error.text("zh")), perf_counter() - began)
    except Exception as error:  # noqa: BLE001  (a fault of a plug-in or of ours costs its cell, not the table)
        return failure(cell, words("E907", kind=type(error).__name__, message=error), perf_counter() - began)
    seconds = perf_counter() - began
    return Result(cell.key, cell.seed, program(), head, events, trades, numbers, seconds)


def failure(cell: Cell, why: tuple[str, str], seconds: float = 0.0) -> Result:
    """Return the result of a cell that failed."""
    return Result(cell.key, cell.seed, program(), seconds=seconds, failed=why)


def _run(cell: Cell) -> tuple[str, int, int, dict[str, str]]:
    scenario = _loaded(cell.arm.source, cell.arm.overrides)
    if scenario.digest != cell.arm.digest:
        raise fault("E906", path=scenario.path)
    kept, journal, keeper = run_in_memory(scenario, cell.seed)
    frames = load_frames(kept, scenario if beside_optimum(cell.measures) else None)
    return journal.head.hex(), journal.events, keeper.trades, measured(frames, cell.measures)
