"""The command under test, watched from outside: when results came, time in the runs, memory, its table."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sixty import BANDS

HERE = Path(__file__).parent
SCENARIO = HERE / "thousand.yaml"
VARIANT = f"band:venues.first-market.price_band={BANDS[1]},venues.second-market.price_band={BANDS[1]}"
MEASURES = ("price.vwap", "volume.quantity")
SECONDS_BETWEEN = 0.25
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Watched:
    """What one experiment was seen to do: times in seconds, memory in bytes by share of the runs done.

    `before` the first result, `between` that and the last, `after` it; `within` runs in all, `first` within the first.
    """

    runs: int
    before: float
    between: float
    after: float
    within: float
    first: float
    memory: list[tuple[float, int]]
    means: dict[str, dict[str, float]]
    table: str

    @property
    def wall(self) -> float:
        """Return the seconds that the command took."""
        return self.before + self.between + self.after

    @property
    def beside(self) -> float:
        """Return the seconds a run that were not spent in it; it says something with one process only."""
        return (self.between - (self.within - self.first)) / (self.runs - 1)

    @property
    def growth(self) -> float:
        """Return the most memory seen in the second half of the runs as a multiple of that in the first."""
        halves = [[n for share, n in self.memory if (share > 0.5) == late] for late in (False, True)]
        return max(halves[1], default=0) / max(halves[0], default=1)


def command(runs: int, jobs: int, folder: Path) -> list[str]:
    """Return the words of the experiment."""
    measures = [word for name in MEASURES for word in ("--measure", name)]
    return [
        sys.executable, "-m", "ecomarket", "compare", str(SCENARIO), VARIANT, "--runs", str(runs // len(BANDS)),
        "--jobs", str(jobs), *measures, "--no-report", "--json", "--out", str(folder),
    ]  # fmt: skip


def told_of(runs: int, jobs: int) -> Watched:
    """Run the experiment and watch it."""
    with TemporaryDirectory() as name:
        folder, memory = Path(name) / "found", list[tuple[float, int]]()
        began = time.time()
        environ = {**os.environ, "PYTHONPATH": str(HERE.parents[1] / "src")}
        process = subprocess.Popen(command(runs, jobs, folder), stdout=subprocess.PIPE, text=True, env=environ)
        while process.poll() is None:
            time.sleep(SECONDS_BETWEEN)
            memory.append((len(kept(folder)) / runs, used(process.pid)))
        ended = time.time()
        assert process.stdout is not None
        told = json.loads(process.stdout.read())
        [table] = folder.glob("table.*")
        cells = sorted((path.stat().st_mtime, path) for path in kept(folder))
        (first, path), (last, _) = cells[0], cells[-1]
        in_first = json.loads(path.read_text(encoding="utf-8"))["seconds"]
        times = (first - began, last - first, ended - last, told["seconds"], in_first)
        return Watched(len(cells), *times, memory, means(told), hashlib.sha256(table.read_bytes()).hexdigest())


def means(told: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Return the means of both rules as sixty.py names them."""
    [rows] = told["measures"].values()
    names = {"vwap": "price", "quantity": "volume"}
    found: dict[str, dict[str, float]] = {str(band): {} for band in BANDS}
    for label, row in rows.items():
        _, good, column = label.partition("@")[0].split(".")
        for band, side in zip(found, ("base", "variant"), strict=True):
            found[band][f"{names[column]}.{good}"] = row[side]
    return found


def kept(folder: Path) -> list[Path]:
    """Return the files of the cells that are done."""
    return list(folder.glob("cells/*/*.json"))


def used(pid: int) -> int:
    """Return the bytes in memory of a process and all under it."""
    below: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        except OSError:
            continue
        below.setdefault(parent, []).append(int(path.parent.name))
    total, open_ = 0, [pid]
    while open_:
        one = open_.pop()
        open_ += below.get(one, [])
        try:
            total += int(Path(f"/proc/{one}/statm").read_text(encoding="utf-8").split()[1]) * PAGE
        except OSError:
            continue
    return total
