"""What a run is held against: the rows of its efficiency, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

KEY: Final = "benchmark"
"""Name in measures.json of what is said beside the rows."""
ROWS: Final = "efficiency"
CUTS: Final = "cost-effectiveness"
"""Names in measures.json of the rows: those of the measures."""
UNTOLD: Final = "untold"


@dataclass(frozen=True)
class Held:
    """Rows by market and year, numbers as decimal text; `why` there are none (a word of report.toml, "" if there are).

    `who` is the party that the reason is about; `state` the state of the world that the run drew, which the benchmark
    knows from the start. `cuts` gives the rows of the cut that was made, at least cost: reckoned when asked for.
    """

    rows: tuple[Mapping[str, Any], ...] = ()
    why: str = UNTOLD
    who: str = ""
    state: str = ""
    cuts: Callable[[], Sequence[Mapping[str, Any]]] = field(default=tuple, compare=False)

    def document(self) -> dict[str, str]:
        """Return what measures.json says beside the rows."""
        return {"why": self.why, "who": self.who, "state": self.state}


def read_held(document: Mapping[str, Any]) -> Held:
    """Return what an earlier measures.json says; one of a version without it says nothing."""
    cuts = tuple(document.get(CUTS, ()))
    return Held(tuple(document.get(ROWS, ())), **document.get(KEY, {}), cuts=lambda: cuts)
