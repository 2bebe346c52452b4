"""Fill the tables of docs/reference/benchmarks.md, between its two marks, and draw the chart."""

from __future__ import annotations

from typing import Any

from chart import draw
from tables import as_markdown, tables
from venvs import HERE

DOCS = HERE.parents[1] / "docs"
PAGE = DOCS / "reference" / "benchmarks.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def write_page(results: dict[str, Any]) -> None:
    """Replace what stands between the marks by the tables of `results`; draw the chart beside the page."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    ran = results["machine"]
    on = f"{ran['processor']}, {ran['cores']} cores, load {ran['load']} at the start, Python {ran['python']}."
    text = "\n\n".join([on, *(as_markdown(table) for table in tables(results))])
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
    draw(results, DOCS / "benchmarks.svg")
    print(f"wrote {PAGE} and {DOCS / 'benchmarks.svg'}")
