"""What is owed on a loan, to the day and the cash unit, and which part of its term a right has left.

Simple interest on the principal by calendar day, a year of 360 days as banks count it (银发〔2005〕129号, memory). It
is kept as a fraction and rounded down only when it is asked for, so it does not matter how often that happens; interest
bears none (assumption). What is paid goes to the interest first, then to the principal (民法典 art. 561).

>>> from ecomarket.units import DAY
>>> debt = Debt(principal=6_000_000, rate_ppm=36_500, day=0)
>>> debt.until(30 * DAY), debt.interest, debt.pay(20_000), debt.owed
(None, 18250, (18250, 1750), 5998250)
>>> left_ppm(146 * DAY, 365 * DAY, 365), left_ppm(1_825 * DAY + 365 * DAY, -1, 1_825), left_ppm(0, -1, 0)
(600000, 800000, 1000000)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ecomarket.units import DAY, PPM, mul_div_floor

YEAR_DAYS: Final = 360
_WHOLE: Final = PPM * YEAR_DAYS
"""One cash unit of interest in the fractions that a day adds."""


@dataclass(slots=True)
class Debt:
    """A loan: principal in cash units, its yearly rate in ppm, and the day up to which interest is counted."""

    principal: int
    rate_ppm: int
    day: int
    fractions: int = 0

    @property
    def interest(self) -> int:
        """The interest not yet paid, in cash units, rounded down: what is less than one stays with the debtor."""
        return self.fractions // _WHOLE

    @property
    def owed(self) -> int:
        """Principal and interest."""
        return self.principal + self.interest

    def until(self, t: int) -> None:
        """Count interest for the days begun since the last count; the day of the loan bears none."""
        days = t // DAY - self.day
        self.fractions += self.principal * self.rate_ppm * days
        self.day += days

    def pay(self, cash: int) -> tuple[int, int]:
        """Pay cash, at most what is owed; return what of it is interest and what principal."""
        interest = min(cash, self.interest)
        self.fractions -= interest * _WHOLE
        self.principal -= cash - interest
        return interest, cash - interest


def left_ppm(t: int, expires_t: int, term_days: int) -> int:
    """Return which part of a full term of `term_days` a right has left on the day of `t`, in ppm; 0 days: no term.

    A right that never expires (`expires_t` -1) is given anew whenever a term of its kind ends.
    """
    if not term_days:
        return PPM
    day = t // DAY
    left = term_days - day % term_days if expires_t < 0 else max(expires_t // DAY - day, 0)
    return min(mul_div_floor(PPM, left, term_days), PPM)
