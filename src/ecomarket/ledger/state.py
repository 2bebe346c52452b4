"""The ledger's whole state: preallocated arrays that the compiled kernel and nothing else writes.

`LedgerState` is a NamedTuple so that compiled code sees plain arrays. Sizes are fixed; a full journal is replaced
between calls, never inside one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ecomarket.model.codes import CONTRA_ACCOUNTS, SINK_ACCOUNTS
from ecomarket.model.record import RECORD

if TYPE_CHECKING:
    from numpy.typing import NDArray

POSTED: Final = 0
HELD: Final = 1
BOUGHT_TODAY: Final = 2
BUYING: Final = 3
"""Columns of a balance. BOUGHT_TODAY: lots bought since the last end of day. BUYING: lots of open buy orders and bids,
kept only where a venue limits holdings."""

SEQ: Final = 0
"""Counter: number of the last record written."""
ROWS: Final = 1
"""Counter: records now in the journal buffer."""
IDS: Final = 2
"""Counter: last id given; orders, holds, bids and auctions share one sequence."""
BROKEN: Final = 3
"""Counter: violations found by the debug build."""

CONTRA_CREDIT: Final = 2**60
"""How far below zero a contra account may go, in lots or cash units (1.15e14 CNY): keeps every sum within 64 bits."""

JOURNAL_ROWS: Final = 65_536


class LedgerState(NamedTuple):
    """Balances and journal of `I` instruments x `A` accounts; instrument 0 is cash.

    All cash stands together, since every trade touches it twice; what a trade changes of one party's units stands in
    one row of 32 bytes. A cache line fetched from far costs more than the arithmetic of a message.
    """

    balance: NDArray[np.int64]
    """[I, A, 4]: posted, held, bought today, buying."""
    eligible: NDArray[np.uint8]
    """[I, A]: Eligible bits."""
    contra: NDArray[np.uint8]
    """[A]: 1 where the posted balance may be negative."""
    sink: NDArray[np.uint8]
    """[A]: 1 where nothing may ever be debited."""
    journal: NDArray[np.void]
    """[N] of dtype RECORD."""
    counters: NDArray[np.int64]
    """SEQ, ROWS, IDS, BROKEN."""


def new_ledger(accounts: int, instruments: int, system_accounts: int, rows: int = JOURNAL_ROWS) -> LedgerState:
    """Make an empty ledger; the first `system_accounts` accounts are those of AccountKind.

    >>> new_ledger(20, 3, 15).balance.shape
    (3, 20, 4)
    """
    contra = np.zeros(accounts, np.uint8)
    sink = np.zeros(accounts, np.uint8)
    contra[[int(k) for k in CONTRA_ACCOUNTS if k < system_accounts]] = 1
    sink[[int(k) for k in SINK_ACCOUNTS if k < system_accounts]] = 1
    return LedgerState(
        balance=np.zeros((instruments, accounts, 4), np.int64),
        eligible=np.zeros((instruments, accounts), np.uint8),
        contra=contra,
        sink=sink,
        journal=np.zeros(rows, RECORD),
        counters=np.zeros(8, np.int64),
    )
