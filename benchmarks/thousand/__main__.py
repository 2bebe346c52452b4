"""A thousand runs of two rules by one command, beside Mesa and plain loops: sixty traders, two markets, one year.

    python benchmarks/thousand.py                  60 runs, about three minutes on two quiet cores
    python benchmarks/thousand.py 1000             as many as are asked for, of both rules together

`ecomarket compare` is run with one process and with two, and watched from outside. What a run costs beyond itself is
the time between the first and the last result, less the seconds that the runs took (their measures included), with one
process; what comes before and after stands apart. Memory is that of the command and all processes under it. The peers
run the same market written in plain Python (sixty.py), which keeps no accounts and no record of what happens.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "peers")]

from command import Watched, told_of  # noqa: E402
from sixty import BANDS  # noqa: E402
from venvs import python_of  # noqa: E402

RUNS = 60
FLAT_FROM = 200
"""Runs from which on memory is judged: a process sweeps up after every 32."""
AGREE = 0.02
AIMS = {"rate": (1.8, True), "overhead": (15.0, False), "memory": (1.1, False), "agree": (AGREE, False)}
"""By what is aimed at: the bound, and whether it is the least (else the most)."""


def printed(python: str | Path, script: str, *words: object) -> dict[str, Any] | None:
    """Run a script of this folder and return the JSON that it prints last; None, and a word why, if it fails."""
    command = [str(python), "-W", "ignore", str(HERE / script), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE)
    if done.returncode:
        print(f"  {script} left out: {(done.stderr.strip().splitlines() or ['no word'])[-1]}")
        return None
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def row(name: str, runs: int, seconds: float, beside: float) -> None:
    """Print how many runs a second there were, and how many times as many as of ours with as many processes."""
    print(f"  {name:<52}{runs / seconds:8.2f} a second {runs / seconds * beside:8.2f}")


def peers(runs: int, ours: dict[int, Watched]) -> dict[str, dict[str, float]] | None:
    """Run the same market elsewhere; return its means by band."""
    mesa, found = python_of("mesa"), None
    for jobs, watched in ours.items():
        beside = watched.wall / watched.runs
        row(f"ecomarket compare, {jobs} process(es)", watched.runs, watched.wall, beside)
        loop = printed(sys.executable, "loop.py", runs, jobs)
        plain = printed(sys.executable, "sixty.py", runs, jobs)
        batch = printed(mesa, "in_mesa.py", runs, jobs) if mesa is not None else None
        for name, told in (
            ("our runs, concurrent.futures, nothing kept", loop),
            ("plain Python, concurrent.futures", plain),
            ("mesa.batch_run", batch),
        ):
            if told:
                row(f"{name}, {jobs}", told["runs"], told["seconds"], beside)
        found = plain["means"] if plain else found
    return found


def apart(ours: dict[str, dict[str, float]], theirs: dict[str, dict[str, float]]) -> float:
    """Return how far the means of the two programs lie apart at most, as a share."""
    return max(abs(theirs[band][key] / x - 1) for band, own in ours.items() for key, x in own.items())


def judged(name: str, what: str, got: float) -> None:
    """Print one aim and whether it was met."""
    bound, least = AIMS[name]
    ok = got >= bound if least else got <= bound
    print(f"  {what}: {got:.3g} (at {'least' if least else 'most'} {bound:g}) {'ok' if ok else 'missed'}")


def main() -> None:
    runs = max(int(sys.argv[1]) if sys.argv[1:] else RUNS, 4 * len(BANDS))
    told_of(len(BANDS), 1)  # compiles
    ours = {jobs: told_of(runs, jobs) for jobs in (1, 2)}
    one, two = ours[1], ours[2]
    print(f"\n{one.runs} runs of two rules, 60 traders, 2 markets, a year; a run takes {one.within / one.runs:.2f} s")
    print(f"  runs a second{'':<52}beside ours")
    means = peers(runs, ours)
    print(f"  one process: {one.before:.1f} s before the first result, {one.after:.1f} s after the last")
    judged("rate", "two processes, times the rate of one", one.wall / two.wall)
    judged("overhead", "beyond the run itself, ms a run", 1000 * one.beside)
    for watched, told in ((one, "one process"), (two, "two processes")):
        if runs >= FLAT_FROM:
            judged("memory", f"{told}: most memory in the second half of the runs by that in the first", watched.growth)
    if means:
        judged("agree", "means of price and volume, share apart at most", apart(one.means, means))
    assert one.table == two.table, "the table depends on the number of processes"


if __name__ == "__main__":
    main()
