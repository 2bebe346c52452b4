"""People at the table: whose accounts a person drives, and the bids they keep for auctions to come.

What an agent would do for an account that a person drives is left undone: its looks at markets, its bids, its moves at
negotiated venues, its deals, its cuts and its investments. What nobody decides goes on: output, reports, payments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ecomarket.model.command import Bid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.agents.strategy import Strategy
    from ecomarket.model.command import Auction
    from ecomarket.model.decision import KeepBid


class People:
    """Who is driven by a person; nobody at the start. `driven` is bool[accounts]."""

    def __init__(self, accounts: int, strategies: Sequence[Strategy]) -> None:
        self.driven = np.zeros(accounts, dtype=bool)
        self.kept: dict[int, KeepBid] = {}
        self._strategies = strategies

    def drive(self, account: int, *, person: bool) -> None:
        """Let a person decide for an account from now on, or its agent again; kept bids go when the person goes."""
        self.driven[account] = person
        for strategy in self._strategies:
            strategy.driven[strategy.accounts == account] = person
        if not person:
            self.kept = {n: bid for n, bid in self.kept.items() if bid.account != account}

    def bids(self, call: Auction, made: Sequence[Bid]) -> list[Bid]:
        """Return the bids in an auction: those of agents who decide for themselves, then the people's kept ones.

        A kept bid is used up by a sealed auction; on a rising clock it stands, and is asked for round by round.
        """
        bids = [bid for bid in made if not self.driven[bid.account]]
        mine = [(n, bid) for n, bid in self.kept.items() if bid.instrument == call.instrument]
        for number, bid in mine:
            bids.append(Bid(bid.account, bid.price, bid.lots))
            if not call.terms.increment:
                del self.kept[number]
        return bids
