"""One case on one engine: the book is set up, the steps are taken, the day ends; what came of it, in integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ecomarket.exchange.alone import INSTRUMENT, Trade, open_market
from ecomarket.exchange.terms import OfferTerms
from ecomarket.model.codes import (
    AccountKind,
    Eligible,
    Mechanism,
    OrderKind,
    RecordKind,
    Refusal,
    Side,
    TimeInForce,
)
from ecomarket.model.order import Cleared
from ecomarket.model.record import CASH
from ecomarket.stories.book.form import Change, Deal, Taking
from ecomarket.stories.book.read import cash_of
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecomarket.exchange.alone import Market
    from ecomarket.exchange.protocol import Exchange
    from ecomarket.stories.book.form import Cancel, Offer, Order
    from ecomarket.stories.book.read import Scene

CASH_OF_ALL: Final = 10**16
"""Cash of everybody who has no cash of his own in the file: 10^12 CNY."""
Line = tuple[int, int, str]
"""One line of the book that stands: price in cash a lot, lots, whose."""


@dataclass(frozen=True)
class Played:
    """What came of a case: prices in cash a lot, amounts in lots, holdings as (cash, lots).

    set_up     refusals of the book's own lines, by side and place in the file; `crossed`: lines that traded at once
    refused    refusals of steps, by their place in `when`
    records    every record that the engine wrote, as bytes
    """

    trades: tuple[Trade, ...]
    set_up: tuple[tuple[str, int, Refusal], ...]
    crossed: bool
    refused: tuple[tuple[int, Refusal], ...]
    bids: tuple[Line, ...]
    asks: tuple[Line, ...]
    call: Cleared
    holds: dict[str, tuple[int, int]]
    fees: int
    close: int
    records: bytes


def play(scene: Scene, engine: Callable[..., Exchange]) -> Played:
    """Play a case. Raises UserError if an account cannot open with what it is given."""
    return _Stage(scene, engine).played()


class _Stage:
    def __init__(self, scene: Scene, engine: Callable[..., Exchange]) -> None:
        self.scene = scene
        self.market: Market = open_market(scene.rules, scene.reference, _opening(scene), engine=engine)
        self.orders: list[int] = []
        self.latest: dict[str, int] = {}
        self.offers: list[int] = []
        self.records = b""
        self.call = Cleared(INSTRUMENT, 0, 0, 0)
        for name, account in scene.given.accounts.items():
            if account.may is not None:
                what = Eligible(sum(Eligible[word.upper()] for word in account.may))
                self.market.exchange.allow(self.market.number(name), INSTRUMENT, what)

    def played(self) -> Played:
        """Play all of it."""
        set_up = self._set_up()
        crossed = bool(self._trades())
        refused = []
        for at, step in enumerate(self.scene.case.when):
            why = getattr(self, f"_{step.named}")(getattr(step, step.named))
            refused += [(at, why)] if why else []
        if self.scene.rules.mechanism == Mechanism.CALL_AUCTION:
            (self.call,) = self.market.exchange.uncross(self._tick(), [INSTRUMENT])
        trades, (bids, asks) = self._trades(), self._lines()
        holds = {name: self.market.holds(name) for name in self.scene.people}
        fees = self.market.exchange.posted(AccountKind.FEE, CASH)
        self.market.exchange.close_session(self._tick(), [INSTRUMENT], end_of_day=True)
        close = self.market.quotes().reference_price
        self._trades()
        return Played(trades, set_up, crossed, tuple(refused), bids, asks, self.call, holds, fees, close, self.records)

    def _set_up(self) -> tuple[tuple[str, int, Refusal], ...]:
        book, refused = self.scene.given.book, []
        for key, side, lines in (("bids", Side.BUY, book.bids), ("asks", Side.SELL, book.asks)):
            for at, (price, lots, who) in enumerate(lines or ()):
                why = self._submit(who, side, cash_of(price), lots, tif=TimeInForce.GTC)
                refused += [(key, at, why)] if why else []
        return tuple(refused)

    def _submit(self, who: str, side: Side, price: int, lots: int, **more: int) -> Refusal:
        send = self.market.buy if side == Side.BUY else self.market.sell
        outcome = send(who, price, lots, **more)
        self.orders.append(outcome.order)
        self.latest[who] = outcome.order
        return Refusal(outcome.refusal)

    def _tick(self) -> int:
        self.market.t += 1
        return self.market.t

    def _order(self, told: Order) -> Refusal:
        kind = OrderKind.MARKET if told.price is None else OrderKind.LIMIT
        tif = TimeInForce[told.life.upper().replace("-", "_")]
        side, price = Side[told.side.upper()], cash_of(told.price)
        return self._submit(told.by, side, price, told.lots, kind=kind, tif=tif, shown=told.shown)

    def _number(self, told: Cancel) -> int:
        """Return the id of the order that is meant; one that is not in the file is one that the engine has not."""
        if told.order == 0:
            return self.latest.get(told.by, 0)
        return self.orders[told.order - 1] if told.order <= len(self.orders) else 0

    def _cancel(self, told: Cancel) -> Refusal:
        return self.market.cancel(told.by, self._number(told))

    def _change(self, told: Change) -> Refusal:
        who, order = self.market.number(told.by), self._number(told)
        outcome = self.market.exchange.replace(self._tick(), who, order, cash_of(told.price), told.lots)
        return Refusal(outcome.refusal)

    def _deal(self, told: Deal) -> Refusal:
        negotiated = self.scene.rules.mechanism == Mechanism.NEGOTIATED
        mechanism = Mechanism.NEGOTIATED if negotiated else Mechanism.BLOCK_AGREEMENT
        buyer, seller = self.market.number(told.buyer), self.market.number(told.seller)
        price = cash_of(told.price)
        deal = self.market.exchange.deal
        return Refusal(deal(self._tick(), mechanism, 0, INSTRUMENT, buyer, seller, price, told.lots))

    def _offer(self, told: Offer) -> Refusal:
        t = self._tick()
        to, first, match_by = (tuple(map(self.market.number, names)) for names in (told.to, told.first, told.match_by))
        window_t = t + told.window_days * DAY if told.window_days else 0
        terms = OfferTerms(to, t + told.days * DAY, first, window_t, match_by, told.match_days * DAY)
        who, side, price = self.market.number(told.by), Side[told.side.upper()], cash_of(told.price)
        offer, why = self.market.exchange.offer(t, 0, INSTRUMENT, who, side, price, told.lots, terms)
        self.offers.append(offer)
        return Refusal(why)

    def _answer(self, told: Taking, verb: Callable[[int, int, int], int]) -> Refusal:
        offer = self.offers[told.offer - 1] if told.offer <= len(self.offers) else 0
        return Refusal(verb(self._tick(), self.market.number(told.by), offer))

    def _accept(self, told: Taking) -> Refusal:
        return self._answer(told, self.market.exchange.accept)

    def _match(self, told: Taking) -> Refusal:
        return self._answer(told, self.market.exchange.take_over)

    def _withdraw(self, told: Taking) -> Refusal:
        return self._answer(told, self.market.exchange.withdraw)

    def _wait(self, days: int) -> Refusal:
        self.market.t += days * DAY
        self.market.exchange.expire_offers(self.market.t)
        return Refusal.NONE

    def _trades(self) -> tuple[Trade, ...]:
        """Return the trades since the last call, and keep what was written."""
        records, _ = self.market.exchange.drain()
        self.records += records.tobytes()
        names = {number: str(name) for name, number in self.market.accounts.items()}
        rows = records[records["kind"] == RecordKind.TRADE]
        columns: list[Any] = [rows[key].tolist() for key in ("t", "account", "counter", "price", "amount")]
        return tuple(
            Trade(t, names[buyer], names[seller], price, lots)
            for t, buyer, seller, price, lots in zip(*columns, strict=True)
        )

    def _lines(self) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
        """Return what stands, bids and asks, the best first; at a negotiated venue the offers in their turn."""
        names = {number: str(name) for name, number in self.market.accounts.items()}
        rows = self.market.exchange.resting(INSTRUMENT)
        found = [(int(r["side"]), int(r["price"]), int(r["lots"]), names[int(r["account"])]) for r in rows]
        offers = self.market.exchange.open_offers(INSTRUMENT)
        found += [(int(offer.side), offer.price, offer.lots, names[offer.account]) for offer in offers]
        bids, asks = (tuple(row[1:] for row in found if row[0] == side) for side in (Side.BUY, Side.SELL))
        return bids, asks


def _opening(scene: Scene) -> dict[str | int, tuple[int, int]]:
    """Return what everybody opens with: his own in the file, else cash without end and the lots that he may sell."""
    opening: dict[str | int, tuple[int, int]] = {}
    for name in scene.people:
        account = scene.given.accounts.get(name)
        cash = CASH_OF_ALL if account is None or account.cny is None else cash_of(account.cny)
        lots = _lots_to_sell(scene, name) if account is None or account.lots is None else account.lots
        opening[name] = (cash, lots)
    return opening


def _lots_to_sell(scene: Scene, name: str) -> int:
    """Return all lots that somebody sells in a case, were none of his orders withdrawn."""
    steps = [getattr(step, step.named) for step in scene.case.when]
    offers = [step.offer for step in scene.case.when if step.offer]
    answered = [(s.by, offers[s.offer - 1]) for s in steps if isinstance(s, Taking) and s.offer <= len(offers)]
    sold = [(s.by, s) for s in steps if getattr(s, "side", "buy") == "sell" or isinstance(s, Change)]
    sold += [(s.seller, s) for s in steps if isinstance(s, Deal)]
    sold += [(who, offer) for who, offer in answered if offer.side == "buy"]
    standing = sum(lots for _, lots, who in scene.given.book.asks or () if who == name)
    return standing + sum(int(step.lots) for who, step in sold if who == name)
