"""The reference price of a right with a term, as its term runs down (按剩余期限折算), on the fast exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ecomarket.exchange.kernel.deals import KernelDeals
from ecomarket.exchange.rules import YEAR
from ecomarket.units import PPM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.exchange.rules import Listing, VenueRules


class Made(NamedTuple):
    """A price that a market has made, when, when the right's term ends (0: it has none), and how long the next is."""

    price: int
    t: int
    to_t: int
    again: int = 0

    def left(self, t: int) -> int:
        """Return how much of the term that runs at a time is left then."""
        if t < self.to_t or not self.again:
            return self.to_t - t
        return self.again - (t - self.to_t) % self.again


def worth(left: int, rate_ppm: int) -> tuple[int, int]:
    """Return, as a fraction, what 1 a year is worth now for the rest of a term, in microseconds.

    Each year's part counts at its end; the year that is broken off counts in part.

    >>> top, bottom = worth(YEAR + YEAR // 2, 0)
    >>> 10 * top // bottom
    15
    """
    years, rest = divmod(max(left, 0), YEAR)
    base = PPM + rate_ppm
    whole = sum(PPM**k * base ** (years + 1 - k) for k in range(1, years + 1))
    return whole * YEAR + PPM ** (years + 1) * rest, base ** (years + 1) * YEAR


def declined(made: Made, t: int, rate_ppm: int, tick: int) -> int:
    """Return a price after the term has run on to `t`, floored to the tick, at least one tick."""
    top, bottom = worth(made.left(t), rate_ppm)
    whole_top, whole_bottom = worth(made.left(made.t), rate_ppm)
    if top == 0:
        return tick
    return max(made.price * top * whole_bottom // (bottom * whole_top) // tick * tick, tick)


class KernelTerms(KernelDeals):
    """Prices made, and what they come to later in a right's term."""

    def __init__(
        self, accounts: int, instruments: int, venues: Sequence[VenueRules], listings: Sequence[Listing],
        system_accounts: int, journal_rows: int,
    ) -> None:  # fmt: skip
        super().__init__(accounts, instruments, venues, listings, system_accounts, journal_rows)
        self._made = {
            x.instrument: Made(x.reference_price, x.from_t, x.to_t, (x.to_t - x.from_t) * x.renewed) for x in listings
        }

    def _opening_reference(self, t: int, instrument: int, reference: int, rules: VenueRules) -> int:
        """Return the day's reference price: the last closing price, or what it has come to."""
        made = self._made[instrument]
        if rules.term_rate_ppm < 0 or not made.to_t:
            return reference
        return declined(made, t, rules.term_rate_ppm, rules.tick_cash)

    def _note_price(self, t: int, instrument: int, price: int) -> None:
        self._made[instrument] = self._made[instrument]._replace(price=price, t=t)
