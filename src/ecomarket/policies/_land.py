"""How much forest, grass and wetland a county has: what stood at the start, less what is lost, plus what is gained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.model.stated import FactCode
from ecomarket.units import PPM, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

FOREST = "forest-cover"
"""The class of indicator whose area hazards take and planting adds to."""


class Land:
    """Areas by county and right; forest that hazards have taken is remembered from month to month."""

    def __init__(self, setting: Setting, planted_right: str = "", grown_years: int = 0) -> None:
        self._setting = setting
        self._planted = planted_right
        self._grown_years = grown_years
        self._standing_ppm: dict[str, int] = {}

    def strike(self, lost: Mapping[str, float]) -> None:
        """Take the shares of the standing forest that hazards took this month, by county."""
        for county, share in lost.items():
            kept = PPM - min(PPM, max(0, int(share * PPM)))
            if kept < PPM:
                self._standing_ppm[county] = mul_div_floor(self._standing_ppm.get(county, PPM), kept, PPM)

    def area(self, view: PolicyView, county: Participant, right: str, indicator: Instrument) -> int:
        """Return a county's area now in mu: the column `<right>_mu`, hazards, facts LAND_GAINED_MU and LAND_LOST_MU.

        Forest grows by certified greening increments too, some years after they were planted.
        """
        opening = int(county.facts.get(f"{right}_mu", 0) or 0)
        forest = indicator.klass == FOREST
        area = mul_div_floor(opening, self._standing_ppm.get(county.code, PPM) if forest else PPM, PPM)
        for year in range(self._setting.start.year, view.year + 1):
            area += int(view.book.year(FactCode.LAND_GAINED_MU, year, indicator.index)[county.account])
            area -= int(view.book.year(FactCode.LAND_LOST_MU, year, indicator.index)[county.account])
            if forest and year + self._grown_years <= view.year:
                area += self._planted_mu(view, county, year)
        return max(0, area)

    def _planted_mu(self, view: PolicyView, county: Participant, year: int) -> int:
        planted = self._setting.listed(self._planted, vintage=year) if self._planted else ()
        return sum(int(view.book.year(FactCode.INCREMENT_CERTIFIED, year, i.index)[county.account]) for i in planted)
