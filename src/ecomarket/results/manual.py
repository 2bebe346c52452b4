"""The manual's page on measures, made from the measures themselves."""

from __future__ import annotations

from typing import Final

from ecomarket.results.summary import measure_classes

INTRODUCTION: Final = """\
# Measures

Every run writes its measures to `measures.json` and, one file each, to `tables/<measure>.csv`. All of them are sums,
means and shares over the records of the run's journal; nothing else enters, but for `efficiency`. This page is made
from the program (`ecomarket.results.manual`).

- Whole numbers are whole; every other number in `measures.json` is decimal text. Money (`..._cny`) and quantities are
  exact to the last place, prices and shares are rounded to six places.
- `all` in a key is the total over that key.
- A scenario holds a run to its measures with `expect:`, by measure, values of its keys, and a column:
  `{measure: compliance.carbon.rate, year: 2025, at_least: 0.95}`, `{measure: price.cea.vwap, at_most: 120}`.
  A key without a value stands for its total where there is one, else for each of its values, and each must pass.
- Beside the measures, `tables/` holds the journal's own tables (trades, transfers, closes, facts, bindings of rules,
  obligations, refusals) as Parquet, or as CSV where pyarrow is not installed, and who and what there was
  (participants, instruments, zones).

"""


def measures_page() -> str:
    """Return docs/reference/measures.md."""
    parts = [INTRODUCTION]
    for kind, measure in measure_classes().items():
        keys, columns = (", ".join(f"`{name}`" for name in names) for names in (measure.keys, measure.columns))
        parts.append(
            f"## {kind}\n\n**{measure.label_en}** · {measure.label_zh}\n\n"
            f"Keys: {keys}. Columns: {columns}. Unit: {measure.unit}.\n\n{measure.reference}\n\n"
        )
    return "".join(parts).rstrip("\n") + "\n"
