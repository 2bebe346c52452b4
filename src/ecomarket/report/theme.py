"""Colours and fonts of charts, light and dark. The colours stay apart for colour-blind readers (Okabe and Ito 2008)."""

from __future__ import annotations

from typing import Any

FONTS = 'system-ui,"Noto Sans CJK SC","Microsoft YaHei","PingFang SC","WenQuanYi Micro Hei",sans-serif'

HEAT = ["#eaf2fa", "#0b4f86"]
"""Cells of heat maps, the same in light and dark, so that the words in them stay readable."""

_LIGHT = {
    "text": "#1b1f24", "faint": "#57606a", "grid": "#e4e7eb", "line": "#8c959f",
    "category": [
        "#0072B2", "#D55E00", "#009E73", "#AA4499", "#B8860B",
        "#3B9AD9", "#6B6B2D", "#882255", "#44AA99", "#7A7A7A",
    ],
    }  # fmt: skip
_DARK = {
    "text": "#e8eaed", "faint": "#a8b0b9", "grid": "#30363d", "line": "#7d8590",
    "category": [
        "#56B4E9", "#FF9F4A", "#3DD6A3", "#F0A0CC", "#F0E442",
        "#9FC5FF", "#C8C87A", "#E58BA8", "#8CE0D0", "#B8B8B8",
    ],
}  # fmt: skip


def themes() -> dict[str, dict[str, Any]]:
    """Return the chart configuration for each colour scheme of the reader's screen."""
    return {"light": _config(_LIGHT), "dark": _config(_DARK)}


def _config(colour: dict[str, Any]) -> dict[str, Any]:
    words = {"labelColor": colour["text"], "titleColor": colour["text"], "labelFont": FONTS, "titleFont": FONTS}
    return {
        "background": "transparent",
        "mark": {"color": colour["category"][0]},
        "font": FONTS,
        "axis": {
            **words, "gridColor": colour["grid"], "domainColor": colour["line"], "tickColor": colour["line"],
            "labelFontSize": 11, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 260,
        },
        "axisY": {"minExtent": 42},
        "legend": {**words, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 320,
                   "orient": "top", "columns": 6},
        "header": {
            **words, "labelFontSize": 12, "labelFontWeight": "bold", "labelLimit": 420, "labelAnchor": "start",
            "titleFontSize": 12,
        },
        "title": {"color": colour["text"], "font": FONTS, "fontSize": 13, "anchor": "start"},
        "view": {"stroke": colour["grid"]},
        "text": {"color": colour["text"], "font": FONTS},
        "rule": {"color": colour["line"]},
        "range": {"category": colour["category"], "ramp": HEAT, "heatmap": HEAT},
    }  # fmt: skip
