"""The facilitator's commands that are the server's own: the lock, a new PIN, another seat, tutors.

They change who may come in and nothing in the world, so they are in people.jsonl and not in the room's commands. The
same id again is answered again while the server runs.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from ecomarket.workshop.server.commands import AddTutor, LockJoin, NewPin, Reassign, RemoveTutor
from ecomarket.workshop.server.refusals import Refused

if TYPE_CHECKING:
    from ecomarket.workshop.server.house import House

ANSWERS_MOST = 1000


Own = LockJoin | NewPin | Reassign | AddTutor | RemoveTutor


async def lodge(house: House, asked: Own) -> dict[str, Any]:
    """Do one of these commands. Raises Refused."""
    async with house.lodging:
        known = house.answered.get(asked.id)
        if known is not None:
            if known[0] != asked:
                raise Refused("IDEMPOTENCY_CONFLICT")
            return known[1]
        done: dict[str, Any] = {"ok": True, "events": [], **await _do(house, asked)}
        if len(house.answered) >= ANSWERS_MOST:
            del house.answered[next(iter(house.answered))]
        house.answered[asked.id] = (asked, done)
        return done


async def _do(house: House, asked: Own) -> dict[str, Any]:
    people = house.people
    if isinstance(asked, LockJoin):
        await asyncio.to_thread(people.lock_join, on=asked.on)
        return {}
    if isinstance(asked, AddTutor):
        for seat in asked.seats:
            _known(house, seat)
        token = await asyncio.to_thread(people.add_tutor, asked.name, asked.seats)
        made = people.tutor(token)
        return {"tutor": made.code if made else "", "token": token, **_link(house, token)}
    if isinstance(asked, RemoveTutor):
        house.hub.send_away({await asyncio.to_thread(people.remove_tutor, asked.tutor)})
        return {}
    _known(house, asked.seat)
    if isinstance(asked, NewPin):
        return {"pin": await asyncio.to_thread(people.new_pin, asked.seat)}
    if asked.to is None:
        gone = await asyncio.to_thread(people.free, asked.seat)
        house.hub.send_away({person.token for person in gone})
        house.presence.free(asked.seat)
        return {}
    return {"pin": await _move(house, asked.seat, _known(house, asked.to))}


def _link(house: House, token: str) -> dict[str, Any]:
    """Return where a tutor's page is, and its QR code; the token is behind the hash and never sent to a server."""
    from ecomarket.workshop.server.address import qr_rows  # noqa: PLC0415

    path = f"/f#{token}"
    return {"path": path, "rows": qr_rows(house.settings.base + path) if house.settings.base else []}


def _known(house: House, seat: str) -> str:
    """Return a seat there is. Raises Refused."""
    if seat not in house.people.most:
        raise Refused("NO_SEAT", seat=seat)
    return seat


async def _move(house: House, seat: str, to: str) -> str:
    """Move people to another seat; phones that are online are told their new token, once. Return the PIN there."""
    moved, pin = await asyncio.to_thread(house.people.reseat, seat, to)
    for made in moved:
        text = json.dumps({"moved": {"token": made.token, "seat": to, "pin": pin}})
        for outlet in house.hub.of_seat(seat):
            if outlet.caller.person is not None and outlet.caller.person.code == made.person.code:
                outlet.offer(text)
    house.hub.send_away({token for made in moved for token in made.gone})
    house.presence.free(seat)
    house.presence.touch(to)
    return pin
