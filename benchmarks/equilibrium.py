"""Solve the least cost of many firms: five zones, ten years, links between zones, banking and a little borrowing.

Firms differ in size, in the slope of their marginal cost and in its form: a third straight lines, a third powers, a
third lines with a first cost and a corner. Numbers are drawn (assumption). Processor time; to be compared within this
run only: ours with Clarabel's own, many firms with few, SLSQP with us on a small instance.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, minimize

from ecomarket.chance import Draws
from ecomarket.equilibrium.cones import interior_point
from ecomarket.equilibrium.prices import price_ranges
from ecomarket.equilibrium.program import Program
from ecomarket.equilibrium.scaling import guessed_scale
from ecomarket.equilibrium.solve import FIRST, solve

FIRMS = (125, 250, 500, 1000)
YEARS, ZONES = 10, 5
INTEREST, DOWN_RATIO, BORROWED = 1.05, 0.9, 0.02
"""Interest a year; what arrives of a unit sold to the next zone; what a zone may borrow, of a year's emission."""


def market(firms: int, years: int = YEARS, zones: int = ZONES) -> tuple[Program, np.ndarray]:
    """Build the program; return it with the rows of the caps, zone by year."""
    draws, who = Draws(1), np.arange(firms)
    size = np.exp(draws.normal(who, "size")) * 1000
    steep = np.exp(draws.normal(who, "slope")) * 200 / size
    power = 1.3 + 2.0 * draws.uniform(who, "power")
    zone, form = who % zones, who // zones % 3
    worth = INTEREST ** -np.arange(years)
    program = Program()
    cut = program.variables(0, np.repeat(size[:, None], years, axis=1), "cut")
    program.quadratic(cut[form != 1], steep[form != 1, None] * worth)
    program.linear(cut[form == 2], 40 * worth)
    bent = form == 1
    program.power(cut[bent], (60 * size ** (1 - power))[bent, None] * worth, power[bent, None])
    emitted = np.bincount(zone, weights=size, minlength=zones)
    share = 1 - 0.05 * np.arange(1, years + 1) + 0.1 * (draws.uniform(np.arange(zones), "cap")[:, None] - 0.5)
    caps = program.rows("<=", emitted[:, None] * (share - 1), "cap")
    program.enter(caps[zone], cut, -1)
    bank = program.variables(np.repeat(-BORROWED * emitted[:, None], years, axis=1), np.inf, "bank")
    program.enter(program.rows("<=", np.zeros(zones)), bank[:, -1], -1)  # what is borrowed is given back in the end
    program.enter(caps, bank, 1)
    program.enter(caps[:, 1:], bank[:, :-1], -1)
    for step, ratio in ((1, DOWN_RATIO), (zones - 1, 0.5)):
        sold = program.variables(0, np.repeat(0.03 * emitted[:, None], years, axis=1), "sold")
        program.enter(caps, sold, 1)
        program.enter(np.roll(caps, -step, axis=0), sold, -ratio)
    return program, caps


def slsqp_seconds(program: Program) -> tuple[float, float]:
    """Solve by SLSQP from a point within the bounds; return seconds and least cost."""
    form = program.form()
    rows = np.zeros((len(form.right), len(form.low)))
    rows[form.row, form.at] = form.coefficient
    start = time.process_time()
    found = minimize(
        form.cost, np.clip(form.high * 0.3, form.low, 1e6), jac=lambda x: form.gradient(x, form.ratio(x)),
        method="SLSQP", bounds=Bounds(form.low, form.high), constraints=LinearConstraint(rows, -np.inf, form.right),
        options={"maxiter": 1000, "ftol": 1e-10},
    )  # fmt: skip
    return time.process_time() - start, float(found.fun)


def main() -> None:
    sizes = tuple(map(int, sys.argv[1:])) or FIRMS
    solve(market(10)[0])
    taken = []
    for firms in sizes:
        program, caps = market(firms)
        start = time.process_time()
        found = solve(program)
        taken.append(time.process_time() - start)
        form, start = program.form(), time.process_time()
        bare_steps = interior_point(form, guessed_scale(form), FIRST).steps
        bare, start = time.process_time() - start, time.process_time()
        low, high = price_ranges(program, found, caps)
        ranged = time.process_time() - start
        print(
            f"equilibrium: {firms:,} firms, {len(form.low):,} variables, {len(form.right)} rows: {taken[-1]:.2f} s, ",
            end="",
        )
        print(f"{taken[-1] / bare:.1f} times Clarabel's own; {found.steps} steps ({bare_steps} of the first), ", end="")
        print(f"{found.status}, violation {found.residual:.0e}; {caps.size} ranges of prices {ranged:.2f} s, ", end="")
        print(f"{int((high > low).sum())} open")
    growth = np.log(taken[-1] / taken[0]) / np.log(sizes[-1] / sizes[0])
    print(f"  from {sizes[0]:,} to {sizes[-1]:,} firms time grows as their number to the power of {growth:.2f}")
    program, _ = market(10, years=4)
    start = time.process_time()
    found = solve(program)
    ours = time.process_time() - start
    theirs, cost = slsqp_seconds(program)
    print(f"  10 firms, 4 years: SLSQP takes {theirs / ours:.1f} times as long, its cost is ", end="")
    print(f"{cost / found.objective - 1:+.0e} off")


if __name__ == "__main__":
    main()
