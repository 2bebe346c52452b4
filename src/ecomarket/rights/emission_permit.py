"""Emission permits (排污权): a right to emit one pollutant, by zone and class of source."""

from __future__ import annotations

from decimal import Decimal
from math import expm1, log1p
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Protocol

from pydantic import Field

from ecomarket.model.codes import Eligible
from ecomarket.model.entities import Instrument
from ecomarket.model.quantity import Quantity, Years
from ecomarket.model.reference import ZoneName
from ecomarket.rights.right import Right, RightParams
from ecomarket.units import floor_times, lots_floor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from ecomarket.model.entities import Participant, Zone
    from ecomarket.model.setting import Setting

PILOT_FLAG = "permit-pilot"
"""Flag of a prefecture in which permits are bought and sold (S001 #59: Xining, Haidong, Haixi)."""


AGRI: Final = "agri"
"""Class of non-point sources: farms and herds emit without permits (R27 c keeps them out of the market)."""
CLASS_ZH: Final = {"power": "火电", "industry": "工业", "municipal": "城镇污水", AGRI: "农业面源"}
POLLUTANTS: Final = {
    "so2": ("SO2", "二氧化硫"),
    "nox": ("NOx", "氮氧化物"),
    "cod": ("COD", "化学需氧量"),
    "nh3n": ("NH3-N", "氨氮"),
}
WATER_POLLUTANTS: Final = ("cod", "nh3n")
NOT_MERGED: Final[Mapping[str, str]] = MappingProxyType({})


class Sited(Protocol):
    """A source, as its row or its account describes it."""

    @property
    def zone(self) -> str:
        """Return the code of its zone."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """Return its further columns."""


class EmissionPermitParams(RightParams):
    """Parameters of one pollutant's permits."""

    medium: Literal["", "air", "water"] = Field(
        default="",
        description="air: by prefecture; water: by basin; empty: by the pollutant | 大气按地市、水按流域",
    )
    term_years: Years = Field(default=Decimal(5), gt=0, description="Life of a permit | 排污权有效期")
    merged: dict[ZoneName, ZoneName] = Field(
        default={}, description="Zones whose sources hold and trade the permits of another | 并入其他区域交易的区域"
    )
    intermediaries: bool = Field(default=True, description="May intermediaries trade | 中介机构可否参与交易")


class EmissionPermit(Right):
    """A right to emit 0.001 t a year of one pollutant in one zone by one class of source.

    Reference: 国办发〔2014〕38号 (paid use and trading of permits); trade stays within a prefecture (air) or a basin
    (water) and within a class of source, as Hubei's rules put it (MARKETS.md 2.1, R27 a-d); permits are traded in the
    pilot prefectures only (S001 #59, S004 三).
    """

    kind: ClassVar[str] = "emission-permit"
    lot: ClassVar[Quantity | None] = Quantity(Decimal("0.001"), "t")
    label_en: ClassVar[str] = "Emission permit"
    label_zh: ClassVar[str] = "排污权"
    reference: ClassVar[str] = "国办发〔2014〕38号; 青环发〔2014〕341号"
    rows: ClassVar[tuple[str, ...]] = ("B5",)
    Params: ClassVar[type[RightParams]] = EmissionPermitParams

    def instruments(self, start: date, end: date) -> list[Instrument]:
        """Return one instrument a zone and class in which some enterprise stands, in order of zone and class."""
        del start, end
        wanted = {self._place(p) for p in self.participants if p.kind == "enterprise"}
        classes = sorted({klass for _, klass in wanted if klass})
        return [self._instrument(self.zones[z], c) for z in self.zones for c in classes if (z, c) in wanted]

    def eligible(self, participant: Participant, instrument: Instrument) -> Eligible:
        """Let an enterprise of the zone and class trade in pilot prefectures and only hold elsewhere.

        Intermediaries trade, where the right lets them, what their column `rights` names (`so2;nox`; absent: all).
        """
        if participant.kind == "intermediary":
            named = str(participant.facts.get("rights", self.key)).split(";")
            return Eligible.ALL if self.params.intermediaries and self.key in named else Eligible.NOTHING
        if participant.kind != "enterprise" or self._place(participant) != (instrument.zone, instrument.klass):
            return Eligible.NOTHING
        return Eligible.ALL if is_pilot(self.zones, participant) else Eligible.HOLD

    def _place(self, participant: Participant) -> tuple[str, str]:
        return place_of(self.zones, participant, medium_of(self.key, self.params), self.params.merged)

    def _instrument(self, zone: Zone, klass: str) -> Instrument:
        name_en, name_zh = POLLUTANTS.get(self.key, (self.key.upper(), self.key.upper()))
        return Instrument(
            index=-1,
            code=f"{self.key.upper()}.{zone.code}.{klass}",
            right=self.key,
            kind=self.kind,
            name_en=f"{name_en} permit, {zone.name_en}, {klass}",
            name_zh=f"{zone.name_zh}{name_zh}排污权（{CLASS_ZH.get(klass, klass)}）",
            unit="t/year",
            lot=self.lot_text,
            zone=zone.code,
            klass=klass,
        )


