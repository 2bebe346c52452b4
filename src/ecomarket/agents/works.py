"""A pollutant of a cohort: what it emits before any measure, what works in service take off it, what is abated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ecomarket.agents.abatement import engineering

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.model.entities import Participant

    Floats = NDArray[np.float64]


def months_after(period: int, months: int) -> int:
    """Return the month (yyyymm) that comes `months` after another.

    >>> months_after(202411, 14)
    202601
    """
    year, month = divmod(period, 100)
    years, rest = divmod(month - 1 + months, 12)
    return (year + years) * 100 + rest + 1


class Works:
    """Plants built to cut one pollutant, at most one a firm at a time; arrays (n,).

    cut_t        t/yr cut at normal activity     ready  month (yyyymm) from which it is cut
    om_cny       running cost a year             ends   month from which it is cut no more
    capital_cny  capital cost spread over its life at the firm's rate, a year
    """

    def __init__(self, members: int) -> None:
        self.cut_t = np.zeros(members)
        self.om_cny = np.zeros(members)
        self.capital_cny = np.zeros(members)
        self.ready = np.zeros(members, dtype=np.int64)
        self.ends = np.zeros(members, dtype=np.int64)

    def build(self, row: int, cut_t: float, om_cny: float, capital_cny: float, ready: int, ends: int) -> None:
        """Build for one firm; there is no way back."""
        self.cut_t[row], self.om_cny[row], self.capital_cny[row] = cut_t, om_cny, capital_cny
        self.ready[row], self.ends[row] = ready, ends

    def standing(self, period: int) -> NDArray[np.bool_]:
        """Tell who has works that are being built or in service."""
        return np.asarray(period < self.ends)

    def in_service(self, period: int, yearly: Floats) -> Floats:
        """Return a yearly amount of the works where they are in service, 0 elsewhere."""
        return np.where((self.ready <= period) & (period < self.ends), yearly, 0.0)


class Emitter:
    """One pollutant of a cohort; arrays (n,), t/yr at normal activity.

    gross and gross_curve  emission and cost curve before any works
    unabated and curve     what works in service leave of them; costs scale with the emission
    abated                 cut along the curve, in place now
    tax_cny_t              what is paid today on each tonne that is emitted, permit or no permit, CNY/t
    """

    def __init__(self, members: Sequence[Participant], pollutant: str) -> None:
        self.gross: Floats = np.array([float(m.facts.get(f"{pollutant}_t", 0) or 0) for m in members])
        self.gross_curve = engineering(members, pollutant, self.gross)
        self.unabated, self.curve = self.gross, self.gross_curve
        self.abated: Floats = np.zeros(len(members))
        self.tax_cny_t: Floats = np.zeros(len(members))
        self.works = Works(len(members))

    def commission(self, period: int) -> None:
        """Take works that are ready this month into service, and those at their end out of it.

        A firm stays where it was on its curve: the same share of what is left is cut, at the same marginal cost.
        """
        unabated = self.gross - self.works.in_service(period, self.works.cut_t)
        left = np.where(self.unabated > 0, unabated / np.where(self.unabated > 0, self.unabated, 1.0), 1.0)
        size = np.where(self.gross > 0, unabated / np.where(self.gross > 0, self.gross, 1.0), 1.0)
        self.abated = self.abated * left
        self.unabated = unabated
        self.curve = replace(self.gross_curve, maximum_t=self.gross_curve.maximum_t * size)
