"""What seats ask for, as decisions: names looked up, units turned into lots and cash, nothing else judged here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from ecomarket.model import decision as made
from ecomarket.model.codes import OrderKind, Side, TimeInForce
from ecomarket.units import CASH_PER_YUAN
from ecomarket.workshop.game.amounts import lots_of, number, price_of, shown_price
from ecomarket.workshop.game.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ecomarket.model.decision import Decision
    from ecomarket.model.entities import Instrument
    from ecomarket.model.setting import Setting
    from ecomarket.workshop.game.standing import Standing

_SIDES: Final = {"buy": Side.BUY, "sell": Side.SELL}
_MOST: Final = 2**53
"""Ids and numbers beyond what a browser counts exactly are none of ours."""


@dataclass(frozen=True)
class Asking:
    """Who asks and when: the seat's account, the time the phase ends, and the number of this decision in the room."""

    account: int
    phase_end_t: int
    number: int


class Desk:
    """Reads commands of seats. `read` raises Refused.

    accounts   a seat's code -> its account     standing   what stands of a seat's, and its cash
    """

    def __init__(self, setting: Setting, accounts: Mapping[str, int], standing: Standing) -> None:
        self._standing = standing
        self._setting = setting
        self._accounts = accounts
        self._of: dict[str, Callable[[Asking, Mapping[str, Any]], Decision]] = {
            "order.place": self._place,
            "order.replace": self._replace,
            "order.cancel": lambda who, asked: made.Cancel(who.account, whole(asked, "order")),
            "auction.bid": self._bid,
            "auction.withdraw": lambda who, asked: made.DropBid(who.account, whole(asked, "bid")),
            "otc.offer": self._offer,
            "otc.counter": self._counter,
            "otc.accept": lambda who, asked: made.Accept(
                who.account, whole(asked, "offer"), int(asked.get("match") is True)
            ),
            "otc.withdraw": lambda who, asked: made.Withdraw(who.account, whole(asked, "offer")),
            "abate": self._cut,
            "build": lambda who, asked: made.Build(who.account, whole(asked, "option")),
        }

    @property
    def types(self) -> frozenset[str]:
        """Return the types of command that are decisions."""
        return frozenset(self._of)

    def read(self, who: Asking, asked: Mapping[str, Any]) -> Decision:
        """Return the decision that a command asks for."""
        make = self._of.get(str(asked.get("type")))
        if make is None:
            raise Refused("UNKNOWN_TYPE", type=str(asked.get("type"))[:40], types=", ".join(sorted(self._of)))
        return make(who, asked)

    def _place(self, who: Asking, asked: Mapping[str, Any]) -> Decision:
        market, side = self._market(asked), _side(asked)
        lots, kind = lots_of(asked.get("quantity"), market), asked.get("kind", "limit")
        if kind == "market":
            return made.Place(who.account, market.index, side, 0, lots, OrderKind.MARKET, TimeInForce.IOC)
        price = price_of(asked.get("price"), market)
        if kind == "ioc":
            return made.Place(who.account, market.index, side, price, lots, OrderKind.LIMIT, TimeInForce.IOC)
        if kind != "limit":
            raise Refused("BAD_FIELD", field="kind")
        if asked.get("life", "phase") == "day":
            return made.Place(who.account, market.index, side, price, lots, OrderKind.LIMIT, TimeInForce.DAY)
        end_t = who.phase_end_t
        return made.Place(who.account, market.index, side, price, lots, OrderKind.LIMIT, TimeInForce.GTD, end_t)

    def _replace(self, who: Asking, asked: Mapping[str, Any]) -> Decision:
        market = self._found(who, asked, "order")
        price, lots = price_of(asked.get("price"), market), lots_of(asked.get("quantity"), market)
        order, seen = whole(asked, "order"), asked.get("open")
        if seen is not None and lots_of(seen, market) != self._standing.left_of(who.account, order)[1]:
            raise Refused("ORDER_MOVED")
        return made.Replace(who.account, order, price, lots)  # until when it stands stays as it is

    def _bid(self, who: Asking, asked: Mapping[str, Any]) -> Decision:
        market = self._market(asked)
        if not self._standing.may_bid(who.account, market.index):
            raise Refused("NOTHING_HERE")
        price, lots = price_of(asked.get("price"), market), lots_of(asked.get("quantity"), market)
        steps = self._standing.steps_of_bids(market)
        if steps and all(price % step for step in steps):  # its auction would refuse it, when it is too late to mend
            raise Refused("BID_OFF_TICK", tick=shown_price(min(steps), market), unit=market.unit)
        free = self._standing.cash_for_bids(who.account)
        if price * lots > free:
            raise Refused("INSUFFICIENT_CASH", asked=_yuan(price * lots), free=_yuan(free))
        return made.KeepBid(who.account, market.index, price, lots, who.number)

    def _offer(self, who: Asking, asked: Mapping[str, Any]) -> Decision:
        market, to = self._market(asked), asked.get("to")
        if to and (not isinstance(to, str) or to not in self._accounts):
            raise Refused("UNKNOWN_SEAT", seat=str(to)[:40])
        price, lots = price_of(asked.get("price"), market), lots_of(asked.get("quantity"), market)
        return made.Offer(who.account, market.index, _side(asked), price, lots, self._accounts[to] if to else -1)

    def _counter(self, who: Asking, asked: Mapping[str, Any]) -> Decision:
        market = self._found(who, asked, "offer")
        price, lots = price_of(asked.get("price"), market), lots_of(asked.get("quantity"), market)
        return made.Counter(who.account, whole(asked, "offer"), price, lots)

    def _cut(self, who: Asking, asked: Mapping[str, Any]) -> Decision:
        amount, right = asked.get("amount"), asked.get("right")
        if not isinstance(right, str) or len(right) > 40:
            raise Refused("BAD_FIELD", field="right")
        milli = 0 if str(amount).strip() in ("0", "0.0") else int(number(amount, "amount") * 1000)
        return made.Cut(who.account, right, milli)

    def _found(self, who: Asking, asked: Mapping[str, Any], what: str) -> Instrument:
        """Return the market of an order or offer that stands."""
        number = whole(asked, what)
        index = self._standing.market_of(who.account, what, number)
        if not index:
            raise Refused("NOT_STANDING", number=number)
        return self._setting.instruments[index]

    def _market(self, asked: Mapping[str, Any]) -> Instrument:
        market = asked.get("market")
        listed = self._setting.instruments
        if isinstance(market, bool) or not isinstance(market, int) or not 0 < market < len(listed):
            raise Refused("UNKNOWN_MARKET", market=str(market)[:40])
        return listed[market]


def _yuan(cash: int) -> str:
    return f"{Decimal(cash) / CASH_PER_YUAN:,f}"


def _side(asked: Mapping[str, Any]) -> Side:
    side = asked.get("side")
    if not isinstance(side, str) or side not in _SIDES:
        raise Refused("BAD_FIELD", field="side")
    return _SIDES[side]


def whole(asked: Mapping[str, Any], name: str) -> int:
    """Return a field that is a whole number, at least 0. Raises Refused."""
    value = asked.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _MOST:
        raise Refused("BAD_FIELD", field=name)
    return value
