"""Programs whose solution is known from a sum by hand, and programs that are awkward: ties, corners, nothing, no solution."""

from __future__ import annotations

import numpy as np
import pytest

from ecomarket.equilibrium.feasible import conflict, falls_for_ever
from ecomarket.equilibrium.program import Program
from ecomarket.equilibrium.solve import Solution, solve

GOOD = 1e-10


def solved(program: Program) -> Solution:
    found = solve(program)
    assert found.status == "solved"
    assert found.residual <= GOOD
    assert not found.conflict.size
    assert (found.at_low >= 0).all()
    assert (found.at_high >= 0).all()
    return found


def capped(high, cut) -> tuple[Program, np.ndarray, np.ndarray]:
    """Firms that must cut so much together."""
    program = Program()
    at = program.variables(0, high)
    cap = program.rows("<=", -cut, "cap")
    program.enter(cap, at, -1)
    return program, at, cap


def exactly(value, rel=1e-9) -> object:
    return pytest.approx(value, rel=rel, abs=1e-9)


def test_two_firms_at_least_cost() -> None:
    """Z_A + Z_B = 40, 4 Z_A = 6 Z_B: (24, 16), price 96, cost 2 x 24^2 + 3 x 16^2 = 1,920 (and 200 fixed)."""
    program, cut, cap = capped([40, 50], 40)
    program.power(cut[0], 2, 2)
    program.quadratic(cut[1], 6)
    found = solved(program)
    assert found.x[cut] == exactly([24, 16])
    assert float(found.dual[cap]) == exactly(96)
    assert found.objective == exactly(1920)


def test_marginal_costs_of_every_form_and_two_corners() -> None:
    """MAC 2a, 10 + 0.5a, 0.03a^2, 40 + a, 0.5a with 97.5 to cut: at a price of 27 the fourth does nothing, the fifth all it can."""
    program, cut, cap = capped([60, 100, 50, 30, 20], 97.5)
    program.linear(cut[[1, 3]], [10, 40])
    program.quadratic(cut[[0, 1, 3, 4]], [2, 0.5, 1, 0.5])
    program.power(cut[2], 0.01, 3)
    found = solved(program)
    assert found.x == exactly([13.5, 34, 30, 0, 20])
    assert float(found.dual[cap]) == exactly(27)
    assert found.objective == exactly(182.25 + 629 + 270 + 0 + 100)
    assert found.at_low == exactly([0, 0, 0, 40 - 27, 0])  # what its first tonne costs more than the price
    assert found.at_high == exactly([0, 0, 0, 0, 27 - 10])  # what one tonne more that it could cut would save


def test_banked_years_grow_with_the_rate_of_interest() -> None:
    """u = 100, MAC 0.5a, caps 80, 70, 50, 40, 10 %: sum of cuts 160 = 2 p0 (1 + 1.1 + 1.21 + 1.331)."""
    program = Program()
    worth = 1.1 ** -np.arange(4)
    cut, bank = program.variables(0, [100] * 4), program.variables(0, [np.inf] * 4)
    program.quadratic(cut, 0.5 * worth)
    cap = program.rows("<=", [-20, -30, -50, -60])
    program.enter(cap, cut, -1)
    program.enter(cap, bank, 1)
    program.enter(cap[1:], bank[:-1], -1)
    found = solved(program)
    price = 80 / 4.641 * 1.1 ** np.arange(4)
    assert found.dual / worth == exactly(price)
    assert found.x[cut] == exactly(2 * price)
    assert found.x[bank] == exactly(np.cumsum(2 * price - [20, 30, 50, 60]))
    assert found.at_low[bank[3]] == exactly(price[3] * worth[3])


@pytest.mark.parametrize(("share", "offset"), [(0.0, 0.0), (0.05, 800 / 19), (0.08, 6.4 / 0.092), (0.1, 80.0)])
def test_offsets_up_to_a_share_of_what_is_emitted(share: float, offset: float) -> None:
    """u = 1000, cap 800, MAC 0.5a, offsets at 20 + 0.5o: where the limit binds, the cap's price is above marginal cost."""
    program = Program()
    cut, used = program.variables(0, 1000), program.variables(0, np.inf)
    program.quadratic([cut, used], 0.5)
    program.linear(used, 20)
    cap, limit = program.rows("<=", -200), program.rows("<=", share * 1000)
    program.enter(cap, [cut, used], -1)
    program.enter(limit, [used, cut], [1, share])
    found = solved(program)
    assert float(found.x[used]) == exactly(offset)
    assert float(found.x[cut]) == exactly(200 - offset)
    marginal, asked = 0.5 * (200 - offset), 20 + 0.5 * offset
    if share < 0.1:
        assert float(found.dual[cap]) == exactly((marginal - share * asked) / (1 - share))
    else:
        assert float(found.dual[cap]) == exactly(60)
        assert float(found.dual[limit]) == 0


