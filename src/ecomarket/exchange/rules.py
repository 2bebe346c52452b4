"""The rules of a venue, as integers the kernel and the reference both read."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from ecomarket.model.codes import Mechanism, SelfTrade
from ecomarket.units import DAY, PPM

if TYPE_CHECKING:
    from collections.abc import Sequence

TICKS_MAX: Final = 4096
"""Most ticks between the lowest and the highest price of a day; a wider band is cut round the reference price."""
LOTS_LIMIT: Final = 2**31 - 1
"""Most lots in one order where the venue sets no limit."""
NOTIONAL_MAX: Final = 2**60
"""Most cash (price x lots) in one order or deal."""
PRICE_MAX: Final = 2**40
"""Highest price in cash a lot (1.1e8 CNY)."""
FEE_MAX: Final = 2**40
"""Highest fee in cash of an order (1.1e8 CNY)."""
LOT_FEE_MAX: Final = 2**29
"""Highest fee in cash a lot (53,687 CNY): all lots of the largest order then cost no more than NOTIONAL_MAX."""
YEAR: Final = 365 * DAY
"""A year of a right's term."""
LISTED_LEVELS: Final = 5
"""Price levels a taker sees under a listed agreement (exchange notice of 2021-06-22)."""

PICKS: Final = ("time", "random", "relation", "largest")
"""How a taker picks among makers at one price: the oldest; by a hash of the taker's order id and fill number; the maker
whose account number is nearest the taker's; the largest. Ties go to the oldest."""
CLOSINGS: Final = ("vwap", "last", "call")
"""How the closing price is made from the day's trades in the book; without a trade it is the previous one.

`vwap`: their mean by volume (of the last `closing_minutes` only, where these saw a trade); `last`: the last one;
`call`: the price of the day's last call auction that traded, else the mean.
"""
CALL_TIES: Final = ("reference", "highest", "midpoint")
"""Which price of a call auction is taken where volume and imbalance leave several: the nearest to the reference price;
the highest; the middle, floored to the tick."""
CALL_PRICINGS: Final = ("uniform", "pairs")
"""What is paid in a call auction: one price by all; or, pairing the highest bid with the lowest ask, each buyer's own
bid (the rule of the EPA auctions of 1993 to 2005, for teaching: Cason and Plott 1996)."""

_SHARE: Final = (0, 1_000_000)
_AMOUNT: Final = (0, FEE_MAX)
_BOUNDS: Final = {
    **dict.fromkeys(("band_ppm", "block_band_ppm", "dynamic_band_ppm", "halt_ppm"), _SHARE),
    **dict.fromkeys(("fee_buy_ppm", "fee_sell_ppm"), _SHARE),
    **dict.fromkeys(("fee_buy_lot_cash", "fee_sell_lot_cash"), (0, LOT_FEE_MAX)),
    **dict.fromkeys(("maker_buy_ppm", "maker_sell_ppm", "term_rate_ppm"), (-1, 1_000_000)),
    **dict.fromkeys(("fee_fixed_cash", "fee_min_cash", "fee_max_cash", "open_orders_max", "order_rate_max"), _AMOUNT),
    "tick_cash": (1, PRICE_MAX),
    "report_ppm": _SHARE,
    "report_lots": _AMOUNT,
    "closing_minutes": (0, 1_440),
    **dict.fromkeys(("order_rate_window", "halt_time"), (1, 2**60)),
}
"""Least and most value of a rule; fees in cash stay below the price of a lot, so that sums stay within 64 bits."""


class Ratio(NamedTuple):
    """A passage between zones: lots of `sold` arrive as lots x ppm / 1,000,000 of `delivered`, floored."""

    sold: int
    delivered: int
    ppm: int


