"""What differs between two scenarios as they are understood: defaults filled in, tables read, amounts with their unit.

Two ways of writing the same amount are no difference. Entries of lists are matched by what names them: policies by
kind (and right), strategies by name, rows of tables by their code or date; other lists are values.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from ecomarket.model.dimensions import UnitError
from ecomarket.model.quantity import Quantity
from ecomarket.scenario.schema.base import open_amount
from ecomarket.scenario.show import resolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecomarket.scenario.load import Scenario

    Steps = tuple[str | int, ...]

ABSENT: Final = object()
"""What stands on the other side of something added or removed."""
KIND: Final = ""
"""Stands for the only key of a policy's entry among the columns that name entries."""
SILENT: Final = ("source", "note")
"""What says where a value comes from changes nothing."""
NAMED: Final = ("policies", "strategies")
"""Lists whose entries are things of their own, not rows of a table."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: `path` as a reader would say it; before and after, ABSENT where there is nothing.

    `before_at` and `after_at` are `file:line`, "" for a default; `row` says which part of the path names the row of a
    table, 0 if none does.
    """

    path: tuple[str, ...]
    before: Any
    after: Any
    before_at: str
    after_at: str
    row: int = 0

    @property
    def kind(self) -> str:
        """Return added, removed, raised, lowered or changed."""
        if self.before is ABSENT or self.after is ABSENT:
            return "added" if self.before is ABSENT else "removed"
        change = _difference(self.before, self.after)
        return "changed" if change is None else "raised" if change > 0 else "lowered"


def differences(a: Scenario, b: Scenario) -> list[Change]:
    """Return what `b` has otherwise than `a`, part by part in the order of the language, then in order of name."""
    parts = _measured(a), _measured(b)
    walk = _Walk(a, b)
    found: list[Change] = []
    for key in parts[0]:
        steps = ((key,), (key,))
        found += sorted(walk.both(parts[0][key], parts[1].get(key), (key,), steps, 0), key=lambda change: change.path)
    return found


class _Walk:
    """Goes through two scenarios side by side."""

    def __init__(self, a: Scenario, b: Scenario) -> None:
        self.sides = (a, b)

    def both(self, a: Any, b: Any, path: tuple[str, ...], steps: tuple[Steps, Steps], row: int) -> Iterator[Change]:
        """Yield what differs between two values: `path` as it is said, `steps` the two paths in the trees."""
        if isinstance(a, dict) and isinstance(b, dict):
            pairs: tuple[dict[str, Any], ...] = tuple({str(k): (k, v) for k, v in side.items()} for side in (a, b))
            yield from self._entries(pairs, path, steps, row)
        elif isinstance(a, list) and isinstance(b, list) and (columns := _columns(a, b, path[-1])):
            pairs = tuple({_name(e, columns): (i, e) for i, e in enumerate(side)} for side in (a, b))
            yield from self._entries(pairs, path, steps, row if path[-1] in NAMED or row else len(path))
        elif _filled(a) != _filled(b) and _difference(a, b) != 0:
            yield self._change(a, b, path, steps, row)

    def _entries(
        self, pairs: Sequence[dict[str, Any]], path: tuple[str, ...], steps: tuple[Steps, Steps], row: int
    ) -> Iterator[Change]:
        for name in [name for name in dict.fromkeys([*pairs[0], *pairs[1]]) if name not in SILENT]:
            (i, a), (j, b) = (side.get(name, (name, ABSENT)) for side in pairs)
            there = (*steps[0], i), (*steps[1], j)
            if path[-1] == "policies":
                kind = name.partition(" ")[0]
                there = (*there[0], kind), (*there[1], kind)
                a, b = (side if side is ABSENT else next(iter(side.values())) for side in (a, b))
            here = (*path, name)
            if a is ABSENT or b is ABSENT:
                if _filled(a) or _filled(b) or path[-1] == "policies":
                    yield self._change(a, b, here, there, row)
            else:
                yield from self.both(a, b, here, there, row)

    def _change(self, a: Any, b: Any, path: tuple[str, ...], steps: tuple[Steps, Steps], row: int) -> Change:
        a, b = (ABSENT if side is None or side == "" else side for side in (a, b))
        places = (
            self._place(steps[0], 0) if a is not ABSENT else "",
            self._place(steps[1], 1) if b is not ABSENT else "",
        )
        return Change(path, a, b, *places, row)

    def _place(self, steps: Steps, side: int) -> str:
        """Return where a value is written, "" if it is a default."""
        node = self.sides[side].tree
        for step in steps:
            if not isinstance(node.value, (dict, list)):
                break
            below = node.get(step)
            if below is None:
                return ""
            node = below
        place = node.text_place()
        return f"{place.file}:{place.line}" if place.file else ""


