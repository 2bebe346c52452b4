"""Who is online, and who therefore drives a seat. Lives in the loop.

A seat is a person's while a socket of it is open, or a request came within the grace time; then its bot drives,
until the person is back.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future


@dataclass(slots=True)
class Presence:
    """Counts sockets, keeps the timers of the grace time (`grace_s` seconds), and tells the room who drives."""

    drive: Callable[[str, bool], Future[Any]]
    grace_s: float
    sockets: dict[str, int] = field(default_factory=dict)
    open_at: dict[str, int] = field(default_factory=dict)
    driven: dict[str, bool] = field(default_factory=dict)
    timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict)

    def is_online(self, person: str) -> bool:
        """Say whether a person has a socket open."""
        return self.sockets.get(person, 0) > 0

    def opened(self, seat: str, person: str) -> None:
        """Note a socket; its seat is the person's at once."""
        self.sockets[person] = self.sockets.get(person, 0) + 1
        self.open_at[seat] = self.open_at.get(seat, 0) + 1
        self.touch(seat)

    def closed(self, seat: str, person: str) -> None:
        """Note that a socket is gone; with the last one the grace time begins."""
        self.sockets[person] -= 1
        self.open_at[seat] -= 1
        if self.sockets[person] == 0:
            del self.sockets[person]
        if self.driven.get(seat):
            self._wait(seat)

    def touch(self, seat: str) -> None:
        """Note that somebody acts for a seat."""
        if not self.driven.get(seat):
            self._set(seat, person=True)
        self._wait(seat)

    def expect(self, seat: str) -> None:
        """Keep a seat for a person who was there before the server stopped; the bot takes it after the grace time."""
        self.driven[seat] = True
        self._wait(seat)

    def free(self, seat: str) -> None:
        """Give a seat to its bot at once: nobody has it any more."""
        self._forget(seat)
        self._set(seat, person=False)

    def lapse(self, seat: str) -> None:
        """Give a seat to its bot because its grace time is over, unless a socket is open."""
        self._forget(seat)
        if not self.open_at.get(seat):
            self._set(seat, person=False)

    def stop(self) -> None:
        """Let all timers go."""
        for seat in tuple(self.timers):
            self._forget(seat)

    def _wait(self, seat: str) -> None:
        """Begin the grace time, unless a socket is open."""
        self._forget(seat)
        if not self.open_at.get(seat):
            self.timers[seat] = asyncio.get_running_loop().call_later(self.grace_s, self.lapse, seat)

    def _forget(self, seat: str) -> None:
        timer = self.timers.pop(seat, None)
        if timer is not None:
            timer.cancel()

    def _set(self, seat: str, *, person: bool) -> None:
        self.driven[seat] = person
        self.drive(seat, person)
