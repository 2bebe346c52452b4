"""Methodologies of sink projects: what a project is, which tests it must pass, and whether its credits stay whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.quantity import Mu, Share, Years
from ecomarket.model.reference import ParticipantCode
from ecomarket.rights.carbon_sink import CURVES, FOREST

FIRST_START: Final = date(2012, 11, 8)
"""Projects that began on this day or earlier do not count (MARKETS.md 4.1, memory)."""
FIRST_CREDIT_YEAR: Final = 2021
"""Reductions count after 2020-09-22 (MARKETS.md 4.1, memory); growth is counted by whole years, so from 2021 on."""
CREDITING_YEARS: Final = (20, 40)
SMALL_PLOT_SINCE: Final = date(2019, 1, 1)
PLOT_M2, OLD_PLOT_M2 = 400, 667
BARE_YEARS: Final = Decimal(3)


class ProjectRow(BaseModel):
    """A sink project: whose, where, what was planted when, and what the methodology asks about its land."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)

    name: str = Field(min_length=1, description="Name | 项目名称")
    owner: ParticipantCode = Field(description="Who brings the project | 项目业主")
    county: ParticipantCode = Field(description="County whose land it is | 所在县")
    measure: Literal["tree", "shrub", "closing", "black_soil", "rest_grazing"] = Field(description="Measure | 措施")
    mu: Mu = Field(gt=0, description="Area, mu | 面积，亩")
    began: date = Field(description="Day on which planting began | 开工日期")
    crediting_years: int = Field(default=20, description="Crediting period, years | 计入期，年")
    plot_m2: int = Field(default=PLOT_M2, ge=0, description="Smallest plot, m2 | 最小连续地块")
    bare_years: Years = Field(default=BARE_YEARS, ge=0, description="Years without forest before the start | 无林年数")
    wetland: bool = Field(default=False, description="Whether the land is wetland | 是否湿地")
    displaced_mu: Mu = Field(default=Decimal(0), ge=0, description="Grazing or crops displaced, mu | 放牧耕种转移面积")
    county_share: Share = Field(default=Decimal(0), description="Part of the credits that the county gets | 县分成")

    @property
    def klass(self) -> str:
        """Return the class of its credits."""
        return CURVES[self.measure].klass

    @property
    def years(self) -> range:
        """Return the years whose growth counts."""
        first = max(self.began.year, FIRST_CREDIT_YEAR)
        return range(first, self.began.year + self.crediting_years)


def failed_tests(row: ProjectRow) -> list[str]:
    """Return the tests of the methodology that a project fails, none if it is eligible.

    Forest: 造林碳汇 CCER-14-001-V01 (crediting period, land, plot, conduct; MARKETS.md 4.1). Grass has no published
    methodology, so only the general tests apply, and its credits are not for compliance.
    """
    least, most = CREDITING_YEARS
    failed = [] if least <= row.crediting_years <= most else ["crediting-period"]
    failed += [] if row.began > FIRST_START else ["start"]
    failed += ["displacement"] if row.displaced_mu > 0 else []
    if row.klass == FOREST:
        plot = PLOT_M2 if row.began >= SMALL_PLOT_SINCE else OLD_PLOT_M2
        failed += ["plot"] if row.plot_m2 < plot else []
        failed += ["forest-before"] if row.bare_years < BARE_YEARS else []
        failed += ["wetland"] if row.wetland else []
    return failed
