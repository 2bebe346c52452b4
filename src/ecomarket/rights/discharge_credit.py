"""Discharge credits (排盐信用): parts of what a river can take, in tranches that expire one after another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ecomarket.model.codes import Eligible
from ecomarket.model.entities import Instrument
from ecomarket.model.quantity import Quantity
from ecomarket.rights.right import Right, RightParams
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.model.entities import Participant
    from ecomarket.model.setting import Setting

WANTED = "salt_t_day"
"""Column of a participant: salt that it would discharge a day, t."""


class DischargeCreditParams(RightParams):
    """How many credits there are, how long they live, when a part of them is renewed."""

    credits: int = Field(default=1000, ge=1, description="Credits in force at a time | 有效信用总数")
    life_years: int = Field(default=10, ge=1, le=100, description="Life of a credit, years | 信用有效期，年")
    every_years: int = Field(default=2, ge=1, description="Years between two renewals | 更新间隔，年")
    round_year: int = Field(default=2004, ge=1900, le=2200, description="Year of one of the renewals | 某次更新年份")
    round_month: int = Field(default=7, ge=1, le=12, description="Month on whose first day they begin | 更新月份")

    @model_validator(mode="after")
    def _is_cut_evenly(self) -> Self:
        if self.life_years % self.every_years:
            raise PydanticCustomError("E303", "", {"found": "life_years", "expected": f"n x {self.every_years}"})
        if self.credits % self.tranches:
            raise PydanticCustomError("E303", "", {"found": "credits", "expected": f"n x {self.tranches}"})
        return self

    @property
    def tranches(self) -> int:
        """Return how many tranches are in force at a time."""
        return self.life_years // self.every_years

    @property
    def tranche(self) -> int:
        """Return how many credits begin, and how many end, at a renewal.

        >>> DischargeCreditParams().tranche
        200
        """
        return self.credits // self.tranches

    def years(self, start: date, end: date) -> list[int]:
        """Return the years in which those tranches begin that are in force at some time between two days.

        >>> DischargeCreditParams().years(date(2024, 1, 1), date(2026, 12, 31))
        [2014, 2016, 2018, 2020, 2022, 2024, 2026]
        """
        offset = self.round_year % self.every_years
        found = [y for y in range(start.year - self.life_years, end.year + 1) if y % self.every_years == offset]
        return [y for y in found if self.begins(y) <= end and start < self.begins(y + self.life_years)]

    def begins(self, year: int) -> date:
        """Return the day on which the tranche of a year begins."""
        return date(year, self.round_month, 1)


def in_force(setting: Setting, right: str, t: int) -> tuple[Instrument, ...]:
    """Return the tranches that are in force at a time."""
    return tuple(i for i in setting.listed(right) if i.lives(t))


def right_kg(params: DischargeCreditParams, credits_held: int, allowable_kg: int) -> int:
    """Return what credits allow out of a block of water: credits x total allowable discharge / all credits, floored.

    One credit of 1000 is 0.1 %. Of 112 t, 20 credits are 2.24 t and 45 are 5.04 t (CASES P24 [S17]):

    >>> [right_kg(DischargeCreditParams(), n, 112_000) for n in (20, 45)]
    [2240, 5040]
    """
    return credits_held * allowable_kg // params.credits


class DischargeCredit(Right):
    """A part of what the river may take: one instrument a tranche, named by the year in which it begins."""

    kind: ClassVar[str] = "discharge-credit"
    lot: ClassVar[Quantity | None] = Quantity(Decimal(1), "piece")
    label_en: ClassVar[str] = "Discharge credit"
    label_zh: ClassVar[str] = "排盐信用"
    reference: ClassVar[str] = (
        "Hunter River salinity trading scheme, New South Wales (EPA NSW, salt credits; CASES P24 [S17]); "
        "month of renewal (memory)"
    )
    Params: ClassVar[type[RightParams]] = DischargeCreditParams

    def instruments(self, start: date, end: date) -> list[Instrument]:
        """Return the tranches that are in force at some time of the run, the oldest first."""
        return [self._instrument(year, start) for year in self.params.years(start, end)]

    def _instrument(self, year: int, start: date) -> Instrument:
        first, last = self.params.begins(year), self.params.begins(year + self.params.life_years)
        return Instrument(
            index=-1,
            code=f"{self.key.upper()}.{year}",
            right=self.key,
            kind=self.kind,
            name_en=f"Discharge credit {year}",
            name_zh=f"{year}年排盐信用",
            unit="piece",
            lot=self.lot_text,
            vintage=year,
            starts_t=(first - start).days * DAY,
            expires_t=(last - start).days * DAY,
        )

    def eligible(self, participant: Participant, instrument: Instrument) -> Eligible:
        """Let those who discharge trade credits, and intermediaries of the right."""
        del instrument
        if participant.kind == "intermediary":
            trades = self.key in str(participant.facts.get("rights", "")).split(";")
            return Eligible.ALL if trades else Eligible.NOTHING
        return Eligible.ALL if float(participant.facts.get(WANTED, 0) or 0) > 0 else Eligible.NOTHING


def dischargers(setting: Setting) -> Sequence[Participant]:
    """Return who would discharge salt, in order of account."""
    return [p for p in setting.participants if float(p.facts.get(WANTED, 0) or 0) > 0]
