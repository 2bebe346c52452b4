"""Water rights (用水权): a volume of one year in one water zone, and the arithmetic of sharing and conveying it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.codes import Eligible
from ecomarket.model.entities import Instrument
from ecomarket.model.quantity import Keyed, Quantity, Share
from ecomarket.rights._water import BARRED
from ecomarket.rights.right import Right, RightParams
from ecomarket.units import DAY, PPM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.model.entities import Participant, Zone
    from ecomarket.model.setting import Setting

KEY = "water"
"""The right's key in a scenario."""


def water_of(setting: Setting, participant: Participant, year: int) -> Instrument | None:
    """Return the water right of a year that a user draws from; None if it draws no water that is shared out."""
    zone = str(participant.facts.get("water_zone", ""))
    if not zone and participant.kind == "region":
        zone = participant.code
    found = setting.listed(KEY, zone=zone, vintage=year) if zone else ()
    return found[0] if found else None


def available_1000m3(inflow: float, mean: float, eco_share: float, engineering_share: float) -> int:
    """Return max(0, inflow - ecological flow) x engineering share in 1000 m3 (MARKETS.md 5.2 rule 3).

    `inflow` and `mean` are yearly volumes in 1000 m3; the ecological flow is `eco_share` of the mean.

    >>> available_1000m3(900.0, 1000.0, 0.3, 0.5)
    300
    """
    return int(max(0.0, inflow - eco_share * mean) * engineering_share)


def reaches_between(zones: Mapping[str, Zone], from_zone: str, to_zone: str) -> int | None:
    """Return how many river reaches lie between two zones, up or down, by `downstream_of`; None if not of one basin.

    Zones of a basin that no reaches join count as one apart.
    """
    if not zones[from_zone].shares_basin(zones[to_zone]):
        return None
    beside: dict[str, set[str]] = {code: set(zone.above) for code, zone in zones.items()}
    for code, zone in zones.items():
        for above in zone.above:
            beside.setdefault(above, set()).add(code)
    reached, front, reaches = {from_zone}, {from_zone}, 0
    while front and to_zone not in reached:
        front = set().union(*(beside[code] for code in front)) & zones.keys() - reached
        reached |= front
        reaches += 1
    return reaches if to_zone in reached else 1


def _ways(source: Zone, target: Zone) -> list[str]:
    """Return the pairs of basins from one zone to another, as `conveyance` names them; inside a basin there is none."""
    if source.shares_basin(target):
        return []
    return [f"{one} to {other}" for one in source.basins for other in target.basins]


def delivered_share(setting: Setting, from_zone: str, to_zone: str) -> int:
    """Return which part of a volume sold in one zone arrives in another, in parts per million; 0 if it cannot.

    Inside a basin each reach costs `loss_per_reach`, at most `loss_max`; between basins only a built canal conveys,
    with the loss named for the pair of zones or of basins in `conveyance` (MARKETS.md 5.2 rule 4).
    """
    if from_zone == to_zone:
        return PPM
    params: WaterRightParams = setting.rights[KEY]
    for pair in (f"{from_zone} to {to_zone}", *_ways(setting.zones[from_zone], setting.zones[to_zone])):
        if pair in params.conveyance:
            return PPM - int(params.conveyance[pair] * PPM)
    reaches = reaches_between(setting.zones, from_zone, to_zone)
    if reaches is None:
        return 0
    return PPM - int(min(params.loss_per_reach * reaches, params.loss_max) * PPM)


class WaterRightParams(RightParams):
    """Losses on the way from one zone to another."""

    loss_per_reach: Share = Field(
        default=Decimal("0.05"), description="Loss a river reach, share | 每河段输水损失，比例"
    )
    loss_max: Share = Field(
        default=Decimal("0.20"), description="Largest loss inside a basin, share | 流域内最大损失，比例"
    )
    conveyance: Keyed[Share] = Field(
        default={}, description="Loss of canals between zones or basins, by 'A to B', share | 跨区输水工程损失，比例"
    )


class WaterRight(Right):
    """One instrument a water zone and year, used up or lost by the end of that year."""

    kind: ClassVar[str] = "water-right"
    lot: ClassVar[Quantity | None] = Quantity(Decimal(1000), "m3")
    label_en: ClassVar[str] = "Water right"
    label_zh: ClassVar[str] = "用水权"
    reference: ClassVar[str] = "水权交易管理暂行办法 水政法〔2016〕156号; 青海生态文明先行示范区2020年度工作要点 26, 58"
    rows: ClassVar[tuple[str, ...]] = ("E3",)
    Params: ClassVar[type[WaterRightParams]] = WaterRightParams

    def instruments(self, start: date, end: date) -> list[Instrument]:
        """Return one instrument for each zone of level water-zone and each year."""
        zones = sorted(code for code, zone in self.zones.items() if zone.level == "water-zone")
        return [
            self._instrument(self.zones[code], year, start)
            for code in zones
            for year in range(start.year, end.year + 1)
        ]

    def _instrument(self, zone: Zone, year: int, start: date) -> Instrument:
        return Instrument(
            index=-1,
            code=f"{self.key.upper()}.{zone.code}.{year}",
            right=self.key,
            kind=self.kind,
            name_en=f"Water {zone.name_en} {year}",
            name_zh=f"{zone.name_zh}{year}年用水权",
            unit="m3",
            lot=self.lot_text,
            zone=zone.code,
            vintage=year,
            starts_t=(date(year, 1, 1) - start).days * DAY,
            expires_t=(date(year + 1, 1, 1) - start).days * DAY,
        )

    def eligible(self, participant: Participant, instrument: Instrument) -> Eligible:
        """Let users trade the water of their zone, governments that of their basin; BARRED sectors never sell."""
        if participant.kind == "intermediary":
            trades = self.key in str(participant.facts.get("rights", "")).split(";")
            return Eligible.ALL if trades else Eligible.NOTHING
        if participant.kind == "region":
            return self._of_region(participant, instrument)
        if participant.facts.get("water_zone") != instrument.zone:
            return Eligible.NOTHING
        return Eligible.BUY | Eligible.HOLD if participant.sector in BARRED else Eligible.ALL

    def _of_region(self, region: Participant, instrument: Instrument) -> Eligible:
        zone = self.zones.get(region.code)
        if zone is None:
            return Eligible.NOTHING
        source = self.zones[instrument.zone]
        if source.basin == zone.basin or source.shares_basin(zone):
            return Eligible.ALL
        built = {f"{source.code} to {zone.code}", *_ways(source, zone)} & set(self.params.conveyance)
        return Eligible.ALL if built else Eligible.NOTHING