def test_abatement_in_proportion_to_output() -> None:
    """Demand 200 - Q, unit cost 50 + 50 r^2, cap 90: tau = 100 r, price 50 + 50 r^2 + tau (1 - r)."""
    program = Program()
    output, cut = program.variables(0, 200), program.variables(0, np.inf)
    program.linear(output, 50 - 200)
    program.quadratic(output, 1)
    program.quotient(cut, output, 50)
    cap = program.rows("<=", 90)
    program.enter(cap, [output, cut], [1, -1])
    found = solved(program)
    share = float(found.x[cut] / found.x[output])
    assert (1 - share) * (150 - 100 * share + 50 * share**2) == exactly(90)
    assert float(found.dual[cap]) == exactly(100 * share)
    assert float(found.x[output]) == pytest.approx(125.65179, rel=1e-7)


def test_nobody_makes_what_nobody_would_pay_for() -> None:
    """The same where demand ends at 20, below the cost of 50: nothing over nothing is a corner of its own."""
    program = Program()
    output, cut = program.variables(0, 200), program.variables(0, np.inf)
    program.linear(output, 50 - 20)
    program.quadratic(output, 1)
    program.quotient(cut, output, 50)
    cap = program.rows("<=", 90)
    program.enter(cap, [output, cut], [1, -1])
    found = solved(program)
    assert found.x.tolist() == [0, 0]
    assert found.objective == 0
    assert found.at_low[output] == exactly(30)


def test_the_dual_of_an_equation_has_either_sign() -> None:
    """Two units wanted of what costs 3 a unit, and of what earns 3: one more costs 3, or earns it."""
    program = Program()
    made = program.variables(0, [9, 9])
    program.linear(made, [3, -3])
    rows = program.rows("=", [2, 2])
    program.enter(rows, made, 1)
    found = solved(program)
    assert found.dual == exactly([-3, 3])


def test_free_variables_fixed_ones_and_negative_ones() -> None:
    program = Program()
    x = program.variables([-np.inf, 4, -9], [np.inf, 4, -2])
    program.quadratic(x, [1, 0, 1])
    program.linear(x, [6, 5, 0])
    found = solved(program)
    assert found.x == exactly([-6, 4, -2])
    assert found.at_low == exactly([0, 5, 0])
    assert found.at_high == exactly([0, 0, 2])


AWKWARD = {
    "the same row twice": lambda p, x: p.enter(p.rows("<=", [-40, -40, -80])[:, None], x, [[-1], [-1], [-2]]),
    "a row without entries": lambda p, x: p.rows("<=", [0, 3]),
    "an equation of nothing": lambda p, x: p.rows("=", 0),
    "a row with room": lambda p, x: p.enter(p.rows("<=", 1e6), x, 1),
    "the sum told as an equation": lambda p, x: p.enter(p.rows("=", 40), x, 1),
    "a variable that does nothing": lambda p, x: p.variables(0, np.inf),
    "a variable that costs and gives nothing": lambda p, x: p.enter(p.rows("<=", 5), p.variables(0, 9), 1),
    "a variable held at 0": lambda p, x: p.enter(0, p.variables(0, 0), -1),
    "what goes in a circle": lambda p, x: p.enter([[0], [p.rows("=", 0)]], p.variables([0, 0], np.inf), [-1, 1]),
}


@pytest.mark.parametrize("what", AWKWARD)
def test_what_changes_nothing_changes_nothing(what: str) -> None:
    program, cut, _ = capped([40, 50], 40)
    program.quadratic(cut, [4, 6])
    AWKWARD[what](program, cut)
    found = solved(program)
    assert found.x[cut] == exactly([24, 16])
    assert found.objective == exactly(1920)
    form = program.form()
    assert np.bincount(form.row, form.coefficient * (form.at == 0), len(form.right)) @ found.dual == exactly(-96)


