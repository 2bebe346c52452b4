"""The bot trades by its rule, through the same door as people; the verb says what went wrong in one sentence."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.workshop.server.conftest import CODE
from tests.workshop.server.patient import be_patient

from ecomarket.workshop.server.bot import CASH, Bot, BotRefusedError, play

MARKET = {"m": 1, "lot": "0.001", "unit": "t"}


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    be_patient(monkeypatch)


def frame(gap=0, surplus=0, asks=(), bids=(), cash=10**9, **more):
    need = {
        "m": 1,
        "right": "so2",
        "need": 100 + gap,
        "have": 100 + surplus,
        "gap": gap,
        "due": "2025-12-31",
        "charge": gap * 900,
    }
    book = {"m": 1, "open": True, "last": 700, "reference": 650, "high": 800, "asks": list(asks), "bids": list(bids)}
    me = {
        "cash_free": cash,
        "needs": [need],
        "orders": [],
        "holdings": [{"m": 1, "posted": 100 + surplus, "free": 100 + surplus}],
    }
    return {"m": {"clock": {"kind": "trade"}, "markets": [book]}, "me": {**me, **more}, "can": {"trade": True}}


def wishes(shown):
    bot = Bot("http://127.0.0.1:1", CODE, markets={1: MARKET})
    return list(bot.wishes(shown))


def test_it_buys_its_gap_at_the_best_ask_up_to_what_the_gap_costs() -> None:
    (order,) = wishes(frame(gap=40, asks=[[640, 25], [700, 90]]))
    assert order == {"type": "order.place", "market": 1, "side": "buy", "price": "64", "quantity": "0.025"}
    (order,) = wishes(frame(gap=40, asks=[[2000, 25]]))
    assert order["price"] == "90"


def test_it_sells_its_surplus_at_the_best_bid_and_waits_where_there_is_none() -> None:
    (order,) = wishes(frame(surplus=30, bids=[[610, 100]]))
    assert order == {"type": "order.place", "market": 1, "side": "sell", "price": "61", "quantity": "0.03"}
    (order,) = wishes(frame(surplus=30))
    assert order["price"] == "70"


def test_it_takes_its_orders_back_now_and_then() -> None:
    bot = Bot("http://127.0.0.1:1", CODE, markets={1: MARKET})
    told = [list(bot.wishes(frame(gap=40, orders=[{"m": 1, "order": 7}]))) for _ in range(20)]
    assert [n for n, wish in enumerate(told, 1) if wish] == [10, 20]
    assert told[9] == [{"type": "order.cancel", "order": 7}]


def test_it_leaves_be_what_is_closed_or_under_way() -> None:
    assert wishes(frame(gap=40, orders=[{"m": 1}])) == []
    closed = frame(gap=40)
    closed["m"]["markets"][0]["open"] = False
    assert wishes(closed) == []
    refused = {**frame(gap=40), "can": {"trade": {"code": "MARKET_CLOSED"}}}
    assert wishes(refused) == []
    assert wishes(frame(gap=0)) == []


def choice(now, *, curve):
    return {"what": "abate", "right": "so2", "now": now, "least": "0", "most": "100", "curve": curve}


@pytest.mark.parametrize(
    ("now", "amount"),
    [("25", "30"), ("98", "100"), ("60", "55"), ("45", None), ("0", "5"), ("100", "95")],
)
def test_it_cuts_towards_where_the_next_tonne_costs_what_the_market_pays(now, amount) -> None:
    """The market pays 70 CNY a tonne; the next tonne costs 1 CNY more for each cut already, or as at 98 still less."""
    curve = [[t, 60.0 if now == "98" else t + 24.0] for t in range(0, 101, 5)]
    shown = {**frame(choices=[choice(now, curve=curve)]), "can": {"abate": True}}
    (wish,) = wishes(shown) or (None,)
    assert wish == (amount and {"type": "abate", "right": "so2", "amount": amount})


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 10**6), st.integers(0, 10**9))
def test_it_never_pays_more_than_it_has_or_buys_more_than_it_lacks(gap, price, lots, cash) -> None:
    from decimal import Decimal

    for order in wishes(frame(gap=gap, asks=[[price, lots]], cash=cash)):
        units, each = Decimal(order["quantity"]), Decimal(order["price"])
        assert units * 1000 <= min(gap, lots)
        assert units * each * CASH <= cash
        assert each * CASH / 1000 <= 900


def test_bots_join_and_play_over_the_api(opened) -> None:
    opened.tick()
    bots = [Bot(opened.serving.address, CODE, name=f"bot{n}", key=opened.bot_key) for n in range(2)]
    play(bots, 0.01, lambda _bot: None, rounds=3)
    assert [bot.seat for bot in bots] == ["A1", "A2"]
    assert {row["bot"] for row in opened.house.roll()} == {True}
    with pytest.raises(BotRefusedError, match="not the code"):
        play([Bot(opened.serving.address, "XXXXXX")], 0.01, lambda _bot: None)


def call(*words, lang="en"):
    environment = {**os.environ, "ECOMARKET_LANG": lang, "NO_COLOR": "1"}
    words = [sys.executable, "-m", "ecomarket", "room", *words]
    return subprocess.run(words, capture_output=True, text=True, env=environment, check=False, timeout=600)


def test_the_verb_plays_and_says_where(opened) -> None:
    opened.tick()
    done = call("bot", opened.serving.address, "--code", "k7m-3qx", "--seat", "A3", "--rounds", "2", "--pace", "0.05")
    assert done.returncode == 0, done.stderr
    assert "took seat A3" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bot", "127.0.0.1:80", "--code", "X"], "http://HOST:PORT"),
        (["bot", "http://127.0.0.1:1", "--code", "X", "--count", "2", "--seat", "A"], "--seat is for one bot"),
        (["resume", "nowhere"], "room.json"),
        (["open", "no-such-scenario"], "E100"),
        (["open", "classroom-permits", "--rehearse", "2", "--tls", __file__, __file__], "needs no TLS"),
        (["open", "classroom-permits", "--tls", __file__, __file__], "Give the certificate first"),
    ],
)
def test_mistakes_are_one_sentence(words, said) -> None:
    done = call(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_verbs_explain_themselves(lang) -> None:
    for verb in ((), ("open",), ("resume",), ("bot",)):
        done = call(*verb, "--help", lang=lang)
        assert done.returncode == 0, done.stderr
        assert ("房间" in done.stdout) == (lang == "zh")


def test_a_wrong_code_is_told(opened) -> None:
    done = call("bot", opened.serving.address, "--code", "AAAAAA", lang="zh")
    assert done.returncode == 2
    assert "房间代码不对" in done.stderr
