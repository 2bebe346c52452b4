"""Output of enterprises: a season by sector times a persistent shock."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from pydantic import Field, field_validator

from ecomarket.chance import key
from ecomarket.model.quantity import Ratio, Share, unsound
from ecomarket.model.stated import FactCode
from ecomarket.nature.process import Process, ProcessParams
from ecomarket.units import PPM

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant

MONTHS_A_YEAR: Final = 12
LAGS: Final = 36
"""Months of past luck that count; their weights are scaled so that the shock's spread is exact."""


def _season(text: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(part) for part in text.split())


class ActivityParams(ProcessParams):
    """Parameters of output."""

    kinds: tuple[str, ...] = Field(default=("enterprise",), description="Kinds of participant | 适用主体")
    season: dict[str, tuple[Ratio, ...]] = Field(
        default={
            "cement": _season("0.45 0.40 0.75 1.15 1.25 1.25 1.25 1.25 1.25 1.20 1.05 0.75"),
            "power": _season("1.15 1.10 1.05 0.95 0.85 0.85 0.95 0.95 0.90 0.95 1.10 1.20"),
        },
        description="Twelve monthly factors by sector, January first | 各行业月度系数",
    )
    sd: Ratio = Field(
        default=Decimal("0.08"), ge=0, description="Spread of the logarithm of a month's shock | 月度波动"
    )
    persistence: Share = Field(default=Decimal("0.7"), lt=1, description="Of last month's shock | 月度自相关")
    common: Share = Field(default=Decimal("0.3"), description="Part of the variance shared by a sector | 行业共同波动")

    @field_validator("season")
    @classmethod
    def _twelve(cls, season: dict[str, tuple[Decimal, ...]]) -> dict[str, tuple[Decimal, ...]]:
        for sector, factors in season.items():
            if len(factors) != MONTHS_A_YEAR or sum(factors) <= 0:
                raise unsound(
                    f"{sector}: twelve factors are needed, not all 0", f"{sector}：须有十二个月的系数，不得全为 0"
                )
        return season


class Activity(Process):
    """Each enterprise's output of a month as a fraction of a normal month: season x shock, mean 1.

    The season has mean 1 over a year. The logarithm of the shock is a stationary AR(1), part of it shared by the
    sector, shifted so that the shock's mean is 1. What the authorities limit (PRODUCTION_CUT_PPM) is cut from it.
    Seasons: cement rests in the cold months (错峰生产), power peaks in winter; spread and persistence are assumptions.

    Reference: 工信部联原〔2020〕201号 (staggered cement production); the rest is a model.
    """

    kind: ClassVar[str] = "activity"
    label_en: ClassVar[str] = "Output of enterprises"
    label_zh: ClassVar[str] = "企业生产活动水平"
    reference: ClassVar[str] = "工信部联原〔2020〕201号"
    Params: ClassVar[type[ProcessParams]] = ActivityParams

    def month(self, month: date, draws: Draws) -> dict[str, float]:
        """Return each enterprise's output by its code, 1.0 a normal month."""
        if not self._members:
            return {}
        now = month.year * MONTHS_A_YEAR + month.month - 1
        own = self._shock(draws, [key(p.code) for p in self._members], "activity", now)
        shared = self._shock(draws, [key(p.sector) for p in self._members], "activity-sector", now)
        common, sd = float(self.params.common), float(self.params.sd)
        shock = sd * (np.sqrt(common) * shared + np.sqrt(1 - common) * own)
        factor = np.exp(shock - sd**2 / 2) * self._seasons[:, month.month - 1]
        factor = factor * self._permitted(month)
        return {p.code: float(x) for p, x in zip(self._members, factor, strict=True)}

    def _permitted(self, month: date) -> NDArray[np.float64]:
        """Return the part of each member's output that no order of the authorities cuts (PRODUCTION_CUT_PPM)."""
        if self.book is None:
            return np.ones(len(self._members))
        cut = self.book.month(FactCode.PRODUCTION_CUT_PPM, month.year * 100 + month.month)
        accounts = np.array([p.account for p in self._members], dtype=np.int64)
        return np.asarray(1.0 - np.minimum(cut[accounts], PPM) / PPM, dtype=np.float64)

    @cached_property
    def _members(self) -> tuple[Participant, ...]:
        return self.setting.of_kind(*self.params.kinds)

    @cached_property
    def _seasons(self) -> NDArray[np.float64]:
        flat = (Decimal(1),) * MONTHS_A_YEAR
        rows = [self.params.season.get(p.sector, flat) for p in self._members]
        factors = np.array([[float(f) for f in row] for row in rows])
        return np.asarray(factors / factors.mean(axis=1, keepdims=True), dtype=np.float64)

    def _shock(self, draws: Draws, who: list[int], purpose: str, now: int) -> NDArray[np.float64]:
        """Return the stationary AR(1) with unit spread, as a weighted sum of the last months' luck; shape (n,)."""
        weights = float(self.params.persistence) ** np.arange(LAGS)
        weights /= np.sqrt((weights**2).sum())
        luck = draws.normal(np.array(who, dtype=np.int64)[:, None], purpose, now - np.arange(LAGS)[None, :])
        return np.asarray(luck @ weights, dtype=np.float64)
