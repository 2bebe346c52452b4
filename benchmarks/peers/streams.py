"""One stream, every engine: messages a second beside the C++ matcher, and whether the fills agree."""

from __future__ import annotations

import sys
from typing import Any

import flow
from turns import Driver, in_turn
from venvs import BUILD, HERE, matcher, python_of

MESSAGES = 1_000_000
OURS = {
    "match": ("bare.py", {"ECOMARKET_CACHE_DIR": str(BUILD / "match")}),
    "full": ("ours.py", {}),
    "single": ("ours.py", {}),
    "reference": ("ours.py", {}),
}
PEERS = {
    "bourse": "bourse_peer.py",
    "lightmatchingengine": "lightmatching_peer.py",
    "order-matching": "order_matching_peer.py",
    "pams": "pams_peer.py",
}
LONG, SHORT = 100_000, 8_000
PREFIX = {"single": LONG, "reference": LONG, "lightmatchingengine": LONG, "order-matching": SHORT, "pams": SHORT}
"""How many messages the slow ones get: the first of the stream."""
TURNS = {"cpp": 7, "full": 5, "match": 5, "bourse": 4, "single": 4, "reference": 2}
"""How often each runs on the base stream, from which targets are judged; once if not named."""
TURNS_BESIDE = {"cpp": 5, "full": 4, "match": 4, "bourse": 2}
"""The same on the other streams."""


def drivers(stream: str) -> list[Driver]:
    """Return the drivers of all engines that are there."""
    path = BUILD / f"{stream}.i64"
    turns = TURNS if stream == "base" else TURNS_BESIDE
    found = []
    cpp = matcher()
    if cpp is not None:
        found.append(Driver("cpp", (cpp, path, str(flow.LOWEST)), turns["cpp"]))
    for name, (script, environ) in OURS.items():
        command = (sys.executable, HERE / script, path, str(PREFIX.get(name, MESSAGES)), name)
        found.append(Driver(name, command, turns.get(name, 1), environ))
    for name, script in PEERS.items():
        python = python_of(name)
        if python is not None:
            command = (python, HERE / script, path, str(PREFIX.get(name, MESSAGES)))
            found.append(Driver(name, command, turns.get(name, 1)))
    return found


def judged(stream: str) -> dict[int, dict[str, Any]]:
    """Return what the full path makes of each prefix of a stream that some engine gets."""
    path = BUILD / f"{stream}.i64"
    asked = [
        Driver(str(n), (sys.executable, HERE / "ours.py", path, str(n), "full"), 1)
        for n in sorted({*PREFIX.values(), MESSAGES})
    ]
    return {int(n): told for n, told in in_turn(asked).items()}


def agreement(told: dict[str, Any], judge: dict[str, Any]) -> str:
    """Say how far fills agree with ours: `same` trades and lots, same `lots` only (some count trades otherwise)."""
    if told.get("trades") == judge["trades"] and told["lots"] == judge["lots"]:
        return "same"
    return "lots" if told["lots"] == judge["lots"] else "differ"


def measure(stream: str) -> dict[str, Any]:
    """Run one stream through every engine."""
    rows = flow.flow(stream, MESSAGES)
    flow.write(BUILD / f"{stream}.i64", rows)
    judge = judged(stream)
    table = []
    for name, told in in_turn(drivers(stream)).items():
        if "missing" in told:
            table.append({"engine": name, **told})
            continue
        count = told["messages"]
        table.append(
            {"engine": name, "messages": count, "rate": count / told["seconds"], "fills": agreement(told, judge[count])}
        )
    whole = judge[MESSAGES]
    withdrawals = int((rows[:, 0] == 2).sum())
    return {
        "messages": MESSAGES, "trades": whole["trades"], "withdrawals": withdrawals,
        "hits": whole["hits"] / withdrawals, "resting": whole["resting"], "rows": table,
    }  # fmt: skip
