"""What the engine states in the journal: notes as canonical JSON, outside prices of a day, bids of an auction."""

from __future__ import annotations

import json
from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ecomarket.model.command import Fact
from ecomarket.model.stated import FactCode
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ecomarket.engine.auctions import Round
    from ecomarket.model.command import Auction, Bid
    from ecomarket.model.setting import Setting

PREFIX: Final = "outside."


def outside_prices(setting: Setting, notices: Mapping[str, float], period: int) -> Iterator[Fact]:
    """State each outside market's listed price in cash a lot of the right of its name (a unit if there is none)."""
    for name in sorted(notices):
        key = name.removeprefix(PREFIX)
        if not name.startswith(PREFIX) or "." in key:
            continue
        market = setting.by_code.get(f"OUT.{key.upper()}")
        listed = setting.listed(key)
        lot = Decimal(listed[0].lot) if listed else Decimal(1)
        price = round(Decimal(notices[name]) * lot * CASH_PER_YUAN)
        account, instrument = market.account if market else -1, listed[0].index if listed else -1
        yield Fact(FactCode.OUTSIDE_PRICE_CASH, account, instrument, period, price)


def bids_taken(auction: Auction, bids: Iterable[Bid], rounds: Sequence[Round] = ()) -> dict[str, object]:
    """Return the payload that lays an auction open: offer and bids as [account, price, lots], in order of arrival.

    Terms beyond sealed bids for what is offered are named, and the rounds of a clock as [price, wanted, there].
    """
    agreed = {f.name: getattr(auction.terms, f.name) for f in fields(auction.terms)}
    payload: dict[str, object] = {
        "tag": auction.tag,
        "lots": auction.lots,
        "reserve_price": auction.reserve_price,
        "uniform": auction.uniform,
        "bids": [[b.account, b.price, b.lots] for b in bids],
        **{name: value for name, value in agreed.items() if value},
    }
    return payload | ({"rounds": [list(r) for r in rounds]} if rounds else {})


def canonical(payload: object) -> bytes:
    """Write a note's payload as canonical JSON (sorted keys, no spaces, UTF-8); refuse floats."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_refuse)
    assert not _has_float(payload), f"a float stands in the note {text[:80]}"
    return text.encode()


def _has_float(value: object) -> bool:
    if isinstance(value, dict):
        return any(_has_float(v) for v in value.values())
    if isinstance(value, list | tuple):
        return any(_has_float(v) for v in value)
    return isinstance(value, float)


def _refuse(value: object) -> object:
    raise TypeError(f"{type(value).__name__} has no place in a note")
