"""What a run is held against: the rows of its efficiency, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

KEY: Final = "benchmark"
"""Name in measures.json of what is said beside the rows."""
ROWS: Final = "efficiency"
"""Name in measures.json of the rows: that of the measure."""
SAME: Final = ("cost-effectiveness", "water-worth", "project-worth")
"""Measures that hold what was done against the same at its best: for worlds without a benchmark too."""
NUMBERS: Final = ("cut_t", "cost_cny", "least_cny", "no_trade_cny", "worth_cny", "greatest_cny", "short_cny", "share")
"""Columns of theirs that hold decimals as text."""
UNTOLD: Final = "untold"


@dataclass(frozen=True)
class Held:
    """Rows by market and year, numbers as decimal text; `why` there are none (a word of report.toml, "" if there are).

    With `why` short there are rows: rights were missing, and are counted. `who` is what the reason is about; `state`
    the state of the world that the run drew, which the benchmark knows from the start. `same` gives the rows of each
    measure of SAME: reckoned when asked for.
    """

    rows: tuple[Mapping[str, Any], ...] = ()
    why: str = UNTOLD
    who: str = ""
    state: str = ""
    same: Mapping[str, Callable[[], Sequence[Mapping[str, Any]]]] = field(default_factory=dict, compare=False)

    def at_best(self, measure: str) -> list[dict[str, Any]]:
        """Return the rows of a measure of SAME, numbers but counts exact; none where nobody can reckon them."""
        rows = self.same[measure]() if measure in self.same else ()
        return [{name: _exact(value) if name in NUMBERS else value for name, value in row.items()} for row in rows]

    def document(self) -> dict[str, str]:
        """Return what measures.json says beside the rows."""
        return {"why": self.why, "who": self.who, "state": self.state}


def _exact(value: Any) -> Any:
    return Decimal(value) if isinstance(value, str) else value


def read_held(document: Mapping[str, Any]) -> Held:
    """Return what an earlier measures.json says; one of a version without it says nothing."""
    same = {measure: partial(tuple, document.get(measure, ())) for measure in SAME}
    return Held(tuple(document.get(ROWS, ())), **document.get(KEY, {}), same=same)
