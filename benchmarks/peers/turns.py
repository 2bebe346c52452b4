"""Run drivers in processes of their own, one after the other and again, and keep the best of each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from venvs import HERE

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = HERE.parents[1] / "src"
PATIENCE_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Driver:
    """One way to run one engine: its name, its command, how often at most, its environment beside the usual."""

    name: str
    command: tuple[str | Path, ...]
    turns: int = 3
    environ: dict[str, str] = field(default_factory=dict)


def once(driver: Driver) -> dict[str, Any]:
    """Run a driver; return what it prints (JSON), or {"missing": why}."""
    paths = {"PYTHONPATH": str(SOURCE)} if driver.command[0] == sys.executable else {"PYTHONPATH": ""}
    environ = {**os.environ, **paths, **driver.environ}
    command = [str(part) for part in driver.command]
    try:
        ran = subprocess.run(
            command, env=environ, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS, cwd=HERE
        )
    except subprocess.TimeoutExpired:
        return {"missing": f"not done after {PATIENCE_SECONDS} s"}
    if ran.returncode:
        return {"missing": (ran.stderr.strip().splitlines() or ["failed without a word"])[-1]}
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return told


def in_turn(drivers: list[Driver]) -> dict[str, dict[str, Any]]:
    """Run each driver as often as it wants, A B C A B C, so that a busy spell of the machine hits all; keep the best.

    What came of the stream must be the same each time.
    """
    best: dict[str, dict[str, Any]] = {}
    for turn in range(max(d.turns for d in drivers)):
        for driver in drivers:
            before = best.get(driver.name)
            if turn >= driver.turns or (before and "missing" in before):
                continue
            told = once(driver)
            if before and "seconds" in told:
                assert told.get("lots") == before.get("lots"), driver.name
            if before is None or told.get("seconds", 1e9) < before["seconds"]:
                best[driver.name] = told
    return best
