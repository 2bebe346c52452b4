"""A till: payments of one instant that know what each payer has left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.model.codes import CONTRA_ACCOUNTS
from ecomarket.model.command import Transfer
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from ecomarket.model.codes import TransferCode
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView

UNLIMITED: Final = frozenset(int(account) for account in CONTRA_ACCOUNTS)


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
