"""Routes of the rules: what the facilitator may set while the room goes on, and what everybody would be told of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Security
from starlette.responses import JSONResponse

from ecomarket.workshop.server.bodies import Announced, Lever
from ecomarket.workshop.server.callers import Caller, house_of, the_facilitator
from ecomarket.workshop.server.commands import SetRule, as_sent
from ecomarket.workshop.server.joining import REFUSALS

router = APIRouter(prefix="/api/v1", tags=["game"], responses=REFUSALS)
REFUSED = 409


@router.get("/rules", response_model=list[Lever])
async def rules(request: Request, caller: Annotated[Caller, Security(the_facilitator)]) -> JSONResponse:
    """Return what may be set by `rule.set`: price bands, and the numbers that cards of the plan change."""
    del caller
    house = house_of(request)
    return JSONResponse(await house.awaited(house.room.levers()))


@router.post("/rules/preview", response_model=Announced)
async def preview(
    request: Request, body: SetRule, caller: Annotated[Caller, Security(the_facilitator)]
) -> JSONResponse:
    """Return what everybody would be told of a change of a rule, or why it would be refused; nothing is done."""
    del caller
    house = house_of(request)
    reply = await house.asked(house.room.preview(as_sent(body)))
    return JSONResponse(reply.body, status_code=200 if reply.ok else REFUSED)
