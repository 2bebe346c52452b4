"""Where the clock of an ascending auction stops, for the fast exchange: by bisection, since demand only falls.

Prices are values as in kernel/auction: a higher value is the better bid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ecomarket.exchange.kernel.auction import LOT_ALL, LOT_FROM

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Stop(NamedTuple):
    """What the clock comes to: the value all winners pay, and the value at which a bid counts as one that stayed."""

    value: int
    stay: int


class Clock:
    """A clock over bids of `values` and `lots`, and tranches (columns of kernel/auction); it starts at `start`."""

    def __init__(
        self, values: NDArray[np.int64], lots: NDArray[np.int64], tranches: NDArray[np.int64], start: int, step: int
    ) -> None:
        self._values, self._lots, self._tranches = values, lots, tranches
        self._start, self._step = start, step

    def stop(self) -> Stop:
        """Return where the clock stops. Triggers of reserves are steps too.

        If those who stay want less than was there a step before, the price is the step before.
        """
        low, high = self._start, max(int(self._values.max(initial=self._start)) + 1, self._start)
        while low < high:
            middle = (low + high) // 2
            if self._demand(middle) <= self._supply(middle):
                high = middle
            else:
                low = middle + 1
        last = self._step_from(low)
        if last == self._start:
            return Stop(last, last)
        before = self._step_before(last)
        return Stop(last, last) if self._demand(last) >= self._supply(before) else Stop(before, last)

    def _demand(self, value: int) -> int:
        return int(self._lots[self._values >= value].sum())

    def _supply(self, value: int) -> int:
        return int(self._tranches[self._tranches[:, LOT_FROM] <= value, LOT_ALL].sum())

    def _triggers(self) -> list[int]:
        return [v for v in self._tranches[:, LOT_FROM].tolist() if v > self._start]

    def _step_from(self, value: int) -> int:
        """Return the first step that is not below a value."""
        steps = -(-(value - self._start) // self._step)
        return min([self._start + steps * self._step, *(v for v in self._triggers() if v >= value)])

    def _step_before(self, value: int) -> int:
        """Return the last step below a value above the start."""
        steps = (value - 1 - self._start) // self._step
        return max([self._start + steps * self._step, *(v for v in self._triggers() if v < value)])
