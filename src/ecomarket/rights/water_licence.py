"""Water-taking licences (取水许可): a volume a year for a term, and the part of it that verified saving sets free."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.model.codes import Eligible
from ecomarket.model.entities import Instrument
from ecomarket.model.quantity import Quantity
from ecomarket.rights._water import BARRED
from ecomarket.rights.right import Right, RightParams
from ecomarket.units import DAY

if TYPE_CHECKING:
    from ecomarket.model.entities import Participant, Zone

LICENCE: Final = "licence"
"""Class of what was granted: held, used and pledged, not sold."""
SAVING: Final = "saving"
"""Class of what verified saving set free: may be sold inside the zone until the term ends."""
NAMES: Final = {LICENCE: ("Water licence", "取水许可"), SAVING: ("Saved licence volume", "节余取水权")}


class WaterLicenceParams(RightParams):
    """The term."""

    term_years: int = Field(
        default=10, ge=5, le=10, description="Term of licences from the start, years | 许可期限，年"
    )


class WaterLicence(Right):
    """One instrument a water zone for licences and one for saved volumes, in m3 a year, until the term ends."""

    kind: ClassVar[str] = "water-licence"
    lot: ClassVar[Quantity | None] = Quantity(Decimal(1000), "m3")
    label_en: ClassVar[str] = "Water-taking licence"
    label_zh: ClassVar[str] = "取水许可权"
    reference: ClassVar[str] = (
        "新疆实施方案 2022 (十五) (十八); 取水许可和水资源费征收管理条例 2006 art. 25 (five to ten years), "
        "art. 27 (saved water may be sold)"
    )
    rows: ClassVar[tuple[str, ...]] = ("E5",)
    Params: ClassVar[type[RightParams]] = WaterLicenceParams

    def instruments(self, start: date, end: date) -> list[Instrument]:
        """Return a licence and a saving for each zone of level water-zone, in order of their codes."""
        del end
        zones = sorted(code for code, zone in self.zones.items() if zone.level == "water-zone")
        return [self._instrument(self.zones[code], klass, start) for code in zones for klass in NAMES]

    def _instrument(self, zone: Zone, klass: str, start: date) -> Instrument:
        name_en, name_zh = NAMES[klass]
        ends = date(start.year + self.params.term_years, start.month, min(start.day, 28))
        return Instrument(
            index=-1,
            code=f"{self.key.upper()}.{zone.code}.{klass}",
            right=self.key,
            kind=self.kind,
            name_en=f"{name_en} {zone.name_en}",
            name_zh=f"{zone.name_zh}{name_zh}",
            unit="m3/year",
            lot=self.lot_text,
            zone=zone.code,
            klass=klass,
            expires_t=(ends - start).days * DAY,
        )

    def eligible(self, participant: Participant, instrument: Instrument) -> Eligible:
        """Let users of the zone hold licences and trade savings; BARRED sectors take no part in the trade."""
        if participant.kind == "region" or participant.facts.get("water_zone") != instrument.zone:
            return Eligible.NOTHING
        if instrument.klass == LICENCE:
            return Eligible.HOLD
        return Eligible.NOTHING if participant.sector in BARRED else Eligible.ALL
