"""What the rules say beforehand of an auction: the lowest price, at which price more or less is sold, what winners pay.

It is read from the law in force, so a card that changes a rule changes it; a rule that is not named here says nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ecomarket.rights.water_right import KEY as WATER
from ecomarket.rights.water_right import delivered_share, water_of
from ecomarket.units import PPM, cash_per_lot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from ecomarket.model.entities import Instrument
    from ecomarket.model.observation import Board
    from ecomarket.model.setting import Setting
    from ecomarket.scenario import Scenario


class Start(NamedTuple):
    """The lowest price that wins, CNY a unit; whether a seller may ask more (`open_up`)."""

    cny: Decimal
    open_up: bool = False


class _Case(NamedTuple):
    """What a rule's reader is given: the rule, the market, the day, the board, all laws."""

    law: Any
    market: Instrument
    today: date
    board: Board
    setting: Setting


def _permits(case: _Case) -> Start | None:
    price = case.law.reserve_price_cny_t.get(case.market.right)
    return None if price is None else Start(price)


def _release(case: _Case) -> Start | None:
    base = getattr(case.setting.law_begun("initial-allocation", case.today), "base_price_cny_t", {})
    price = base.get(case.market.right)
    return None if price is None else Start(price * case.law.release)


def _allowances(case: _Case) -> Start | None:
    due = case.market.right == case.law.right and case.market.vintage == case.today.year - case.law.vintage_lag
    return Start(case.law.start_price_cny_t.at(case.today.year)) if due else None


def _cap(case: _Case) -> Start | None:
    sold = case.market.right == case.law.right and case.law.auction
    return Start(case.law.reserve_price_cny) if sold else None


def _energy(case: _Case) -> Start | None:
    return Start(case.law.floor_cny_tce.at(case.today.year)) if case.market.right == case.law.right else None


def _window(case: _Case) -> Start | None:
    """Return the part of a window's lowest price that is public: a partner's framework may ask for more."""
    told = case.board.notices.get(f"reference.{case.market.code}")
    return None if told is None else Start(Decimal(str(told)) * (1 - case.law.discount), open_up=True)


def _water(case: _Case) -> Start | None:
    return Start(case.law.reserve_price_cny_m3) if case.market.right == WATER else None


def _cover(case: _Case) -> Start | None:
    price = case.law.floor_cny_mu.get(case.market.right) if case.market.right in case.law.rights else None
    return None if price is None else Start(price)


READERS: Final[Mapping[str, Callable[[_Case], Start | None]]] = {
    "permit-auction": _permits,
    "reserve-buyback": _release,
    "allowance-auction": _allowances,
    "cap-and-trade": _cap,
    "energy-use-trading": _energy,
    "priority-window": _window,
    "water-cap": _water,
    "cover-indicator": _cover,
}
"""By the kind of the rule that holds the auction."""


def halls(scenario: Scenario, setting: Setting, board: Board, market: Instrument) -> Iterator[dict[str, Any]]:
    """Yield what is known beforehand of each auction of a market, prices in cash a lot; nothing where none is held."""
    today = board.today
    for kind, read in READERS.items():
        law = setting.law_on(kind, today)
        start = None if law is None else read(_Case(law, market, today, board, setting))
        if start is None:
            continue
        code = getattr(law, "venue", "") or getattr(law, "auction", "") or _venue_of(setting, market)
        venue = scenario.config.venues.get(code)
        if venue is None:
            continue
        yield {
            "label": {lang: venue.label.text(lang) or code for lang in ("en", "zh")},
            "start": int(cash_per_lot(start.cny, market.lot)),
            "tick": setting.ticks[code],
            **({"open_up": True} if start.open_up else {}),
            **_form(law, market),
        }


def water_buyers(scenario: Scenario, setting: Setting, market: Instrument) -> frozenset[int]:
    """Return the accounts of governments to which water of a market's zone can be sold in a window between zones.

    Such a window needs no hall of its own: it is held at the venue of the book.
    """
    if market.right != WATER or all(use.kind != "water-cap" for use in scenario.policies):
        return frozenset()
    return frozenset(
        region.account
        for region in setting.of_kind("region")
        if region.code != market.zone
        and water_of(setting, region, market.vintage) is not None
        and delivered_share(setting, market.zone, region.code) > 0
    )


def _venue_of(setting: Setting, market: Instrument) -> str:
    return setting.venues[market.venue] if market.venue >= 0 else ""


def _form(law: Any, market: Instrument) -> dict[str, Any]:
    """Return what an auction's form says (policies/_auction_form.py): who pays what, reserves with their triggers."""
    told: dict[str, Any] = {}
    if hasattr(law, "pricing"):
        told["own_bid"] = law.pricing == "pay-as-bid"
    for what in ("contain", "withhold"):
        price = getattr(law, f"{what}_price_cny_t", {}).get(market.right)
        share = getattr(law, f"{what}_share", Decimal(0))
        if price is not None and share > 0:
            told[what] = {"price": int(cash_per_lot(price, market.lot)), "ppm": int(share * PPM)}
    return told
