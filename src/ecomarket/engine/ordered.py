"""What a rule in a user's file orders, judged before anything is done with it: a mistake there is told at its line.

Installed rules are not judged: their tests are. In: a policy and what it returned. Out: the same commands, one by one.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import IntEnum, IntFlag
from numbers import Real
from operator import index
from typing import TYPE_CHECKING, Final, get_args

from ecomarket.engine.statements import canonical
from ecomarket.errors import PlugInError
from ecomarket.i18n import tr
from ecomarket.model.codes import AccountKind, Eligible, Mechanism, Role, TransferCode
from ecomarket.model.command import Assess, Bound, Command, Fact, Note
from ecomarket.model.stated import FactCode, NoteCode, Rule, Scheme
from ecomarket.registry import file_digest
from ecomarket.units import AMOUNT_MAX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.model.setting import Setting
    from ecomarket.policies.policy import Policy

COMMANDS: Final = get_args(Command)
STATEMENTS: Final = (Fact, Bound, Assess, Note)
"""Commands that may be about nobody and nothing (-1)."""
ACCOUNTS: Final = frozenset(
    "account beneficiary buyer credit debit lessee lessor other pledgee seller".split()  # noqa: SIM905  (shorter)
)
CODES: Final[dict[object, type[IntEnum | IntFlag]]] = {
    kind.__name__: kind
    for kind in (AccountKind, Eligible, FactCode, Mechanism, NoteCode, Role, Rule, Scheme, TransferCode)
}
SHOWN: Final = 80
"""Characters of what was found that are told again."""
INSTRUMENTS: Final = frozenset({"instrument", "into"})


def judged(policy: Policy, commands: object, setting: Setting) -> Iterable[Command]:
    """Return what a policy ordered, each command judged when its turn comes if the rule is in a user's file.

    Raises PlugInError at the line that yields something else than a command that this run could carry out.
    """
    if not file_digest(type(policy)):
        return commands  # type: ignore[return-value]  # ours, and tested
    if not isinstance(commands, Iterable):
        raise _fault(policy, commands, "rule_no_commands", found=type(commands).__name__)
    return _one_by_one(policy, commands, setting)


def judged_notices(policy: Policy, told: object) -> dict[str, float]:
    """Return what a policy publishes. Raises PlugInError if a user's rule publishes anything but numbers by name."""
    sound = isinstance(told, Mapping) and all(
        isinstance(name, str) and isinstance(value, Real | Decimal) for name, value in told.items()
    )
    if file_digest(type(policy)) and not sound:
        raise _fault(policy, None, "rule_notices", found=repr(told)[:SHOWN])
    return told  # type: ignore[return-value]  # looked at above


def enacted(rule: type[Policy]) -> type[Policy]:
    """Return a rule that can be enacted. Raises PlugInError if its class leaves out what every rule says."""
    if missing := sorted(getattr(rule, "__abstractmethods__", ())):
        path = inspect.getfile(rule)
        values = {"where": path, "missing": ", ".join(missing)}
        raise PlugInError(tr("authoring.rule_abstract", "en", **values), tr("authoring.rule_abstract", "zh", **values))
    return rule


def _one_by_one(policy: Policy, commands: Iterable[object], setting: Setting) -> Iterator[Command]:
    for command in commands:
        if not isinstance(command, COMMANDS):
            raise _fault(policy, commands, "rule_no_command", found=repr(command)[:SHOWN])
        for field in dataclasses.fields(command):
            _judge(policy, commands, command, field, setting)
        yield command


def _judge(
    policy: Policy, commands: object, command: Command, field: dataclasses.Field[object], setting: Setting
) -> None:
    """Raise PlugInError if a field is not what its kind asks for."""
    value = getattr(command, field.name)
    told = {"command": type(command).__name__, "field": field.name, "found": repr(value)[:SHOWN]}
    if field.name == "venue" and value not in setting.venues:
        raise _fault(policy, commands, "rule_venue", **told, options=", ".join(setting.venues) or "-")
    if field.type in CODES and not _is_code(value, CODES[field.type]):
        raise _fault(policy, commands, "rule_code", **told, kind=field.type)
    if field.type == "str" and not isinstance(value, str):
        raise _fault(policy, commands, "rule_text", **told)
    if field.name == "payload" and not _is_payload(value):
        raise _fault(policy, commands, "rule_payload", **told)
    if field.type != "int":
        return
    try:
        number = index(value)
    except TypeError:
        raise _fault(policy, commands, "rule_whole", **told) from None
    if not -AMOUNT_MAX <= number <= AMOUNT_MAX:
        raise _fault(policy, commands, "rule_large", **told)
    least = -1 if isinstance(command, STATEMENTS) or field.default == -1 else 0
    for names, count, key in (
        (ACCOUNTS, setting.accounts, "rule_account"),
        (INSTRUMENTS, len(setting.instruments), "rule_instrument"),
    ):
        if field.name in names and not least <= number < count:
            raise _fault(policy, commands, key, **told, last=count - 1)


def _is_code(value: object, codes: type[IntEnum | IntFlag]) -> bool:
    if issubclass(codes, IntFlag):
        return isinstance(value, int) and 0 <= value < 2 * max(codes)
    return isinstance(value, int) and value in set(codes)


def _is_payload(value: object) -> bool:
    try:
        canonical(value)
    except (AssertionError, TypeError, ValueError):
        return False
    return isinstance(value, Mapping)


def _fault(policy: Policy, commands: object, key: str, **values: object) -> PlugInError:
    """Return an error that names the rule's file and, where `commands` is at a yield, its line."""
    frame = getattr(commands, "gi_frame", None)
    line = f":{frame.f_lineno}" if frame else ""
    values["where"] = f"{inspect.getfile(type(policy))}{line}"
    return PlugInError(tr(f"authoring.{key}", "en", **values), tr(f"authoring.{key}", "zh", **values))
