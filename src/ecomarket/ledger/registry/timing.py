"""When a transfer is final: working days and hours of the registry (Reg. (EU) 2019/1122 art. 23 and 35).

Times are microseconds since the start; `works(day)` tells whether the day of that number is a working day. The clock is
the run's local time; the articles speak of Central European Time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.units import DAY, HOUR

if TYPE_CHECKING:
    from collections.abc import Callable

NO_DELAY: Final = "none"
EU_35: Final = "eu-35"
OPENS, NOON, CLOSES = 10 * HOUR, 12 * HOUR, 16 * HOUR


def working_day(day: int, count: int, works: Callable[[int], bool]) -> int:
    """Return the `count`-th working day after `day`.

    >>> working_day(4, 1, lambda day: day % 7 < 5), working_day(3, 4, lambda day: day % 7 < 5)
    (7, 9)
    """
    while count:
        day += 1
        count -= works(day)
    return day


def final_t(t: int, *, trusted: bool, delay: str, works: Callable[[int], bool]) -> int:
    """Return when a transfer that is proposed for execution at `t` is carried out.

    art. 35 (2), to a trusted account: at once from 10:00 to 16:00 of a working day, before it at 10:00, after it at
    10:00 of the next working day. art. 35 (3), to others: proposed before 12:00 of a working day, before 12:00 of the
    next (here 10:00, when execution begins); later, at 12:00 of the second working day after. Proposed on a day that is
    no working day, it counts as proposed when the next one begins (assumption: the article is silent).
    """
    if delay == NO_DELAY:
        return t
    day, clock = divmod(t, DAY)
    if not works(day):
        day, clock = working_day(day, 1, works), 0
    if trusted:
        if clock > CLOSES:
            return working_day(day, 1, works) * DAY + OPENS
        return day * DAY + max(clock, OPENS)
    if clock < NOON:
        return working_day(day, 1, works) * DAY + OPENS
    return working_day(day, 2, works) * DAY + NOON


def trusted_t(t: int, days: int, works: Callable[[int], bool]) -> int:
    """Return from when an addition to the trusted list counts: 12:00 of the `days`-th working day after (art. 23)."""
    return working_day(t // DAY, days, works) * DAY + NOON
