"""What figures draw from: a run's frames, the measures' tables, and words in one language."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ecomarket.i18n import catalogue
from ecomarket.report.voice import Voice
from ecomarket.results.summary import measure_tables
from ecomarket.results.words import word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from ecomarket.results.frames import Frames


@dataclass
class Material(Voice):
    """A run as a figure sees it; `lang` is "zh" or "en"; `observed`: by right the weeks of a real market."""

    frames: Frames
    lang: str
    observed: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the table of every measure by its kind."""
        return measure_tables(self.frames)

    def measure(self, kind: str, *, totals: bool = False) -> pd.DataFrame:
        """Return a measure's table, without the rows of totals unless asked for."""
        table = self.tables[kind]
        if totals:
            return table
        return table[~(table == "all").any(axis=1)].reset_index(drop=True)

    def word(self, group: str, code: str) -> str:
        """Return the word for a value of a key."""
        return self.frames.right_name(code, self.lang) if group == "right" else word(group, code, self.lang)

    def right(self, right: str) -> str:
        """Return a right's name."""
        return self.word("right", right)

    def words(self, group: str, codes: pd.Series[Any]) -> pd.Series[str]:
        """Return the words for a column of values."""
        return codes.map({code: self.word(group, str(code)) for code in dict.fromkeys(codes)})

    def market(self, right: str) -> str:
        """Return a right's word with the unit of its price, which heads a panel."""
        return f"{self.word('right', right)} · {self.say('per', unit=self.unit(right))}"

    def unit(self, right: str) -> str:
        """Return the unit of a right as people write it."""
        unit = self.frames.unit(right)
        known = f"unit.{unit}"
        return self.say(known) if known in catalogue("report") else unit

    def party(self, code: str) -> str:
        """Return the name of a participant by its code; for any other value its word."""
        people = self.frames.participants
        found = people[people["code"] == code]
        return str(found[f"name_{self.lang}"].iloc[0]) if len(found) else self.word("party", code)

    def zone(self, code: str) -> str:
        """Return the name of a zone by its code."""
        zones = self.frames.zones
        return str(zones.loc[code, f"name_{self.lang}"]) if code in zones.index else self.word("zone", code)
