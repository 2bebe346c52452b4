"""Integer units: cash, lots, simulated time. No float in this file.

Cash is counted in 0.0001 CNY, quantity in lots of the right, price in cash units a lot, time in
microseconds since the scenario's start (local midnight of its first day).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NewType

Cash = NewType("Cash", int)
Lots = NewType("Lots", int)
Price = NewType("Price", int)
SimTime = NewType("SimTime", int)

CASH_PER_YUAN: Final = 10_000
AMOUNT_MAX: Final = 2**62
PPM: Final = 1_000_000

MICROSECOND: Final = 1
SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


def cash_from_yuan(yuan: int | str | Decimal) -> Cash:
    """Turn yuan into cash units; refuse an amount finer than 0.0001 CNY.

    Raises ValueError if the amount is not a whole number of cash units.

    >>> cash_from_yuan("64.61")
    646100
    """
    scaled = Decimal(yuan) * CASH_PER_YUAN
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{yuan} CNY is finer than 0.0001 CNY")
    return Cash(int(scaled))


def cash_floor(yuan: Decimal) -> int:
    """Turn yuan into cash units, rounded down.

    >>> cash_floor(Decimal("0.00019"))
    1
    """
    return floor_times(CASH_PER_YUAN, yuan)


def yuan_text(cash: int, places: int = 2) -> str:
    """Write cash in yuan with thousands separators, rounded half to even.

    >>> yuan_text(12_345_678)
    '1,234.57'
    """
    value = (Decimal(cash) / CASH_PER_YUAN).quantize(Decimal(1).scaleb(-places))
    return f"{value:,}"


def mul_div_floor(amount: int, numerator: int, denominator: int) -> int:
    """Return floor(amount * numerator / denominator), the only rounding in the program.

    The remainder stays with the payer of a fee.

    >>> mul_div_floor(999_999, 5_000, 1_000_000)
    4999
    """
    return amount * numerator // denominator


def floor_times(amount: int, factor: Decimal) -> int:
    """Return floor(amount * factor), exactly.

    >>> floor_times(333_333, Decimal("0.05"))
    16666
    """
    numerator, denominator = factor.as_integer_ratio()
    return mul_div_floor(amount, numerator, denominator)


def lots_floor(amount: Decimal, lot: str) -> int:
    """Return how many whole lots of size `lot` an amount in the right's unit holds.

    >>> lots_floor(Decimal("0.4459"), "0.001")
    445
    """
    return int(amount // Decimal(lot))


def cash_per_lot(yuan_per_unit: Decimal, lot: str) -> Price:
    """Turn a price in CNY a unit (CNY/t) into cash units a lot, rounded down.

    >>> cash_per_lot(Decimal(6000), "0.001")
    60000
    """
    return Price(int(yuan_per_unit * Decimal(lot) * CASH_PER_YUAN))
