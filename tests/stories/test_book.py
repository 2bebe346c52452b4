"""Book tests: rules tried on five lines of a book, on both engines; what they say when something does not come."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecomarket.errors import ScenarioError
from ecomarket.exchange.alone import INSTRUMENT, open_market
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import VenueRules
from ecomarket.model.codes import Refusal, Side, TimeInForce
from ecomarket.stories import tell

if TYPE_CHECKING:
    from ecomarket.exchange.alone import Market
    from ecomarket.stories import Tale

DRAWN = range(25)
FIVE_LINES = """
given:
  venue: {tick: 0.5, price_band: 0.1, reference_price: 60%s}
  book:
    bids: [[59, 5, county]]
    asks: [[60, 10, mill], [61, 5, plant]]
"""


@pytest.fixture
def told(tmp_path: Path):
    def tell_of(when: str, then: str, given: str = "") -> Tale:
        path = tmp_path / "book.yaml"
        text = given + "\n" if given.startswith("given:") else FIVE_LINES % given
        path.write_text(f"{text}when: {when}\nthen: {then}\n", encoding="utf-8")
        return tell(path)

    return tell_of


def said(tale: Tale, language: int = 0) -> list[str]:
    return [failure.message[language] for failure in tale.failures]


BUY = "{order: {by: works, side: buy, price: 61, lots: 12}}"


def test_the_best_price_trades_first_then_the_next(told) -> None:
    """12 lots at 61 or less: 10 of the mill at 60, then 2 of the plant's 5 at 61; the mean 60.17 is closed on the tick."""
    then = """
  trades:
    - {buyer: works, seller: mill, price: 60, lots: 10}
    - {buyer: works, seller: plant, price: 61, lots: 2}
  best: {bid: 59, ask: 61}
  book: {bids: [[59, 5, county]], asks: [[61, 3, plant]]}
  holds: {works: {lots: 12}, plant: {lots: 3}, mill: {lots: 0}}
  fees: 0
  close: 60"""
    assert said(told(BUY, then)) == []


@pytest.mark.parametrize(
    ("then", "message", "pointed_at"),
    [
        ("{trades: {buyer: county, seller: mill, price: 60, lots: 10}}", "buyer: expected county, got works", "county"),
        ("{trades: [{price: 60}, {lots: 3}]}", "lots: expected 3, got 2", "3}]"),
        ("{trades: [{price: 60}, {lots: 2}, {lots: 1}]}", "expected a trade number 3, got 2 in all", "{lots: 1}"),
        ("{trades: [{price: 60}]}", "trade 2 was not expected: works buys 2 of plant at 61", "trades"),
        ("{best: {ask: 60.5}}", "best ask: expected 60.5, got 61", "60.5"),
        ("{book: {asks: [[61, 4, plant]]}}", "asks: expected [61, 4, plant], got [61, 3, plant]", "[61"),
        ("{book: {bids: []}}", "bids: expected -, got [59, 5, county]", "bids"),
        ("{refused: PRICE_OUTSIDE_BAND}", "refused: expected PRICE_OUTSIDE_BAND, got -", "PRICE"),
        ("{fees: 1}", "fees: expected 1, got 0", "1}"),
        ("{close: 61}", "closing price: expected 61, got 60", "61}"),
        ("{holds: {works: {lots: 11}}}", "lots held: expected 11, got 12", "11}"),
    ],
)
def test_what_does_not_come_is_told_at_its_line_and_column(told, then: str, message: str, pointed_at: str) -> None:
    tale = told(BUY, then)
    assert message in said(tale)
    (failure,) = [f for f in tale.failures if f.message[0] == message]
    column = len("then: ") + then.index(pointed_at) + 1
    assert (Path(failure.file).name, failure.line, failure.column) == ("book.yaml", 8, column)
    assert (tale.cases, tale.failed) == (1, 1)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in failure.message[1])


def test_a_refusal_that_nobody_expected_fails_at_its_step(told) -> None:
    tale = told("{order: {by: works, side: buy, price: 66.5, lots: 1}}", "{trades: []}")
    (message,) = said(tale)
    assert message.startswith("this was refused: PRICE_OUTSIDE_BAND, the price is outside the day's band (write `")
    assert [f.line for f in tale.failures] == [7]
    named = "{trades: [], refused: price-outside-band}"
    assert said(told("{order: {by: works, side: buy, price: 66.5, lots: 1}}", named)) == []


def test_orders_are_withdrawn_and_changed(told) -> None:
    when = """
  - cancel: {by: mill}                     # its latest: the ask at 60
  - change: {by: plant, price: 62, lots: 7}
  - order: {by: works, side: sell, price: 61.5, lots: 1}
  - cancel: {by: county, order: 3}         # the third line of the book is the plant's
  - order: {by: works, side: buy, lots: 2, life: ioc}"""
    then = """
  refused: not-owner
  trades: [{buyer: works, seller: plant, price: 62, lots: 2}]
  book: {asks: [[62, 5, plant]]}"""
    assert said(told(when, then)) == []  # the works' own ask at 61.5 gives way to its bid (cancel-oldest)


