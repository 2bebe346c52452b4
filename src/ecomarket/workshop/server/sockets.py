"""The socket: the token as the first message, frames down, a heartbeat both ways each five seconds."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from starlette.websockets import WebSocketDisconnect

from ecomarket.workshop.server.callers import caller_of
from ecomarket.workshop.server.hub import Outlet
from ecomarket.workshop.server.refusals import Refused
from ecomarket.workshop.server.views import snapshot_for, text_for

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

    from ecomarket.workshop.server.callers import Caller
    from ecomarket.workshop.server.house import House

BEAT_S: Final = 5.0
SILENT_S: Final = 15.0
AUTH_S: Final = 5.0
FETCHED_MOST: Final = 600
"""So many frames the history keeps; whoever missed more begins anew with a snapshot."""
NO_TOKEN, SILENT, TOO_MANY, ENDS = 4401, 4408, 4409, 1012


async def talk(house: House, socket: WebSocket, since: int) -> None:
    """Serve one socket until it ends; `since` is the newest frame it has, -1 if none."""
    await socket.accept()
    caller = await _introduced(house, socket)
    if caller is None:
        await _close(socket, NO_TOKEN)
        return
    outlet = Outlet(caller, house.clock())
    if not house.hub.add(outlet, house.settings.sockets_most, BEAT_S + 1):
        await _close(socket, TOO_MANY)
        return
    person = caller.person
    if person is not None:
        house.seen[person.code] = house.clock()
        house.presence.opened(person.seat, person.code)
    try:
        await _greet(house, outlet, since)
        await _both_ways(house, socket, outlet)
    except Refused:
        await _close(socket, ENDS)
    finally:
        house.hub.outlets.discard(outlet)
        if person is not None:
            house.presence.closed(person.seat, person.code)


async def _introduced(house: House, socket: WebSocket) -> Caller | None:
    """Return who the first message says this is, None if that does not hold or does not come in time."""
    try:
        first = await asyncio.wait_for(socket.receive_text(), AUTH_S)
        said = json.loads(first)
    except (TimeoutError, WebSocketDisconnect, KeyError, ValueError, RecursionError):
        return None
    token = said.get("auth") if isinstance(said, dict) else None
    return caller_of(house, token) if isinstance(token, str) else None


async def _greet(house: House, outlet: Outlet, since: int) -> None:
    """Send the newest frame; before it a snapshot to whoever has none, or too old a one."""
    newest = house.hub.last.seq if house.hub.last is not None else 0
    if since < 0 or newest - since > FETCHED_MOST or since > newest:
        snapshot = await asyncio.to_thread(snapshot_for, house, outlet.caller)
        outlet.waiting.appendleft(json.dumps({"snapshot": snapshot}, ensure_ascii=False))  # frames came meanwhile
    if house.hub.last is not None:
        outlet.offer(house.hub.last)


async def _both_ways(house: House, socket: WebSocket, outlet: Outlet) -> None:
    """Send and hear until one of both ends."""
    parts = [asyncio.create_task(_send(house, socket, outlet)), asyncio.create_task(_hear(house, socket, outlet))]
    try:
        await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for part in parts:
            part.cancel()
        for done in await asyncio.gather(*parts, return_exceptions=True):
            if isinstance(done, Exception) and not isinstance(done, WebSocketDisconnect | RuntimeError | OSError):
                raise done


async def _send(house: House, socket: WebSocket, outlet: Outlet) -> None:
    """Send what waits, and a beat when nothing does; close the socket when it is to be closed, or silent too long."""
    beats = 0
    while True:
        while outlet.waiting:
            message = outlet.waiting.popleft()
            text = message if isinstance(message, str) else text_for(house, outlet.caller, message)
            await socket.send_text(text)
        if outlet.close_code:
            await _close(socket, outlet.close_code)
            return
        outlet.wake.clear()
        try:
            async with asyncio.timeout(BEAT_S):
                await outlet.wake.wait()
        except TimeoutError:
            beats += 1
            outlet.offer(json.dumps({"beat": beats}))
        if house.clock() - outlet.heard > SILENT_S:
            outlet.close(SILENT)


async def _hear(house: House, socket: WebSocket, outlet: Outlet) -> None:
    """Note that the other end lives; what it says besides is of no consequence: commands come by POST."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        outlet.heard = house.clock()
        person = outlet.caller.person
        if person is not None:
            house.seen.setdefault(person.code, outlet.heard)


async def _close(socket: WebSocket, code: int) -> None:
    """Close a socket that may be closed already."""
    with suppress(RuntimeError, WebSocketDisconnect, OSError):
        await socket.close(code)
