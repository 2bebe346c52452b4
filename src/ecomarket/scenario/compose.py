"""Put a scenario together: the file, what it extends, what `--set` overrides and what `--rule` adds."""

from __future__ import annotations

from os.path import normpath
from pathlib import Path
from typing import TYPE_CHECKING

from ecomarket.scenario.added import POLICIES, added_rule, is_added, remember
from ecomarket.scenario.findings import nearest
from ecomarket.scenario.library import bases, locate, shipped
from ecomarket.scenario.nodes import Node, Place
from ecomarket.scenario.text import beside, is_file, parse, read_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.scenario.findings import Findings

OVERRIDE = "--set"
NAMED_LISTS = {"policies": None, "strategies": "name"}
"""Lists whose entries have a name: policies by their only key, strategies by `name`."""
NAMED_MAPS = ("rights", "venues", "participants", "nature", "abatement", "outside", "observed")
"""Parts of a scenario whose keys are names that the scenario gives."""


def compose(path: Path, overrides: Sequence[str], findings: Findings) -> Node | None:
    """Return the whole tree of a scenario, or None after findings."""
    tree = _with_base(path, findings, (), None)
    if tree is not None and overrides:
        findings.remember(OVERRIDE, "\n".join(overrides))
        remember(overrides, findings)
        for index, override in enumerate(overrides, 1):
            (_add if is_added(override) else _override)(tree, override, index, findings)
    if tree is not None:
        _drop_nulls(tree)
    return tree


def _drop_nulls(node: Node, *, keep: bool = False) -> None:
    """Leave out keys without a value; a policy without parameters stays, with its defaults."""
    if node.is_map and not keep:
        node.value = {key: child for key, child in node.value.items() if child.value is not None}
    for key, child in node.value.items() if node.is_map else ():
        if key == "policies" and isinstance(child.value, list):
            for entry in child.value:
                _drop_nulls(entry, keep=True)
        else:
            _drop_nulls(child)
    for child in node.value if isinstance(node.value, list) else ():
        _drop_nulls(child)


def _with_base(path: Path, findings: Findings, chain: tuple[Path, ...], place: Place | None) -> Node | None:
    if place is not None and not is_file(path):
        findings.add("E208", place, found=str(path), options=_instead_of(path, place))
        return None
    real = path.resolve()
    if real in chain:
        names = " -> ".join(p.name for p in (*chain[chain.index(real) :], real))
        findings.add("E209", place or Place(str(path)), found=names)
        return None
    text = read_text(path, findings, place)
    tree = parse(text, str(path), findings) if text is not None else None
    if tree is None:
        if text is not None and not findings.errors:
            findings.add("E113", Place(str(path), 1, 1))
        return None
    if not tree.is_map:
        findings.add("E113" if tree.value is None else "E114", Place(str(path), 1, 1))
        return None
    return _on_its_base(tree, path, findings, (*chain, real))


def compose_part(tree: Node, path: Path, findings: Findings) -> Node | None:
    """Return a scenario written inside another file, on what it extends; None after findings."""
    whole = _on_its_base(tree, path, findings, (path.resolve(),))
    if whole is not None:
        _drop_nulls(whole)
    return whole


def _on_its_base(tree: Node, path: Path, findings: Findings, chain: tuple[Path, ...]) -> Node | None:
    base = tree.value.pop("extends", None)
    if base is None:
        return tree
    if not isinstance(base.value, str):
        findings.add("E111", base.text_place(), expected="text", found="no file name")
        return None
    below = _with_base(_extended(path, base.value), findings, chain, base.place)
    if below is None:
        return None
    _check_taken_out(below, tree, findings)
    return merge(below, tree)


