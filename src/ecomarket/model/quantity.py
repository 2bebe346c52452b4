"""Quantities with units, as scenario files write them and plug-ins read them.

A value may be written bare (in the field's own unit), as text (`9 month`) or as a map
`{value: 9, unit: month, source: "...", note: "..."}`. What a plug-in gets is a Decimal in the field's
own unit, converted exactly. In a `Params` model write::

    fee: CnyPerTonne = Decimal(400)                 # a ready type
    slope: Annotated[Decimal, In("CNY/t/year")]     # any other unit
    cap: Yearly[Tonnes]                             # 18_300, or {2024: 18_300, 2026: 17_000, unit: t}
    share: Keyed[Share]                             # {cod: 0.2, so2: 0.1}

Ranges are Pydantic's own: `Annotated[Decimal, In("t"), Field(ge=0)]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, get_args

from pydantic import Field
from pydantic_core import PydanticCustomError, core_schema

from ecomarket.model.dimensions import UnitError, conversion

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

T = TypeVar("T")
DIGITS_MAX = 21
"""Numbers of a magnitude beyond 1e21, or below 1e-21, are a slip of the pen."""
NOTES = ("unit", "source", "note")
"""Keys that say something about a value and are not values themselves."""
_BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount in a unit, with where it comes from ("" is an assumption)."""

    value: Decimal
    unit: str
    source: str = ""
    note: str = ""

    def __str__(self) -> str:
        """Return value and unit."""
        return f"{self.value} {self.unit}".strip()

    def to(self, unit: str) -> Decimal:
        """Return the amount in another unit of the same dimension.

        Raises UnitError if a unit is unknown or the dimensions differ.

        >>> Quantity(Decimal("14.17"), "万t").to("t")
        Decimal('141700')
        """
        return convert(self.value, self.unit, unit)


def convert(value: Decimal, unit: str, into: str) -> Decimal:
    """Convert exactly; only a result without a finite decimal form is rounded, at 34 digits.

    Raises UnitError if a unit is unknown or the dimensions differ.

    >>> convert(Decimal("37.95"), "亿m3", "m3")
    Decimal('3795000000')
    >>> convert(Decimal(30), "CNY/t", "万元/万t")
    Decimal('30')
    """
    return conversion(unit, into).apply(value)


def number(raw: object) -> Decimal:
    """Read a bare number: int, Decimal, the shortest text of a float, or text with underscores.

    Raises PydanticCustomError E111 if it is no number, E308 if it is not finite or beyond 1e21.

    >>> number("18_300")
    Decimal('18300')
    """
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str, Decimal)):
        raise PydanticCustomError(
            "E111", "expected {expected}, found {found}", {"expected": "number", "found": kind(raw)}
        )
    try:
        value = Decimal(str(raw).replace("_", "").strip())
    except ArithmeticError:
        raise PydanticCustomError(
            "E111", "expected {expected}, found {found}", {"expected": "number", "found": kind(raw)}
        ) from None
    if not value.is_finite() or (value and abs(value.adjusted()) > DIGITS_MAX):
        raise PydanticCustomError("E308", "{found} is not a usable number", {"found": str(raw)})
    return value


def unsound(english: str, chinese: str) -> PydanticCustomError:
    """Return the error that a model raises where values do not go together: finding E310, in both languages."""
    return PydanticCustomError("E310", "{problem}", {"problem": english, "problem_zh": chinese})


def kind(raw: object) -> str:
    """Name what a raw value is, in the words of the scenario language."""
    if raw is None:
        return "nothing"
    if isinstance(raw, bool):
        return "true or false"
    if isinstance(raw, str):
        return f"text '{raw[:40]}'"
    if isinstance(raw, Mapping):
        return "map"
    if isinstance(raw, (list, tuple)):
        return "list"
    return f"number {raw}" if isinstance(raw, (int, float, Decimal)) else type(raw).__name__


