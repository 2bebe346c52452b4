"""Read the parameters of plug-ins: kinds of rights, strategies, policies, processes of nature."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecomarket.model.quantity import kind
from ecomarket.scenario.findings import RULE
from ecomarket.scenario.nodes import Node
from ecomarket.scenario.plugs import AREAS, params_of, plug_ins
from ecomarket.scenario.references import Names, check_names
from ecomarket.scenario.schema.market import Right
from ecomarket.scenario.schema.people import Use
from ecomarket.scenario.schema.whole import Config, Process
from ecomarket.scenario.types import field_names

if TYPE_CHECKING:
    from pydantic import BaseModel

    from ecomarket.scenario.locate import Reader


@dataclass
class Plugged:
    """Typed parameters by where they belong."""

    rights: dict[str, BaseModel | None] = field(default_factory=dict)
    nature: dict[str, BaseModel | None] = field(default_factory=dict)
    strategies: dict[str, list[BaseModel | None]] = field(default_factory=dict)
    policies: list[tuple[str, BaseModel | None]] = field(default_factory=list)

    def into(self, config: Config) -> Config:
        """Return the scenario with every `params` filled in."""
        rights = {key: self._right(right, self.rights[key]) for key, right in config.rights.items()}
        nature = {k: p.model_copy(update={"params": self.nature[k]}) for k, p in config.nature.items()}
        groups = {}
        for key, group in config.participants.items():
            pairs = zip(group.strategies, self.strategies.get(key, []), strict=True)
            uses = [use.model_copy(update={"params": params}) for use, params in pairs]
            groups[key] = group.model_copy(update={"strategies": uses})
        return config.model_copy(update={"rights": rights, "nature": nature, "participants": groups})

    @staticmethod
    def _right(right: Right, params: BaseModel | None) -> Right:
        lot = plug_ins("rights")[right.kind].lot_of(params)
        own = {} if lot is None or "lot" in right.model_fields_set else {"lot": lot}
        return right.model_copy(update={"params": params, **own})


def without_plug_ins(tree: Node) -> Node:
    """Return the tree with only the language's own keys in rights, processes and strategies; nodes are shared."""
    if not tree.is_map:
        return tree
    own = dict(tree.value)
    for key, model in (("rights", Right), ("nature", Process)):
        if key in own and own[key].is_map:
            own[key] = _same_place(own[key], {k: _keep(n, model) for k, n in own[key].value.items()})
    groups = own.get("participants")
    if groups and groups.is_map:
        own["participants"] = _same_place(groups, {k: _group(n) for k, n in groups.value.items()})
    return _same_place(tree, own)


def _group(group: Node) -> Node:
    uses = group.get("strategies")
    if uses is None or not isinstance(uses.value, list):
        return group
    return _same_place(group, {**group.value, "strategies": _same_place(uses, [_keep(use, Use) for use in uses.value])})


def _keep(node: Node, model: type[BaseModel]) -> Node:
    names = field_names(model).keys() - {"params"}
    return _same_place(node, {k: n for k, n in node.value.items() if k in names}) if node.is_map else node


def _same_place(node: Node, value: Any) -> Node:
    return Node(value, node.place, node.key)


def read_plug_ins(tree: Node, names: Names, reader: Reader) -> Plugged:
    """Read every plug-in's parameters; unknown kinds and wrong parameters become findings."""
    read = _PlugInReader(names, reader)
    found = Plugged()
    for key, node in _entries(tree, "rights"):
        found.rights[key] = read.one("rights", node, "kind", Right)
    for key, node in _entries(tree, "nature"):
        found.nature[key] = read.one("nature", node, "kind", Process)
    for key, group in _entries(tree, "participants"):
        uses = group.get("strategies")
        entries = uses.value if uses and isinstance(uses.value, list) else []
        found.strategies[key] = [read.one("strategies", node, "name", Use) for node in entries]
    policies = tree.get("policies")
    seen: set[tuple[str, str]] = set()
    for entry in policies.value if policies and isinstance(policies.value, list) else ():
        found.policies.extend(read.policy(entry))
        for name, params in entry.value.items() if entry.is_map else ():
            right = params.get("right")
            case = (name, str(right.value) if right else "")
            if case in seen:
                reader.findings.add("W505", params.key or params.place, found=name)
            seen.add(case)
    return found


def _entries(tree: Node, key: str) -> list[tuple[str, Node]]:
    node = tree.get(key)
    return [(k, n) for k, n in node.value.items() if n.is_map] if node and node.is_map else []


class _PlugInReader:
    def __init__(self, names: Names, reader: Reader) -> None:
        self.names, self.reader = names, reader

    def plug_in(self, area: str, kind: Node) -> type[Any] | None:
        """Return the plug-in that a node names, or None after a finding."""
        options = plug_ins(area)
        if isinstance(kind.value, str) and kind.value in options:
            return options[kind.value]
        if kind.value is not None and not isinstance(kind.value, (dict, list)):
            word_en, word_zh = AREAS[area].word_en, AREAS[area].word_zh
            self.reader.findings.add(
                "E207", kind.place, found=kind.value, word=word_en, word_zh=word_zh, options=options
            )
        return None

    def one(self, area: str, node: Node, key: str, common: type[BaseModel]) -> BaseModel | None:
        """Read the parameters written beside the common keys of an entry."""
        kind = node if isinstance(node.value, str) else node.get(key)
        plug_in = self.plug_in(area, kind) if kind else None
        if plug_in is None or kind is None:
            return None
        params = params_of(plug_in)
        own, shared = field_names(params), field_names(common)
        entries = node.value if isinstance(node.value, dict) else {}
        nested = entries.get("params")
        mine = {k: n for k, n in entries.items() if (k in own or k not in shared) and k != key}
        if nested is not None and nested.is_map and "params" not in own:
            mine |= nested.value
        mine = {k: n for k, n in mine.items() if k != "params" or "params" in own}
        return self.read(params, Node(mine, node.place, node.key), kind.value, set(shared) - {"params"})

    def policy(self, entry: Node) -> list[tuple[str, BaseModel | None]]:
        """Read an entry of the list of policies, a map of one name to its parameters."""
        if isinstance(entry.value, str):  # refused already for its form; a slip in the name is told with it
            self.plug_in("policies", entry)
            return []
        if not entry.is_map or len(entry.value) != 1:
            self.reader.findings.add("E111", entry.place, expected=RULE, found=kind(entry.plain()))
            return []
        name, params = next(iter(entry.value.items()))
        plug_in = self.plug_in("policies", Node(name, params.key or params.place))
        if plug_in is None:
            return []
        if params.value is None:
            params = Node({}, params.place, params.key)
        if not params.is_map:
            self.reader.findings.add("E111", params.place, expected="map of parameters", found=str(params.value))
            return []
        return [(name, self.read(params_of(plug_in), params, name, set()))]

    def read(self, model: type[BaseModel], node: Node, what: str, shared: set[str]) -> BaseModel | None:
        """Read a plug-in's parameters and check the names in them."""
        notes = {k: n for k, n in node.value.items() if k in ("source", "note") and k not in field_names(model)}
        node = Node({k: n for k, n in node.value.items() if k not in notes}, node.place, node.key)
        found = self.reader.read(model, node, what=what, also=shared)
        check_names(model, node, self.names, self.reader)
        return found
