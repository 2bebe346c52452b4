"""Cohorts of a run: their strategies, their rows of the intent table, and the views they get."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ecomarket.agents.quoting import SHARED
from ecomarket.agents.strategy import Strategy
from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Deal, EndLease, Fact, Note, Transfer
from ecomarket.model.observation import CohortView
from ecomarket.model.order import INTENT
from ecomarket.model.registry import Decide, Pledge, Propose, Repay, Retire, TopUp, Trust

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Auction, Bid, Command
    from ecomarket.model.facts import FactBook
    from ecomarket.model.observation import Board
    from ecomarket.model.setting import Setting


@dataclass(frozen=True)
class Cohorts:
    """All strategies of a run over one intent table; `venues[i]` is the venue of intent i.

    `quotes` are the distinct quote functions, the shared ones first; an intent's `strategy` is its number among them.
    """

    strategies: tuple[Strategy, ...]
    quotes: tuple[Callable[..., Any], ...]
    intents: NDArray[np.void]
    venues: NDArray[np.int64]

    def own_commands(self, strategy: Strategy, commands: Iterable[Command]) -> Iterator[Command]:
        """Let through what an agent may order: about its own account, or a deal it is party to.

        Income comes from WORLD; an outside market brings its stock in by issuance.
        """
        own = frozenset(int(a) for a in strategy.accounts)
        outside = all(m.kind == "outside" for m in strategy.members)
        for command in commands:
            match command:
                case Transfer(debit=account) if account in own:
                    yield command
                case Transfer(debit=AccountKind.WORLD, credit=account) if account in own:
                    yield command
                case Transfer(debit=AccountKind.ISSUANCE, credit=account) if account in own and outside:
                    yield command
                case Fact(account=account) if account in own:
                    yield command
                case Deal(buyer=buyer, seller=seller) if buyer in own or seller in own:
                    yield command
                case EndLease(account=account) if account in own:
                    yield command
                case Note(account=account) if account in own:
                    yield command
                case Retire(account=account) | Pledge(account=account) | TopUp(account=account) if account in own:
                    yield command
                case Repay(account=account) | Propose(debit=account) | Trust(account=account) if account in own:
                    yield command
                case Decide(checker=person) if any(person.startswith(f"{m.code}/") for m in strategy.members):
                    yield command
                case _:
                    raise AssertionError(f"{strategy.kind} may not order {command}")


def gather(strategies: Sequence[Strategy], setting: Setting) -> Cohorts:
    """Lay out the intent table: each strategy's rows stand together, in order of the scenario."""
    rows: list[tuple[int, int, int, int]] = []
    bounds = [0]
    for strategy in strategies:
        for member, instrument in strategy.markets():
            rows.append((int(strategy.accounts[member]), instrument, 0, member))
        bounds.append(len(rows))
    intents = np.zeros(len(rows), dtype=INTENT)
    for name, column in zip(("account", "instrument", "strategy", "cohort"), zip(*rows, strict=True), strict=False):
        intents[name] = column
    intents["deadline"] = -1
    quotes = list(dict.fromkeys([*SHARED, *(s.quote for s in strategies)]))  # whoever is there: one loop to compile
    for strategy, start, stop in zip(strategies, bounds, bounds[1:], strict=False):
        mine = intents[start:stop]
        mine["strategy"] = quotes.index(strategy.quote)
        strategy.bind(mine)
    venues = np.array([setting.instruments[i].venue for i in intents["instrument"]], dtype=np.int64)
    return Cohorts(tuple(strategies), tuple(quotes), intents, venues)


class Seer:
    """Makes the views: each cohort sees the board and its own rows, nothing else."""

    def __init__(
        self,
        setting: Setting,
        book: FactBook,
        nature: Mapping[str, Mapping[str, float]],
        strategies: Sequence[Strategy],
    ) -> None:
        self._setting = setting
        self._own = {id(s): book.seen_by(s.accounts) for s in strategies}
        self._nature = nature
        self._month: dict[tuple[int, str], NDArray[np.float64]] = {}
        self._seen: NDArray[np.int64] | None = None
        self._held: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        """Posted and free of a cohort, taken from the balances seen last."""

    def turn_month(self) -> None:
        """Forget the members' values of nature: a new month has begun."""
        self._month.clear()

    def view(self, strategy: Strategy, board: Board, balances: NDArray[np.int64]) -> CohortView:
        """Return what this cohort may see now."""
        posted, free = self._of_cohort(strategy, balances)
        return CohortView(
            setting=self._setting,
            board=board,
            accounts=strategy.accounts,
            posted=posted,
            free=free,
            nature={name: self._of_members(strategy, name) for name in self._nature},
            book=self._own[id(strategy)],
        )

    def _of_cohort(
        self, strategy: Strategy, balances: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return what the members hold, posted and free, not to be written; the same arrays for the same balances."""
        if balances is not self._seen:
            self._seen = balances
            self._held.clear()
        key = id(strategy)
        if key not in self._held:
            own = balances[strategy.accounts]
            posted = np.ascontiguousarray(own[:, :, 0])
            self._held[key] = posted, posted - own[:, :, 1]
            for array in self._held[key]:
                array.flags.writeable = False
        return self._held[key]

    def _of_members(self, strategy: Strategy, name: str) -> NDArray[np.float64]:
        """Return each member's value: by its code, else by water zone, else by zone; 1.0 where nature is silent."""
        key = id(strategy), name
        if key not in self._month:
            self._month[key] = self._look_up(strategy, self._nature[name])
        return self._month[key]

    @staticmethod
    def _look_up(strategy: Strategy, values: Mapping[str, float]) -> NDArray[np.float64]:
        found = [
            values.get(m.code, values.get(str(m.facts.get("water_zone", "")), values.get(m.zone, 1.0)))
            for m in strategy.members
        ]
        return np.array(found, dtype=np.float64)


def ask_all(
    cohorts: Cohorts, seer: Seer, board: Board, balances: NDArray[np.int64], call: Auction, draws: Draws
) -> list[Bid]:
    """Ask every strategy for its bids in an auction, each rounded down to the venue's tick: no price lies between two.

    One that would fall below the reserve price stays as it is: the sale is off the tick, and its refusal is counted.
    """
    bids: list[Bid] = []
    for strategy in cohorts.strategies:
        if type(strategy).bids is Strategy.bids:
            continue
        own = frozenset(int(a) for a in strategy.accounts)
        made = strategy.bids(call, seer.view(strategy, board, balances), draws)
        assert all(bid.account in own for bid in made), f"{strategy.kind} bids for others"
        tick = strategy.setting.ticks.get(call.venue, 1)
        for bid in made:
            price = bid.price // tick * tick
            bids.append(bid if price == bid.price or price < max(call.reserve_price, 1) else replace(bid, price=price))
    return bids
