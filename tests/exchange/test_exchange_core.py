"""Stories that nobody here wrote, told through the public API: exchange-core at 2f85487 (Apache-2.0, exchange_core/LICENSE.txt).

The steps of basic.feature and risk.feature are read as they stand. Where the two exchanges differ:

- A lot of ETH is 100,000 of its units, and a price counts for 10 units of XBT a lot: cash here is theirs divided by 10.
- Their bids hold cash at a reserve price above the limit, and may be moved up to it; ours hold at the limit. So a bidder's
  balance here is higher by the difference, a bid that they refuse for its reserve price is sent at that price, and while a
  move beyond the reserve price is tried, all cash above the reserve is pledged. 18501 is off our tick of 10: 18510.
- EUR_USD is a future there and needs no units; here the seller is given what he sells.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, Eligible, HoldReason, RecordKind, Refusal, TimeInForce

FOLDER = Path(__file__).parent / "exchange_core"
FIRST = len(SYSTEM_ACCOUNTS)
TICK = 10
ETH_LOT, XBT_PRICE = 100_000, 10
Steps = list[tuple[str, list[list[str]]]]


def scenarios(name: str) -> list[tuple[str, str, Steps]]:
    """Title, symbol, steps with their tables (the background first) of each scenario of a file."""
    found: list[tuple[str, Steps, list[str]]] = []
    background: Steps = []
    steps = background
    for line in (FOLDER / f"{name}.feature").read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if text.startswith("Scenario"):
            steps = [*background]
            found.append((text.split(": ", 1)[1], steps, []))
        elif text.startswith("|") and "symbol" in text:
            continue
        elif text.startswith("|") and found and not steps[-1][0]:
            found[-1][2].append(text.strip("| "))
        elif text.startswith("|"):
            steps[-1][1].append([cell.strip() for cell in text[1:-1].split("|")])
        elif text.startswith("Examples"):
            steps.append(("", []))
        elif re.match("(Given|When|Then|And) ", text):
            steps.append((text.split(" ", 1)[1], []))
    return [(title, s, steps) for title, steps, symbols in found for s in symbols or ["ETH_XBT"]]


class Teller:
    """Carries out the steps of one scenario."""

    def __init__(self, engine: Any, symbol: str, steps: Steps) -> None:
        low = "1600@7" in str(steps)  # one story trades near 1,600, the others between 16,900 and 40,000
        venue = VenueRules("core", tick_cash=1 if low else TICK, band_ppm=0)
        self.x = engine(FIRST + 3, 2, [venue], [Listing(1, 0, 1_600 if low else 28_000)], FIRST)
        self.x.open_session(0, [1], 10**9)
        self.symbol = symbol
        self.base, self.quote = symbol.split("_")
        self.lot, self.unit = (ETH_LOT, XBT_PRICE) if symbol == "ETH_XBT" else (1, 1)
        self.clients: dict[str, int] = {}
        self.given: dict[tuple[str, str], int] = {}
        self.ids: dict[str, int] = {}
        self.reserve: dict[int, int] = {}
        self.sizes: dict[int, int] = {}
        self.news: list[Any] = []
        self.t = 0

    def now(self) -> int:
        self.t += 1
        return self.t

    def tell(self, text: str, table: list[list[str]]) -> None:
        """Find the one method whose pattern is this step."""
        text = text.replace("<symbol>", self.symbol)
        hits = [(way, m) for pattern, way in STEPS.items() if (m := re.fullmatch(pattern, text))]
        assert len(hits) == 1, text
        way, match = hits[0]
        way(self, *match.groups(), *([table] if table else []))

    def account(self, who: str) -> int:
        if who not in self.clients:
            self.clients[who] = FIRST + len(self.clients)
            self.x.allow(self.clients[who], 1, Eligible.ALL)
        return self.clients[who]

    def new(self, who: str, table: list[list[str]]) -> None:
        for currency, amount in table:
            self.add(amount, currency, who)
        if self.symbol == "EUR_USD":
            self.add("7", "EUR", who)

    def add(self, amount: str, currency: str, who: str) -> None:
        before = self.given.get((who, currency), 0)
        after = self.given[who, currency] = before + int(amount)
        if currency == self.quote:
            self.x.transfer(self.now(), AccountKind.WORLD, self.account(who), 0, int(amount) // self.unit, 1)
        elif currency == self.base and after // self.lot > before // self.lot:
            lots = after // self.lot - before // self.lot
            self.x.transfer(self.now(), AccountKind.ISSUANCE, self.account(who), 1, lots, 1)

    def send(self, who: str, side: str, price: str, lots: str, tif: str) -> Any:
        kind = TimeInForce.IOC if tif == "IOC" else TimeInForce.GTC
        outcome = self.x.submit(
            self.now(), self.account(who), 1, 1 if side == "BID" else 2, int(price), int(lots), 0, kind
        )
        self.hear()
        return outcome

    def hear(self) -> None:
        """Take note of the trades of the last message."""
        records, _ = self.x.drain()
        self.news = [r for r in records if r["kind"] == RecordKind.TRADE]

    def places(self, who: str, side: str, number: str, price: str, lots: str, tif: str, reserve: str | None) -> None:
        outcome = self.send(who, side, price, lots, tif)
        assert outcome.refusal == Refusal.NONE
        self.ids[number], self.sizes[outcome.order] = outcome.order, int(lots)
        self.reserve[outcome.order] = int(reserve or 0)

    def could_not_place(self, who: str, side: str, _: str, price: str, lots: str, tif: str, reserve: str) -> None:
        missing = Refusal.INSUFFICIENT_CASH if side == "BID" else Refusal.INSUFFICIENT_UNITS
        assert self.send(who, side, reserve if side == "BID" else price, lots, tif).refusal == missing

    def open_orders(self, who: str) -> dict[int, Any]:
        rows = self.x.resting(1)
        return {int(r["order"]): r for r in rows if r["account"] == self.account(who)}

    def above(self, who: str) -> int:
        """Cash that their reserve prices hold and our limits do not."""
        bids = [(n, r) for n, r in self.open_orders(who).items() if r["side"] == 1]
        return sum((self.reserve[n] - int(r["price"])) * int(r["lots"]) for n, r in bids)

    def balance(self, who: str, table: list[list[str]]) -> None:
        for currency, amount in table:
            if currency == self.quote:
                assert self.x.free(self.account(who), 0) == int(amount) // self.unit + self.above(who)
            else:
                assert self.x.free(self.account(who), 1) == int(amount) // self.lot

    def orders(self, who: str, table: list[list[str]]) -> None:
        rows = self.open_orders(who)
        ours = {
            (n, int(r["price"]), self.sizes[n], self.sizes[n] - int(r["lots"]), "?BA"[int(r["side"])])
            for n, r in rows.items()
        }
        assert ours == {(self.ids[n], int(p), int(s), int(f), side[0]) for n, p, s, f, _, side in table[1:]}

    def none_active(self, who: str) -> None:
        assert not self.open_orders(who)

    def book(self, table: list[list[str]]) -> None:
        rows = [r for r in table if r != ["bid", "price", "ask"]]
        asks = [(int(price), int(ask)) for _, price, ask in rows if ask][::-1]
        bids = [(int(price), int(bid)) for bid, price, _ in rows if bid]
        depth = self.x.depth(1, 5).tolist()
        assert [(a, n) for a, n, _, _ in depth if a] == asks
        assert [(b, n) for _, _, b, n in depth if b] == bids

    def no_trades(self) -> None:
        assert not self.news

    def matched(self, number: str, how: str, price: str, lots: str, hold: str | None) -> None:
        (trade,) = self.news
        order = self.ids[number]
        assert order in (trade["order"], trade["other"])
        assert (trade["price"], trade["amount"]) == (int(price), int(lots))
        assert (order in self.x.resting(1)["order"]) == (how == "partially")
        if hold is not None:
            assert self.reserve[order] == int(hold)

    def moves(self, who: str, price: str, number: str) -> None:
        order = self.ids[number]
        lots = int(self.open_orders(who)[order]["lots"])
        assert self.x.replace(self.now(), self.account(who), order, int(price), lots).refusal == Refusal.NONE
        self.hear()

    def could_not_move(self, who: str, price: str, number: str) -> None:
        order, account = self.ids[number], self.account(who)
        own = self.open_orders(who)[order]
        purse = self.x.free(account, 0) - self.above(who)
        pledge, refusal = self.x.hold(self.now(), account, 0, purse, HoldReason.PLEDGE)
        assert refusal == Refusal.NONE
        beyond = -(-int(price) // TICK) * TICK
        outcome = self.x.replace(self.now(), account, order, beyond, int(own["lots"]))
        assert outcome.refusal == Refusal.INSUFFICIENT_CASH
        assert self.x.release(self.now(), pledge) == Refusal.NONE

    def cancels(self, who: str, lots: str, number: str) -> None:
        assert int(self.open_orders(who)[self.ids[number]]["lots"]) == int(lots)
        assert self.x.cancel(self.now(), self.account(who), self.ids[number]) == Refusal.NONE


ORDER = r"an (ASK|BID) order (\d+) at (\d+)@(\d+) \(type: (\w+), symbol: \w+(?:, reservePrice: (\d+))?\)"
STEPS = {
    r"New client (\w+) has a balance:": Teller.new,
    r"(\d+) (\w+) is added to the balance of a client (\w+)": Teller.add,
    rf"A client (\w+) places {ORDER}": Teller.places,
    rf"A client (\w+) could not place {ORDER} due to RISK_NSF": Teller.could_not_place,
    r"A balance of a client (\w+):": Teller.balance,
    r"A client (\w+) orders:": Teller.orders,
    r"A client (\w+) does not have active orders": Teller.none_active,
    r"An \w+ order book is:": Teller.book,
    r"No trade events": Teller.no_trades,
    r"The order (\d+) is (partially|fully) matched. LastPx: (\d+), LastQty: (\d+)(?:, bidderHoldPrice: (\d+))?": (
        Teller.matched
    ),
    r"A client (\w+) moves a price to (\d+) of the order (\d+)": Teller.moves,
    r"A client (\w+) could not move a price to (\d+) of the order (\d+) due to MATCHING_MOVE_FAILED_\w+": (
        Teller.could_not_move
    ),
    r"A client (\w+) cancels the remaining size (\d+) of the order (\d+)": Teller.cancels,
}
TOLD = [(*s,) for name in ("basic", "risk") for s in scenarios(name)]


def test_all_scenarios_are_found() -> None:
    assert [(title, symbol) for title, symbol, _ in TOLD] == [
        ("basic full cycle test", "EUR_USD"), ("basic full cycle test", "ETH_XBT"), ("cancel BID order", "ETH_XBT"),
        ("basic scenario", "ETH_XBT"), ("move orders UP and DOWN", "ETH_XBT"),
    ]  # fmt: skip


@pytest.mark.parametrize(("title", "symbol", "steps"), TOLD, ids=[f"{t}, {s}" for t, s, _ in TOLD])
def test_scenario(engine, title, symbol, steps) -> None:
    teller = Teller(engine, symbol, steps)
    for text, table in steps:
        if text:
            teller.tell(text, table)
