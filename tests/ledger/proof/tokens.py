"""The obvious ledger: every lot and every unit of cash is a token with an owner and, perhaps, a hold on it.

No balance is kept: what somebody has is counted. Nothing here is shared with the exchange, the kernel or the ledger.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ecomarket.model.codes import AccountKind, Refusal, TimeInForce

CASH = 0
BUY, SELL = 1, 2
FREE = 0
ISSUERS = (AccountKind.ISSUANCE, AccountKind.WORLD)
SINKS = (
    AccountKind.SURRENDER, AccountKind.RETIRED, AccountKind.CANCELLED, AccountKind.EXPIRED, AccountKind.CONSUMED,
)  # fmt: skip


@dataclass(slots=True)
class Token:
    """One unit of one instrument."""

    owner: int
    hold: int = FREE


@dataclass
class Order:
    """What somebody wants; its tokens are those held under its number."""

    number: int
    owner: int
    instrument: int
    side: int
    price: int
    lots: int
    tif: int
    paid_fee: int = 0


@dataclass
class Offer:
    """A deal that waits for the other party."""

    number: int
    owner: int
    instrument: int
    side: int
    price: int
    lots: int
    expire_t: int


@dataclass
class Venue:
    """The few rules that the small market has, by instrument."""

    fee_buy: int = 0
    fee_sell: int = 0
    locked: bool = False
    newest_leaves: bool = False


@dataclass
class Tokens:
    """Everything there is, token by token; each method returns the Refusal that the ledger must give."""

    venues: dict[int, Venue]
    tokens: dict[int, list[Token]] = field(default_factory=dict)
    minted: Counter[tuple[int, int]] = field(default_factory=Counter)
    orders: list[Order] = field(default_factory=list)
    offers: dict[int, Offer] = field(default_factory=dict)
    plain: dict[int, int] = field(default_factory=dict)
    bought: Counter[tuple[int, int]] = field(default_factory=Counter)
    barred: set[tuple[int, int, int]] = field(default_factory=set)

    # --- counting
    def count(self, owner: int, instrument: int, hold: int = FREE) -> int:
        return sum(t.owner == owner and t.hold == hold for t in self.tokens[instrument])

    def balances(self) -> dict[tuple[int, int, int], int]:
        """Return (account, instrument, 0 posted or 1 held) -> number; an issuer owes what it has minted."""
        found = {(account, instrument, 0): -n for (account, instrument), n in self.minted.items()}
        for instrument, all_of in self.tokens.items():
            for token in all_of:
                key = token.owner, instrument, 0
                found[key] = found.get(key, 0) + 1
                if token.hold:
                    key = token.owner, instrument, 1
                    found[key] = found.get(key, 0) + 1
        return {k: n for k, n in found.items() if n}

    # --- moving
    def pick(self, owner: int, instrument: int, n: int, hold: int = FREE) -> list[Token]:
        mine = [t for t in self.tokens[instrument] if t.owner == owner and t.hold == hold]
        while len(mine) < n and owner in ISSUERS:
            mine.append(Token(owner))
            self.tokens[instrument].append(mine[-1])
            self.minted[owner, instrument] += 1
        assert len(mine) >= n, "the model itself is short"
        return mine[:n]

    def give(self, owner: int, other: int, instrument: int, n: int, hold: int = FREE) -> None:
        for token in self.pick(owner, instrument, n, hold):
            token.owner, token.hold = other, FREE

    def keep(self, owner: int, instrument: int, n: int, hold: int) -> None:
        for token in self.pick(owner, instrument, n):
            token.hold = hold

    def loose(self, owner: int, instrument: int, hold: int, n: int | None = None) -> None:
        mine = [t for t in self.tokens[instrument] if t.owner == owner and t.hold == hold]
        for token in mine[:n]:
            token.hold = FREE

    # --- outside the market
    def cannot(self, owner: int, instrument: int, n: int) -> Refusal:
        if n < 1:
            return Refusal.AMOUNT_NOT_POSITIVE
        if owner in SINKS:
            return Refusal.SINK_DEBIT
        if owner not in ISSUERS and n > self.count(owner, instrument):
            return Refusal.INSUFFICIENT_UNITS if instrument else Refusal.INSUFFICIENT_CASH
        return Refusal.NONE

    def transfer(self, owner: int, other: int, instrument: int, n: int) -> Refusal:
        refusal = Refusal.SAME_PARTY if owner == other else self.cannot(owner, instrument, n)
        if not refusal:
            self.give(owner, other, instrument, n)
        return refusal

    def hold(self, number: int, owner: int, instrument: int, n: int) -> Refusal:
        refusal = self.cannot(owner, instrument, n)
        if not refusal:
            self.keep(owner, instrument, n, number)
            self.plain[number] = instrument
        return refusal

    def release(self, number: int) -> Refusal:
        if number not in self.plain:
            return Refusal.UNKNOWN_HOLD
        for token in self.tokens[self.plain.pop(number)]:
            token.hold = FREE if token.hold == number else token.hold
        return Refusal.NONE

    # --- what a trade costs
    def fee(self, instrument: int, side: int, value: int) -> int:
        venue = self.venues[instrument]
        return value * (venue.fee_buy if side == BUY else venue.fee_sell) // 1_000_000

    def stake(self, instrument: int, side: int, price: int, lots: int) -> int:
        """Return how many tokens (cash of a buyer, lots of a seller) a trade can take at most."""
        value = price * lots
        return value + self.fee(instrument, BUY, value) if side == BUY else lots

    def short(self, owner: int, instrument: int, side: int, price: int, lots: int) -> Refusal:
        asset = CASH if side == BUY else instrument
        free = self.count(owner, asset)
        if self.stake(instrument, side, price, lots) > free:
            return Refusal.INSUFFICIENT_CASH if side == BUY else Refusal.INSUFFICIENT_UNITS
        late = side == SELL and self.venues[instrument].locked and lots > free - self.bought[owner, instrument]
        return Refusal.BOUGHT_TODAY if late else Refusal.NONE

    def settle(self, buyer: int, seller: int, instrument: int, price: int, lots: int, holds: tuple[int, int]) -> None:
        value = price * lots
        buyer_fee = self.fee(instrument, BUY, value)
        seller_fee = min(self.fee(instrument, SELL, value), value)
        self.give(buyer, seller, CASH, value, holds[0])
        self.give(buyer, int(AccountKind.FEE), CASH, buyer_fee, holds[0])
        self.give(seller, int(AccountKind.FEE), CASH, seller_fee)
        self.give(seller, buyer, instrument, lots, holds[1])
        self.bought[buyer, instrument] += lots

    # --- the book
    def order(
        self, number: int, owner: int, instrument: int, side: int, price: int, lots: int, tif: int
    ) -> tuple[Refusal, int, int]:
        """Return the refusal, the lots traded and the lots that stay in the book."""
        order = Order(number, owner, instrument, side, price, lots, tif)
        refusal = (
            (Refusal.NOT_ELIGIBLE if (owner, instrument, side) in self.barred else Refusal.NONE)
            or (Refusal.PRICE_NOT_POSITIVE if price < 1 else Refusal.NONE)
            or (Refusal.LOTS_NOT_POSITIVE if lots < 1 else Refusal.NONE)
            or self.short(owner, instrument, side, price, lots)
            or self.unwanted(order)
        )
        if refusal:
            return refusal, 0, 0
        self.keep(owner, CASH if side == BUY else instrument, self.stake(instrument, side, price, lots), number)
        return Refusal.NONE, *self.meet(order)

    def against(self, order: Order) -> list[Order]:
        """Return the orders that this one could trade with, best price first, then the oldest."""
        sign = 1 if order.side == BUY else -1
        found = [o for o in self.orders if o.instrument == order.instrument and o.side != order.side]
        found = [o for o in found if sign * o.price <= sign * order.price]
        return sorted(found, key=lambda o: sign * o.price)

    def unwanted(self, order: Order) -> Refusal:
        there = self.against(order)
        if order.tif == TimeInForce.POST_ONLY and there:
            return Refusal.POST_ONLY_WOULD_TRADE
        if order.tif == TimeInForce.FOK:
            if self.venues[order.instrument].newest_leaves:
                mine = {o.price for o in there if o.owner == order.owner}
                stop = next((k for k, o in enumerate(there) if o.price in mine), len(there))
                there = there[:stop]
            if sum(o.lots for o in there if o.owner != order.owner) < order.lots:
                return Refusal.FOK_NOT_FILLABLE
        return Refusal.NONE

    def meet(self, order: Order) -> tuple[int, int]:
        traded = 0
        for other in self.against(order):
            if not order.lots:
                break
            if other.owner == order.owner:
                if self.venues[order.instrument].newest_leaves:
                    self.leave(order)
                    return traded, 0
                self.leave(other)
                continue
            lots = min(order.lots, other.lots)
            buy, sell = (order, other) if order.side == BUY else (other, order)
            self.fill(buy, sell, lots, other.price)
            traded += lots
            if not other.lots:
                self.orders.remove(other)
        if order.lots and order.tif == TimeInForce.IOC:
            self.leave(order)
        elif order.lots:
            self.orders.append(order)
        return traded, order.lots

    def fill(self, buy: Order, sell: Order, lots: int, price: int) -> None:
        holds = buy.number, sell.number
        self.settle(buy.owner, sell.owner, buy.instrument, price, lots, holds)
        buy.lots -= lots
        sell.lots -= lots
        needed = self.stake(buy.instrument, BUY, buy.price, buy.lots)
        self.loose(buy.owner, CASH, buy.number, self.count(buy.owner, CASH, buy.number) - needed)

    def leave(self, order: Order) -> None:
        self.loose(order.owner, CASH if order.side == BUY else order.instrument, order.number)
        order.lots = 0
        if order in self.orders:
            self.orders.remove(order)

    def find(self, number: int) -> Order | None:
        return next((o for o in self.orders if o.number == number), None)

    def cancel(self, owner: int, number: int) -> Refusal:
        order = self.find(number)
        if order is None:
            return Refusal.UNKNOWN_ORDER
        if order.owner != owner:
            return Refusal.NOT_OWNER
        self.leave(order)
        return Refusal.NONE

    def replace(self, owner: int, number: int, price: int, lots: int) -> tuple[Refusal, int, int]:
        order = self.find(number)
        if order is None:
            return Refusal.UNKNOWN_ORDER, 0, 0
        if order.owner != owner:
            return Refusal.NOT_OWNER, 0, 0
        if lots < 1:
            return Refusal.LOTS_NOT_POSITIVE, 0, 0
        asset = CASH if order.side == BUY else order.instrument
        if price == order.price and lots <= order.lots:
            order.lots = lots
            needed = self.stake(order.instrument, order.side, price, lots)
            self.loose(owner, asset, number, self.count(owner, asset, number) - needed)
            return Refusal.NONE, 0, lots
        if (owner, order.instrument, order.side) in self.barred:
            return Refusal.NOT_ELIGIBLE, 0, 0
        if price < 1:
            return Refusal.PRICE_NOT_POSITIVE, 0, 0
        mine = [t for t in self.tokens[asset] if t.owner == owner and t.hold == number]
        self.loose(owner, asset, number)  # what the old terms hold is free for the new ones
        place = self.orders.index(order)
        self.orders.remove(order)
        new = Order(number, owner, order.instrument, order.side, price, lots, order.tif)
        refusal = self.short(owner, order.instrument, order.side, price, lots)
        if not refusal and new.tif == TimeInForce.POST_ONLY:
            refusal = self.unwanted(new)
        if refusal:
            for token in mine:
                token.hold = number
            self.orders.insert(place, order)
            return refusal, 0, 0
        self.keep(owner, asset, self.stake(order.instrument, order.side, price, lots), number)
        return Refusal.NONE, *self.meet(new)

    def end_day(self) -> None:
        for order in [o for o in self.orders if o.tif != TimeInForce.GTC]:
            self.leave(order)
        self.bought.clear()

    # --- deals and offers
    def party(self, owner: int, instrument: int, side: int, other: int | None = None) -> Refusal:
        if owner == other:
            return Refusal.SAME_PARTY
        return Refusal.NOT_ELIGIBLE if (owner, instrument, side) in self.barred else Refusal.NONE

    def amounts(self, price: int, lots: int) -> Refusal:
        if price < 1:
            return Refusal.PRICE_NOT_POSITIVE
        return Refusal.LOTS_NOT_POSITIVE if lots < 1 else Refusal.NONE

    def deal(self, buyer: int, seller: int, instrument: int, price: int, lots: int) -> Refusal:
        refusal = (
            self.party(seller, instrument, SELL)
            or self.party(buyer, instrument, BUY, seller)
            or self.amounts(price, lots)
            or self.short(seller, instrument, SELL, price, lots)
            or self.short(buyer, instrument, BUY, price, lots)
        )
        if not refusal:
            self.settle(buyer, seller, instrument, price, lots, (FREE, FREE))
        return refusal

    def offer(self, number: int, owner: int, instrument: int, side: int, price: int, lots: int, end: int) -> Refusal:
        refusal = (
            self.party(owner, instrument, side)
            or self.amounts(price, lots)
            or self.short(owner, instrument, side, price, lots)
        )
        if not refusal:
            self.offers[number] = Offer(number, owner, instrument, side, price, lots, end)
            self.keep(owner, CASH if side == BUY else instrument, self.stake(instrument, side, price, lots), number)
        return refusal

    def accept(self, t: int, owner: int, number: int) -> Refusal:
        offer = self.offers.get(number)
        if offer is None:
            return Refusal.UNKNOWN_ORDER
        if offer.expire_t <= t:
            return Refusal.OFFER_EXPIRED
        side = 3 - offer.side
        refusal = self.party(owner, offer.instrument, side, offer.owner) or self.short(
            owner, offer.instrument, side, offer.price, offer.lots
        )
        if not refusal:
            del self.offers[number]
            buyer, seller = (offer.owner, owner) if offer.side == BUY else (owner, offer.owner)
            holds = (number, FREE) if offer.side == BUY else (FREE, number)
            self.settle(buyer, seller, offer.instrument, offer.price, offer.lots, holds)
        return refusal

    def withdraw(self, owner: int, number: int) -> Refusal:
        offer = self.offers.get(number)
        if offer is None:
            return Refusal.UNKNOWN_ORDER
        if offer.owner != owner:
            return Refusal.NOT_OWNER
        self.drop(offer)
        return Refusal.NONE

    def drop(self, offer: Offer) -> None:
        self.loose(offer.owner, CASH if offer.side == BUY else offer.instrument, offer.number)
        del self.offers[offer.number]

    def lapse(self, t: int) -> int:
        """End the offers whose time is over; return how many."""
        gone = [o for o in self.offers.values() if o.expire_t <= t]
        for offer in gone:
            self.drop(offer)
        return len(gone)
