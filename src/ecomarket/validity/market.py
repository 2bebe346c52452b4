"""A market sheet: one day's orders and agreed deals under the rules of a venue, through both engines.

    market: {tick: 0.01 CNY/t, price_band: 0.1, reference_price: {lot: 42 CNY/t}}
    orders:
      - {who: S1, sell: 100, cny: 42}
      - {who: B1, buy: 80, cny: 41.5}
    deals: [{buyer: B2, seller: S1, lots: 100_000, cny: 54.6}]

`market` takes the keys of a venue (docs/reference/scenario.md). A call auction ends after the last order; agreed deals
follow; then the day ends. Everybody has cash and units without end.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ecomarket.exchange.alone import INSTRUMENT, open_market
from ecomarket.model.codes import Mechanism, RecordKind, Refusal, Side
from ecomarket.model.quantity import Cny
from ecomarket.replay.rules import LoneVenue
from ecomarket.scenario.checks import check_venue
from ecomarket.scenario.schema.base import Strict
from ecomarket.scenario.schema.market import Right
from ecomarket.scenario.venues import price_cash_per_lot, rules_of
from ecomarket.validity.engines import CASH_OF_ALL, LOTS_OF_ALL, on_both, refused
from ecomarket.validity.expected import shown
from ecomarket.validity.reading import Sheet, cash_of, read_sheet, yuan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ecomarket.exchange.alone import Market, Name
    from ecomarket.exchange.protocol import Exchange
    from ecomarket.exchange.rules import VenueRules
    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.nodes import Node
    from ecomarket.validity.engines import Records
    from ecomarket.validity.expected import Value


class Order(Strict):
    """An order: lots to buy or to sell, at a price a lot."""

    who: str = Field(min_length=1, description="whose | 主体")
    buy: int | None = Field(default=None, ge=1, description="lots to buy | 买入手数")
    sell: int | None = Field(default=None, ge=1, description="lots to sell | 卖出手数")
    cny: Cny = Field(description="price a lot, CNY | 价格，元")

    @model_validator(mode="after")
    def _one_side(self) -> Order:
        if (self.buy is None) == (self.sell is None):
            both = "buy, sell" if self.buy is not None else "-"
            raise PydanticCustomError("E801", "", {"found": both, "options": "buy, sell"})
        return self


class Deal(Strict):
    """A deal that two parties have agreed on."""

    buyer: str = Field(min_length=1, description="buyer | 买方")
    seller: str = Field(min_length=1, description="seller | 卖方")
    lots: int = Field(ge=1, description="lots | 手数")
    cny: Cny = Field(description="price a lot, CNY | 价格，元")


class MarketSheet(Sheet):
    """Rules of a venue and what happens there on one day."""

    market: LoneVenue = Field(description="rules of the venue | 交易规则")
    orders: list[Order] = Field(default=[], description="orders in their turn | 委托")
    deals: list[Deal] = Field(default=[], description="agreed deals in their turn | 协议")

    @property
    def people(self) -> list[str]:
        """Return everybody named, once."""
        named = [order.who for order in self.orders]
        named += [who for deal in self.deals for who in (deal.buyer, deal.seller)]
        return list(dict.fromkeys(named))


def play(tree: Node, path: Path, findings: Findings) -> dict[str, Value]:
    """Work out a market sheet. Raises ScenarioError with every Diagnostic at once."""
    sheet = read_sheet(MarketSheet, tree, path, findings)
    right = Right(kind="", unit=sheet.market.tick.unit.removeprefix("CNY/") or "t")
    check_venue(dict.fromkeys(sheet.market.rights, right), ("market",), sheet.market, tree, findings)
    findings.stop_on_errors()
    rules = rules_of(path.stem, sheet.market, right)
    given = next(iter(sheet.market.reference_price.values()), None)
    prices = [order.cny for order in sheet.orders] + [deal.cny for deal in sheet.deals]
    reference = price_cash_per_lot(given, right) if given else cash_of(prices[0]) if prices else rules.tick_cash
    return on_both(lambda engine: _day(sheet, rules, max(reference, 1), engine))


def _day(
    sheet: MarketSheet, rules: VenueRules, reference: int, engine: Callable[..., Exchange]
) -> tuple[dict[str, Value], Records]:
    """Play the day on one engine."""
    everybody: dict[Name, tuple[int, int]] = dict.fromkeys(sheet.people, (CASH_OF_ALL, LOTS_OF_ALL))
    market = open_market(rules, reference, everybody, engine=engine)
    found: dict[str, Value] = {}
    low, high = market.exchange.bounds(INSTRUMENT)
    found |= {"band.low": yuan(low), "band.high": yuan(high)}
    numbers = {}
    for number, order in enumerate(sheet.orders, 1):
        send = market.buy if order.buy is not None else market.sell
        outcome = send(order.who, cash_of(order.cny), order.buy or order.sell or 0)
        numbers[outcome.order] = number
        if outcome.refusal:
            found[f"refused.order.{number}"] = refused(Refusal(outcome.refusal).name)
    if rules.mechanism == Mechanism.CALL_AUCTION:
        found |= _call(market)
    for number, deal in enumerate(sheet.deals, 1):
        found |= _deal(market, deal, number)
    found |= _book(market)
    found |= _close(market)
    records, _ = market.exchange.drain()
    return found | _trades(market, records, numbers), records


def _call(market: Market) -> dict[str, Value]:
    market.t += 1
    (cleared,) = market.exchange.uncross(market.t, [INSTRUMENT])
    price, lots, surplus = yuan(cleared.price), Decimal(cleared.lots), Decimal(cleared.surplus_lots)
    return {"call.price": price, "call.volume": lots, "call.surplus": surplus}


def _deal(market: Market, deal: Deal, number: int) -> dict[str, Value]:
    market.t += 1
    buyer, seller = market.number(deal.buyer), market.number(deal.seller)
    price = cash_of(deal.cny)
    why = market.exchange.deal(market.t, Mechanism.BLOCK_AGREEMENT, 0, INSTRUMENT, buyer, seller, price, deal.lots)
    return {f"refused.deal.{number}": refused(Refusal(why).name)} if why else {}


def _book(market: Market) -> dict[str, Value]:
    """What still stands in the book: the best first."""
    found: dict[str, Value] = {}
    names = {number: name for name, number in market.accounts.items()}
    turn = {Side.BUY: 0, Side.SELL: 0}
    for row in market.exchange.resting(INSTRUMENT):
        side = Side(int(row["side"]))
        turn[side] += 1
        key = "bid" if side == Side.BUY else "ask"
        price = shown(yuan(int(row["price"])))
        found[f"{key}.{turn[side]}"] = f"{names[int(row['account'])]} {int(row['lots'])} @ {price}"
    return {"bids": Decimal(turn[Side.BUY]), "asks": Decimal(turn[Side.SELL]), **found}


def _close(market: Market) -> dict[str, Value]:
    market.t += 1
    market.exchange.close_session(market.t, [INSTRUMENT], end_of_day=True)
    return {"close": yuan(market.quotes().reference_price)}


def _trades(market: Market, records: Records, numbers: dict[int, int]) -> dict[str, Value]:
    """What was dealt, trade by trade and in sum; agreed deals apart."""
    names = {number: name for name, number in market.accounts.items()}
    trades = records[records["kind"] == RecordKind.TRADE]
    found: dict[str, Value] = {}
    sums = {"volume": 0, "turnover": 0, "dealt": 0}
    filled = dict.fromkeys(numbers.values(), 0)
    for number, trade in enumerate(trades, 1):
        buyer, seller = names[int(trade["account"])], names[int(trade["counter"])]
        lots, price = int(trade["amount"]), int(trade["price"])
        found[f"trade.{number}"] = f"{buyer} < {seller} {lots} @ {shown(yuan(price))}"
        agreed = int(trade["code"]) == Mechanism.BLOCK_AGREEMENT
        sums["dealt"] += lots if agreed else 0
        if not agreed:
            sums["volume"] += lots
            sums["turnover"] += lots * price
            for order in (int(trade["order"]), int(trade["other"])):
                filled[numbers[order]] += lots
    volume, turnover = Decimal(sums["volume"]), yuan(sums["turnover"])
    found |= {"trades": Decimal(len(trades)), "volume": volume, "turnover": turnover, "dealt": Decimal(sums["dealt"])}
    if volume:
        found["mean"] = turnover / volume
    return found | {f"filled.order.{number}": Decimal(lots) for number, lots in filled.items()}
