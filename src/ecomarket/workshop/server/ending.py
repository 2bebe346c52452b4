"""What is done once when the last bell has rung."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecomarket.workshop.server.house import FrameLike, RoomLike


def at_the_end(room: RoomLike, act: Callable[[], object]) -> Callable[[], None]:
    """Call `act` once, in a thread of its own, when a frame says that the room has ended; return how to stop."""
    rung = threading.Event()

    def heard(frame: FrameLike) -> None:
        if not rung.is_set() and json.loads(frame.shared).get("clock", {}).get("ended"):
            rung.set()
            threading.Thread(target=act, name="debrief", daemon=True).start()

    return room.listen(heard)
