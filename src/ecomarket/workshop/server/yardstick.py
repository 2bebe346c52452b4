"""Least-cost prices of the room's scenario, for the facilitator alone: solved once, when first asked for.

A process of its own solves it: people's orders must not wait for a solver. Nothing of it is in any frame.

    python -m ecomarket.workshop.server.yardstick FOLDER
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Request, Security
from starlette.responses import JSONResponse

from ecomarket.workshop.plan.card import CARD
from ecomarket.workshop.server.bodies import Yardstick
from ecomarket.workshop.server.callers import Caller, house_of, the_facilitator
from ecomarket.workshop.server.joining import REFUSALS

if TYPE_CHECKING:
    from ecomarket.workshop.server.house import House

NICE = 10
router = APIRouter(prefix="/api/v1", tags=["game"], responses=REFUSALS)


@router.get("/benchmark", response_model=Yardstick)
async def benchmark(request: Request, caller: Annotated[Caller, Security(the_facilitator)]) -> JSONResponse:
    """Return the benchmark's prices, CNY a unit, by right and year, once they are solved; none where there are none."""
    del caller
    house = house_of(request)
    if house.yardstick is None:
        house.yardstick = asyncio.create_task(_solved(house))
    solved = house.yardstick.done() and not house.yardstick.cancelled()
    return JSONResponse({"solved": solved, "prices": house.yardstick.result() if solved else {}})


async def _solved(house: House) -> dict[str, Any]:
    """Return what the other process found; nothing if it failed: the terminal says why."""
    if not (house.settings.folder / CARD).is_file():
        return {}
    asked = (sys.executable, "-m", __name__, str(house.settings.folder))
    solving = await asyncio.create_subprocess_exec(*asked, stdout=asyncio.subprocess.PIPE)
    try:
        said, _ = await solving.communicate()
    except asyncio.CancelledError:
        solving.kill()
        await solving.communicate()
        raise
    return dict(json.loads(said)) if solving.returncode == 0 else {}


def main(folder: Path) -> None:
    """Print the prices of the room in `folder`, in the state of the world that its seed draws."""
    from ecomarket.scenario.states import drawn  # noqa: PLC0415
    from ecomarket.workshop.debrief.benchmark import prices_of  # noqa: PLC0415
    from ecomarket.workshop.plan.card import RoomCard  # noqa: PLC0415

    os.nice(NICE)
    card = RoomCard.read(folder)
    scenario, _ = drawn(card.load()[0], card.seed)
    sys.stdout.write(json.dumps(prices_of(scenario)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
