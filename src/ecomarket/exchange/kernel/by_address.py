"""The arrays of an exchange behind one number: how Python hands them to compiled code without naming each.

Numba takes a tuple of arrays apart at every call, which costs more than ten messages. So an entry takes the address of
a block that says where each array stands and how long it is, and puts the arrays together again inside, free of
charge; what never changes about their shapes the compiler knows. Uncompiled, the block itself is its address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numba
import numpy as np
from numba.core import cgutils
from numba.extending import intrinsic

from ecomarket.exchange.kernel.state import new_book
from ecomarket.exchange.rules import VenueRules
from ecomarket.ledger.state import new_ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecomarket.exchange.kernel.state import BookState
    from ecomarket.ledger.state import LedgerState

    Parts = tuple[LedgerState, BookState]

PLAIN: Final = bool(numba.config.DISABLE_JIT)
"""Whether this source runs uncompiled."""
WORDS: Final = 5
"""Words of the block for each array: where it stands, then its shape."""


class Block:
    """Where the arrays of an exchange stand; made anew whenever one of them is replaced."""

    __slots__ = ("_words", "at", "parts")

    def __init__(self, ledger: LedgerState, book: BookState) -> None:
        self.parts: Parts = (ledger, book)
        arrays = [array for part in self.parts for array in part]
        self._words = np.zeros((len(arrays), WORDS), np.int64)
        for row, array in zip(self._words, arrays, strict=True):
            row[0] = array.ctypes.data
            row[1 : 1 + array.ndim] = array.shape
        self.at: Any = self if PLAIN else self._words.ctypes.data
        """What entries take."""


def example(size: int) -> tuple[Any, ...]:
    """Return arrays of an exchange; what two sizes have in common all have."""
    limited = VenueRules("example", open_orders_max=1)
    return new_ledger(size, size, 1, size), new_book(size, size, [limited], [], size, size)


def _rebuild(part: int) -> Callable[[int], Any]:
    """Return what makes a part of the block again from its address."""
    if PLAIN:
        return lambda block: block.parts[part]  # type: ignore[attr-defined]
    small, large = example(2), example(3)
    kind = numba.typeof(small[part])
    first = sum(len(before) for before in small[:part])
    fixed = [
        [a if a == b else 0 for a, b in zip(x.shape, y.shape, strict=True)]
        for x, y in zip(small[part], large[part], strict=True)
    ]

    def code(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        word = context.get_value_type(numba.types.intp)
        block = builder.inttoptr(values[0], word.as_pointer())
        arrays = [
            _array(context, builder, array, _words(builder, block, WORDS * (first + n), shape))
            for n, (array, shape) in enumerate(zip(kind.types, fixed, strict=True))
        ]
        return context.make_tuple(builder, kind, arrays)

    def typed(_context: Any, _at: Any) -> Any:
        return kind(numba.types.int64), code

    made: Callable[[int], Any] = intrinsic(typed)
    return made


def _words(builder: Any, block: Any, first: int, shape: list[int]) -> list[Any]:
    """Generate the reading of an array's words; a length that is known is not read. Nothing changes them in a call."""
    words = []
    for place, known in enumerate([0, *shape]):
        if known:
            words.append(block.type.pointee(known))
            continue
        word = builder.load(cgutils.gep_inbounds(builder, block, first + place))
        word.set_metadata("invariant.load", builder.module.add_metadata([]))
        words.append(word)
    return words


def _array(context: Any, builder: Any, kind: Any, words: list[Any]) -> Any:
    """Generate an array, contiguous, that owns nothing."""
    data, *shape = words
    sizes = [data.type(context.get_abi_sizeof(context.get_data_type(kind.dtype)))]
    for length in reversed(shape):
        sizes.append(builder.mul(sizes[-1], length))
    *strides, itemsize = sizes[-2::-1]
    fields = {
        "nitems": builder.udiv(sizes[-1], itemsize),
        "itemsize": itemsize,
        "data": builder.inttoptr(data, context.get_data_type(kind.dtype).as_pointer()),
        "shape": cgutils.pack_array(builder, shape),
        "strides": cgutils.pack_array(builder, [*strides, itemsize]),
    }
    array, model = context.get_constant_null(kind), context.data_model_manager[kind]
    for name, value in fields.items():
        array = builder.insert_value(array, value, model.get_field_position(name))
    return array


ledger_at: Final = _rebuild(0)
"""Return the LedgerState behind an address."""
book_at: Final = _rebuild(1)
"""Return the BookState behind an address."""
