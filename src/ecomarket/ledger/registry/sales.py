"""Forced sale of pledged lots: the pledgee's own sell orders, through the order entry everybody uses.

Before a sitting closes the pledgee takes the bids that stand, best first, immediate or cancel, until the loan is paid
or the bids end; what is left waits for the next sitting. What the sale brings beyond the loan, and lots it did not
need, go back to the debtor. Until then they are held: the pledgee has them to sell for the debtor, not as its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecomarket.model.codes import Eligible, HoldReason, Side, TimeInForce, TransferCode
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.ledger.registry.desk import Desk
    from ecomarket.ledger.registry.pledges import Pledged, Pledges
    from ecomarket.model.registry import Pledge


@dataclass(slots=True)
class Sale:
    """A sale that goes on: whose pledge, lots and cash still to come, the hold that keeps the lots apart."""

    pledged: Pledged
    lots: int
    owed: int
    hold: int = 0


class Sales:
    """Sells the lots of pledges in default, by number of the pledge."""

    def __init__(self, desk: Desk, pledges: Pledges) -> None:
        self._desk = desk
        self._pledges = pledges
        self.open: dict[int, Sale] = {}

    def advance(self, t: int) -> None:
        """Take over what is in default: the lots go to the pledgee, who may sell them. A barred one waits, held."""
        desk = self._desk
        for number, found in sorted(self._pledges.defaulted.items()):
            asked, code = found.asked, TransferCode.ENFORCEMENT
            if desk.bars(asked.account, asked.pledgee, asked.instrument, code):
                continue
            for hold in found.holds:
                desk.books.release(t, hold)
            refusal = desk.move(t, asked.account, asked.pledgee, asked.instrument, found.lots, code, number)
            assert not refusal, f"pledge {number}: what was held cannot be moved: {refusal.name}"
            del self._pledges.defaulted[number]
            self.open[number] = Sale(found, found.lots, found.debt.owed)
            self._set_apart(t, self.open[number])

    def _set_apart(self, t: int, sale: Sale) -> None:
        asked = sale.pledged.asked
        sale.hold, refused = self._desk.books.hold(t, asked.pledgee, asked.instrument, sale.lots, HoldReason.PLEDGE)
        assert not refused, f"{asked}: the lots to be sold have come and cannot be held"

    def before_close(self, t: int, instruments: Sequence[int]) -> None:
        """Send the pledgee's orders for instruments whose sitting is about to close; a barred sale waits."""
        for number, sale in sorted(self.open.items()):
            if sale.pledged.asked.instrument in instruments and not self._barred(sale.pledged.asked):
                self._sell(t, number, sale)

    def _barred(self, asked: Pledge) -> bool:
        """Tell whether the pledgee is frozen or the market suspended: the pledgee's right to sell ends there."""
        desk = self._desk
        return asked.pledgee in desk.frozen or desk.rights[asked.instrument] in desk.suspended

    def _sell(self, t: int, number: int, sale: Sale) -> None:
        books, asked = self._desk.books, sale.pledged.asked
        before = Eligible(books.eligible(asked.pledgee, asked.instrument))
        if books.quotes(asked.instrument).best_bid <= 0:
            return
        books.release(t, sale.hold)
        books.allow(asked.pledgee, asked.instrument, before | Eligible.SELL)
        sold = True
        while sold and sale.lots and sale.owed > 0:
            sold = self._hit(t, sale)
        books.allow(asked.pledgee, asked.instrument, before)
        if not sale.lots or sale.owed <= 0:
            del self.open[number]
            self._settle(t, number, sale)
        else:
            self._set_apart(t, sale)

    def _hit(self, t: int, sale: Sale) -> bool:
        """Sell to the best bid; tell whether anything was sold."""
        books, asked = self._desk.books, sale.pledged.asked
        best = books.quotes(asked.instrument)
        if best.best_bid <= 0:
            return False
        lots = min(sale.lots, best.bid_lots, -(-sale.owed // best.best_bid))
        before = books.posted(asked.pledgee, CASH)
        tif = int(TimeInForce.IOC)
        sold = books.submit(t, asked.pledgee, asked.instrument, int(Side.SELL), best.best_bid, lots, 0, tif).filled_lots
        sale.lots -= sold
        sale.owed -= books.posted(asked.pledgee, CASH) - before
        return sold > 0

    def _settle(self, t: int, number: int, sale: Sale) -> None:
        desk, asked = self._desk, sale.pledged.asked
        for instrument, amount, code in (
            (asked.instrument, sale.lots, TransferCode.ENFORCEMENT),
            (CASH, -sale.owed, TransferCode.REPAYMENT),
        ):
            if amount > 0:
                refusal = desk.move(t, asked.pledgee, asked.account, instrument, amount, code, number)
                assert not refusal, f"sale of pledge {number}: {refusal.name}"
        told = {"pledge": number, "lots_back": sale.lots, "cash_back": max(-sale.owed, 0), "short": max(sale.owed, 0)}
        desk.note(t, "sold", asked.account, asked.instrument, **told)
