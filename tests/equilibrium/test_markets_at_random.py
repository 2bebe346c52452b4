"""CASES P29 for the benchmark: what must not change a price does not, what must move it moves it the right way."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from tests.equilibrium.markets import doubled, drawn, scaled, solved, tighter, with_offsets
from tests.sizes import cases

from ecomarket.equilibrium.outcome import find
from ecomarket.equilibrium.tree import State
from ecomarket.model.benchmark import Bank, Benchmark, Emitter, Fee, Holding, Sale
from ecomarket.model.schedule import Curve, Piece

CASES = cases(12, 500).numbers
NEAR = 1e-6


def prices(result):
    return [v for k, v in result.values.items() if k.startswith("price.permit")]


def near(values):
    return pytest.approx(values, rel=NEAR, abs=NEAR)


@pytest.mark.parametrize("seed", CASES)
def test_prices_scale_with_money_and_not_with_size_or_order(seed):
    problem = drawn(seed)
    base = solved(problem)
    assert base.residual <= 1e-8
    if base.unsettled:
        return
    assert prices(solved(scaled(problem, 7.0))) == near([7.0 * p for p in prices(base)])  # M2
    assert prices(solved(doubled(problem))) == near(prices(base))  # M3
    order = random.Random(seed)
    mixed = replace(problem, emitters=order.sample(problem.emitters, len(problem.emitters)))
    again = solved(mixed)
    assert prices(again) == near(prices(base))  # M4
    assert again.values["cost.total"] == near(base.values["cost.total"])


@pytest.mark.parametrize("seed", CASES)
def test_who_is_given_what_changes_neither_price_nor_emission(seed):
    problem = drawn(seed)
    first = problem.holdings[0]
    total = problem.allocated("permit")
    rest = [replace(h, amount=problem.flat(0.0)) for h in problem.holdings[1:]]
    base, moved = solved(problem), solved(replace(problem, holdings=[replace(first, amount=total), *rest]))
    sold = solved(replace(problem, holdings=[], sales=[Sale("permit", total)]))
    for other in (moved, sold):
        assert other.values["abatement-cost.total"] == near(base.values["abatement-cost.total"])
        if not (base.unsettled or other.unsettled):
            assert prices(other) == near(prices(base))


@pytest.mark.parametrize("seed", CASES)
def test_a_tighter_cap_costs_no_less_and_lowers_no_price(seed):
    problem = drawn(seed, years=1)
    base, less = solved(problem), solved(tighter(problem, 0.9))  # M5
    assert less.values["cost.total"] >= base.values["cost.total"] * (1 - NEAR)
    if not (base.unsettled or less.unsettled):
        assert prices(less)[0] >= prices(base)[0] * (1 - NEAR)


@pytest.mark.parametrize("seed", CASES)
def test_rules_that_never_bind_change_nothing(seed):
    problem = drawn(seed)
    base = solved(problem)
    free = replace(problem, fees={"permit": Fee("permit")})
    dear = replace(problem, sales=[*problem.sales, Sale("permit", problem.endless(), 1e6, "reserve")])
    for other in (dear, with_offsets(problem, seed, 0.0)):  # M6, M9
        assert solved(other).values["abatement-cost.total"] == near(base.values["abatement-cost.total"])
    if "permit" not in problem.banks:  # alone, each borrows of its own next allocation only
        assert solved(free).values["cost.total"] == near(base.values["cost.total"])


@pytest.mark.parametrize("seed", CASES)
def test_trade_offsets_and_merged_zones_never_cost_more(seed):
    problem = drawn(seed)
    base = solved(problem)
    assert base.values["cost.total"] <= base.values["cost.no-trade"] * (1 + NEAR)  # M11
    more = solved(with_offsets(problem, seed, 0.1))
    assert more.values["cost.total"] <= base.values["cost.total"] * (1 + NEAR)
    half = len(problem.emitters) // 2
    apart = replace(
        problem,
        pools=["permit", "other"],
        banks=problem.banks | ({"other": replace(problem.banks["permit"], pool="other")} if problem.banks else {}),
        emitters=[replace(e, needs=(("other", 1.0),)) if k < half else e for k, e in enumerate(problem.emitters)],
        holdings=[replace(h, pool="other") if k < half else h for k, h in enumerate(problem.holdings)],
    )
    if not any(b.borrowing and max(b.borrowing) for b in problem.banks.values()):
        assert base.values["cost.total"] <= solved(apart).values["cost.total"] * (1 + NEAR)  # M12


@pytest.mark.parametrize("seed", CASES)
def test_a_firm_cuts_where_its_marginal_cost_meets_the_price(seed):
    problem = drawn(seed)
    result = solved(problem)
    for emitter in problem.emitters:
        for t, year in enumerate(problem.years):
            cut = result.values[f"abatement.{emitter.party}.{year}"]
            price = result.values[f"price.permit.{year}"]
            gross, slack = emitter.unabated[t], NEAR * (1 + price)
            if cut < gross * (1 - 1e-9):
                assert emitter.cost.price(cut + 1e-9 * gross) >= price - slack
            if cut > gross * 1e-9:
                assert emitter.cost.price(cut * (1 - 1e-12)) <= price + slack


@pytest.mark.parametrize("seed", CASES)
def test_prices_rise_no_faster_than_interest_where_rights_are_kept(seed):
    problem = drawn(seed, years=4)
    if not problem.banks["permit"].keeps:
        return
    result = solved(problem)
    found, kept = prices(result), [v for k, v in result.values.items() if k.startswith("bank.permit")]
    for (now, later), bank in zip(pairwise(found), kept, strict=False):
        assert later <= now * (1 + problem.interest) + NEAR * (1 + now)
        if bank > 1e-6:
            assert later == near(now * (1 + problem.interest))


@pytest.mark.parametrize("seed", CASES)
def test_a_fee_lowers_volume_and_opens_a_gap(seed):
    problem = drawn(seed, years=1)
    charged = [replace(problem, fees={"permit": Fee("permit", fee, fee)}) for fee in (0.0, 2.0, 5.0)]
    results = [solved(p) for p in charged]
    volumes = [r.values["volume.permit.2025"] for r in results]
    costs = [r.values["abatement-cost.total"] for r in results]
    assert volumes[0] >= volumes[1] - NEAR >= volumes[2] - 2 * NEAR
    assert costs[0] <= costs[1] * (1 + NEAR)
    assert costs[1] <= costs[2] * (1 + NEAR)
    assert costs[2] <= results[0].values["cost.no-trade"] * (1 + NEAR)


def test_two_states_are_decided_apart_as_soon_as_they_differ():
    """17.5 now; 7.5 or 27.5 then (CASES P04, its second instance), and the same with other numbers by hand.

    Slope 1, caps 50, emission 80 then 70 or 100 with 1/4 and 3/4: 30 + b = 0.25 (20 - b) + 0.75 (50 - b): b = 6.25.
    """
    line = Curve((Piece(float("inf"), ((1.0, 1.0),)),))

    def world(second):
        return Benchmark(
            (2025, 2026),
            pools=["permit"],
            emitters=[Emitter("f", (("permit", 1.0),), (80.0, second), line)],
            holdings=[Holding("f", "permit", (50.0, 50.0))],
            banks={"permit": Bank("permit", borrowing=(0.0, 0.0))},
        )

    outcome = find([State("low", 0.25, world(70.0)), State("high", 0.75, world(100.0))])
    found = [outcome.price("permit", node) for node in outcome.plan.nodes]
    assert found == pytest.approx([36.25, 13.75, 43.75])
