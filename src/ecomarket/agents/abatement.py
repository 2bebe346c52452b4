"""Marginal abatement cost: convex curves by sector and pollutant, their inverses and integrals, over whole cohorts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from ecomarket.model.entities import Participant

_NEWTON_STEPS: Final = 60
"""From the right a convex rising curve shrinks the error by at least a quarter a step; 60 steps reach the last bit.

Most curves are there after ten: a step that changes nothing is the last."""
_NEVER: Final = 1e30
"""Marginal cost in CNY/t of a firm that has no option at all."""


class Curve(Protocol):
    """A rising marginal cost over tonnes abated a year; `maximum_t` is the most that can be abated."""

    @property
    def maximum_t(self) -> NDArray[np.float64]:
        """Return the largest abatement in t/yr."""

    def marginal(self, abated_t: ArrayLike) -> NDArray[np.float64]:
        """Return the marginal cost in CNY/t at `abated_t` t/yr."""

    def abated(self, price_cny_t: ArrayLike) -> NDArray[np.float64]:
        """Return the t/yr whose marginal cost is at most the price: the inverse, with corners at 0 and the maximum."""

    def cost(self, abated_t: ArrayLike) -> NDArray[np.float64]:
        """Return the yearly cost in CNY of abating `abated_t`: the integral of the marginal cost from 0."""


@dataclass(frozen=True)
class Engineering:
    """MAC(x) = c0 + c1 (x/xmax) + c2 (x/xmax)^4 for x <= xmax, CNY/t, one element a firm (MARKETS 8.4, [model]).

    With c0 < 0 the first tonnes save money and are abated at any price.

    >>> power_so2 = Engineering(np.array([600.0]), np.array([2000.0]), np.array([30000.0]), np.array([100.0]))
    >>> float(power_so2.marginal(50.0)[0])
    3475.0
    >>> round(float(power_so2.abated(3475.0)[0]), 9)
    50.0
    """

    c0: NDArray[np.float64]
    c1: NDArray[np.float64]
    c2: NDArray[np.float64]
    maximum_t: NDArray[np.float64]

    def _filled(self, abated_t: ArrayLike) -> NDArray[np.float64]:
        room = np.where(self.maximum_t > 0, self.maximum_t, 1.0)
        return np.clip(np.asarray(abated_t, dtype=np.float64) / room, 0.0, 1.0)

    def marginal(self, abated_t: ArrayLike) -> NDArray[np.float64]:
        """Return the marginal cost in CNY/t; past the maximum the cost at the maximum."""
        z = self._filled(abated_t)
        return np.where(self.maximum_t > 0, self.c0 + self.c1 * z + self.c2 * z**4, _NEVER)

    def slope(self, abated_t: ArrayLike) -> NDArray[np.float64]:
        """Return the rise of the marginal cost in CNY/t for each further t/yr."""
        z = self._filled(abated_t)
        return (self.c1 + 4.0 * self.c2 * z**3) / np.where(self.maximum_t > 0, self.maximum_t, 1.0)

    def abated(self, price_cny_t: ArrayLike) -> NDArray[np.float64]:
        """Return the t/yr whose marginal cost is at most the price (Newton's method from the right)."""
        price = np.asarray(price_cny_t, dtype=np.float64)
        z = np.ones(np.broadcast_shapes(price.shape, self.c0.shape))
        for _ in range(_NEWTON_STEPS):
            steep = self.c1 + 4.0 * self.c2 * z**3
            above = np.maximum(self.c0 + self.c1 * z + self.c2 * z**4 - price, 0.0)
            before, z = z, np.maximum(z - above / np.where(steep > 0, steep, 1.0), 0.0)
            if (z == before).all():
                break
        return np.where(price >= self.c0, z, 0.0) * self.maximum_t

    def cost(self, abated_t: ArrayLike) -> NDArray[np.float64]:
        """Return the yearly cost in CNY; negative where the first tonnes save money."""
        z = self._filled(abated_t)
        return self.maximum_t * (self.c0 * z + self.c1 * z**2 / 2.0 + self.c2 * z**5 / 5.0)


@dataclass(frozen=True)
class Polynomial:
    """MAC(x) = a0 + a1 x + a2 x^2 + ... CNY/t with a1, a2 ... >= 0, up to `most_t`: for cases of theory.

    >>> round(float(Polynomial((10.0, 0.5), 100.0).abated(27.0)), 9)
    34.0
    """

    coefficients: tuple[float, ...]
    most_t: float

    def __post_init__(self) -> None:
        if any(a < 0 for a in self.coefficients[1:]):
            raise ValueError("a marginal cost must not fall: coefficients after the first must be >= 0")

    @property
    def maximum_t(self) -> NDArray[np.float64]:
        """Return the largest abatement in t/yr."""
        return np.asarray(self.most_t)

    def marginal(self, abated_t: ArrayLike) -> NDArray[np.float64]:
        """Return the marginal cost in CNY/t."""
        x = np.clip(np.asarray(abated_t, dtype=np.float64), 0.0, self.most_t)
        total = np.zeros_like(x)
        for a in reversed(self.coefficients):
            total = total * x + a
        return total

    def abated(self, price_cny_t: ArrayLike) -> NDArray[np.float64]:
        """Return the t/yr whose marginal cost is at most the price (bisection)."""
        price = np.asarray(price_cny_t, dtype=np.float64)
        low, high = np.zeros_like(price), np.full_like(price, self.most_t)
        for _ in range(_NEWTON_STEPS):
            middle = (low + high) / 2.0
            below = self.marginal(middle) <= price
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.where(price < self.marginal(0.0), 0.0, high)

    def cost(self, abated_t: ArrayLike) -> NDArray[np.float64]:
        """Return the yearly cost in CNY."""
        x = np.clip(np.asarray(abated_t, dtype=np.float64), 0.0, self.most_t)
        total = np.zeros_like(x)
        for power, a in reversed(tuple(enumerate(self.coefficients, start=1))):
            total = total * x + a / power
        return total * x


@dataclass(frozen=True)
class Piecewise:
    """Marginal cost given at rising points (t/yr, CNY/t), straight between them: for cases of theory."""

    points_t: tuple[float, ...]
    marginal_cny_t: tuple[float, ...]

    def __post_init__(self) -> None:
        rising = all(a < b for a, b in zip(self.points_t, self.points_t[1:], strict=False))
        never_falls = all(a <= b for a, b in zip(self.marginal_cny_t, self.marginal_cny_t[1:], strict=False))
        if len(self.points_t) != len(self.marginal_cny_t) or not self.points_t or self.points_t[0] != 0:
            raise ValueError("a curve needs as many costs as points, and its first point is 0")
        if not (rising and never_falls):
            raise ValueError("points must rise and costs must not fall")

    @property
    def maximum_t(self) -> NDArray[np.float64]:
        """Return the largest abatement in t/yr."""
        return np.asarray(self.points_t[-1])

    def marginal(self, abated_t: ArrayLike) -> NDArray[np.float64]:
        """Return the marginal cost in CNY/t."""
        return np.asarray(np.interp(np.asarray(abated_t, dtype=np.float64), self.points_t, self.marginal_cny_t))

    def abated(self, price_cny_t: ArrayLike) -> NDArray[np.float64]:
        """Return the t/yr whose marginal cost is at most the price; a flat step at the price is taken whole."""
        price = np.asarray(price_cny_t, dtype=np.float64)
        x, cost = np.array(self.points_t), np.array(self.marginal_cny_t)
        left = np.searchsorted(cost, price, side="right") - 1
        at = np.clip(left, 0, len(x) - 1)
        after = np.minimum(at + 1, len(x) - 1)
        rise = cost[after] - cost[at]
        part = np.where(rise > 0, (price - cost[at]) / np.where(rise > 0, rise, 1.0), 0.0)
        return np.where(left < 0, 0.0, x[at] + part * (x[after] - x[at]))

    def cost(self, abated_t: ArrayLike) -> NDArray[np.float64]:
        """Return the yearly cost in CNY."""
        x, marginal = np.array(self.points_t), np.array(self.marginal_cny_t)
        areas = np.concatenate([[0.0], np.cumsum(np.diff(x) * (marginal[1:] + marginal[:-1]) / 2.0)])
        to = np.clip(np.asarray(abated_t, dtype=np.float64), 0.0, x[-1])
        at = np.clip(np.searchsorted(x, to, side="right") - 1, 0, max(len(x) - 2, 0))
        return np.asarray(areas[at] + (to - x[at]) * (marginal[at] + self.marginal(to)) / 2.0)


class Menu(NamedTuple):
    """What a sector can do about a pollutant: the share it can abate and the three costs in CNY/t."""

    share_maximum: float
    c0: float
    c1: float
    c2: float
    source: str


MENUS: Final = {
    ("power", "co2"): Menu(0.08, 10, 80, 300, "MARKETS 8.4 coal power CO2 [model]"),
    ("cement", "co2"): Menu(0.12, -20, 90, 350, "MARKETS 8.4 cement CO2 [model]"),
    ("steel", "co2"): Menu(0.12, -10, 110, 400, "MARKETS 8.4 steel CO2 [model]"),
    ("aluminium", "co2"): Menu(0.08, 20, 100, 600, "MARKETS 8.4 aluminium CO2: PFC, anode [model]"),
    ("industry", "co2"): Menu(0.10, 0, 120, 400, "MARKETS 8.4 soda, salt lake CO2 [model]; other industry: assumption"),
    ("power", "so2"): Menu(0.60, 600, 2_000, 30_000, "MARKETS 8.4 power SO2 [model]"),
    ("industry", "so2"): Menu(0.70, 800, 3_000, 12_000, "MARKETS 8.4 industry SO2 [model]"),
    ("power", "nox"): Menu(0.80, 4_000, 2_500, 18_000, "MARKETS 8.4 power NOx, SCR [model]"),
    ("industry", "nox"): Menu(0.60, 2_000, 3_000, 15_000, "MARKETS 8.4 cement NOx, SNCR [model]; others: assumption"),
    ("industry", "cod"): Menu(0.60, 1_500, 4_000, 20_000, "MARKETS 8.4 industry COD [model]; sewage: assumption"),
    ("industry", "nh3n"): Menu(0.50, 6_000, 15_000, 60_000, "MARKETS 8.4 industry NH3-N [model]; sewage: assumption"),
}
"""Costs by (sector, pollutant); a sector without its own row has that of `industry`."""


def menu(sector: str, pollutant: str) -> Menu:
    """Return the abatement menu of a sector; `coal-power` and `gas-power` are power, unknown sectors industry.

    >>> menu("ferro-alloy", "so2").share_maximum
    0.7
    """
    kind = "power" if "power" in sector else sector
    return MENUS.get((kind, pollutant), MENUS["industry", pollutant])


def engineering(members: Sequence[Participant], pollutant: str, unabated_t: NDArray[np.float64]) -> Engineering:
    """Return the cohort's curves for one pollutant; `unabated_t` is t/yr at normal activity, shape (n,)."""
    rows = [own_menu(m, pollutant) for m in members]
    share, c0, c1, c2 = (np.array([r[k] for r in rows], dtype=np.float64) for k in range(4))
    return Engineering(c0, c1, c2, share * unabated_t)


class Described(Protocol):
    """A firm as its row describes it."""

    @property
    def sector(self) -> str:
        """Return its sector."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """Return its further columns."""


def own_menu(member: Described, pollutant: str) -> Menu:
    """Return a firm's menu: its own straight line where its row states one, else that of its sector.

    The line is stated by the facts `<pollutant>_cost_last`, the cost in CNY/t of the last tonne it can cut,
    `<pollutant>_cost_first` (0 if not given), that of the first, and `<pollutant>_cut_share` (1 if not given), the
    share of its emission that it can cut.
    """
    if (last := member.facts.get(f"{pollutant}_cost_last")) is None:
        return menu(member.sector, pollutant)
    first = float(member.facts.get(f"{pollutant}_cost_first") or 0)
    share = member.facts.get(f"{pollutant}_cut_share")
    return Menu(1.0 if share is None else float(share), first, float(last) - first, 0.0, "the firm's own row")


def abated_lots(curve: Curve, price_cny_t: ArrayLike, lot_t: float) -> NDArray[np.int64]:
    """Return the most whole lots whose last lot costs at most the price at the margin; shape of the curve.

    >>> abated_lots(Polynomial((0.0, 2.0), 60.0), 27.0, 1.0)
    array(13)
    """
    price = np.asarray(price_cny_t, dtype=np.float64)
    lots = np.floor(curve.abated(price) / lot_t)
    fits = (curve.marginal((lots + 1) * lot_t) <= price) & ((lots + 1) * lot_t <= curve.maximum_t * (1 + 1e-12))
    lots = np.where(fits, lots + 1, lots)
    dear = (lots > 0) & (curve.marginal(lots * lot_t) > price)
    return np.where(dear, lots - 1, lots).astype(np.int64)
