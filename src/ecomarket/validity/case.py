"""The base of every case, and the rows that it yields."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.validity.expected import Expected, Value

CASES = "ecomarket.validity.cases"
EXACT: Final = -1
"""In place of a number of seeds: leave out what goes by chance."""


@dataclass(frozen=True)
class Row:
    """One result: what it is (in English and Chinese), what came, what was expected (None: nothing published).

    `part` says of which file or run of the case it is.
    """

    what: tuple[str, str]
    got: Value
    expected: Expected | None = None
    part: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether it is as expected, or nothing was."""
        return self.expected is None or self.expected.holds(self.got)


class Case(ABC):
    """A published result. One file, one class; `kind` is the file's name, the case's id in lower case.

    `sources` are keys of validity/sources.toml. `by_chance` tells that the case runs markets with seeds (T3 to T5), of
    which the caller may say how many; a case that is exact may have runs beside it (`-simulated` files).
    """

    kind: ClassVar[str]
    title_en: ClassVar[str]
    title_zh: ClassVar[str]
    sources: ClassVar[tuple[str, ...]]
    by_chance: ClassVar[bool] = False

    @abstractmethod
    def check(self, seeds: int) -> Iterator[Row]:
        """Yield what came of it, row by row, with so many seeds; 0: as many as the case has by itself.

        EXACT leaves out what goes by chance in a case that is otherwise exact.
        """
