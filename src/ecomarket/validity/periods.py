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
from ecomarket.validity.named import distances

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.engine.world import World
    from ecomarket.scenario import Scenario

KEPT: Final = (RecordKind.ORDER_ACCEPTED, RecordKind.TRADE, RecordKind.TRANSFER)


@dataclass(frozen=True)
class Periods:
    """The periods of one run or more: prices of each in CNY, in order of trade, and what all earned in it, CNY.

    `beside` is how far the prices that were named lay from the values and costs of the lots, CNY, each on its side;
    nan where lots were named more than once.
    """

    prices: tuple[NDArray[np.float64], ...]
    earned: tuple[float, ...]
    beside: tuple[NDArray[np.float64], ...] = ()

    def after(self, first: int) -> Periods:
        """Return the periods without the first so many."""
        return Periods(self.prices[first:], self.earned[first:], self.beside[first:])

    def day(self, at: int) -> Periods:
        """Return one period."""
        return Periods(self.prices[at : at + 1], self.earned[at : at + 1], self.beside[at : at + 1])

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
        """Return Smith's coefficient of convergence of each period: 100 x root mean square error over the price.

        Nan for a period without trades.
        """
        return np.array([100.0 * rms(p, price) / price if len(p) else np.nan for p in self.prices])

    @property
    def dispersion(self) -> float:
        """Return the standard deviation of prices about their period's mean, CNY; the mean over periods with trades."""
        return mean_of([p.std() for p in self.prices if len(p)])

    @property
    def mean_price(self) -> float:
        """Return the mean price of all trades."""
        return mean_of(np.concatenate(self.prices))

    @property
    def lowest(self) -> float:
        """Return the lowest price of a period, the mean over periods with trades: in calls what the last bid paid."""
        return mean_of([p.min() for p in self.prices if len(p)])

    @property
    def misreport(self) -> float:
        """Return how far a named price lay from the lot's value or cost, the mean of all; nan: not known."""
        return mean_of(np.concatenate([*self.beside, np.zeros(0)]))


def mean_of(values: Sequence[float] | NDArray[np.float64]) -> float:
    """Return the mean, nan of nothing."""
    return float(np.mean(values)) if len(values) else float("nan")


def together(runs: list[Periods]) -> Periods:
    """Return the periods of several runs as those of one."""
    return Periods(
        tuple(p for run in runs for p in run.prices),
        tuple(e for run in runs for e in run.earned),
        tuple(b for run in runs for b in run.beside),
    )


def rms(prices: NDArray[np.float64], price: float) -> float:
    """Return the root mean square distance of prices from one price, 0 where there are none."""
    return float(np.sqrt(np.mean((prices - price) ** 2))) if len(prices) else 0.0


def played(scenario: Scenario, seed: int) -> Periods:
    """Play a scenario with the policy `market-periods` by the day; a period is a trading day."""
    records, world = _played(scenario, seed)
    moved = records[records["kind"] == RecordKind.TRANSFER]
    trades = records[records["kind"] == RecordKind.TRADE]
    orders = records[records["kind"] == RecordKind.ORDER_ACCEPTED]
    sign = (moved["code"] == TransferCode.INCOME).astype(np.int64) - (moved["code"] == TransferCode.OPERATING_COST)
    days = [number for number in range(world.calendar.days) if world.calendar.trades(world.calendar.date_of(number))]
    beside = distances(orders, world.setting)
    return Periods(
        tuple(trades["price"][trades["t"] // DAY == d] / CASH_PER_YUAN for d in days),
        tuple(float((sign * moved["amount"])[moved["t"] // DAY == d].sum()) / CASH_PER_YUAN for d in days),
        tuple(beside[orders["t"] // DAY == d] for d in days),
    )


def recorded(scenario: Scenario, seed: int) -> NDArray[np.void]:
    """Play a scenario to its end; return its orders, trades, transfers. Raises IntegrityError if one was refused."""
    return _played(scenario, seed)[0]


def _played(scenario: Scenario, seed: int) -> tuple[NDArray[np.void], World]:
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
    return np.concatenate(kept), world
