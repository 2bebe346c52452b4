"""Find plug-ins: one file, one class, found by the file's name.

A package of plug-ins (`policies`, `agents.strategies`, ...) holds files; each file defines exactly
one concrete subclass of the package's base class, whose `kind` is the file's name with hyphens.
Third parties add their own through the entry-point group `ecomarket.<package>`, a user a file of his own for one
command (`PlugIns.take_in`).
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from traceback import extract_tb
from typing import TYPE_CHECKING, Any, Final

from ecomarket.errors import PlugInError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint, EntryPoints
    from pathlib import Path
    from types import CodeType, ModuleType


class PlugIns(Mapping[str, type[Any]]):
    """The plug-ins of a package by kind, in order of name, those of third parties last; each is read when asked for.

    Raises PlugInError if two are of one kind, and on asking for one that is not exactly one subclass of `base` named
    after its kind.
    """

    def __init__(self, package: str, base: type[Any]) -> None:
        self._package, self._base = package, base
        files = {info.name for info in pkgutil.iter_modules(importlib.import_module(package).__path__)}
        files -= {file for file in files if file.startswith("_") or f"{package}.{file}" == base.__module__}
        self._sources: dict[str, str | EntryPoint] = {file.replace("_", "-"): file for file in sorted(files)}
        for point in sorted(installed(package), key=lambda p: p.name):
            if point.name in self._sources:
                raise _fault(point, "there is one of this kind already", "已有同名插件")
            self._sources[point.name] = point
        self._read: dict[str, type[Any]] = {}
        self._files: dict[str, str] = {}
        """Digest of each file that was taken in, by kind."""

    def take_in(self, path: Path) -> str:
        """Make the plug-in in a user's file known to this process; return its kind, the file's name with hyphens.

        A file that has changed is read again. Raises PlugInError if it cannot be read or run, does not define exactly
        one plug-in of that kind, or the kind is one of those that are installed.
        """
        kind = path.stem.replace("_", "-")
        if kind in self._sources:
            raise PlugInError(
                f"{path}: '{kind}' is installed already; give the file another name",
                f"{path}：已安装名为“{kind}”的插件，请给文件另取名称",
            )
        try:
            text = path.read_bytes()
        except OSError as error:
            raise PlugInError(
                f"{path}: cannot be read: {error.strerror}", f"{path}：无法读取：{error.strerror}"
            ) from None
        digest = hashlib.sha256(text).hexdigest()
        if self._files.get(kind) != digest:
            found = _only_class(_module_of(path, f"{self._package}.{path.stem}"), self._base, path.stem)
            setattr(found, DIGEST, digest)
            self._read[kind], self._files[kind] = found, digest
        return kind

    def __getitem__(self, kind: str) -> type[Any]:
        """Return the plug-in of a kind, reading its file the first time."""
        if kind not in self._read:
            source = self._sources[kind]
            if isinstance(source, str):
                module = importlib.import_module(f"{self._package}.{source}")
                self._read[kind] = _only_class(module, self._base, source)
            else:
                self._read[kind] = _installed(source, self._base)
        return self._read[kind]

    def __contains__(self, kind: object) -> bool:
        """Tell whether there is a plug-in of a kind, installed or taken in, without reading it."""
        return kind in self._sources or kind in self._files

    def __iter__(self) -> Iterator[str]:
        """Go over the kinds that are installed, without reading what they name."""
        return iter(self._sources)

    def __len__(self) -> int:
        """Return how many are installed."""
        return len(self._sources)


@cache
def _all_installed() -> Any:
    return entry_points()


def installed(group: str) -> EntryPoints:
    """Return the entry points of a group; those of all packages are read once a process, a file each."""
    found: EntryPoints = _all_installed().select(group=group)
    return found


_FOUND: dict[str, PlugIns] = {}
DIGEST: Final = "__file_digest__"
_OWN: Final[set[str]] = set()
"""Files of the user's that were run as modules."""


def file_digest(plug_in: type[Any]) -> str:
    """Return the digest (64 hex digits) of the user's file that a plug-in was taken in from, "" for one installed."""
    return str(getattr(plug_in, DIGEST, ""))


def discover(package: str, base: type[Any]) -> PlugIns:
    """Return every plug-in of `package` by its kind; files are looked for once a process."""
    if package not in _FOUND:
        _FOUND[package] = PlugIns(package, base)
    return _FOUND[package]


def _fault(point: EntryPoint, what: str, what_zh: str) -> PlugInError:
    where = f"entry point '{point.name}' ({point.value})"
    return PlugInError(f"{where}: {what}", f"{where}：{what_zh}")


def _installed(point: EntryPoint, base: type[Any]) -> type[Any]:
    """Return what a third party's entry point names; it must be a subclass of `base` of that kind."""
    try:
        plug_in = point.load()
    except (ImportError, AttributeError) as error:
        raise _fault(point, f"cannot be imported: {error}", f"无法导入：{error}") from None
    if not (inspect.isclass(plug_in) and issubclass(plug_in, base) and getattr(plug_in, "kind", "") == point.name):
        wanted = f"{base.__name__} kind '{point.name}'"
        raise _fault(point, f"must be a {wanted}", f"须为 {wanted}")
    return plug_in


class _AsWritten(SourceFileLoader):
    """Compiles a file as it stands: bytecode that was kept is taken for the same if second and size are."""

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of the file."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def _module_of(path: Path, name: str) -> ModuleType:
    """Run a file of the user's as a module. Raises PlugInError with the line at which it failed."""
    spec = spec_from_file_location(name, path, loader=_AsWritten(name, str(path.absolute())))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    _OWN.add(str(spec.origin))
    sys.modules[name] = module  # typed fields are looked up there
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # noqa: BLE001  (whatever a user's file raises is told at its line)
        del sys.modules[name]
        own = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == spec.origin]
        line = error.lineno or 0 if isinstance(error, SyntaxError) else own[-1] if own else 0
        what = f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"
        raise PlugInError(f"{path}:{line}: cannot be run: {what}", f"{path}:{line}：无法执行：{what}") from None
    return module


def own_line(error: BaseException) -> str:
    """Return as file:line where an error last came through a file of the user's, "" if it came through none."""
    lines = [f"{frame.filename}:{frame.lineno}" for frame in extract_tb(error.__traceback__) if frame.filename in _OWN]
    return lines[-1] if lines else ""


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
            f"{module.__file__} must define exactly one {base.__name__} with kind '{kind}'",
            f"{module.__file__} 必须恰好定义一个 kind 为“{kind}”的 {base.__name__}",
        )
    return classes[0]
