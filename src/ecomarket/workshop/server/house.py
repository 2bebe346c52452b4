"""What the server keeps of one room, and what it needs of the room itself."""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from ecomarket.workshop.server.hub import Hub
from ecomarket.workshop.server.keys import new_token
from ecomarket.workshop.server.limits import Bucket, DoorLimits
from ecomarket.workshop.server.presence import Presence
from ecomarket.workshop.server.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from ecomarket.workshop.server.people import People, Person

ANSWER_S: Final = 10.0
"""How long the engine may take for one command before a caller is told to ask again with the same id."""
RUSH_S: Final = 120.0
"""The same for a command of the facilitator: the rest of a phase may have to be played out first."""


class SeatLike(Protocol):
    """A seat of the room."""

    @property
    def code(self) -> str:
        """Return the participant's code."""

    @property
    def kind(self) -> str:
        """Return the participant's kind."""

    @property
    def group(self) -> str:
        """Return the group it was made from, "" if none."""

    @property
    def name_zh(self) -> str:
        """Return its name in Chinese."""

    @property
    def name_en(self) -> str:
        """Return its name in English."""


class ReplyLike(Protocol):
    """What the room answers."""

    @property
    def ok(self) -> bool:
        """Say whether it was done."""

    @property
    def body(self) -> dict[str, Any]:
        """Return what is told to whoever asked."""


class FrameLike(Protocol):
    """One tick of the room: what all may see, and each seat's own part, as JSON."""

    @property
    def seq(self) -> int:
        """Return its number."""

    @property
    def shared(self) -> bytes:
        """Return what everybody may see: a JSON object."""

    @property
    def own(self) -> Mapping[str, bytes]:
        """Return by seat a JSON object {"me": ..., "can": ...}."""


class RoomLike(Protocol):
    """The room as the server knows it (workshop/game); every method may be called from any thread."""

    @property
    def seats(self) -> Sequence[SeatLike]:
        """Return the seats."""

    @property
    def failure(self) -> BaseException | None:
        """Return what ended the engine, None while it runs."""

    def submit(self, seat: str, command: dict[str, Any]) -> Future[Any]:
        """Hand a command of a seat to the engine."""

    def facilitate(self, command: dict[str, Any]) -> Future[Any]:
        """Hand a command of the facilitator to the engine."""

    def drive(self, seat: str, person: bool) -> Future[Any]:
        """Say who drives a seat: a person or its bot."""

    def levers(self) -> Future[list[dict[str, Any]]]:
        """Return what of the rules may be set now."""

    def preview(self, command: dict[str, Any]) -> Future[Any]:
        """Return what everybody would be told of a change of a rule, or why it would be refused."""

    def snapshot(self, seat: str | None) -> dict[str, Any]:
        """Return everything a seat may see, or what is public."""

    def history(self, since: int) -> list[dict[str, Any]]:
        """Return the shared frames behind `since`."""

    def listen(self, callback: Callable[[Any], None]) -> Callable[[], None]:
        """Call back with every frame; return how to stop that."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a room is served. Times in seconds; rates in commands a second."""

    code: str
    folder: Path
    title: Mapping[str, str]
    base: str = ""
    grace_s: float = 20.0
    rate: float = 5.0
    burst: float = 20.0
    bot_rate: float = 0.0
    first: frozenset[str] = frozenset()
    sockets_most: int = 3
    pages: Path | None = None


