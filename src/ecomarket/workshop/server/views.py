"""What each role may see: seats their own part, the facilitator all of them, tutors some, the wall what is public."""

from __future__ import annotations

import json
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecomarket.workshop.server.callers import Caller
    from ecomarket.workshop.server.house import FrameLike, House

FOR_THE_FACILITATOR: Final = ("deck", "alternatives")
"""Parts of a snapshot's `static` that would spoil the game."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A frame with its shared part written once: `head` is `{"seq":...,"m":{...}` without the last brace."""

    seq: int
    head: str
    own: Mapping[str, bytes]

    def of_seat(self, seat: str) -> str:
        """Return what a seat is sent: the shared part and its own."""
        own = self.own.get(seat, b"{}")
        return f"{self.head},{own[1:-1].decode()}}}" if len(own) > 2 else self.public()

    def public(self) -> str:
        """Return what everybody may see."""
        return f"{self.head}}}"

    def of_seats(self, seats: Sequence[str], people: Sequence[Mapping[str, Any]]) -> str:
        """Return what is sent to those who look after these seats."""
        parts = ",".join(f"{json.dumps(seat)}:{self.own[seat].decode()}" for seat in seats if seat in self.own)
        return f'{self.head},"seats":{{{parts}}},"people":{json.dumps(people, ensure_ascii=False)}}}'


def sheet_of(frame: FrameLike, online: Mapping[str, int]) -> Sheet:
    """Return a frame ready to be sent, with who is online in its shared part."""
    shared = frame.shared.decode()
    comma = "," if len(shared) > 2 else ""
    return Sheet(frame.seq, f'{{"seq":{frame.seq},"m":{shared[:-1]}{comma}"online":{json.dumps(online)}}}', frame.own)


def seats_seen(house: House, caller: Caller) -> tuple[str, ...]:
    """Return the seats whose own parts a caller may see."""
    if caller.role == "facilitator":
        return tuple(house.by_code)
    if caller.tutor is not None:
        return caller.tutor.seats
    return ()


def text_for(house: House, caller: Caller, sheet: Sheet) -> str:
    """Return a frame as a caller may see it."""
    if caller.person is not None:
        return sheet.of_seat(caller.person.seat)
    seats = seats_seen(house, caller)
    return sheet.of_seats(seats, house.roll(seats)) if seats else sheet.public()


def snapshot_for(house: House, caller: Caller) -> dict[str, Any]:
    """Return the snapshot as a caller may see it. It may wait for the engine: call it off the loop.

    Raises Refused when there is no engine any more.
    """
    try:
        found = {**house.room.snapshot(caller.seat or None), "code": house.settings.code}
    except CancelledError:
        raise house.closed() from None
    if caller.role != "facilitator":
        static = {name: part for name, part in found.get("static", {}).items() if name not in FOR_THE_FACILITATOR}
        found = {**found, "static": static}
    found["m"] = {**found.get("m", {}), "online": house.online()}
    if caller.person is not None:
        return {**found, "person": caller.person.code, "name": caller.person.name}
    seats = seats_seen(house, caller)
    if seats:
        own = house.hub.last.own if house.hub.last is not None else {}
        found["seats"] = {seat: json.loads(own[seat]) for seat in seats if seat in own}
        found["people"] = house.roll(seats)
    if caller.role == "facilitator":
        found["folder"] = house.settings.folder.name
        found["tutors"] = [
            {"tutor": tutor.code, "name": tutor.name, "seats": list(tutor.seats)}
            for tutor in tuple(house.people.tutors.values())
        ]
    return found