def _check_taken_out(base: Node, over: Node, findings: Findings) -> None:
    """Find what `over` takes out by `null` and `base` has not: a wrong name, or a policy meant to be added."""
    for part in (*NAMED_MAPS, "policies"):
        above = over.get(part)
        if above is None or not isinstance(above.value, (dict, list)):
            continue
        entries = [above] if above.is_map else [entry for entry in above.value if entry.is_map]
        for key, child in [item for entry in entries for item in entry.value.items()]:
            if child.value is None:
                _check_is_there(base, part, key, child.key or child.place, findings)


def _check_is_there(base: Node, part: str, key: str, place: Place, findings: Findings) -> None:
    """Find that a part of `base` has nothing of a name that is to be taken out."""
    below = base.get(part)
    names = _names(below, part) if below is not None else []
    if key not in names:
        findings.add("E215", place, found=key, where=part, options=_near(key, names))


def _near(name: str, names: list[str]) -> list[str]:
    """Return the names if one of them is near: otherwise the advice of the code's own entry says more."""
    return names if nearest(name, names) else []


def _extended(path: Path, name: str) -> Path:
    """Return the file that `extends: name` in the file `path` means: one beside it, else a shipped scenario's."""
    own = Path(normpath(path.parent / name))
    return own if is_file(own) or name not in shipped() else locate(name)[0]


def _instead_of(path: Path, place: Place) -> list[str]:
    """Return what may have been meant by a path that is not there; never the file that says it."""
    own = Path(place.file)
    near = [name for name in beside(path, "*.yaml") if path.with_name(name) != own]
    library = bases()
    meant = [name for name in library if name in (path.stem, path.parent.name)]
    return near if nearest(str(path), near) else meant or [*near, *library]


def merge(base: Node, over: Node, name: str = "") -> Node:
    """Return `base` changed by `over`: maps merge, lists replace, named lists merge by name, null removes.

    A map that states a value (`value:`) or another `kind:` replaces the one below as a whole.
    """
    if isinstance(base.value, list) and isinstance(over.value, list) and name in NAMED_LISTS:
        return Node(_merge_named(base.value, over.value, name), over.place, over.key)
    if not (base.is_map and over.is_map) or _states_value(base) or _states_value(over) or _other_kind(base, over):
        return over
    found = dict(base.value)
    for key, child in over.value.items():
        if child.value is None:
            found.pop(key, None)
        else:
            found[key] = merge(found[key], child, key) if key in found else child
    return Node(found, over.place, over.key)


def _states_value(node: Node) -> bool:
    """Tell whether a map is a value with notes beside it; `value` may also be the name of a group or a venue."""
    return "value" in node.value and not node.value["value"].is_map


def _other_kind(base: Node, over: Node) -> bool:
    kinds = [node.value["kind"].value for node in (base, over) if "kind" in node.value]
    return len(kinds) == 2 and kinds[0] != kinds[1]


def entry_name(entry: Node, list_name: str) -> str:
    """Return the name of an entry of a named list, or ""."""
    if not entry.is_map:
        return entry.value if isinstance(entry.value, str) else ""
    field = NAMED_LISTS[list_name]
    if field is None:
        return next(iter(entry.value), "")
    return str(entry.value[field].value) if field in entry.value else ""


def _merge_named(base: list[Node], over: list[Node], list_name: str) -> list[Node]:
    found: list[Node | None] = list(base)
    for entry in over:
        name = entry_name(entry, list_name)
        at = next((i for i, below in enumerate(base) if name and _same_entry(below, entry, name, list_name)), -1)
        if at < 0:
            found.append(entry)
        elif list_name == "policies" and entry.is_map and entry.value[name].value is None:
            found = [None if e is not None and entry_name(e, list_name) == name else e for e in found]
        else:
            below = found[at]
            found[at] = merge(below, entry) if below is not None else entry
    return [entry for entry in found if entry is not None]


def _same_entry(below: Node, over: Node, name: str, list_name: str) -> bool:
    """Tell whether two entries are one: the same name and, where the upper one names a right, the same right."""
    if entry_name(below, list_name) != name or not (below.is_map and over.is_map):
        return entry_name(below, list_name) == name
    path = (name, "right") if list_name == "policies" else ("right",)
    rights = [node.get(*path) for node in (below, over)]
    return rights[1] is None or (rights[0] is not None and rights[0].value == rights[1].value)


