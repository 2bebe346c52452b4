"""What a seat is told of its own position: what it will need, and what it may decide beside trading."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date


class Need(NamedTuple):
    """What a participant will have to hold or hand in of a right, as it stands today; amounts in lots.

    need      expected by `due` if nothing is decided anew     have   held or handed in already, of all that counts
    charge    cash it costs to leave the gap as it is, by the law in force; 0 where no law names a sum
    instrument is one that closes the gap, -1 if none is listed.
    """

    right: str
    instrument: int
    need: int
    have: int
    due: date
    charge: int = 0

    @property
    def gap(self) -> int:
        """Return what is lacking, at least 0."""
        return max(self.need - self.have, 0)


class CutChoice(NamedTuple):
    """How much of a pollutant to cut along the own cost curve: t a year, CNY a t and a year.

    curve holds (t/yr cut, marginal cost in CNY/t) at rising cuts, from least to most.
    """

    right: str
    now_t: float
    least_t: float
    most_t: float
    cost_now_cny: float
    curve: tuple[tuple[float, float], ...]


class BuildChoice(NamedTuple):
    """Works that may be built: what they cut (0.001 t/yr) and cost (cash), and the month (yyyymm) they cut from."""

    option: int
    name: str
    pollutant: str
    cut_milli: int
    cost: int
    ready: int
    may: bool


Choice = CutChoice | BuildChoice
