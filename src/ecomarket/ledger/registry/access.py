"""Who may sign and send what: roles, granted by the scenario's owner as acts of the journal; denied by default.

While a run has no owner (policy registry-rules), nobody outside drives it and a signature needs no grant. With one,
each signature in a command needs the role it stands for, and verification asks the journal alone whether it was
granted.

>>> owned = Grants("owner/teacher")
>>> owned.give("MILL/wang", Role.TRADER, 15)
>>> from ecomarket.model.registry import Propose
>>> authorize("MILL/wang", Propose(15, 16, 1, 40, "MILL/wang"), owned).name
'NONE'
>>> authorize("MILL/wang", Propose(16, 15, 1, 40, "MILL/wang"), owned).name
'NOT_AUTHORISED'
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ecomarket.model.codes import Refusal, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.ledger.registry.desk import Desk
    from ecomarket.model.registry import GrantRole, WithdrawRole

REGISTRAR: Final = "registrar"
REGULATOR: Final = "regulator"
COURT: Final = "court"
OFFICES: Final = {Role.REGISTRY_CLERK: REGISTRAR, Role.REGISTRY_OFFICER: REGISTRAR, Role.REGULATOR: REGULATOR}
"""The office whose persons may hold a role; the other roles are anybody's, a trader is its participant's."""


class Call(NamedTuple):
    """A call of the exchange's order entry, by the name of its method."""

    verb: str
    account: int


@dataclass(slots=True)
class Grants:
    """The roles in force: (person, role, account), the account -1 but for a trader. `owner` needs no grant."""

    owner: str = ""
    held: set[tuple[str, Role, int]] = field(default_factory=set)

    def give(self, person: str, role: Role, account: int = -1) -> None:
        """Let a person hold a role."""
        self.held.add((person, role, account))

    def take(self, person: str, role: Role, account: int = -1) -> None:
        """Let a person hold a role no more."""
        self.held.discard((person, role, account))

    def holds(self, person: str, role: Role, account: int = -1) -> bool:
        """Tell whether a person holds a role."""
        owns = role is Role.SCENARIO_OWNER and person == self.owner != ""
        return owns or (person, role, account) in self.held

    def accounts(self, person: str) -> frozenset[int]:
        """Return the accounts for which a person is a trader."""
        return frozenset(account for who, role, account in self.held if who == person and role is Role.TRADER)

    def acts_for(self, person: str, code: str, account: int) -> bool:
        """Tell whether a person represents the participant `code`, who has this account."""
        asked = not self.owner or self.holds(person, Role.TRADER, account)
        return asked and office(person) == code and bool(name_of(person))

    def signs(self, person: str, role: Role) -> bool:
        """Tell whether a person may sign where an office's role is asked for."""
        asked = not self.owner or self.holds(person, role)
        return asked and holds_office(person, OFFICES[role])

    def freezes(self, person: str) -> bool:
        """Tell whether a person may freeze: a court, whose order needs no grant of ours, or the regulator."""
        return holds_office(person, COURT) or self.signs(person, Role.REGULATOR)


class Access:
    """Carries out grants and their withdrawal."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def grant(self, t: int, asked: GrantRole) -> Refusal:
        """Give a person a role; a trader is a person of the account's participant, an officer one of the office."""
        desk, wanted = self._desk, (asked.person, asked.role, asked.account)
        if not desk.grants.holds(asked.by, Role.SCENARIO_OWNER):
            return Refusal.NOT_AUTHORISED
        if (asked.role is Role.TRADER) != (asked.account >= 0):
            return Refusal.UNKNOWN_ACCOUNT
        if asked.role is Role.TRADER and not desk.is_party(asked.account):
            return Refusal.UNKNOWN_ACCOUNT
        of = desk.codes[asked.account] if asked.role is Role.TRADER else OFFICES.get(asked.role, office(asked.person))
        if not holds_office(asked.person, of):
            return Refusal.ROLE_OFFICE
        if wanted in desk.grants.held:
            return Refusal.ALREADY_SO
        desk.grants.give(*wanted)
        desk.note(t, "grant", asked.account, person=asked.person, role=int(asked.role), by=asked.by)
        return Refusal.NONE

    def withdraw(self, t: int, asked: WithdrawRole) -> Refusal:
        """Take a role from a person."""
        desk, wanted = self._desk, (asked.person, asked.role, asked.account)
        if not desk.grants.holds(asked.by, Role.SCENARIO_OWNER):
            return Refusal.NOT_AUTHORISED
        if wanted not in desk.grants.held:
            return Refusal.ALREADY_SO
        desk.grants.take(*wanted)
        desk.note(t, "withdraw", asked.account, person=asked.person, role=int(asked.role), by=asked.by)
        return Refusal.NONE


