"""Physical and regulatory statements of a run, summed by code, account, instrument and month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MONTHS_A_YEAR = 12


class FactBook:
    """Sums of FACT records: by code an int64 array of (accounts, instruments + 1, months); the last column is -1."""

    def __init__(self, accounts: int, instruments: int, start_year: int, years: int) -> None:
        self._shape = (accounts, instruments + 1, years * MONTHS_A_YEAR)
        self._start_year = start_year
        self._by_code: dict[int, NDArray[np.int64]] = {}

    def add(self, code: int, account: int, instrument: int, period: int, amount: int) -> None:
        """Add `amount` to a month's sum; `period` is yyyymm, or yyyy which counts as its December."""
        year, month = divmod(period, 100) if period > 9999 else (period, MONTHS_A_YEAR)
        column = (year - self._start_year) * MONTHS_A_YEAR + month - 1
        self._array(code)[account, instrument, column] += amount

    def year(self, code: int, year: int, instrument: int | None = None) -> NDArray[np.int64]:
        """Return the year's sum for every account, over one instrument or over all; shape (accounts,)."""
        first = (year - self._start_year) * MONTHS_A_YEAR
        return self._sum(code, slice(max(first, 0), max(first + MONTHS_A_YEAR, 0)), instrument)

    def month(self, code: int, period: int, instrument: int | None = None) -> NDArray[np.int64]:
        """Return one month's (yyyymm) sum for every account; shape (accounts,)."""
        year, month = divmod(period, 100)
        column = (year - self._start_year) * MONTHS_A_YEAR + month - 1
        return self._sum(code, slice(column, column + 1), instrument)

    def _sum(self, code: int, months: slice, instrument: int | None) -> NDArray[np.int64]:
        array = self._array(code)[:, :, months]
        picked = array.sum(axis=1) if instrument is None else array[:, instrument, :]
        total: NDArray[np.int64] = picked.sum(axis=1)
        return total

    def _array(self, code: int) -> NDArray[np.int64]:
        if code not in self._by_code:
            self._by_code[code] = np.zeros(self._shape, dtype=np.int64)
        return self._by_code[code]
