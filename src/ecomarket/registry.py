"""Find plug-ins: one file, one class, found by the file's name.

A package of plug-ins (`policies`, `agents.strategies`, ...) holds files; each file defines exactly
one concrete subclass of the package's base class, whose `kind` is the file's name with hyphens.
Third parties add their own through the entry-point group `ecomarket.<package>`.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from difflib import get_close_matches
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from ecomarket.errors import PlugInError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.metadata import EntryPoint
    from types import ModuleType

_FOUND: dict[tuple[str, type[Any]], dict[str, type[Any]]] = {}
"""What was found: reading what is installed takes longer than a month of a small run."""


def discover(package: str, base: type[Any]) -> dict[str, type[Any]]:
    """Return every plug-in of `package` by its kind, in order of name; files are looked for once a process.

    Raises PlugInError if a file does not define exactly one subclass of `base` named after it.
    """
    if (package, base) not in _FOUND:
        _FOUND[package, base] = _look_for(package, base)
    return dict(_FOUND[package, base])


def _look_for(package: str, base: type[Any]) -> dict[str, type[Any]]:
    parent = importlib.import_module(package)
    found: dict[str, type[Any]] = {}
    for info in sorted(pkgutil.iter_modules(parent.__path__), key=lambda m: m.name):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package}.{info.name}")
        if getattr(module, "PLUG_IN", True):
            found[info.name.replace("_", "-")] = _only_class(module, base, info.name)
    for point in sorted(entry_points(group=package), key=lambda p: p.name):
        found[point.name] = _installed(point, base, found)
    return found


def _installed(point: EntryPoint, base: type[Any], found: Mapping[str, type[Any]]) -> type[Any]:
    """Return what a third party's entry point names; it must be a subclass of `base` of that kind, and the only one."""
    where = f"entry point '{point.name}' ({point.value})"
    try:
        plug_in = point.load()
    except (ImportError, AttributeError) as error:
        raise PlugInError(f"{where} cannot be imported: {error}", f"{where} 无法导入：{error}") from None
    if not (inspect.isclass(plug_in) and issubclass(plug_in, base) and getattr(plug_in, "kind", "") == point.name):
        wanted = f"{base.__name__} kind '{point.name}'"
        raise PlugInError(f"{where} must be a {wanted}", f"{where} 须为 {wanted}")
    if point.name in found:
        raise PlugInError(f"{where}: there is one of this kind already", f"{where}：已有同名插件")
    return plug_in


def find(package: str, base: type[Any], kind: str) -> type[Any]:
    """Return the plug-in called `kind`, or raise PlugInError with the options."""
    plug_ins = discover(package, base)
    if kind in plug_ins:
        return plug_ins[kind]
    near = get_close_matches(kind, plug_ins, n=1)
    what, options = package.rsplit(".", 1)[-1], ", ".join(plug_ins)
    hint, hint_zh = (f"; did you mean '{near[0]}'?", f"；是否为“{near[0]}”？") if near else ("", "")
    raise PlugInError(
        f"unknown {what} '{kind}'{hint} options are: {options}", f"{what} 中没有“{kind}”{hint_zh} 可选：{options}"
    )


def _only_class(module: ModuleType, base: type[Any], name: str) -> type[Any]:
    classes = [
        c
        for _, c in inspect.getmembers(module, inspect.isclass)
        if issubclass(c, base) and c is not base and c.__module__ == module.__name__
    ]
    kind = name.replace("_", "-")
    if len(classes) != 1 or getattr(classes[0], "kind", None) != kind:
        raise PlugInError(
            f"{module.__name__} must define exactly one {base.__name__} with kind '{kind}'",
            f"{module.__name__} 必须恰好定义一个 kind 为“{kind}”的 {base.__name__}",
        )
    return classes[0]
