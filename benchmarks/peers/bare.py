"""Our exchange on a stream with parts left out: `bare.py STREAM COUNT HOW`, as `ours.py`.

HOW is `checked` (the ledger's postings and records left out) or `match` (the checks of an order as well: no accounts,
no rules, no records, as in the C++ matcher). It puts empty functions in their place before the kernel that calls them
is compiled, so each HOW needs a cache of its own (ECOMARKET_CACHE_DIR), never the one of the real build.
"""

from __future__ import annotations

import sys
from typing import Any

from ecomarket.compiled import kernel
from ecomarket.ledger import postings
from ecomarket.ledger.state import CONTRA_CREDIT


def nothing(*_: Any) -> None:
    """Leave a record, or a change of a balance, out."""


def plenty(_ledger: Any, _account: int, _instrument: int) -> int:
    """Tell that an account lacks nothing."""
    return CONTRA_CREDIT


def passed(*_: Any) -> int:
    """Refuse nothing."""
    return 0


def leave_out_the_checks() -> None:
    """Let every order pass, and ask for no balances that nobody reads."""
    from ecomarket.exchange.kernel import ahead

    for name in ("fetch_party", "look_ahead"):
        setattr(ahead, name, kernel(nothing))
    from ecomarket.exchange.kernel import check

    check.refused = kernel(passed)


def leave_out_the_ledger() -> None:
    """Empty the primitives; whoever imports them from now on gets the empty ones."""
    for name in ("append", "accept", "refuse", "withdraw", "settle"):
        setattr(postings, name, kernel(nothing))
    postings.available = kernel(plenty)


if __name__ == "__main__":
    leave_out_the_ledger()
    if sys.argv[3] == "match":
        leave_out_the_checks()
    import ours

    ours.main()
