"""What is varied: a path of the scenario and the values it may take, from the words of a user.

path=a,b,c              these values, in this order; commas inside brackets do not part
path=low..high          every value between, to a ten-thousandth of the range
path=low..high:step     low, low + step ... up to high
path=low..high unit     with a unit behind each value, as 40..80:10 t
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ecomarket.errors import ScenarioError
from ecomarket.experiments.faults import fault
from ecomarket.experiments.variants import arm
from ecomarket.scenario.added import parted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


NUMBER: Final = r"[-+]?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?"
RANGE: Final = re.compile(rf"({NUMBER})\.\.({NUMBER})(?::({NUMBER}))?(?:\s*([^\d\s:.].*))?")
DIGITS: Final = 4
"""Of a range: more would name points that no scenario tells apart, and fewer values are whole numbers of a tick."""
VALUES_MAX: Final = 100_000


@dataclass(frozen=True, slots=True)
class Factor:
    """A path and what it may be: one of `values`, or where there are none anything from `low` to `high`, with a unit.

    `told` is how it was written.
    """

    path: str
    told: str
    values: tuple[str, ...] = ()
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    unit: str = ""

    def at(self, place: float) -> str:
        """Return the value at a place from 0 to 1, as text: the whole range has equal parts for equal values.

        >>> factor("cap=40..80").at(0.25), factor("cap=40..80:10 t").at(1.0), factor("on=true,false").at(0.4)
        ('50', '80 t', 'true')
        """
        if self.values:
            return self.values[min(int(place * len(self.values)), len(self.values) - 1)]
        finest = Decimal(1).scaleb((self.high - self.low).adjusted() - DIGITS)
        exact = self.low + (self.high - self.low) * Decimal(repr(float(place)))
        return _text(exact.quantize(finest), self.unit)

    def set_to(self, value: str) -> str:
        """Return the override that gives the path a value."""
        return f"{self.path}={value}"


def factor(text: str) -> Factor:
    """Return the factor that a text names. Raises UserError (E913, E918)."""
    path, equals, told = (part.strip() for part in text.partition("="))
    if not (path and equals and told):
        raise fault("E913", found=text)
    drawn = RANGE.fullmatch(told)
    if drawn is None:
        values = tuple(value.strip() for _, value in parted(told))
        if not all(values) or ".." in told:
            raise fault("E913", found=text)
        return Factor(path, told, values)
    low, high, step = (Decimal(part) if part else None for part in drawn.groups()[:3])
    assert low is not None
    assert high is not None
    if low >= high or (step is not None and step <= 0):
        raise fault("E913", found=text)
    made = Factor(path, told, (), low, high, drawn[4] or "")
    return made if step is None else stepped(made, step)


def stepped(of: Factor, step: Decimal) -> Factor:
    """Return the factor with the values low, low + step ... only. Raises UserError for too many (E918)."""
    n = int((of.high - of.low) / step) + 1
    if n > VALUES_MAX:
        raise fault("E918", n=n, most=VALUES_MAX)
    return replace(of, values=tuple(_text(of.low + k * step, of.unit) for k in range(n)))


def factors(texts: Sequence[str]) -> tuple[Factor, ...]:
    """Return the factors that texts name. Raises UserError: unreadable (E913), a path twice (E914), none (E916)."""
    found = tuple(factor(text) for text in texts)
    check_paths([one.path for one in found])
    return found


def check_paths(paths: Sequence[str]) -> None:
    """Raise UserError where there is no path (E916) or one stands twice (E914)."""
    if not paths:
        raise fault("E916")
    for at, path in enumerate(paths):
        if path in paths[:at]:
            raise fault("E914", path=path)


def settled(base: str | Path, overrides: Sequence[str], found: Factor) -> Factor:
    """Return a range as the scenario takes it: in whole numbers where it takes no fraction.

    The scenario itself is asked, with both ends and half a step above the lower: so it does not matter where the type
    of the value is declared, in the schema or by a plug-in. Raises ScenarioError if it does not take an end.
    """
    if found.values:
        return found
    for end in (found.low, found.high):
        arm(base, (*overrides, found.set_to(_text(end, found.unit))))
    if found.low % 1 or found.high % 1:
        return found
    try:
        arm(base, (*overrides, found.set_to(_text(found.low + Decimal("0.5"), found.unit))))
    except ScenarioError:
        return stepped(found, Decimal(1))
    return found


def _text(number: Decimal, unit: str) -> str:
    plain = f"{number:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return f"{plain} {unit}".rstrip()
