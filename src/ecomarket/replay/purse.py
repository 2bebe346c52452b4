"""Holdings without end: what an account is about to need is there before its order is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.exchange.alone import INSTRUMENT
from ecomarket.model.codes import CONTRA_ACCOUNTS, Side, TransferCode
from ecomarket.model.record import CASH
from ecomarket.units import PPM

if TYPE_CHECKING:
    from ecomarket.exchange.protocol import Exchange
    from ecomarket.exchange.rules import VenueRules

SOURCES: Final = tuple(int(account) for account in CONTRA_ACCOUNTS)
OPENING: Final = int(TransferCode.OPENING)
"""Plain numbers: compiled code takes them faster than members of an enumeration."""
GRANT: Final = {CASH: 2**42, INSTRUMENT: 2**32}
"""Least cash units and lots given at a time: 4.4e8 CNY, 4.3e9 lots."""


class Purse:
    """Grants cash and units out of the contra accounts, whose credit is 4 x 2^60."""

    def __init__(self, exchange: Exchange, rules: VenueRules) -> None:
        self._exchange = exchange
        self._fee_ppm = max(rules.fee_buy_ppm, rules.maker_buy_ppm)
        self._fee_lot = rules.fee_buy_lot_cash
        self._fee_least = rules.fee_fixed_cash + rules.fee_min_cash + 1
        self._left: dict[tuple[int, int], int] = {}

    def fill(self, t: int, account: int, side: int, price: int, lots: int) -> None:
        """See to it that an account has what an order of `lots` at `price` (a market order: the highest) may hold."""
        if price <= 0 or lots <= 0:
            return
        if side == Side.BUY:
            notional = price * lots
            fees = notional * self._fee_ppm // PPM + lots * self._fee_lot + self._fee_least
            instrument, need = CASH, notional + fees
        else:
            instrument, need = INSTRUMENT, lots
        left = self._left.get((account, instrument), 0) - need
        if left < 0:
            left = self._exchange.free(account, instrument) - need
        if left < 0:
            left += self._grant(t, account, instrument, max(need, GRANT[instrument]))
        self._left[account, instrument] = left

    def _grant(self, t: int, account: int, instrument: int, amount: int) -> int:
        """Return what was given: the amount, or 0 where the credit is used up; the order is then refused by itself."""
        for source in SOURCES:
            if not self._exchange.transfer(t, source, account, instrument, amount, OPENING):
                return amount
        return 0
