"""What the cut that was made would have cost at least."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from ecomarket.results.measure import Measure

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames


class CostEffectiveness(Measure):
    """The cost of the cut that firms made, and the least cost of as much, by pollutant and year."""

    kind: ClassVar[str] = "cost-effectiveness"
    label_en: ClassVar[str] = "The cut, at least cost"
    label_zh: ClassVar[str] = "同等减排的最低成本"
    unit: ClassVar[str] = "t; CNY; share"
    reference: ClassVar[str] = (
        "Needs the scenario beside the journal: the abatement menus of firms that write no schedules (MARKETS 8.4). "
        "In each market (permits of a zone and class; carbon as a whole) and year, what each firm would have emitted "
        "(emission + abatement as stated), its menu and what all cut together (facts ABATEMENT_T_MILLI, "
        "ABATEMENT_CO2_T) give the least cost of the same tonnes: all firms cut up to the same marginal cost, evenly "
        "over the year. `cost_cny`: what the cut cost (fact ABATEMENT_COST_CASH). `share`: least / cost, empty where "
        "the first tonnes save more money than the rest costs. Firms that built works are left out and counted in "
        "`built`, for works are on no menu. Whether more or less should have been cut is not asked: that is the "
        "question of the benchmark (`efficiency`), which needs schedules, or a world of one year without chance."
    )
    keys: ClassVar[tuple[str, ...]] = ("pollutant", "year")
    columns: ClassVar[tuple[str, ...]] = ("firms", "built", "cut_t", "cost_cny", "least_cny", "share")
    beside_optimum: ClassVar[bool] = True

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return firms, those left out, tonnes, cost, least cost and their ratio by pollutant and year."""
        rows = frames.held.at_best(self.kind)
        return pd.DataFrame(rows, columns=pd.Index([*self.keys, *self.columns]), dtype=object)
