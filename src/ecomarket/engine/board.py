"""The public board of a run: prices, means and notices as of the last close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.model.observation import Board

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ecomarket.exchange.protocol import Exchange
    from ecomarket.exchange.rules import VenueRules
    from ecomarket.model.entities import Instrument

MEAN_DAYS: Final = 20


class BoardKeeper:
    """Writes the board from the exchange after each trading day; `rules` are the venues'."""

    def __init__(
        self, exchange: Exchange, rules: Sequence[VenueRules], instruments: Sequence[Instrument], today: date
    ) -> None:
        self._rules = rules
        self._instruments = instruments
        self._exchange = exchange
        self._history = np.zeros((0, len(instruments)), dtype=np.int64)
        zeros = np.zeros(len(instruments), dtype=np.int64)
        self.board = Board(t=0, day=0, today=today, close=zeros, mean20=zeros.copy(), day_lots=zeros.copy())
        self.board.close, self.board.day_lots, _ = exchange.closes()
        self.board.mean20 = self.board.close.copy()

    def start_day(self, t: int, day: int, today: date, trading_days_left: int) -> None:
        """Turn the board to a new day."""
        self.board.t = t
        self.board.day = day
        self.board.today = today
        self.board.trading_days_left_in_year = trading_days_left

    def end_trading_day(self, day_t: int) -> list[int]:
        """Take over closing prices and lots of the day that began at `day_t`, roll the 20-day mean.

        Return the instruments whose last price of the day stands at a bound of the day's price band.
        """
        self.board.close, lots, last = self._exchange.closes()
        self.board.day_lots = np.where([i.lives(day_t) for i in self._instruments], lots, 0)
        self._history = np.vstack([self._history[-(MEAN_DAYS - 1) :], self.board.close])
        self.board.mean20 = self._history.sum(axis=0) // len(self._history)
        traded = np.flatnonzero(self.board.day_lots).tolist()
        return [i for i in traded if int(last[i]) in self._band(i)]

    def _band(self, instrument: int) -> tuple[int, ...]:
        rules = self._rules[self._instruments[instrument].venue]
        return self._exchange.bounds(instrument) if rules.band_ppm else ()
