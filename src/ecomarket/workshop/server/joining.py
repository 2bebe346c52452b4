"""Routes of people: what seats there are, a seat, the language, the survey, who one is."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Request, Security
from starlette.responses import JSONResponse

from ecomarket.workshop.server.bodies import (
    Done,
    Join,
    Joined,
    Language,
    Lobby,
    LobbyReply,
    Me,
    QrCode,
    Refusal,
    SurveyAnswers,
)  # fmt: skip
from ecomarket.workshop.server.callers import Caller, anybody, house_of, somebody_seated, who_runs_it
from ecomarket.workshop.server.house import House  # noqa: TC001  (FastAPI reads the types of this module)
from ecomarket.workshop.server.keys import plain_code, same
from ecomarket.workshop.server.refusals import Refused
from ecomarket.workshop.server.views import snapshot_for

REFUSALS: dict[int | str, dict[str, Any]] = {
    code: {"model": Refusal} for code in (400, 401, 403, 404, 409, 413, 422, 429, 503)
}
"""What every route of the API may answer instead."""
router = APIRouter(prefix="/api/v1", tags=["people"], responses=REFUSALS)


def _knock(house: House, request: Request, code: str) -> str:
    """Return the address of whoever knows the room code. Raises Refused."""
    address = request.client.host if request.client is not None else ""
    if house.limits.deaf(address):
        raise Refused("TOO_MANY_TRIES")
    if not same(plain_code(code), house.settings.code):
        raise Refused("TOO_MANY_TRIES" if house.limits.wrong_try(address) else "WRONG_CODE")
    return address


@router.post("/lobby", response_model=LobbyReply)
async def lobby(request: Request, body: Lobby) -> JSONResponse:
    """Say what seats there are to whoever knows the room code."""
    house = house_of(request)
    _knock(house, request, body.code)
    counts = {seat: len(house.people.at(seat)) for seat in house.by_code}
    seats = [
        {
            "seat": seat, "name": {"zh": one.name_zh, "en": one.name_en}, "kind": one.kind, "group": one.group,
            "people": counts[seat], "people_most": house.people.most[seat], "free": counts[seat] == 0,
            "first": seat in house.settings.first,
        }
        for seat, one in house.by_code.items() if seat in house.people.most
    ]  # fmt: skip
    return JSONResponse({"title": dict(house.settings.title), "locked": house.people.locked, "seats": seats})


@router.post("/join", response_model=Joined)
async def join(request: Request, body: Join) -> JSONResponse:
    """Take a seat. The PIN moves it to another phone, or lets a team mate in."""
    house = house_of(request)
    address = _knock(house, request, body.code)
    if house.limits.crowded(address):
        raise Refused("TOO_MANY_JOINS")
    if body.pin and house.limits.guessed(body.seat or ""):
        raise Refused("TOO_MANY_TRIES")
    bot = bool(body.bot_key) and house.people.is_door("bot", body.bot_key)
    try:
        made = await asyncio.to_thread(
            house.people.join, body.seat, body.name, body.lang, body.pin or "", bot=bot, sent=body.id or ""
        )  # fmt: skip
    except Refused as refused:
        if refused.code == "WRONG_PIN":
            house.limits.pins.note(body.seat or "")
            if house.limits.wrong_try(address):
                raise Refused("TOO_MANY_TRIES") from None
        raise
    house.limits.joins.note(address)
    house.hub.send_away(set(made.gone))
    house.seen[made.person.code] = house.clock()
    house.presence.touch(made.person.seat)
    snapshot = await asyncio.to_thread(snapshot_for, house, Caller("seat", person=made.person))
    return JSONResponse(
        {
            "token": made.token, "seat": made.person.seat, "person": made.person.code, "pin": made.pin,
            "snapshot": snapshot,
        }
    )  # fmt: skip


@router.get("/me", response_model=Me)
async def me(caller: Annotated[Caller, Security(anybody)]) -> JSONResponse:
    """Say whose token this is."""
    person, tutor = caller.person, caller.tutor
    return JSONResponse(
        {
            "role": caller.role, "seat": caller.seat, "name": person.name if person else tutor.name if tutor else "",
            "lang": person.lang if person else "", "seats": list(tutor.seats) if tutor else [],
        }
    )  # fmt: skip


@router.post("/language", response_model=Done)
async def language(
    request: Request, body: Language, caller: Annotated[Caller, Security(somebody_seated)]
) -> JSONResponse:
    """Note in which language a person reads."""
    house = house_of(request)
    _once(house, caller)
    if caller.person is not None:
        await asyncio.to_thread(house.people.speak, caller.person, body.lang)
    return JSONResponse({"ok": True, "events": []})


@router.post("/survey", response_model=Done)
async def survey(
    request: Request, body: SurveyAnswers, caller: Annotated[Caller, Security(somebody_seated)]
) -> JSONResponse:
    """Keep a person's answers, with the people and not in the ledger."""
    house = house_of(request)
    _once(house, caller)
    if caller.person is not None:
        await asyncio.to_thread(house.people.note_survey, caller.person, body.when, body.answers)
    return JSONResponse({"ok": True, "events": []})


def _once(house: House, caller: Caller) -> None:
    """Count a request among the seat's commands: it is written to the disk as they are. Raises Refused."""
    if not house.may_command(caller.seat, bot=caller.person is not None and caller.person.bot):
        raise Refused("TOO_FAST")


@router.get("/qr", response_model=QrCode)
async def qr(request: Request, caller: Annotated[Caller, Security(who_runs_it)]) -> JSONResponse:
    """Return where to join, as a QR code to draw."""
    from ecomarket.workshop.server.address import join_url, qr_rows  # noqa: PLC0415

    del caller
    house = house_of(request)
    url = join_url(house.settings.base or str(request.base_url).rstrip("/"), house.settings.code)
    return JSONResponse({"url": url, "rows": qr_rows(url)})
