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
OURS, CPP = "#0072B2", "#D55E00"
OURS_KEYS = ("match", "full", "single", "reference")
MARKET_COLOURS = {"ours": OURS, "bourse": "#555555", "bourse-own": "#B8860B", "pams": "#009E73"}
POINTS = alt.OverlayMarkDef(filled=True, size=50, opacity=1)


def name(key: str) -> str:
    """Return a name in both languages."""
    english, chinese = NAMES[key]
    return english if english == chinese else f"{english} · {chinese}"


def powers(low: int, high: int) -> alt.Axis:
    """Return a logarithmic axis that names the powers of ten."""
    return alt.Axis(values=[10.0**n for n in range(low, high + 1)], labelExpr="format(datum.value, ',~r')")


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
        "rate:Q",
        title="million messages a second · 每秒百万条消息",
        axis=powers(-3, 2),
        scale=alt.Scale(type="log", domain=[0.001, 100]),
    )
    range_ = alt.Scale(domain=["ours", "other", "c++"], range=[OURS, "#999999", CPP])
    bars = (
        alt.Chart(frame)
        .mark_bar(height=14)
        .encode(y=y, x=x, x2="start", color=alt.Color("who:N", legend=None, scale=range_))
    )
    labels = alt.Chart(frame).mark_text(align="left", dx=4).encode(y=y, x=x, text="text")
    title = "Orders matched, base stream · 撮合速度，基本订单流"
    return (bars + labels).properties(width=WIDTH, height=26 * len(rows), title=title)


def markets(rows: list[dict[str, Any]]) -> alt.Chart:
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
    chart = alt.Chart(frame).mark_line(point=POINTS)
    chart = chart.encode(
        x=alt.X("agents:Q", title="agents · 代理数", axis=powers(2, 5), scale=alt.Scale(type="log")),
        y=alt.Y(
            "rate:Q", title="million actions a second · 每秒百万次", axis=powers(-3, 1), scale=alt.Scale(type="log")
        ),
        color=alt.Color(
            "engine:N",
            title=None,
            scale=alt.Scale(domain=[name(k) for k in keys], range=[MARKET_COLOURS[k] for k in keys]),
            legend=alt.Legend(orient="bottom", columns=1, labelLimit=WIDTH),
        ),
    )
    title = "Zero-intelligence market: withdraw, decide, place · 零智能市场：撤单、决定、下单"
    return chart.properties(width=WIDTH, height=220, title=title)


def costs(scale: dict[str, Any]) -> alt.Chart:
    """Draw the cost of a message by number of messages and of accounts."""
    lines = (
        ("by messages · 按消息数", "messages", "ns"),
        ("by accounts · 按账户数", "accounts", "ns"),
        ("by messages, in days of 100,000 · 按消息数，每日十万条", "messages", "days"),
        ("C++ matcher by messages · C++ 撮合器按消息数", "messages", "cpp"),
    )
    frame = pd.DataFrame(
        [(by, int(n), told[what]) for by, key, what in lines for n, told in scale.get(key, {}).items() if what in told],
        columns=["by", "size", "ns"],
    )
    chart = alt.Chart(frame).mark_line(point=POINTS)
    chart = chart.encode(
        x=alt.X(
            "size:Q", title="messages or accounts · 消息数或账户数", axis=powers(1, 7), scale=alt.Scale(type="log")
        ),
        y=alt.Y("ns:Q", title="ns a message · 每条纳秒"),
        color=alt.Color(
            "by:N",
            title=None,
            scale=alt.Scale(domain=[by for by, _, _ in lines], range=[OURS, "#009E73", "#CC79A7", CPP]),
            legend=alt.Legend(orient="bottom", columns=1, labelLimit=WIDTH),
        ),
    )
    return chart.properties(width=WIDTH, height=160, title="Cost of a message, full path · 单条消息的全流程耗时")


def draw(results: dict[str, Any], path: Path) -> None:
    """Write the chart of what was measured."""
    parts: list[alt.Chart | alt.LayerChart] = []
    if "base" in results.get("streams", {}):
        parts.append(engines(results["streams"]["base"]))
    if "market" in results:
        parts.append(markets(results["market"]))
    if "scale" in results:
        parts.append(costs(results["scale"]))
    chart = alt.vconcat(*parts, spacing=28, background="white").resolve_scale(color="independent")
    chart = chart.configure(font=FONTS, padding={"left": 56, "top": 16, "right": 24, "bottom": 16}).configure_title(
        anchor="start", frame="group", fontWeight="normal"
    )
    chart = chart.configure_axis(labelLimit=420, titleFontWeight="normal", gridColor="#e4e7eb")
    chart.save(path)
