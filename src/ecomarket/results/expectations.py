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

CHECKS = ("at_least", "at_most", "equals")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One expectation and what came of it; `found` holds the values it was held against."""

    expectation: Mapping[str, Any]
    holds: bool
    found: tuple[str, ...]

    def __str__(self) -> str:
        """Return the expectation, whether it holds, and the values found."""
        said = ", ".join(f"{k} {v}" for k, v in self.expectation.items())
        return f"{'ok' if self.holds else 'FAILED'}: {said}; found {', '.join(self.found) or 'nothing'}"


def check(expectations: Iterable[Mapping[str, Any]], measures: Mapping[str, Any]) -> list[Verdict]:
    """Check every expectation against the document of `summary.measures`.

    An expectation names `measure: kind.column`, any of the measure's keys, and one or more of at_least, at_most, equals.
    A key it does not name stands for the total over it where there is one, else for every value. An expectation that
    finds no row fails. Raises UserError if a measure, column or key does not exist.
    """
    return [_verdict(dict(e), measures) for e in expectations]


def _verdict(expectation: Mapping[str, Any], measures: Mapping[str, Any]) -> Verdict:
    kind, _, column = str(expectation.get("measure", "")).partition(".")
    classes = measure_classes()
    _known(kind, list(classes), "measure")
    keys = classes[kind].keys
    filters = {k: v for k, v in expectation.items() if k not in {"measure", "source", *CHECKS}}
    for name in filters:
        _known(name, [*keys, *CHECKS], f"key of {kind}")
    if not any(c in expectation for c in CHECKS):
        raise UserError(f"expectation of {kind}.{column} has none of: {', '.join(CHECKS)}")
    rows = _matching(measures.get(kind, []), keys, filters)
    if rows:
        _known(column, [c for c in rows[0] if c not in keys], f"column of {kind}")
    found = [row[column] for row in rows]
    holds = bool(found) and all(_holds(value, expectation) for value in found)
    return Verdict(expectation, holds, tuple(str(v) for v in found))


def _matching(
    rows: Sequence[Mapping[str, Any]], keys: Sequence[str], filters: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    for key in keys:
        if key in filters:
            rows = [r for r in rows if str(r[key]) == str(filters[key])]
        elif any(r[key] == ALL for r in rows):
            rows = [r for r in rows if r[key] == ALL]
    return list(rows)


def _holds(value: Any, expectation: Mapping[str, Any]) -> bool:
    if value is None:
        return False
    number = Decimal(str(value))
    bounds = {c: Decimal(str(expectation[c])) for c in CHECKS if c in expectation}
    return (
        number >= bounds.get("at_least", number)
        and number <= bounds.get("at_most", number)
        and number == bounds.get("equals", number)
    )


def _known(name: str, options: Sequence[str], what: str) -> None:
    if name not in options:
        near = get_close_matches(name, options, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise UserError(f"expect: unknown {what} '{name}'{hint} options are: {', '.join(options)}")
