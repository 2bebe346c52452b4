"""The least-cost benchmark: what the same scenario would cost if every gain from trade were made.

In: a scenario. Out: prices, quantities, multipliers and costs by name (`price.permit.2025`), with and without trade.

facade     solve_scenario: the way in
read       the scenario's schedules, caps, venues and policies as a problem in market words (model/benchmark.py)
tree       years and states of the world: what is decided before a state is known is decided once
build      Plan: the problem as a convex program, with parties, markets, curves and sums, each of which enters its part
outcome    a plan solved; settle: of plans that cost the same the one that keeps least in banks
outer      what no one convex program says: fees in per cent, allocation by output, standards, price-setters
result     all numbers of an outcome by name
faults     what keeps a scenario from having a benchmark; refuse: at which line it stands

A convex program knows nothing of markets: variables, terms of cost, rows.

program    Program: variables, convex terms and rows, built piece by piece
form       the same as arrays: cost, gradient, curvature, rows at a point
solve      a program solved: quantities, duals, cost, how exact; or why it has no solution
cones      the program for Clarabel's interior point
scaling    units in which its numbers are about 1
polish     the exact point from a good one, by guessing what binds; newton: one step where that is said
kkt        the conditions of an optimum, free of units
feasible   which rows contradict each other, and whether cost falls for ever
prices     the least and greatest dual of a row, where there is more than one
"""

from ecomarket.equilibrium.facade import solve_scenario

__all__ = ["solve_scenario"]
