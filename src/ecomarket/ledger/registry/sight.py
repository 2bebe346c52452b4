"""What a person may see of a journal: the public tape, and all that concerns its own accounts.

Public are closing prices, halts, facts about nobody, suspensions, what is listed, and of each trade the price, lots,
time and the aggressor's side. Whose a trade was is public only where the policy says `tape: named`; parties of an
agreement know each other. Checksums go too: from one, what was taken out could be found by trying.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.model.codes import Mechanism, RecordKind
from ecomarket.model.record import FLAG_SIDE
from ecomarket.model.stated import NoteCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

PUBLIC_KINDS: Final = (RecordKind.TRADE, RecordKind.CLOSE, RecordKind.HALT)
PUBLIC_NOTES: Final = (
    NoteCode.INSTRUMENT_LISTED,
    NoteCode.MARKET_SUSPENDED,
    NoteCode.MARKET_RESUMED,
    NoteCode.RUN_ENDED,
)
AGREEMENTS: Final = (Mechanism.LISTED_AGREEMENT, Mechanism.BLOCK_AGREEMENT, Mechanism.NEGOTIATED)
NOBODY: Final = -1


def seen(
    records: NDArray[np.void], payloads: Sequence[bytes], accounts: frozenset[int] | None, *, named: bool = False
) -> tuple[NDArray[np.void], list[bytes]]:
    """Return what one who may see everything of `accounts` (None: of all) sees of records and of their payloads.

    The notes that are left are numbered anew: `other` is the index of their payload in what is returned.
    """
    if accounts is None:
        return records.copy(), list(payloads)
    mine, theirs = (np.isin(records[side], list(accounts)) for side in ("account", "counter"))
    note = records["kind"] == RecordKind.NOTE
    public = np.isin(records["kind"], PUBLIC_KINDS) | (note & np.isin(records["code"], PUBLIC_NOTES))
    public |= (records["kind"] == RecordKind.FACT) & (records["account"] == NOBODY)
    public |= note & named & (records["code"] == NoteCode.PARTICIPANT_REGISTERED)
    rows = np.flatnonzero(public | mine | theirs)
    left, mine, theirs = records[rows], mine[rows], theirs[rows]
    told = np.flatnonzero(left["kind"] == RecordKind.NOTE)
    texts = [payloads[i] for i in left["other"][told].tolist()]
    left["other"][told] = np.arange(len(told))
    left["checksum"] = 0
    _mask_transfers(left, mine)
    _mask_trades(left, mine, theirs, named=named)
    return left, texts


def _mask_transfers(left: NDArray[np.void], mine: NDArray[np.bool_]) -> None:
    """Take out which hold of another the units came from."""
    rows = (left["kind"] == RecordKind.TRANSFER) & ~mine
    for name in ("hold", "other"):
        left[name][rows] = 0


def _mask_trades(left: NDArray[np.void], mine: NDArray[np.bool_], theirs: NDArray[np.bool_], *, named: bool) -> None:
    """Take out whose a trade was, and of the other side its order, hold and fee."""
    trade = left["kind"] == RecordKind.TRADE
    known = named | (np.isin(left["code"], AGREEMENTS) & (mine | theirs))
    for own, party, fields in (
        (mine, "account", ("order", "hold", "fee_buy")),
        (theirs, "counter", ("other", "fee_sell")),
    ):
        left[party][trade & ~own & ~known] = NOBODY
        for name in fields:
            left[name][trade & ~own] = 0
    left["flags"][trade & ~theirs] &= FLAG_SIDE
