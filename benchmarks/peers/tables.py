"""The results as lines of text: the same tables on the screen and on the page."""

from __future__ import annotations

from typing import Any

from targets import judge, rates
from words import FILLS, NAMES, STREAMS, TARGETS

Table = tuple[str, list[str], list[list[str]]]
"""A title, the heads of the columns, the rows."""


def count(number: float) -> str:
    """Return a number with as many places as it deserves."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def stream_table(name: str, stream: dict[str, Any]) -> Table:
    """Show one stream: a row an engine."""
    cpp = rates(stream).get("cpp")
    rows = []
    for row in stream["rows"]:
        if "missing" in row:
            rows.append([NAMES[row["engine"]][0], "-", "-", "-", f"left out: {row['missing']}"])
            continue
        part = "" if row["messages"] == stream["messages"] else f", first {row['messages']:,} messages"
        ratio = f"{row['rate'] / cpp:.2g}" if cpp else "-"
        fields = [f"{row['rate'] / 1e6:.3g}", f"{1e9 / row['rate']:,.0f}", ratio, FILLS[row["fills"]] + part]
        rows.append([NAMES[row["engine"]][0], *fields])
    title = (
        f"{STREAMS[name]}: {stream['messages']:,} messages, {stream['trades']:,} trades, "
        f"{stream['hits']:.0%} of {stream['withdrawals']:,} withdrawals find their order, "
        f"{stream['resting']:,} orders rest at the end"
    )
    return title, ["engine", "M messages/s", "ns each", "times C++", "fills"], rows


def scale_tables(scale: dict[str, Any]) -> list[Table]:
    """Show the cost by number of messages and of accounts, and the memory."""
    shown: list[Table] = []
    if "messages" in scale:
        rows = [
            [
                f"{int(size):,}",
                *(count(told[what]) if what in told else "-" for what in ("ns", "cpp")),
                f"{told['resting']:,}",
                count(told["days"]),
            ]
            for size, told in scale["messages"].items()
        ]
        heads = ["messages", "ns each", "C++ matcher", "orders at rest at the end", "in days of 100,000: ns each"]
        shown.append(("Cost of a message, full path, by number of messages (10,000 accounts)", heads, rows))
    if "accounts" in scale:
        rows = [[f"{int(size):,}", count(told["ns"])] for size, told in scale["accounts"].items()]
        title = "Cost of a message, full path, by number of accounts (500,000 messages)"
        shown.append((title, ["accounts", "ns each"], rows))
    if "memory" in scale:
        rows = []
        for engine, told in scale["memory"].items():
            name = {"kernel": "ecomarket", "reference": NAMES["reference"][0]}.get(engine) or NAMES[engine][0]
            if "missing" in told:
                rows.append([name, "-", f"left out: {told['missing']}"])
            else:
                rows.append([name, count(told["layout"]) if "layout" in told else "-", count(told["grown"])])
        shown.append(("Bytes of a resting order", ["engine", "by layout", "growth of the process"], rows))
    return shown


def market_table(rows: list[dict[str, Any]]) -> Table:
    """Show the zero-intelligence market: a row an engine and size."""
    shown = []
    for row in rows:
        fields = [NAMES[row["engine"]][0], f"{row['agents']:,}"]
        if "missing" in row:
            shown.append([*fields, "-", "-", f"left out: {row['missing']}"])
            continue
        sealed = f"{row['chained_ns']:,.0f}" if "chained_ns" in row else ""
        shown.append([*fields, f"{row['rate'] / 1e3:,.1f}", f"{row['trades_each']:.2f}", sealed])
    heads = ["engine", "agents", "k actions/s", "trades an action", "sealing into the chain, ns an action"]
    return "Zero-intelligence market: withdraw, decide, place", heads, shown


def target_table(results: dict[str, Any]) -> Table:
    """Show what was aimed at."""
    rows = []
    for aim in judge(results):
        bound = f"{'at least' if aim.at_least else 'at most'} {aim.bound:g}"
        rows.append([TARGETS[aim.key], bound, "-" if aim.got is None else count(aim.got), aim.verdict])
    return "Targets", ["what", "aim", "measured", ""], rows


def tables(results: dict[str, Any]) -> list[Table]:
    """Return all tables of what was measured."""
    shown = [stream_table(name, stream) for name, stream in results.get("streams", {}).items()]
    shown += scale_tables(results.get("scale", {}))
    if "market" in results:
        shown.append(market_table(results["market"]))
    return [*shown, target_table(results)]


def as_text(table: Table) -> str:
    """Lay a table out for the screen."""
    title, heads, rows = table
    widths = [max(len(line[i]) for line in [heads, *rows]) for i in range(len(heads))]
    lines = [
        "  "
        + "  ".join(
            f"{cell:<{w}}" if i == 0 else f"{cell:>{w}}" for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in [heads, *rows]
    ]
    return "\n".join([title, *(line.rstrip() for line in lines)])


def as_markdown(table: Table) -> str:
    """Lay a table out for the page."""
    title, heads, rows = table
    lines = [f"| {' | '.join(line)} |" for line in [heads, ["---"] * len(heads), *rows]]
    return "\n".join([f"**{title}**", "", *lines])
