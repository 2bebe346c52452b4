"""What an enterprise makes of carbon: allowances it lacks or can spare for the coming surrender, offsets in reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecomarket.agents.enterprise import banked_worth, penalty_route, safety_margin
from ecomarket.agents.permits import Stance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Due(NamedTuple):
    """The coming surrender of each firm; arrays (n,), tonnes.

    owed        for the year that is assessed         held      usable allowances, all vintages
    awaited     still to be issued (< 0: given back)  offsets   usable offsets held
    unverified  part of the free allocation still open, 0 to 1
    """

    owed: Floats
    held: Floats
    awaited: Floats
    offsets: Floats
    unverified: Floats


class CarbonLaw(NamedTuple):
    """The rules that price a shortfall and a surplus (names and units as in the policy carbon-compliance).

    carry_base_t and carry_multiple: at most base + multiple x net sales is carried over. make_good: 1 if what is short
    is cut from the next allowances, else 0.
    """

    offset_share: float
    penalty_times: float
    fine_cny: float
    carry_base_t: float
    carry_multiple: float
    penalty_cny_t: float = 0.0
    make_good: float = 1.0

    def charge(self, price: float) -> float:
        """Return what the law charges for a tonne short, CNY, at a mean price; the flat fine comes on top."""
        return self.penalty_times * price + self.penalty_cny_t

    def shortfall(self, price: Floats, gap: Floats, after: Floats) -> Floats:
        """Return what a tonne short costs, CNY, at a price, with `after` the worth today of one of next year's."""
        return penalty_route(price, self.penalty_times, self.fine_cny, gap, self.penalty_cny_t + self.make_good * after)


def offset_room(due: Due, law: CarbonLaw) -> Floats:
    """Return the tonnes of offsets a firm may still buy for this surrender, in whole tonnes.

    >>> nobody = Due(np.array([1010.0]), np.zeros(1), np.zeros(1), np.array([20.0]), np.zeros(1))
    >>> offset_room(nobody, CarbonLaw(0.05, 5, 0, 0, 0)).tolist()
    [30.0]
    """
    return np.maximum(np.floor(due.owed * law.offset_share + 1e-9) - due.offsets, 0.0)


def carbon_stance(due: Due, law: CarbonLaw, price_cny: Floats, rate: Floats, safety: tuple[float, float]) -> Stance:
    """Value allowances: a short firm by what a shortfall would cost it, a long firm by what a banked unit is worth.

    Past emission cannot be abated any more, so the ways out are the market, offsets (their own market) and the penalty.
    Never offers what the coming surrender needs: allowances still awaited are not counted on for a sale.
    """
    margin = safety_margin(due.owed, safety[1], safety[0], due.unverified)
    usable = np.minimum(due.offsets, np.floor(due.owed * law.offset_share + 1e-9))
    gap = due.owed + margin - usable - due.held - due.awaited
    spare = np.maximum(due.held + np.minimum(due.awaited, 0.0) - np.maximum(due.owed + margin - usable, 0.0), 0.0)
    wanted = np.where(spare > 0, 0.0, np.maximum(gap, 0.0))
    after = banked_worth(price_cny, rate, 1.0, 1.0)
    short = law.shortfall(price_cny, wanted, after)
    surplus = np.maximum(spare, 1e-9)
    kept = np.clip((law.carry_base_t + law.carry_multiple * surplus) / (surplus * (1.0 + law.carry_multiple)), 0.0, 1.0)
    long = banked_worth(price_cny, rate, 1.0, kept)
    worth = np.where(wanted > 0, short, np.where(spare > 0, long, 0.0))
    return Stance(wanted, spare, worth, np.zeros_like(worth), np.zeros_like(worth))
