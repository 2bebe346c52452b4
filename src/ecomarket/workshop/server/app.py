"""The FastAPI application of one room."""

from __future__ import annotations

import asyncio
import json
import sys
import traceback
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI, Query, WebSocket
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from ecomarket.i18n import tr
from ecomarket.workshop.server import exporting, joining, playing, publishing, ruling, yardstick
from ecomarket.workshop.server.commands import KINDS
from ecomarket.workshop.server.files import Files
from ecomarket.workshop.server.refusals import BAD_REQUEST, Refused, refusal
from ecomarket.workshop.server.shield import BODY_MOST, Shield
from ecomarket.workshop.server.sockets import talk
from ecomarket.workshop.server.waking import watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from ecomarket.workshop.server.house import House

WHERE_MOST: Final = 60
BY_STATUS: Final = {400: "NOT_READABLE", 404: "NOT_FOUND", 405: "WRONG_METHOD", 413: "TOO_LARGE"}


def application(house: House) -> FastAPI:
    """Return the application that serves a room; it hears the room while it runs."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        del app
        house.hub.open()
        for seat in {person.seat for person in house.people.by_token.values()}:
            house.presence.expect(seat)
        waking = asyncio.create_task(watch(lambda seconds: _slept(house, seconds)))
        try:
            yield
        finally:
            waking.cancel()
            if house.yardstick is not None:
                house.yardstick.cancel()
                await asyncio.gather(house.yardstick, return_exceptions=True)
            house.presence.stop()
            house.hub.close()

    app = FastAPI(
        title="ecomarket room", version=version("ecomarket"), lifespan=life, docs_url=None, redoc_url=None,
        openapi_url=None, separate_input_output_schemas=False,
    )  # fmt: skip
    app.state.house = house
    app.state.files = Files(house.settings.pages)
    for part in (joining, playing, ruling, yardstick, exporting, publishing):
        app.include_router(part.router)

    @app.websocket("/api/v1/ws")
    async def socket(websocket: WebSocket, since: str = Query(default="")) -> None:
        """Serve a socket; `since` is the newest frame it has."""
        await talk(house, websocket, int(since) if since.isascii() and since[:16].isdigit() else -1)

    _answer_in_both_languages(app)
    app.add_middleware(Shield)
    return app


def _answer_in_both_languages(app: FastAPI) -> None:
    """Let every refusal, whoever makes it, be one of ours."""

    async def refused(request: Request, error: Exception) -> JSONResponse:
        del request
        assert isinstance(error, Refused)
        return JSONResponse(error.body(), status_code=error.status)

    async def unreadable(request: Request, error: Exception) -> JSONResponse:
        del request
        assert isinstance(error, RequestValidationError)
        found = error.errors()[0]
        where, expected = _place(found), _expected(found)
        return JSONResponse(refusal("BAD_REQUEST", where=where, expected=expected), status_code=BAD_REQUEST)

    async def by_status(request: Request, error: Exception) -> JSONResponse:
        del request
        assert isinstance(error, HTTPException)
        code = BY_STATUS.get(error.status_code, "NOT_READABLE")
        return JSONResponse(refusal(code, most=BODY_MOST), status_code=error.status_code, headers=error.headers)

    async def ours(request: Request, error: Exception) -> JSONResponse:
        del request
        traceback.print_exception(error, file=sys.stderr)
        return JSONResponse(refusal("OUR_FAULT"), status_code=500)

    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(HTTPException, by_status)
    app.add_exception_handler(Exception, ours)


def _place(found: dict[str, Any]) -> str:
    """Return which field is meant: its path, without the body and the kind of command; what nobody can print is "?"."""
    path = [str(part) for part in found["loc"]][1:]
    if path and path[0] in KINDS:
        del path[0]
    return ".".join(path).encode("utf-8", "replace").decode()[:WHERE_MOST] or "type"


def _expected(found: dict[str, Any]) -> str:
    """Return what was expected there, as the schema says it."""
    known = found.get("ctx") or {}
    told = next((known[name] for name in ("expected_tags", "expected", "pattern") if name in known), found["type"])
    bounds = [f"{name} {known[name]}" for name in ("ge", "le", "min_length", "max_length") if name in known]
    return ", ".join([str(told), *bounds]) if not bounds or "pattern" in known else ", ".join(bounds)


async def _slept(house: House, seconds: float) -> None:
    """Stop the clock after the machine slept, and say so to everybody."""
    mark = f"slept-{house.clock():.3f}"
    text = " / ".join(tr("room.slept", lang, seconds=round(seconds)) for lang in ("zh", "en"))
    for command in ({"type": "clock.pause"}, {"type": "message", "to": "all", "text": text}):
        waiting = house.room.facilitate({"id": f"{mark}-{command['type']}", **command})
        try:
            await house.asked(waiting)
        except Refused as refused:
            sys.stderr.write(json.dumps(refused.body(), ensure_ascii=False) + "\n")
