"""Seeded streams of messages, shared by the benchmarks and the tests of the exchange."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ecomarket.chance import bits
from ecomarket.errors import InternalError, LedgerError
from ecomarket.exchange.kernel.state import MESSAGE
from ecomarket.exchange.rules import Listing, Ratio, VenueRules
from ecomarket.exchange.terms import AuctionTerms, OfferTerms
from ecomarket.model.codes import (
    SYSTEM_ACCOUNTS,
    AccountKind,
    Eligible,
    HoldReason,
    Mechanism,
    OrderKind,
    SelfTrade,
    TimeInForce,
)
from ecomarket.model.stated import NoteCode

FIRST = len(SYSTEM_ACCOUNTS)

# --- mixed calls: every door of the exchange, people short of cash and units, several days

PEOPLE = 12
AROUND = tuple(Ratio(i, i % 6 + 1, 1_000_000 - 150_000 * (i % 3)) for i in range(1, 7))
"""Sales across borders, each zone into the next."""
CONTINUOUS = VenueRules(
    "continuous", band_ppm=3_000, fee_buy_ppm=3_000, fee_sell_ppm=1_500, maker_buy_ppm=1_000, holding_lots_max=330,
    lots_max=90, block_lots_min=20, open_orders_max=2, dynamic_band_ppm=2_000, call_tie="highest",
    report_ppm=600_000, ratios=AROUND, fee_buy_lot_cash=170, fee_sell_lot_cash=90,
)  # fmt: skip
LISTED = [
    VenueRules(
        f"listed-{pick}", Mechanism.LISTED_AGREEMENT, band_ppm=4_000, bought_today_locked=locked, self_trade=self_trade,
        pick=pick, lots_min=2, closing=closing, block_lots_min=10, block_band_ppm=5_000, report_lots=240,
        term_rate_ppm=50_000, ratios=AROUND,
    )
    for pick, locked, self_trade, closing in (
        ("random", True, SelfTrade.CANCEL_NEWEST, "vwap"),
        ("relation", False, SelfTrade.CANCEL_OLDEST, "last"),
        ("largest", True, SelfTrade.DECREMENT, "vwap"),
    )
]  # fmt: skip
WIDE = VenueRules(
    "wide",
    band_ppm=0,
    fee_buy_ppm=10,
    self_trade=SelfTrade.CANCEL_NEWEST,
    tick_cash=4,
    closing_minutes=1,
    order_rate_max=4,
    order_rate_window=40,
)
CALLS = VenueRules(
    "calls", Mechanism.CALL_AUCTION, band_ppm=4_000, self_trade=SelfTrade.DECREMENT, closing="call", closing_minutes=1,
    call_tie="midpoint", fee_buy_ppm=2_000, fee_sell_ppm=1_500, maker_buy_ppm=0, maker_sell_ppm=4_000,
    fee_fixed_cash=700, fee_min_cash=40_000, fee_max_cash=90_000, open_orders_max=3, halt_ppm=1_300, halt_time=12,
    fee_buy_lot_cash=170, fee_sell_lot_cash=90,
)  # fmt: skip
PAIRS = VenueRules(
    "pairs", band_ppm=3_500, self_trade=SelfTrade.CANCEL_NEWEST, call_pricing="pairs", bought_today_locked=True,
    fee_sell_ppm=900_000, fee_min_cash=2_000_000, order_rate_max=2, order_rate_window=60, dynamic_band_ppm=3_000,
    halt_ppm=3_000, halt_time=20,
)  # fmt: skip
VENUES = [CONTINUOUS, *LISTED, WIDE, CALLS, PAIRS]
REFERENCES = [0, 420_000, 300_000, 80_000, 1_000_000, 10_002, 0, 500_000, 300_000]
BOOKS = [1, 2, 3, 4, 5, 7, 8]
"""The listed instruments; 6 is listed nowhere."""
WITH_CALLS = [1, 5, 7, 8]
LISTINGS = [Listing(i, venue, REFERENCES[i], to_t=1_000_000 if i == 2 else 0) for venue, i in enumerate(BOOKS)]
SHAPE = (FIRST + PEOPLE, 9, VENUES, LISTINGS, FIRST)
"""Arguments of an exchange for `drive`."""
MINUTE = 60_000_000


def drive(exchange: Any, seed: int, count: int) -> list[Any]:
    """Send `count` mixed messages; return all answers."""
    rolls = bits(seed, np.arange(count)[:, None], "stream", 0, np.arange(8)[None, :]).tolist()
    driver = Driver(exchange)
    driver.start()
    for roll in rolls:
        driver.step(roll)
    return driver.answers


class Driver:
    """Turns rolls of eight numbers into calls; the same rolls make the same calls on every engine that agrees."""

    def __init__(self, exchange: Any) -> None:
        self.x = exchange
        self.t = 0
        self.answers: list[Any] = []
        self.ids = 0
        self.rested: list[tuple[int, int, int, int]] = []
        self.calling: set[int] = set()
        self.auctions: list[tuple[int, int, AuctionTerms]] = []
        self.bids: list[tuple[int, int]] = []
        self.offers: list[int] = []
        self.holds: list[int] = []

    def start(self) -> None:
        """Endow everybody and open the markets."""
        for k in range(PEOPLE):
            for i in range(1, 9):
                self.x.allow(FIRST + k, i, Eligible.ALL if (k + i) % 11 else Eligible.SELL)
                units = 150 + 40 * (k % 5) if (k + i) % 3 else 25
                self.x.transfer(0, AccountKind.ISSUANCE, FIRST + k, i, units, 1)
            self.x.transfer(0, AccountKind.WORLD, FIRST + k, 0, 40_000_000 * (1 + k % 4), 1)
        self.x.allow(AccountKind.WORLD, 1, Eligible.ALL)
        self.x.open_session(0, BOOKS, MINUTE + 50)

    def step(self, roll: list[int]) -> None:
        """Send what one roll says."""
        self.t += roll[7] % 3
        what = roll[0] % 240
        if what < 130:
            self.order(roll)
        elif what < 165:
            self.cancel(roll)
        elif what < 175:
            self.cancel(roll)
            self.order(roll)
        elif what < 198:
            self.other(what, roll)
        elif what < 224:
            self.replace(roll)
        elif what < 231:
            self.read(roll)
        elif what < 232:
            self.x.halt(self.t, BOOKS[roll[2] % 7], self.t + roll[3] % 20)
        elif what < 237:
            self.uncross(roll)
            self.open(roll)
        else:
            self.uncross(roll)
            self.x.close_session(self.t, BOOKS, end_of_day=roll[1] % 3 == 0)
            if roll[2] % 4 == 0:
                self.order(roll)
            self.open(roll)

    def uncross(self, r: list[int]) -> None:
        """Uncross some of the calls."""
        chosen = [i for i in sorted(self.calling) if (r[4] >> i) % 4]
        self.answers.append(self.x.uncross(self.t, chosen))
        self.calling.difference_update(chosen)

    def open(self, r: list[int]) -> None:
        """Open all books, some for a call; one whose call still crosses goes on with it."""
        close_t = self.t + MINUTE + r[5] % 60
        for i in BOOKS:
            call = i in WITH_CALLS and bool(r[3] >> i & 1)
            try:
                self.x.open_session(self.t, [i], close_t, call=call)
            except InternalError:
                self.answers.append("crossed")
                self.x.open_session(self.t, [i], close_t, call=True)
                call = True
            (self.calling.add if call else self.calling.discard)(i)

    def party(self, roll: int) -> int:
        """Return an account, now and then one that is special or unknown."""
        return AccountKind.WORLD if roll % 97 == 0 else -1 if roll % 193 == 0 else FIRST + roll % PEOPLE

    def order(self, r: list[int]) -> None:
        """Send an order."""
        i = BOOKS[r[2] % 7] if r[2] % 101 else 6
        price = self.price(i, r[3])
        kind = OrderKind.MARKET if r[6] % 10 == 0 else OrderKind.LIMIT
        tif = (0, 0, 0, 0, 1, 2, 3, 3, 4, 4, 5, 5)[r[6] % 12]
        lots = r[4] % 45 + (r[4] % 7 == 0) * 60
        side = 1 + r[5] % 2 if r[5] % 211 else 0
        shown = (0, 0, 0, 1 + r[1] % 9, 0, 0, 1 + r[1] % 30, 0, 0, (0, 0, 0, 0, 0, 0, 0, -1, 99)[r[1] % 9])[
            r[0] // 240 % 10
        ]
        expire_t = self.t + r[3] % 400 - 4 if tif == TimeInForce.GTD else int(r[3] % 89 == 5)
        who = self.party(r[1])
        outcome = self.x.submit(self.t, who, i, side, price, lots, kind, tif, shown, expire_t)
        self.ids = outcome.order
        if outcome.resting_lots:
            self.rested.append((outcome.order, who, i, price))
        self.answers.append(outcome)

    def price(self, i: int, roll: int) -> int:
        """Return a price near the first reference price, seldom off the tick."""
        tick = VENUES[BOOKS.index(i)].tick_cash if i in BOOKS else 100
        return REFERENCES[i] // tick * tick + (roll % 25 - 12) * tick + (roll % 61 == 0)

    def replace(self, r: list[int]) -> None:
        """Change one of the orders that came to rest last, mostly in its owner's name."""
        order, owner, i, price = self.rested[-1 - r[3] % min(len(self.rested), 15)] if self.rested else (0, 0, 1, 0)
        who = owner if r[1] % 9 else FIRST + r[1] % PEOPLE
        price = price if r[5] % 3 == 0 else self.price(i, r[2])
        until = self.t + r[2] % 90 - 9 if r[5] % 7 == 3 else 0
        self.answers.append(self.x.replace(self.t, who, order, price, r[4] % 40, until))

    def read(self, r: list[int]) -> None:
        """Look at one market."""
        i = BOOKS[r[2] % 7]
        read = [self.x.depth(i, r[3] % 5).tolist(), self.x.resting(i).tolist(), self.x.indicative(i), self.x.quotes(i)]
        self.answers.append(read)

    def cancel(self, r: list[int]) -> None:
        """Withdraw a recent order, mostly in its owner's name."""
        order = self.ids - r[3] % 25
        for who in range(FIRST, FIRST + PEOPLE) if r[4] % 3 else (FIRST + r[1] % PEOPLE,):
            self.answers.append(self.x.cancel(self.t, who, order))

    def other(self, what: int, r: list[int]) -> None:
        """Send a transfer, deal, hold, bid, offer, statement or question."""
        a, b, i = self.party(r[1]), self.party(r[2]), 1 + r[3] % 6
        price = REFERENCES[i % 6] + (r[4] % 41 - 20) * 100
        if what < 177:
            answer = self.x.transfer(self.t, a, b, i if r[4] % 2 else 0, r[5] % 60, 2, 7)
        elif what < 180:
            mechanism = Mechanism.BLOCK_AGREEMENT if r[6] % 2 else Mechanism.NEGOTIATED
            answer = self.x.deal(self.t, mechanism, r[5] % 5, i, a, b, price, r[6] % 50, (0, i % 6 + 1)[r[5] % 2])
        elif what < 182:
            answer = self.x.hold(self.t, a, i if r[4] % 2 else 0, r[5] % 60, HoldReason.PLEDGE)
            self.holds.append(answer[0])
        elif what < 183:
            hold = self.holds.pop(r[1] % len(self.holds)) if self.holds else 0
            answer = self.x.release(self.t, hold) if r[5] % 2 else self.x.transfer_held(self.t, hold, b, 31, 7)
        elif what < 190:
            answer = self.auction(a, b, i, price, r)
        elif what < 197:
            answer = self.offer(a, b, i, price, r)
        else:
            self.x.note(self.t, NoteCode.PROJECT, b"{}", max(a, -1), i)
            self.x.fact(self.t, 1, a, i, 202_401, r[5] % 1000, r[6] % 7)
            self.x.obligation(self.t, 1, a, i, 2024, r[5] % 100, r[6] % 100, 5)
            self.x.allow(FIRST + r[1] % PEOPLE, i, Eligible(r[2] // 2 % 8) if r[2] % 2 else Eligible.ALL)
            answer = self.x.quotes(1 + r[5] % 5)
        self.answers.append(answer)

    def auction(self, a: int, b: int, i: int, price: int, r: list[int]) -> Any:
        """Open an auction, bid, withdraw a bid or clear."""
        what = r[6] % 16
        if what < 2 or not self.auctions:
            terms = auction_terms(r[5] // 60 % 12, b, price)
            uniform = bool(r[4] % 2) or terms.clock
            answer = self.x.open_auction(self.t, r[2] % 5, i, a, r[5] % 60, price, uniform=uniform, terms=terms)
            self.auctions.append((answer, i, terms))
            return answer
        auction, i, terms = self.auctions[r[3] % len(self.auctions)]
        if what < 13:
            price = REFERENCES[i % 6] + (r[4] % 41 - 20) * 100
            match = (0, 0, 50_000)[r[5] % 3] if terms.by_bids_alone else 0
            rank, whole = r[2] // 16 % 3, r[1] // 16 % 3 == 0
            answer = self.x.bid(self.t, auction, b, price, r[5] % 20, rank, match, whole=whole)
            self.bids.append((answer[0], b))
            return answer
        if what < 14 and self.bids:
            bid, who = self.bids.pop(r[4] % len(self.bids))
            return self.x.withdraw_bid(self.t, who if r[5] % 7 else a, bid)
        self.auctions.remove((auction, i, terms))
        try:
            return self.x.clear_auction(self.t, auction)
        except LedgerError as error:
            return int(error.refusal)

    def offer(self, a: int, b: int, i: int, price: int, r: list[int]) -> Any:
        """Make an offer, or answer one in the name of several parties, or let time pass."""
        what = r[6] % 12
        if what < 4 or not self.offers:
            terms = offer_terms(r[5] // 20 % 8, b, FIRST + r[6] // 12 % PEOPLE, self.t)
            terms = replace(terms, into=(0, 0, i % 6 + 1, i % 6 + 1, 8)[r[2] // 16 % 5])
            answer = self.x.offer(self.t, r[3] // 6 % 5, i, a, 1 + r[4] // 41 % 2, price, r[5] % 20, terms)
            self.offers.append(answer[0])
            return answer
        offer = self.offers[-1 - r[3] % min(len(self.offers), 6)]
        people = range(FIRST, FIRST + PEOPLE) if r[4] % 3 else (b,)
        if what < 7:
            return [self.x.accept(self.t, who, offer) for who in people]
        if what < 9:
            answer = [self.x.counter(self.t, who, offer, price, r[5] % 20, self.t + r[5] % 200) for who in people]
            self.offers += [number for number, _ in answer if number]
            return answer
        if what < 10:
            return [self.x.take_over(self.t, who, offer) for who in people]
        if what < 11:
            return [self.x.withdraw(self.t, who, offer) for who in people[:4]]
        return self.x.expire_offers(self.t), self.x.open_offers(i)


def auction_terms(number: int, account: int, price: int) -> AuctionTerms:
    """Return one of several sets of terms, near a reserve price."""
    clock = {"form": "ascending", "increment": 300}
    contain = {"contain_account": account, "contain_lots": 15, "contain_price": max(price, 0) + 700}
    withhold = {"withhold_lots": 12, "withhold_price": max(price, 0) + 400}
    chosen: tuple[dict[str, Any], ...] = (
        {}, {"side": 1}, clock, {"side": 1, **clock}, withhold, clock | withhold, {"bidder_lots_max": 15},
    )  # fmt: skip
    if number < len(chosen) or account < 0:
        return AuctionTerms(**chosen[number % len(chosen)])
    return AuctionTerms(**(contain, contain | withhold, contain | clock, contain | clock | withhold)[number % 4])


def offer_terms(number: int, one: int, two: int, t: int) -> OfferTerms:
    """Return one of several sets of terms that name one or two parties."""
    match = {"match_by": (one, two), "match_time": 150}
    return OfferTerms(**(
        {}, {"to": (one,)}, {"to": (one,), "expire_t": t + 200}, {"to": (one, two)}, {"expire_t": t + 90}, match,
        {"to": (one,), **match}, {"first": (one,), "window_t": t + 120},
    )[number])  # fmt: skip


# --- orders and withdrawals only, as one array for the kernel's batch door

BASE_TICKS = 1_000


def order_stream(count: int, accounts: int, instruments: int, seed: int) -> np.ndarray:
    """Return `count` messages: three in four are orders within 12 ticks of the reference price, the rest withdrawals.

    A withdrawal names one of the last 400 orders and its owner, so about a third of them still find it.
    """
    rolls = bits(seed, np.arange(count)[:, None], "orders", 0, np.arange(6)[None, :])
    rows = np.zeros(count, MESSAGE)
    rows["t"] = np.arange(count) * 10
    rows["account"] = FIRST + rolls[:, 0] % np.uint64(accounts)
    rows["instrument"] = 1 + rolls[:, 1] % np.uint64(instruments)
    rows["side"] = 1 + rolls[:, 2] % np.uint64(2)
    away = (rolls[:, 3] % np.uint64(12)).astype(np.int64)
    rows["price"] = (BASE_TICKS + np.where(rows["side"] == 1, 3 - away, away - 3)) * 100
    rows["lots"] = 1 + rolls[:, 4] % np.uint64(20)
    kind = rolls[:, 5] % np.uint64(100)
    rows["kind"] = kind < 7
    rows["tif"] = np.select(
        [kind < 11, kind < 13, kind < 17], [TimeInForce.IOC, TimeInForce.FOK, TimeInForce.POST_ONLY], TimeInForce.DAY
    )
    rows["action"] = (kind >= 75) & (np.arange(count) > 0)
    ids = np.cumsum(rows["action"] == 0)
    orders = np.flatnonzero(rows["action"] == 0)
    back = 1 + (rolls[:, 4] % np.uint64(400)).astype(np.int64)
    named = np.maximum(ids - back, 0)
    gone = rows["action"] == 1
    rows["order"][gone] = named[gone] + 1
    rows["account"][gone] = rows["account"][orders[named[gone]]]
    rows["instrument"][gone] = rows["instrument"][orders[named[gone]]]
    return rows


# --- agents for the arrival loop


def zero_intelligence(me: Any, market: Any, draw: Any) -> tuple[int, int, int, int, int]:
    """Quote a random price on the right side of the reservation price (Gode and Sunder 1993)."""
    side = 1 if draw.u < 0.5 else 2
    lots = 1 + int(draw.w * me["lots_max"])
    if side == 1:
        price = market.low + int((me["reservation"] - market.low) * draw.v)
    else:
        price = me["reservation"] + int((market.high - me["reservation"]) * draw.v)
    return side, price // market.tick * market.tick, lots, 0, 0
