"""Periods of a market of the theory (实验市场交易周期): supplies are made anew, what was bought is used up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.reference import RightName
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.lot_prices import lot_prices, traded_for, use_prices

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ecomarket.chance import Draws
    from ecomarket.model.benchmark import Benchmark
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.schedule import Curve
    from ecomarket.model.setting import Setting

ENDS: Final = {"day": Moment.AFTER_SESSION, "month": Moment.MONTH_END, "year": Moment.YEAR_END}


class MarketPeriodsParams(PolicyParams):
    """Whose schedules are played, and how long a period lasts."""

    right: RightName = Field(description="Right whose schedules are played | 适用的权利")
    every: Literal["day", "month", "year"] = Field(default="day", description="Length of a period | 周期长度")


class MarketPeriods(Policy):
    """Before a period's first session each `supply` is filled up; at its end buyers use up what they hold.

    A buyer is then paid what its lots are worth to it, the first lot first; a maker pays what the lots cost that it
    sold, as far as its cash goes. So what all earn in a period is the surplus of its trades. Amounts are rounded to
    0.0001 CNY; a schedule that a year states is played in full in every period.
    """

    kind: ClassVar[str] = "market-periods"
    label_en: ClassVar[str] = "Periods of a market of the theory"
    label_zh: ClassVar[str] = "实验市场交易周期"
    reference: ClassVar[str] = (
        "Smith 1962, Journal of Political Economy 70: 111-137 (trading periods, the same schedules in each); "
        "Smith 1976 (redemption values)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset(
        {Moment.BEFORE_SESSION, Moment.AFTER_SESSION, Moment.MONTH_END, Moment.YEAR_END}
    )
    Params: ClassVar[type[PolicyParams]] = MarketPeriodsParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._filled: date | None = None
        """Day on which the supplies were filled up for the period at hand; none: they wait for its first session."""
        self._worth: dict[tuple[int, int], list[int]] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Fill up the supplies before the period's first session; settle at its end."""
        del draws
        if moment is Moment.BEFORE_SESSION and self._filled is None:
            self._filled = view.board.today
            for maker, instrument, curve in self._parties("supply", view.year):
                lots = len(self._sums(maker, instrument, curve)) - 1 - view.free(maker.account, instrument.index)
                if lots > 0:
                    code = TransferCode.ALLOCATION
                    yield Transfer(AccountKind.ISSUANCE, maker.account, instrument.index, lots, code, view.period)
        elif moment is ENDS[self.params.every] and self._filled is not None:
            self._filled = None
            yield from self._settle(view)

    @classmethod
    def benchmark(cls, params: Any, problem: Benchmark) -> bool:
        """Add nothing: the least-cost problem of the schedules is that of one period."""
        del params, problem
        return True

    def _settle(self, view: PolicyView) -> Iterator[Command]:
        """Let buyers use up what they hold and makers pay for what they sold."""
        for buyer, instrument, curve in self._parties("demand", view.year):
            sums, lots = self._sums(buyer, instrument, curve), view.free(buyer.account, instrument.index)
            if lots > 0:
                code = TransferCode.CONSUME
                yield Transfer(buyer.account, AccountKind.CONSUMED, instrument.index, lots, code, view.period)
                worth = sums[min(lots, len(sums) - 1)]
                yield Transfer(AccountKind.WORLD, buyer.account, 0, worth, TransferCode.INCOME, view.period)
        for maker, instrument, curve in self._parties("supply", view.year):
            sums = self._sums(maker, instrument, curve)
            cost = sums[max(len(sums) - 1 - view.free(maker.account, instrument.index), 0)]
            if cost > 0:
                code = TransferCode.OPERATING_COST
                yield Transfer(maker.account, AccountKind.WORLD, 0, cost, code, view.period, up_to=True)

    def _parties(self, part: str, year: int) -> Iterator[tuple[Participant, Instrument, Curve]]:
        """Give who has that part of a schedule, with the instrument of the year, in order of account."""
        for party in self.setting.participants:
            schedule = party.schedules.get(self.params.right)
            curve: Curve | None = getattr(schedule, part, None)
            if curve is not None:
                for instrument in traded_for(self.setting, self.params.right, party.zone):
                    if instrument.vintage in (0, year):
                        yield party, instrument, curve

    def _sums(self, party: Participant, instrument: Instrument, curve: Curve) -> list[int]:
        """Return what the first 0, 1, 2 ... lots come to, in cash."""
        key = party.account, instrument.index
        if key not in self._worth:
            schedule, lot = party.schedules[self.params.right], float(instrument.lot)
            uses = curve is schedule.demand
            prices = use_prices(schedule, self.params.right, lot) if uses else lot_prices(curve, lot)
            sums = np.rint(np.cumsum(prices)).astype(np.int64)
            if uses:  # what is worth nothing need not be used
                sums = np.maximum.accumulate(sums)
            self._worth[key] = [0, *sums.tolist()]
        return self._worth[key]
