"""Bugs sown on purpose: each changes one line of the reference, and a bounded run of the streams must notice it.

A mutant is read from the reference's own source with one piece of text replaced, as a set of modules of its own. What the
streams do not notice they do not test.
"""

from __future__ import annotations

import functools
import importlib
import importlib.abc
import importlib.util
import sys
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.exchange.loaded import load_streams

import ecomarket.exchange.reference as room
from ecomarket.exchange.reference.market import ReferenceExchange

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAM = load_streams()
FOLDER = Path(room.__file__).parent
ORIGINAL = "ecomarket.exchange.reference"
SEEDS, MESSAGES = 24, 1_500

MUTANTS = {
    # matching
    "an iceberg keeps its turn": ("match", "            book.put_last(maker)\n", ""),
    "an iceberg trades with all its lots": ("match", "min(order.lots, maker.visible)", "min(order.lots, maker.lots)"),
    "the taker's price": ("match", "lots, maker.price, order.side)", "lots, order.limit, order.side)"),
    "decrement takes the newer order out": (
        "match", "            self.shrink(t, order, lots, *gone)\n", "            return True\n",
    ),
    "decrement takes visible lots first": ("book", "self.hidden = max(0, self.hidden - lots)", "self.hidden -= lots // 2"),
    "largest counts hidden lots": ("match", "key=lambda o: -o.visible", "key=lambda o: -o.lots"),
    "a far fill is judged by the last only": ("match", "met.far |=", "met.far ="),
    "a halt as soon as the share is reached": ("match", "away * 1_000_000 > book", "away * 1_000_000 >= book"),
    "the halt reference stays": ("match", "            book.halt_reference = book.last\n", ""),
    "own orders in a call are met the worst first": (
        "match", "in book.in_turn(3 - order.side):", "in book.in_turn(3 - order.side)[::-1]:",
    ),
    # checks
    "hidden lots do not count for fill or kill": ("checks", "sum(o.lots for o in queue", "sum(o.visible for o in queue"),
    "fill or kill looks past own orders under decrement": (
        "checks", "self_trade != SelfTrade.CANCEL_OLDEST", "self_trade == SelfTrade.CANCEL_NEWEST",
    ),
    "refused messages count": (
        "checks", "                return Refusal.ORDER_RATE_LIMIT\n",
        "                self.messages[sender] = (window + 1, 1)\n                return Refusal.ORDER_RATE_LIMIT\n",
    ),
    "messages are counted for the account alone": (
        "checks", "(order.account, order.instrument), t // book", "(order.account, 0), t // book",
    ),
    "one open order too many": ("checks", "len(own) >= book.rules", "len(own) > book.rules"),
    "a market order in a call is no open order": (
        "checks", "(order.kind == OrderKind.LIMIT or book.in_call)", "order.kind == OrderKind.LIMIT",
    ),
    "an order may show all its lots": ("checks", "<= order.shown < order.lots", "<= order.shown <= order.lots"),
    "today is not past": ("checks", "order.expire_t <= t", "order.expire_t < t"),
    "a halt ends one moment later": ("checks", "if t < book.halt_t:", "if t <= book.halt_t:"),
    "what a replaced order holds is not free": (
        "checks", "(self.needs(old), old.lots) if old else (0, 0)", "(0, 0)",
    ),
    "post-only is checked in a call": ("checks", "TimeInForce.POST_ONLY or book.in_call:", "TimeInForce.POST_ONLY:"),
    "a lost right to trade still enlarges": (
        "messages", "refusal = Refusal.NOT_ELIGIBLE if lost else self.wrong", "refusal = self.wrong",
    ),
    # large holders
    "a large holder is reported every day": ("sessions", "                self.large_holders.add(holder)\n", ""),
    "a large holder is reported once for all": (
        "sessions", "                self.large_holders.discard(holder)\n", "                pass\n",
    ),
    "a holding must be larger than the threshold": ("sessions", "or has < least:", "or has <= least:"),
    # sales across borders
    "what arrives is rounded up": ("parties", "(into, lots * part // 1_000_000)", "(into, -(-lots * part // 1_000_000))"),
    "a limit counts what was sold": (
        "parties", "self.cannot_buy(venue, account, got, arriving,", "self.cannot_buy(venue, account, instrument, lots,",
    ),
    "what arrives may be sold today": ("parties", "        self.bought_today[buyer, got] += arriving\n", ""),
    "what was used up is locked": ("parties", "        self.bought_today[buyer, instrument] -= lots\n", ""),
    # a right's term
    "a price made by trades counts from the term's start": (
        "sessions", "book.made = book.reference, t\n", "book.made = book.reference, book.term[0]\n",
    ),
    "a declining price declines from itself": ("book", "self.made = self.made or (self.reference, start)", "self.made = (self.reference, start)"),
    # fees
    "the maker pays as taker": ("fees", "return resting if maker and resting >= 0 else taker", "return taker"),
    "the fixed fee on every fill": ("fees", "if order.traded else 0", "if order.traded and False else 0"),
    "no most": ("fees", "min(fee, rules.fee_max_cash) if rules.fee_max_cash else fee", "fee"),
    "no least": ("fees", "max(rules.fee_fixed_cash + rated, rules.fee_min_cash)", "rules.fee_fixed_cash + rated"),
    "a seller pays more than he gets": ("fees", "min(fee, value) if order.side == Side.SELL else fee", "fee"),
    "a buy holds at the taker's rate": (
        "fees", "max(rate(rules, Side.BUY, maker=False), rate(rules, Side.BUY, maker=True))",
        "rate(rules, Side.BUY, maker=True)",
    ),
    "the fee by lot is one a fill": ("fees", "    return lots * (rules", "    return (rules"),
    "sellers pay the buyers' fee by lot": (
        "fees", "rules.fee_buy_lot_cash if side == Side.BUY else rules.fee_sell_lot_cash", "rules.fee_buy_lot_cash",
    ),
    "a buy holds nothing for its fee by lot": (
        "fees", "by_rate(value, dearest) + by_lot(rules, Side.BUY, order.lots)", "by_rate(value, dearest)",
    ),
    "no fee by lot outside the book": ("parties", " // 1_000_000 + each * lots for", " // 1_000_000 for"),
    # the call
    "the first of equal volumes": ("call", "left = [c for c in left if abs(c.surplus) == least]", "pass"),
    "the surplus has the wrong sign": ("call", "bids - asks)", "asks - bids)"),
    "ties go down": ("call", "abs(c.price - book.reference), -c.price)", "abs(c.price - book.reference), c.price)"),
    "highest is lowest": ("call", "return left[-1]", "return left[0]"),
    "the middle is rounded up": ("call", "(left[0].price + left[-1].price) // 2", "(left[0].price + left[-1].price + 199) // 2"),
    "hidden lots stay out of a call": ("call", "lots[order.limit] += order.lots", "lots[order.limit] += order.visible"),
    "pairs at the seller's limit": ("call", "buy.limit if price is None", "sell.limit if price is None"),
    "limit orders before market orders": (
        "book", "return [*self.waiting[side], *(o for price in self.best_first(side) for o in self.queues[side][price])]",
        "return [*(o for price in self.best_first(side) for o in self.queues[side][price]), *self.waiting[side]]",
    ),
    # sessions
    "icebergs show nothing new after a call": ("sessions", "            sell.show()\n", ""),
    "market orders stay after a call": (
        "sessions", "        self.market_orders_leave(t, instrument)\n        book.is_open", "        book.is_open",
    ),
    "the halt reference ignores the call": ("sessions", "book.call_price = book.halt_reference = ", "book.call_price = "),
    "good till date lives for ever": (
        "sessions", "return CancelReason.DATE_PASSED if order.expire_t <= t else None", "return None",
    ),
    "a halt lives through the night": ("book", " = self.call_price = self.halt_t = 0", " = self.call_price = 0"),
    # the book
    "the closing minutes forget a session": ("book", "        self.window_lots = self.window_turnover = 0\n", ""),
    "the dynamic band holds in a call": ("book", "if self.in_call or not self.rules", "if not self.rules"),
    "the dynamic band stays round the reference price": ("book", "self.last if self.day_lots else self.reference", "self.reference"),
    # messages
    "fewer lots lose the turn": ("messages", "fewer = (price, until) == (old.price, old.expire_t) and lots <= old.lots", "fewer = False"),
    "more lots keep the turn": ("messages", "old.expire_t) and lots <= old.lots", "old.expire_t)"),
    "a replaced order forgets its fees": ("messages", "hidden=0, expire", "hidden=0, rated=0, traded=False, expire"),
    "a new date keeps the turn": ("messages", "fewer = (price, until)", "fewer = (price, old.expire_t)"),
}  # fmt: skip


