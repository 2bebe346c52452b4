"""Deals that were agreed on outside the book, and those into which a seat stepped by its right to match."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ecomarket.model.codes import Mechanism

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.workshop.debrief.happened import Happened

ACCEPT: Final = "otc.accept"


def agreed(room: Happened) -> list[dict[str, Any]]:
    """Return by right how many deals were agreed, how much, at which prices; the largest turnover first."""
    trades = room.frames.trades
    own = trades[trades["mechanism"] == int(Mechanism.NEGOTIATED)]
    found = []
    for right in room.rights:
        deals = own[own["right"] == right]
        if len(deals):
            least, most = (room.price(right, price) for price in (deals["price"].min(), deals["price"].max()))
            units = room.units(right, int(deals["lots"].sum()))
            found.append({"right": right, "deals": len(deals), "units": units, "least": least, "most": most})
    return found


def matched(room: Happened) -> Iterator[dict[str, Any]]:
    """Yield the deals that people took by their right to match, in order: only they stand in the room's record."""
    trades, seat_of = room.frames.trades, {account: seat for seat, account in room.accounts.items()}
    own = trades[trades["mechanism"] == int(Mechanism.NEGOTIATED)]
    for step in room.record.of(ACCEPT):
        if not (step.counts and step.said.get("match")):
            continue
        deals = own[(own["t"] == step.t) & (own["buyer"] == room.accounts.get(step.seat, -1))]
        for _, deal in deals.head(1).iterrows():  # none: it was refused
            right = str(deal["right"])
            yield {
                "t": step.t,
                "right": right,
                "buyer": step.seat,
                "seller": seat_of.get(int(deal["seller"]), ""),
                "units": room.units(right, int(deal["lots"])),
                "price": room.price(right, int(deal["price"])),
            }
