"""Rules with a first and a last day, and a till that knows what each payer has left within one instant."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from pydantic import Field

from ecomarket.model.codes import CONTRA_ACCOUNTS
from ecomarket.model.command import Transfer
from ecomarket.model.record import CASH
from ecomarket.policies.policy import PolicyParams

if TYPE_CHECKING:
    from ecomarket.model.codes import TransferCode
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView

UNLIMITED: Final = frozenset(int(account) for account in CONTRA_ACCOUNTS)


class DatedParams(PolicyParams):
    """Parameters of a rule that is in force from one day to another."""

    since: date | None = Field(default=None, description="First day in force; none: from the start | 施行日期")
    until: date | None = Field(default=None, description="Last day in force; none: to the end | 失效日期")

    def in_force(self, today: date) -> bool:
        """Tell whether the rule holds on a day."""
        return (self.since is None or self.since <= today) and (self.until is None or today <= self.until)


class Till:
    """Payments of one instant, in order: a view tells what was free before the first of them.

    `commands` are the payments as ordered; nobody but the contra accounts pays more than it has.
    """

    def __init__(self, view: PolicyView, ref: int) -> None:
        self.commands: list[Command] = []
        self._view, self._ref = view, ref
        self._change: dict[int, int] = {}

    def free(self, account: int) -> int:
        """Return the cash that an account can still pay."""
        return self._view.free(account, CASH) + self._change.get(account, 0)

    def pay(self, debit: int, credit: int, amount: int, code: TransferCode) -> int:
        """Pay what is asked, or what is left of it; return what was paid, in cash."""
        paid = max(amount if debit in UNLIMITED else min(amount, self.free(debit)), 0)
        if paid:
            self.commands.append(Transfer(debit, credit, CASH, paid, code, self._ref))
            self._change[debit] = self._change.get(debit, 0) - paid
            self._change[credit] = self._change.get(credit, 0) + paid
        return paid
