"""Limits on what is sold across a border, on the fast exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.exchange.kernel.held import KernelHeld
from ecomarket.exchange.rules import LOTS_LIMIT
from ecomarket.model.codes import Refusal

if TYPE_CHECKING:
    from ecomarket.model.command import BorderLimit


class KernelBorders(KernelHeld):
    """Balances of borders: what has been sold out of them, less what has been sold back."""

    _limits: dict[str, BorderLimit]
    _sold: dict[str, int]

    def limit_border(self, limit: BorderLimit) -> None:
        """Keep sales across a border within bounds from now on."""
        self._limits.pop(limit.border, None)
        self._sold.pop(limit.border, None)
        if limit.out or limit.back:
            self._limits[limit.border] = limit
            self._sold[limit.border] = limit.balance

    def borders(self) -> dict[str, int]:
        """Return the balance of each border that has a limit, in lots."""
        return dict(self._sold)

    def room_across(self, instrument: int, into: int) -> int:
        """Return the most lots that may still be sold so."""
        least = LOTS_LIMIT
        for border, limit in self._limits.items():
            way, sold = _change(limit, instrument, into, 1), self._sold[border]
            if way:
                least = min(least, max(limit.most - sold if way > 0 else sold - limit.least, 0))
        return least

    def _refuse_crossing(self, instrument: int, into: int, lots: int) -> Refusal:
        """Check whether the balance of each border on the way stays within its bounds."""
        for border, limit in self._limits.items():
            change = _change(limit, instrument, into, lots)
            after = self._sold[border] + change
            if (change > 0 and after > limit.most) or (change < 0 and after < limit.least):
                return Refusal.BORDER_LIMIT
        return Refusal.NONE

    def _cross(self, instrument: int, into: int, lots: int) -> None:
        """Count a sale that both parties have agreed upon."""
        for border, limit in self._limits.items():
            self._sold[border] += _change(limit, instrument, into, lots)


def _change(limit: BorderLimit, instrument: int, into: int, lots: int) -> int:
    """Return by how much a sale changes the balance of a border."""
    way = (instrument, into)
    return lots * ((way in limit.out) - (way in limit.back))
