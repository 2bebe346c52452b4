"""Any command of the model, written with names: accounts, instruments and codes."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Final, get_args

from ecomarket.engine.ordered import STATEMENTS
from ecomarket.model import command as commands
from ecomarket.model.codes import AccountKind, Eligible, Mechanism, TransferCode
from ecomarket.model.quantity import kind as kind_of
from ecomarket.model.stated import FactCode, NoteCode, Rule, Scheme
from ecomarket.stories.form import Units
from ecomarket.units import AMOUNT_MAX

if TYPE_CHECKING:
    from enum import IntEnum

    from ecomarket.model.command import Command
    from ecomarket.scenario.nodes import Node
    from ecomarket.stories.form import Command as Asked
    from ecomarket.stories.names import Names

KINDS: Final = {kind.__name__: kind for kind in get_args(commands.Command) if kind is not commands.Auction}
ACCOUNTS: Final = frozenset(
    {"account", "debit", "credit", "buyer", "seller", "lessor", "lessee", "beneficiary", "other", "pledgee"}
)
CODES: Final[dict[tuple[str, str], type[IntEnum]]] = {
    ("Transfer", "code"): TransferCode,
    ("Propose", "code"): TransferCode,
    ("Fact", "code"): FactCode,
    ("Bound", "rule"): Rule,
    ("Assess", "scheme"): Scheme,
    ("Note", "code"): NoteCode,
    ("Deal", "mechanism"): Mechanism,
    ("Retire", "sink"): AccountKind,
}

TYPES: Final[dict[str, tuple[str, tuple[type, ...]]]] = {
    "int": ("whole number", (int,)),
    "str": ("text", (str,)),
    "bool": ("true or false", (bool,)),
}
"""What the fields of commands take that are written as they are."""


def command_of(told: Asked, node: Node, names: Names) -> Command:
    """Return the command; numbers are in lots and cash units, times in microseconds or as dates.

    Raises WrongNameError after a finding.
    """
    if told.command not in KINDS:
        raise names.fault("E115", node.get("command") or node, list(KINDS), found=told.command)
    kind = KINDS[told.command]
    wanted = {f.name: f for f in fields(kind)}
    given = {key: child for key, child in (node.value or {}).items() if key != "command"}
    for key, child in given.items():
        if key not in wanted:
            raise names.fault("E110", child, list(wanted), found=key, where=told.command)
    for name, f in wanted.items():
        if f.default is MISSING and f.default_factory is MISSING and name not in given:
            raise names.fault("E112", node, found=name)
    values = {key: _value(told.command, key, child, names) for key, child in given.items()}
    for key, child in given.items():
        _check(kind, values[key], wanted[key], child, names)
    return kind(**values)  # type: ignore[no-any-return]


def _value(kind: str, key: str, node: Node, names: Names) -> Any:
    """Return a field's value: names become numbers."""
    raw = node.plain()
    if (kind, key) in CODES:
        return names.code(CODES[kind, key], str(raw), node)
    if key == "what":
        words = raw if isinstance(raw, list) else [raw]
        return reduce(or_, (names.code(Eligible, str(word), node) for word in words), Eligible.NOTHING)
    if key in ACCOUNTS and isinstance(raw, str):
        return names.account(raw, node)
    if key in ("instrument", "into") and isinstance(raw, str):
        return 0 if raw == "cash" else names.instruments(Units(instrument=raw), node)[0].index
    if key.endswith("_t") and hasattr(raw, "year"):
        return names.setting.t_of(names.day(raw, node))
    return raw


def _check(kind: type, value: object, field: Field[object], node: Node, names: Names) -> None:
    """Raise WrongNameError after a finding if a value is not of its field's type, or no such account or instrument."""
    key = field.name
    expected, types = TYPES.get(str(field.type), ("", ()))
    if expected and (not isinstance(value, types) or (isinstance(value, bool) and bool not in types)):
        raise names.fault("E111", node, expected=expected, found=kind_of(value))
    if not isinstance(value, int):
        return
    many = len(names.setting.instruments)
    ends = {"instrument": many, "into": many, **dict.fromkeys(ACCOUNTS, names.setting.accounts)}
    nobody = -1 if kind in STATEMENTS or field.default == -1 else 0
    least, end = (nobody, ends[key]) if key in ends else (-AMOUNT_MAX, AMOUNT_MAX + 1)
    if not least <= value < end:
        raise names.fault("E303", node, found=value, expected=f"{least}..{end - 1}")
