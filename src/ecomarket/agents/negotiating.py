"""How a party that wants to trade behaves at a negotiated venue, from its row of the intent table alone.

It holds to the plan of `quoting.limit_quote`: a target, a reservation price, an expected price, an urgency. Whatever is
good enough it accepts, the best first. An offer made to it alone that is not good enough it answers once, half way;
to the maker of an open offer it writes half way from its own opening. Else it lays out an offer of its own, above or
below its limit by a concession, for a part of what it wants: units and cash that are offered are not free for the
market. An offer that its plan has left behind is withdrawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ecomarket.model.codes import Side
from ecomarket.model.negotiation import Act, Move

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.model.negotiation import Seen, Table

CONCESSION: Final = 0.05
"""How far an opening lies from the limit, as a share, at rest; nothing when urgent (assumption)."""
REACH: Final = 0.2
"""How far from its own limit a price may lie and still be worth an answer, as a share (assumption)."""
OFFERED: Final = 0.5
"""Part of what is wanted that is offered at once; the rest stays free for the market (assumption)."""


class Wish(NamedTuple):
    """What a party wants: side, lots, the price it would not pass, the price it opens with, the tick of prices.

    firm   it names its limit and bargains no further: every offer of its own is all it wants, at that price
    """

    side: int
    lots: int
    limit: float
    opening: float
    tick: int
    firm: bool = False

    def takes(self, price: float) -> bool:
        """Tell whether a price is good enough."""
        return price <= self.limit if self.side == Side.BUY else price >= self.limit

    def is_near(self, price: float) -> bool:
        """Tell whether a price is worth an answer."""
        return self.takes(price) if self.firm else abs(price - self.limit) <= REACH * self.limit

    def half_way(self, price: float) -> int:
        """Return the middle between the own opening and a price, never past the own limit, on the tick.

        >>> Wish(Side.BUY, 5, 100.0, 95.0, 1).half_way(110), Wish(Side.SELL, 5, 100.0, 105.0, 1).half_way(85)
        (100, 100)
        >>> Wish(Side.BUY, 5, 100.0, 90.0, 1).half_way(104)
        97
        """
        middle = (self.opening + price) / 2.0
        bounded = min(middle, self.limit) if self.side == Side.BUY else max(middle, self.limit)
        return self.on_tick(bounded)

    def on_tick(self, price: float) -> int:
        """Round a price to its own safe side: a buyer down, a seller up."""
        down = int(price // self.tick) * self.tick
        return down if self.side == Side.BUY or down == price else down + self.tick


def wish_of(me: Any, table: Table) -> Wish | None:
    """Return what a row of the intent table still wants here, None if it is nothing or too little.

    The limit is the mean reservation of all lots, held back towards the expected price while there is time.
    """
    need = int(me["target"]) - table.position
    if need * (int(me["target"]) - me["d"]) <= 0.0:
        return None
    sign, side = (1, Side.BUY) if need > 0 else (-1, Side.SELL)
    lots = need * sign - table.pending
    if side == Side.SELL:
        lots = min(lots, table.free_units)
    bound = me["reservation"] + me["slope"] * (table.position - me["d"] + sign * (lots - 1) / 2.0)
    limit = bound
    if me["c"] > 0.0 and sign * (bound - me["c"]) > 0.0:
        limit = me["c"] + (bound - me["c"]) * me["urgency"]
    if limit <= 0.0 or side not in table.sides:
        return None
    if side == Side.BUY:
        lots = min(lots, table.charges.affords(table.free_cash, limit))
    opening = limit * (1.0 - sign * CONCESSION * (1.0 - me["urgency"]) * (0.5 + table.u))
    return Wish(side, lots, float(limit), float(opening), table.tick) if lots >= table.lots_min else None


def moves(me: Any, table: Table) -> Sequence[Move]:
    """Return a party's moves at one look: at most one offer, answer or acceptance, after what it withdraws for it."""
    return moves_of(wish_of(me, table), table)


def moves_of(wish: Wish | None, table: Table) -> Sequence[Move]:
    """Return the moves that serve a wish; without one, withdraw what stands."""
    mine = [Move(Act.WITHDRAW, o.offer) for o in table.offers if o.mine]
    if wish is None:
        return mine
    for find in (_accept, _answer, _write):
        move = find(wish, table)
        if move is not None:
            return [*mine, move]
    own = [o for o in table.offers if o.mine]
    if own and all(_stands(wish, o) for o in own):
        return []
    part = wish.lots if wish.firm else int(wish.lots * OFFERED)
    lots = max(min(part, table.lots_max or wish.lots), table.lots_min)
    price = wish.on_tick(wish.opening)
    if wish.side not in table.open_sides or price <= 0:
        return mine
    return [*mine, Move(Act.OFFER, 0, wish.side, price, lots)]


def _accept(wish: Wish, table: Table) -> Move | None:
    """Accept, or take over, the best offer that is good enough and not too large; those made to it alone first."""
    fit = [
        o
        for o in table.offers
        if (o.may_accept or o.may_match) and o.side != wish.side and o.lots <= wish.lots and wish.takes(o.price)
    ]
    sign = 1 if wish.side == Side.BUY else -1
    best = min(fit, key=lambda o: (not o.to_one, sign * o.price, o.offer), default=None)
    if best is None:
        return None
    return Move(Act.ACCEPT if best.may_accept else Act.TAKE_OVER, best.offer)


def _answer(wish: Wish, table: Table) -> Move | None:
    """Answer the best offer made to it alone, once, half way."""
    asked = [
        o
        for o in table.offers
        if o.to_one and o.may_accept and not o.is_answer and o.side != wish.side and wish.is_near(o.price)
    ]
    best = _nearest(wish, asked)
    if best is None:
        return None
    lots, price = _named(wish, best, table)
    return Move(Act.COUNTER, best.offer, wish.side, price, lots, way=best.way) if lots > 0 else None


def _write(wish: Wish, table: Table) -> Move | None:
    """Write to the maker of the open offer that is nearest, unless an offer to somebody stands already."""
    has_written = not wish.firm and any(o.mine and o.to_one and _stands(wish, o) for o in table.offers)
    if wish.side not in table.open_sides or has_written:
        return None
    open_to_all = [
        o
        for o in table.offers
        if (o.may_write or (o.may_accept and not o.to_one))
        and o.side != wish.side
        and o.lots >= table.lots_min
        and (wish.is_near(o.price) or (o.may_write and wish.takes(o.price)))
    ]
    best = _nearest(wish, open_to_all)
    if best is None:
        return None
    lots, price = _named(wish, best, table)
    return Move(Act.OFFER, 0, wish.side, price, lots, best.maker, best.way) if lots > 0 else None


def _named(wish: Wish, best: Seen, table: Table) -> tuple[int, int]:
    """Return (lots, price) to name for an offer: its own price if that is good enough, else half way."""
    lots, price = best.part(min(wish.lots, best.lots), table.tick)
    return lots, price if wish.takes(price) else wish.half_way(price)


def _nearest(wish: Wish, offers: Sequence[Seen]) -> Seen | None:
    sign = 1 if wish.side == Side.BUY else -1
    return min(offers, key=lambda o: (sign * o.price, o.offer), default=None)


def _stands(wish: Wish, own: Seen) -> bool:
    """Tell whether an own offer still says what is wanted."""
    still = own.side == wish.side and own.lots <= wish.lots and wish.takes(own.price)
    return still and not (wish.firm and own.to_one)
