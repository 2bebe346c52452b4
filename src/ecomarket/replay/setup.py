"""What a replay runs under: rules, put together from a file and from single choices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, DecimalException
from typing import TYPE_CHECKING, Final, NamedTuple

from ecomarket.errors import UserError
from ecomarket.exchange.rules import PRICE_MAX, VenueRules
from ecomarket.i18n import tr
from ecomarket.model.codes import Mechanism
from ecomarket.replay.rows import price_of
from ecomarket.replay.words import RowError
from ecomarket.units import CASH_PER_YUAN, PPM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.exchange.alone import Name

MECHANISMS: Final = {
    "continuous": Mechanism.CONTINUOUS,
    "call-auction": Mechanism.CALL_AUCTION,
    "listed-agreement": Mechanism.LISTED_AGREEMENT,
}
"""Mechanisms that an order file can be run through, by name."""

OF_HOLDINGS: Final = {
    "holding_lots_max": "holding_limit",
    "bought_today_locked": "bought_today_locked",
    "report_ppm": "report_share",
    "report_lots": "report_lots",
}
"""Rules that look at what an account holds, which nobody knows without a file of accounts; and their keys."""
OF_PARTIES: Final = {"open_orders_max": "open_orders_max", "order_rate_max": "orders_a_second"}
"""Rules that look at one account's orders, and their keys."""
OF_HOURS: Final = {"closing_minutes": "closing_minutes"}
"""Rules that look at when the day's last session ends, which nobody knows without `sessions`; and their keys."""
SHOWN: Final = 40
"""Characters of a wrong choice that are told again."""


class RulesFile(NamedTuple):
    """What a rules file says: rules, reference price in cash a lot (0: none), end of the last session.

    The latter in microseconds since midnight, 0: the file names no sessions.
    """

    rules: VenueRules
    reference_price: int = 0
    close_t: int = 0


@dataclass(frozen=True)
class Setup:
    """Rules, previous close in cash a lot (0: none), opening holdings by account (None: unlimited), language.

    `close_t` is when a day's last session ends, in microseconds since midnight, 0: not known.
    """

    rules: VenueRules
    previous_close: int = 0
    accounts: Mapping[Name, tuple[int, int]] | None = None
    lang: str = "en"
    close_t: int = 0


def set_up(
    base: RulesFile | None,
    *,
    mechanism: str | None,
    tick: str | None,
    band: str | None,
    previous_close: str | None,
    accounts: Mapping[Name, tuple[int, int]] | None,
    lang: str,
) -> Setup:
    """Return the setup: `base` (what a file says, or plain rules) with what is chosen beside it.

    tick and previous_close are CNY, band a share. Raises UserError if a choice is no number, out of range, or a band
    lacks the price it stands about.
    """
    rules, close, close_t = base or RulesFile(VenueRules("replay", band_ppm=0))
    if mechanism:
        rules = replace(rules, mechanism=MECHANISMS[mechanism])
    if tick:
        rules = replace(rules, tick_cash=_price(tick, lang))
    if band:
        rules = replace(rules, band_ppm=_share(band, lang))
    if previous_close:
        close = _price(previous_close, lang)
    if not close and (rules.band_ppm or rules.dynamic_band_ppm or rules.halt_ppm):
        raise UserError(tr("replay.band_needs_close", lang))
    return Setup(rules, close, accounts, lang, close_t)


def without(rules: VenueRules, names: Mapping[str, str]) -> tuple[VenueRules, list[str]]:
    """Return the rules with those of `names` (field -> key) switched off, and the keys of those that were on.

    >>> without(VenueRules("v", holding_lots_max=9), OF_HOLDINGS)[1]
    ['holding_limit']
    """
    off = {field: key for field, key in names.items() if getattr(rules, field)}
    return replace(rules, **{field: type(getattr(rules, field))(0) for field in off}), list(off.values())


def _price(text: str, lang: str) -> int:
    try:
        cash = price_of(text)
    except RowError:
        cash = 0
    if not 0 < cash <= PRICE_MAX:
        raise UserError(tr("replay.not_price", lang, found=text[:SHOWN], most=f"{PRICE_MAX // CASH_PER_YUAN:,}"))
    return cash


def _share(text: str, lang: str) -> int:
    try:
        share = Decimal(text) * PPM
    except DecimalException:
        share = Decimal(-1)
    if not share.is_finite() or not 0 <= share <= PPM or share != int(share):
        raise UserError(tr("replay.not_share", lang, found=text[:SHOWN]))
    return int(share)
