"""What was aimed at, what was measured: each target as a ratio within one run, judged `ok` or `missed`."""

from __future__ import annotations

from typing import Any, NamedTuple

FLAT = 1.5
FLAT_LARGE = 3.0
LARGE = 100_000


class Judged(NamedTuple):
    """One target: its key (words in words.py), what was measured, the bound, whether that is the least or the most."""

    key: str
    got: float
    bound: float
    at_least: bool

    @property
    def ok(self) -> bool:
        """Tell whether the target is met."""
        return self.got >= self.bound if self.at_least else self.got <= self.bound


def rates(stream: dict[str, Any]) -> dict[str, float]:
    """Return messages a second by engine."""
    return {row["engine"]: row["rate"] for row in stream["rows"] if "rate" in row}


def of_streams(streams: dict[str, Any]) -> list[Judged]:
    """Judge the streams: ratios of rates on the base stream, costs of the others beside it."""
    base = rates(streams["base"])
    asked = (
        ("match", "cpp", 0.7), ("match", "reference", 60), ("match", "bourse", 8),
        ("full", "cpp", 0.3), ("full", "bourse", 4), ("single", "bourse", 0.7),
    )  # fmt: skip
    found = [Judged(f"{a}/{b}", base[a] / base[b], least, True) for a, b, least in asked if a in base and b in base]
    others = [name for name in ("deep", "cancel") if name in streams]
    return [*found, *(Judged(name, base["full"] / rates(streams[name])["full"], FLAT, False) for name in others)]


def of_scale(found: dict[str, Any]) -> list[Judged]:
    """Judge how flat the cost of a message is, and the bytes of a resting order."""
    judged = []
    if "messages" in found:
        costs = found["messages"].values()
        judged.append(Judged("messages", max(costs) / min(costs), FLAT, False))
    if "accounts" in found:
        small = [cost for size, cost in found["accounts"].items() if int(size) < LARGE]
        judged.append(Judged("accounts", max(small) / min(small), FLAT, False))
        judged.append(Judged("accounts-large", found["accounts"][str(LARGE)] / min(small), FLAT_LARGE, False))
    if "kernel" in found.get("memory", {}):
        judged.append(Judged("memory", found["memory"]["kernel"]["layout"], 64, False))
    return judged


def of_market(rows: list[dict[str, Any]]) -> list[Judged]:
    """Judge the market of 1,000 agents beside the others, and 100,000 agents beside 1,000."""
    rate = {(row["engine"], row["agents"]): row["rate"] for row in rows if "rate" in row}
    mine = rate["ours", 1_000]
    judged = [
        Judged(f"market/{peer}", mine / rate[peer, 1_000], least, True)
        for peer, least in (("bourse", 1.5), ("bourse-own", 1.5), ("pams", 500))
        if (peer, 1_000) in rate
    ]
    return [*judged, Judged("market-large", mine / rate["ours", LARGE], 5, False)]


def judge(results: dict[str, Any]) -> list[Judged]:
    """Judge all that was measured."""
    found = of_streams(results["streams"]) if "streams" in results else []
    found += of_scale(results.get("scale", {}))
    return found + (of_market(results["market"]) if "market" in results else [])