def test_fees_and_what_an_account_lacks(told) -> None:
    """5 lots at 60 cost 300 CNY; 1 % from each side is 3 CNY twice. A sixth lot would cost 60.6 and 10 CNY are left."""
    given = """given:
  venue: {tick: 1, fees: {ad_valorem: 0.01}}
  accounts: {works: {cny: 313}, guest: {may: [hold]}}
  book: {asks: [[60, 10, mill]]}
"""
    when = """
  - order: {by: works, side: buy, price: 60, lots: 5}
  - order: {by: works, side: buy, price: 60, lots: 1}
  - order: {by: guest, side: buy, price: 60, lots: 1}"""
    then = """
  refused: [INSUFFICIENT_CASH, NOT_ELIGIBLE]
  trades: {buyer: works, seller: mill, price: 60, lots: 5}
  holds: {works: {cny: 10, lots: 5}, mill: {lots: 5}}
  fees: 6"""
    assert said(told(when, then, given)) == []


def test_a_call_auction_is_crossed_after_the_last_step(told) -> None:
    """At 62 bids for 20 meet asks for 15, at 61 bids for 20 meet asks for 5; so 62, 15 lots, 5 bid in vain."""
    given = """given:
  venue: {mechanism: call-auction, tick: 1, reference_price: 61}
  book: {bids: [[62, 20, county]], asks: [[60, 5, mill]]}
"""
    then = """
  call: {price: 62, lots: 15, surplus: 5}
  trades: [{seller: mill, price: 62, lots: 5}, {seller: works, price: 62, lots: 10}]
  book: {bids: [[62, 5, county]], asks: []}"""
    assert said(told("{order: {by: works, side: sell, price: 62, lots: 10}}", then, given)) == []


FIRST_REFUSAL = """given:
  venue: {mechanism: negotiated, tick: 1}
  accounts: {reserve: {cny: 1000}}
"""
OFFER = "offer: {by: mill, side: sell, price: 60, lots: 10, match_by: [reserve], match_days: 5}"


def test_first_refusal_whoever_may_match_takes_the_deal_at_its_price(told) -> None:
    when = f"[{{{OFFER}}}, {{accept: {{by: partner}}}}, {{match: {{by: reserve}}}}]"
    then = "{trades: {buyer: reserve, seller: mill, price: 60, lots: 10}, holds: {reserve: {cny: 400, lots: 10}}}"
    assert said(told(when, then, FIRST_REFUSAL)) == []
    late = f"[{{{OFFER}}}, {{accept: {{by: partner}}}}, {{wait: 6}}, {{match: {{by: reserve}}}}]"
    then = "{trades: {buyer: partner, seller: mill}, refused: UNKNOWN_ORDER, book: {asks: []}}"
    assert said(told(late, then, FIRST_REFUSAL)) == []
    waiting = f"[{{{OFFER}}}, {{accept: {{by: partner}}}}, {{wait: 4}}]"
    assert said(told(waiting, "{trades: [], book: {asks: [[60, 10, mill]]}}", FIRST_REFUSAL)) == []


def test_offers_to_those_named_withdrawn_and_lapsed(told) -> None:
    when = """
  - offer: {by: buyer, side: buy, price: 60, lots: 3, to: [mill], days: 2}
  - accept: {by: works}
  - accept: {by: mill}
  - offer: {by: mill, side: sell, price: 61, lots: 1, first: [reserve], window_days: 3}
  - accept: {by: works, offer: 2}
  - withdraw: {by: mill, offer: 2}
  - offer: {by: mill, side: sell, price: 62, lots: 1, days: 1}
  - wait: 2
  - accept: {by: works, offer: 3}
  - deal: {buyer: works, seller: mill, price: 63, lots: 2}"""
    then = """
  refused: [NOT_ADDRESSED, PRIORITY_WINDOW, UNKNOWN_ORDER]
  trades: [{buyer: buyer, seller: mill, price: 60, lots: 3}, {buyer: works, seller: mill, price: 63, lots: 2}]"""
    assert said(told(when, then, FIRST_REFUSAL)) == []


def test_a_block_needs_its_smallest_size(told) -> None:
    given = "given: {venue: {tick: 1, block: {lots_min: 100, band: 0.3}, reference_price: 60}}\n"
    when = (
        "[{deal: {buyer: works, seller: mill, price: 75, lots: 99}}, "
        "{deal: {buyer: works, seller: mill, price: 75, lots: 100}}]"
    )
    then = "{refused: LOTS_BELOW_MINIMUM, trades: {price: 75, lots: 100}}"
    assert said(told(when, then, given)) == []


