"""Notices that the machine slept, or that the loop stood still: the clock of the room must not run on unseen."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LOOK_S: Final = 1.0
JUMP_S: Final = 5.0


def sleepless() -> float:
    """Return seconds on a clock that goes on while the machine sleeps, where there is one.

    Linux stops `time.monotonic` in sleep and has CLOCK_BOOTTIME; macOS stops it too and has CLOCK_MONOTONIC; on
    Windows it goes on.
    """
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"):
        clock = getattr(time, name, None)
        if clock is not None:
            return time.clock_gettime(clock)
    return time.monotonic()


async def watch(jumped: Callable[[float], Awaitable[None]], clock: Callable[[], float] = sleepless) -> None:
    """Call `jumped(seconds)` whenever a look comes more than JUMP_S late; until cancelled."""
    while True:
        before = clock()
        await asyncio.sleep(LOOK_S)
        late = clock() - before - LOOK_S
        if late > JUMP_S:
            await jumped(late)
