"""Learning bidders: what they make of a rule, beside what theory says of it; the two rules of the EPA are case P21."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ecomarket.engine.in_memory import run_in_memory
from ecomarket.model.codes import RecordKind
from ecomarket.scenario import load
from ecomarket.units import CASH_PER_YUAN
from ecomarket.validity.periods import recorded

BOOK = Path(__file__).parents[2] / "scenarios" / "validity" / "p21-learning.yaml"
SEEDS = range(1, 7)
PAIRS = "venues.market.call_pricing=pairs"
ROWS = (("buyers", "B1", "unit_demand: c150"), ("sellers", "S1", "unit_supply: c60"))
HONEST = "participants.sellers.strategies=[{name: truthful, right: unit, looks_a_day: 1}]"


def named(records: np.ndarray) -> np.ndarray:
    """Return what the first account that named prices named, CNY."""
    orders = records[records["kind"] == RecordKind.ORDER_ACCEPTED]
    return orders["price"][orders["account"] == orders["account"].min()] / CASH_PER_YUAN


def test_who_pays_its_own_bid_learns_to_bid_what_the_other_asks() -> None:
    """One buyer of 150, one seller who asks its cost of 60 and is paid the bid: what is bid goes down from 150 towards 60."""
    one = [f"participants.{side}.table=[{{code: {code}, {row}}}]" for side, code, row in ROWS]
    bids = [named(recorded(load(BOOK, [PAIRS, HONEST, *one]), seed)) for seed in SEEDS]
    assert np.mean([bid[:10].mean() for bid in bids]) > 120
    late = np.concatenate([bid[-60:] for bid in bids])
    assert 55 < np.median(late) < 100


def test_all_that_a_bidder_may_do_is_named_at_first() -> None:
    """Each of the 21 prices from its value of 150 less 100 to its value and 100 is as likely as any other."""
    first = [named(recorded(load(BOOK, ["calendar.end=2025-01-01"]), seed)) for seed in range(1, 151)]
    times = np.bincount(np.concatenate(first).astype(int), minlength=251)
    assert set(np.flatnonzero(times)) == set(range(50, 251, 10))
    expected = len(first) / 21
    assert ((times[50::10] - expected) ** 2 / expected).sum() < 45  # chi square, 20 degrees of freedom, 99.9 %: 45.3


def test_money_in_another_unit_changes_no_choice(tmp_path: Path) -> None:
    """Values, costs, tick, reference price and cash ten times as large: the same orders at ten times the price."""
    text = BOOK.read_text(encoding="utf-8")
    larger = re.sub(r"\[\[1, (\d+)\]\]", r"[[1, \g<1>0]]", text)
    larger = (
        larger.replace("tick: 0.5", "tick: 5").replace("{unit: 100}", "{unit: 1000}").replace("1_000_000", "10_000_000")
    )
    (tmp_path / "larger.yaml").write_text(larger, encoding="utf-8")
    one, ten = (recorded(load(path, ["calendar.end=2025-03-31"]), 1) for path in (BOOK, tmp_path / "larger.yaml"))
    orders = [records[records["kind"] == RecordKind.ORDER_ACCEPTED] for records in (one, ten)]
    assert orders[0]["account"].tolist() == orders[1]["account"].tolist()
    assert (10 * orders[0]["price"]).tolist() == orders[1]["price"].tolist()


AUCTIONS = """ecomarket: 1
name: auctions
title: {{en: Permits sold by the month, zh: 按月拍卖许可}}
calendar: {{start: 2025-01-01, end: 2025-12-31}}
rights: {{permit: {{kind: tradable-permit, unit: t, lot: 0.1, cap: 60}}}}
venues: {{auction: {{rights: [permit], mechanism: one-way-auction, tick: 0.1}}}}
participants:
  firm: {{kind: enterprise, cash: 100_000, schedules: {{permit: {{unabated: 100, abatement: {{marginal: [0, 1]}}}}}}, strategies: [{{name: roth-erev, right: permit, reach: {reach}}}]}}
policies: [{{cap-and-trade: {{right: permit, auction: auction}}}}]
"""


@pytest.mark.parametrize("reach", [0, 0.5])
def test_in_an_auction_it_bids_beside_what_lots_are_worth_to_it(tmp_path: Path, reach: float) -> None:
    """The sixtieth of 60 is worth 40; all are sold at about that, or as much beside it as half the mean worth."""
    path = tmp_path / "auctions.yaml"
    path.write_text(AUCTIONS.format(reach=reach), encoding="utf-8")
    records = recorded(load(path), 2)
    trades = records[records["kind"] == RecordKind.TRADE]
    price = trades["price"] / CASH_PER_YUAN / 0.1
    assert trades["amount"].sum() <= 600
    assert len(price)
    assert np.all(np.abs(price - 40) <= 0.11 + reach * 60)


def test_a_day_without_an_auction_teaches_nothing(tmp_path: Path) -> None:
    """A right that is auctioned once a year: of 261 plans one has something to learn from."""
    path = tmp_path / "auctions.yaml"
    path.write_text(AUCTIONS.format(reach=0.5), encoding="utf-8")
    *_, keeper = run_in_memory(load(path), 2, date(2025, 12, 31))
    assert keeper.world is not None
    (strategy,) = keeper.world.cohorts.strategies
    found = np.unique(strategy._propensities)
    assert len(found) == 2, "the one that was tried, and the others"
