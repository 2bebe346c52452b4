"""How often each rule bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ecomarket.model.coded import slugs
from ecomarket.model.stated import Rule
from ecomarket.results.measure import Measure
from ecomarket.results.tally import tally

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames


class RuleActivity(Measure):
    """How often each rule changed what would have happened without it."""

    kind: ClassVar[str] = "rule-activity"
    label_en: ClassVar[str] = "Rule activity"
    label_zh: ClassVar[str] = "规则生效次数"
    unit: ClassVar[str] = "times"
    reference: ClassVar[str] = "Facts RULE_BOUND; right is empty where a rule bound a party and not an instrument."
    keys: ClassVar[tuple[str, ...]] = ("rule", "right", "year")
    columns: ClassVar[tuple[str, ...]] = ("times",)

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return how many times each rule bound."""
        rows = frames.bindings
        rows = rows.assign(rule=rows["rule"].map(slugs(Rule)), times=1)
        return tally(rows, self.keys, ["times"], [["right"]])
