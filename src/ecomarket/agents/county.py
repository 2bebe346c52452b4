"""What a county reckons: whether to certify a sink, and the least it takes for a credit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def certify_npv(
    credits_t: Floats | float,
    price: Floats | float,
    deduction: float,
    register: Floats | float,
    verify: Floats | float,
    rate: float,
    years: int,
    lag_years: float,
) -> Floats:
    """Return the net present value of certifying: (credits x (1 - deduction) x price - verify) a year, less entry.

    credits_t are tonnes grown a year; income comes `lag_years` later than its year; money in one unit throughout.

    >>> float(certify_npv(1000.0, 80.0, 0.1, 100_000.0, 22_000.0, 0.0, 20, 0.5))
    900000.0
    """
    start = (1.0 + rate) ** -lag_years
    annuity = float(years) if rate == 0.0 else (1.0 - (1.0 + rate) ** -years) / rate
    yearly = np.asarray(credits_t) * (1.0 - deduction) * price - verify
    return np.asarray(yearly * annuity * start - register, dtype=np.float64)


def reservation(
    verify: Floats | float, lots: Floats | float, expected: Floats | float, rate: float, wait_years: float
) -> Floats:
    """Return the least price a county takes: verification cost a tonne issued, or what waiting would bring, if more.

    >>> float(reservation(300.0, 100.0, 80.0, 0.05, 1.0).round(2))
    76.19
    """
    variable = np.asarray(verify, dtype=np.float64) / np.maximum(lots, 1.0)
    later = np.asarray(expected, dtype=np.float64) * (1.0 + rate) ** -wait_years
    return np.asarray(np.maximum(variable, later), dtype=np.float64)
