"""What a pipeline may ask of a comparison: `price.so2.vwap@2025.diff < 0 and compliance.rate.p < 0.05`.

    condition   = both { "or" both }
    both        = one { "and" one }
    one         = "not" one | "(" condition ")" | term sign term
    term        = number | number "%" | measure [ "." statistic ]
    sign        = < <= > >= == !=

A measure is named as on the command line; without a statistic its mean difference is meant. A name of several labels
(years, rights) is asked of each: the condition holds if it holds of one of them. A statistic is base, variant, diff,
rel (mean difference over the base's mean), low, high, share, p, d or n. What has no value (no interval of one pair)
fulfils no comparison.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ecomarket.experiments.faults import fault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ecomarket.experiments.statistics import Paired

    Rows = Mapping[str, Paired]
    Test = Callable[[Rows], bool]
    Term = Callable[[Rows], list[float]]

SIGNS: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
STATISTICS: Final = ("base", "variant", "diff", "rel", "low", "high", "share", "p", "d", "n")
TOKEN: Final = re.compile(r"\s*(<=|>=|==|!=|<|>|\(|\)|[^\s<>=!()]+|\S)")
NUMBER: Final = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?%?")


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read: its test, and the names in it, each without its statistic."""

    test: Test
    names: tuple[str, ...]

    def __call__(self, rows: Rows) -> bool:
        """Tell whether it holds of a variant. Raises UserError (E910) for a name of which there is no number."""
        return self.test(rows)


def condition(text: str) -> Condition:
    """Return the condition that a text means. Raises UserError (E905) with the column where it cannot be read.

    >>> from ecomarket.experiments.statistics import paired
    >>> rows = {"price.so2.vwap@2025": paired([10.0, 12.0], [9.0, 10.0])}
    >>> condition("price.so2.vwap.diff < -1")(rows), condition("price.vwap > 0 or price.vwap.rel < -10%")(rows)
    (True, True)
    """
    reader = _Reader(text)
    test = reader.condition()
    reader.end()
    return Condition(test, tuple(dict.fromkeys(reader.names)))


def _any(one: Test, other: Test) -> Test:
    return lambda rows: one(rows) or other(rows)


def _both(one: Test, other: Test) -> Test:
    return lambda rows: one(rows) and other(rows)


class _Reader:
    """Reads a condition from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [(found[1], found.start(1)) for found in TOKEN.finditer(text)]
        self.at = 0
        self.names: list[str] = []

    def condition(self) -> Test:
        test = self._both()
        while self._take("or"):
            test = _any(test, self._both())
        return test

    def end(self) -> None:
        if self.at < len(self.tokens):
            raise self._fault("and, or")

    def _both(self) -> Test:
        test = self._one()
        while self._take("and"):
            test = _both(test, self._one())
        return test

    def _one(self) -> Test:
        if self._take("not"):
            inner = self._one()
            return lambda rows: not inner(rows)
        if self._take("("):
            test = self.condition()
            if not self._take(")"):
                raise self._fault(")")
            return test
        left = self._term()
        sign = self._next()
        if sign not in SIGNS:
            raise self._fault(" ".join(SIGNS))
        self.at += 1
        right = self._term()
        compare = SIGNS[sign]
        return lambda rows: any(compare(a, b) for a in left(rows) for b in right(rows))

    def _term(self) -> Term:
        token = self._next()
        if NUMBER.fullmatch(token):
            self.at += 1
            number = float(token.rstrip("%")) / (100 if token.endswith("%") else 1)
            return lambda _: [number]
        if not token[:1].isalpha() or token in ("and", "or", "not"):
            raise self._fault("measure.column[@year][.statistic]")
        self.at += 1
        self.names.append(parted(token)[0])
        return lambda rows: values(token, rows)

    def _next(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def _take(self, word: str) -> bool:
        taken = self._next() == word
        self.at += taken
        return taken

    def _fault(self, options: str) -> Exception:
        column = self.tokens[self.at][1] if self.at < len(self.tokens) else len(self.text)
        caret = f"\n  {self.text}\n  {' ' * column}^"
        return fault("E905", column=column + 1, options=options, caret=caret)


def parted(name: str) -> tuple[str, str]:
    """Return a name without its statistic, and the statistic.

    >>> parted("price.vwap@2025.low"), parted("price.vwap")
    (('price.vwap@2025', 'low'), ('price.vwap', 'diff'))
    """
    path, _, statistic = name.rpartition(".")
    return (path, statistic) if statistic in STATISTICS and path else (name, "diff")


def values(name: str, rows: Rows) -> list[float]:
    """Return what a name means: a statistic of each label that it is of. Raises UserError (E910) if it is of none."""
    path, statistic = parted(name)
    meant = [row for label, row in rows.items() if is_of(path, label)]
    if not meant:
        raise fault("E910", found=path, options=", ".join(rows))
    found = [_statistic(row, statistic) for row in meant]
    return [number for number in found if number is not None]


def is_of(name: str, label: str) -> bool:
    """Tell whether a label comes of a name: the parts of the name stand in it in order, the last at its end.

    >>> is_of("price.vwap", "price.so2.vwap@2025"), is_of("price.vwap@2024", "price.so2.vwap@2025")
    (True, False)
    """
    path, _, year = name.partition("@")
    whole, _, its_year = label.partition("@")
    own, parts = path.split("."), whole.split(".")
    if (year and year != its_year) or own[0] != parts[0] or own[-1] != parts[-1]:
        return False
    rest = iter(parts)
    return all(part in rest for part in own)


def _statistic(row: Paired, name: str) -> float | None:
    if name == "rel":
        return row.diff / abs(row.base) if row.base else None
    number = getattr(row, name)
    return None if number is None else float(number)
