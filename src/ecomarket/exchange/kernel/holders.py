"""The large-holder report of the fast exchange (大户报告)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ecomarket.exchange.kernel.terms import KernelTerms
from ecomarket.exchange.rules import report_from
from ecomarket.ledger.state import POSTED
from ecomarket.model.stated import FactCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.exchange.rules import Listing, VenueRules


class KernelHolders(KernelTerms):
    """Who holds much, told at the close of a day."""

    def __init__(
        self, accounts: int, instruments: int, venues: Sequence[VenueRules], listings: Sequence[Listing],
        system_accounts: int, journal_rows: int,
    ) -> None:  # fmt: skip
        super().__init__(accounts, instruments, venues, listings, system_accounts, journal_rows)
        self._first_holder = system_accounts
        told = (instruments, accounts) if any(map(report_from, venues)) else (0, 0)
        self._told = np.zeros(told, np.bool_)

    def _report_holders(self, t: int, instrument: int, rules: VenueRules) -> None:
        """Report the accounts that have come to hold much of an instrument; one that holds less again is forgotten."""
        least = report_from(rules)
        if not least:
            return
        lots = self._ledger.balance[instrument, :, POSTED]
        large = lots >= least
        large[: self._first_holder] = False
        for account in np.flatnonzero(large & ~self._told[instrument]).tolist():
            self.fact(t, FactCode.LARGE_HOLDING, account, instrument, 0, int(lots[account]), least)
        self._told[instrument] = large
