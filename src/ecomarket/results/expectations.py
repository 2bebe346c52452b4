"""A scenario's `expect:` entries checked against the measures of a run."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from ecomarket.errors import UserError
from ecomarket.results.summary import measure_classes
from ecomarket.results.tally import ALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Row = Mapping[str, Any]

CHECKS = ("at_least", "at_most", "equals")
ZONES = ("basin", "county", "buyer")
"""Keys that an expectation's `zone` may mean."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One expectation and what came of it; `found` holds the values it was held against."""

    expectation: Mapping[str, Any]
    met: bool
    found: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the verdict as JSON holds it: the expectation's own entries, met, found."""
        said = {k: str(v) if isinstance(v, Decimal) else v for k, v in self.expectation.items()}
        return {**said, "met": self.met, "found": list(self.found)}


def check(expectations: Iterable[Mapping[str, Any]], measures: Mapping[str, Any]) -> list[Verdict]:
    """Check every expectation against the document of `summary.measures`.

    `measure` is the measure's kind, values of its keys, and a column, with dots: compliance.rate, price.cea.vwap,
    compliance.carbon.steel.rate. Further entries: year, zone, at_least, at_most, equals. A key without a value stands
    for the total over it where there is one, else for each of its values; every row found must pass. An expectation
    that finds no row is not met. Raises UserError if there is no such measure or column.
    """
    return [_verdict(dict(e), measures) for e in expectations]


def rows_meant(expectation: Mapping[str, Any], measures: Mapping[str, Any]) -> tuple[str, list[Row]]:
    """Return the column that an expectation names, and the rows of its measure that it is held against.

    Raises UserError if there is no such measure or column.
    """
    kind, _, rest = str(expectation["measure"]).partition(".")
    *values, column = rest.split(".")
    classes = measure_classes()
    _known(kind, list(classes), "measure")
    keys, rows = classes[kind].keys, list(measures.get(kind, []))
    if rows:
        _known(column, [c for c in rows[0] if c not in keys], f"column of {kind}")
    fixed = {"year": str(expectation["year"])} if "year" in expectation else {}
    fixed |= {k: str(expectation["zone"]) for k in keys if k in ZONES and expectation.get("zone")}
    for value in values:
        named = [k for k in keys if k not in fixed and any(str(r[k]) == value for r in rows)]
        fixed[named[0] if named else keys[0]] = value
    return column, _matching(rows, keys, fixed)


def _verdict(expectation: dict[str, Any], measures: Mapping[str, Any]) -> Verdict:
    column, rows = rows_meant(expectation, measures)
    found = [row[column] for row in rows]
    met = bool(found) and all(_holds(value, expectation) for value in found)
    return Verdict(expectation, met, tuple(str(v) for v in found))


def _matching(rows: Sequence[Row], keys: Sequence[str], fixed: Mapping[str, str]) -> list[Row]:
    for key in keys:
        if key in fixed:
            rows = [r for r in rows if str(r[key]) == fixed[key]]
        elif any(r[key] == ALL for r in rows):
            rows = [r for r in rows if r[key] == ALL]
    return list(rows)


def _holds(value: Any, expectation: Mapping[str, Any]) -> bool:
    if value is None:
        return False
    number = Decimal(str(value))
    bounds = {c: Decimal(str(expectation[c])) for c in CHECKS if c in expectation}
    low, high, same = (bounds.get(c, number) for c in CHECKS)
    return low <= number <= high and number == same


def _known(name: str, options: Sequence[str], what: str) -> None:
    if name not in options:
        near = get_close_matches(name, options, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise UserError(f"expect: unknown {what} '{name}'{hint} options are: {', '.join(options)}")
