"""CASES P01 on the live exchange: two firms with rising marginal costs, the compliance quote, both engines.

Firm A gives up lot k at 58 + 4k or more, firm B pays 153 - 6k or less: nine lots change hands, and no tenth.
"""

from __future__ import annotations

import numpy as np
import pytest

from ecomarket.agents.quoting import limit_quote
from ecomarket.chance import Draws
from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.model.codes import AccountKind, Eligible, RecordKind, TransferCode
from ecomarket.model.order import ARRIVAL, INTENT

CENT = 100
LOOKS = 60
A, B, ALLOWANCE = 15, 16, 1
LEAST_COST, NO_TRADE_COST = 2120, 2525


def market(engine: type[KernelExchange | ReferenceExchange]) -> KernelExchange | ReferenceExchange:
    rules = [VenueRules("listing", tick_cash=1, band_ppm=0)]
    exchange = engine(17, 2, rules, [Listing(ALLOWANCE, 0, 100 * CENT)], 15)
    for firm in (A, B):
        exchange.allow(firm, ALLOWANCE, Eligible.ALL)
        exchange.transfer(0, AccountKind.ISSUANCE, firm, ALLOWANCE, 25, TransferCode.ALLOCATION)
        exchange.transfer(0, AccountKind.WORLD, firm, 0, 1_000_000, TransferCode.OPENING)
    exchange.use_strategies([limit_quote])
    return exchange


def two_plans() -> np.ndarray:
    plans = np.zeros(2, dtype=INTENT)
    plans["account"], plans["instrument"] = (A, B), ALLOWANCE
    plans["reservation"], plans["slope"] = (62 * CENT, 147 * CENT), (-4.0 * CENT, -6.0 * CENT)
    plans["target"], plans["d"], plans["b"] = (0, 50), 25, 25
    plans["a"], plans["margin"], plans["urgency"] = LOOKS, 0.2, 0.5
    return plans


def looks(seed: int) -> np.ndarray:
    arrivals = np.zeros(2 * LOOKS, dtype=ARRIVAL)
    arrivals["t"] = np.arange(2 * LOOKS) * 10 + 1
    first = int(Draws(seed).uniform(0, "who-begins") * 2)
    arrivals["intent"] = (np.arange(2 * LOOKS) + first) % 2
    for name in "uvw":
        arrivals[name] = Draws(seed).uniform(1, name, 0, np.arange(2 * LOOKS))
    return arrivals


def cost(sold: int) -> int:
    return 2 * (15 + sold) ** 2 + 100 + 3 * (25 - sold) ** 2 + 100


@pytest.mark.parametrize("engine", [KernelExchange, ReferenceExchange])
@pytest.mark.parametrize("seed", range(12))
def test_nine_lots_change_hands_at_the_margin(engine: type[KernelExchange], seed: int) -> None:
    exchange, plans, arrivals = market(engine), two_plans(), looks(seed)
    exchange.open_session(0, [ALLOWANCE], 10_000)
    assert exchange.run_arrivals(arrivals, plans, 0, 10_000) == len(arrivals)
    records, _ = exchange.drain()
    trades = records[records["kind"] == RecordKind.TRADE]
    sold = int(trades["amount"].sum())
    assert sold == 9
    assert 94 * CENT <= trades["price"][-1] <= 99 * CENT
    assert (NO_TRADE_COST - cost(sold)) / (NO_TRADE_COST - LEAST_COST) >= 0.95
    assert (exchange.posted(A, ALLOWANCE), exchange.posted(B, ALLOWANCE)) == (16, 34)
