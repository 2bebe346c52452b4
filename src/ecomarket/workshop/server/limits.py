"""How often: a bucket of tokens for commands, tries of a minute for joins. Seconds are those of a monotonic clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MINUTE_S: Final = 60.0
WRONG_TOLD: Final = 5
"""Wrong codes or PINs a minute from one address before it is told to wait."""
WRONG_HEARD: Final = 300
"""Up to so many a minute a right code still gets through: one guesser does not lock out a class behind one address."""
JOINS_MOST: Final = 60
PINS_MOST: Final = 10
"""Wrong PINs a minute for one seat, from wherever: a million PINs take ten weeks."""
ADDRESSES_MOST: Final = 10_000


@dataclass(slots=True)
class Bucket:
    """So many a second in the long run, so many at once."""

    rate: float
    burst: float
    left: float = -1.0
    at: float = 0.0

    def take(self, now: float) -> bool:
        """Take one, if there is one."""
        if self.left < 0:
            self.left, self.at = self.burst, now
        self.left = min(self.burst, self.left + (now - self.at) * self.rate)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


@dataclass(slots=True)
class Window:
    """What happened in the last minute, by whom."""

    clock: Callable[[], float]
    times: dict[str, deque[float]] = field(default_factory=dict)

    def count(self, who: str) -> int:
        """Return how often `who` was noted in the last minute."""
        kept = self.times.get(who)
        if kept is None:
            return 0
        while kept and kept[0] <= self.clock() - MINUTE_S:
            kept.popleft()
        if not kept:
            del self.times[who]
        return len(kept)

    def note(self, who: str) -> None:
        """Note `who` now; the one noted first is forgotten when there are too many."""
        if who not in self.times and len(self.times) >= ADDRESSES_MOST:
            del self.times[next(iter(self.times))]
        self.times.setdefault(who, deque(maxlen=WRONG_HEARD + 1)).append(self.clock())


@dataclass(slots=True)
class DoorLimits:
    """What an address may try at the door of a room."""

    clock: Callable[[], float]
    wrong: Window = field(init=False)
    joins: Window = field(init=False)
    pins: Window = field(init=False)

    def __post_init__(self) -> None:
        self.wrong, self.joins, self.pins = Window(self.clock), Window(self.clock), Window(self.clock)

    def deaf(self, address: str) -> bool:
        """Say whether not even a right code is heard from this address now."""
        return self.wrong.count(address) > WRONG_HEARD

    def wrong_try(self, address: str) -> bool:
        """Note a wrong try; say whether the address is now told to wait."""
        self.wrong.note(address)
        return self.wrong.count(address) > WRONG_TOLD

    def crowded(self, address: str) -> bool:
        """Say whether so many joined from this address within a minute that the next one waits."""
        return self.joins.count(address) >= JOINS_MOST

    def guessed(self, seat: str) -> bool:
        """Say whether the PIN of a seat was tried so often that not even the right one is heard now."""
        return self.pins.count(seat) >= PINS_MOST
