"""What was aimed at, what was measured: each target as a ratio within one run, judged `ok` or `missed`."""

from __future__ import annotations

from typing import Any, NamedTuple

LARGE = 100_000
AIMS = {
    "match/cpp": (0.7, True),
    "match/reference": (60, True),
    "match/bourse": (8, True),
    "full/cpp": (0.3, True),
    "full/bourse": (4, True),
    "single/bourse": (0.7, True),
    "deep": (1.5, False),
    "cancel": (1.5, False),
    "messages": (1.5, False),
    "messages-days": (1.5, False),
    "accounts": (1.5, False),
    "accounts-large": (3, False),
    "memory": (64, False),
    "market/bourse": (1.5, True),
    "market/bourse-own": (1.5, True),
    "market/pams": (500, True),
    "market-large": (5, False),
}
"""By target: the bound, and whether it is the least (else the most). TARGETS in words.py says what each is."""


class Judged(NamedTuple):
    """One target and what was measured: None if something it needs was left out."""

    key: str
    bound: float
    at_least: bool
    got: float | None

    @property
    def verdict(self) -> str:
        """Say whether the target is met."""
        if self.got is None:
            return "not measured"
        return "ok" if (self.got >= self.bound if self.at_least else self.got <= self.bound) else "missed"


def rates(stream: dict[str, Any]) -> dict[str, float]:
    """Return messages a second by engine."""
    return {row["engine"]: row["rate"] for row in stream["rows"] if "rate" in row}


def of_streams(streams: dict[str, Any]) -> dict[str, float]:
    """Return ratios of rates on the base stream, costs of the other streams beside it."""
    base = rates(streams["base"])
    pairs = [key.split("/") for key in AIMS if key.count("/") == 1 and not key.startswith("market")]
    found = {f"{a}/{b}": base[a] / base[b] for a, b in pairs if a in base and b in base}
    others = {name: rates(streams[name]) for name in ("deep", "cancel") if name in streams}
    return found | {name: base["full"] / rate["full"] for name, rate in others.items() if "full" in rate}


def of_scale(scale: dict[str, Any]) -> dict[str, float]:
    """Return how flat the cost of a message is, and the bytes of a resting order."""
    found = {}
    if "messages" in scale:
        for key, what in (("messages", "ns"), ("messages-days", "days")):
            costs = [told[what] for told in scale["messages"].values()]
            found[key] = max(costs) / min(costs)
    if "accounts" in scale:
        small = [told["ns"] for size, told in scale["accounts"].items() if int(size) < LARGE]
        found["accounts"] = max(small) / min(small)
        found["accounts-large"] = scale["accounts"][str(LARGE)]["ns"] / min(small)
    if "memory" in scale:
        found["memory"] = scale["memory"]["kernel"]["layout"]
    return found


def of_market(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return the market of 1,000 agents beside the others', and 100,000 agents beside 1,000."""
    rate = {(row["engine"], row["agents"]): row["rate"] for row in rows if "rate" in row}
    mine = rate["ours", 1_000]
    peers = [peer for peer in ("bourse", "bourse-own", "pams") if (peer, 1_000) in rate]
    return {f"market/{peer}": mine / rate[peer, 1_000] for peer in peers} | {"market-large": mine / rate["ours", LARGE]}


def judge(results: dict[str, Any]) -> list[Judged]:
    """Judge all that was aimed at."""
    found = of_streams(results["streams"]) if "streams" in results else {}
    found |= of_scale(results.get("scale", {}))
    found |= of_market(results["market"]) if "market" in results else {}
    return [Judged(key, bound, at_least, found.get(key)) for key, (bound, at_least) in AIMS.items()]
