"""Green certificates (绿色电力证书): one instrument a production month, a life in months, one transfer only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from ecomarket.model.codes import Eligible
from ecomarket.model.entities import Instrument
from ecomarket.model.quantity import Quantity
from ecomarket.rights._weights import WEIGHTS
from ecomarket.rights.right import Right, RightParams
from ecomarket.units import DAY

if TYPE_CHECKING:
    from ecomarket.model.entities import Participant
    from ecomarket.model.setting import Setting

KEY = "gec"
"""The right's key in a scenario."""
LIFE_MONTHS = 24
MONTHS_A_YEAR = 12


def months_between(earlier: int, later: int) -> int:
    """Return the months from one period yyyymm to another.

    >>> months_between(202411, 202502)
    3
    """
    return (later // 100 - earlier // 100) * MONTHS_A_YEAR + later % 100 - earlier % 100


def period_after(period: int, months: int) -> int:
    """Return the period yyyymm that lies `months` later (earlier if negative).

    >>> period_after(202411, 3), period_after(202401, -1)
    (202502, 202312)
    """
    year, month = divmod(period // 100 * MONTHS_A_YEAR + period % 100 - 1 + months, MONTHS_A_YEAR)
    return year * 100 + month + 1


def age_months(instrument: Instrument, today: date) -> int:
    """Return the age of a certificate in whole months: 0 in its production month, negative before."""
    return months_between(instrument.vintage, today.year * 100 + today.month)


def life_months(setting: Setting) -> int:
    """Return for how many months after its production month a certificate is valid."""
    params = setting.rights.get(KEY)
    return int(params.life_months) if params is not None else LIFE_MONTHS


def alive(setting: Setting, today: date) -> list[Instrument]:
    """Return the certificates of past months that are still valid today, oldest first.

    Production of a month becomes certificates in the next one, so ages run from 1 to the life in months.
    """
    life = life_months(setting)
    found = [i for i in setting.listed(KEY) if 1 <= age_months(i, today) <= life]
    return sorted(found, key=lambda i: i.vintage)


def age_factor(age: int, life: int, floor: float = 0.15) -> float:
    """Return the price of a certificate of `age` months against a fresh one (MARKETS.md 6, calibrated on 2025 prices).

    >>> age_factor(12, 24), age_factor(24, 24)
    (0.5, 0.15)
    """
    return max(floor, 1.0 - age / life)


def duty_mwh(weight: Decimal, load_mwh: int, exempt_mwh: int = 0) -> int:
    """Return the consumption duty in certificates: weight x (load - exempt load), rounded up to a whole MWh.

    >>> duty_mwh(Decimal("0.7"), 1001)
    701
    """
    return max(0, ceil(weight * (load_mwh - exempt_mwh)))


def weight_of(law: Any, party: Participant) -> Decimal:
    """Return the part of a party's load it must show in certificates, 0 if it has no duty.

    `law` is the Params of the policy consumption-weight: a weight by participant or sector, else the province's own
    `weight_non_hydro`, else that of the binding table the law names; times the part of the duty that is not met by
    power itself.
    """
    own = "0"
    if party.kind == "support-province":
        table = WEIGHTS.get(party.zone)
        bound = getattr(table, law.binding.replace("-", "_")) if table and law.binding != "none" else 0
        own = str(party.facts.get("weight_non_hydro", bound))
    weight = law.weight.get(party.code, law.weight.get(party.sector, Decimal(own)))
    part = law.certificate_share.get(party.code, law.certificate_share.get(party.sector, Decimal(1)))
    return Decimal(weight * part)


def own_renewable_mwh(party: Participant, *stated_mwh: int) -> int:
    """Return the renewable power a party used itself: its column `renewable_mwh` and what was stated of it this year.

    Stated are its own use (RENEWABLE_USE_MWH) and what came in from outside (OUTBOUND_MWH). The column
    `renewable_exempt_mwh`, the part matched to exempt load, is taken off; never negative.
    """
    facts = party.facts
    column = int(facts.get("renewable_mwh", 0) or 0) - int(facts.get("renewable_exempt_mwh", 0) or 0)
    return max(0, column + sum(stated_mwh))


class GreenCertificateParams(RightParams):
    """How long a certificate lives, and how far back the first listed production month lies."""

    life_months: int = Field(
        default=LIFE_MONTHS, ge=1, description="Validity after the production month, months | 生产月后有效期，月"
    )
    back_months: int = Field(
        default=1,
        ge=0,
        description="Production months before the start that are listed, months | 起始日前挂牌的生产月数，月",
    )


class GreenCertificate(Right):
    """One instrument a production month; generators sell, everybody else buys once and keeps."""

    kind: ClassVar[str] = "green-certificate"
    lot: ClassVar[Quantity | None] = Quantity(Decimal(1), "MWh")
    label_en: ClassVar[str] = "Green electricity certificate"
    label_zh: ClassVar[str] = "绿色电力证书"
    reference: ClassVar[str] = (
        "发改能源〔2023〕1044号 (scope, 1 MWh a certificate); 可再生能源绿色电力证书核发和交易规则 2024 "
        "(monthly issuance, two years of validity, one transfer)"
    )
    rows: ClassVar[tuple[str, ...]] = ("F1",)
    Params: ClassVar[type[GreenCertificateParams]] = GreenCertificateParams

    def instruments(self, start: date, end: date) -> list[Instrument]:
        """Return one instrument for each production month from `back_months` before the start to the end."""
        last = end.year * 100 + end.month
        period = period_after(start.year * 100 + start.month, -self.params.back_months)
        listed: list[Instrument] = []
        while period <= last:
            listed.append(self._instrument(period, start))
            period = period_after(period, 1)
        return listed

    def _instrument(self, period: int, start: date) -> Instrument:
        after = period_after(period, self.params.life_months + 1)
        return Instrument(
            index=-1,
            code=f"{self.key.upper()}.{period}",
            right=self.key,
            kind=self.kind,
            name_en=f"Green certificate {period // 100}-{period % 100:02d}",
            name_zh=f"绿证{period // 100}年{period % 100}月",
            unit="MWh",
            lot=self.lot_text,
            vintage=period,
            starts_t=(date(period // 100, period % 100, 1) - start).days * DAY,
            expires_t=(date(after // 100, after % 100, 1) - start).days * DAY,
        )

    def eligible(self, participant: Participant, instrument: Instrument) -> Eligible:
        """Let tradable generators sell and never buy, users and outside buyers buy and never sell: one transfer."""
        del instrument
        if "tech" in participant.facts:
            return Eligible.SELL | Eligible.HOLD if int(participant.facts.get("tradable", 1)) else Eligible.HOLD
        if participant.kind == "intermediary":
            trades = self.key in str(participant.facts.get("rights", "")).split(";")
            return Eligible.BUY | Eligible.HOLD if trades else Eligible.NOTHING
        outside = participant.kind == "outside" and participant.code == f"OUT.{self.key.upper()}"
        if outside or participant.kind in ("enterprise", "support-province"):
            return Eligible.BUY | Eligible.HOLD
        return Eligible.NOTHING
