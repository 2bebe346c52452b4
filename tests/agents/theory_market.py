"""Markets of the theory played in memory: prices of each session, what was earned in it, and what theory says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ecomarket.engine.clock import Clock, Market
from ecomarket.engine.day import RunDay
from ecomarket.engine.opening import open_run
from ecomarket.engine.world import build
from ecomarket.model.codes import RecordKind, TransferCode
from ecomarket.units import CASH_PER_YUAN, DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.scenario import Scenario

KEPT = (RecordKind.TRADE, RecordKind.TRANSFER)


@dataclass(frozen=True)
class Sessions:
    """The sessions of one run: prices of each in CNY, in order of trade, and what all earned in it, CNY."""

    prices: tuple[NDArray[np.float64], ...]
    earned: tuple[float, ...]

    @property
    def trades(self) -> float:
        """Return the mean number of trades of a session."""
        return float(np.mean([len(p) for p in self.prices]))

    def efficiency(self, surplus: float) -> float:
        """Return what was earned over the greatest surplus, percent."""
        return 100.0 * float(np.mean(self.earned)) / surplus

    def late_to_early(self, price: float) -> float:
        """Return the root mean square error of the later half of the trades over that of the earlier."""
        early = np.concatenate([p[: len(p) // 2] for p in self.prices])
        late = np.concatenate([p[len(p) // 2 :] for p in self.prices])
        return rms(late, price) / rms(early, price)

    def alpha(self, price: float) -> list[float]:
        """Return Smith's coefficient of convergence of each session: 100 x root mean square error over the price."""
        return [100.0 * rms(p, price) / price for p in self.prices]

    @property
    def dispersion(self) -> float:
        """Return the standard deviation of prices about their session's mean, CNY; the mean over the sessions."""
        return float(np.mean([p.std() for p in self.prices]))

    @property
    def mean_price(self) -> float:
        """Return the mean price of all trades."""
        return float(np.concatenate(self.prices).mean())


def rms(prices: NDArray[np.float64], price: float) -> float:
    """Return the root mean square distance of prices from one price."""
    return float(np.sqrt(np.mean((prices - price) ** 2))) if len(prices) else 0.0


def played(scenario: Scenario, seed: int) -> Sessions:
    """Play a scenario with the policy `market-periods` by the day."""
    return _sessions(recorded(scenario, seed))


def recorded(scenario: Scenario, seed: int) -> NDArray[np.void]:
    """Play a scenario to its end; return its trades and transfers."""
    kept = []

    def commit(*_: object) -> None:
        records, _ = world.exchange.drain()
        kept.append(records[np.isin(records["kind"], KEPT)].copy())

    world = build(scenario, seed, commit)
    open_run(world, scenario, seed)
    market = Market(world.exchange, world.cohorts.intents, world.setting.instruments)
    Clock(market, world.calendar.days, lambda number: RunDay(world, number)).run()
    assert not world.executor.refused
    return np.concatenate(kept)


def _sessions(records: NDArray[np.void]) -> Sessions:
    moved = records[records["kind"] == RecordKind.TRANSFER]
    trades = records[records["kind"] == RecordKind.TRADE]
    sign = (moved["code"] == TransferCode.INCOME).astype(np.int64) - (moved["code"] == TransferCode.OPERATING_COST)
    days = np.unique(records["t"][np.isin(records["code"], (TransferCode.INCOME,))] // DAY)
    return Sessions(
        tuple(trades["price"][trades["t"] // DAY == d] / CASH_PER_YUAN for d in days),
        tuple(float((sign * moved["amount"])[moved["t"] // DAY == d].sum()) / CASH_PER_YUAN for d in days),
    )
