"""Negotiated venues: once a trading day, after the sittings, parties look at the offers there and make their moves.

Who looks at a market today also turns to its negotiated venue; to whom an offer is written certainly does. Parties act
one after another, in a drawn order, each seeing what those before it have left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ecomarket.chance import key as who_is
from ecomarket.engine.listing import charges_of_venue
from ecomarket.engine.passages import passages
from ecomarket.engine.seen import Passages, about
from ecomarket.exchange.terms import OfferTerms
from ecomarket.model.codes import Eligible, Mechanism, Refusal, Side
from ecomarket.model.negotiation import Act, Table
from ecomarket.model.record import CASH
from ecomarket.scenario.schema.market import Negotiation
from ecomarket.scenario.venues import mechanism_of
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from ecomarket.agents.strategy import Strategy
    from ecomarket.chance import Draws
    from ecomarket.engine.cohorts import Cohorts
    from ecomarket.engine.people import People
    from ecomarket.exchange.protocol import Exchange
    from ecomarket.exchange.rules import VenueRules
    from ecomarket.exchange.terms import OpenOffer
    from ecomarket.model.charges import Charges
    from ecomarket.model.entities import Participant
    from ecomarket.model.negotiation import Move
    from ecomarket.model.setting import Setting
    from ecomarket.scenario import Scenario

PARTNER = "partner"


@dataclass(frozen=True)
class Room:
    """One negotiated venue: its number, its rules, and the instruments traded there, in order."""

    venue: int
    rules: VenueRules
    terms: Negotiation
    instruments: tuple[int, ...]

    @cached_property
    def charges(self) -> Charges:
        """Return what the venue takes from each side."""
        return charges_of_venue(self.rules)

    @cached_property
    def passages(self) -> Passages:
        """Return the ways into other zones."""
        return Passages(self.rules)


def rooms(scenario: Scenario, setting: Setting, rules: Sequence[VenueRules]) -> tuple[Room, ...]:
    """Return the negotiated venues of a scenario."""
    return tuple(
        Room(
            number,
            replace(rules[number], ratios=passages(venue, setting.instruments, setting.zones)),
            venue.negotiation or Negotiation(),
            tuple(sorted(i.index for right in venue.rights for i in setting.listed(right))),
        )
        for number, venue in enumerate(scenario.config.venues.values())
        if mechanism_of(venue) == Mechanism.NEGOTIATED
    )


class Negotiations:
    """Holds the negotiated venues of a run; `count` hears each refusal."""

    def __init__(
        self,
        exchange: Exchange,
        setting: Setting,
        cohorts: Cohorts,
        held_at: tuple[Room, ...],
        draws: Draws,
        count: Callable[[object, int], None],
        people: People,
    ) -> None:
        self._exchange = exchange
        self._setting = setting
        self._intents = cohorts.intents
        self.rooms = held_at
        self._draws = draws
        self._count = count
        self._people = people
        self._answers: set[int] = set()
        self._standing: dict[tuple[int, int], list[OpenOffer]] = {}
        self._priorities: dict[tuple[tuple[str, ...], int], tuple[int, ...]] = {}
        self._place: list[tuple[Strategy, int]] = [(s, n) for s in cohorts.strategies for n in range(len(s.intents))]
        owners = [setting.by_account[int(a)] for a in cohorts.intents["account"]]
        self._who = np.array([who_is(p.code) for p in owners], dtype=np.int64)
        self._rows = [self._of(room, owners) for room in held_at]

    def _of(self, room: Room, people: Sequence[Participant]) -> NDArray[np.int64]:
        """Return the intents that may be pursued in a room."""
        kinds, here = room.terms.parties, frozenset(room.instruments)
        listed = self._intents["instrument"].tolist()
        rows = [n for n, i in enumerate(listed) if i in here and (not kinds or people[n].kind in kinds)]
        return np.array(rows, dtype=np.int64)

    def expire(self, t: int) -> bool:
        """Let time end what it ends, on every day; tell whether something did."""
        return bool(self.rooms and self._exchange.expire_offers(t))

    def sit(self, t: int, looks: NDArray[np.float64], allowed: NDArray[np.uint8], posted: NDArray[np.int64]) -> None:
        """Let those who look (or are written to) make their moves.

        looks       how often each intent looks at its market today      allowed   Eligible bits (accounts, instruments)
        posted      posted balances (accounts, instruments)
        """
        day = t // DAY
        self._standing.clear()
        for room, rows in zip(self.rooms, self._rows, strict=True):
            accounts, instruments = self._intents["account"][rows], self._intents["instrument"][rows]
            who, what = self._who[rows], instruments.astype(np.int64)
            wants = np.abs(self._intents["target"][rows] - posted[accounts, instruments]) >= room.rules.lots_min
            has_made, written_to = self._concerned(room, accounts, instruments)
            looking = self._draws.uniform(who, "negotiation-look", day, what) < looks[rows]
            present = (looking & (wants | has_made)) | written_to
            present &= ~self._people.driven[accounts]
            present &= np.isin(instruments, [i for i in room.instruments if self._open_until(room, i, t) > t])
            luck = self._draws.bits(who, "negotiation-turn", day, what)
            opening = self._draws.uniform(who, "negotiation-u", day, what)
            for n in np.lexsort((luck, what)):
                if present[n]:
                    may = int(allowed[accounts[n], instruments[n]])
                    self._turn(t, room, int(rows[n]), (may, float(opening[n])))

    def _open_until(self, room: Room, instrument: int, t: int) -> int:
        """Return until when an offer made now may stand: 0 if the instrument is not issued yet.

        Whatever is agreed is settled before the last day of the instrument's life is out, so that what expires with it
        is held by nobody.
        """
        listed, terms = self._setting.instruments[instrument], room.terms
        if not listed.lives(t):
            return 0
        ends_t = t + terms.days * DAY
        return ends_t if listed.expires_t < 0 else min(ends_t, listed.expires_t - (1 + terms.match_days) * DAY)

    def _concerned(
        self, room: Room, accounts: NDArray[np.int32], instruments: NDArray[np.int32]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Tell which parties have made an offer that nobody has accepted, and which have one made to them alone."""
        found = np.zeros((2, len(accounts)), dtype=bool)
        named: dict[tuple[int, int], set[int]] = {}
        for offer in (o for instrument in room.instruments for o in self._offers(room, instrument) if o.taker < 0):
            named.setdefault((0, about(offer, offer.side)), set()).add(offer.account)
            if offer.terms.to:
                named.setdefault((1, about(offer, 3 - offer.side)), set()).update(offer.terms.to)
        for (row, instrument), who in named.items():
            found[row] |= (instruments == instrument) & np.isin(accounts, sorted(who))
        return found[0], found[1]

    def _turn(self, t: int, room: Room, at: int, own: tuple[int, float]) -> None:
        """Let one party look and move; `own` is what it may do, and its draw."""
        account, instrument = int(self._intents["account"][at]), int(self._intents["instrument"][at])
        strategy, row = self._place[at]
        if not strategy.sits(row, self._exchange.posted(account, instrument)):
            return
        for move in strategy.negotiate(row, self._table(t, room, account, instrument, own)):
            sold = move.way.sold if move.way else instrument
            self._count(move, self._carry_out(t, room, account, sold, move)[0])
            self._standing.clear()

    def move(self, t: int, account: int, instrument: int, move: Move) -> tuple[int, int]:
        """Let a person offer where an instrument is negotiated; return (Refusal, id of the offer)."""
        kind = self._setting.by_account[account].kind
        for room in self.rooms:
            if instrument in room.instruments and (not room.terms.parties or kind in room.terms.parties):
                self._standing.clear()
                if self._open_until(room, instrument, t) <= t:
                    return Refusal.MARKET_CLOSED, 0
                return self._carry_out(t, room, account, instrument, move)
        return Refusal.NOT_ELIGIBLE, 0

    def answer(self, t: int, account: int, move: Move) -> tuple[int, int]:
        """Let a person answer or withdraw an offer; return (Refusal, id of the offer that stands then)."""
        for room, offer in self.standing(anew=True):
            if offer.offer == move.offer:
                self._standing.clear()
                return self._carry_out(t, room, account, offer.instrument, move)
        return Refusal.UNKNOWN_ORDER, 0

    def standing(self, *, anew: bool = False) -> Iterator[tuple[Room, OpenOffer]]:
        """Yield every offer that stands, with where it stands; `anew`: as the exchange has them now."""
        if anew:
            self._standing.clear()
        for room in self.rooms:
            for instrument in room.instruments:
                yield from ((room, offer) for offer in self._offers(room, instrument))

    def _table(self, t: int, room: Room, account: int, instrument: int, own: tuple[int, float]) -> Table:
        """Return what a party sees."""
        allowed, luck = own
        ways = room.passages
        offers = [o for i in (instrument, *ways.beside(instrument)) for o in self._offers(room, i)]
        made = [o for o in offers if o.account == account and about(o, o.side) == instrument]
        mine = [o for o in made if o.taker < 0]
        taken = [o for o in offers if o.taker == account and about(o, 3 - o.side) == instrument]
        waiting = [o for o in (*made, *taken) if o.taker >= 0]
        sides = {side for side, bit in ((Side.BUY, Eligible.BUY), (Side.SELL, Eligible.SELL)) if allowed & bit}
        # Buyers' own offers would pass by those who come first or may match a sale.
        ordered = room.terms.first or room.terms.match_by
        held = sum(o.lots for o in mine if o.side == Side.SELL)
        blocked = sum(o.price * o.lots for o in mine if o.side == Side.BUY)
        space = self._exchange.room_across
        seen = (ways.seen(t, o, account, instrument, (o.offer in self._answers, space)) for o in offers)
        return Table(
            offers=tuple(s for s in seen if s is not None),
            position=self._exchange.posted(account, instrument),
            free_units=self._exchange.free(account, instrument) + held,
            free_cash=self._exchange.free(account, CASH) + blocked,
            pending=sum(ways.own_lots(o, instrument) for o in waiting),
            tick=room.rules.tick_cash,
            lots_min=room.rules.lots_min,
            lots_max=room.rules.lots_max,
            sides=frozenset(sides),
            open_sides=frozenset(sides & {Side.SELL} if ordered else sides),
            u=luck,
            charges=room.charges,
        )

    def _offers(self, room: Room, instrument: int) -> list[OpenOffer]:
        """Return what stands in a room; asked for anew only once somebody has moved."""
        key = room.venue, instrument
        if key not in self._standing:
            self._standing[key] = [o for o in self._exchange.open_offers(instrument) if o.venue == room.venue]
        return self._standing[key]

    def _carry_out(self, t: int, room: Room, account: int, instrument: int, move: Move) -> tuple[int, int]:
        """Carry out a move; return (Refusal, id of the offer that it made or was about)."""
        exchange = self._exchange
        ends_t, (price, lots) = self._open_until(room, instrument, t), room.passages.terms(move)
        if move.act is Act.OFFER:
            terms = self._terms(room, account, move, (t, ends_t))
            made, refusal = exchange.offer(t, room.venue, instrument, account, move.side, price, lots, terms)
            return refusal, made
        if move.act is Act.COUNTER:
            made, refusal = exchange.counter(t, account, move.offer, price, lots, ends_t)
            self._answers |= {made} - {0}
            return refusal, made
        if move.act is Act.ACCEPT:
            return exchange.accept(t, account, move.offer), move.offer
        if move.act is Act.TAKE_OVER:
            return exchange.take_over(t, account, move.offer), move.offer
        return exchange.withdraw(t, account, move.offer), move.offer

    def _terms(self, room: Room, account: int, move: Move, times: tuple[int, int]) -> OfferTerms:
        """Return to whom and until when an offer stands; windows and rights to match concern what is sold."""
        t, ends_t = times
        to = (move.to,) if move.to >= 0 else ()
        first, matching = ((), ()) if move.side == Side.BUY else self._priority(room, account)
        return OfferTerms(
            to,
            ends_t,
            first,
            t + room.terms.window_days * DAY if first else 0,
            matching,
            room.terms.match_days * DAY if matching else 0,
            move.way.delivered if move.way else 0,
        )

    def _priority(self, room: Room, maker: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return who may accept first, and who may match."""
        return self._accounts(room.terms.first, maker), self._accounts(room.terms.match_by, maker)

    def _accounts(self, kinds: Sequence[str], maker: int) -> tuple[int, ...]:
        key = tuple(kinds), maker
        if key not in self._priorities:
            partner = str(self._setting.by_account[maker].facts.get(PARTNER, ""))
            self._priorities[key] = tuple(
                p.account
                for p in self._setting.participants
                if p.account != maker and (p.kind in kinds or (PARTNER in kinds and p.code == partner))
            )
        return self._priorities[key]
