"""One market by itself: one instrument, one venue's rules, named accounts; no scenario, no clock.

Prices are cash units a lot (1/10,000 CNY), times microseconds that move by one with each call unless given.

>>> from ecomarket.exchange.alone import open_market
>>> from ecomarket.exchange.rules import VenueRules
>>> market = open_market(VenueRules("carbon"), 420_000, {"mill": (10**9, 0), "plant": (0, 500)})
>>> market.sell("plant", 421_000, 300)
Outcome(order=1, refusal=0, filled_lots=0, resting_lots=300)
>>> market.buy("mill", 422_000, 100).filled_lots
100
>>> market.trades()
[Trade(t=2, buyer='mill', seller='plant', price=421000, lots=100)]
>>> market.holds("mill")
(957900000, 100)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from ecomarket.errors import UserError
from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.rules import Listing
from ecomarket.model.codes import (
    SYSTEM_ACCOUNTS,
    AccountKind,
    Eligible,
    Mechanism,
    RecordKind,
    Refusal,
    Side,
    TransferCode,
)
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ecomarket.exchange.protocol import Exchange
    from ecomarket.exchange.rules import VenueRules
    from ecomarket.model.order import Outcome, Quotes

INSTRUMENT: Final = 1
"""Number of the one instrument; 0 is cash."""
FAR: Final = 2**62
"""A closing time that never comes."""
Name = str | int
"""What a caller calls an account."""


class Trade(NamedTuple):
    """One trade: time, names of buyer and seller, price in cash a lot, lots."""

    t: int
    buyer: Name
    seller: Name
    price: int
    lots: int


@dataclass
class Market:
    """A market of named accounts; whatever is not here is a call of `exchange` with the account's number."""

    exchange: Exchange
    accounts: dict[Name, int]
    t: int = 0
    _names: dict[int, Name] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._names = {number: name for name, number in self.accounts.items()}

    def buy(self, who: Name, price: int, lots: int, **order: int) -> Outcome:
        """Send a buy order; `order` are further arguments of Exchange.submit (kind, tif, shown, expire_t)."""
        return self.exchange.submit(self._tick(), self.number(who), INSTRUMENT, Side.BUY, price, lots, **order)

    def sell(self, who: Name, price: int, lots: int, **order: int) -> Outcome:
        """Send a sell order; `order` as for buy."""
        return self.exchange.submit(self._tick(), self.number(who), INSTRUMENT, Side.SELL, price, lots, **order)

    def cancel(self, who: Name, order: int) -> Refusal:
        """Withdraw what is left of an order."""
        return Refusal(self.exchange.cancel(self._tick(), self.number(who), order))

    def trades(self) -> list[Trade]:
        """Return the trades since the last call, in order."""
        records, _ = self.exchange.drain()
        rows = records[records["kind"] == RecordKind.TRADE]
        columns = (rows[name].tolist() for name in ("t", "account", "counter", "price", "amount"))
        return [
            Trade(t, self._names[b], self._names[s], price, lots) for t, b, s, price, lots in zip(*columns, strict=True)
        ]

    def quotes(self) -> Quotes:
        """Return the public state of the market."""
        return self.exchange.quotes(INSTRUMENT)

    def holds(self, who: Name) -> tuple[int, int]:
        """Return an account's cash and units, what its orders hold included."""
        number = self.number(who)
        return self.exchange.posted(number, CASH), self.exchange.posted(number, INSTRUMENT)

    def number(self, who: Name) -> int:
        """Return an account's number. Raises UserError if there is none of this name."""
        if who not in self.accounts:
            raise UserError(f"no account '{who}'; there are: {', '.join(map(str, self.accounts))}")
        return self.accounts[who]

    def _tick(self) -> int:
        self.t += 1
        return self.t


def open_market(
    rules: VenueRules,
    reference_price: int,
    accounts: Mapping[Name, tuple[int, int]],
    *,
    t: int = 0,
    close_t: int = FAR,
    engine: Callable[..., Exchange] = KernelExchange,
) -> Market:
    """Open a market under `rules` about a reference price; `accounts` gives opening cash and units by name.

    In a market of mechanism CALL_AUCTION orders wait until `exchange.uncross`. Raises UserError if an opening amount
    is negative or too large for the exchange's ledger.
    """
    first = len(SYSTEM_ACCOUNTS)
    exchange = engine(first + len(accounts), INSTRUMENT + 1, [rules], [Listing(INSTRUMENT, 0, reference_price)], first)
    numbers = {name: first + place for place, name in enumerate(accounts)}
    for name, (cash, units) in accounts.items():
        exchange.allow(numbers[name], INSTRUMENT, Eligible.ALL)
        for source, instrument, amount in ((AccountKind.WORLD, CASH, cash), (AccountKind.ISSUANCE, INSTRUMENT, units)):
            if amount and exchange.transfer(t, source, numbers[name], instrument, amount, TransferCode.OPENING):
                raise UserError(f"account '{name}' cannot open with {amount} of instrument {instrument}")
    start_session(exchange, rules, t, close_t)
    return Market(exchange, numbers, t)


def start_session(exchange: Exchange, rules: VenueRules, t: int, close_t: int = FAR) -> None:
    """Open the one book: a call under mechanism CALL_AUCTION, else for trading at once."""
    exchange.open_session(t, [INSTRUMENT], close_t, call=rules.mechanism == Mechanism.CALL_AUCTION)
