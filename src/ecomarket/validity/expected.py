"""A published number, how near it must be met, and the file that holds it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from ecomarket.errors import UserError
from ecomarket.i18n import tr
from ecomarket.validity.solved import Way

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Value = str | Decimal
"""What comes out of a case: a number or words."""
CLASSES: Final = ("T0", "T1", "T2", "T3", "T4", "T5")
"""Tolerance classes: T0 exact; T1 1e-6 of the number; T2 within lots; T3 a band; T4 a direction; T5 a threshold."""
NEAR: Final = Decimal("1e-6")
"""Relative error of T1; of a number that is 0 the error itself."""
WAYS: Final = frozenset(field.name for field in fields(Way))
KEYS: Final = frozenset({"value", "least", "most", "tolerance"})


@dataclass(frozen=True)
class Expected:
    """What a result must be: `value`, or between `least` and `most`, by the rules of a tolerance class."""

    tolerance: str
    value: Value | None = None
    least: Decimal | None = None
    most: Decimal | None = None

    def holds(self, got: Value) -> bool:
        """Tell whether a result is what was expected.

        >>> [Expected(tolerance, Decimal(96)).holds(Decimal("96.00005")) for tolerance in ("T0", "T1")]
        [False, True]
        """
        if isinstance(self.value, str) or isinstance(got, str):
            return self.value == got
        if self.value is not None:
            error = abs(got - self.value)
            return error == 0 if self.tolerance == "T0" else error <= NEAR * (abs(self.value) or 1)
        return (self.least is None or got >= self.least) and (self.most is None or got <= self.most)

    def text(self) -> str:
        """Return what is expected as a reader would write it."""
        if self.value is not None:
            return shown(self.value)
        low, high = (None if end is None else shown(end) for end in (self.least, self.most))
        if low is None:
            return f"<= {high}"
        return f">= {low}" if high is None else f"{low}..{high}"


@dataclass(frozen=True)
class Expectation:
    """What is expected of one file: results by name, the class of the file, keys of its sources, how it is solved."""

    numbers: Mapping[str, Expected]
    tolerance: str = "T0"
    sources: tuple[str, ...] = ()
    way: Way | None = None


def shown(value: Value) -> str:
    """Write a result: words as they are, numbers with at most twelve digits and no trailing zeros.

    >>> shown(Decimal("17.237664300000001")), shown(Decimal("183212120.43")), shown(Decimal("-0.0"))
    ('17.2376643', '183212120.43', '0')
    """
    if isinstance(value, str):
        return value
    if value == value.to_integral_value():
        return f"{int(value)}"
    digits = max(12 - max(value.adjusted() + 1, 0), 0)
    return f"{round(value, digits):f}".rstrip("0").rstrip(".")


def read_expected(path: Path) -> Expectation:
    """Return what a TOML file expects: `tolerance`, `sources`, a table `[numbers]`, and `[solve]` for a scenario.

    Raises UserError naming file and place if it is no TOML or says something else.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _fault(path, "not_toml", said=error) from None
    tolerance = raw.get("tolerance", "T0")
    if tolerance not in CLASSES:
        raise _fault(path, "no_class", found=tolerance, options=", ".join(CLASSES))
    numbers = {name: _expected(path, name, said, tolerance) for name, said in raw.get("numbers", {}).items()}
    way = raw.get("solve", {})
    if not (isinstance(way, dict) and set(way) <= WAYS):
        raise _fault(path, "no_way", options=", ".join(sorted(WAYS)))
    return Expectation(numbers, tolerance, tuple(raw.get("sources", ())), Way(**way) if way else None)


def _expected(path: Path, name: str, said: Any, tolerance: str) -> Expected:
    whole = said if isinstance(said, dict) else {"value": said}
    values = {key: _value(whole[key]) for key in ("value", "least", "most") if key in whole}
    own = whole.get("tolerance", tolerance)
    if not values or set(whole) - KEYS or own not in CLASSES or ("value" in values and len(values) > 1):
        raise _fault(path, "no_number", found=name)
    ends = {key: end for key in ("least", "most") if isinstance(end := values.get(key), Decimal)}
    return Expected(own, values.get("value"), **ends)


def _value(raw: Any) -> Value:
    return raw if isinstance(raw, str) else Decimal(raw)


def _fault(path: Path, word: str, **values: object) -> UserError:
    en, zh = (tr(f"validity.{word}", lang, path=path, **values) for lang in ("en", "zh"))
    return UserError(en, zh)
