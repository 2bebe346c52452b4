"""A small honest bot over HTTP: it joins as people do, sees what they see, and trades by one rule.

It buys what it lacks at the best ask, up to what the gap costs it otherwise; it sells what it has too much at the best
bid. Where there is nobody to trade with, it leaves one order at the last price. Now and then it cuts a little more
where the market pays more than the next tonne costs, a little less where it pays less. The standard library is enough.
"""

from __future__ import annotations

import http.client
import json
import secrets
import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from ecomarket.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CASH: Final = 10_000
"""Cash a yuan."""
CUT_EACH: Final = 5
"""Looks between two steps of abatement."""
STALE_EACH: Final = 10
"""Looks after which it takes its orders back, to make better ones at the next look."""
STEPS: Final = 20
BAND: Final = Decimal("1.05")
MILLI: Final = Decimal("0.001")
PATIENCE_S: Final = 60.0
GONE: Final = 401


class BotRefusedError(RunError):
    """The room did not let the bot in."""


@dataclass(slots=True)
class Bot:
    """One bot at `base` (http://host:port); `order` counts its commands."""

    base: str
    code: str
    seat: str = ""
    name: str = "bot"
    key: str = ""
    token: str = ""
    markets: dict[int, dict[str, Any]] = field(default_factory=dict)
    ready: bool = False
    orders: int = 0
    looks: int = 0
    mark: str = field(default_factory=lambda: secrets.token_hex(4))
    line: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """Return status and document of a request; once it sits, a lost connection is opened anew for a minute."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        until = time.monotonic() + (PATIENCE_S if self.token else 0.0)
        while True:
            try:
                self.line = self.line or _line(self.base)
                self.line.request(method, path, json.dumps(body) if body is not None else None, headers)
                answer = self.line.getresponse()
                return answer.status, json.loads(answer.read())
            except (OSError, http.client.HTTPException):
                self.close()
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    def join(self) -> None:
        """Take a seat. Raises BotRefusedError."""
        body = {"code": self.code, "name": self.name, "lang": "en", "bot_key": self.key}
        status, told = self.ask("POST", "/api/v1/join", body | ({"seat": self.seat} if self.seat else {}))
        if status != http.HTTPStatus.OK:
            raise BotRefusedError(told["en"], told["zh"], told["code"])
        self.token, self.seat = told["token"], told["seat"]
        self.markets = {market["m"]: market for market in told["snapshot"]["static"]["markets"]}

    def step(self) -> bool:
        """Look once and act on it; say whether the room goes on."""
        status, frame = self.ask("GET", "/api/v1/frame")
        if status == GONE or frame.get("m", {}).get("clock", {}).get("ended"):
            return False
        if status == http.HTTPStatus.OK and "me" in frame:
            for command in self.wishes(frame):
                self.orders += 1
                self.ask("POST", "/api/v1/commands", {"id": f"{self.mark}-{self.orders}", **command})
        return True

    def wishes(self, frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the commands for what a frame shows."""
        me, can = frame["me"], frame.get("can", {})
        if not self.ready and frame["m"]["clock"].get("kind") == "cards":
            self.ready = True
            yield {"type": "ready"}
        books = {book["m"]: book for book in frame["m"]["markets"]}
        self.looks += 1
        if can.get("abate") is True and self.looks % CUT_EACH == 1:
            yield from self._cut(me, books)
        if can.get("trade") is not True:
            return
        waiting = {order["m"] for order in me.get("orders", ())}
        if self.looks % STALE_EACH == 0:
            yield from ({"type": "order.cancel", "order": order["order"]} for order in me.get("orders", ()))
        free = {holding["m"]: holding["free"] for holding in me.get("holdings", ())}
        for need in me.get("needs", ()):
            book = books.get(need["m"])
            if book is None or not book.get("open") or need["m"] in waiting:
                continue
            if need["gap"] > 0:
                yield from self._buy(need, book, me["cash_free"])
            elif need["have"] > need["need"]:
                yield from self._sell(need, book, min(free.get(need["m"], 0), need["have"] - need["need"]))

    def _cut(self, me: dict[str, Any], books: dict[int, dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield a step along the own cost curve, towards where the next tonne costs what the market pays."""
        market_of = {need["right"]: need["m"] for need in me.get("needs", ())}
        for choice in (choice for choice in me.get("choices", ()) if choice["what"] == "abate"):
            book = books.get(market_of.get(choice["right"], -1))
            worth = _worth(book) if book is not None else 0
            if book is None or not worth:
                continue
            price = Decimal(worth) / CASH / Decimal(self.markets[book["m"]]["lot"])
            now, least, most = (Decimal(choice[name]) for name in ("now", "least", "most"))
            cost = next((Decimal(str(each)) for at, each in choice["curve"] if Decimal(str(at)) >= now), Decimal(0))
            step = (most - least) / STEPS
            wanted = now + step if price > cost * BAND else now - step if price * BAND < cost else now
            wanted = min(max(wanted, least), most).quantize(MILLI)
            if wanted != now:
                yield {"type": "abate", "right": choice["right"], "amount": _plain(wanted)}

    def _buy(self, need: dict[str, Any], book: dict[str, Any], cash: int) -> Iterator[dict[str, Any]]:
        limit = need["charge"] // need["gap"] or book["high"] or cash
        price, lots = book["asks"][0] if book["asks"] else (book["last"] or book["reference"], need["gap"])
        price = min(price, limit)
        if price > 0:
            yield from self._order(need["m"], "buy", price, min(need["gap"], lots, cash // price))

    def _sell(self, need: dict[str, Any], book: dict[str, Any], surplus: int) -> Iterator[dict[str, Any]]:
        price, lots = book["bids"][0] if book["bids"] else (book["last"] or book["reference"], surplus)
        if price > 0:
            yield from self._order(need["m"], "sell", price, min(surplus, lots))

    def _order(self, market: int, side: str, price: int, lots: int) -> Iterator[dict[str, Any]]:
        """Yield an order in the market's unit and yuan a unit, from lots and cash a lot."""
        lot = Decimal(self.markets[market]["lot"])
        if lots > 0:
            yield {
                "type": "order.place", "market": market, "side": side, "price": _plain(Decimal(price) / CASH / lot),
                "quantity": _plain(lots * lot),
            }  # fmt: skip

    def close(self) -> None:
        """Let go of the connection."""
        if self.line is not None:
            self.line.close()
            self.line = None


def _worth(book: dict[str, Any]) -> int:
    """Return what a lot is worth: between best bid and best ask, else the last price, else the reference."""
    ends = [int(rows[0][0]) for rows in (book["bids"], book["asks"]) if rows]
    return sum(ends) // 2 if len(ends) == 2 else int(book["last"] or book["reference"])


def _plain(number: Decimal) -> str:
    """Return a decimal without an exponent.

    >>> _plain(Decimal("6.4E+4"))
    '64000'
    """
    return format(number.normalize(), "f")


def _line(base: str) -> http.client.HTTPConnection:
    """Return a connection to http://host:port or https://host:port."""
    parts = urlsplit(base)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=30)


def play(bots: list[Bot], pace_s: float, told: Callable[[Bot], None], rounds: int = 0) -> None:
    """Let bots play until the room ends, each once in `pace_s` seconds, or so many rounds. Raises BotRefusedError."""
    try:
        for bot in bots:
            bot.join()
            told(bot)
        _play(bots, pace_s, rounds)
    finally:
        for bot in bots:
            bot.close()


def _play(bots: list[Bot], pace_s: float, rounds: int) -> None:
    done, left = 0, bots
    while left and not (rounds and done >= rounds):
        began = time.monotonic()
        left = [bot for bot in left if bot.step()]
        done += 1
        time.sleep(max(0.0, pace_s - (time.monotonic() - began)))