def test_twins_share_what_one_of_them_would_do() -> None:
    """Ten firms at one price of 5 a tonne: any shares will do, the cost and the price are certain."""
    program, cut, cap = capped([9] * 10, 40)
    program.linear(cut, 5)
    found = solved(program)
    assert found.x.sum() == exactly(40)
    assert found.objective == exactly(200)
    assert float(found.dual[cap]) == exactly(5)


@pytest.mark.parametrize("exponent", [1.001, 1.05, 1.5, 2, 2.5, 7, 30])
def test_powers_flat_and_steep(exponent: float) -> None:
    """Two firms at 3 x^k and at k 48 a unit: the first cuts up to where 3 x^(k-1) = 48, or all."""
    program, cut, cap = capped(np.inf, 100)
    other = program.variables(0, np.inf)
    program.power(cut, 3, exponent)
    program.linear(other, exponent * 48)
    program.enter(cap, other, -1)
    found = solved(program)
    first = min(16.0 ** (1 / (exponent - 1)) if exponent > 1.01 else np.inf, 100)
    assert float(found.x[cut]) == exactly(first)
    assert float(found.dual[cap]) == exactly(exponent * 48 if first < 100 else 3 * exponent * 100 ** (exponent - 1))


def test_no_variables_no_rows() -> None:
    assert solve(Program()).objective == 0
    program = Program()
    program.rows("<=", 1)
    assert solve(program).status == "solved"
    program.rows("=", 1, "one out of nothing")
    found = solve(program)
    assert found.status == "infeasible"
    assert program.names(found.conflict) == ["one out of nothing"]


def test_the_rows_that_contradict_each_other_are_named() -> None:
    """Ninety tonnes can be cut: a cap that asks for 91 cannot be met, whatever else is asked."""
    program, cut, _ = capped([40, 50], 91)
    program.quadratic(cut, [4, 6])
    program.enter(program.rows("<=", 30, "limit of one"), cut[0], 1)
    program.enter(program.rows("<=", 1000, "far away"), cut, 1)
    found = solve(program)
    assert found.status == "infeasible"
    assert found.objective == np.inf
    assert sorted(program.names(found.conflict)) == ["cap", "limit of one"]
    program.rows("<=", -1, "nothing")
    assert "nothing" in program.names(solve(program).conflict)


def test_missed_by_very_little_is_missed() -> None:
    program, cut, _ = capped([40, 50], 90 * (1 + 1e-6))
    program.quadratic(cut, [4, 6])
    assert solve(program).status == "infeasible"
    program, cut, _ = capped([40, 50], 90)
    program.quadratic(cut, [4, 6])
    assert solved(program).x == exactly([40, 50])


def test_a_cost_that_falls_for_ever() -> None:
    program = Program()
    x = program.variables(0, [np.inf, np.inf, np.inf])
    program.linear(x, [-1, 0.5, -9])
    program.enter(program.rows("<=", 7), x[:2], [1, -1])
    program.quadratic(x[2], 1)
    found = solve(program)
    assert found.status == "unbounded"
    assert found.objective == -np.inf
    program.power(x[1], 1e-3, 1.5)
    solved(program)


def test_a_cost_that_falls_for_ever_along_a_quotient() -> None:
    """x^2 / y - x: with y twice x it is -x / 2. At a price of 1/4 a unit of y nothing is gained any more."""
    program = Program()
    x, y = program.variables(0, [np.inf, np.inf])
    program.quotient(x, y, 1)
    program.linear(x, -1)
    program.linear(y, 0.24)
    assert solve(program).status == "unbounded"
    program.linear(y, 0.02)
    assert solved(program).objective == exactly(0)


@pytest.mark.parametrize("money", [1e-3, 1, 1e7])
@pytest.mark.parametrize("amount", [1e-3, 1, 1e9])
def test_any_unit_of_money_and_of_amount(money: float, amount: float) -> None:
    program, cut, cap = capped(np.array([60, 100, 50, 30, 20]) * amount, 97.5 * amount)
    program.linear(cut[[1, 3]], money * np.array([10, 40]))
    program.quadratic(cut[[0, 1, 3, 4]], money / amount * np.array([2, 0.5, 1, 0.5]))
    program.power(cut[2], money * 0.01 / amount**2, 3)
    found = solved(program)
    assert found.x / amount == exactly([13.5, 34, 30, 0, 20])
    assert float(found.dual[cap]) / money == exactly(27)


