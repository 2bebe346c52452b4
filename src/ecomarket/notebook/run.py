"""A run for Python and notebooks: done now, or read from its folder; tables, report, proof."""

from __future__ import annotations

import json
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from shutil import copyfile, rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Final, Literal, get_args
from weakref import finalize

from ecomarket.cards import Grid, card
from ecomarket.engine.folder import COMMITTED, ENDED, MANIFEST, mark, read_manifest
from ecomarket.engine.run import Driving
from ecomarket.engine.run import run as run_in_folder
from ecomarket.experiments import given
from ecomarket.i18n import LANGUAGES, default_language, tr
from ecomarket.ledger.faults import Words, fault, storage_fault, words
from ecomarket.ledger.place import place_of
from ecomarket.ledger.verify import verify
from ecomarket.notebook import tidy
from ecomarket.notebook.spoken import spoken
from ecomarket.results.summary import measure_classes
from ecomarket.results.tables import JOURNAL
from ecomarket.results.write import MEASURES, read_results, write_results
from ecomarket.scenario import Scenario
from ecomarket.scenario.given import one_of, place, texts
from ecomarket.scenario.states import load_whole
from ecomarket.written import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from ecomarket.errors import RunError
    from ecomarket.ledger.findings import Report
    from ecomarket.results.frames import Frames

LEDGERS: Final = "ledgers"
"""Where a run is looked for by its name, as the commands do."""
NAMED: Final = ("participants", "instruments", "zones")
SHOWN: Final = (
    "price.vwap", "price.close", "volume.quantity", "emissions.emitted_t", "compliance.rate",
    "gains-from-trade.gain_cny", "efficiency.efficiency",
)  # fmt: skip
"""Columns on the card of a run: the totals over all keys but the first and the year."""
Level = Literal["file", "chain", "replay", "invariants"]


class Run:
    """A run that has ended: its folder, and everything in it as tables.

    Tables are pandas frames with floats; `attrs["units"]` names the unit of every column of numbers ("unit" in it is
    what the column `unit` says). Exact decimals are in `document`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder)

    @property
    def head(self) -> str:
        """Return the head hash of the ledger, 64 hex digits: the same for the same scenario, seed and version."""
        return str(self.manifest["head"])

    @property
    def seed(self) -> int:
        """Return the seed."""
        return int(self.manifest["seed"])

    @property
    def scenario(self) -> str:
        """Return the scenario's name."""
        return str(self.manifest["scenario"])

    @cached_property
    def _results(self) -> tuple[Frames, dict[str, Any]]:
        return read_results(self.folder)

    @property
    def document(self) -> dict[str, Any]:
        """Return what measures.json holds: every measure with exact decimal text (results.summary.measures)."""
        document: dict[str, Any] = json.loads((self.folder / MEASURES).read_text(encoding="utf-8"))
        return document

    @cached_property
    def measures(self) -> pd.DataFrame:
        """Return every number of every measure, a row each, by label such as `price.so2.vwap@2025`."""
        return tidy.all_measures(self._results[0])

    @cached_property
    def trades(self) -> pd.DataFrame:
        """Return every trade: date, right, instrument, parties, quantity, price (CNY a unit), value and fees (CNY)."""
        return tidy.trades(self._results[0])

    @cached_property
    def prices(self) -> pd.DataFrame:
        """Return every closing price, a row a day and instrument; quantity 0 where nothing was traded."""
        return tidy.prices(self._results[0])

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the names that `table` knows: measures, then the journal's own tables, then who and what there was."""
        return tuple(dict.fromkeys((*measure_classes(), *JOURNAL, *NAMED)))

    @spoken
    def table(self, name: str) -> pd.DataFrame:
        """Return a measure by its kind, or a table of the journal as it is: numbers of accounts, lots, cash.

        A cash unit is 0.0001 CNY. Raises RunError (E756) for a name that there is not.
        """
        if name in measure_classes():
            return tidy.measure_table(self._results[0], name)
        if name not in self.tables:
            raise _unknown("E756", name, self.tables)
        found: pd.DataFrame = getattr(self._results[0], name).copy()
        return found

    @spoken
    def verify(self, level: Level = "invariants") -> Report:
        """Verify the ledger: `clean` says whether all is well, `findings` what is not, `summary(lang)` it in a line.

        Raises RunError for a level that there is not (E757), and if the file cannot be opened as a ledger.
        """
        if level not in get_args(Level):
            raise _unknown("E757", level, get_args(Level))
        return verify(place_of(self.folder), level)

    @spoken
    def report(self, path: str | Path | None = None, lang: str | None = None) -> Path:
        """Write report.html in "zh" or "en" (the chosen language if None) and return where it is.

        Without a path it lies in the run's folder; a path may be a file or a folder. Raises UserError: another language
        (E941), no path (E965); StorageError where it cannot be written.
        """
        spoken_in = one_of("lang", lang or default_language(), LANGUAGES)
        if path is not None:
            place("path", path)
        from ecomarket.report.build import write_report  # noqa: PLC0415  (figures take a second to load)

        written_to = write_report(self.folder, *self._results, spoken_in)
        if path is None:
            return written_to
        chosen = Path(path, written_to.name) if Path(path).is_dir() else Path(path)
        try:
            return Path(copyfile(written_to, chosen))
        except OSError as error:
            raise storage_fault(chosen, error) from error

    def __repr__(self) -> str:
        return f"<Run {self.folder.name}: {self.manifest['events']} events, head {self.head[:12]}>"

    def _repr_html_(self) -> str:
        """Return the run's card: what it is of, and its main measures."""
        lang, told = default_language(), self.manifest
        title = f"{self.scenario} · {tr('notebook.seed', lang)} {self.seed}"
        facts = [
            (tr("notebook.last_day", lang), str(told["last_day"])),
            (tr("notebook.trades", lang), f"{told['trades']:,}"),
            (tr("notebook.events", lang), f"{told['events']:,}"),
            (tr("notebook.head", lang), f"{self.head[:16]}…"),
        ]
        rows = self.measures
        column = rows["measure"] + "." + rows["column"]
        main = rows[column.isin(SHOWN) & ~rows["of"].str.contains(".", regex=False)]
        cells = [(str(name), number(row["value"]), row["unit"]) for name, row in main.iterrows()]
        heads = [tr(f"notebook.{head}", lang) for head in ("measure", "value", "unit")]
        return card(title, facts, Grid(heads, cells), tr("notebook.more", lang))


