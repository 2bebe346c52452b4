"""What every peer's driver shares: reading the stream, timing, telling the result; with the standard library alone."""

from __future__ import annotations

import array
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Message = tuple[int, int, int, int, int, int]
"""Action, market, side, price in ticks, lots, number of the message withdrawn."""


def messages(path: str, count: int) -> list[Message]:
    """Return the first `count` messages of a stream."""
    numbers = array.array("q")
    numbers.frombytes(Path(path).read_bytes()[: count * 48])
    columns = [iter(numbers)] * 6
    return list(zip(*columns, strict=True))


def tell(drive: Callable[[list[Message]], tuple[float, int, int]]) -> None:
    """Run a driver on the stream named on the command line; print seconds, trades, lots and messages as JSON."""
    rows = messages(sys.argv[1], int(sys.argv[2]))
    seconds, trades, lots = drive(rows)
    print(json.dumps({"seconds": seconds, "trades": trades, "lots": lots, "messages": len(rows)}))


def clock() -> float:
    """Return processor time in seconds."""
    return time.process_time()
