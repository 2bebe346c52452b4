"""The story of one order, bid or offer: every event that names it, and how its account stood before and after."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ecomarket.ledger.faults import fault
from ecomarket.ledger.standing import standings
from ecomarket.model.codes import HoldReason, RecordKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.ledger.query import Event, Ledger
    from ecomarket.ledger.standing import Standing

OF_ORDERS: Final = (
    RecordKind.ORDER_ACCEPTED,
    RecordKind.ORDER_REFUSED,
    RecordKind.ORDER_CANCELLED,
    RecordKind.ORDER_EXPIRED,
)
OF_HOLDS: Final = (RecordKind.HOLD, RecordKind.RELEASE)
MARKET_HOLDS: Final = (HoldReason.BID, HoldReason.OFFER)
NEAR: Final = 3
"""How many numbers are named on either side of one that there is not."""


class OrderStory(NamedTuple):
    """An order by its number: whose, of what, its events in order, and the account before the first and after the last.

    `bought` tells, for each trade among the events, whether the order was its buyer's.
    """

    order: int
    account: int
    instrument: int
    events: tuple[Event, ...]
    bought: tuple[bool, ...]
    before: Standing
    after: Standing


def order_story(ledger: Ledger, order: int) -> OrderStory:
    """Return the story of an order, a bid or an offer. Raises RunError (E716) with the nearest numbers there are."""
    wanted = [block.records["seq"][_of(block.records, order)] for block in ledger.blocks()]
    numbers = [seq for found in wanted for seq in found.tolist()]
    if order < 1 or not numbers:
        raise fault("E716", order=order, near=_near(ledger, order))
    events = tuple(ledger.events_of(numbers))
    stood = standings(ledger.blocks(), [numbers[0], numbers[-1] + 1])
    first = events[0].record
    trades = [e.record for e in events if int(e.record["kind"]) == RecordKind.TRADE]
    bought = tuple(int(trade["order"]) == order for trade in trades)
    instrument = int(trades[0]["instrument"]) if trades else int(first["instrument"])
    return OrderStory(
        order, int(first["account"]), instrument, events, bought, stood[numbers[0]], stood[numbers[-1] + 1]
    )


def _of(records: NDArray[np.void], order: int) -> NDArray[np.bool_]:
    """Return which records name an order; in records of other kinds the same fields say other things."""
    kind, own = records["kind"], records["order"] == order
    holds = np.isin(kind, OF_HOLDS) & own & np.isin(records["code"], MARKET_HOLDS)
    trades = (kind == RecordKind.TRADE) & (own | (records["other"] == order))
    found: NDArray[np.bool_] = (np.isin(kind, OF_ORDERS) & own) | holds | trades
    return found


def _near(ledger: Ledger, order: int) -> str:
    """Return the numbers next to one that there is not, in words; "-" where there are none at all."""
    there: set[int] = set()
    for block in ledger.blocks():
        records = block.records
        begun = np.isin(records["kind"], OF_ORDERS) | (
            np.isin(records["kind"], OF_HOLDS) & np.isin(records["code"], MARKET_HOLDS)
        )
        there.update(records["order"][begun].tolist())
    ordered = sorted(there - {0})
    at = bisect_left(ordered, order)
    return ", ".join(map(str, ordered[max(0, at - NEAR) : at + NEAR])) or "-"
