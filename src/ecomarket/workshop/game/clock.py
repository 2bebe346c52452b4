"""The room's clock: phases, and where the world's time stands for the seconds that have gone by on the wall.

The world moves in the phases `practice` and `trade` alone, and there through the hours in which its markets sit:
nights, weekends and holidays pass in no time. What is left of those hours is spread evenly over what is left of the
phase.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ecomarket.units import DAY
from ecomarket.workshop.plan.model import WORLDLY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.engine.live import Window
    from ecomarket.workshop.plan.model import Phase

WAITING: Final = ("lobby", "debrief")
"""Phases that end when the facilitator says so, whatever their minutes."""


@dataclass
class RoomClock:
    """Where a session stands. Times of the wall in seconds; `left_s` of the phase, never below 0.

    speed        how many seconds pass for each one on the wall (a rehearsal goes faster)
    paused       nothing moves, orders are refused; halted_in_s: seconds until a pause that was announced, None for none
    """

    phases: Sequence[Phase]
    speed: float = 1.0
    number: int = 0
    left_s: float = 0.0
    passed_s: float = 0.0
    paused: bool = False
    halted: bool = False
    halted_in_s: float | None = None

    def __post_init__(self) -> None:
        self.left_s = self.left_s or float(self.phase.seconds)

    @property
    def phase(self) -> Phase:
        """Return the phase at hand."""
        return self.phases[self.number]

    @property
    def moves(self) -> bool:
        """Tell whether the world's time goes on now."""
        return self.phase.kind in WORLDLY and not self.paused

    @property
    def is_last(self) -> bool:
        """Tell whether no phase follows."""
        return self.number + 1 == len(self.phases)

    def pass_time(self, wall_s: float) -> float:
        """Let time go by; return the seconds by which the world's phase has come nearer to its end."""
        seconds = wall_s * self.speed
        self.passed_s += seconds
        if self.halted_in_s is not None:
            self.halted_in_s -= seconds
            if self.halted_in_s <= 0:
                self.halted_in_s, self.paused, self.halted = None, True, True
                return 0.0
        if self.paused:
            return 0.0
        gone = min(seconds, self.left_s)  # who waits longer owes nothing: a minute more in the lobby is a whole one
        self.left_s -= gone
        return gone if self.phase.kind in WORLDLY else 0.0

    @property
    def is_over(self) -> bool:
        """Tell whether the phase has come to its end by itself."""
        return self.left_s <= 0 and not self.is_last and self.phase.kind not in WAITING

    def enter(self, number: int) -> None:
        """Go on to a later phase; after the last one nothing changes."""
        if not self.is_last:
            self.number = number
            self.left_s, self.halted_in_s, self.halted, self.paused = float(self.phase.seconds), None, False, False

    def pause(self) -> None:
        """Stop the clock."""
        self.paused = True

    def resume(self) -> None:
        """Let the clock go on, also after a halt."""
        self.paused, self.halted, self.halted_in_s = False, False, None


class Track:
    """The hours of a run in which markets sit, as one line; `t` is where the run stands on it, microseconds."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self._windows = tuple(windows)
        self._at = 0
        self.t = self._windows[0].open_t if self._windows else 0

    def left_until(self, day: int) -> int:
        """Return the microseconds of sitting that are left to the evening of a day (its number)."""
        end_t = (day + 1) * DAY
        left = 0
        for window in self._windows[self._at :]:
            if window.open_t >= end_t:
                break
            left += window.close_t - max(window.open_t, self.t)
        return left

    def forward(self, time: int) -> int:
        """Go on by so many microseconds of sitting; return where that is: from a close, the next opening."""
        while self._at < len(self._windows):
            window = self._windows[self._at]
            self.t = max(self.t, window.open_t)
            if self.t + time < window.close_t:
                self.t += time
                return self.t
            time -= window.close_t - self.t
            self._at += 1
            self.t = window.close_t
        self.t = self.end_t
        return self.t

    def to(self, t: int) -> None:
        """Stand at a time that was reached before."""
        self.t = t
        while self._at < len(self._windows) and self._windows[self._at].close_t <= t:
            self._at += 1
        if self._at < len(self._windows):
            self.t = max(t, self._windows[self._at].open_t)

    def last_close(self, before_t: int) -> int:
        """Return the close of the last sitting that opens before a time, 0 if there is none."""
        return max((w.close_t for w in self._windows if w.open_t < before_t), default=0)

    @property
    def ended(self) -> bool:
        """Tell whether the last sitting is over."""
        return self._at >= len(self._windows)

    @property
    def end_t(self) -> int:
        """Return the time just after the last sitting; 1 if there is none."""
        return self._windows[-1].close_t + 1 if self._windows else 1