@cache
def table() -> dict[str, list[dict[str, Any]]]:
    """Return the rules as they stand in access.toml: lists `command` and `read`."""
    return tomllib.loads((files(__package__) / "access.toml").read_text(encoding="utf-8"))


def authorize(sender: str, command: object, grants: Grants) -> Refusal:
    """Tell whether a person may send a command: a Call, or a command of model.registry or model.command.

    Asked in the transaction that carries it out. What the command then is about (whose proposal, which hold) the
    registry decides, as for a command from inside.
    """
    name = command.verb if isinstance(command, Call) else type(command).__name__
    rules = [rule for rule in table()["command"] if name in rule["names"]]
    admitted = any(_admits(rule, sender, command, grants) for rule in rules)
    return Refusal.NONE if admitted else Refusal.NOT_AUTHORISED


def sight(person: str, grants: Grants) -> frozenset[int] | None:
    """Return the accounts of which a person may see everything, None for all. Raises PermissionError without a role."""
    for rule in table()["read"]:
        roles = [Role[name] for name in rule["roles"]]
        own = grants.accounts(person)
        if own and Role.TRADER in roles:
            return own
        if any(grants.holds(person, role) for role in roles):
            return None if rule["what"] == "all" else frozenset()
    raise PermissionError(person)


def rows_for_people() -> Iterator[tuple[str, str, str, str]]:
    """Yield each rule as (commands, role, condition, source) for the manual."""
    for rule in table()["command"]:
        own = [f"own `{rule['own']}`"] if "own" in rule else []
        signed = "order_of" not in rule and "signed" in rule
        signs = [f"signs as `{rule['signed']}`"] if signed else []
        order = [f"`{rule['signed']}` is of office {rule['order_of']}"] if "order_of" in rule else []
        yield ", ".join(rule["names"]), ", ".join(rule["roles"]), ", ".join([*own, *signs, *order]), rule["source"]
    for rule in table()["read"]:
        yield f"reading: {rule['what']}", ", ".join(rule["roles"]), "", rule["source"]


def office(person: str) -> str:
    """Return whom a person represents.

    >>> office("PWR01/wang"), name_of("PWR01/wang")
    ('PWR01', 'wang')
    """
    return person.partition("/")[0]


def name_of(person: str) -> str:
    """Return the person's own name."""
    return person.partition("/")[2]


def holds_office(person: str, *offices: str) -> bool:
    """Tell whether a person acts for one of these offices."""
    return office(person) in offices and bool(name_of(person))


def _admits(rule: dict[str, Any], sender: str, command: object, grants: Grants) -> bool:
    signer = getattr(command, rule["signed"]) if "signed" in rule else sender
    if "order_of" in rule:
        if not holds_office(signer, rule["order_of"]):
            return False
    elif signer != sender:
        return False
    roles = [Role[name] for name in rule["roles"]]
    if roles == [Role.TRADER] and "own" not in rule:
        return bool(grants.accounts(sender))
    account = getattr(command, rule["own"]) if "own" in rule else -1
    return any(grants.holds(sender, role, account) for role in roles)
