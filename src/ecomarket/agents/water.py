"""What water is worth: marginal value curves, the best transfer between two places, the value of saving.

Prices may be in any unit of money as long as all are in the same; volumes likewise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Fact, Transfer
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode
from ecomarket.rights._water import users_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import Board
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]

CASH_PER_LOT: Final = 10_000_000
"""Cash a lot of 1000 m3 for each CNY a cubic metre."""
LAST_RANK: Final = 9
"""Rank of users without one where no law says otherwise."""
SCARCITY_MAX: Final = 10.0
"""The last drop is worth at most so many times the value at full supply."""
ELASTICITY: Final = 0.4
"""Price elasticity of users whose row (`value_elasticity`) states none: assumption."""
ELASTICITY_MIN: Final = 0.05
IRRIGATION_SEASON: Final = (0.0, 0.0, 0.04, 0.12, 0.20, 0.19, 0.18, 0.13, 0.06, 0.08, 0.0, 0.0)
"""Share of each month in an irrigation district's yearly need: seedling to autumn watering (model)."""
EVEN_SEASON: Final = (1.0 / 12.0,) * 12


@dataclass(frozen=True, slots=True)
class LinearValue:
    """Marginal value of water p(w) = intercept - slope x w, at least 0."""

    intercept: float
    slope: float

    def at(self, volume: float) -> float:
        """Return the marginal value at a volume.

        >>> LinearValue(200.0, 2.0).at(72.0)
        56.0
        """
        return max(0.0, self.intercept - self.slope * volume)


def best_transfer(
    seller: LinearValue, buyer: LinearValue, sellers: float, buyers: float, loss: float, limit: float = float("inf")
) -> float:
    """Return the gross volume that makes the seller's marginal value that of what arrives at the buyer.

    Solves p_U(A_U - x) = (1 - loss) p_D(A_D + (1 - loss) x), 0 <= x <= min(limit, A_U): the loss is borne by the volume
    that arrives, not by the seller's price (case P12).

    >>> round(best_transfer(LinearValue(200, 2), LinearValue(400, 2.5), 72, 48, 0.1), 4)
    48.6957
    """
    kept = 1.0 - loss
    gain = kept * (buyer.intercept - buyer.slope * buyers) - (seller.intercept - seller.slope * sellers)
    return min(max(gain / (seller.slope + kept * kept * buyer.slope), 0.0), limit, sellers)


def marginal_value(full_value: ArrayLike, share: ArrayLike, elasticity: ArrayLike) -> Floats:
    """Return the value of one more unit at a share of the full need: v (share)^(-1/elasticity), 0 above the full need.

    >>> float(marginal_value(1.0, 0.25, 0.5))
    10.0
    """
    part = np.maximum(np.asarray(share, dtype=np.float64), 1e-9)
    scarce = np.minimum(np.exp(np.minimum(-np.log(part) / elasticity, 50.0)), SCARCITY_MAX)
    return np.where(part > 1.0 + 1e-9, 0.0, full_value * scarce)


def wanted_share(full_value: ArrayLike, price: ArrayLike, elasticity: ArrayLike) -> Floats:
    """Return the share of the full need at which one more unit is worth the price: the inverse of the curve, 0 to 1.

    >>> float(wanted_share(1.0, 4.0, 0.5))
    0.5
    """
    ratio = np.maximum(np.asarray(price, dtype=np.float64), 1e-12) / np.maximum(full_value, 1e-12)
    share = np.exp(-np.asarray(elasticity, dtype=np.float64) * np.log(ratio))
    return np.where(ratio > SCARCITY_MAX, 0.0, np.minimum(share, 1.0))


def worth(full_value: ArrayLike, share: ArrayLike, elasticity: ArrayLike) -> Floats:
    """Return what a share of the full need is worth, for a full need of 1: the integral of `marginal_value` from 0.

    >>> float(worth(1.0, 0.01, 0.5)), round(float(worth(1.0, 1.0, 0.5)), 4)  # 10 a unit up to 0.3162, then 1/share^2
    (0.1, 5.3246)
    """
    value, part = (np.asarray(x, dtype=np.float64) for x in (full_value, share))
    part = np.minimum(part, 1.0)
    power = 1.0 - 1.0 / np.asarray(elasticity, dtype=np.float64)
    corner = SCARCITY_MAX ** (power - 1.0) ** -1.0
    rise = np.log(np.maximum(part, corner) / corner)
    whole = np.abs(power) < 1e-9  # elasticity 1: the integral is a logarithm
    above = np.where(whole, rise, corner**power * np.expm1(power * rise) / np.where(whole, 1.0, power))
    return np.asarray(value * (SCARCITY_MAX * np.minimum(part, corner) + above), dtype=np.float64)


