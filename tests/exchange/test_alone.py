"""An exchange by itself: named accounts, either engine, the manual's example."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from ecomarket.errors import UserError
from ecomarket.exchange.alone import Trade, open_market
from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import VenueRules
from ecomarket.model.codes import Mechanism, Refusal

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "exchange.md"


@pytest.mark.parametrize("exchange", [KernelExchange, ReferenceExchange])
def test_named_accounts_trade(exchange):
    """A hundred lots at 42.10 cost 4,210 CNY; the rest is withdrawn by its owner only."""
    market = open_market(VenueRules("v"), 420_000, {"mill": (10**9, 0), "plant": (0, 500)}, engine=exchange)
    offer = market.sell("plant", 421_000, 300)
    assert market.buy("mill", 422_000, 100).filled_lots == 100
    assert market.trades() == [Trade(2, "mill", "plant", 421_000, 100)]
    assert market.trades() == []
    assert market.holds("mill") == (10**9 - 42_100_000, 100)
    assert market.quotes().best_ask == 421_000
    assert market.cancel("mill", offer.order) == Refusal.NOT_OWNER
    assert market.cancel("plant", offer.order) == Refusal.NONE
    assert market.quotes().best_ask == 0
    assert market.sell("mill", 420_000, 101).refusal == Refusal.INSUFFICIENT_UNITS


@pytest.mark.parametrize("exchange", [KernelExchange, ReferenceExchange])
def test_a_call_waits_for_its_end(exchange):
    rules = VenueRules("v", Mechanism.CALL_AUCTION)
    market = open_market(rules, 420_000, {1: (10**9, 0), 2: (0, 500)}, engine=exchange)
    market.sell(2, 419_000, 30)
    assert market.buy(1, 421_000, 30, tif=4).resting_lots == 30
    assert market.trades() == []
    assert market.exchange.uncross(5, [1])[0].lots == 30
    assert [trade.buyer for trade in market.trades()] == [1]


def test_what_cannot_be_is_said():
    with pytest.raises(UserError, match="cannot open with -5"):
        open_market(VenueRules("v"), 420_000, {"mill": (-5, 0)})
    market = open_market(VenueRules("v"), 420_000, {"mill": (0, 0)})
    with pytest.raises(UserError, match="no account 'plant'; there are: mill"):
        market.buy("plant", 420_000, 1)


def test_the_manual_s_example_runs():
    found = doctest.testfile(str(PAGE), module_relative=False)
    assert found.attempted > 5
    assert found.failed == 0
