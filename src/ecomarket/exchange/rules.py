"""The rules of a venue, as integers the kernel and the reference both read."""

from __future__ import annotations

from dataclasses import dataclass

from ecomarket.model.codes import Mechanism, SelfTrade


@dataclass(frozen=True, slots=True)
class VenueRules:
    """Rules of one venue. Shares are parts per million; 0 switches a limit off.

    Reference: 碳排放权交易管理规则(试行) 2021 and the exchange's notice of 2021-06-22 for the listed and block agreement
    defaults (MARKETS.md 3.1).
    """

    code: str
    mechanism: Mechanism = Mechanism.CONTINUOUS
    tick_cash: int = 100
    band_ppm: int = 100_000
    lots_min: int = 1
    lots_max: int = 0
    block_lots_min: int = 0
    block_band_ppm: int = 300_000
    fee_buy_ppm: int = 0
    fee_sell_ppm: int = 0
    bought_today_locked: bool = False
    self_trade: SelfTrade = SelfTrade.CANCEL_OLDEST
    levels_max: int = 0
    pick: str = "time"
    closing: str = "vwap"
    holding_lots_max: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """One instrument at one venue: its number at the exchange and its first reference price in cash a lot."""

    instrument: int
    venue: int
    reference_price: int
