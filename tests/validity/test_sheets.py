"""Sheets of one's own: what comes out, by hand; and what is wrong with one, at its line."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from ecomarket.errors import ScenarioError, UserError
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.validity import engines
from ecomarket.validity.outcomes import results

if TYPE_CHECKING:
    from pathlib import Path


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


BOOK = """
market: {tick: 0.01 CNY/t}
orders:
  - {who: A, sell: 5, cny: 10}
  - {who: A, sell: 7, cny: 10.5}
  - {who: B, buy: 8, cny: 11}
deals: [{buyer: B, seller: A, lots: 2, cny: 10}]
"""


def test_a_market(tmp_path):
    """5 at 10 and 3 at 10.50 are 81.50; 4 are left."""
    found = results(written(tmp_path, BOOK)).values
    assert found["trade.1"] == "B < A 5 @ 10"
    assert found["trade.2"] == "B < A 3 @ 10.5"
    assert found["trade.3"] == "B < A 2 @ 10"
    assert (found["volume"], found["turnover"], found["dealt"]) == (8, Decimal("81.5"), 2)
    assert (found["filled.order.2"], found["ask.1"], found["bids"]) == (3, "A 4 @ 10.5", 0)
    assert found["close"] == Decimal("10.18")  # 10.1875, down to the tick
    assert found["engines"] == "agree"


def test_a_number_changed(tmp_path):
    found = results(written(tmp_path, BOOK), ["orders.2.cny=10.4"]).values
    assert (found["volume"], found["bid.1"]) == (5, "B 3 @ 10.4")


def test_an_auction(tmp_path):
    """A's 6 and 4 of B's 9 at B's price; with 3 of a reserve from 7 on, 7 of B's."""
    text = "auction: {lots: 10, reserve_price_cny: 5}\nbids:\n  - {who: B, lots: 9, cny: 8}\n  - {who: A, lots: 6, cny: 9.50}\n  - {who: C, lots: 9, cny: 4}\n"
    path = written(tmp_path, text)
    found = results(path).values
    assert (found["won.A"], found["won.B"], found["revenue"], found["fills"]) == (6, 4, 80, 2)
    assert "won.C" not in found
    assert results(path, ["bids.0.cny=8.005"]).values["refused.bid.1"] == "price-off-tick"
    found = results(path, ["auction.contain={lots: 3, cny: 7}"]).values
    assert (found["won.B"], found["sold.reserve"], found["revenue"]) == (7, 3, 104)
    found = results(path, ["auction.pricing=pay-as-bid"]).values
    assert (found["revenue"], found["price.lowest"], found["price.highest"]) == (Decimal(89), 8, Decimal("9.5"))


def test_engines_that_differ_are_told(tmp_path, monkeypatch):
    class Late(ReferenceExchange):
        def submit(self, t, *order, **more):
            return super().submit(t + 1, *order, **more)

    monkeypatch.setattr(engines, "ReferenceExchange", Late)
    assert results(written(tmp_path, BOOK)).values["engines"] == "differ"


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("market: {tick: 0.01 CNY/t}\norders:\n  - {who: A, sell: 5, buy: 5, cny: 10}\n", 3, "E801"),
        ("market: {tick: 0.01 CNY/t}\norders:\n  - {who: A, cny: 10}\n", 3, "E801"),
        ("market: {tick: 0.01 CNY/t}\norders:\n  - {who: A, sell: 0, cny: 10}\n", 3, "E303"),
        ("market: {tick: 0.01 CNY/t, mechanism: sealed}\n", 1, "E115"),
        ("market: {tick: 0.01 CNY/t, price_band: 2}\n", 1, "E404"),
        ("auction: {lots: 0}\n", 1, "E303"),
        ("auction: {lots: 5}\nbidz: []\n", 2, "E110"),
        ("supply_reserve:\n  years: {2018: {circulation: 5}}\n", 2, "E110"),
        ("escalator: {cny: 5, growth: fast}\n", 1, "E111"),
    ],
)
def test_a_fault_is_told_at_its_line(tmp_path, text, place, code):
    with pytest.raises(ScenarioError) as fault:
        results(written(tmp_path, text))
    assert (place, code) in [(d.line, d.code) for d in fault.value.diagnostics]


def test_a_file_that_is_not_there_and_a_story_with_overrides(tmp_path):
    with pytest.raises(ScenarioError) as fault:
        results(tmp_path / "none.yaml")
    assert fault.value.diagnostics[0].code == "E100"
    with pytest.raises(UserError, match="no --set"):
        results(written(tmp_path, "story: x\n"), ["a=1"])
