"""How a policy holds its auctions: form, pricing, reserves with triggers, limits and ties."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ecomarket.model.command import SaleTerms
from ecomarket.model.quantity import CnyPerTonne, Keyed, Share
from ecomarket.policies.policy import PolicyParams
from ecomarket.units import MINUTE, cash_per_lot, floor_times

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.model.command import AuctionResult

STEPS: Final = 50
"""Steps of a clock up to twice its start price, where no increment is given (assumption)."""


class AuctionForm(PolicyParams):
    """Parameters that every auction of a policy may have.

    Reference: order by price, then time (青环发〔2014〕341号, MARKETS.md 2.1 R25); larger quantity first: a common
    clause of tenders; reserves with triggers and a bidder's limit: RGGI, updated Model Rule of 2017.
    """

    format: Literal["sealed", "clock"] = Field(
        default="sealed", description="Sealed bids, or a clock that rises until no more is wanted | 密封竞价或升价竞价"
    )
    pricing: Literal["uniform", "pay-as-bid"] = Field(
        default="uniform", description="One price for all winners, or each pays its bid | 统一价或按报价成交"
    )
    round_minutes: int = Field(
        default=5, ge=1, description="Time between rounds of the clock (assumption), minutes | 升价间隔，分钟"
    )
    increment_cny_t: Keyed[CnyPerTonne] = Field(
        default={}, description="Step of the clock (none given: a fiftieth of the start price) | 升价幅度"
    )
    contain_share: Share = Field(
        default=Decimal(0), description="Cost-containment reserve: further lots, over those offered | 成本控制储备比例"
    )
    contain_price_cny_t: Keyed[CnyPerTonne] = Field(
        default={}, description="Price from which it is sold; none given: no reserve | 成本控制触发价"
    )
    withhold_share: Share = Field(
        default=Decimal(0), description="Emission-containment reserve: part of the lots offered | 减排控制储备比例"
    )
    withhold_price_cny_t: Keyed[CnyPerTonne] = Field(
        default={}, description="Price from which it is sold; none given: no reserve | 减排控制触发价"
    )
    bidder_share_max: Share = Field(
        default=Decimal(1), gt=0, description="Most that one bidder may bid for, of the offer | 单一竞买人申报上限"
    )
    whole: bool = Field(default=False, description="A bid wins all its lots or none | 整笔成交")
    tie: Literal["time", "larger"] = Field(
        default="time", description="Which of equal bids comes first: the earlier or the larger | 同价次序"
    )

    @model_validator(mode="after")
    def _a_clock_has_one_price(self) -> Self:
        if self.format == "clock" and self.pricing == "pay-as-bid":
            raise PydanticCustomError("E320", "", {})
        return self

    def terms(self, right: str, lot: str, start: int, lots: int, spare: int) -> SaleTerms:
        """Return the terms of an auction of `lots` at `start` cash a lot; `spare` more lots could be a reserve.

        A bidder's limit is at least one lot.
        """
        contain, contain_price = self._reserve(self.contain_share, self.contain_price_cny_t, right, lot, lots)
        withhold, withhold_price = self._reserve(self.withhold_share, self.withhold_price_cny_t, right, lot, lots)
        step = cash_per_lot(self.increment_cny_t.get(right, Decimal(0)), lot) or max(start // STEPS, 1)
        limit = max(floor_times(lots, self.bidder_share_max), 1) if self.bidder_share_max < 1 else 0
        clock = self.format == "clock"
        return SaleTerms(
            increment=step if clock else 0,
            round_time=self.round_minutes * MINUTE if clock else 0,
            contain_lots=min(contain, spare),
            contain_price=contain_price if min(contain, spare) else 0,
            withhold_lots=withhold,
            withhold_price=withhold_price,
            bidder_lots_max=limit,
            whole=self.whole,
            larger_first=self.tie == "larger",
        )

    @staticmethod
    def _reserve(share: Decimal, prices: Mapping[str, Decimal], right: str, lot: str, lots: int) -> tuple[int, int]:
        """Return the lots and the trigger of a reserve, nothing without a trigger for this right."""
        held = floor_times(lots, share) if right in prices else 0
        return held, cash_per_lot(prices[right], lot) if held else 0


def statement(result: AuctionResult, code: str) -> dict[str, object]:
    """Return the payload of AUCTION_CLEARED: what was offered, bid for and sold, at which mean price in cash a lot."""
    sold = sum(lots for _, lots, _ in result.fills)
    return {
        "tag": result.auction.tag,
        "code": code,
        "offered_lots": result.auction.lots,
        "bid_lots": result.bid_lots,
        "sold_lots": sold,
        "mean_price_cash": mean_price(result),
        "winners": len({account for account, _, _ in result.fills}),
    }


def mean_price(result: AuctionResult) -> int:
    """Return what a lot cost on average, in cash rounded down; 0 if nothing was sold."""
    sold = sum(lots for _, lots, _ in result.fills)
    return sum(lots * price for _, lots, price in result.fills) // sold if sold else 0


def left_by_price(result: AuctionResult) -> int:
    """Return the lots that were wanted and there, and not sold: the reserve price or a trigger bound."""
    sold = sum(lots for _, lots, _ in result.fills)
    return max(min(result.unsold_lots, result.bid_lots - sold), 0)
