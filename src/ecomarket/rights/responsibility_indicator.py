"""Responsibility indicators (责任指标): greening, clean water, cover, wetland; who earns and who counts them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, NamedTuple

from pydantic import Field

from ecomarket.model.codes import Eligible
from ecomarket.model.entities import Instrument, is_upstream
from ecomarket.model.quantity import Quantity
from ecomarket.rights.right import Right, RightParams
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.model.entities import Participant, Zone
    from ecomarket.model.setting import Setting

Subject = Literal["greening", "clean-water", "forest-cover", "grass-cover", "wetland"]


class Form(NamedTuple):
    """How an indicator is listed: unit and lot, an instrument each year, an instrument each county of origin."""

    name_en: str
    name_zh: str
    unit: str
    lot: str
    yearly: bool
    by_county: bool


FORMS: Final[Mapping[Subject, Form]] = {
    "greening": Form("Greening increment", "绿化增量责任指标", "mu", "1", yearly=True, by_county=False),
    "clean-water": Form("Clean-water increment", "清水增量责任指标", "t", "0.001", yearly=True, by_county=True),
    "forest-cover": Form("Forest cover", "森林覆盖率指标", "mu", "1", yearly=False, by_county=True),
    "grass-cover": Form("Grass cover", "草地植被覆盖度指标", "mu", "1", yearly=False, by_county=True),
    "wetland": Form("Wetland", "湿地面积指标", "mu", "1", yearly=False, by_county=True),
}
"""Cover and wetland stand for land somewhere, clean water for a reach: these name the county they come from."""


def cover_mu(land_mu: int, share: Decimal) -> int:
    """Return the least whole mu that is at least a share of a county's land.

    A tenth of a point of Qinghai's land (696,600 km2) is 1.04 million mu (MARKETS.md 7.2).

    >>> cover_mu(696_600 * 1_500, Decimal("0.001"))
    1044900
    """
    numerator, denominator = share.as_integer_ratio()
    return -(-land_mu * numerator // denominator)


def increment_kg(target_mg_l: Decimal, usual_mg_l: Decimal, flow_1000m3: int, treated_kg: int = 0) -> int:
    """Return a month's clean-water increment max(0, target - measured) x flow in whole kg (MARKETS.md 7.2).

    A milligram a litre is a kilogram a thousand cubic metres. What is measured is the usual load less what was treated,
    never below nothing; rounded down.

    >>> increment_kg(Decimal("20"), Decimal("17.5"), 1_000), increment_kg(Decimal("20"), Decimal("21"), 1_000)
    (2500, 0)
    >>> increment_kg(Decimal("20"), Decimal("21"), 1_000, treated_kg=1_500)
    500
    """
    load = max(Decimal(0), usual_mg_l * flow_1000m3 - treated_kg)
    return int(max(Decimal(0), target_mg_l * flow_1000m3 - load))


def is_downstream(zones: Mapping[str, Zone], upper: str, lower: str) -> bool:
    """Tell whether water of one zone flows to another by `downstream_of`, in a basin they share; not to itself."""
    if upper not in zones or lower not in zones or not zones[upper].shares_basin(zones[lower]):
        return False
    return is_upstream(zones, upper, lower)


def origin_of(setting: Setting, instrument: Instrument) -> Participant | None:
    """Return the county an indicator comes from, None for one that names none."""
    return next((c for c in setting.of_kind("county") if instrument.zone and c.zone == instrument.zone), None)


def own_indicator(setting: Setting, key: str, county: Participant, year: int) -> Instrument | None:
    """Return the instrument in which a county earns indicators of right `key` in a year, None if there is none."""
    for found in setting.listed(key):
        if found.zone in ("", county.zone) and found.vintage in (0, year):
            return found
    return None


class ResponsibilityIndicatorParams(RightParams):
    """What an indicator counts, and who besides counties may buy it."""

    indicator: Subject = Field(default="greening", description="What is counted | 指标类型")
    buyers: tuple[Literal["county", "enterprise"], ...] = Field(
        default=("county",), description="Kinds of participants that may buy | 可购买的主体类型"
    )


class ResponsibilityIndicator(Right):
    """A mu or a kilogram by which a county has done more than its duty; it counts for assessment, title stays put."""

    kind: ClassVar[str] = "responsibility-indicator"
    label_en: ClassVar[str] = "Responsibility indicator"
    label_zh: ClassVar[str] = "责任指标"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (23) (greening, clean water, cover); "
        "渝府办发〔2018〕 (forest cover); MARKETS.md 7.2 (model)"
    )
    rows: ClassVar[tuple[str, ...]] = ("G1", "G2", "G3", "G16")
    Params: ClassVar[type[RightParams]] = ResponsibilityIndicatorParams

    @classmethod
    def lot_of(cls, params: Any) -> Quantity | None:
        """Return one lot of what the right is for."""
        return Quantity(Decimal(FORMS[params.indicator].lot), FORMS[params.indicator].unit)

    def instruments(self, start: date, end: date) -> list[Instrument]:
        """Return one instrument for each county and year, as far as the indicator tells them apart."""
        form = FORMS[self.params.indicator]
        counties = sorted({p.zone for p in self.participants if p.kind == "county"}) if form.by_county else [""]
        years = range(start.year, end.year + 1) if form.yearly else (0,)
        return [self._instrument(form, zone, year, start) for zone in counties for year in years]

    def _instrument(self, form: Form, zone: str, year: int, start: date) -> Instrument:
        place = self.zones.get(zone)
        names_en = [form.name_en, *([place.name_en] if place else []), *([str(year)] if year else [])]
        names_zh = [*([place.name_zh] if place else []), *([f"{year}年"] if year else []), form.name_zh]
        return Instrument(
            index=-1,
            code=".".join((self.key.upper(), *([zone] if zone else []), *([str(year)] if year else []))),
            right=self.key,
            kind=self.kind,
            name_en=" ".join(names_en),
            name_zh="".join(names_zh),
            unit=form.unit,
            lot=self.lot_text,
            zone=zone,
            klass=self.params.indicator,
            vintage=year,
            starts_t=(date(year, 1, 1) - start).days * DAY if year else 0,
            expires_t=(date(year + 1, 1, 1) - start).days * DAY if year else -1,
        )

    def eligible(self, participant: Participant, instrument: Instrument) -> Eligible:
        """Let the county of origin sell and others buy to keep; clean water only downstream in its basin."""
        if participant.kind == "county" and not instrument.zone:
            return Eligible.ALL
        if participant.kind == "county" and participant.zone == instrument.zone:
            return Eligible.SELL | Eligible.HOLD
        if participant.kind not in self.params.buyers:
            return Eligible.NOTHING
        downstream = is_downstream(self.zones, instrument.zone, participant.zone)
        reaches = downstream or self.params.indicator != "clean-water"
        return Eligible.BUY | Eligible.HOLD if reaches else Eligible.NOTHING
