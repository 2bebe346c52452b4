"""What the new projects that started are worth, and at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from ecomarket.results.measure import Measure

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames

COLUMNS = ("projects", "started", "worth_cny", "greatest_cny", "short_cny", "share")


class ProjectWorth(Measure):
    """The worth of the new projects that started, and the most that their permits could have let start, by year."""

    kind: ClassVar[str] = "project-worth"
    label_en: ClassVar[str] = "The projects started, and the best ones"
    label_zh: ClassVar[str] = "已建项目与最优选择"
    unit: ClassVar[str] = "projects; CNY; share"
    reference: ClassVar[str] = (
        "Needs the scenario beside the journal: `npv_cny` and tonnes of new projects. By the end of each year: "
        "projects that have appeared, those that have started (fact PROJECT_STARTED), their net present values, and "
        "the greatest sum of whole projects whose permits, by pollutant, place and class, fit into those of the "
        "projects started (an integer programme, SciPy's HiGHS). `share`: worth / greatest, 1 where the permits went "
        "to those who value them most (allocative efficiency). `short_cny`: what those are worth that have not "
        "started. Delay and replacement ratios are left out."
    )
    keys: ClassVar[tuple[str, ...]] = ("year",)
    columns: ClassVar[tuple[str, ...]] = ("projects", "started", "worth_cny", "greatest_cny", "short_cny", "share")
    beside_optimum: ClassVar[bool] = True

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return projects, those started, their worth, the most for the same permits, and the worth of the rest."""
        return pd.DataFrame(frames.held.at_best(self.kind), columns=pd.Index([*self.keys, *COLUMNS]), dtype=object)
