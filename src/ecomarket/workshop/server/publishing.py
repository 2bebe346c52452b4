"""Routes of files: the pages, their parts, their words, the debrief; and whether the server lives."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Security
from starlette.responses import FileResponse, JSONResponse, Response

from ecomarket.i18n import LANGUAGES, catalogue
from ecomarket.workshop.server.bodies import Health, Language, Link
from ecomarket.workshop.server.callers import Caller, house_of, somebody_seated
from ecomarket.workshop.server.files import ASK_AGAIN, Served
from ecomarket.workshop.server.joining import REFUSALS
from ecomarket.workshop.server.refusals import Refused

if TYPE_CHECKING:
    from ecomarket.workshop.server.files import Files

router = APIRouter()
PAGES: Final = {"/": "index", "/seat": "index", "/f": "f", "/p": "p"}
ALONE: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts allow-downloads allow-modals"
)
"""For the debrief, one file with its scripts in it: shut off from the pages' storage, where tokens are."""


def _files(request: Request) -> Files:
    files: Files = request.app.state.files
    return files


async def _page(request: Request) -> Response:
    found = _files(request).page(PAGES[request.url.path])
    if found is None:
        raise Refused("NOT_FOUND")
    return found.answer(request, ASK_AGAIN)


for _path in PAGES:
    router.add_api_route(_path, _page, methods=["GET"], include_in_schema=False, response_class=Response)


@router.get("/static/{path:path}", include_in_schema=False)
async def static(request: Request, path: str) -> Response:
    """Send a file of the pages; it is looked up among those that were found, no path is made from an address."""
    found, keep = _files(request).part(path)
    if found is None:
        raise Refused("NOT_FOUND")
    return found.answer(request, keep)


@cache
def words(files: Files, path: str) -> Served:
    """Return the words of the page at a path, of all pages where there is none: {name: [Chinese, English]}."""
    quoted = files.quoted(PAGES[path]) if path in PAGES else catalogue("pages").keys()
    rows = {name: row for name, row in catalogue("pages").items() if name in quoted}
    told = {name: [row[lang] for lang in LANGUAGES] for name, row in rows.items()}
    return Served.of(JSONResponse(told).body, "application/json")  # type: ignore[arg-type]  # always bytes


@router.get("/words", tags=["pages"], response_model=dict[str, list[str]])
async def words_of(request: Request, of: Annotated[str, Query()] = "") -> Response:
    """Return the words of a page, by its path, as [Chinese, English]; without `of` those of all pages."""
    return words(_files(request), of if of in PAGES else "").answer(request, ASK_AGAIN)


@router.get("/debrief", include_in_schema=False)
async def debrief(request: Request) -> Response:
    """Send the debrief, once there is one."""
    asked = request.query_params.get("lang", "")
    lang = asked if asked in LANGUAGES else "zh"
    path = house_of(request).settings.folder / f"debrief.{lang}.html"
    if not path.is_file():
        raise Refused("NOT_FOUND")
    return FileResponse(path, media_type="text/html; charset=utf-8", headers={"content-security-policy": ALONE})


@router.get("/debrief/{ticket}", include_in_schema=False)
async def own_debrief(request: Request, ticket: str) -> Response:
    """Send a seat's own page to whoever has its ticket: a browser cannot send a token with a link."""
    house = house_of(request)
    seat, lang = house.tickets.get(ticket, ("", ""))
    path = house.settings.folder / f"debrief-{seat}.{lang}.html"
    if seat not in house.by_code or not path.is_file():
        raise Refused("NOT_FOUND")
    return FileResponse(path, media_type="text/html; charset=utf-8", headers={"content-security-policy": ALONE})


@router.post("/api/v1/debrief", tags=["people"], responses=REFUSALS, response_model=Link)
async def link_to_own_debrief(
    request: Request, body: Language, caller: Annotated[Caller, Security(somebody_seated)]
) -> JSONResponse:
    """Return a link to the page about one's own seat, once there is one."""
    house = house_of(request)
    if not (house.settings.folder / f"debrief-{caller.seat}.{body.lang}.html").is_file():
        raise Refused("NOT_FOUND")
    return JSONResponse({"path": f"/debrief/{house.ticket(caller.seat, body.lang)}"})


@router.get("/api/v1/schema", include_in_schema=False)
async def schema(request: Request) -> JSONResponse:
    """Return the OpenAPI document of this server."""
    found: dict[str, Any] = request.app.openapi()
    return JSONResponse(found)


@router.get("/healthz", tags=["pages"], response_model=Health)
async def healthz(request: Request) -> JSONResponse:
    """Say that the server lives, and whether the debrief has been written."""
    house = house_of(request)
    written = all((house.settings.folder / f"debrief.{lang}.html").is_file() for lang in LANGUAGES)
    seq = house.hub.last.seq if house.hub.last else 0
    return JSONResponse({"ok": True, "seq": seq, "version": version("ecomarket"), "debrief": written})
