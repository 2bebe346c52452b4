"""Programs drawn by chance, all with a solution: small ones for a second method, and sizes that lie far apart."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ecomarket.equilibrium.program import Program


@dataclass
class Drawn:
    """A program, a point that keeps its rows and bounds, and the same program told once more, in plain lists.

    bounds: [low, high]; terms: (kind, numbers); rows: [sense, coefficients, right].
    """

    start: np.ndarray
    bounds: list[list[float]]
    terms: list[tuple] = field(default_factory=list)
    rows: list[list] = field(default_factory=list)

    def program(self) -> Program:
        program = Program()
        at = program.variables(*np.array(self.bounds).T)
        for kind, *numbers in self.terms:
            getattr(program, kind)(*numbers)
        for sense, coefficients, right in self.rows:
            program.enter(program.rows(sense, right), at, coefficients)
        return program

    def cost(self, x) -> float:
        worth = {
            "linear": lambda at, cost: cost * x[at],
            "quadratic": lambda at, slope: slope / 2 * x[at] ** 2,
            "power": lambda at, scale, exponent: scale * max(x[at], 0.0) ** exponent,
            "quotient": lambda top, bottom, scale: scale * x[top] ** 2 / x[bottom] if x[top] else 0.0,
        }
        return float(sum(worth[kind](*numbers) for kind, *numbers in self.terms))

    def gradient(self, x, part=float) -> np.ndarray:
        """Marginal costs, `part` of each term; of a quotient above 0 nothing."""
        found = np.zeros(len(x))
        for kind, *numbers in self.terms:
            if kind == "linear":
                found[numbers[0]] += part(numbers[1])
            elif kind == "quadratic":
                found[numbers[0]] += part(numbers[1] * x[numbers[0]])
            elif kind == "power":
                found[numbers[0]] += part(numbers[1] * numbers[2] * x[numbers[0]] ** (numbers[2] - 1))
            elif x[numbers[1]] > 0:
                top, bottom, scale = numbers
                found[top] += part(2 * scale * x[top] / x[bottom])
                found[bottom] += part(-scale * (x[top] / x[bottom]) ** 2)
        return found

    def sides(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Coefficients by row, right sides, and which rows are equations."""
        senses, coefficients, right = zip(*self.rows, strict=True)
        return np.array(coefficients), np.array(right), np.array([sense == "=" for sense in senses])


def draw(seed: int, *, spread: float = 0.0, curved: bool = True, cusps: bool = True) -> Drawn:
    """Draw 3 to 12 variables, some on a bound or without an upper one, costs of every kind, one to six rows.

    Rows go through a point, the inequalities with or without room; coefficients are small whole numbers, so corners, ties and
    redundant rows are frequent. Units of variables, rows and cost lie up to 10^(2 spread) apart. Not `curved`: costs are linear.
    Without `cusps`: the bottoms of quotients stay above 0.
    """
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 13))
    unit, money = 10.0 ** rng.uniform(-spread, spread, n), 10.0 ** rng.uniform(-spread, spread)
    start = rng.integers(1, 9, n).astype(float)
    low = np.where(rng.random(n) < 0.2, start, 0.0)
    high = np.where(rng.random(n) < 0.2, start, start + rng.integers(0, 9, n))
    unlimited = (rng.random(n) < 0.25) & curved
    kind = rng.integers(0, 4, n) if curved else np.zeros(n, dtype=int)
    kind[unlimited & (kind == 0)] = 1
    worth, linear, exponent = rng.integers(1, 9, n), rng.integers(-4, 6, n), rng.uniform(1.2, 4.0, n)
    below = (np.arange(n) + rng.integers(1, n, n)) % n
    if not cusps:
        low[below[kind == 3]] = np.maximum(low[below[kind == 3]], 0.5)
    drawn = Drawn(start * unit, [[low[j] * unit[j], np.inf if unlimited[j] else high[j] * unit[j]] for j in range(n)])
    for j in range(n):
        drawn.terms.append(("linear", j, linear[j] * money / unit[j]))
        if kind[j] in (1, 3):
            drawn.terms.append(("quadratic", j, worth[j] * (1.0 if kind[j] == 1 else 0.2) * money / unit[j] ** 2))
        if kind[j] == 2:
            drawn.terms.append(("power", j, worth[j] * money / unit[j] ** exponent[j], exponent[j]))
        if kind[j] == 3:
            drawn.terms.append(("quotient", j, int(below[j]), worth[j] * money / unit[j] ** 2 * unit[below[j]]))
    for _ in range(int(rng.integers(1, 7))):
        size, equal = 10.0 ** rng.uniform(-spread, spread), rng.random() < 0.3
        coefficient = rng.integers(-2, 4, n) * (rng.random(n) < 0.6)
        room = 0 if equal or rng.random() < 0.6 else int(rng.integers(1, 9))
        right = size * float(coefficient @ start + room)
        drawn.rows.append(["=" if equal else "<=", size * coefficient / unit, right])
    return drawn
