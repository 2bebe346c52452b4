"""Rights to other resources (林权、矿业权、土地使用权等): a term, a zone rule, sales under a royalty."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import Field

from ecomarket.model.codes import Eligible
from ecomarket.model.entities import Instrument, lies_in
from ecomarket.model.quantity import Quantity, Years
from ecomarket.rights.right import Right, RightParams
from ecomarket.units import DAY

if TYPE_CHECKING:
    from ecomarket.model.entities import Participant

Resource = Literal["forest", "mining", "land", "concession"]
Level = Literal["none", "county", "prefecture", "basin"]

NAMES: Final[dict[Resource, tuple[str, str, str]]] = {
    "forest": ("Forest right", "林权", "mu"),
    "mining": ("Mining right", "矿业权", "t"),
    "land": ("Land-use right", "土地使用权", "mu"),
    "concession": ("Concession", "特许经营权", "piece"),
}
"""Name in English and Chinese, unit: mu of land, t of yearly capacity, pieces are places of business."""


def years_after(start: date, years: Decimal) -> date:
    """Return the day some years later, fractions in whole months, at most the 28th of its month.

    >>> years_after(date(2024, 1, 31), Decimal("2.5"))
    datetime.date(2026, 7, 28)
    """
    months = start.month - 1 + int(years * 12)
    return date(start.year + months // 12, months % 12 + 1, min(start.day, 28))


class ResourceRightParams(RightParams):
    """What the right is to, where it may be held, for how long, and by whom."""

    resource: Resource = Field(default="forest", description="What the right is to | 资源种类")
    within: Level = Field(
        default="none", description="Level of zone in which it stays; none: anywhere | 权利限定的区域层级"
    )
    term_years: Years = Field(default=Decimal(30), gt=0, description="Life from the start, years | 期限，年")
    holders: tuple[Literal["county", "enterprise"], ...] = Field(
        default=("county", "enterprise"), description="Kinds of participants that may hold it | 可持有的主体类型"
    )


class ResourceRight(Right):
    """A right to use a resource for a term: one instrument a zone of the level in which it stays."""

    kind: ClassVar[str] = "resource-right"
    label_en: ClassVar[str] = "Right to another resource"
    label_zh: ClassVar[str] = "其他自然资源权利"
    reference: ClassVar[str] = (
        "新疆建立健全生态产品价值实现机制实施方案 2022 (十五); 青海深入推进生态文明制度创新实施方案 2023 (8) (23) (40)"
    )
    rows: ClassVar[tuple[str, ...]] = ("A7", "G14", "G15")
    Params: ClassVar[type[RightParams]] = ResourceRightParams

    @classmethod
    def lot_of(cls, params: Any) -> Quantity | None:
        """Return one lot of what the right is for."""
        return Quantity(Decimal(1), NAMES[params.resource][2])

    def instruments(self, start: date, end: date) -> list[Instrument]:
        """Return one instrument a zone, in order of its code; it ends with the term."""
        del end
        if self.params.within == "none":
            return [self._instrument("", start)]
        return [self._instrument(c, start) for c in sorted(self.zones) if self.zones[c].level == self.params.within]

    def _instrument(self, zone: str, start: date) -> Instrument:
        name_en, name_zh, unit = NAMES[self.params.resource]
        place = self.zones.get(zone)
        return Instrument(
            index=-1,
            code=f"{self.key.upper()}.{zone}" if zone else self.key.upper(),
            right=self.key,
            kind=self.kind,
            name_en=f"{name_en} {place.name_en}" if place else name_en,
            name_zh=f"{place.name_zh}{name_zh}" if place else name_zh,
            unit=unit,
            lot=self.lot_text,
            zone=zone,
            klass=self.params.resource,
            expires_t=(years_after(start, self.params.term_years) - start).days * DAY,
        )

    def eligible(self, participant: Participant, instrument: Instrument) -> Eligible:
        """Let holders trade rights of the zone they are in, concessions anywhere: whom they go to, the auction says."""
        if participant.kind not in self.params.holders:
            return Eligible.NOTHING
        here = not instrument.zone or instrument.zone in self._zones_of(participant)
        return Eligible.ALL if here or self.params.resource == "concession" else Eligible.NOTHING

    def _zones_of(self, participant: Participant) -> set[str]:
        around = (self.zones[code] for code in lies_in(self.zones, participant.zone) if code in self.zones)
        return {place for zone in around for place in (zone.code, *zone.basins)}
