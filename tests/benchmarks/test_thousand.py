"""The market of benchmarks/thousand, written twice: the scenario, and plain Python for the peers, are the same market."""

from __future__ import annotations

import importlib
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

FOLDER = Path(__file__).parents[2] / "benchmarks" / "thousand"
SEEDS = 3


@pytest.fixture(scope="module")
def part():
    """Import modules as the benchmark does, from its own folder; forget them afterwards."""
    before = set(sys.modules)
    sys.path.insert(0, str(FOLDER))
    yield importlib.import_module
    sys.path.remove(str(FOLDER))
    for name in set(sys.modules) - before:
        if str(FOLDER) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@given(st.integers(0, 2**32), st.sampled_from([0.0, 0.1]))
def test_the_plain_market_keeps_its_own_rules(part, seed, band):
    """No trade at a loss, none outside the band, no more lots than there are, all money is the traders' own."""
    sixty = part("sixty")
    rng = random.Random(seed)
    market = sixty.Market("first", band)
    traders = [sixty.Trader(*one) for one in sixty.population()]
    for number in range(1, 4):
        before = sum(trader.cash for trader in traders)
        done = [trader.done["first"] for trader in traders]
        sixty.day(number, [market], traders, rng)
        traded = [trader.done["first"] - lots for trader, lots in zip(traders, done, strict=True)]
        assert sum(traded[:30]) == sum(traded[30:]) == market.day_lots
        assert max(trader.done["first"] for trader in traders) <= sixty.LOTS
        assert sum(trader.cash for trader in traders) == before
        assert market.low * market.day_lots <= market.day_turnover <= market.high * market.day_lots
    assert all(trader.sign * (trader.limit * trader.done["first"] - spent(sixty, trader)) >= 0 for trader in traders)


def spent(sixty, trader):
    """Return what a buyer has paid, or a maker was paid."""
    return trader.sign * (sixty.CASH - trader.cash)


def test_the_book_is_by_price_then_by_time(part):
    sixty = part("sixty")
    market, rng = sixty.Market("first", 0.0), random.Random(1)
    makers = [sixty.Trader(-1, limit) for limit in (90, 80, 80, 95)]
    for maker in makers:
        maker.price = lambda *_, maker=maker: maker.limit
        market.look(maker, rng)
    buyer = sixty.Trader(1, 200)
    buyer.price = lambda *_: 100
    order = []
    for _ in makers:
        before = [maker.done["first"] for maker in makers]
        market.look(buyer, rng)
        order.append(next(i for i, maker in enumerate(makers) if maker.done["first"] > before[i]))
    assert order == [1, 2, 0, 3]
    assert market.day_turnover == 90 + 80 + 80 + 95


def test_scenario_and_plain_market_are_the_same_market(part):
    """The means of a few seeds: lots within 2 in 100, prices within 2 in 100, and each moves the same way by the band."""
    from ecomarket.experiments import compare

    sixty, command = part("sixty"), part("command")
    rows = compare(command.SCENARIO, command.VARIANT, runs=SEEDS, measures=command.MEASURES).rows["band"]
    plain = sixty.means([sixty.year((seed, band)) for seed in range(1, SEEDS + 1) for band in sixty.BANDS])
    for good in sixty.GOODS:
        for kind, column in (("price", "vwap"), ("volume", "quantity")):
            ours = rows[f"{kind}.{good}.{column}@2025"]
            theirs = [plain[str(band)][f"{kind}.{good}"] for band in sixty.BANDS]
            assert (ours.base, ours.variant) == pytest.approx(theirs, rel=0.02), (kind, good)
    free, band = (plain[str(band)]["volume.first"] for band in sixty.BANDS)
    assert band > 1.03 * free
    assert rows["volume.first.quantity@2025"].diff / rows["volume.first.quantity@2025"].base > 0.03
