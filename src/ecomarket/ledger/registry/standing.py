"""What stands after each act of the journal, as verification follows it: rules, proposals, freezes, pledges, sinks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ecomarket.ledger.registry.access import Grants
from ecomarket.ledger.registry.rules import RegistryRules

if TYPE_CHECKING:
    from ecomarket.ledger.registry.debts import Debt


class Retirement(NamedTuple):
    """A retirement that stands: the TRANSFER before its note."""

    t: int
    account: int
    sink: int
    instrument: int
    amount: int


class Wish(NamedTuple):
    """What a proposal asks for, who made it, and when it is due (-1: not approved)."""

    debit: int
    credit: int
    instrument: int
    amount: int
    maker: str
    due_t: int = -1


class Loan(NamedTuple):
    """A pledge: who owes, to whom, what, and on how many lots."""

    debtor: int
    pledgee: int
    debt: Debt
    lots: int = 0


@dataclass(slots=True)
class Standing:
    """Everything that lasts, by number; `executed` are proposals whose transfer must follow.

    freezes   account (-1: an amount only) and office
    pledges   debtor, pledgee, debt, lots; in default: in `defaults`
    codes     by account       rights   by instrument       trusted   from when, by (account, other)
    grants    roles in force
    """

    grants: Grants = field(default_factory=Grants)
    rules: RegistryRules = field(default_factory=RegistryRules)
    codes: dict[int, str] = field(default_factory=dict)
    rights: dict[int, str] = field(default_factory=dict)
    retired: dict[int, Retirement] = field(default_factory=dict)
    proposed: dict[int, Wish] = field(default_factory=dict)
    executed: dict[int, Wish] = field(default_factory=dict)
    freezes: dict[int, tuple[int, str]] = field(default_factory=dict)
    suspended: set[str] = field(default_factory=set)
    trusted: dict[tuple[int, int], int] = field(default_factory=dict)
    pledges: dict[int, Loan] = field(default_factory=dict)
    defaults: set[int] = field(default_factory=set)

    def acts_for(self, person: str, account: int) -> bool:
        """Tell whether a person represents an account."""
        return self.grants.acts_for(person, self.codes.get(account, ""), account)
