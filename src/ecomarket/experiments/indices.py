"""Places of a design for sensitivity analysis, and what the values found there say of each factor. By SALib.

morris   Elementary effects (Morris 1991, Technometrics 33: 161-174; mu* by Campolongo and others 2007, Environmental
         Modelling and Software 22: 1509-1518), four levels. An effect is the change of the value for the whole range of
         the factor: mu its mean, mu* the mean of its size, sigma its deviation (curved, or joined to other factors).
sobol    Shares of variance (Saltelli and others 2010, Computer Physics Communications 181: 259-270): S1 by the factor
         alone, ST by it together with others.

Half widths are those of 95 % intervals, by bootstrap over the groups of places that belong together (trajectories; rows
of Saltelli's scheme). A group without a value at one of its places is left out.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ecomarket.experiments.faults import fault

if TYPE_CHECKING:
    from collections.abc import Sequence

METHODS: Final = ("morris", "sobol")
SAMPLES: Final = {"morris": 10, "sobol": 64}
"""Trajectories and rows where none are asked for."""
RESAMPLES: Final = 1_000
LEVELS: Final = 4


@dataclass(frozen=True, slots=True)
class Effect:
    """Of a factor by Morris, in the unit of what is measured: mu* with half its interval, mu, sigma."""

    mu_star: float
    half: float
    mu: float
    sigma: float

    @property
    def size(self) -> float:
        """Return by what factors are put in order."""
        return self.mu_star


@dataclass(frozen=True, slots=True)
class Share:
    """Of a factor by Sobol, of the variance: S1 and ST, each with half its interval."""

    s1: float
    s1_half: float
    st: float
    st_half: float

    @property
    def size(self) -> float:
        """Return by what factors are put in order."""
        return self.st


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is found of each factor, the greatest first; none if too few groups have all values, or all are the same.

    `groups` were used, `left_out` were not.
    """

    factors: dict[str, Effect | Share]
    groups: int
    left_out: int


def check_there() -> None:
    """Raise UserError (E928) if SALib is not installed."""
    if find_spec("SALib") is None:
        raise fault("E928")


def places(method: str, n: int, samples: int, seed: int) -> list[list[float]]:
    """Return the places for n factors, numbers from 0 to 1: `samples` groups of n + 1 (morris) or n + 2 (sobol).

    Raises UserError without SALib (E928), or for a number of rows that is no power of two (E929): Sobol's sequence is
    even only then.
    """
    check_there()
    if method == "morris":
        from SALib.sample.morris import sample  # noqa: PLC0415  (an extra)

        found = sample(_problem(n), samples, num_levels=LEVELS, seed=seed)
    else:
        if samples & (samples - 1):
            raise fault("E929", found=samples, less=1 << samples.bit_length() - 1, more=1 << samples.bit_length())
        from SALib.sample.sobol import sample  # noqa: PLC0415  (an extra)

        found = sample(_problem(n), samples, calc_second_order=False, seed=seed)
    rows: list[list[float]] = found.tolist()
    return rows


def analysed(method: str, paths: Sequence[str], rows: Sequence[Sequence[float]], values: Sequence[float],
             seed: int) -> Analysis:  # fmt: skip
    """Return what the values at the places of a design say of each path; a value that is not finite is missing."""
    check_there()
    size = len(paths) + (1 if method == "morris" else 2)
    groups = [range(at, at + size) for at in range(0, len(values), size)]
    whole = [at for group in groups if all(isfinite(values[at]) for at in group) for at in group]
    used = len(whole) // size
    left_out = len(groups) - used
    x, y = np.array([rows[at] for at in whole], dtype=float), np.array([values[at] for at in whole], dtype=float)
    if used < 2 or (method == "sobol" and np.ptp(y) == 0):
        return Analysis({}, used, left_out)
    found = (_effects if method == "morris" else _shares)(_problem(len(paths)), x, y, seed + 1)
    told = sorted(zip(paths, found, strict=True), key=lambda one: -one[1].size)
    return Analysis(dict(told), used, left_out)


def _problem(n: int) -> dict[str, Any]:
    return {"num_vars": n, "names": [f"f{at}" for at in range(n)], "bounds": [[0.0, 1.0]] * n}


def _effects(problem: dict[str, Any], x: Any, y: Any, seed: int) -> list[Effect | Share]:
    from SALib.analyze.morris import analyze  # noqa: PLC0415  (an extra)

    found = analyze(problem, x, y, num_resamples=RESAMPLES, num_levels=LEVELS, seed=seed)
    columns = (found[name] for name in ("mu_star", "mu_star_conf", "mu", "sigma"))
    return [Effect(*map(float, row)) for row in zip(*columns, strict=True)]


def _shares(problem: dict[str, Any], x: Any, y: Any, seed: int) -> list[Effect | Share]:
    """Return the shares; SALib draws from the state of the whole process where its seed is 0, which ours never is."""
    from SALib.analyze.sobol import analyze  # noqa: PLC0415  (an extra)

    del x
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a resample of a few rows may be of one value
        found = analyze(problem, y, calc_second_order=False, num_resamples=RESAMPLES, seed=seed)
    columns = (found[name] for name in ("S1", "S1_conf", "ST", "ST_conf"))
    return [Share(*map(float, row)) for row in zip(*columns, strict=True)]
