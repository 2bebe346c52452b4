"""What deals, auctions and offers of the fast exchange have in common: who may, on which terms, with which fees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ecomarket.exchange.kernel.auction import settle_deal
from ecomarket.exchange.kernel.borders import KernelBorders
from ecomarket.exchange.kernel.ledger import post_transfer
from ecomarket.exchange.rules import LOTS_LIMIT, NOTIONAL_MAX, PRICE_MAX
from ecomarket.ledger.state import BOUGHT_TODAY, BUYING, POSTED, SEQ
from ecomarket.model.codes import AccountKind, Eligible, Refusal, Side, TransferCode
from ecomarket.model.record import CASH
from ecomarket.units import PPM, mul_div_floor

if TYPE_CHECKING:
    from numpy.typing import NDArray


class KernelParties(KernelBorders):
    """Checks of parties, prices, lots and balances outside the book; each method returns the first Refusal."""

    _passages: dict[tuple[int, int, int], int]

    def _refuse_market(self, venue: int, instrument: int) -> Refusal:
        known = CASH < instrument < self._instruments and 0 <= venue < len(self._venues)
        return Refusal.NONE if known else Refusal.UNKNOWN_INSTRUMENT

    def _refuse_party(self, account: int, instrument: int, side: int) -> Refusal:
        if not self._known(account):
            return Refusal.UNKNOWN_ACCOUNT
        if self._ledger.sink[account]:
            return Refusal.SINK_DEBIT
        what = Eligible.BUY if side == Side.BUY else Eligible.SELL
        return Refusal.NONE if self._ledger.eligible[instrument, account] & int(what) else Refusal.NOT_ELIGIBLE

    def _refuse_opener(self, venue: int, instrument: int, account: int, side: int, into: int = 0) -> Refusal:
        """Check the party that names the market, and what is delivered there in place of what is sold."""
        if not self._known(account):
            return Refusal.UNKNOWN_ACCOUNT
        return (
            self._refuse_market(venue, instrument)
            or self._refuse_passage(venue, instrument, into)
            or self._refuse_party(account, side_of_passage(instrument, into, side), side)
        )

    def _refuse_passage(self, venue: int, instrument: int, into: int) -> Refusal:
        free = into in (0, instrument) or self._ratio(venue, instrument, into) > 0
        return Refusal.NONE if free else Refusal.NO_PASSAGE

    def _refuse_joiner(self, account: int, others: tuple[int, ...], instrument: int, side: int) -> Refusal:
        """Check the party that answers: it is none of the others."""
        if not self._known(account):
            return Refusal.UNKNOWN_ACCOUNT
        return Refusal.SAME_PARTY if account in others else self._refuse_party(account, instrument, side)

    def _refuse_price(self, venue: int, price: int) -> Refusal:
        if price <= 0:
            return Refusal.PRICE_NOT_POSITIVE
        if price % self._venues[venue].tick_cash:
            return Refusal.PRICE_OFF_TICK
        return Refusal.PRICE_OUTSIDE_BAND if price > PRICE_MAX else Refusal.NONE

    def _refuse_amounts(self, venue: int, price: int, lots: int) -> Refusal:
        refusal = self._refuse_price(venue, price)
        if refusal:
            return refusal
        if lots <= 0:
            return Refusal.LOTS_NOT_POSITIVE
        return Refusal.LOTS_ABOVE_MAXIMUM if lots > min(LOTS_LIMIT, NOTIONAL_MAX // price) else Refusal.NONE

    def _refuse_funds(
        self, venue: int, account: int, instrument: int, side: int, price: int, lots: int, into: int = 0
    ) -> Refusal:
        if side == Side.BUY:
            return self._refuse_cash(venue, account, instrument, price, lots, into)
        return self._refuse_units(venue, account, instrument, lots)

    def _refuse_units(self, venue: int, seller: int, instrument: int, lots: int) -> Refusal:
        free = self._available(seller, instrument)
        if free < lots:
            return Refusal.INSUFFICIENT_UNITS
        bought = int(self._ledger.balance[instrument, seller, BOUGHT_TODAY])
        locked = self._venues[venue].bought_today_locked and free - bought < lots
        return Refusal.BOUGHT_TODAY if locked else Refusal.NONE

    def _refuse_cash(self, venue: int, buyer: int, instrument: int, price: int, lots: int, into: int = 0) -> Refusal:
        limit = self._venues[venue].holding_lots_max
        got, arriving = self._delivery(venue, instrument, lots, into)
        if got != instrument and buyer == AccountKind.ISSUANCE:
            return Refusal.SAME_PARTY
        coming = int(self._ledger.balance[got, buyer, POSTED] + self._ledger.balance[got, buyer, BUYING])
        if limit and coming + arriving > limit:
            return Refusal.HOLDING_LIMIT
        short = self._available(buyer, CASH) < self._cost(venue, price, lots)
        return Refusal.INSUFFICIENT_CASH if short else Refusal.NONE

    # --- sales into another zone
    def _ratio(self, venue: int, sold: int, delivered: int) -> int:
        """Return the parts per million that arrive, 0 where the venue has no such passage."""
        return self._passages.get((venue, sold, delivered), 0)

    def _delivery(self, venue: int, instrument: int, lots: int, into: int) -> tuple[int, int]:
        """Return what the buyer of lots gets in the end: instrument and lots."""
        if into in (0, instrument):
            return instrument, lots
        return into, mul_div_floor(lots, self._ratio(venue, instrument, into), PPM)

    def _refuse_delivery(self, venue: int, instrument: int, lots: int, into: int) -> Refusal:
        arriving = self._delivery(venue, instrument, lots, into)[1]
        return self._refuse_crossing(instrument, into, lots) if arriving else Refusal.LOTS_BELOW_MINIMUM

    def _settle(
        self, t: int, mechanism: int, venue: int, instrument: int, into: int, buyer: int, seller: int, price: int,
        lots: int, bid: int = 0, cash: int = 0, units: int = 0,
    ) -> None:  # fmt: skip
        """Settle a deal from the holds `bid` (of `cash`) and `units`, 0 where a party gives from what is free.

        Where something else is delivered the buyer's lots are used up at once and those of his zone issued.
        """
        self._room(3)
        settle_deal(
            self._ledger, t, mechanism, venue, instrument, buyer, seller, price, lots,
            self._fee(venue, Side.BUY, price, lots), self._fee(venue, Side.SELL, price, lots), bid, cash, units,
        )  # fmt: skip
        got, arriving = self._delivery(venue, instrument, lots, into)
        if got != instrument:
            trade = int(self._ledger.counters[SEQ])
            out, back = int(TransferCode.CONVERT_OUT), int(TransferCode.CONVERT_IN)
            post_transfer(self._ledger, t, buyer, int(AccountKind.CONSUMED), instrument, lots, out, trade)
            post_transfer(self._ledger, t, int(AccountKind.ISSUANCE), buyer, got, arriving, back, trade)
            self._ledger.balance[instrument, buyer, BOUGHT_TODAY] -= lots
            self._ledger.balance[got, buyer, BOUGHT_TODAY] += arriving
        self._audit()

    # --- fees of an order with one fill
    def _rates(self, venue: int) -> NDArray[np.int64]:
        """Return what a venue takes, in the columns of kernel/auction."""
        r = self._venues[venue]
        fees = (r.fee_buy_ppm, r.fee_sell_ppm, r.fee_fixed_cash, r.fee_min_cash, r.fee_max_cash)
        return np.array((*fees, r.fee_buy_lot_cash, r.fee_sell_lot_cash), np.int64)

    def _fee(self, venue: int, side: int, price: int, lots: int) -> int:
        rules = self._venues[venue]
        if side == Side.BUY:
            rate, each = rules.fee_buy_ppm, rules.fee_buy_lot_cash
        else:
            rate, each = rules.fee_sell_ppm, rules.fee_sell_lot_cash
        fee = max(rules.fee_fixed_cash + mul_div_floor(price * lots, rate, PPM) + lots * each, rules.fee_min_cash)
        fee = min(fee, rules.fee_max_cash) if rules.fee_max_cash else fee
        return fee if side == Side.BUY else min(fee, price * lots)

    def _cost(self, venue: int, price: int, lots: int) -> int:
        return price * lots + self._fee(venue, Side.BUY, price, lots)

    def _track(self, account: int, instrument: int, lots: int) -> None:
        """Count lots that an account is about to buy, for the holding limit."""
        if any(v.holding_lots_max for v in self._venues):
            self._ledger.balance[instrument, account, BUYING] += lots


def side_of_passage(instrument: int, into: int, side: int) -> int:
    """Return the instrument that one side of a deal is about: what is sold, or what the buyer gets."""
    return into if into and side == Side.BUY else instrument
