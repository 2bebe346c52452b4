"""Other members of the families of CASES P19, P20 and P22: drawn sheets, played on both engines, and reckoned a second way."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from tests.sizes import cases

from ecomarket.validity.outcomes import results

if TYPE_CHECKING:
    from pathlib import Path

CASES = cases(8, 1_000).numbers


def played(tmp_path: Path, text: str) -> dict[str, object]:
    path = tmp_path / "drawn.yaml"
    path.write_text(text, encoding="utf-8")
    found = results(path).values
    assert found["engines"] == "agree"
    return {key: float(value) if not isinstance(value, str) else value for key, value in found.items()}


def orders_of(chance: random.Random, count: int) -> list[tuple[str, bool, int, int]]:
    """Return who, whether it buys, lots, price in CNY; nobody is on both sides."""
    found = []
    for n in range(count):
        buys = chance.random() < 0.5
        found.append((f"{'B' if buys else 'S'}{n}", buys, chance.randint(1, 60), chance.randint(40, 60)))
    return found


def sheet(market: str, orders: list[tuple[str, bool, int, int]]) -> str:
    rows = "\n".join(
        f"  - {{who: {who}, {'buy' if buys else 'sell'}: {lots}, cny: {cny}}}" for who, buys, lots, cny in orders
    )
    return f"market: {{{market}, tick: 0.5 CNY/t, reference_price: {{lot: 50 CNY/t}}}}\norders:\n{rows}\n"


@pytest.mark.parametrize("seed", CASES)
def test_p19_each_order_meets_the_best_price_and_of_those_the_oldest_at_that_price(seed, tmp_path):
    orders = orders_of(random.Random(seed), 14)
    resting: list[list] = []
    trades = []
    for who, buys, lots, cny in orders:
        sign = 1 if buys else -1
        met = [r for r in resting if r[1] != buys and sign * (cny - r[3]) >= 0]
        for other in sorted(met, key=lambda r: (sign * r[3], resting.index(r))):
            n = min(lots, other[2])
            if n:
                pair = (who, other[0]) if buys else (other[0], who)
                trades.append(f"{pair[0]} < {pair[1]} {n} @ {other[3]}")
                lots, other[2] = lots - n, other[2] - n
        resting = [r for r in resting if r[2]] + ([[who, buys, lots, cny]] if lots else [])
    found = played(tmp_path, sheet("mechanism: continuous", orders))
    assert [found[f"trade.{n}"] for n in range(1, len(trades) + 1)] == trades
    assert f"trade.{len(trades) + 1}" not in found


@pytest.mark.parametrize("seed", CASES)
def test_p20_most_volume_then_least_imbalance_then_the_middle(seed, tmp_path):
    chance = random.Random(seed)
    orders = orders_of(chance, chance.randint(4, 14))

    def both(price: float) -> tuple[int, int]:
        bought = sum(lots for _, buys, lots, cny in orders if buys and cny >= price)
        return bought, sum(lots for _, buys, lots, cny in orders if not buys and cny <= price)

    ticks = [n / 2 for n in range(2 * 39, 2 * 61 + 1)]
    volume = max(min(both(p)) for p in ticks)
    found = played(tmp_path, sheet("mechanism: call-auction, call_tie: midpoint", orders))
    assert found.get("call.volume", 0) == volume
    if not volume:
        return
    most = [p for p in ticks if min(both(p)) == volume]
    apart = min(abs(both(p)[0] - both(p)[1]) for p in most)
    left = [p for p in most if abs(both(p)[0] - both(p)[1]) == apart]
    price = found["call.price"]
    assert min(left) <= price <= max(left)
    assert abs(price - (min(left) + max(left)) / 2) <= 0.25  # the middle, on the tick
    for side in (True, False):
        rest = volume
        ranked = sorted(
            (n for n, o in enumerate(orders) if o[1] == side),
            key=lambda n: (-orders[n][3] if side else orders[n][3], n),
        )
        for n in ranked:
            good = orders[n][3] >= price if side else orders[n][3] <= price
            filled = min(rest, orders[n][2]) if good else 0
            assert found[f"filled.order.{n + 1}"] == filled
            rest -= filled


def cleared(bids: list[tuple[int, float]], lots: int, floor: float) -> tuple[float, int]:
    """Return (price, lots sold): the lowest price that wins, the floor where less is wanted than there is."""
    wanted = sum(n for n, p in bids if p >= floor)
    if wanted < lots:
        return floor, wanted
    prices = sorted({p for _, p in bids if p >= floor}, reverse=True)
    return next(p for p in prices if sum(n for n, q in bids if q >= p) >= lots), lots


@pytest.mark.parametrize("seed", CASES)
def test_p22_a_reserve_acts_as_far_as_it_is_needed_at_its_trigger(seed, tmp_path):
    """Bids end in half a yuan, floors and triggers in whole ones: no bid lies just at a trigger."""
    chance = random.Random(seed)
    lots, floor = chance.randint(20, 200), chance.randint(2, 15)
    low, high = sorted(chance.sample(range(floor + 1, 40), 2))
    withheld, contained = chance.randint(1, lots), chance.randint(1, 150)
    bids = [(chance.randint(1, 60), chance.randint(1, 45) + 0.5) for _ in range(chance.randint(1, 14))]

    def wanted(price: float) -> int:
        return sum(n for n, p in bids if p >= price)

    price, sold = cleared(bids, lots, floor)
    if wanted(high) > lots:
        price, sold = cleared(bids, lots + contained, high)
    elif wanted(low) < lots:
        price, sold = cleared(bids, max(lots - withheld, 0), floor)
        if wanted(low) > lots - withheld:
            price, sold = low, wanted(low)
    rows = "\n".join(f"  - {{who: A{n}, lots: {many}, cny: {cny}}}" for n, (many, cny) in enumerate(bids))
    found = played(
        tmp_path,
        f"auction: {{lots: {lots}, reserve_price_cny: {floor}, contain: {{lots: {contained}, cny: {high}}}, "
        f"withhold: {{lots: {withheld}, cny: {low}}}}}\nbids:\n{rows}\n",
    )
    assert found["sold"] == sold
    assert found["sold.reserve"] == max(sold - lots, 0)
    if sold:
        assert found["price.lowest"] == found["price.highest"] == price
        assert found["revenue"] == pytest.approx(sold * price)
