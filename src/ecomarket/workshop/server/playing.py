"""Routes of the game: what there is to see, and commands."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Security
from starlette.responses import JSONResponse, Response

from ecomarket.workshop.server.bodies import Done, SharedFrame
from ecomarket.workshop.server.callers import Caller, anybody, house_of, somebody_in_charge, somebody_seated
from ecomarket.workshop.server.commands import OWN, Autopilot, FacilitatorCommand, Message, SeatCommand, as_sent
from ecomarket.workshop.server.house import RUSH_S
from ecomarket.workshop.server.joining import REFUSALS
from ecomarket.workshop.server.lodging import lodge
from ecomarket.workshop.server.refusals import Refused
from ecomarket.workshop.server.views import snapshot_for, text_for

router = APIRouter(prefix="/api/v1", tags=["game"], responses=REFUSALS)
REFUSED = 409
Since = Annotated[int, Query(ge=0, le=2**53)]


@router.get("/state", response_model=dict[str, object])
async def state(request: Request, caller: Annotated[Caller, Security(anybody)]) -> JSONResponse:
    """Return the snapshot: what stands, the newest frame, the own part, trades and prices so far."""
    return JSONResponse(await asyncio.to_thread(snapshot_for, house_of(request), caller))


@router.get("/frame", response_model=dict[str, object])
async def frame(request: Request, caller: Annotated[Caller, Security(anybody)]) -> Response:
    """Return the newest frame as the socket sends it."""
    house = house_of(request)
    return Response(text_for(house, caller, await house.hub.newest()), media_type="application/json")


@router.get("/history", response_model=list[SharedFrame])
async def history(request: Request, since: Since, caller: Annotated[Caller, Security(anybody)]) -> JSONResponse:
    """Return the shared frames behind `since`, at most the last 600."""
    del caller
    return JSONResponse(await asyncio.to_thread(house_of(request).room.history, since))


@router.post("/commands", response_model=Done)
async def command(
    request: Request, body: SeatCommand, caller: Annotated[Caller, Security(somebody_seated)]
) -> JSONResponse:
    """Do a seat's command, or say why not. The same id again is answered again, not done again."""
    house = house_of(request)
    if not house.may_command(caller.seat, bot=caller.person is not None and caller.person.bot):
        raise Refused("TOO_FAST")
    reply = await house.asked(house.room.submit(caller.seat, as_sent(body.root)))
    return JSONResponse(reply.body, status_code=200 if reply.ok else REFUSED)


@router.post("/facilitator", response_model=Done)
async def facilitate(
    request: Request, body: FacilitatorCommand, caller: Annotated[Caller, Security(somebody_in_charge)]
) -> JSONResponse:
    """Do a command of the facilitator, or of a tutor for the own seats."""
    house, asked = house_of(request), body.root
    if caller.tutor is not None:
        to = asked.to if isinstance(asked, Message) else asked.seat if isinstance(asked, Autopilot) else ""
        if to not in caller.tutor.seats:
            raise Refused("NOT_YOURS")
    if isinstance(asked, OWN):
        return JSONResponse(await asyncio.shield(lodge(house, asked)))
    if isinstance(asked, Autopilot) and not asked.on and not house.presence.driven.get(asked.seat):
        raise Refused("SEAT_EMPTY", seat=asked.seat)  # without a person it would have no driver at all
    reply = await house.asked(house.room.facilitate(as_sent(asked)), RUSH_S)
    return JSONResponse(reply.body, status_code=200 if reply.ok else REFUSED)
