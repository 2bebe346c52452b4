"""Print a scenario back: resolved, with defaults, in the language itself."""

from __future__ import annotations

from decimal import Decimal
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from ecomarket.model.distribution import Distribution, Spread
from ecomarket.model.quantity import In, Quantity, Yearly
from ecomarket.scenario.text import BARE_WORDS, DAY, DECIMAL, INTEGER, OCTAL_LIKE, SEXAGESIMAL
from ecomarket.scenario.types import alternatives, field_names, field_type, items_of, values_of

if TYPE_CHECKING:
    from ecomarket.scenario.load import Scenario
    from ecomarket.scenario.nodes import Node

WIDTH: Final = 120
ROWS_MAX: Final = 5
"""Tables of more rows are named, not written out."""


class _Named(str):
    """The name of a table that stands for its rows, which are `rows` many."""

    __slots__ = ("rows",)
    rows: int


def as_yaml(scenario: Scenario) -> str:
    """Return the resolved scenario as strict YAML: what was not written stands there with its default and unit.

    Sources stand in comments, the digest in the first line. Long tables keep their names, relative to the scenario's
    folder: written there, the text is the same scenario again.
    """
    said = {s.path: s.source for s in scenario.sources if not s.is_assumption}
    lines = [f"# {scenario.name} {scenario.digest}"]
    for key, value in resolved(scenario).items():
        shown = _filled(_by_name(value, scenario.tree.get(key), scenario.path.parent))
        lines += _entry(key, shown, 0, key, said)
    return "\n".join(lines) + "\n"


def resolved(scenario: Scenario) -> dict[str, Any]:
    """Return every part of a scenario as the language writes it: maps, lists and scalars, amounts with their unit."""
    config = scenario.config
    whole: dict[str, Any] = {name: getattr(config, name) for name in field_names(type(config))}
    whole["rights"] = {k: _with_params(r, r.kind, "kind") for k, r in config.rights.items()}
    whole["nature"] = {k: _with_params(p, p.kind, "kind") for k, p in config.nature.items()}
    whole["participants"] = {k: _group(group) for k, group in config.participants.items()}
    whole["policies"] = [{policy.kind: policy.params} for policy in scenario.policies]
    return {key: _plain(value, units(type(config), key)) for key, value in whole.items()}


def flow(value: Any) -> str:
    """Return a plain value as the language writes it in one line, without what is empty."""
    return _flow(_filled(value))


def _by_name(value: Any, node: Node | None, folder: Path) -> Any:
    """Put the name of a long table in the place of its rows."""
    if node is None or not isinstance(value, (dict, list)):
        return value
    if isinstance(value, dict):
        return {key: _by_name(child, node.get(key), folder) for key, child in value.items()}
    if len(value) > ROWS_MAX and isinstance(node.value, list) and node.value:
        file = node.value[0].place.file
        if file.endswith(".csv"):
            named = _Named(Path(relpath(file, folder)).as_posix())
            named.rows = len(value)
            return named
    return [_by_name(child, node.get(index), folder) for index, child in enumerate(value)]


def _with_params(part: BaseModel, kind: str, key: str) -> dict[str, Any]:
    own = {
        name: _plain(getattr(part, name), units(type(part), name))
        for name in field_names(type(part))
        if name != "params"
    }
    params = getattr(part, "params", None)
    return {key: kind, **own, **(_plain(params, "") if params is not None else {})}


def _group(group: Any) -> dict[str, Any]:
    own = {name: _plain(getattr(group, name), units(type(group), name)) for name in field_names(type(group))}
    own["strategies"] = [_with_params(use, use.name, "name") for use in group.strategies]
    return own


def units(model: type[BaseModel], name: str) -> str:
    """Return the unit of a model's field, or ""."""
    return _unit_of(field_type(field_names(model)[name]))


def as_text(value: Any, unit: str) -> str:
    """Return a typed value as the language writes it in one line.

    >>> as_text(Decimal("0.5"), "CNY/t")
    '0.5 CNY/t'
    """
    return _flow(_filled(_plain(value, unit)))


def _unit_of(annotation: Any) -> str:
    marks = [mark for _, found in alternatives(annotation) for mark in found]
    own = next((mark.unit for mark in marks if isinstance(mark, (In, Spread))), "")
    inner = values_of(annotation) or items_of(annotation)
    return own or (_unit_of(inner) if inner is not None else "")


def _plain(value: Any, unit: str) -> Any:
    """Return a typed value as the language writes it, amounts with their unit."""
    if isinstance(value, BaseModel):
        aliases = {field.alias or name: name for name, field in type(value).model_fields.items()}
        shown = {key: _plain(getattr(value, name), units(type(value), key)) for key, name in aliases.items()}
        return {**shown, **(value.model_extra or {})}
    if isinstance(value, Quantity):
        return f"{value.value} {value.unit}" if value.unit else value.value
    if isinstance(value, Yearly):
        return _plain(value.written(), unit)
    if isinstance(value, Distribution):
        shape = value.parameters[0] if value.shape == "constant" else {value.shape: list(value.parameters)}
        return {**shape, "unit": unit} if isinstance(shape, dict) and unit not in ("", "share") else _plain(shape, unit)
    if isinstance(value, Decimal) and unit not in ("", "share", "1"):
        return f"{value} {unit}"
    if isinstance(value, dict):
        shown = {str(key) or "all": _plain(child, unit) for key, child in value.items()}
        return shown["all"] if list(value) == [""] else shown
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(child, unit) for child in value]
    return value


def _filled(value: Any) -> Any:
    """Leave out what is empty: no text, no entries, nothing."""
    if isinstance(value, dict):
        shown = {key: _filled(child) for key, child in value.items()}
        return {key: child for key, child in shown.items() if child not in (None, "", [])}
    return [_filled(child) for child in value] if isinstance(value, list) else value


def _entry(key: str, value: Any, depth: int, path: str, said: dict[str, str]) -> list[str]:
    """Write a key and its value with its sources: on one line where it fits, else indented."""
    pad = "  " * depth
    line = f"{pad}{_key(key)}: {_flow(value)}"
    if isinstance(value, _Named):
        return [f"{line}  # {value.rows} rows"]
    if len(line) <= WIDTH or not isinstance(value, (dict, list)) or not value:
        return [line + _comment(path, said)]
    if isinstance(value, dict):
        return [
            f"{pad}{_key(key)}:",
            *(part for k, child in value.items() for part in _entry(k, child, depth + 1, f"{path}.{k}", said)),
        ]
    entries = enumerate(value)
    return [f"{pad}{key}:", *(f"{pad}  - {_flow(entry)}{_comment(f'{path}.{i}', said)}" for i, entry in entries)]


def _comment(path: str, said: dict[str, str]) -> str:
    found = dict.fromkeys(source for at, source in said.items() if f"{at}.".startswith(f"{path}."))
    return f"  # {'; '.join(found)}".replace("\n", " ") if found else ""


def _key(key: str) -> str:
    return key if INTEGER.fullmatch(key) else _text(key)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {_flow(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(child) for child in value) + "]"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _text(value: str) -> str:
    """Quote a text where strict YAML would not read it as itself."""
    traps = (BARE_WORDS, SEXAGESIMAL, OCTAL_LIKE, DECIMAL, DAY)
    plain = value.strip() == value and value not in ("", "true", "false", "null", "~")
    special = any(mark in value for mark in ":#{}[],&*!|>'\"%@`\n\\") or value[:1] in "-?=<"
    if plain and not special and not any(trap.fullmatch(value) for trap in traps):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
