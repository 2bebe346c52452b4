"""Charts, data and scripts inside the page, and the policy that lets the page fetch nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import os
from contextlib import suppress
from datetime import date
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import altair as alt
import vl_convert

from ecomarket.compiled import CACHE_FOLDER

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.report.figure import Drawing

DIGITS = 7
"""Significant digits of a number in the page; tables/ holds all of them."""


def vega_lite() -> str:
    """Return the version of Vega-Lite that Altair speaks, as vl-convert names it."""
    return ".".join(alt.SCHEMA_VERSION.split(".")[:2])


@cache
def charting_script() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, of the Vega-Lite version that Altair speaks.

    To bundle it takes two seconds, so it is kept beside the compiled kernel.
    """
    spoken = vega_lite()
    kept = CACHE_FOLDER / f"vega-{version('vl-convert-python')}-{spoken}.js"
    with suppress(OSError, UnicodeError):
        return kept.read_text(encoding="utf-8")
    script = str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=spoken))
    with suppress(OSError):  # a cache that cannot be written costs two seconds, not the report
        part = kept.with_suffix(f".{os.getpid()}")
        part.write_text(script, encoding="utf-8", newline="\n")
        part.replace(kept)
    return script


def own(name: str) -> str:
    """Return one of the page's own files (page.css, page.js)."""
    return (files("ecomarket.report") / name).read_text(encoding="utf-8")


def security_policy(*scripts: str) -> str:
    """Return a content security policy that forbids every fetch and runs only these scripts, word for word."""
    digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    allowed = " ".join(f"'sha256-{d}'" for d in digests)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def spec(drawing: Drawing, description: str) -> dict[str, Any]:
    """Return a figure's Vega-Lite specification without data, schema address and configuration (the page's theme).

    Altair's own check of it, most of the time a page takes, is left to the tests.
    """
    found: dict[str, Any] = drawing.chart.to_dict(validate=False)
    for name in ("$schema", "config"):
        found.pop(name, None)
    return {"description": description, **found}


def columns(table: pd.DataFrame) -> dict[str, Any]:
    """Return a table as JSON holds it in the page: column names once, rows as lists.

    >>> import pandas as pd
    >>> columns(pd.DataFrame({"day": [pd.Timestamp("2024-05-06")], "price": [1 / 3]}))
    {'columns': ['day', 'price'], 'rows': [['2024-05-06', 0.3333333]]}
    """
    cells = [[_cell(v) for v in table[c]] for c in table.columns]
    return {"columns": [str(c) for c in table.columns], "rows": [list(row) for row in zip(*cells, strict=True)]}


def json_script(name: str, content: object) -> str:
    """Return content as an inert script element that the page's script reads."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    inert = text.replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{inert}</script>'


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, date):  # pandas' Timestamp is one too
        return None if value != value else f"{value:%Y-%m-%d}"  # noqa: PLR0124  (only NaT differs from itself)
    number = float(value)
    if not math.isfinite(number):
        return None
    if number.is_integer():
        return int(number)
    return float(f"{number:.{DIGITS}g}")