def is_pilot(zones: Mapping[str, Zone], participant: Participant) -> bool:
    """Tell whether the participant's prefecture trades permits."""
    prefecture = prefecture_of(zones, participant)
    return bool(prefecture) and PILOT_FLAG in zones[prefecture].flags


def prefecture_of(zones: Mapping[str, Zone], participant: Sited) -> str:
    """Return the code of the prefecture above the participant's zone, "" if there is none."""
    code = participant.zone
    while code in zones and zones[code].level != "prefecture":
        code = zones[code].parent
    return code if code in zones else ""


def place_of(
    zones: Mapping[str, Zone], participant: Sited, medium: str, merged: Mapping[str, str] = NOT_MERGED
) -> tuple[str, str]:
    """Return (zone, class) of the permits a participant needs: prefecture for air, first basin for water.

    A zone that is merged into another has that one's permits.
    """
    klass = str(participant.facts.get(f"class_{medium}", ""))
    if medium == "air":
        home = prefecture_of(zones, participant)
    else:
        zone = zones.get(participant.zone)
        home = zone.main_basin if zone else ""
    return merged.get(home, home), klass


def medium_of(key: str, params: Any) -> str:
    """Return where a pollutant goes, "air" or "water": as the parameters say, else by the pollutant."""
    named = str(getattr(params, "medium", ""))
    return named or ("water" if key in WATER_POLLUTANTS else "air")


def permit_of(setting: Setting, key: str, participant: Participant) -> Instrument | None:
    """Return the instrument of right `key` that covers the participant's own emission, None if it needs none."""
    params = setting.rights.get(key)
    merged = getattr(params, "merged", NOT_MERGED)
    zone, klass = place_of(setting.zones, participant, medium_of(key, params), merged)
    found = setting.listed(key, zone=zone, klass=klass) if zone and klass else ()
    return found[0] if found else None


def approved_lots(project: Participant, instrument: Instrument) -> int:
    """Return the lots that cover a project's approved emission 1:1 (column `<right>_t`)."""
    return lots_floor(Decimal(str(project.facts.get(f"{instrument.right}_t", 0) or 0)), instrument.lot)


def need_lots(setting: Setting, key: str, project: Participant, today: date) -> int:
    """Return the lots of right `key` a new project must hold: approved lots x the zone's replacement ratio, rounded up.

    The ratios are those of the policy new-project-gate; 1 if it is not in force. What counts is the target of the zone
    in which the project stands, also where it is merged into another.

    Reference: 环发〔2014〕197号, 2:1 where last year's environment-quality target was missed, else 1:1 (CASES P15).
    """
    instrument = permit_of(setting, key, project)
    if instrument is None:
        return 0
    law = setting.law_on("new-project-gate", today)
    home, _ = place_of(setting.zones, project, medium_of(key, setting.rights.get(key)))
    name = "ratio_attained" if setting.zones[home].attained else "ratio_not_attained"
    ratio: Decimal = getattr(law, name, Decimal(1))
    return -floor_times(-approved_lots(project, instrument), ratio)


def annuity(rate: float, years: float) -> float:
    """Return the present value of 1 a year for `years` years at a yearly rate; turns a term price into a yearly one.

    MARKETS.md 8.4: a permit price is for 1 t a year over the whole term, an abatement cost is for one year.

    >>> round(5873 / annuity(0.05, 5))
    1357
    >>> annuity(0, 5)
    5.0
    """
    return float(years) if rate == 0 else -expm1(-years * log1p(rate)) / rate


def remaining_term_price(full_term_price: float, years_left: float, term_years: float, rate: float) -> float:
    """Return what a permit with `years_left` is worth if one of the full term costs `full_term_price` (CNY/t).

    >>> round(remaining_term_price(4000, 3, 5, 0.05))
    2516
    """
    return full_term_price * annuity(rate, max(years_left, 0.0)) / annuity(rate, term_years)
