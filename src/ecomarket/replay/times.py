"""Read the time column: seconds, a clock time or an ISO date-time; the first row that can be read fixes which."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from ecomarket.replay.words import RowError

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS: Final = re.compile(r"([0-9]{1,11})(?:\.([0-9]+))?")
CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]+))?")
NANOSECONDS: Final = 1_000_000_000
EPOCH: Final = datetime(1, 1, 1)  # noqa: DTZ001  (a time without a zone is counted as it is written)


class Moment(NamedTuple):
    """A point in time: nanoseconds (since midnight, or the year 1), the day it falls on, and when that day is over.

    `day` and `end` are 0 where no date is given.
    """

    ns: int
    day: int
    end: int


def _fraction(digits: str | None) -> int:
    return int((digits or "")[:9].ljust(9, "0"))


def seconds(text: str) -> Moment | None:
    """Read seconds with decimals.

    >>> seconds("34200.017")
    Moment(ns=34200017000000, day=0, end=0)
    """
    match = SECONDS.fullmatch(text)
    return Moment(int(match[1]) * NANOSECONDS + _fraction(match[2]), 0, 0) if match else None


def clock(text: str) -> Moment | None:
    """Read HH:MM:SS with decimals.

    >>> clock("09:30:00.5")
    Moment(ns=34200500000000, day=0, end=0)
    """
    match = CLOCK.fullmatch(text)
    if not match:
        return None
    whole = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
    return Moment(whole * NANOSECONDS + _fraction(match[4]), 0, 0)


def _date_time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if len(text) > len("2025-01-31") else None
    except ValueError:
        return None


def _moment(when: datetime, since: datetime) -> Moment:
    gap = when - since
    ns = (gap.days * 86_400 + gap.seconds) * NANOSECONDS + gap.microseconds * 1000
    past = (when.hour * 3600 + when.minute * 60 + when.second) * NANOSECONDS + when.microsecond * 1000
    return Moment(ns, when.toordinal(), ns - past + 86_400 * NANOSECONDS)


def local(text: str) -> Moment | None:
    """Read an ISO date-time without a zone."""
    when = _date_time(text)
    return _moment(when, EPOCH) if when and when.tzinfo is None else None


def zoned(text: str) -> Moment | None:
    """Read an ISO date-time with a zone; the day is the one written."""
    when = _date_time(text)
    return _moment(when, EPOCH.replace(tzinfo=UTC)) if when and when.tzinfo else None


FORMS: Final[dict[str, Callable[[str], Moment | None]]] = {
    "34200.5": seconds,
    "09:30:00.5": clock,
    "2025-01-31T09:30:00.5": local,
    "2025-01-31T09:30:00.5+08:00": zoned,
}
"""The forms by an example of each."""


class TimeReader:
    """Reads the times of one file."""

    def __init__(self) -> None:
        self._form = ""

    def read(self, text: str) -> Moment:
        """Return the moment. Raises RowError E603 if it is none, or of another form than the first."""
        for example in (self._form,) if self._form else FORMS:
            moment = FORMS[example](text)
            if moment is not None:
                self._form = example
                return moment
        raise RowError("E603", found=text, expected=self._form or ", ".join(FORMS))
