"""The zero-intelligence market in ours, bourse and pams, for several numbers of agents."""

from __future__ import annotations

import sys
from typing import Any

from turns import Driver, in_turn
from venvs import HERE, python_of

AGENTS = (100, 1_000, 10_000, 100_000)
ACTIONS = {"ours": 300_000, "bourse": 300_000, "bourse-own": 300_000, "pams": 5_000}
PAMS_AGENTS = (100, 1_000)
"""pams takes a third of a millisecond an action: two sizes suffice."""


def drivers(agents: int) -> list[Driver]:
    """Return the drivers of one size."""
    n = str(agents)
    found = [Driver("ours", (sys.executable, HERE / "market_ours.py", n, str(ACTIONS["ours"])))]
    bourse = python_of("bourse")
    if bourse is not None:
        for name, own in (("bourse", "0"), ("bourse-own", "1")):
            found.append(Driver(name, (bourse, HERE / "market_bourse.py", n, str(ACTIONS[name]), own)))
    pams = python_of("pams") if agents in PAMS_AGENTS else None
    if pams is not None:
        found.append(Driver("pams", (pams, HERE / "market_pams.py", n, str(ACTIONS["pams"])), 2))
    return found


def measure() -> list[dict[str, Any]]:
    """Run every size in every engine; return rows of engine, agents, actions a second."""
    rows = []
    for agents in AGENTS:
        for name, told in in_turn(drivers(agents)).items():
            row = {"engine": name, "agents": agents}
            if "missing" in told:
                rows.append({**row, **told})
                continue
            row |= {"rate": told["actions"] / told["seconds"], "trades_each": told["trades"] / told["actions"]}
            if "chained" in told:
                row["chained_ns"] = told["chained"] / told["actions"] * 1e9
            rows.append(row)
    return rows
