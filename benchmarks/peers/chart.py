"""Draw docs/benchmarks.svg from measured numbers: engines on one stream, markets of agents, cost by size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd
from words import NAMES

from ecomarket.report.theme import FONTS

if TYPE_CHECKING:
    from pathlib import Path

WIDTH = 560
OURS = "#0072B2"
OURS_KEYS = ("match", "full", "single", "reference")
OTHERS = "#999999"
CPP = "#D55E00"
COLOURS = {"ours": OURS, "bourse": CPP, "bourse-own": "#E69F00", "pams": "#009E73"}


def name(key: str) -> str:
    """Return a name in both languages."""
    english, chinese = NAMES[key]
    return english if english == chinese else f"{english} {chinese}"


def engines(stream: dict[str, Any]) -> alt.LayerChart:
    """Draw a bar an engine, on a logarithmic scale."""
    rows = [row for row in stream["rows"] if "rate" in row]
    frame = pd.DataFrame(
        {
            "engine": [name(row["engine"]) for row in rows],
            "rate": [row["rate"] / 1e6 for row in rows],
            "start": 0.001,
            "text": [f"{row['rate'] / 1e6:.3g}" for row in rows],
            "who": ["c++" if r["engine"] == "cpp" else "ours" if r["engine"] in OURS_KEYS else "other" for r in rows],
        }
    )
    y = alt.Y("engine:N", title=None, sort=alt.EncodingSortField("rate", order="descending"))
    x = alt.X(
        "rate:Q", title="million messages a second  每秒百万条消息", scale=alt.Scale(type="log", domain=[0.001, 100])
    )
    colour = alt.Color(
        "who:N", legend=None, scale=alt.Scale(domain=["ours", "other", "c++"], range=[OURS, OTHERS, CPP])
    )
    bars = alt.Chart(frame).mark_bar(height=14).encode(y=y, x=x, x2="start", color=colour)
    labels = alt.Chart(frame).mark_text(align="left", dx=4).encode(y=y, x=x, text="text")
    title = "Orders matched: base stream, logarithmic scale  撮合速度：基本订单流，对数坐标"
    return (bars + labels).properties(width=WIDTH, height=26 * len(rows), title=title)


def markets(rows: list[dict[str, Any]]) -> alt.LayerChart:
    """Draw a line an engine: actions a second by number of agents."""
    rows = [row for row in rows if "rate" in row]
    frame = pd.DataFrame(
        {
            "engine": [name(row["engine"]) for row in rows],
            "agents": [row["agents"] for row in rows],
            "rate": [row["rate"] / 1e6 for row in rows],
        }
    )
    keys = list(dict.fromkeys(row["engine"] for row in rows))
    colour = alt.Color(
        "engine:N", title=None, scale=alt.Scale(domain=[name(k) for k in keys], range=[COLOURS[k] for k in keys]),
        legend=alt.Legend(orient="bottom", columns=1, labelLimit=WIDTH),
    )  # fmt: skip
    base = alt.Chart(frame).encode(
        x=alt.X("agents:Q", title="agents  代理数", scale=alt.Scale(type="log")),
        y=alt.Y("rate:Q", title="million actions a second  每秒百万次", scale=alt.Scale(type="log")),
        color=colour,
    )
    title = "Zero-intelligence market: withdraw, decide, place  零智能市场：撤单、决定、下单"
    drawn = base.mark_line() + base.mark_point(filled=True, size=50, opacity=1)
    return drawn.properties(width=WIDTH, height=200, title=title)


def costs(scale: dict[str, Any]) -> alt.LayerChart:
    """Draw the cost of a message by number of messages and of accounts."""
    by = {"messages": "by messages 按消息数", "accounts": "by accounts 按账户数"}
    frame = pd.DataFrame(
        [(by[key], int(size), cost) for key in by for size, cost in scale.get(key, {}).items()],
        columns=["by", "size", "ns"],
    )
    base = alt.Chart(frame).encode(
        x=alt.X("size:Q", title="messages or accounts  消息数或账户数", scale=alt.Scale(type="log")),
        y=alt.Y("ns:Q", title="ns a message  每条纳秒"),
        color=alt.Color(
            "by:N", title=None, scale=alt.Scale(range=[OURS, CPP]), legend=alt.Legend(orient="bottom", labelLimit=WIDTH)
        ),
    )
    title = "Cost of a message, full path  单条消息的全流程耗时"
    drawn = base.mark_line() + base.mark_point(filled=True, size=50, opacity=1)
    return drawn.properties(width=WIDTH, height=160, title=title)


def draw(results: dict[str, Any], path: Path) -> None:
    """Write the chart of what was measured."""
    parts = []
    if "base" in results.get("streams", {}):
        parts.append(engines(results["streams"]["base"]))
    if "market" in results:
        parts.append(markets(results["market"]))
    if "scale" in results:
        parts.append(costs(results["scale"]))
    chart = alt.vconcat(*parts, spacing=28, background="white").resolve_scale(color="independent")
    chart = chart.configure(font=FONTS, padding=16).configure_axis(labelLimit=400).configure_title(anchor="start")
    chart.save(path)