def test_cases_change_the_given_and_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text(
        f"title: {{en: Ticks, zh: 价位}}{FIVE_LINES % ''}"
        "cases:\n"
        "  - {title: coarse, when: {order: {by: a, side: buy, price: 60.2, lots: 1}}, then: {refused: PRICE_OFF_TICK}}\n"
        "  - title: fine\n"
        "    given: {venue: {tick: 0.1}}\n"
        "    when: {order: {by: a, side: buy, price: 60.2, lots: 1}}\n"
        "    then: {trades: {price: 60}}\n"
        "  - {title: wrong, when: {order: {by: a, side: buy, price: 60, lots: 1}}, then: {trades: {price: 61}}}\n",
        encoding="utf-8",
    )
    tale = tell(path)
    assert (tale.kind, tale.title, tale.cases, tale.failed) == ("", ("Ticks", "价位"), 3, 1)
    assert [f.text("zh").removeprefix(str(path)) for f in tale.failures] == [":13:98: wrong: 价格：应为 61，实为 60"]


# --- what is refused before it is played
@pytest.mark.parametrize(
    ("when", "then", "given", "codes"),
    [
        ("{ordre: {by: a, side: buy, price: 61, lots: 1}}", "{trades: []}", "", {"E110"}),
        ("{order: {by: a, side: by, price: 61, lots: 0}}", "{trades: []}", "", {"E115", "E303"}),
        ("{order: {by: a, side: buy, price: 60.00001, lots: 1}}", "{trades: []}", "", {"E804"}),
        (BUY, "{}", "", {"E801"}),
        (BUY, "{refused: PRICE_OUTSIDE_BANT}", "", {"E805"}),
        (BUY, "{trades: {buyer: wroks}}", "", {"E807"}),
        (BUY, "{holds: {wroks: {lots: 1}}}", "", {"E807"}),
        (BUY, "{trades: []}", ', sessions: ["09:30-11:30"]', {"E806"}),
        (BUY, "{trades: []}", ", price_band: 1.5", {"E104"}),
        (BUY, "{trades: []}", "given: {venue: {mechanism: one-way-auction}}\n", {"E115"}),
        (BUY, "{trades: []}", "given: {book: {asks: [[60, 10]]}}\n", {"E112"}),
        ("{offer: {by: a, side: buy, price: 61, lots: 1, match_by: [b]}}", "{trades: []}", "", {"E322"}),
    ],
)
def test_a_file_that_cannot_be_understood_says_where(told, when: str, then: str, given: str, codes: set[str]) -> None:
    with pytest.raises(ScenarioError) as caught:
        told(when, then, given)
    found = caught.value.diagnostics
    assert {d.code for d in found} == codes
    assert all(d.line > 0 and d.column > 0 and d.message_zh for d in found)


def test_a_near_name_is_suggested(told) -> None:
    for when, then, near in (
        (BUY, "{trades: {buyer: wroks}}", "works"),
        (BUY, "{refused: PRICE_OUTSIDE_BANT}", "PRICE_OUTSIDE_BAND"),
        ("{order: {by: a, sied: buy, price: 61, lots: 1}}", "{trades: []}", "side"),
    ):
        with pytest.raises(ScenarioError) as caught:
            told(when, then)
        assert any(f"did you mean '{near}'?" in d.help for d in caught.value.diagnostics)


def test_a_book_whose_lines_trade_at_once_or_are_refused_is_told(told) -> None:
    crossed = "given: {venue: {tick: 1}, book: {bids: [[60, 1, a]], asks: [[60, 1, b]]}}\n"
    assert said(told("{wait: 1}", "{trades: []}", crossed))[0].startswith("lines of the given book trade")
    off_tick = "given: {venue: {tick: 1}, book: {bids: [[60.5, 1, a]]}}\n"
    assert said(told("{wait: 1}", "{trades: []}", off_tick)) == [
        "this line of the book was refused: the price is not a multiple of the tick"
    ]


class Careless(ReferenceExchange):
    """An exchange that takes every order for one lot more."""

    def submit(self, t: int, account: int, instrument: int, side: int, price: int, lots: int, *more: int, **named: int):
        return super().submit(t, account, instrument, side, price, lots + 1, *more, **named)


