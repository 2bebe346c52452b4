"""An auction sheet: what is offered, what is bid for it, and what comes of it, through both engines.

    auction:
      lots: 23_121_518
      reserve_price_cny: 2.38
      contain: {lots: 11_976_778, cny: 13}
    bids:
      - {who: A, lots: 27_041_000, cny: 14}

Bids come in the order of the file, by people with cash without end; the terms are those of exchange.terms.AuctionTerms.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field

from ecomarket.exchange.alone import INSTRUMENT, open_market
from ecomarket.exchange.rules import VenueRules
from ecomarket.exchange.terms import AuctionTerms
from ecomarket.model.codes import Mechanism, Refusal
from ecomarket.model.quantity import Cny
from ecomarket.scenario.schema.base import Strict
from ecomarket.validity.engines import CASH_OF_ALL, LOTS_OF_ALL, on_both, refused
from ecomarket.validity.reading import Sheet, cash_of, read_sheet, yuan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ecomarket.exchange.alone import Market, Name
    from ecomarket.exchange.protocol import Exchange
    from ecomarket.model.order import Fill
    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.nodes import Node
    from ecomarket.validity.engines import Records
    from ecomarket.validity.expected import Value

HOST, RESERVE = 0, 1
"""Accounts (numbers, which no bidder of a file is called) of whoever offers, and of the cost-containment reserve."""
LOTS_MAX: Final = LOTS_OF_ALL // 2


class Trigger(Strict):
    """A reserve of lots that is sold only as needed at or above a price."""

    lots: int = Field(ge=1, le=LOTS_MAX, description="lots | 手数")
    cny: Cny = Field(gt=0, description="trigger price a lot, CNY | 触发价，元")


class Offer(Strict):
    """What is offered, and how."""

    lots: int = Field(ge=1, le=LOTS_MAX, description="lots offered | 出让手数")
    reserve_price_cny: Cny = Field(default=Decimal(0), ge=0, description="least price a lot, CNY | 底价，元")
    pricing: Literal["uniform", "pay-as-bid"] = Field(
        default="uniform", description="one price for all winners, or each pays its bid | 统一价或按报价成交"
    )
    tick_cny: Cny = Field(default=Decimal("0.01"), ge=Decimal("0.0001"), description="price step, CNY | 最小变动价位")
    contain: Trigger | None = Field(default=None, description="further lots against high prices | 成本控制储备")
    withhold: Trigger | None = Field(default=None, description="lots withheld at low prices | 减排控制储备")


class Bid(Strict):
    """A bid: lots at a price a lot."""

    who: str = Field(min_length=1, description="whose | 主体")
    lots: int = Field(ge=1, le=LOTS_MAX, description="lots | 手数")
    cny: Cny = Field(description="price a lot, CNY | 价格，元")


class AuctionSheet(Sheet):
    """What is offered and what is bid."""

    auction: Offer = Field(description="what is offered | 出让")
    bids: list[Bid] = Field(default=[], description="bids in their turn | 竞价")


def play(tree: Node, path: Path, findings: Findings) -> dict[str, Value]:
    """Work out an auction sheet. Raises ScenarioError with every Diagnostic at once."""
    sheet = read_sheet(AuctionSheet, tree, path, findings)
    return on_both(lambda engine: _held(sheet, engine))


def _held(sheet: AuctionSheet, engine: Callable[..., Exchange]) -> tuple[dict[str, Value], Records]:
    """Hold the auction on one engine."""
    offer = sheet.auction
    rules = VenueRules("auction", Mechanism.ONE_WAY_AUCTION, tick_cash=max(cash_of(offer.tick_cny), 1), band_ppm=0)
    everybody: dict[Name, tuple[int, int]] = dict.fromkeys(
        [HOST, RESERVE, *(bid.who for bid in sheet.bids)], (CASH_OF_ALL, LOTS_OF_ALL)
    )
    market = open_market(rules, max(cash_of(offer.reserve_price_cny), rules.tick_cash), everybody, engine=engine)
    market.t += 1
    price, uniform = cash_of(offer.reserve_price_cny), offer.pricing == "uniform"
    number = market.exchange.open_auction(
        market.t, 0, INSTRUMENT, market.number(HOST), offer.lots, price, uniform=uniform, terms=_terms(market, offer)
    )
    if number <= 0:
        return {"refused.auction": refused(Refusal(-number).name)}, market.exchange.drain()[0]
    found: dict[str, Value] = {}
    for place, bid in enumerate(sheet.bids, 1):
        market.t += 1
        cash = cash_of(bid.cny)
        _, why = market.exchange.bid(market.t, number, market.number(bid.who), cash, bid.lots)
        if why:
            found[f"refused.bid.{place}"] = refused(Refusal(why).name)
    market.t += 1
    fills = market.exchange.clear_auction(market.t, number)
    return found | _results(market, fills, offer), market.exchange.drain()[0]


def _terms(market: Market, offer: Offer) -> AuctionTerms:
    contain, withhold = offer.contain, offer.withhold
    return AuctionTerms(
        contain_account=market.number(RESERVE) if contain else -1,
        contain_lots=contain.lots if contain else 0,
        contain_price=cash_of(contain.cny) if contain else 0,
        withhold_lots=withhold.lots if withhold else 0,
        withhold_price=cash_of(withhold.cny) if withhold else 0,
    )


def _results(market: Market, fills: Sequence[Fill], offer: Offer) -> dict[str, Value]:
    """Sums, prices, and what each won and paid; `sold.reserve` are lots of the cost-containment reserve."""
    sold, cash = sum(f.lots for f in fills), sum(f.lots * f.price for f in fills)
    reserve = LOTS_OF_ALL - market.holds(RESERVE)[1]
    found: dict[str, Value] = {
        "sold": Decimal(sold),
        "sold.reserve": Decimal(reserve),
        "unsold": Decimal(offer.lots - (sold - reserve)),
        "revenue": yuan(cash),
        "fills": Decimal(len(fills)),
    }
    if fills:
        prices = [f.price for f in fills]
        found |= {"price.lowest": yuan(min(prices)), "price.highest": yuan(max(prices)), "mean": yuan(cash) / sold}
    names = {number: str(name) for name, number in market.accounts.items()}
    for account, own in groupby(sorted(fills, key=lambda f: f.account), key=lambda f: f.account):
        won = list(own)
        found[f"won.{names[account]}"] = Decimal(sum(f.lots for f in won))
        found[f"paid.{names[account]}"] = yuan(sum(f.lots * f.price for f in won))
    return found
