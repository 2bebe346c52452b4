"""Why orders were refused: how often by reason, by whom, and the first of each with how its account stood."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from ecomarket.ledger.standing import standings
from ecomarket.model.codes import RecordKind, Refusal, Side
from ecomarket.model.record import CASH, FLAG_SIDE

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

    from ecomarket.ledger.block import Block


class Refused(NamedTuple):
    """One reason: how often, by account (most often first), the first record, and what was free to its account then.

    `free` is cash for a buy, lots for a sell; `close` the last closing price of the instrument in cash a lot, 0 before
    the first.
    """

    why: Refusal
    times: int
    by: tuple[tuple[int, int], ...]
    first: np.void
    free: int
    close: int


def refusals(blocks: Iterable[Block]) -> list[Refused]:
    """Return every reason for which orders were refused, most often first. Raises IntegrityError as a replay does."""
    kept = list(blocks)
    times: dict[Refusal, Counter[int]] = {}
    first: dict[Refusal, np.void] = {}
    for block in kept:
        rows = block.records[block.records["kind"] == RecordKind.ORDER_REFUSED]
        for record in rows:
            why = Refusal(int(record["code"]))
            times.setdefault(why, Counter())[int(record["account"])] += 1
            first.setdefault(why, record)
    stood = standings(kept, [int(record["seq"]) for record in first.values()])
    found = []
    for why, record in first.items():
        standing = stood[int(record["seq"])]
        account, instrument = int(record["account"]), int(record["instrument"])
        held = CASH if int(record["flags"]) & FLAG_SIDE == Side.BUY else instrument
        by = tuple(sorted(times[why].items(), key=lambda item: (-item[1], item[0])))
        close = int(standing.closes[instrument]) if 0 <= instrument < len(standing.closes) else 0
        found.append(Refused(why, times[why].total(), by, record, standing.free(account, held), close))
    return sorted(found, key=lambda refused: -refused.times)
