"""What a room shows of its world: what does not change, the public state of its markets, each seat's own part."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from ecomarket.i18n import LANGUAGES, catalogue
from ecomarket.model.charges import NONE
from ecomarket.model.codes import Eligible, Side
from ecomarket.model.record import CASH
from ecomarket.model.seat import CutChoice
from ecomarket.units import CASH_PER_YUAN, DAY
from ecomarket.workshop.game.halls import water_buyers
from ecomarket.workshop.game.news import both
from ecomarket.workshop.game.offsets import offsets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ecomarket.engine.live import Live
    from ecomarket.engine.negotiations import Room
    from ecomarket.exchange.terms import OpenOffer
    from ecomarket.model.entities import Instrument
    from ecomarket.model.seat import Choice, Need
    from ecomarket.scenario import Scenario

LEVELS: Final = 5
AUCTION: Final = "one-way-auction"
"""The mechanism of venues that hold auctions: a market is known by the venue of its book, if it has one."""


class Frames:
    """Reads one world for its room; prices are cash a lot, amounts lots or cash. `seats` maps a seat to its account."""

    def __init__(self, live: Live, scenario: Scenario, seats: Mapping[str, int]) -> None:
        self._live = live
        self._scenario = scenario
        self._seats = dict(seats)
        self._names = {account: seat for seat, account in seats.items()}
        rooms = live.world.negotiations.rooms
        self._tables = {
            n: [room for room in rooms if n in room.instruments] for room in rooms for n in room.instruments
        }
        self.markets = tuple(i for i in live.world.setting.instruments if i.venue >= 0 or i.index in self._tables)
        water = {m.index: water_buyers(self._scenario, live.world.setting, m) for m in self.markets}
        self._bidders = {index: buyers for index, buyers in water.items() if buyers}
        self.facts = [self._market_facts(market) for market in self.markets]
        self._auctioned = {m.index: m for m, fact in zip(self.markets, self.facts, strict=True) if fact["auctions"]}

    @property
    def today(self) -> str:
        """Return the simulated date."""
        return self._live.world.calendar.date_of(self._live.t // DAY).isoformat()

    def _market_facts(self, market: Instrument) -> dict[str, Any]:
        config = self._scenario.config
        codes = list(self._live.world.setting.venues)
        tables = self._tables.get(market.index, [])
        venue_code = codes[market.venue if market.venue >= 0 else tables[0].venue]
        venue = config.venues[venue_code]
        halls = [
            {lang: hall.label.text(lang) or code for lang in ("en", "zh")}
            for code, hall in config.venues.items()
            if hall.mechanism == AUCTION and market.right in hall.rights
        ]
        own_label = {lang: venue.label.text(lang) or venue_code for lang in ("en", "zh")}
        return {
            "m": market.index,
            "code": market.code,
            "right": market.right,
            "label": {"en": market.name_en, "zh": market.name_zh},
            "unit": market.unit,
            "lot": market.lot,
            "tick": self._live.world.setting.ticks[venue_code],
            "fees": self._live.world.setting.charges.get(market.index, NONE)._asdict(),
            "mechanism": str(venue.mechanism),
            "venue": venue_code,
            "venue_label": own_label,
            "auctions": halls or ([own_label] if market.index in self._bidders else []),
            "tables": [
                {lang: config.venues[codes[room.venue]].label.text(lang) or codes[room.venue] for lang in ("en", "zh")}
                for room in tables
            ],
        }

    def auction_told(self, auction: Mapping[str, Any]) -> dict[str, str]:
        """Return what everybody is told of an auction that has cleared."""
        market = self._live.world.setting.instruments[auction["m"]]
        lot = Decimal(market.lot)
        price, amount = Decimal(auction["price"]) / CASH_PER_YUAN / lot, auction["lots"] * lot
        said = {"amount": f"{amount.normalize():f}", "unit": market.unit, "price": f"{price.normalize():f}"}
        key = "auction_held" if auction["lots"] else "auction_empty"
        return {
            lang: both(key, market=name, **said)[lang]
            for lang, name in (("en", market.name_en), ("zh", market.name_zh))
        }

    def traded_now(self) -> list[Instrument]:
        """Return the markets whose instrument lives now."""
        return [market for market in self.markets if market.lives(self._live.t)]

    def public(self) -> list[dict[str, Any]]:
        """Return the public state of every market that lives."""
        exchange = self._live.world.exchange
        open_t = self._sitting()
        rows = []
        for market in self.traded_now():
            if market.venue < 0:  # no book: it is dealt in at a table alone
                nothing = dict.fromkeys(("last", "reference", "low", "high", "volume"), 0)
                rows.append({"m": market.index, "open": False, **nothing, "asks": [], "bids": []})
                continue
            quotes = exchange.quotes(market.index)
            low, high = exchange.bounds(market.index)
            depth = exchange.depth(market.index, LEVELS).tolist()
            rows.append(
                {
                    "m": market.index,
                    "open": open_t,
                    "last": int(quotes.last_price),
                    "reference": int(quotes.reference_price),
                    "low": int(low),
                    "high": int(high),
                    "volume": int(quotes.day_lots),
                    "asks": [[ask, lots] for ask, lots, _, _ in depth if lots],
                    "bids": [[bid, lots] for _, _, bid, lots in depth if lots],
                }
            )
        return rows

    def _sitting(self) -> bool:
        return self._live.t > 0 and not self._live.ended

    def resting(self) -> dict[int, list[dict[str, Any]]]:
        """Return every account's live orders."""
        found: dict[int, list[dict[str, Any]]] = {}
        for market in (one for one in self.traded_now() if one.venue >= 0):
            for row in self._live.world.exchange.resting(market.index).tolist():
                order, account, side, price, lots, _ = row
                told = {"order": order, "m": market.index, "side": "buy" if side == 1 else "sell", "price": price}
                found.setdefault(account, []).append({**told, "lots": lots, "left": lots})
        return found

    def offers(self) -> list[tuple[Room, OpenOffer]]:
        """Return every offer that stands at a negotiated venue, with where it stands."""
        return list(self._live.world.negotiations.standing(anew=True))

    def own(
        self, seat: str, resting: Mapping[int, list[dict[str, Any]]], offers: Iterable[tuple[Room, OpenOffer]]
    ) -> dict[str, Any]:
        """Return what a seat may know of itself."""
        world, account = self._live.world, self._seats[seat]
        posted, held = world.balances()[account].T.tolist()
        traded = {market.index for market in self.traded_now()}
        return {
            "seat": seat,
            "cash": posted[CASH],
            "cash_free": posted[CASH] - held[CASH],
            "driver": "person" if world.people.driven[account] else "bot",
            "holdings": [
                {"m": i, "posted": amount, "free": amount - held[i]}
                for i, amount in enumerate(posted)
                if i != CASH and (amount or i in traded)
            ],
            "needs": self._needs(account, posted),
            "deals_in": sorted(i for i in traded if self._deals_in(account, i)),
            "only": {str(i): side for i in traded if (side := self._one_side(account, i))},
            "bids_in": sorted(i for i in traded if self.may_bid(account, i)),
            "orders": resting.get(account, []),
            "bids": [
                {"bid": bid.bid, "m": bid.instrument, "price": bid.price, "lots": bid.lots}
                for bid in world.people.kept.values()
                if bid.account == account
            ],
            "offers": [told for room, offer in offers if (told := self._offer(room, offer, account)) is not None],
            "choices": self._choices(account),
        }

    def _offer(self, room: Room, offer: OpenOffer, account: int) -> dict[str, Any] | None:
        """Return an offer as an account sees it: what is accepted and waits is the parties' and the matchers' alone."""
        mine, party = offer.account == account, account in (offer.account, offer.taker)
        seen = room.passages.seen(
            self._live.t, offer, account, offer.instrument, (False, self._live.world.exchange.room_across)
        )
        if seen is None or (offer.taker >= 0 and not party and not seen.may_match):
            return None
        return {
            "offer": offer.offer, "m": offer.instrument, "side": "buy" if offer.side == Side.BUY else "sell",
            "price": offer.price, "lots": offer.lots, "taken": offer.taker >= 0, "mine": mine,
            "from": self._names.get(offer.account, ""),
            "to": self._names.get(offer.terms.to[0], "") if offer.terms.to else "",
            "may_accept": seen.may_accept, "may_match": seen.may_match, "until": self._day_of(offer),
        }  # fmt: skip

    def _day_of(self, offer: OpenOffer) -> str:
        """Return the day on which an offer lapses, or on which an accepted one is settled."""
        t = offer.settle_t if offer.taker >= 0 else offer.terms.expire_t
        return self._live.world.calendar.date_of(t // DAY).isoformat() if t > 0 else ""

    def may(self, choices: Sequence[Mapping[str, Any]], account: int) -> dict[str, bool]:
        """Tell what kinds of things an account with these choices may do at all here."""
        world = self._live.world
        of = {market.index: market for market in self.traded_now()}
        allowed = {i for i in of if self._deals_in(account, i)}
        kind = world.setting.by_account[account].kind
        books = {i for i in allowed if of[i].venue >= 0}
        talked = {
            i for i in allowed if any(not r.terms.parties or kind in r.terms.parties for r in self._tables.get(i, ()))
        }
        return {
            "trade": bool(books),
            "bid": any(self.may_bid(account, i) for i in of),
            "offer": bool(talked),
            "abate": any(choice["what"] == "abate" for choice in choices),
            "build": any(choice["what"] == "build" and choice["may"] for choice in choices),
        }

    def may_bid(self, account: int, market: int) -> bool:
        """Tell whether there are auctions of a market for an account: a bid in any other would wait for ever."""
        listed = self._auctioned.get(market)
        if listed is None or account not in self._bidders.get(market, (account,)):
            return False
        return listed.lives(self._live.t) and self._deals_in(account, market)

    def _deals_in(self, account: int, market: int) -> bool:
        return bool(self._live.world.executor.allowed[account, market] & (Eligible.BUY | Eligible.SELL))

    def _one_side(self, account: int, market: int) -> str:
        """Return the only side on which an account may trade in a market, "" for both or none."""
        allowed = self._live.world.executor.allowed[account, market] & (Eligible.BUY | Eligible.SELL)
        return {int(Eligible.BUY): "buy", int(Eligible.SELL): "sell"}.get(int(allowed), "")

    def _needs(self, account: int, posted: Sequence[int]) -> list[dict[str, Any]]:
        setting, today = self._live.world.setting, self._live.world.calendar.date_of(self._live.t // DAY)
        return [
            _need(need) | offsets(setting, today, need, posted)
            for strategy, row in self._live.deciding.strategies(account)
            for need in strategy.dues(row, self._live.deciding.view(strategy))
        ]

    def _choices(self, account: int) -> list[dict[str, Any]]:
        found = []
        for strategy, row in self._live.deciding.strategies(account):
            found += [_choice(choice) for choice in strategy.choices(row, self._live.deciding.view(strategy))]
        return found


def _need(need: Need) -> dict[str, Any]:
    return {
        "m": need.instrument, "right": need.right, "need": need.need, "have": need.have, "gap": need.gap,
        "due": need.due.isoformat(), "charge": need.charge,
    }  # fmt: skip


def _choice(choice: Choice) -> dict[str, Any]:
    if isinstance(choice, CutChoice):
        return {
            "what": "abate", "right": choice.right, "unit": "t/yr", "now": plain(choice.now_t),
            "least": plain(choice.least_t), "most": plain(choice.most_t), "cost_now_cny": plain(choice.cost_now_cny),
            "curve": [[round(t, 3), round(cost, 2)] for t, cost in choice.curve],
        }  # fmt: skip
    ready = f"{choice.ready // 100}-{choice.ready % 100:02d}"
    cost = Decimal(choice.cost) / CASH_PER_YUAN
    return {
        "what": "build", "option": choice.option, "name": works_named(choice.name),
        "right": choice.pollutant, "cut": plain(choice.cut_milli / 1000), "cost_cny": f"{cost:f}", "ready": ready,
        "may": choice.may,
    }  # fmt: skip


def works_named(name: str) -> dict[str, str]:
    """Return what works are called: by the catalogue where it knows the scenario's name of them, else that name.

    >>> works_named("power-low-nox-burners"), works_named("own filter")
    ({'zh': '低氮燃烧器', 'en': 'Low-NOx burners'}, {'zh': 'own filter', 'en': 'own filter'})
    """
    words = catalogue("works").get(name, {})
    return {lang: words.get(lang, name) for lang in LANGUAGES}


def plain(value: float) -> str:
    """Return a number as text without an exponent, to the third decimal.

    >>> plain(30.0), plain(0.1234)
    ('30', '0.123')
    """
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
