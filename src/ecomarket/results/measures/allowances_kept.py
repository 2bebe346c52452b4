"""What the allowances are worth that firms keep for later years."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ecomarket.results.exact import yuan_column
from ecomarket.results.kept import allowances_kept
from ecomarket.results.measure import Measure
from ecomarket.results.tally import tally

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames


class AllowancesKept(Measure):
    """The worth of carbon allowances that each year adds to what firms keep, with trade and without."""

    kind: ClassVar[str] = "allowances-kept"
    label_en: ClassVar[str] = "Allowances kept for later years"
    label_zh: ClassVar[str] = "留待以后年度的配额"
    unit: ClassVar[str] = "CNY"
    reference: ClassVar[str] = (
        "For firms with a no-trade plan (gains-from-trade), what a year adds to their carbon allowances, at the mean "
        "price of the right's last day with trades in the year. kept: what they hold, less what was given to them for "
        "years not yet assessed. alone: what was given for the years of an assessment and is more than they would have "
        "emitted without cutting, where nobody's allowances of those years have lapsed. The debrief of a room takes "
        "kept off what firms paid, and alone off their no-trade plans; gains-from-trade counts money alone."
    )
    keys: ClassVar[tuple[str, ...]] = ("year",)
    columns: ClassVar[tuple[str, ...]] = ("kept_cny", "alone_cny", "more_cny")

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return what was kept, what would have been without trade, and the difference."""
        found = tally(allowances_kept(frames), self.keys, ["kept", "alone"])
        found["more"] = found["kept"] - found["alone"]
        for column in ("kept", "alone", "more"):
            found[f"{column}_cny"] = yuan_column(found.pop(column))
        return found