def read(raw: object, unit: str) -> Decimal:
    """Read a quantity in any of its three forms and return it in `unit`.

    Raises PydanticCustomError: E301 wrong dimension, E302 unknown unit, E111 no number, E112 a map without value,
    E110 an unknown key of the map.

    >>> read({"value": 8, "unit": "万元"}, "CNY")
    Decimal('80000')
    >>> read("9 month", "year")
    Decimal('0.75')
    """
    given = unit
    if isinstance(raw, Mapping):
        raw, given = _from_map(raw, unit)
    elif isinstance(raw, str):
        digits, _, tail = raw.strip().partition(" ")
        if raw.strip().endswith("%"):
            digits, tail = raw.strip()[:-1], "%"
        raw, given = digits if tail else raw, tail.strip() or unit
    value = number(raw)
    if given == unit:
        return value
    try:
        return convert(value, given, unit)
    except UnitError as wrong:
        code = "E302" if wrong.unknown else "E301"
        context = {"found": given, "expected": unit, "near": wrong.near}
        text = "unknown unit '{found}'" if wrong.unknown else "unit '{found}' does not fit, expected '{expected}'"
        raise PydanticCustomError(code, text, context) from None


def _from_map(raw: Mapping[Any, Any], unit: str) -> tuple[object, str]:
    for key in raw:
        if key not in ("value", *NOTES):
            options = "value, unit, source, note"
            raise PydanticCustomError("E110", "unknown key '{found}'", {"found": str(key), "options": options})
    if "value" not in raw:
        raise PydanticCustomError("E112", "'{found}' is missing", {"found": "value"})
    given = raw.get("unit", unit)
    if not isinstance(given, str):
        raise PydanticCustomError("E302", "unknown unit '{found}'", {"found": str(given), "expected": unit, "near": ""})
    return raw["value"], given


@dataclass(frozen=True, slots=True)
class In:
    """Marks a Decimal field as a quantity in `unit`: `Annotated[Decimal, In("CNY/t")]`."""

    unit: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Read the three forms before Pydantic checks the Decimal and its range."""
        conversion(self.unit, self.unit)
        return core_schema.no_info_before_validator_function(lambda raw: read(raw, self.unit), handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the three forms and the unit."""
        bounds = {k: v for part in handler(schema).get("anyOf", []) for k, v in part.items() if "imum" in k}
        later = schema.get("metadata", {}).get("pydantic_js_updates", {})
        bounds |= {word: later[key] for key, word in _BOUNDS.items() if key in later}
        notes = {key: {"type": "string"} for key in NOTES}
        long = {
            "type": "object",
            "properties": {"value": {"type": ["number", "string"]}, **notes},
            "required": ["value"],
            "additionalProperties": False,
        }
        return {"anyOf": [{"type": "number", **bounds}, {"type": "string"}, long], "unit": self.unit}


@dataclass(frozen=True, slots=True)
class SharedUnit:
    """Marks a map of quantities whose `unit`, `source` and `note` may be written once for all."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Hand the shared unit down to the values."""
        return core_schema.no_info_before_validator_function(spread, handler(source))


def spread(raw: Any) -> Any:
    """Give each value of a map the unit written beside the values.

    >>> spread({"xining": 5, "unit": "t"})
    {'xining': {'value': 5, 'unit': 't'}}
    """
    if not isinstance(raw, Mapping) or not any(key in raw for key in NOTES):
        return raw
    values = {key: value for key, value in raw.items() if key not in NOTES}
    if "unit" not in raw:
        return values
    return {k: v if isinstance(v, (Mapping, str)) else {"value": v, "unit": raw["unit"]} for k, v in values.items()}


