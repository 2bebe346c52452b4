"""Markets of the theory played in memory, period by period: prices of each, what all earned in it, what theory says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.engine.clock import Clock, Market
from ecomarket.engine.day import RunDay
from ecomarket.engine.opening import open_run
from ecomarket.engine.world import build
from ecomarket.errors import IntegrityError
from ecomarket.model.codes import RecordKind, TransferCode
from ecomarket.units import CASH_PER_YUAN, DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.scenario import Scenario

KEPT: Final = (RecordKind.TRADE, RecordKind.TRANSFER)


@dataclass(frozen=True)
class Periods:
    """The periods of one run or more: prices of each in CNY, in order of trade, and what all earned in it, CNY."""

    prices: tuple[NDArray[np.float64], ...]
    earned: tuple[float, ...]

    @property
    def trades(self) -> float:
        """Return the mean number of trades of a period."""
        return float(np.mean([len(p) for p in self.prices]))

    def efficiency(self, surplus: float) -> NDArray[np.float64]:
        """Return what was earned in each period over the greatest surplus, percent; shape (periods,)."""
        return 100.0 * np.array(self.earned) / surplus

    def late_to_early(self, price: float) -> float:
        """Return the root mean square error of the later half of the trades over that of the earlier; nan: no error."""
        early = np.concatenate([p[: len(p) // 2] for p in self.prices])
        late = np.concatenate([p[len(p) // 2 :] for p in self.prices])
        before = rms(early, price)
        return rms(late, price) / before if before > 0.0 else float("nan")

    def alpha(self, price: float) -> NDArray[np.float64]:
        """Return Smith's coefficient of convergence of each period: 100 x root mean square error over the price."""
        return np.array([100.0 * rms(p, price) / price for p in self.prices])

    @property
    def dispersion(self) -> float:
        """Return the standard deviation of prices about their period's mean, CNY; the mean over periods with trades."""
        return float(np.mean([p.std() for p in self.prices if len(p)]))

    @property
    def mean_price(self) -> float:
        """Return the mean price of all trades."""
        return float(np.concatenate(self.prices).mean())


def rms(prices: NDArray[np.float64], price: float) -> float:
    """Return the root mean square distance of prices from one price, 0 where there are none."""
    return float(np.sqrt(np.mean((prices - price) ** 2))) if len(prices) else 0.0


def played(scenario: Scenario, seed: int) -> Periods:
    """Play a scenario with the policy `market-periods` by the day; a period is a day in which somebody was paid."""
    records = recorded(scenario, seed)
    moved = records[records["kind"] == RecordKind.TRANSFER]
    trades = records[records["kind"] == RecordKind.TRADE]
    sign = (moved["code"] == TransferCode.INCOME).astype(np.int64) - (moved["code"] == TransferCode.OPERATING_COST)
    days = np.unique(moved["t"][moved["code"] == TransferCode.INCOME] // DAY)
    return Periods(
        tuple(trades["price"][trades["t"] // DAY == d] / CASH_PER_YUAN for d in days),
        tuple(float((sign * moved["amount"])[moved["t"] // DAY == d].sum()) / CASH_PER_YUAN for d in days),
    )


def recorded(scenario: Scenario, seed: int) -> NDArray[np.void]:
    """Play a scenario to its end; return its trades and transfers. Raises IntegrityError if a command was refused."""
    kept: list[NDArray[np.void]] = []

    def commit(*_: object) -> None:
        records, _payloads = world.exchange.drain()
        kept.append(records[np.isin(records["kind"], KEPT)].copy())

    world = build(scenario, seed, commit)
    open_run(world, scenario, seed)
    market = Market(world.exchange, world.cohorts.intents, world.setting.instruments)
    Clock(market, world.calendar.days, lambda number: RunDay(world, number)).run()
    if world.executor.refused:
        raise IntegrityError("a command of the market's own rules was refused")
    return np.concatenate(kept)
