"""The route of the room's zip: made by a process of its own, one at a time, also while the room is played.

The ledger is copied as it stands at one moment, the log up to its last whole line: a room that goes on may be read.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Security
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from ecomarket.workshop.plan.card import CARD
from ecomarket.workshop.server.callers import Caller, house_of, the_facilitator
from ecomarket.workshop.server.joining import REFUSALS
from ecomarket.workshop.server.refusals import Refused

if TYPE_CHECKING:
    from ecomarket.workshop.server.house import House

ZIP = "application/zip"
router = APIRouter(prefix="/api/v1", tags=["people"], responses=REFUSALS)


@router.get("/export", response_class=Response, responses={200: {"content": {ZIP: {}}, "description": "The zip"}})
async def export(
    request: Request, caller: Annotated[Caller, Security(the_facilitator)], names: Annotated[bool, Query()] = False
) -> FileResponse:
    """Return the room in one zip, with (1) or without (0) the names that people typed; never with a secret."""
    del caller
    house = house_of(request)
    if not (house.settings.folder / CARD).is_file():
        raise Refused("NOT_FOUND")
    async with house.exporting:
        made = await _made(house, names=names)
    return FileResponse(
        made, media_type=ZIP, filename=f"{house.settings.folder.resolve().name}.zip",
        background=BackgroundTask(shutil.rmtree, made.parent, ignore_errors=True),
    )  # fmt: skip


async def _made(house: House, *, names: bool) -> Path:
    """Return the zip in a folder of its own. Raises Refused; the terminal says why it could not be made."""
    out = Path(mkdtemp(prefix="ecomarket-")) / "room.zip"
    more = () if names else ("--without-names",)
    asked = (sys.executable, "-m", "ecomarket", "room", "export", str(house.settings.folder), "--out", str(out), *more)
    making = await asyncio.create_subprocess_exec(*asked, stdout=asyncio.subprocess.DEVNULL)
    try:
        failed = await making.wait()
    except asyncio.CancelledError:
        making.kill()
        await making.wait()
        shutil.rmtree(out.parent, ignore_errors=True)
        raise
    if failed or not out.is_file():
        shutil.rmtree(out.parent, ignore_errors=True)
        raise Refused("NO_EXPORT")
    return out