class Reader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Reads modules mutant.* from the reference's files, one piece of one of them replaced."""

    def __init__(self, part: str, old: str, new: str) -> None:
        self.part, self.old, self.new = part, old, new

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        return importlib.util.spec_from_loader(name, self) if name.startswith("mutant.") else None

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__.removeprefix("mutant.")
        text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
        if name == self.part:
            assert text.count(self.old) == 1, "the text to change is not there, or twice"
            text = text.replace(self.old, self.new)
        exec(compile(text.replace(ORIGINAL, "mutant"), f"{name}.py", "exec"), module.__dict__)


@contextmanager
def mutated(part: str, old: str, new: str) -> Iterator[Any]:
    reader, package = Reader(part, old, new), ModuleType("mutant")
    package.__path__ = []
    sys.modules["mutant"] = package
    sys.meta_path.insert(0, reader)
    try:
        yield importlib.import_module("mutant.market").ReferenceExchange
    finally:
        sys.meta_path.remove(reader)
        for name in [n for n in sys.modules if n == "mutant" or n.startswith("mutant.")]:
            del sys.modules[name]


def run(engine: Any, seed: int) -> tuple[Any, ...]:
    exchange = engine(*STREAM.SHAPE)
    answers = STREAM.drive(exchange, seed, MESSAGES)
    return answers, exchange.drain()[0], exchange.balances(), exchange.closes()


sound = functools.cache(functools.partial(run, ReferenceExchange))


def differs(engine: Any, seed: int) -> bool:
    """Tell whether a stream notices: other answers, records, balances, or a crash."""
    answers, *arrays = sound(seed)
    try:
        answers_here, *arrays_here = run(engine, seed)
    except Exception:  # noqa: BLE001  (a mutant may break in any way)
        return True
    return answers_here != answers or not all(map(np.array_equal, arrays, arrays_here))


def test_the_copy_without_a_change_is_the_reference() -> None:
    with mutated("match", "met = Met()\n        side", "met = Met()\n        side") as engine:
        assert engine is not ReferenceExchange
        assert not any(differs(engine, seed) for seed in range(2))


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant_is_noticed(name) -> None:
    with mutated(*MUTANTS[name]) as engine:
        assert any(differs(engine, seed) for seed in range(SEEDS)), name
