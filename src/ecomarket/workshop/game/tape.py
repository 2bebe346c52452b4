"""What the records of a stretch of the run say in public and to each seat: trades, fills, orders that ended."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

from ecomarket.i18n import LANGUAGES, tr
from ecomarket.model.codes import CancelReason, RecordKind
from ecomarket.model.command import Bid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.model.codes import Refusal
    from ecomarket.model.command import Auction

TRADES_KEPT: Final = 500
POINTS_KEPT: Final = 2_000
POINTS_SHOWN: Final = 240
"""More would not be seen on a phone, and a world of many markets would weigh megabytes for each who joins."""
_ENDED: Final = (RecordKind.ORDER_CANCELLED, RecordKind.ORDER_EXPIRED)


class Tape:
    """Public trades of one world, newest last, and the price of each market over time; `seats` maps account -> seat."""

    def __init__(self, seats: Mapping[int, str], *, named: bool) -> None:
        self._seats = seats
        self._named = named
        self.trades: deque[list[Any]] = deque(maxlen=TRADES_KEPT)
        self.prices: dict[int, deque[list[int]]] = {}
        self.lots: dict[int, int] = {}
        self.bought: dict[tuple[int, int], tuple[int, int]] = {}
        """Lots and cash of each seat's purchases, by (account, market)."""
        self._fresh: list[list[Any]] = []
        self._own: dict[str, list[dict[str, Any]]] = {}
        self._auctions: list[dict[str, Any]] = []
        self._count = 0

    def take(self, records: NDArray[np.void]) -> None:
        """Read records in order (dtype RECORD)."""
        kinds = records["kind"]
        for at in (kinds == RecordKind.TRADE).nonzero()[0].tolist():
            self._trade(records[at])
        for kind in _ENDED:
            for at in (kinds == kind).nonzero()[0].tolist():
                self._end(records[at], expired=kind == RecordKind.ORDER_EXPIRED)

    def fresh(self) -> tuple[list[list[Any]], dict[str, list[dict[str, Any]]]]:
        """Return the trades since it was asked last, and what happened to each seat."""
        trades, own, self._fresh, self._own = self._fresh, self._own, [], {}
        return trades, own

    def points(self, market: int) -> list[list[int]]:
        """Return a market's prices over time as who joins draws them: evenly thinned, the last always there."""
        kept = list(self.prices.get(market, ()))
        every = -(-len(kept) // POINTS_SHOWN) or 1
        return kept[::-every][::-1]

    def _trade(self, record: np.void) -> None:
        t, market = int(record["t"]), int(record["instrument"])
        price, lots = int(record["price"]), int(record["amount"])
        buyer, seller = (self._seats.get(int(record[side]), "") for side in ("account", "counter"))
        self._count += 1
        shown = (buyer, seller) if self._named else ("", "")
        row = [self._count, t, market, price, lots, *shown]
        self.trades.append(row)
        self._fresh.append(row)
        self.prices.setdefault(market, deque(maxlen=POINTS_KEPT)).append([t, price])
        self.lots[market] = self.lots.get(market, 0) + lots
        if buyer:
            before, paid = self.bought.get(place := (int(record["account"]), market), (0, 0))
            self.bought[place] = (before + lots, paid + price * lots)
        for seat, side in ((buyer, "buy"), (seller, "sell")):
            if seat:
                event = {"kind": "fill", "t": t, "m": market, "side": side, "price": price, "lots": lots}
                self._own.setdefault(seat, []).append(event)

    def auctioned(self, auction: Auction, bids: Sequence[Bid], fills: Sequence[tuple[int, int, int]]) -> None:
        """Read an auction that has cleared: what was asked for and offered at which price, without names."""
        prices = [price for _, _, price in fills]
        self._auctions.append(
            {
                "m": auction.instrument,
                "lots": sum(lots for _, lots, _ in fills),
                "price": min(prices, default=0),
                "price_most": max(prices, default=0),
                "demand": sorted(([bid.price, bid.lots] for bid in bids), reverse=True),
                "supply": [[auction.reserve_price, auction.lots]],
            }
        )

    def refused(self, command: object, refusal: Refusal) -> None:
        """Tell a seat that its bid was refused when the auction was held: nobody else would."""
        seat = self._seats.get(command.account, "") if isinstance(command, Bid) else ""
        if seat:
            why = {lang: tr(f"refusals.{refusal.name}", lang) for lang in LANGUAGES}
            text = {lang: tr("workshop.bid_refused", lang, why=why[lang]) for lang in LANGUAGES}
            self._own.setdefault(seat, []).append({"kind": "message", "t": -1, "code": refusal.name, "text": text})

    def auctions(self) -> list[dict[str, Any]]:
        """Return the auctions that have cleared since it was asked last."""
        found, self._auctions = self._auctions, []
        return found

    def _end(self, record: np.void, *, expired: bool) -> None:
        seat = self._seats.get(int(record["account"]), "")
        if not seat or int(record["code"]) in (CancelReason.OWNER, CancelReason.REPLACED):
            return
        what = "expired" if expired else "withdrawn"
        event = {"kind": what, "t": int(record["t"]), "m": int(record["instrument"]), "order": int(record["order"])}
        self._own.setdefault(seat, []).append({**event, "why": CancelReason(int(record["code"])).name})
