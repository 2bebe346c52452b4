"""Ask memory early for what a message will need, while what comes before it is worked on.

The balances of ten thousand parties fit in no processor's near cache, and a line from far away takes longer than all
the arithmetic of a message; asked for ahead, it costs next to nothing. Asking changes no result and cannot fault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numba
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic

from ecomarket.compiled import kernel
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.ledger.state import LedgerState

AHEAD: Final = 3
"""How many messages ahead: time enough for a line from main memory, and it is still there when its turn comes."""


def _code(kinds: Sequence[Any], context: Any, builder: Any, values: Sequence[Any]) -> Any:
    """Generate the prefetch of a cache line that will be written to: data, to keep near."""
    kind, *numbers = kinds
    place = [
        context.cast(builder, value, number, numba.types.intp)
        for value, number in zip(values[1:], numbers, strict=True)
    ]
    place += [context.get_constant(numba.types.intp, 0)] * (kind.ndim - 2)
    view = context.make_array(kind)(context, builder, values[0])
    byte, flag = ir.IntType(8).as_pointer(), ir.IntType(32)
    prefetch = builder.module.declare_intrinsic(
        "llvm.prefetch", (byte,), ir.FunctionType(ir.VoidType(), [byte, flag, flag, flag])
    )
    pointer = builder.bitcast(cgutils.get_item_pointer(context, builder, kind, view, place), byte)
    builder.call(prefetch, [pointer, flag(1), flag(3), flag(1)])
    return context.get_dummy_value()


def _compiled_fetch(_context: Any, array: Any, first: Any, second: Any) -> Any:
    """Tell Numba what a prefetch takes, and how its code is made."""
    return numba.types.void(array, first, second), lambda context, builder, signature, values: _code(
        signature.args, context, builder, values
    )


def _no_fetch(array: NDArray[Any], first: int, second: int) -> None:
    """Do nothing, where nothing is compiled."""


fetch: Callable[[NDArray[Any], int, int], None] = _no_fetch if numba.config.DISABLE_JIT else intrinsic(_compiled_fetch)
"""Ask for the cache line at array[first, second, 0, ...]."""


@kernel
def fetch_party(ledger: LedgerState, account: int, instrument: int) -> None:
    """Ask for an account's cash and units."""
    fetch(ledger.balance, CASH, account)
    fetch(ledger.balance, instrument, account)


@kernel
def look_ahead(ledger: LedgerState, messages: NDArray[np.void], number: int) -> None:
    """Ask for the party of the message AHEAD of `number`."""
    if number + AHEAD < messages.shape[0]:
        row = messages[number + AHEAD]
        fetch_party(ledger, int(row["account"]), int(row["instrument"]))
        fetch(ledger.eligible, int(row["instrument"]), int(row["account"]))
