"""The least-cost benchmark: what the same scenario would cost if every gain from trade were made.

A convex program knows nothing of markets: variables, terms of cost, rows.

program    Program: variables, convex terms and rows, built piece by piece
form       the same as arrays: cost, gradient, curvature, rows at a point
solve      a program solved: quantities, duals, cost, how exact; or why it has no solution
cones      the program for Clarabel's interior point
scaling    units in which its numbers are about 1
polish     the exact point from a good one, by Newton's method on what binds
kkt        the conditions of an optimum, free of units
feasible   which rows contradict each other, and whether cost falls for ever
prices     the least and greatest dual of a row, where there is more than one
"""
