"""Frames to everybody: written once a tick, then each socket at its own pace. Lives in the loop.

A socket that cannot keep up is sent the newest frame; it sees the gap in the numbers and fetches the history. So nobody
waits for anybody.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ecomarket.workshop.server.refusals import Refused
from ecomarket.workshop.server.views import sheet_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecomarket.workshop.server.callers import Caller
    from ecomarket.workshop.server.house import FrameLike, House
    from ecomarket.workshop.server.views import Sheet

WAITING_MOST: Final = 8
FIRST_S: Final = 10.0
"""How long a room that has just been opened may take to its first frame, seconds."""
GONE: Final = 4410
NEWER: Final = 4409


@dataclass(eq=False, slots=True)
class Outlet:
    """One socket: who it is, what waits to be sent, when it was heard from (monotonic seconds)."""

    caller: Caller
    heard: float
    waiting: deque[Sheet | str] = field(default_factory=deque)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    close_code: int = 0
    dropped: int = 0

    def offer(self, sheet: Sheet | str) -> None:
        """Queue a frame or a message; when too many wait only the newest frame stays."""
        if len(self.waiting) >= WAITING_MOST:
            self.dropped += len(self.waiting)
            kept = [message for message in self.waiting if isinstance(message, str)][-WAITING_MOST:]
            self.waiting.clear()
            self.waiting.extend(kept)
        self.waiting.append(sheet)
        self.wake.set()

    def close(self, code: int) -> None:
        """Close the socket once what waits is sent."""
        self.close_code = self.close_code or code
        self.wake.set()


@dataclass(slots=True)
class Hub:
    """All sockets of a room."""

    house: House
    outlets: set[Outlet] = field(default_factory=set)
    last: Sheet | None = None
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    stop_listening: Callable[[], None] | None = None

    def open(self) -> None:
        """Begin to hear the room's frames, in the running loop."""
        loop = asyncio.get_running_loop()

        def heard(frame: FrameLike) -> None:
            """Hand a frame from the engine's thread to the loop; a loop that has ended needs none."""
            if not loop.is_closed():
                loop.call_soon_threadsafe(self.spread, frame)

        self.stop_listening = self.house.room.listen(heard)

    def spread(self, frame: FrameLike) -> None:
        """Offer a frame to every socket."""
        self.last = sheet_of(frame, self.house.online())
        self.begun.set()
        for outlet in self.outlets:
            outlet.offer(self.last)

    async def newest(self) -> Sheet:
        """Return the newest frame, also to who asks before there is one. Raises Refused if none comes."""
        if self.last is None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.begun.wait(), FIRST_S)
        if self.last is None:
            raise Refused("ROOM_BUSY")
        return self.last

    def of_seat(self, seat: str) -> list[Outlet]:
        """Return the sockets of a seat."""
        return [outlet for outlet in self.outlets if outlet.caller.seat == seat]

    def add(self, outlet: Outlet, most: int, silent_s: float) -> bool:
        """Take in a socket; say whether it may stay.

        A person has at most so many. The one that was silent for `silent_s` seconds gives way; if all are alive, the
        new one does.
        """
        person = outlet.caller.person
        if person is not None:
            there = [o for o in self.outlets if o.caller.person is not None and o.caller.person.code == person.code]
            if len(there) >= most:
                oldest = min(there, key=lambda one: one.heard)
                if outlet.heard - oldest.heard < silent_s:
                    return False
                oldest.close(NEWER)
                self.outlets.discard(oldest)
        self.outlets.add(outlet)
        return True

    def send_away(self, tokens: set[str], code: int = GONE) -> None:
        """Close the sockets of people and tutors whose tokens (hashes) hold no longer."""
        for outlet in self.outlets:
            who = outlet.caller.person or outlet.caller.tutor
            if who is not None and who.token in tokens:
                outlet.close(code)

    def close(self) -> None:
        """Hear no more, and let every socket go."""
        if self.stop_listening is not None:
            self.stop_listening()
        for outlet in self.outlets:
            outlet.close(1012)