@spoken
def run(
    scenario: str | Path | Scenario, seed: int = 1, *, overrides: Sequence[str] = (), out: str | Path | None = None
) -> Run:
    """Run a scenario (name, file, folder, or one that was loaded) and return the run.

    With `out` it is what `ecomarket run --no-report` leaves below that folder, and a run that is there already is not
    done again. Without, its folder goes when the run does. Raises ScenarioError, RunError, StorageError, and
    KeyboardInterrupt if it was asked to stop; UserError for a seed that is none (E939).

    >>> import ecomarket as em
    >>> run = em.run("classroom-sinks", seed=3, overrides=["calendar.end=2025-01-10"])
    >>> run.seed, len(run.head), run.verify().clean
    (3, 64, True)
    """
    seed = given.seed(seed)
    loaded = loaded_scenario(scenario, overrides)
    if out is not None:
        return _run(loaded, seed, Path(place("out", out)))
    folder = Path(mkdtemp(prefix="ecomarket-"))
    try:
        found = _run(loaded, seed, folder)
    except BaseException:
        rmtree(folder, ignore_errors=True)
        raise
    finalize(found, rmtree, folder, ignore_errors=True)
    return found


def _run(scenario: Scenario, seed: int, out: Path) -> Run:
    done = run_in_folder(scenario, Driving(seed, scenario.end), out)
    if done.interrupted:
        raise KeyboardInterrupt
    if not done.is_new:
        return Run(done.folder)
    results = write_results(done.folder, scenario, done.ledger)
    if done.status == COMMITTED:
        mark(done.folder, ENDED)
    found = Run(done.folder)
    found.__dict__["_results"] = results
    return found


@spoken
def load(folder: str | Path) -> Run:
    """Return the run in a folder, named by its path or by its name below ledgers/.

    Raises RunError if there is none (E755) or it has not ended (E758).
    """
    place("folder", folder, "run")
    for found in (Path(folder), Path(LEDGERS) / folder):
        if (found / MANIFEST).is_file():
            return _ended(Run(found))
    below = sorted(str(path.parent) for path in Path(folder).glob(f"*/{MANIFEST}"))
    kept = sorted(path.parent.name for path in Path(LEDGERS).glob(f"*/{MANIFEST}"))
    raise _unknown("E755", str(folder), [*below, *kept])


def _ended(found: Run) -> Run:
    """Raise RunError (E758) if a run stopped before its end, or still goes on."""
    status = found.manifest.get("status", ENDED)
    if status != ENDED:
        raise fault("E758", found=found.folder, status=status)
    return found


def _unknown(code: str, found: str, options: Sequence[str]) -> RunError:
    """Return the error of a name that there is not, with the nearest and all that there are."""
    near = get_close_matches(str(found), options, n=1)
    hint = words("meant", near=near[0]) if near else Words("", "")
    return fault(code, found=found, options=", ".join(options) or "–", near=hint)


def loaded_scenario(scenario: str | Path | Scenario, overrides: Sequence[str] = ()) -> Scenario:
    """Return a scenario with further overrides; one that is loaded is read again only where there are some."""
    own = texts("overrides", overrides)
    if not isinstance(scenario, Scenario):
        return load_whole(place("scenario", scenario, "scenario"), own)
    return load_whole(scenario.path, (*scenario.overrides, *own)) if own else scenario
