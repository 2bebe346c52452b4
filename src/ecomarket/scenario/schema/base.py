"""What every model of the language shares."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema

from ecomarket.model.dimensions import UnitError, parse
from ecomarket.model.quantity import NOTES, Quantity, kind, number


class Strict(BaseModel):
    """A part of a scenario: unknown keys are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, arbitrary_types_allowed=True)


class Label(Strict):
    """A name in both languages; a plain text serves for both."""

    en: str = Field(default="", description="in English | 英文")
    zh: str = Field(default="", description="in Chinese | 中文")

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, raw: Any) -> Any:
        return {"en": raw, "zh": raw} if isinstance(raw, str) else raw

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe both forms."""
        return {"anyOf": [{"type": "string"}, handler(schema)]}

    def text(self, lang: str) -> str:
        """Return the name in a language, or in the other one."""
        return (self.zh or self.en) if lang == "zh" else (self.en or self.zh)


def _day(raw: Any) -> Any:
    if isinstance(raw, date):
        return raw
    raise PydanticCustomError("E111", "", {"expected": "a date such as 2025-01-31", "found": kind(raw)})


def _unit(raw: Any) -> Any:
    if not isinstance(raw, str):
        raise PydanticCustomError("E111", "", {"expected": "a unit such as t or m3", "found": kind(raw)})
    try:
        parse(raw)
    except UnitError as wrong:
        raise PydanticCustomError("E302", "", {"found": raw, "expected": "", "near": wrong.near}) from None
    return raw


def _open(raw: Any) -> Any:
    if isinstance(raw, Quantity):
        return raw
    if isinstance(raw, str) and " " in raw.strip():
        digits, _, unit = raw.strip().partition(" ")
        raw = {"value": digits, "unit": unit.strip()}
    if not isinstance(raw, dict):
        return Quantity(number(raw), "")
    for key in raw:
        if key not in ("value", *NOTES):
            raise PydanticCustomError("E110", "", {"found": key, "options": "value, unit, source, note"})
    if "value" not in raw:
        raise PydanticCustomError("E112", "", {"found": "value"})
    unit = raw.get("unit", "")
    return Quantity(number(raw["value"]), _unit(unit) if unit else "", str(raw.get("source", "")))


def _write(amount: Quantity) -> Any:
    return {"value": amount.value, "unit": amount.unit} if amount.unit else amount.value


def open_amount(amount: Quantity, unit: str, *also: str) -> Decimal:
    """Return an open amount in `unit`; units in `also` count the same, one for one.

    Raises UnitError if it measures something else.

    >>> open_amount(Quantity(Decimal(2), "万t"), "t", "t/year")
    Decimal('20000')
    """
    if not amount.unit or amount.unit == unit:
        return amount.value
    for wanted in (unit, *also):
        try:
            return amount.to(wanted)
        except UnitError:
            continue
    return amount.to(unit)


Day = Annotated[date, BeforeValidator(_day)]
Unit = Annotated[str, BeforeValidator(_unit)]
Flag = Annotated[bool, Field(strict=True)]
AMOUNT_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": ["number", "string"]},
        {
            "type": "object",
            "properties": {"value": {"type": ["number", "string"]}, **{key: {"type": "string"} for key in NOTES}},
            "required": ["value"],
            "additionalProperties": False,
        },
    ]
}
Amount = Annotated[Quantity, BeforeValidator(_open), PlainSerializer(_write), WithJsonSchema(AMOUNT_SCHEMA)]
"""A quantity whose unit follows from something else (the unit of a right); see `open_amount`."""
