"""Integers to text and back in the browser, against Python's Decimal."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

LOTS = ["0.001", "0.01", "1", "10", "1000", "0.5", "2.5"]
CALL = "async ([name, cases]) => { const m = await import('/static/js/money.js'); return cases.map((c) => { const r = m[name](...c); return r === null ? null : String(r); }); }"
amounts = st.integers(-(10**15), 10**15)
markets = st.builds(
    lambda lot, tick: {"lot": lot, "tick": tick}, st.sampled_from(LOTS), st.sampled_from([1, 10, 100, 1000, 25])
)
typed = st.decimals(min_value=0, max_value=10**9, places=5).map(lambda d: format(d, "f"))


@pytest.fixture(scope="module")
def said(browser, recorded):
    with recorded.Stand() as room:
        page = browser.new_page()
        page.goto(room.address + "/static/icon.svg")
        yield lambda name, cases: page.evaluate(CALL, [name, [[*case] for case in cases]])
        page.close()


def read(text):
    return Decimal(text.replace(",", "").replace("−", "-"))


many = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@many
@given(st.lists(amounts, min_size=1, max_size=50))
def test_cash_is_written_exactly(said, cash) -> None:
    told = said("yuan", [[n] for n in cash])
    assert [read(text) for text in told] == [Decimal(n) / 10_000 for n in cash]
    assert all("." not in text for n, text in zip(cash, told, strict=True) if n % 10_000 == 0)
    assert all(len(part) <= 3 for text in told for part in text.replace("−", "").split(".")[0].split(","))


@many
@given(st.lists(st.tuples(amounts, st.sampled_from(LOTS)), min_size=1, max_size=50))
def test_lots_are_written_exactly(said, cases) -> None:
    assert [read(text) for text in said("amount", cases)] == [n * Decimal(lot) for n, lot in cases]


@many
@given(st.lists(st.tuples(st.integers(1, 10**12), markets), min_size=1, max_size=50))
def test_a_price_comes_back_as_it_went(said, cases) -> None:
    cases = [(price * market["tick"], market) for price, market in cases]
    told = said("unitPrice", cases)
    for (price, market), text in zip(cases, told, strict=True):
        assert abs(read(text) - Decimal(price) / 10_000 / Decimal(market["lot"])) < Decimal("1e-11")
    assert said("priceOf", [[text, market] for text, (_, market) in zip(told, cases, strict=True)]) == [
        str(p) for p, _ in cases
    ]


@many
@given(st.lists(st.tuples(typed, markets), min_size=1, max_size=50))
def test_what_is_typed_is_whole_or_refused(said, cases) -> None:
    lots, prices = said("lotsOf", cases), said("priceOf", cases)
    for (text, market), lot, price in zip(cases, lots, prices, strict=True):
        exact = Decimal(text) / Decimal(market["lot"])
        assert lot == (str(int(exact)) if exact > 0 and exact == int(exact) else None)
        cash = Decimal(text) * 10_000 * Decimal(market["lot"])
        assert price == (str(int(cash)) if cash > 0 and cash == int(cash) and cash % market["tick"] == 0 else None)


def test_what_a_chinese_keyboard_writes_is_read(said) -> None:
    market = {"lot": "0.1", "tick": 1}
    assert said("lotsOf", [["４５．５", market], ["1，000", market], ["4 5", market], ["45。5", market]]) == [
        "455",
        "10000",
        "450",
        "455",
    ]


def test_what_is_no_number_is_refused(said) -> None:
    market = {"lot": "1", "tick": 1}
    assert (
        said("lotsOf", [[text, market] for text in ("", "-1", "0", "1e3", "4.5", "x", ".", "--1", "1.2.3", "NaN")])
        == [None] * 10
    )


TICKET = "async (cases) => { const d = await import('/static/js/deal.js'); return cases.map(([ticket, market]) => String(d.readTicket(ticket, market, null).cash)); }"
fees = st.fixed_dictionaries(
    {
        "buy_ppm": st.integers(0, 100_000), "sell_ppm": st.integers(0, 100_000), "buy_lot": st.integers(0, 50),
        "sell_lot": st.integers(0, 50), "order": st.integers(0, 10**6),
    }
)  # fmt: skip


@many
@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**6), fees), min_size=1, max_size=30))
def test_what_is_paid_at_most_holds_the_fee_of_the_venue(browser, recorded, cases) -> None:
    """A buyer pays price and fee, a seller gets the price less it; shares of the value are rounded down as the exchange does."""
    with recorded.Stand() as room:
        page = browser.new_page()
        page.goto(room.address + "/static/icon.svg")
        asked = [
            [{"side": side, "price": str(price), "quantity": str(lots)}, {"lot": "1", "tick": 1, "fees": fee}]
            for price, lots, fee in cases
            for side in ("buy", "sell")
        ]
        told = page.evaluate(TICKET, asked)
        page.close()
    for at, (price, lots, fee) in enumerate(cases):
        value = price * 10_000 * lots
        cost = {s: value * fee[f"{s}_ppm"] // 10**6 + lots * fee[f"{s}_lot"] + fee["order"] for s in ("buy", "sell")}
        assert [int(told[2 * at]), int(told[2 * at + 1])] == [value + cost["buy"], value - cost["sell"]]