def _add(tree: Node, text: str, index: int, findings: Findings) -> None:
    """Add a rule to the policies; one of its kind (and right) that is there already gets the parameters said."""
    entry = added_rule(text, index, findings)
    own = tree.get(POLICIES)
    if entry is None or (own is not None and not isinstance(own.value, (list, type(None)))):
        return
    standing = own if own is not None and own.value is not None else Node([], entry.place, entry.place)
    tree.value[POLICIES] = merge(standing, Node([entry], standing.place, standing.key), POLICIES)


def _override(tree: Node, text: str, index: int, findings: Findings) -> None:
    """Carry out one `a.b.c=value`."""
    path, equals, raw = text.partition("=")
    whole = Place(OVERRIDE, index, 1, len(text))
    if not equals or not path.strip() or any(not part for part in path.strip().split(".")):
        findings.add("E120", whole, found=text)
        return
    padding = "\n" * (index - 1) + " " * (len(path) + 1)
    value = parse(padding + raw, OVERRIDE, findings) if raw.strip() else Node(None, whole)
    if value is None:
        return
    parts = path.strip().split(".")
    node, name = tree, ""
    key = Place(OVERRIDE, index, 1, len(path))
    if value.value is None and len(parts) == 2 and parts[0] in (*NAMED_MAPS, "policies"):
        _check_is_there(tree, parts[0], parts[1], key, findings)
    for part in parts[:-1]:
        step = None if _is_slip(node, part, name) else _step(node, part, name, key)
        if step is None:
            findings.add("E121", key, found=part, options=_names(node, name))
            return
        node, name = step, part
    _assign(node, parts[-1], name, value, key, findings)


def _names(node: Node, name: str) -> list[str]:
    if isinstance(node.value, list):
        return [entry_name(e, name) if name in NAMED_LISTS else str(i) for i, e in enumerate(node.value)]
    return list(node.value) if node.is_map else []


def _is_slip(node: Node, part: str, name: str) -> bool:
    """Tell whether a part is nearly the name of something there: nobody adds `permit-markt` key by key."""
    return name in NAMED_MAPS and node.is_map and part not in node.value and nearest(part, node.value) != ""


def _step(node: Node, part: str, name: str, key: Place) -> Node | None:
    """Go down one part; a map that is not there yet is made, an entry of a list must be there."""
    if isinstance(node.value, list):
        if part.isdigit():
            return node.get(part)
        if name not in NAMED_LISTS:
            return None
        entry = next((e for e in node.value if entry_name(e, name) == part), None)
        return entry.value[part] if entry is not None and entry.is_map and NAMED_LISTS[name] is None else entry
    if not node.is_map:
        return None
    child: Node | None = node.value.get(part)
    if child is None or child.value is None:
        child = node.value[part] = Node({}, key, key)
    return child if isinstance(child.value, (dict, list)) else None


def _assign(node: Node, part: str, name: str, value: Node, key: Place, findings: Findings) -> None:
    if isinstance(node.value, list) and part.isdigit() and int(part) < len(node.value):
        node.value[int(part)] = value
        return
    if isinstance(node.value, list) and name == "policies":
        node.value[:] = [e for e in node.value if entry_name(e, name) != part]
        if value.value is not None:
            value.key = key
            node.value.append(Node({part: value}, value.place, key))
        return
    if not node.is_map:
        findings.add("E121", key, found=part, options=_names(node, name))
        return
    old = node.value.get(part)
    if old is not None and old.is_map and "unit" in old.value and not value.is_map:
        findings.add("W506", value.place, found=old.value["unit"].value, name=part)
    value.key = key
    if value.value is None:
        node.value.pop(part, None)
    else:
        node.value[part] = value
