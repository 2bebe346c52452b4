"""How far a price may move: one price, an interval, no end, nothing."""

from __future__ import annotations

import numpy as np
import pytest
from tests.equilibrium.drawn import Drawn, draw

from ecomarket.equilibrium.prices import price_range, price_ranges
from ecomarket.equilibrium.program import Program
from ecomarket.equilibrium.solve import solve


def ranges(program: Program, rows) -> list[tuple[float, float]]:
    found = solve(program)
    low, high = price_ranges(program, found, rows)
    assert [price_range(program, found, int(row)) for row in np.ravel(rows)] == list(zip(low, high, strict=True))
    inside = (low - 1e-9 <= found.dual[rows]) & (found.dual[rows] <= high + 1e-9)
    assert inside.all()
    return [
        (pytest.approx(a, rel=1e-9, abs=1e-9), pytest.approx(b, rel=1e-9, abs=1e-9))
        for a, b in zip(low, high, strict=True)
    ]


def steps(high, cost, cut) -> tuple[Program, np.ndarray]:
    """Firms with one step of marginal cost each that must cut so much together."""
    program = Program()
    at = program.variables(0, high)
    program.linear(at, cost)
    rows = program.rows("<=", np.atleast_1d(-np.asarray(cut, dtype=float)))
    program.enter(rows[:, None], at, -1)
    return program, rows


def test_one_price_where_a_firm_is_half_way() -> None:
    program, cap = steps([10, 10], [5, 20], 12)
    assert ranges(program, cap) == [(20, 20)]


def test_an_interval_where_supply_and_demand_are_both_vertical() -> None:
    """The first firm cuts all its ten tonnes at 5, the second none at 20: any price between them will do."""
    program, cap = steps([10, 10], [5, 20], 10)
    assert ranges(program, cap) == [(5, 20)]


def test_no_end_where_no_more_can_be_cut() -> None:
    program, cap = steps([10, 10], [5, 20], 20)
    assert ranges(program, cap) == [(20, np.inf)]


def test_nothing_where_there_is_room_and_from_nothing_where_there_is_just_none() -> None:
    program, cap = steps([10, 10], [5, 20], -3)
    assert ranges(program, cap) == [(0, 0)]
    program, cap = steps([10, 10], [5, 20], 0)
    assert ranges(program, cap) == [(0, 5)]


def test_the_same_cap_told_twice_shares_one_price() -> None:
    program, caps = steps([10, 10], [5, 20], [12, 12])
    assert ranges(program, caps) == [(0, 20), (0, 20)]


def test_a_corner_of_a_curved_cost() -> None:
    """The first firm's last tonne costs 2 x 10 = 20, the second's first 35: the tenth tonne has any price between."""
    program, cap = steps([10, 90], [0, 35], 10)
    program.quadratic([0, 1], [2, 1])
    assert ranges(program, cap) == [(20, 35)]


def test_an_equation_may_have_a_price_of_either_sign() -> None:
    program = Program()
    at = program.variables(0, [10, 10])
    program.linear(at, [-5, 3])
    row = program.rows("=", [10])
    program.enter(row, at, 1)
    assert ranges(program, row) == [(-3, 5)]


def test_prices_of_years_hang_together() -> None:
    """Both years' caps are met to the tonne by full firms: without a bank each price is free, with one the second cannot be
    above the first (nothing is left to bank, and nothing would be gained by it)."""
    program = Program()
    at = program.variables(0, [[10, 10], [10, 10]])
    program.linear(at, [[5, 20], [5, 20]])
    caps = program.rows("<=", [-10, -10])
    program.enter(caps[:, None], at, -1)
    assert ranges(program, caps) == [(5, 20), (5, 20)]
    bank = program.variables(0, np.inf)
    program.enter(caps, bank, [1, -1])
    program.rows("<=", 1)
    found = solve(program)
    low, high = price_ranges(program, found, caps)
    assert (low.tolist(), high.tolist()) == (pytest.approx([5, 5]), pytest.approx([20, 20]))
    program.linear(at[0], 100)  # the first year dearer: nobody banks, prices stand apart
    assert ranges(program, caps) == [(105, 120), (5, 20)]


def test_the_price_of_a_free_variable_settles_a_chain() -> None:
    """All firms of a zone stand at their corners, at 10 tonnes and at none; two tonnes more than it must it sells next door.

    There 12 - 0.8 x 2 = 10.4 must be cut, at 10.4 a tonne; the sale earns 0.5 a tonne: 0.8 x 10.4 + 0.5 = 8.82 here.
    """
    program, caps = steps([10, 10], [5, 20], 8)
    other = program.variables(0, 50)
    program.quadratic(other, 1)
    row = program.rows("<=", [-12])
    program.enter(row, other, -1)
    link = program.variables(0, 10)
    program.enter([caps[0], row[0]], link, [1, -0.8])
    program.linear(link, -0.5)
    assert ranges(program, [caps[0], row[0]]) == [(8.82, 8.82), (10.4, 10.4)]
    assert solve(program).x[link] == pytest.approx(2)


def test_a_program_without_an_optimum_has_no_prices() -> None:
    program, _ = steps([10, 10], [5, 20], 21)
    with pytest.raises(ValueError, match="infeasible has no prices"):
        price_range(program, solve(program), 0)


def moved(drawn: Drawn, row: int, by: float) -> float:
    rows = [[sense, a, right + by * (i == row)] for i, (sense, a, right) in enumerate(drawn.rows)]
    return solve(Drawn(drawn.start, drawn.bounds, drawn.terms, rows).program()).objective


def test_ends_are_what_a_little_more_saves_and_a_little_less_costs() -> None:
    """Linear costs are straight near the optimum: the low end is the saving of a little more room, the high end the cost of less."""
    intervals = 0
    for seed in range(30, 60):
        drawn = draw(seed, curved=False)
        program = drawn.program()
        found = solve(program)
        lows, highs = price_ranges(program, found, np.arange(len(drawn.rows)))
        for row, (low, high) in enumerate(zip(lows, highs, strict=True)):
            near = {"rel": 1e-6, "abs": 1e-6 * (1 + abs(found.objective))}
            step = 1e-3
            assert (found.objective - moved(drawn, row, step)) / step == pytest.approx(low, **near), (seed, row)
            assert (moved(drawn, row, -step) - found.objective) / step == pytest.approx(high, **near), (seed, row)
            intervals += low < high
    assert intervals > 10
