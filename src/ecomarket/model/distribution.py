"""A chance parameter: a constant, or a lognormal, normal or uniform spread over participants.

Written as a bare quantity, or `{lognormal: [40, 0.6]}` (median in the field's unit, standard deviation of
the logarithm), `{normal: [mean, sd]}`, `{uniform: [low, high]}`; beside it `unit`, `source`, `note`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
from pydantic import PlainSerializer
from pydantic_core import PydanticCustomError, core_schema

from ecomarket.model.quantity import NOTES, kind, number, read

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

    from ecomarket.chance import Draws

SHAPES: Final = ("lognormal", "normal", "uniform")


@dataclass(frozen=True, slots=True)
class Distribution:
    """A shape and its parameters in the field's unit; `constant` has one, the others two."""

    shape: str
    parameters: tuple[Decimal, ...]

    def draw(
        self, draws: Draws, who: ArrayLike, purpose: str, when: ArrayLike = 0, index: ArrayLike = 0
    ) -> NDArray[np.float64]:
        """Return one draw for each element of the broadcast shape, in the field's unit.

        >>> from ecomarket.chance import Draws
        >>> Distribution("constant", (Decimal(5),)).draw(Draws(1), [1, 2], "patience").tolist()
        [5.0, 5.0]
        """
        first, second = (float(p) for p in (*self.parameters, Decimal(0))[:2])
        if self.shape == "uniform":
            return first + (second - first) * draws.uniform(who, purpose, when, index)
        if self.shape == "constant":
            return np.full(np.broadcast_shapes(np.shape(who), np.shape(when), np.shape(index)), first)
        normal = draws.normal(who, purpose, when, index)
        return first * np.exp(second * normal) if self.shape == "lognormal" else first + second * normal


@dataclass(frozen=True, slots=True)
class Spread:
    """Marks a Distribution field with its unit: `Annotated[Distribution, Spread("day")]`."""

    unit: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Read the four forms."""
        return core_schema.no_info_plain_validator_function(lambda raw: _read(raw, self.unit))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the four forms."""
        pair = {"type": "array", "items": {"type": ["number", "string"]}, "minItems": 2, "maxItems": 2}
        notes = {key: {"type": "string"} for key in NOTES}
        spread = {
            "type": "object",
            "properties": {"value": {"type": ["number", "string"]}} | dict.fromkeys(SHAPES, pair) | notes,
            "additionalProperties": False,
        }
        return {"anyOf": [{"type": "number"}, {"type": "string"}, spread], "unit": self.unit}


def _read(raw: Any, unit: str) -> Distribution:
    if isinstance(raw, Distribution):
        return raw
    shapes = [key for key in raw if key in SHAPES] if isinstance(raw, Mapping) else []
    if not shapes:
        return Distribution("constant", (_not_below_nothing(read(raw, unit)),))
    for key in raw:
        if key not in (shapes[0], *NOTES):
            options = ", ".join((shapes[0], *NOTES))
            raise PydanticCustomError("E110", "unknown key '{found}'", {"found": str(key), "options": options})
    pair = raw[shapes[0]]
    if not isinstance(pair, (list, tuple)) or len(pair) != 2:
        expected = f"two numbers, {shapes[0]}: [first, second]"
        context = {"expected": expected, "found": kind(pair)}
        raise PydanticCustomError("E111", "expected {expected}, found {found}", context)
    given = raw.get("unit", unit)
    first = read({"value": pair[0], "unit": given} if not isinstance(pair[0], Mapping) else pair[0], unit)
    second = number(pair[1]) if shapes[0] == "lognormal" else read({"value": pair[1], "unit": given}, unit)
    low = shapes[0] == "uniform" and second < first
    if low or (shapes[0] != "uniform" and second < 0) or (shapes[0] == "lognormal" and first <= 0):
        needed = {"uniform": "low <= high", "normal": "sd >= 0", "lognormal": "median > 0 and sd >= 0"}[shapes[0]]
        raise PydanticCustomError("E309", "{shape} needs {expected}", {"shape": shapes[0], "expected": needed})
    return Distribution(shapes[0], (_not_below_nothing(first) if shapes[0] == "uniform" else first, second))


def _not_below_nothing(amount: Decimal) -> Decimal:
    """Return an amount that is none or more: no field of this kind, days or a share, knows less than nothing."""
    if amount < 0:
        raise PydanticCustomError("E303", "", {"found": str(amount), "expected": ">= 0"})
    return amount


def _write(value: Distribution) -> Any:
    if value.shape == "constant":
        return value.parameters[0]
    return {value.shape: list(value.parameters)}


SpreadDays = Annotated[Distribution, Spread("day"), PlainSerializer(_write)]
SpreadShare = Annotated[Distribution, Spread("share"), PlainSerializer(_write)]