def test_engines_that_differ_are_told(told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecomarket.stories.book.judge.KernelExchange", Careless)
    wide = "given: {venue: {tick: 1}, accounts: {mill: {lots: 100}}, book: {asks: [[60, 10, mill]]}}\n"
    found = said(told("{order: {by: works, side: buy, price: 60, lots: 3}}", "{trades: {lots: 4}}", wide))
    assert [message.split(":")[0] for message in found] == [
        "the compiled exchange and the plain one do not tell the same"
    ]


# --- a file tells what the exchange does
class Drawn:
    """A market by chance: its lines and steps as a file's, and what the plain exchange made of them."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self.band = chance.choice([0, 100_000])
        rules = VenueRules("book", tick_cash=5_000, band_ppm=self.band, fee_buy_ppm=1_000, fee_sell_ppm=1_000)
        people = dict.fromkeys(("a", "b", "c", "d"), (10**12, 10000))
        self.market: Market = open_market(rules, 600_000, people, engine=ReferenceExchange)
        self.bids = [(chance.randint(108, 119), chance.randint(1, 9), chance.choice("abcd")) for _ in range(3)]
        self.asks = [(chance.randint(120, 132), chance.randint(1, 9), chance.choice("abcd")) for _ in range(3)]
        self.orders = [self.sent(who, Side.BUY, price, lots) for price, lots, who in self.bids]
        self.orders += [self.sent(who, Side.SELL, price, lots) for price, lots, who in self.asks]
        self.market.trades()
        self.refused: list[str] = []
        self.steps = [self.step(chance) for _ in range(8)]
        self.trades = self.market.trades()
        self.rows = self.market.exchange.resting(INSTRUMENT)

    def sent(self, who: str, side: Side, price: int, lots: int, tif: TimeInForce = TimeInForce.GTC) -> int:
        send = self.market.buy if side == Side.BUY else self.market.sell
        outcome = send(who, price * 5_000, lots, tif=tif)
        if outcome.refusal:
            self.refused.append(Refusal(outcome.refusal).name)
        return outcome.order

    def step(self, chance: random.Random) -> str:
        who = chance.choice("abcd")
        if chance.random() < 0.25:
            number = chance.randint(1, len(self.orders))
            why = self.market.cancel(who, self.orders[number - 1])
            self.refused += [why.name] if why else []
            return f"cancel: {{by: {who}, order: {number}}}"
        side, price, lots = chance.choice([Side.BUY, Side.SELL]), chance.randint(105, 136), chance.randint(1, 12)
        tif = chance.choice([TimeInForce.DAY, TimeInForce.IOC, TimeInForce.FOK, TimeInForce.POST_ONLY])
        self.orders.append(self.sent(who, side, price, lots, tif))
        life = tif.name.lower().replace("_", "-")
        return f"order: {{by: {who}, side: {side.name.lower()}, price: {price / 2}, lots: {lots}, life: {life}}}"

    def file(self) -> str:
        names = {number: name for name, number in self.market.accounts.items()}
        left = {
            side: [
                [int(r["price"]) / 10_000, int(r["lots"]), names[int(r["account"])]]
                for r in self.rows
                if r["side"] == side
            ]
            for side in (Side.BUY, Side.SELL)
        }
        lines = {
            key: [[price / 2, lots, who] for price, lots, who in own]
            for key, own in (("bids", self.bids), ("asks", self.asks))
        }
        trades = [
            f"{{buyer: {t.buyer}, seller: {t.seller}, price: {t.price / 10_000}, lots: {t.lots}}}" for t in self.trades
        ]
        accounts = ", ".join(f"{name}: {{cny: 100_000_000, lots: 10_000}}" for name in "abcd")
        cash, lots = self.market.holds("a")
        text = f"""given:
  venue: {{tick: 0.5, price_band: {self.band / 10**6}, reference_price: 60, fees: {{ad_valorem: 0.001}}}}
  accounts: {{{accounts}}}
  book: {{bids: {lines["bids"]}, asks: {lines["asks"]}}}
when:
{"".join(f"  - {step}{chr(10)}" for step in self.steps)}then:
  trades: [{", ".join(trades)}]
  refused: [{", ".join(self.refused)}]
  book: {{bids: {left[Side.BUY]}, asks: {left[Side.SELL]}}}
  holds: {{a: {{cny: {cash / 10_000:.4f}, lots: {lots}}}}}
"""
        return text.replace("'", "")


def test_drawn_books_told_as_files_give_what_the_exchange_gave(tmp_path: Path) -> None:
    path, traded, refused = tmp_path / "drawn.yaml", 0, 0
    for seed in DRAWN:
        drawn = Drawn(seed)
        path.write_text(drawn.file(), encoding="utf-8")
        tale = tell(path)
        assert said(tale) == [], f"seed {seed}:\n{path.read_text(encoding='utf-8')}"
        traded, refused = traded + len(drawn.trades), refused + len(drawn.refused)
        if drawn.trades:  # and a wrong number never passes
            seller = drawn.trades[0].seller
            other = "a" if seller != "a" else "b"
            path.write_text(drawn.file().replace(f"seller: {seller}", f"seller: {other}", 1), encoding="utf-8")
            assert len(said(tell(path))) == 1, seed
    assert traded > len(DRAWN)
    assert refused > len(DRAWN) // 2