@dataclass(frozen=True, slots=True)
class VenueRules:
    """Rules of one venue. Shares are parts per million; 0 switches a limit off.

    Under a listed agreement `levels_max` 0 means the five levels of the rule. Raises ValueError for a rule no engine
    could keep. Reference: 碳排放权交易管理规则(试行) 2021 and the exchange's notice of 2021-06-22 for the defaults of
    listed and block agreements.
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
    maker_buy_ppm: int = -1
    maker_sell_ppm: int = -1
    fee_fixed_cash: int = 0
    fee_min_cash: int = 0
    fee_max_cash: int = 0
    open_orders_max: int = 0
    order_rate_max: int = 0
    order_rate_window: int = 1_000_000
    dynamic_band_ppm: int = 0
    halt_ppm: int = 0
    halt_time: int = 300_000_000
    closing_minutes: int = 0
    call_tie: str = "reference"
    call_pricing: str = "uniform"
    report_ppm: int = 0
    report_lots: int = 0
    term_rate_ppm: int = -1
    ratios: tuple[Ratio, ...] = ()
    fee_buy_lot_cash: int = 0
    fee_sell_lot_cash: int = 0

    def __post_init__(self) -> None:
        """Refuse a rule that no engine could keep."""
        if self.pick not in PICKS:
            raise ValueError(f"pick '{self.pick}': options are {', '.join(PICKS)}")
        if self.closing not in CLOSINGS:
            raise ValueError(f"closing '{self.closing}': options are {', '.join(CLOSINGS)}")
        if self.call_tie not in CALL_TIES:
            raise ValueError(f"call_tie '{self.call_tie}': options are {', '.join(CALL_TIES)}")
        if self.call_pricing not in CALL_PRICINGS:
            raise ValueError(f"call_pricing '{self.call_pricing}': options are {', '.join(CALL_PRICINGS)}")
        if self.lots_min < 1:
            raise ValueError("lots_min must be at least 1")
        if self.fee_max_cash and self.fee_max_cash < self.fee_min_cash:
            raise ValueError("fee_max_cash must be 0 or at least fee_min_cash")
        if self.report_ppm and (self.report_lots or not self.holding_lots_max):
            raise ValueError("report_ppm is a share of holding_lots_max, which must be set, and report_lots not")
        for name, (least, most) in _BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} must lie in {least}..{most}")


@dataclass(frozen=True, slots=True)
class Listing:
    """One instrument at one venue: its number at the exchange and its first reference price in cash a lot.

    from_t, to_t   its term (to_t 0: none); the first reference price is then the price of the whole term
    renewed        whether the right is given anew for as long whenever its term ends
    """

    instrument: int
    venue: int
    reference_price: int
    from_t: int = 0
    to_t: int = 0
    renewed: bool = False


def levels_seen(rules: VenueRules) -> int:
    """Return how many price levels a taker may reach, 0 for all."""
    if rules.levels_max == 0 and rules.mechanism == Mechanism.LISTED_AGREEMENT:
        return LISTED_LEVELS
    return rules.levels_max


def report_from(rules: VenueRules) -> int:
    """Return the lots from which on a holding is reported as a large one, 0 for never.

    >>> report_from(VenueRules("cea", holding_lots_max=1_000_001, report_ppm=800_000))
    800001
    """
    return rules.report_lots or -(-rules.holding_lots_max * rules.report_ppm // PPM)


def check_ratios(venues: Sequence[VenueRules], instruments: int) -> None:
    """Raise ValueError if a venue's ratio is no part of 1, joins what is no pair of instruments, or stands twice."""
    for rules in venues:
        for ratio in rules.ratios:
            if not (min(ratio[:2]) > 0 and max(ratio[:2]) < instruments and ratio.sold != ratio.delivered):
                raise ValueError(f"ratio {tuple(ratio)} joins cash, an unknown instrument, or one with itself")
            if not 0 < ratio.ppm <= PPM:
                raise ValueError(f"ratio {tuple(ratio)} must deliver a part of what is sold")
        if any(one[:2] == two[:2] for one, two in pairwise(sorted(rules.ratios))):
            raise ValueError(f"venue '{rules.code}' has two ratios between the same instruments")


def check_listings(venues: Sequence[VenueRules], listings: Sequence[Listing], instruments: int) -> None:
    """Raise ValueError if an instrument is listed twice, or out of range, or at no venue, or without a price."""
    seen: list[int] = []
    for listing in listings:
        if not 0 < listing.instrument < instruments or listing.instrument in seen:
            raise ValueError(f"instrument {listing.instrument} is cash, unknown, or listed twice")
        if not 0 <= listing.venue < len(venues):
            raise ValueError(f"venue {listing.venue} of instrument {listing.instrument} is unknown")
        if not 0 < listing.reference_price <= PRICE_MAX:
            raise ValueError(f"instrument {listing.instrument} needs a reference price")
        if listing.to_t and listing.to_t <= listing.from_t:
            raise ValueError(f"the term of instrument {listing.instrument} ends before it begins")
        seen.append(listing.instrument)


def band(reference: int, band_ppm: int, tick: int) -> tuple[int, int]:
    """Return the lowest and highest price of a band round a reference price, on the tick and at least one tick wide.

    >>> band(420_000, 100_000, 100)
    (378000, 462000)
    """
    low = -(-reference * (1_000_000 - band_ppm) // (1_000_000 * tick)) * tick
    high = reference * (1_000_000 + band_ppm) // (1_000_000 * tick) * tick
    low = max(tick, min(low, (-(-reference // tick) - 1) * tick))
    return low, max(high, (reference // tick + 1) * tick)


def day_band(reference: int, rules: VenueRules) -> tuple[int, int]:
    """Return the lowest and highest price of a day; without a band, or with a wider one, TICKS_MAX ticks.

    >>> day_band(420_000, VenueRules("cea", band_ppm=0))
    (215200, 624700)
    """
    tick = rules.tick_cash
    low, high = band(reference, rules.band_ppm or 1_000_000, tick)
    if not rules.band_ppm:
        high = PRICE_MAX
    if high - low >= TICKS_MAX * tick:
        low = max(low, (reference // tick - TICKS_MAX // 2) * tick)
        high = min(high, low + (TICKS_MAX - 1) * tick)
    return low, high
