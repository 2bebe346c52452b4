"""The public board of a run: prices, means and notices as of the last close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.model.observation import Board

if TYPE_CHECKING:
    from datetime import date

    from ecomarket.exchange.protocol import Exchange

MEAN_DAYS: Final = 20


class BoardKeeper:
    """Writes the board from the exchange after each trading day."""

    def __init__(self, exchange: Exchange, instruments: int, today: date) -> None:
        self._exchange = exchange
        self._history = np.zeros((0, instruments), dtype=np.int64)
        zeros = np.zeros(instruments, dtype=np.int64)
        self.board = Board(t=0, day=0, today=today, close=zeros, mean20=zeros.copy(), day_lots=zeros.copy())
        self.board.close, self.board.day_lots = exchange.closes()
        self.board.mean20 = self.board.close.copy()

    def start_day(self, t: int, day: int, today: date, trading_days_left: int) -> None:
        """Turn the board to a new day."""
        self.board.t = t
        self.board.day = day
        self.board.today = today
        self.board.trading_days_left_in_year = trading_days_left

    def end_trading_day(self) -> None:
        """Take over closing prices and lots of the day, and roll the 20-day mean."""
        self.board.close, self.board.day_lots = self._exchange.closes()
        self._history = np.vstack([self._history[-(MEAN_DAYS - 1) :], self.board.close])
        self.board.mean20 = self._history.sum(axis=0) // len(self._history)