def test_units_far_apart_in_one_program() -> None:
    """A market of grams beside one of gigatonnes, at 1e7 and at 1e-3 a unit; what is used of the one is used of the other."""
    program = Program()
    small, large = program.variables(0, [60e-3, 100e-3]), program.variables(0, [60e9, 100e9])
    program.quadratic(small, 1e7 / 1e-3 * np.array([2.0, 0.5]))
    program.quadratic(large, 1e-3 / 1e9 * np.array([2.0, 0.5]))
    caps = program.rows("<=", [-50e-3, -50e9])
    program.enter(caps[0], small, -1)
    program.enter(caps[1], large, -1)
    found = solved(program)
    assert found.x[small] / 1e-3 == exactly([10, 40])
    assert found.x[large] / 1e9 == exactly([10, 40])
    assert found.dual == exactly([20e7, 20e-3])


def test_every_firm_with_its_own_account() -> None:
    """Sixty firms, six years, three zones: each buys, sells and banks for itself, at a small fee for what is bought.

    What a firm pays is the price and the fee, what it gets the price: so nobody who cuts something and buys pays more than the
    price and the fee for his last tonne, and nobody who sells less than the price.
    """
    firms, years, zones, fee = 60, 6, 3, 0.01
    rng, worth = np.random.default_rng(1), 1.05 ** -np.arange(6)
    emitted, zone = rng.lognormal(0, 1, firms) * 1000, np.arange(firms) % zones
    program = Program()
    cut, bought, sold, banked = (
        program.variables(0, np.repeat(high[:, None], years, axis=1))
        for high in (emitted, *[np.full(firms, np.inf)] * 3)
    )
    slope, exponent = 200 / emitted * rng.lognormal(0, 0.5, firms), rng.uniform(1.3, 3.3, firms)
    program.quadratic(cut[::2], slope[::2, None] * worth)
    program.power(cut[1::2], (60 * emitted ** (1 - exponent))[1::2, None] * worth, exponent[1::2, None])
    program.linear(bought, fee * worth)
    free = emitted[:, None] * (1 - 0.05 * np.arange(1, years + 1)) * rng.uniform(0.8, 1.2, (firms, 1))
    own = program.rows("<=", free - emitted[:, None])
    for at, sign in ((cut, -1), (bought, -1), (sold, 1), (banked, 1)):
        program.enter(own, at, sign)
    program.enter(own[:, 1:], banked[:, :-1], -1)
    market = program.rows("=", np.zeros((zones, years)))
    program.enter(market[zone], bought, 1)
    program.enter(market[zone], sold, -1)
    found = solved(program)
    price, last = found.dual[market][zone], found.dual[own]
    x = found.x
    assert (last <= price + fee * worth + 1e-9).all()
    assert (last >= price - 1e-9).all()
    assert last[x[bought] > 1e-6] == exactly((price + fee * worth)[x[bought] > 1e-6])
    assert last[x[sold] > 1e-6] == exactly(price[x[sold] > 1e-6])
    assert (x[bought] > 1e-6).any(axis=0).all()
    inside = (x[cut] > 0) & (x[cut] < emitted[:, None])
    inside[1::2] = False
    assert (slope[:, None] * worth * x[cut])[inside] == exactly(last[inside])


@pytest.mark.parametrize("amount", [1e-3, 1, 1e9])
def test_whether_rows_contradict_each_other_does_not_hang_on_units(amount: float) -> None:
    program, *_ = capped(np.array([40, 50]) * amount, 90 * amount)
    assert not conflict(program.form()).size
    program, *_ = capped(np.array([40, 50]) * amount, 90.1 * amount)
    assert conflict(program.form()).tolist() == [0]


def test_neither_powers_nor_dear_quotients_fall_for_ever() -> None:
    program = Program()
    x, y = program.variables(0, [np.inf, np.inf])
    program.linear([x, y], [-1, 0.26])
    assert falls_for_ever(program.form())
    program.quotient(x, y, 1)
    assert not falls_for_ever(program.form())
    program = Program()
    program.linear(program.variables(0, np.inf), -1)
    assert falls_for_ever(program.form())
    program.power(0, 1e-3, 1.5)
    assert not falls_for_ever(program.form())