@dataclass(slots=True)
class House:
    """One room, its people and whoever is connected. Everything but `room` and `people` belongs to the loop."""

    room: RoomLike
    people: People
    settings: Settings
    clock: Callable[[], float] = time.monotonic
    limits: DoorLimits = field(init=False)
    hub: Hub = field(init=False)
    presence: Presence = field(init=False)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    lodging: asyncio.Lock = field(default_factory=asyncio.Lock)
    exporting: asyncio.Lock = field(default_factory=asyncio.Lock)
    yardstick: asyncio.Task[dict[str, Any]] | None = None
    answered: dict[str, tuple[Any, dict[str, Any]]] = field(default_factory=dict)
    tickets: dict[str, tuple[str, str]] = field(default_factory=dict)
    by_code: dict[str, SeatLike] = field(init=False)

    def __post_init__(self) -> None:
        self.limits = DoorLimits(self.clock)
        self.hub = Hub(self)
        self.presence = Presence(self.room.drive, self.settings.grace_s)
        self.by_code = {seat.code: seat for seat in self.room.seats}

    async def asked(self, waiting: Future[Any], patience_s: float = 0.0) -> ReplyLike:
        """Return the room's answer. Raises Refused when the room is closed, or too busy to answer in time.

        What was handed to the engine is not called back when nobody waits any more: the id tells whether it was done.
        """
        reply: ReplyLike = await self.awaited(waiting, patience_s)
        return reply

    async def awaited(self, waiting: Future[Any], patience_s: float = 0.0) -> Any:
        """Return what the engine found. Raises Refused as `asked`."""
        answer = asyncio.wrap_future(waiting)
        done, _ = await asyncio.wait({answer}, timeout=max(ANSWER_S, patience_s))
        if not done:
            answer.add_done_callback(_taken_note_of)
            raise Refused("ROOM_BUSY")
        if answer.cancelled():
            raise self.closed()
        if (error := answer.exception()) is not None:
            traceback.print_exception(error, file=sys.stderr)
            raise self.closed()
        return answer.result()

    def closed(self) -> Refused:
        """Return why nothing is answered any more: the room was closed, or its engine fell and can be resumed."""
        return Refused("ROOM_CLOSED" if self.room.failure is None else "ROOM_FAILED", folder=self.settings.folder.name)

    def may_command(self, seat: str, *, bot: bool) -> bool:
        """Say whether a seat may send one more command now."""
        key = f"{seat}/bot" if bot else seat
        if key not in self.buckets:
            fast = bot and self.settings.bot_rate > 0
            rate = self.settings.bot_rate if fast else self.settings.rate
            self.buckets[key] = Bucket(rate, 2 * rate if fast else self.settings.burst)
        return self.buckets[key].take(self.clock())

    def ticket(self, seat: str, lang: str) -> str:
        """Return a word that opens a seat's page of the debrief, always the same; it holds while the server runs."""
        found = next((ticket for ticket, what in self.tickets.items() if what == (seat, lang)), None)
        if found is None:
            found = new_token()
            self.tickets[found] = (seat, lang)
        return found

    def is_here(self, person: Person) -> bool:
        """Say whether a person is connected; a bot, which may have no socket, has asked for something just now."""
        if self.presence.is_online(person.code):
            return True
        seen = self.seen.get(person.code)
        return person.bot and seen is not None and self.clock() - seen < self.settings.grace_s

    def online(self) -> dict[str, int]:
        """Return how many people are connected to each seat that somebody has."""
        counts = {person.seat: 0 for person in tuple(self.people.by_token.values())}
        for person in tuple(self.people.by_token.values()):
            counts[person.seat] += self.is_here(person)
        return counts

    def roll(self, seats: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """Return the people of these seats (None: of all) for those who run the room: the only place with names."""
        now = self.clock()
        return [
            {
                "person": p.code, "seat": p.seat, "name": p.name, "lang": p.lang, "bot": p.bot,
                "online": self.is_here(p),
                "idle_s": round(now - self.seen[p.code]) if p.code in self.seen else None,
            }
            for p in tuple(self.people.by_token.values())
            if seats is None or p.seat in seats
        ]  # fmt: skip


def _taken_note_of(answer: asyncio.Future[Any]) -> None:
    """Look at an answer that came late, so that the loop does not report an error nobody read."""
    if not answer.cancelled():
        answer.exception()
