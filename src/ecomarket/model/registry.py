"""What is asked of the registry: retirements, proposals, freezes, suspensions, pledges, roles.

Accounts and instruments are given by index. A person is written CODE/person: CODE is a participant's code for its
representatives, or an office: `registrar/...`, `regulator/...`, `court/...`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ecomarket.model.codes import AccountKind, Role, TransferCode

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class StateRules:
    """State the rules that the registry obeys from now on; none named: those of a run without rules."""

    rules: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Retire:
    """Put lots into a sink for a beneficiary (account of a registered participant) and a purpose."""

    account: int
    instrument: int
    amount: int
    beneficiary: int
    purpose: str
    period: int = 0
    sink: AccountKind = AccountKind.RETIRED


@dataclass(frozen=True, slots=True)
class Reverse:
    """Take back a retirement made by mistake, by its number; two registrars sign."""

    retirement: int
    maker: str
    checker: str
    reason: str


@dataclass(frozen=True, slots=True)
class Propose:
    """Propose a transfer of lots; what the rules ask of it (approval, delay, limit) comes after."""

    debit: int
    credit: int
    instrument: int
    amount: int
    maker: str
    code: TransferCode = TransferCode.ASSIGN


@dataclass(frozen=True, slots=True)
class Decide:
    """Approve a proposal, or reject it with a reason."""

    proposal: int
    checker: str
    approve: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Trust:
    """Put another account on an account's trusted list; it counts from some working days later."""

    account: int
    other: int
    maker: str
    checker: str


@dataclass(frozen=True, slots=True)
class Freeze:
    """Freeze an account, or lots (or cash) of it, in a case of the court or the regulator."""

    account: int
    by: str
    case: str
    instrument: int = -1
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Unfreeze:
    """End a freeze by its number; the office that froze."""

    freeze: int
    by: str


@dataclass(frozen=True, slots=True)
class Suspend:
    """Suspend the market of a right; allocation and surrender go on."""

    right: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Resume a suspended market."""

    right: str
    by: str


@dataclass(frozen=True, slots=True)
class Pledge:
    """Pledge lots for a loan in cash units, at the yearly rate of the rules plus `premium_ppm` (below 0: less)."""

    account: int
    instrument: int
    amount: int
    pledgee: int
    loan: int
    premium_ppm: int = 0


class PledgedLots(NamedTuple):
    """Lots under a pledge that stands: whose, of what, how many, and who lends on them."""

    account: int
    instrument: int
    lots: int
    pledgee: int


@dataclass(frozen=True, slots=True)
class TopUp:
    """Add lots to a pledge of one's own, by its number."""

    account: int
    pledge: int
    amount: int


@dataclass(frozen=True, slots=True)
class Repay:
    """Pay cash units of a loan of one's own, interest first, by the number of its pledge (0: the oldest)."""

    account: int
    pledge: int
    cash: int


@dataclass(frozen=True, slots=True)
class GrantRole:
    """Give a person a role; a trader's is for one account."""

    person: str
    role: Role
    by: str
    account: int = -1


@dataclass(frozen=True, slots=True)
class WithdrawRole:
    """Take a role from a person."""

    person: str
    role: Role
    by: str
    account: int = -1


RegistryCommand = (
    StateRules
    | Retire
    | Reverse
    | Propose
    | Decide
    | Trust
    | Freeze
    | Unfreeze
    | Suspend
    | Resume
    | Pledge
    | TopUp
    | Repay
    | GrantRole
    | WithdrawRole
)