class Yearly(Generic[T]):
    """A parameter that changes by year: each value holds from its year until the next one named.

    Written as one value, or as a map of years. The first value also holds for earlier years.
    """

    __slots__ = ("steps",)

    def __init__(self, steps: tuple[tuple[int, T], ...]) -> None:
        self.steps = steps

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Yearly) and self.steps == other.steps

    def __hash__(self) -> int:
        return hash(self.steps)

    def __repr__(self) -> str:
        return f"Yearly({self.steps!r})"

    @classmethod
    def of(cls, value: T) -> Yearly[T]:
        """Return a parameter that never changes; for defaults.

        >>> Yearly.of(Decimal(5)).at(2030)
        Decimal('5')
        """
        return cls(((0, value),))

    def written(self) -> Any:
        """Return the value as a scenario file writes it: bare, or a map of years."""
        return self.steps[0][1] if self.steps[0][0] == 0 else {str(year): value for year, value in self.steps}

    def at(self, year: int) -> T:
        """Return the value in force in `year`.

        >>> Yearly(((2024, "a"), (2026, "b"))).at(2025)
        'a'
        """
        value = self.steps[0][1]
        for since, step in self.steps:
            if since <= year:
                value = step
        return value

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Accept one value or a map of years."""
        item = handler.generate_schema((get_args(source) or (Any,))[0])
        steps = core_schema.dict_schema(core_schema.int_schema(), item, min_length=1)

        def build(found: dict[int, T]) -> Yearly[T]:
            return cls(tuple(sorted(found.items())))

        parsed = core_schema.no_info_before_validator_function(_years, steps)
        written = core_schema.plain_serializer_function_ser_schema(Yearly.written)
        return core_schema.no_info_after_validator_function(build, parsed, serialization=written)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe both forms."""
        item = handler(schema)["additionalProperties"]
        notes = {key: {"type": "string"} for key in NOTES}
        years = {
            "type": "object",
            "patternProperties": {"^[0-9]{4}$": item},
            "properties": notes,
            "additionalProperties": False,
        }
        return {"anyOf": [item, years]}


def _years(raw: Any) -> Any:
    if isinstance(raw, Yearly):
        return dict(raw.steps)
    if isinstance(raw, Mapping):
        years = [key for key in raw if key not in NOTES]
        if years and all(str(key).isdigit() and len(str(key)) == 4 for key in years):
            return {int(key): value for key, value in spread(raw).items()}
    return {0: raw}


Keyed = Annotated[dict[str, T], SharedUnit()]
"""A map from names to quantities: `Keyed[Tonnes]`."""

Tonnes = Annotated[Decimal, In("t")]
CubicMetres = Annotated[Decimal, In("m3")]
Cny = Annotated[Decimal, In("CNY")]
CnyPerTonne = Annotated[Decimal, In("CNY/t")]
CnyPerTonneYear = Annotated[Decimal, In("CNY/t/year")]
CnyPerCubicMetre = Annotated[Decimal, In("CNY/m3")]
CnyPerMwh = Annotated[Decimal, In("CNY/MWh")]
CnyPerMu = Annotated[Decimal, In("CNY/mu")]
CnyPerYear = Annotated[Decimal, In("CNY/year")]
TonnesPerYear = Annotated[Decimal, In("t/year")]
CubicMetresPerYear = Annotated[Decimal, In("m3/year")]
Mwh = Annotated[Decimal, In("MWh")]
Mw = Annotated[Decimal, In("MW")]
Mu = Annotated[Decimal, In("mu")]
Tce = Annotated[Decimal, In("tce")]
CnyPerTce = Annotated[Decimal, In("CNY/tce")]
TcePer10kCny = Annotated[Decimal, In("tce/万CNY")]
Years = Annotated[Decimal, In("year")]
Months = Annotated[Decimal, In("month")]
Days = Annotated[Decimal, In("day")]
Hours = Annotated[Decimal, In("hour")]
Lots = Annotated[Decimal, In("lot")]
Ratio = Annotated[Decimal, In("share")]
"""A pure number of any size (a ratio, a multiple, a factor)."""
Share = Annotated[Decimal, In("share"), Field(ge=0, le=1)]
"""A part of a whole, 0 to 1; `5 %` may be written."""
