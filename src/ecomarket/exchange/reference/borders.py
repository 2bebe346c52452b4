"""Limits on what is sold across a border, on the reference exchange, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecomarket.exchange.reference.held import ReferenceHeld
from ecomarket.exchange.rules import LOTS_LIMIT
from ecomarket.model.codes import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecomarket.exchange.rules import VenueRules
    from ecomarket.model.command import BorderLimit


@dataclass
class Border:
    """A border: the lots that may still be sold out of it, and back; below 0 where the balance lies beyond a bound."""

    limit: BorderLimit
    room_out: int
    room_back: int


class ReferenceBorders(ReferenceHeld):
    """The room that is left at each border."""

    def __init__(self, accounts: int, instruments: int, venues: Sequence[VenueRules], system_accounts: int) -> None:
        super().__init__(accounts, instruments, venues, system_accounts)
        self.limited_borders: dict[str, Border] = {}

    def limit_border(self, limit: BorderLimit) -> None:
        """Keep sales across a border within bounds from now on."""
        if limit.out or limit.back:
            room = limit.most - limit.balance, limit.balance - limit.least
            self.limited_borders[limit.border] = Border(limit, *room)
        elif limit.border in self.limited_borders:
            del self.limited_borders[limit.border]

    def borders(self) -> dict[str, int]:
        """Return the balance of each border that has a limit, in lots."""
        return {name: border.limit.least + border.room_back for name, border in self.limited_borders.items()}

    def room_across(self, instrument: int, into: int) -> int:
        """Return the most lots that may still be sold so."""
        rooms = [b.room_out if outward else b.room_back for b, outward in self.crossed(instrument, into)]
        return max(min([LOTS_LIMIT, *rooms]), 0)

    def crossed(self, instrument: int, into: int) -> Iterator[tuple[Border, bool]]:
        """Go through the borders that a sale crosses, and whether it goes out of them."""
        for border in self.limited_borders.values():
            outward, backward = ((instrument, into) in pairs for pairs in (border.limit.out, border.limit.back))
            if outward != backward:
                yield border, outward

    def no_room(self, instrument: int, into: int, lots: int) -> Refusal:
        """Return that a border on the way has too little room."""
        for border, outward in self.crossed(instrument, into):
            if lots > (border.room_out if outward else border.room_back):
                return Refusal.BORDER_LIMIT
        return Refusal.NONE

    def take_room(self, instrument: int, into: int, lots: int) -> None:
        """Count a sale that both parties have agreed upon: what goes out may come back."""
        for border, outward in self.crossed(instrument, into):
            signed = lots if outward else -lots
            border.room_out -= signed
            border.room_back += signed
