"""What came of a replay, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecomarket.exchange.rules import report_from
from ecomarket.model.codes import HaltReason, RecordKind
from ecomarket.model.stated import FactCode
from ecomarket.replay.writing import price_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.exchange.rules import VenueRules
    from ecomarket.replay.live import Print


@dataclass
class Tally:
    """Counts of one replay; `unread` are rows that could not be read, `refused` all refusals by code.

    `noted` counts what the exchange did by itself under the rules that are on: stopped trading for a while
    (`volatility_halts`), reported a large holding (`large_holdings`). `lobster` holds what only LOBSTER's files know
    (out_of_turn, unmatched, hidden, crosses, halts, differing).
    """

    rows: int = 0
    unread: int = 0
    new: int = 0
    cancelled: int = 0
    replaced: int = 0
    trades: int = 0
    lots: int = 0
    turnover: int = 0
    last: int = 0
    resting: int = 0
    low: int = 0
    high: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    noted: dict[str, int] = field(default_factory=dict)
    lobster: Counter[str] = field(default_factory=Counter)

    def watch(self, rules: VenueRules) -> None:
        """Begin to count what these rules let the exchange do by itself."""
        for name, on in (("volatility_halts", rules.halt_ppm), ("large_holdings", report_from(rules))):
            if on:
                self.noted[name] = 0

    def note(self, records: NDArray[np.void]) -> None:
        """Count what records of the exchange tell of it."""
        kind, code = records["kind"], records["code"]
        found = {
            "volatility_halts": (kind == RecordKind.HALT) & (code == HaltReason.VOLATILITY),
            "large_holdings": (kind == RecordKind.FACT) & (code == FactCode.LARGE_HOLDING),
        }
        for name in self.noted:
            self.noted[name] += int(found[name].sum())

    def traded(self, trade: Print) -> None:
        """Count a trade."""
        self.trades += 1
        self.lots += trade.lots
        self.turnover += trade.price * trade.lots
        self.last = trade.price

    @property
    def vwap(self) -> str:
        """Return the mean price by volume in CNY, to 0.0001, "" without a trade.

        >>> Tally(lots=200, turnover=83_500_000).vwap
        '41.75'
        """
        return price_text((2 * self.turnover + self.lots) // (2 * self.lots)) if self.lots else ""

    def document(self) -> dict[str, Any]:
        """Return the counts as a JSON document; money in CNY, as text."""
        found: dict[str, Any] = {
            "rows": self.rows,
            "unread_rows": self.unread,
            "new_orders": self.new,
            "cancels": self.cancelled,
            "replaces": self.replaced,
            "trades": self.trades,
            "lots": self.lots,
            "turnover": price_text(self.turnover),
            "vwap": self.vwap,
            "last": price_text(self.last) if self.trades else "",
            "resting_orders": self.resting,
            "lowest_price": price_text(self.low),
            "highest_price": price_text(self.high),
            **self.noted,
            "refusals": dict(sorted(self.refused.items())),
        }
        if self.lobster:
            found["lobster"] = dict(sorted(self.lobster.items()))
        return found
