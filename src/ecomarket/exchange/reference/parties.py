"""What deals, auctions and offers of the reference exchange have in common: parties, terms, fees. Plain Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.exchange.reference.borders import ReferenceBorders
from ecomarket.exchange.rules import LOTS_LIMIT, NOTIONAL_MAX, PRICE_MAX
from ecomarket.model.codes import AccountKind, Eligible, HoldReason, Refusal, Side, TransferCode
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.exchange.rules import VenueRules


class ReferenceParties(ReferenceBorders):
    """Who may trade outside the book, on which terms, and what it costs."""

    def __init__(self, accounts: int, instruments: int, venues: Sequence[VenueRules], system_accounts: int) -> None:
        super().__init__(accounts, instruments, venues, system_accounts)
        self.limited = any(v.holding_lots_max for v in venues)
        self.passages = {(n, r.sold, r.delivered): r.ppm for n, v in enumerate(venues) for r in v.ratios}

    def wants(self, account: int, instrument: int) -> int:
        """Return the lots that the account is about to buy; each kind of trade adds its own."""
        del account, instrument
        return 0

    def bad_market(self, venue: int, instrument: int) -> Refusal:
        """Return whether venue or instrument do not exist."""
        exists = 1 <= instrument < self.instruments and 0 <= venue < len(self.venues)
        return Refusal.NONE if exists else Refusal.UNKNOWN_INSTRUMENT

    def bad_party(self, account: int, instrument: int, side: int, others: Sequence[int] = ()) -> Refusal:
        """Return why an account cannot take a side of a trade with the others at all."""
        if not 0 <= account < self.accounts:
            return Refusal.UNKNOWN_ACCOUNT
        if account in others:
            return Refusal.SAME_PARTY
        if account in self.sinks:
            return Refusal.SINK_DEBIT
        needed = Eligible.BUY if side == Side.BUY else Eligible.SELL
        return Refusal.NONE if self.allowed[account, instrument] & needed else Refusal.NOT_ELIGIBLE

    def bad_host(self, venue: int, instrument: int, account: int, side: int, into: int = 0) -> Refusal:
        """Return why an account cannot open a trade in this market, with delivery of `into` (0: of what is sold)."""
        if not 0 <= account < self.accounts:
            return Refusal.UNKNOWN_ACCOUNT
        refusal = self.bad_market(venue, instrument)
        if refusal != Refusal.NONE:
            return refusal
        crosses = into not in (0, instrument)
        if crosses and (venue, instrument, into) not in self.passages:
            return Refusal.NO_PASSAGE
        return self.bad_party(account, into if crosses and side == Side.BUY else instrument, side)

    def delivery(self, venue: int, instrument: int, lots: int, into: int) -> tuple[int, int]:
        """Return the instrument and the lots that reach the buyer of a deal."""
        part = self.passages.get((venue, instrument, into))
        return (instrument, lots) if part is None else (into, lots * part // 1_000_000)

    def nothing_arrives(self, venue: int, instrument: int, lots: int, into: int) -> Refusal:
        """Return that too few lots are sold for one to arrive, or too many for a border on the way."""
        _, arriving = self.delivery(venue, instrument, lots, into)
        return Refusal.LOTS_BELOW_MINIMUM if arriving == 0 else self.no_room(instrument, into, lots)

    def convert(self, t: int, venue: int, instrument: int, lots: int, into: int, buyer: int) -> None:
        """Use up lots just bought and give the buyer what arrives of them in his zone."""
        got, arriving = self.delivery(venue, instrument, lots, into)
        if got == instrument:
            return
        trade = self.seq
        self.bought_today[buyer, instrument] -= lots
        self.bought_today[buyer, got] += arriving
        self.transfer(t, buyer, AccountKind.CONSUMED, instrument, lots, TransferCode.CONVERT_OUT, trade)
        self.transfer(t, AccountKind.ISSUANCE, buyer, got, arriving, TransferCode.CONVERT_IN, trade)

    def bad_price(self, venue: int, price: int) -> Refusal:
        """Return what is wrong with a price in itself."""
        if price < 1:
            return Refusal.PRICE_NOT_POSITIVE
        if price % self.venues[venue].tick_cash != 0:
            return Refusal.PRICE_OFF_TICK
        return Refusal.PRICE_OUTSIDE_BAND if price > PRICE_MAX else Refusal.NONE

    def bad_amounts(self, venue: int, price: int, lots: int) -> Refusal:
        """Return what is wrong with price or lots in themselves."""
        refusal = self.bad_price(venue, price)
        if refusal != Refusal.NONE:
            return refusal
        if lots < 1:
            return Refusal.LOTS_NOT_POSITIVE
        return Refusal.LOTS_ABOVE_MAXIMUM if lots > LOTS_LIMIT or lots * price > NOTIONAL_MAX else Refusal.NONE

    def short_of_units(self, venue: int, seller: int, instrument: int, lots: int) -> Refusal:
        """Return why the seller cannot deliver."""
        free = self.spendable(seller, instrument)
        if lots > free:
            return Refusal.INSUFFICIENT_UNITS
        if self.venues[venue].bought_today_locked and lots > free - self.bought_today[seller, instrument]:
            return Refusal.BOUGHT_TODAY
        return Refusal.NONE

    def cannot_buy(self, venue: int, buyer: int, instrument: int, lots: int, cash: int) -> Refusal:
        """Return why a buyer may not hold so many lots more, or does not have the cash."""
        limit = self.venues[venue].holding_lots_max
        if limit and self.posted_of[buyer, instrument] + self.wants(buyer, instrument) + lots > limit:
            return Refusal.HOLDING_LIMIT
        return Refusal.INSUFFICIENT_CASH if cash > self.spendable(buyer, CASH) else Refusal.NONE

    # --- one side of a deal, bid or offer
    def short(
        self, venue: int, account: int, instrument: int, side: int, price: int, lots: int, into: int = 0
    ) -> Refusal:
        """Return why an account cannot give its side of a trade."""
        if side == Side.SELL:
            return self.short_of_units(venue, account, instrument, lots)
        got, arriving = self.delivery(venue, instrument, lots, into)
        if got != instrument and account == AccountKind.ISSUANCE:
            return Refusal.SAME_PARTY
        return self.cannot_buy(venue, account, got, arriving, self.stake(venue, side, price, lots))

    def stake(self, venue: int, side: int, price: int, lots: int) -> int:
        """Return what one side has to give at most: lots, or cash and the buyer's fee."""
        return lots if side == Side.SELL else price * lots + self.fees(venue, side, [(price, lots)])

    def fees(self, venue: int, side: int, fills: Sequence[tuple[int, int]]) -> int:
        """Return what an order pays in fees for all its fills (price, lots) so far."""
        rules = self.venues[venue]
        if not fills:
            return 0
        if side == Side.BUY:
            rate, each = rules.fee_buy_ppm, rules.fee_buy_lot_cash
        else:
            rate, each = rules.fee_sell_ppm, rules.fee_sell_lot_cash
        total = rules.fee_fixed_cash + sum(price * lots * rate // 1_000_000 + each * lots for price, lots in fills)
        total = max(total, rules.fee_min_cash)
        if rules.fee_max_cash and total > rules.fee_max_cash:
            total = rules.fee_max_cash
        return total

    def last_fee(self, venue: int, side: int, fills: Sequence[tuple[int, int]]) -> int:
        """Return the fee of the last of an order's fills; a seller never pays more than the fill brings."""
        fee = self.fees(venue, side, fills) - self.fees(venue, side, fills[:-1])
        price, lots = fills[-1]
        return fee if side == Side.BUY else min(fee, price * lots)

    def keep(self, t: int, number: int, account: int, instrument: int, side: int, amount: int) -> None:
        """Hold the cash of a buyer or the units of a seller."""
        if side == Side.BUY:
            self.reserve(t, number, account, CASH, amount, HoldReason.BID)
        else:
            self.reserve(t, number, account, instrument, amount, HoldReason.OFFER)

    def free_up(self, t: int, number: int, account: int, instrument: int, side: int, amount: int) -> None:
        """Release the cash of a buyer or the units of a seller, if any is left."""
        if amount and side == Side.BUY:
            self.give_back(t, number, account, CASH, amount, HoldReason.BID)
        elif amount:
            self.give_back(t, number, account, instrument, amount, HoldReason.OFFER)
