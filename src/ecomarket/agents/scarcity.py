"""What holders and buyers expect a right to cost where no market outside names a price: certificates, allowances."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from ecomarket.agents.strategy import StrategyParams
from ecomarket.model.quantity import Ratio, Share
from ecomarket.public.allowances import chance_of_shortage, worth_share
from ecomarket.public.certificates import MINTING, OUTSIDE_PRICE, deadlines, worth
from ecomarket.rights.green_certificate import life_months

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from ecomarket.model.observation import CohortView
    from ecomarket.public.allowances import Balance

    Floats = NDArray[np.float64]


class ScarcityParams(StrategyParams):
    """How sure everybody is of what will be there and owed, and how fast a price follows; assumptions."""

    balance_sd: Ratio = Field(
        default=Decimal("0.10"),
        gt=0,
        description="Error of supply less duty a year ahead, share (assumption) | 供需差预测误差",
    )
    stretch: Share = Field(
        default=Decimal("0.25"),
        gt=0,
        description="Furthest from the last price that is believed in a week, share (assumption) | 每周预期价偏离上限",
    )


def believed(price: ArrayLike, value: ArrayLike, stretch: float) -> Floats:
    """Return the price expected by who reckons a `value`: no further from the market's price than a part of it.

    Where there is no price yet it is the value.

    >>> believed([20.0, 20.0, 20.0, 0.0], [21.0, 40.0, 0.0, 40.0], 0.25).tolist()
    [21.0, 25.0, 15.0, 40.0]
    """
    market, own = np.asarray(price, dtype=np.float64), np.asarray(value, dtype=np.float64)
    return np.where(market > 0.0, np.clip(own, market * (1.0 - stretch), market * (1.0 + stretch)), own)


def balance_worth(market: Floats, balance: Balance, short: Floats, rate: Floats, doubt: tuple[float, float]) -> Floats:
    """Return what each firm expects an allowance to cost once its balance is published, in the unit of `market`.

    Who lacks one bears `short`: the penalty, and what is owed next year; `doubt` is the error of a year's emission and
    how far off the market one believes, shares.
    """
    share = worth_share(chance_of_shortage(balance, doubt[0]), rate)
    return believed(market, share * short, doubt[1])


def scarcity_worth(view: CohortView, instruments: NDArray[np.int64], spread: float, rate_month: float) -> Floats | None:
    """Return what each certificate is worth by the charge and the chance of running short, cash.

    None where a market outside names the price, or no coming year has a duty.
    """
    if view.board.notices.get(OUTSIDE_PRICE, 0.0) > 0.0:
        return None
    setting, today = view.setting, view.board.today
    coming = deadlines(setting, view.board.notices, today, spread)
    if not coming:
        return None
    law, life = setting.law.get(MINTING), life_months(setting)
    lag = 1 if law is None else int(law.lag_months)
    each = [worth(coming, setting.instruments[i].vintage, today, rate_month, life, lag) for i in instruments.tolist()]
    return np.array(each, dtype=np.float64)
