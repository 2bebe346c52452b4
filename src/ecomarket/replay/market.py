"""Run the rows of an order file through one exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.exchange.alone import FAR, INSTRUMENT, open_market, start_session
from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.rules import day_band
from ecomarket.i18n import tr
from ecomarket.model.codes import Mechanism, Refusal, Side
from ecomarket.replay.ladder import is_cut
from ecomarket.replay.live import Live, LiveOrders
from ecomarket.replay.purse import Purse
from ecomarket.replay.rows import MARKET, BadRow
from ecomarket.replay.words import RowError
from ecomarket.replay.writing import price_text
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ecomarket.exchange.alone import Name
    from ecomarket.exchange.protocol import Exchange
    from ecomarket.exchange.rules import VenueRules
    from ecomarket.model.order import Outcome
    from ecomarket.replay.rows import OrderRow
    from ecomarket.replay.tally import Tally
    from ecomarket.replay.writing import Tables

CHUNK: Final = 4_096
"""Rows between two looks at the exchange's records."""
BUYERS: Final = int(Side.BUY)
SELLERS: Final = int(Side.SELL)
"""Names of the two parties that orders without an account belong to."""
NOBODY: Final = -1
"""An account the exchange does not know."""


class Desk:
    """One open market and the books kept beside it: names, tally, tables. Order files and LOBSTER's share it.

    Without `accounts` (name -> cash, units) holdings are unlimited and `names` are all the accounts there will be;
    orders without an account belong to one party that only buys or one that only sells, so they never meet themselves.
    """

    def __init__(
        self,
        rules: VenueRules,
        reference: int,
        tables: Tables,
        tally: Tally,
        lang: str,
        *,
        names: Iterable[str] = (),
        accounts: Mapping[Name, tuple[int, int]] | None = None,
        engine: Callable[..., Exchange] = KernelExchange,
    ) -> None:
        self.rules, self.tables, self.tally, self.lang = rules, tables, tally, lang
        all_names: tuple[Name, ...] = (*names, BUYERS, SELLERS)
        parties = dict.fromkeys(all_names, (0, 0)) if accounts is None else accounts
        self.market = open_market(rules, reference, parties, engine=engine)
        self.exchange = self.market.exchange
        self.live = LiveOrders()
        self._purse = Purse(self.exchange, rules) if accounts is None else None
        self._fills: list[tuple[int, str]] = []
        self._said: dict[int, str] = {}
        tally.watch(rules)
        self.new_day()

    def new_day(self) -> None:
        """Note the prices the book holds today."""
        self.reference = self.exchange.quotes(INSTRUMENT).reference_price
        self.tally.low, self.tally.high = day_band(self.reference, self.rules)

    def account(self, name: str, side: int) -> int:
        """Return the account of a name, NOBODY if there is none."""
        return self.market.accounts.get(name or side, NOBODY)

    def send(
        self, t: int, account: int, side: int, price: int, lots: int, kind: int, tif: int, shown: int, expire_t: int
    ) -> Outcome:
        """Send an order; see to its funds first where holdings are unlimited."""
        if self._purse and account != NOBODY:
            self._purse.fill(t, account, side, self.tally.high if kind == MARKET else price, lots)
        return self.exchange.submit(t, account, INSTRUMENT, side, price, lots, kind, tif, shown, expire_t)

    def replace(
        self, t: int, account: int, number: int, live: Live, price: int, lots: int, expire_t: int
    ) -> Outcome:  # fmt: skip
        """Change an order; see to its funds first where holdings are unlimited."""
        if self._purse:
            self._purse.fill(t, live.account, live.side, price, lots)
        return self.exchange.replace(t, account, number, price, lots, expire_t)

    def filled(self, lots: int, time: str) -> None:
        """Note that a message traded at once; its trades are the next `lots` in the records."""
        if lots:
            self._fills.append((lots, time))

    def settle(self, time: str = "") -> list[tuple[int, Live]]:
        """Take over the records so far: write the trades; return the orders that are done.

        `time` is that of trades no message made (a call that ended).
        """
        records = self.exchange.drain()[0]
        self.tally.note(records)
        trades, done = self.live.settle(records)
        rows, fills, left = [], iter(self._fills), 0
        for trade in trades:
            if not left:
                left, time = next(fills, (trade.lots, time))
            left -= trade.lots
            rows.append((time, trade))
            self.tally.traded(trade)
        self.tables.trades(rows)
        self._fills.clear()
        return done

    def refuse(self, line: int, time: str, order: str, why: int | RowError) -> None:
        """Write and count a refusal: of the exchange's, or of the row itself."""
        if isinstance(why, RowError):
            code, text = why.code, why.text(self.lang)
        else:
            code = Refusal(why).name
            text = self._said.get(why) or self._said.setdefault(why, tr(f"refusals.{code}", self.lang))
        self.tally.refused[code] += 1
        self.tables.refusal(time, order, code, tr("replay.line", self.lang, line=line, message=text))

    def unreadable(self, row: BadRow) -> None:
        """Write and count a row that cannot be read."""
        self.tally.unread += 1
        self.refuse(row.line, row.time, row.order, row.error)

    def close_books(self) -> None:
        """Write what rests at the end."""
        resting = self.exchange.resting(INSTRUMENT)
        self.tally.resting = len(resting)
        self.tables.book(resting, self.live.orders)

    def why(self, refusal: int, price: int) -> int | RowError:
        """Return a refusal, or the ladder's own words where the venue's band would have let the price pass."""
        if refusal == Refusal.PRICE_OUTSIDE_BAND and is_cut(price, self.reference, self.rules):
            low, high = price_text(self.tally.low), price_text(self.tally.high)
            return RowError("E605", found=price_text(price), low=low, high=high)
        return refusal


