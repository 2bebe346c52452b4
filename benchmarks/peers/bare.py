"""Matching alone: our exchange on a stream with the ledger's postings and records left out.

`bare.py STREAM COUNT match`, as `ours.py`. It puts empty primitives into the ledger before the kernel that calls them
is compiled, so it needs a cache of its own (ECOMARKET_CACHE_DIR), never the one of the real build.
"""

from __future__ import annotations

from typing import Any

from ecomarket.compiled import kernel
from ecomarket.ledger import postings
from ecomarket.ledger.state import CONTRA_CREDIT


def nothing(*_: Any) -> None:
    """Leave a record, or a change of a balance, out."""


def plenty(_ledger: Any, _account: int, _instrument: int) -> int:
    """Tell that an account lacks nothing."""
    return CONTRA_CREDIT


def leave_out_the_ledger() -> None:
    """Empty the primitives; whoever imports them from now on gets the empty ones."""
    for name in ("append", "accept", "refuse", "withdraw", "settle"):
        setattr(postings, name, kernel(nothing))
    postings.available = kernel(plenty)


if __name__ == "__main__":
    leave_out_the_ledger()
    import ours

    ours.main()
