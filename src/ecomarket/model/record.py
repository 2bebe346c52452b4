"""The journal record: 96 bytes, fixed width, one fact each. Replay applies records, it decides nothing.

Fields, all little-endian integers:
    seq 1, 2, 3, ...   t microseconds   kind RecordKind   code   flags   venue   instrument (0 is cash, -1 none)
    account, counter   account indices (-1 none)
    order, other, price, amount, hold, fee_buy, fee_sell   by kind, see below
    checksum           of the other 92 bytes and of the payload; filled when a block is sealed

What each kind says, and does to (posted, held):
    NOTE            code NoteCode; `other` is the index of its JSON payload within the block. Nothing.
    TRANSFER        code TransferCode; account is debited, counter credited with `amount` of `instrument`;
                    `order` is a free reference (a period yyyymm or yyyy, a project, 0);
                    `hold` of the debited amount is taken out of held as well (0 if it came from free), of hold `other`.
    HOLD, RELEASE   code HoldReason; held of (account, instrument) rises / falls by `amount`; `order` is the hold's id.
    ORDER_ACCEPTED  `order` its id, flags (below), `price`, `amount` lots; held rises by `hold`: of cash (instrument 0)
                    for a buy, of `instrument` for a sell; `other` the time t at which it expires (0: by its time in
                    force); `fee_buy` the lots shown of an iceberg (0: all). After ORDER_CANCELLED with code REPLACED
                    the same id may be accepted again on new terms.
    ORDER_REFUSED   as ORDER_ACCEPTED with code Refusal and hold 0. Nothing.
    ORDER_CANCELLED, ORDER_EXPIRED   code CancelReason; `amount` lots left the book (all that was open, or a part of
                    it); held falls by `hold` (cash or units by the side in flags).
    TRADE           code Mechanism; account is the buyer, counter the seller; `order` / `other` the buy / sell order or
                    hold id (0 none); `price` cash a lot, `amount` lots; flags: aggressor side (0 none).
                    buyer: cash posted -= price*amount + fee_buy, cash held -= hold, units posted += amount
                    seller: units posted -= amount, units held -= amount if flags & SELLER_HELD, cash posted +=
                    price*amount - fee_sell FEE account: cash posted += fee_buy + fee_sell
    CLOSE           `price` closing price of `instrument`, `amount` lots traded that day, `other` turnover in cash.
    HALT            code HaltReason; `other` the time t at which trading goes on, `price` the last price. Nothing.
    FACT            code FactCode about `account` (and `instrument` or -1); `order` period yyyymm or yyyy; `amount`;
    `price` extra. OBLIGATION      code Scheme; `order` period; `amount` required, `hold` met, `other` shortfall,
    `price` charge in cash.
"""

from __future__ import annotations

from typing import Final

import numpy as np

RECORD: Final = np.dtype(
    [
        ("seq", "<i8"),
        ("t", "<i8"),
        ("order", "<i8"),
        ("other", "<i8"),
        ("price", "<i8"),
        ("amount", "<i8"),
        ("hold", "<i8"),
        ("fee_buy", "<i8"),
        ("fee_sell", "<i8"),
        ("instrument", "<i4"),
        ("account", "<i4"),
        ("counter", "<i4"),
        ("kind", "<i2"),
        ("code", "<i2"),
        ("venue", "<i2"),
        ("flags", "<i2"),
        ("checksum", "<u4"),
    ]
)
assert RECORD.itemsize == 96

CASH: Final = 0
"""Index of cash among the instruments."""

FLAG_SIDE: Final = 3
"""Bits 0-1 of an order's flags: Side. Bits 2-3: OrderKind. Bits 4-6: TimeInForce. Bit 7: ICEBERG."""
SHIFT_KIND: Final = 2
SHIFT_TIF: Final = 4
ICEBERG: Final = 128
"""Bit 7 of an order's flags: others see a part of it only."""
SELLER_HELD: Final = 4
"""Bit 2 of a trade's flags: the seller's units were held (bits 0-1: aggressor side)."""


def order_flags(side: int, kind: int, tif: int, shown: int = 0) -> int:
    """Pack side, kind, time in force, and whether only a part is shown, into the flags of an order record.

    >>> order_flags(1, 0, 2), order_flags(2, 0, 4, shown=5)
    (33, 194)
    """
    return side | kind << SHIFT_KIND | tif << SHIFT_TIF | (ICEBERG if shown else 0)