def _measured(scenario: Scenario) -> dict[str, Any]:
    """Return the parts of a scenario; what is in the unit of a right, or in CNY for one, bears that unit."""
    parts = resolved(scenario)
    rights = scenario.config.rights
    units = {key: right.amount_unit for key, right in rights.items()}
    for key, right in rights.items():
        for field in ("lot", "cap", "load_standard"):
            parts["rights"][key][field] = _in_unit(parts["rights"][key].get(field), units[key], right.unit)
    for key, venue in scenario.config.venues.items():
        shown, first = parts["venues"][key], f"CNY/{units[venue.rights[0]]}"
        shown["tick"] = _in_unit(shown["tick"], first)
        shown["fees"]["per_unit"] = _in_unit(shown["fees"]["per_unit"], first)
        prices = shown["reference_price"]
        if isinstance(prices, dict):
            named = {name: f"CNY/{units[name]}" for name in prices if name in units}
            shown["reference_price"] = {n: _in_unit(price, named.get(n, first)) for n, price in prices.items()}
        else:
            shown["reference_price"] = _in_unit(prices, first)
    return parts


def _in_unit(value: Any, unit: str, *also: str) -> Any:
    """Return an open amount, or a map of them, in a unit."""
    if isinstance(value, dict):
        return {key: _in_unit(child, unit, *also) for key, child in value.items()}
    amount = _amount(value)
    return value if amount is None else f"{open_amount(amount, unit, *also):f} {unit}"


def _columns(a: list[Any], b: list[Any], name: str) -> tuple[str, ...]:
    """Return the columns that name the entries of both lists, () if they are values."""
    if name == "policies":
        once = all(len({*map(_kind, side)}) == len(side) for side in (a, b))
        return (KIND,) if once else (KIND, "right")
    rows = [*a, *b]
    if not rows or not all(isinstance(row, dict) for row in rows):
        return ()
    texts = [key for key in rows[0] if all(_names(row.get(key)) for row in rows)]
    texts += [key for key in list(rows[0])[:1] if all(isinstance(row.get(key), int) for row in rows)]
    for columns in [(key,) for key in texts] + list(combinations(texts, 2)):
        if all(len({_name(row, columns) for row in side}) == len(side) for side in (a, b)):
            return columns
    return ()


def _names(value: Any) -> bool:
    """Tell whether a cell may name its row: a text that is no amount in a unit, or a day."""
    amount = _amount(value) if isinstance(value, str) else None
    return hasattr(value, "isoformat") or (isinstance(value, str) and not (amount and amount.unit))


def _name(entry: dict[str, Any], columns: tuple[str, ...]) -> str:
    """Return what an entry is called: its columns, or a policy's kind, and its right where the kind stands twice."""
    if columns[0] != KIND:
        return " ".join(str(entry[column]) for column in columns)
    kind = _kind(entry)
    return f"{kind} ({entry[kind].get('right', '')})" if columns[1:] else kind


def _kind(entry: dict[str, Any]) -> str:
    return next(iter(entry))


def _filled(value: Any) -> Any:
    """Return a value without what is empty in it; None for nothing."""
    if isinstance(value, dict):
        inner = {key: _filled(child) for key, child in value.items() if key not in SILENT}
        return {key: child for key, child in inner.items() if child is not None} or None
    if isinstance(value, list):
        return [_filled(child) for child in value] or None
    return None if value is ABSENT or value == "" else value


def _difference(a: Any, b: Any) -> Decimal | None:
    """Return how much larger the second of two amounts is, in the unit of the first; None if they are no amounts."""
    amounts = _amount(a), _amount(b)
    if amounts[0] is None or amounts[1] is None:
        return None
    if amounts[0].unit == amounts[1].unit:
        return amounts[1].value - amounts[0].value
    try:
        return amounts[1].to(amounts[0].unit) - amounts[0].value
    except UnitError:
        return None


def _amount(value: Any) -> Quantity | None:
    """Read a number, or a text that begins with one, as an amount."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        return None
    digits, _, unit = str(value).partition(" ")
    try:
        return Quantity(Decimal(digits), unit)
    except InvalidOperation:
        return None
