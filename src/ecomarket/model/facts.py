"""Physical and regulatory statements of a run, summed by code, account, instrument and month."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MONTHS_A_YEAR = 12


class FactBook:
    """Sums of FACT records: by code int64 arrays of (months, accounts) and of (instrument, months, accounts)."""

    def __init__(self, accounts: int, instruments: int, start_year: int, years: int) -> None:
        self._shape = (years * MONTHS_A_YEAR, accounts)
        self._instruments = instruments
        self._start_year = start_year
        self._sums: dict[tuple[int, int | None], NDArray[np.int64]] = {}
        self._seen = np.ones(accounts, dtype=bool)

    def seen_by(self, accounts: NDArray[np.int64]) -> FactBook:
        """Return this book as the given accounts may read it: of all others it says 0; it cannot be written."""
        view = copy(self)
        view.hide_all_but(accounts)
        return view

    def hide_all_but(self, accounts: NDArray[np.int64]) -> None:
        """Answer for the given accounts only, and take no more entries."""
        self._seen = np.isin(np.arange(self._shape[1]), accounts)

    def add(self, code: int, account: int, instrument: int, period: int, amount: int) -> None:
        """Add `amount` to a month's sum; `period` is yyyymm, or yyyy which counts as its December.

        Months before the run have no place in the book: what is said of them stands in the journal alone.
        """
        year, month = divmod(period, 100) if period > 9999 else (period, MONTHS_A_YEAR)
        row = (year - self._start_year) * MONTHS_A_YEAR + month - 1
        assert -1 <= instrument < self._instruments
        assert self._seen.all(), "a view is read, not written"
        if row < 0:
            return
        self._array(code, None)[row, account] += amount
        self._array(code, instrument)[row, account] += amount

    def year(self, code: int, year: int, instrument: int | None = None) -> NDArray[np.int64]:
        """Return the year's sum for every account, over one instrument or over all; shape (accounts,)."""
        first = (year - self._start_year) * MONTHS_A_YEAR
        return self._sum(code, slice(max(first, 0), max(first + MONTHS_A_YEAR, 0)), instrument)

    def month(self, code: int, period: int, instrument: int | None = None) -> NDArray[np.int64]:
        """Return one month's (yyyymm) sum for every account; shape (accounts,)."""
        year, month = divmod(period, 100)
        row = (year - self._start_year) * MONTHS_A_YEAR + month - 1
        return self._sum(code, slice(max(row, 0), max(row + 1, 0)), instrument)

    def _sum(self, code: int, months: slice, instrument: int | None) -> NDArray[np.int64]:
        if (code, instrument) not in self._sums:
            return np.zeros(self._shape[1], dtype=np.int64)
        return np.where(self._seen, self._sums[code, instrument][months].sum(axis=0), 0)

    def _array(self, code: int, instrument: int | None) -> NDArray[np.int64]:
        if (code, instrument) not in self._sums:
            self._sums[code, instrument] = np.zeros(self._shape, dtype=np.int64)
        return self._sums[code, instrument]
