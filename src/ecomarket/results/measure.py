"""The base of every measure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames

MEASURES = "ecomarket.results.measures"


class Measure(ABC):
    """A tidy table computed from the journal alone, unless `beside_optimum`. One file, one class.

    `kind` is the file's name with hyphens. `keys` are the columns that name a row ("all" is the total over a key);
    `columns` the others: those that end in `_cny` are exact decimals in CNY, `quantity` columns exact decimals in the
    right's unit, shares and prices floats.
    """

    kind: ClassVar[str]
    label_en: ClassVar[str]
    label_zh: ClassVar[str]
    unit: ClassVar[str]
    reference: ClassVar[str]
    keys: ClassVar[tuple[str, ...]]
    columns: ClassVar[tuple[str, ...]] = ()
    """Written out, for those who read the file without running it; a third party's measure may leave them out."""
    beside_optimum: ClassVar[bool] = False
    """Whether it holds the run against the least cost of its scenario (`Frames.held`)."""

    @abstractmethod
    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return the measure's table, one row a key, sorted by key."""
