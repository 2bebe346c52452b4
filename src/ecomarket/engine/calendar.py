"""The calendar of a run: which days trade, when venues sit, what a day begins and ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ecomarket.engine.arrivals import Session
from ecomarket.units import DAY, MINUTE

if TYPE_CHECKING:
    from collections.abc import Sequence

QUARTER_MONTHS: Final = (1, 4, 7, 10)


@dataclass(frozen=True)
class Sitting:
    """One sitting of a venue in minutes after midnight; `call`: a call auction that ends with one price."""

    venue: int
    open_minute: int
    close_minute: int
    call: bool = False


def cut(start: int, end: int, every: int) -> list[tuple[int, int]]:
    """Cut hours into parts of so many minutes, the last one shorter if need be; 0 leaves them whole.

    >>> cut(570, 690, 50), cut(570, 690, 0)
    ([(570, 620), (620, 670), (670, 690)], [(570, 690)])
    """
    return [(t, min(t + every, end)) for t in range(start, end, every)] if every else [(start, end)]


@dataclass(frozen=True)
class Calendar:
    """Dates from `start` to `end`, both included; trading on weekdays that are no holidays."""

    start: date
    end: date
    holidays: frozenset[date]
    sittings: tuple[Sitting, ...]
    weekends: bool = False

    @property
    def days(self) -> int:
        """Return the number of days."""
        return (self.end - self.start).days + 1

    def date_of(self, day: int) -> date:
        """Return the date of a day number."""
        return self.start + timedelta(days=day)

    def trades(self, when: date) -> bool:
        """Tell whether venues sit on a date."""
        return (self.weekends or when.weekday() < 5) and when not in self.holidays

    def sessions(self, day: int) -> list[Session]:
        """Return the sittings of a trading day in order of opening, then venue."""
        base = day * DAY
        found = [
            Session(s.venue, base + s.open_minute * MINUTE, base + s.close_minute * MINUTE, s.call)
            for s in self.sittings
        ]
        return sorted(found, key=lambda s: (s.open_t, s.venue))

    @cached_property
    def _trading_days(self) -> Sequence[date]:
        last = date(self.end.year, 12, 31)
        every = (self.start + timedelta(days=n) for n in range((last - self.start).days + 1))
        return [d for d in every if self.trades(d)]

    @cached_property
    def _left(self) -> dict[date, int]:
        left: dict[date, int] = {}
        count, year = 0, -1
        for when in reversed(self._trading_days):
            if when.year != year:
                count, year = 0, when.year
            left[when] = count
            count += 1
        return left

    def trading_days_left(self, when: date) -> int:
        """Return how many trading days of its year follow a date (0 on days that do not trade)."""
        return self._left.get(when, 0)

    def is_month_end(self, when: date) -> bool:
        """Tell whether a date is the last of its month."""
        return (when + timedelta(days=1)).month != when.month

    def first_trading_day_of(self, when: date, cadence: str) -> bool:
        """Tell whether a trading day is the first of its week or month (`day`: always)."""
        if cadence == "day":
            return True
        first = when.replace(day=1) if cadence == "month" else when - timedelta(days=when.weekday())
        earlier = (first + timedelta(days=n) for n in range((when - first).days))
        return not any(self.trades(d) and d >= self.start for d in earlier)