def need_left(need: Floats, members: Sequence[Participant], board: Board) -> Floats:
    """Return what members still need, in lots a year: `need` at today's prices, less what works of others save them.

    Read from the board: `water.answer.<code>` (part of the need wanted at these prices), `water.saved.<code>` (lots).
    """
    answer = np.array([board.notices.get(f"water.answer.{m.code}", 1.0) for m in members], dtype=np.float64)
    saved = np.array([board.notices.get(f"water.saved.{m.code}", 0.0) for m in members], dtype=np.float64)
    return np.maximum(need * answer - saved, 0.0)


def use(account: int, instrument: int, period: int, demand: int, used: int, value: float) -> list[Command]:
    """Return what a month of use states and moves: water wanted and used, what that earns at `value`, cash a lot."""
    commands: list[Command] = []
    if demand > 0:
        commands.append(Fact(FactCode.WATER_DEMAND_1000M3, account, instrument, period, demand))
    if used > 0:
        consume, world = TransferCode.CONSUME, AccountKind.WORLD
        commands += [
            Transfer(account, AccountKind.CONSUMED, instrument, used, consume, period),
            Fact(FactCode.WATER_USED_1000M3, account, instrument, period, used),
            Transfer(world, account, CASH, int(used * value), TransferCode.INCOME, period),
        ]
    return commands


def annuity(rate: float, years: int) -> float:
    """Return what one a year for some years is worth a year before the first.

    >>> round(annuity(0.06, 9), 4)
    6.8017
    """
    return float(years) if rate <= 0.0 else (1.0 - (1.0 + rate) ** -years) / rate


def season_left(season: tuple[float, ...], month: int) -> float:
    """Return the share of a year's need that falls into this month (1 to 12) and later ones.

    >>> round(season_left(IRRIGATION_SEASON, 9), 2)
    0.14
    """
    return sum(season[month - 1 :])


@dataclass(frozen=True)
class Standing:
    """Where members stand when water is shared out by rank; volumes in lots, arrays of shape (n,).

    need is each member's own, total its zone's, senior that of the classes before its own, klass that of its class.
    """

    need: Floats
    total: Floats
    senior: Floats
    klass: Floats

    def allotted(self, share: ArrayLike) -> Floats:
        """Return what each member is given if the zone has `share` of all it needs: seniors first, pro rata in a class.

        >>> Standing(*(np.array([x]) for x in (4.0, 20.0, 10.0, 8.0))).allotted(0.7).tolist()
        [2.0]
        """
        left = np.asarray(share, dtype=np.float64) * self.total - self.senior
        return np.asarray(self.need * np.clip(left / np.maximum(self.klass, 1e-9), 0.0, 1.0), dtype=np.float64)


def standing(setting: Setting, members: Sequence[Participant]) -> Standing:
    """Return the standing of members among the registered users of their zones (a public register)."""
    law = setting.law_begun("water-allocation", setting.end)
    last = LAST_RANK if law is None else int(law.industry_rank)
    table: list[tuple[float, float, float, float]] = []
    for member in members:
        zone = str(member.facts.get("water_zone") or "")
        users = [
            (int(u.facts.get("rank", last)), float(u.facts["water_1000m3"])) for u in users_of(setting, zone) if zone
        ]
        rank = int(member.facts.get("rank", last))
        total = sum(need for _, need in users)
        senior = sum(need for r, need in users if r < rank)
        klass = sum(need for r, need in users if r == rank)
        table.append((float(member.facts.get("water_1000m3") or 0.0), total, senior, klass))
    return Standing(*np.array(table, dtype=np.float64).reshape(-1, 4).T)


def saving_npv(price: ArrayLike, capex: ArrayLike, rate: ArrayLike, life_years: float) -> Floats:
    """Return the net present value of saving one unit a year at a price: annuity x price - capex.

    >>> float(saving_npv(1.0, 4.6, 0.05, 25).round(3))
    9.494
    """
    rate = np.asarray(rate, dtype=np.float64)
    annuity = (1.0 - (1.0 + rate) ** -life_years) / rate
    return np.asarray(np.asarray(price) * annuity - np.asarray(capex), dtype=np.float64)
