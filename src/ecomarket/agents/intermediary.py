"""How intermediaries and outside markets price and size their orders, and what they deal in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecomarket.agents.strategy import Strategy
from ecomarket.chance import key as who_is
from ecomarket.model.codes import Eligible
from ecomarket.model.record import CASH
from ecomarket.registry import find
from ecomarket.rights.right import Right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]


def rights_of(member: Participant, fallback: tuple[str, ...]) -> tuple[str, ...]:
    """Return the rights a participant deals in: its column `rights` or `right` (`so2;nox`), else the strategy's own."""
    written = str(member.facts.get("rights", "") or member.facts.get("right", "") or "")
    return tuple(r.strip() for r in written.split(";") if r.strip()) or fallback


def tradable(setting: Setting, members: Sequence[Participant], fallback: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return (member row, instrument) of what each member deals in, is listed, and may be bought and sold by its kind.

    The right itself says who may hold what, so a scenario may name rights that the law keeps for others.
    """
    laws: dict[str, Right] = {}
    found = []
    for row, member in enumerate(members):
        for right in rights_of(member, fallback):
            for instrument in _listed(setting, right):
                if right not in laws:
                    kind = find("ecomarket.rights", Right, instrument.kind)
                    laws[right] = kind(right, setting.rights[right], setting.zones, setting.participants)
                may = laws[right].eligible(member, instrument)
                if Eligible.BUY in may and Eligible.SELL in may:
                    found.append((row, instrument.index))
    return found


class Intermediary(Strategy):
    """Deals in every instrument of its rights that its kind may buy and sell: one intent each."""

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self.pairs = tradable(setting, self.members, params.rights)
        self.row = np.array([r for r, _ in self.pairs], dtype=np.int64)
        self.instrument = np.array([i for _, i in self.pairs], dtype=np.int64)
        self.who = np.array([who_is(self.members[r].code) for r in self.row], dtype=np.int64)

    def markets(self) -> list[tuple[int, int]]:
        """Name every instrument of its rights that its kind may buy and sell."""
        return self.pairs


def _listed(setting: Setting, right: str) -> list[Instrument]:
    return [i for i in setting.listed(right) if i.venue >= 0]


def equity(view: CohortView) -> Floats:
    """Return each member's cash and holdings at closing prices, in cash; shape (n,)."""
    return np.asarray(view.posted[:, CASH] + (view.posted[:, 1:].astype(np.float64) * view.board.close[1:]).sum(axis=1))


def running_fair(fair: Floats, close: ArrayLike, weight: float) -> Floats:
    """Move the running fair value towards the last closing price; a market seen for the first time is taken as it is.

    >>> running_fair(np.array([100.0, 0.0]), np.array([110, 50]), 0.5).tolist()
    [105.0, 50.0]
    """
    seen = np.asarray(close, dtype=np.float64)
    moved = np.where(fair > 0, fair + weight * (seen - fair), seen)
    return np.where(seen > 0, moved, fair)


def running_variance(variance: Floats, before: ArrayLike, close: ArrayLike, weight: float) -> Floats:
    """Return the exponential mean of squared daily returns (RiskMetrics form)."""
    old, new = np.asarray(before, dtype=np.float64), np.asarray(close, dtype=np.float64)
    change = np.where((old > 0) & (new > 0), new / np.where(old > 0, old, 1.0) - 1.0, 0.0)
    return variance + weight * (change**2 - variance)


def half_spread(variance: Floats, risk_aversion: float, least: float, most: float) -> Floats:
    """Return half the spread as a share of the price: a least part plus risk aversion x volatility.

    The shape of Ho and Stoll (1981) and Avellaneda and Stoikov (2008): width rises with volatility and risk aversion.
    """
    return np.clip(least + risk_aversion * np.sqrt(np.maximum(variance, 0.0)), least, most)


def inventory_skew(risk_aversion: float, half: Floats, limit_lots: Floats) -> Floats:
    """Return the shift of the quoted centre for each lot held, as a share of the price.

    At the inventory limit both quotes have moved down by risk_aversion x half the spread.
    """
    return risk_aversion * half / np.maximum(limit_lots, 1.0)


def lognormal_lots(median: float, sd_log: float, normal: Floats) -> NDArray[np.int64]:
    """Return order sizes in whole lots, at least one.

    >>> lognormal_lots(10.0, 1.0, np.array([0.0, -9.0])).tolist()
    [10, 1]
    """
    return np.maximum(np.rint(median * np.exp(sd_log * normal)), 1.0).astype(np.int64)