class OrderReplay:
    """Runs rows in turn. Where times have dates, each date is a day: day orders end with it, the band moves.

    `close_t` is when the day's last session ends, in microseconds since midnight; 0: nobody needs to know.
    """

    def __init__(self, desk: Desk, close_t: int = 0) -> None:
        self.desk = desk
        self._close = close_t
        self._day = -1
        self._last: tuple[int, str] = (0, "")
        self._end = 0

    def run(self, rows: Iterable[OrderRow | BadRow], told: Callable[[], None]) -> None:
        """Run all rows and end the last day's call if there is one; `told` is called after each chunk."""
        for count, row in enumerate(rows, 1):
            if isinstance(row, BadRow):
                self.desk.unreadable(row)
            else:
                self._take(row)
            if count % CHUNK == 0:
                self.desk.settle()
                told()
            self.desk.tally.rows = count
        self._uncross()
        self.desk.settle()
        self.desk.close_books()

    def _uncross(self) -> None:
        if self.desk.rules.mechanism == Mechanism.CALL_AUCTION:
            t, time = self._last
            self.desk.exchange.uncross(t, [INSTRUMENT])
            self.desk.settle(time)

    def _turn_day(self, row: OrderRow) -> None:
        desk = self.desk
        if self._day >= 0:
            self._uncross()
            # the day is over at midnight, not at its last row: what is dated to the evening goes
            desk.exchange.close_session(min(self._end - 1, row.t), [INSTRUMENT], end_of_day=True)
            desk.settle()
        dated = bool(self._close and row.end_t)
        if self._day >= 0 or dated:  # the first day is open already, but until when is not known before its first row
            start_session(desk.exchange, desk.rules, row.t, row.end_t - DAY + self._close if dated else FAR)
            desk.settle()
            desk.new_day()
        self._day = row.day

    def _take(self, row: OrderRow) -> None:
        if row.day > self._day:  # with zones that differ, a later row may be written with an earlier date
            self._turn_day(row)
        self._last, self._end = (row.t, row.time), row.end_t
        if row.action == "new":
            self._new(row)
        else:
            self._change(row)

    def _new(self, row: OrderRow) -> None:
        desk = self.desk
        if row.order in desk.live.numbers:
            desk.settle()
            if row.order in desk.live.numbers:
                desk.refuse(row.line, row.time, row.order, RowError("E601", found=row.order))
                return
        account = desk.account(row.account, row.side)
        outcome = desk.send(row.t, account, row.side, row.price, row.lots, row.kind, row.tif, row.shown, row.expire_t)
        if outcome.refusal:
            desk.refuse(row.line, row.time, row.order, desk.why(outcome.refusal, row.price))
            return
        desk.tally.new += 1
        desk.live.add(outcome.order, Live(row.order, row.account, account, row.side, row.price, row.lots))
        desk.filled(outcome.filled_lots, row.time)

    def _change(self, row: OrderRow) -> None:
        desk = self.desk
        number = desk.live.numbers.get(row.order, 0)
        if not number:
            desk.refuse(row.line, row.time, row.order, Refusal.UNKNOWN_ORDER)
            return
        live = desk.live.orders[number]
        account = desk.account(row.account, live.side) if row.account else live.account
        if row.action == "cancel":
            refusal = desk.exchange.cancel(row.t, account, number)
            desk.tally.cancelled += not refusal
        else:
            outcome = desk.replace(row.t, account, number, live, row.price, row.lots, row.expire_t)
            refusal = outcome.refusal
            desk.tally.replaced += not refusal
            desk.filled(outcome.filled_lots, row.time)
        if refusal:
            desk.refuse(row.line, row.time, row.order, desk.why(refusal, row.price))
