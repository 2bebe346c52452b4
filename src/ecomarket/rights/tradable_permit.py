"""A right without rules of its own (可交易许可): the permit of theory, of one zone each if it has zones."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ecomarket.model.codes import Eligible
from ecomarket.model.entities import Instrument, lies_in
from ecomarket.rights.right import Right, RightParams
from ecomarket.units import DAY

if TYPE_CHECKING:
    from ecomarket.model.entities import Participant

Level = Literal["none", "county", "prefecture", "basin", "province"]


class TradablePermitParams(RightParams):
    """Where it counts, and for how long."""

    zones: Level = Field(
        default="none", description="Level of zone in which it counts; none: anywhere | 权利限定的区域层级"
    )
    life_years: int = Field(
        default=0,
        ge=0,
        description="Calendar years in which it counts, that of its issue included; 0: for ever | 有效年数",
    )


class TradablePermit(Right):
    """A right to one unit of whatever is capped; any participant of its zone may hold and trade it.

    With a life it has one instrument for each year of issue, which lapses at the end of its last year.

    Reference: Montgomery 1972, Markets in Licenses and Efficient Pollution Control Programs, J. Econ. Theory 5.
    """

    kind: ClassVar[str] = "tradable-permit"
    label_en: ClassVar[str] = "Tradable permit of theory"
    label_zh: ClassVar[str] = "理论可交易许可"
    reference: ClassVar[str] = "Montgomery 1972, J. Econ. Theory 5"
    adds_up: ClassVar[bool] = True
    Params: ClassVar[type[RightParams]] = TradablePermitParams

    def instruments(self, start: date, end: date) -> list[Instrument]:
        """Return one instrument a zone, and a year of issue where the right has a life, in order of zone and year."""
        zones = (
            [""] if self.params.zones == "none" else [c for c in self.zones if self.zones[c].level == self.params.zones]
        )
        years = range(start.year, end.year + 1) if self.params.life_years else [0]
        return [self._instrument(zone, year, start) for zone in zones for year in years]

    def _instrument(self, zone: str, year: int, start: date) -> Instrument:
        parts = [self.key.upper(), zone, str(year) if year else ""]
        place = self.zones.get(zone)
        begins, ends = (
            max(date(year or start.year, 1, 1), start),
            date((year or start.year) + self.params.life_years, 1, 1),
        )
        return Instrument(
            index=-1,
            code=".".join(part for part in parts if part),
            right=self.key,
            kind=self.kind,
            name_en=" ".join(p for p in (self.key, place.name_en if place else "", parts[2]) if p),
            name_zh="".join(p for p in (place.name_zh if place else "", self.key, parts[2]) if p),
            unit="",
            lot="1",
            zone=zone,
            vintage=year,
            starts_t=(begins - start).days * DAY,
            expires_t=(ends - start).days * DAY if year else -1,
        )

    def eligible(self, participant: Participant, instrument: Instrument) -> Eligible:
        """Let every participant hold and trade, in its own zone if the right has zones."""
        here = not instrument.zone or instrument.zone in lies_in(self.zones, participant.zone)
        return Eligible.ALL if here else Eligible.NOTHING
