"""What a program gives: the wrong kind of thing is told, with what is expected and an example, not by a TypeError."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any, Final

from ecomarket.errors import UserError
from ecomarket.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SHOWN_MAX: Final = 60
"""Signs of what was given that are shown; of anything longer, the name of its type."""


def wrong(name: str, given: object, kind: str) -> UserError:
    """Return the error (E965) of an argument that is not what `given_<kind>` of i18n/authoring.toml expects."""
    shown = repr(given)
    if len(shown) > SHOWN_MAX or "\n" in shown:
        shown = type(given).__name__
    said = [
        f"E965 {tr('authoring.E965', lang, name=name, found=shown, expected=tr(f'authoring.given_{kind}', lang))}"
        for lang in ("en", "zh")
    ]
    return UserError(*said)


def one_of(name: str, given: Any, options: Sequence[str]) -> str:
    """Return a word that is one of some. Raises UserError (E941)."""
    if given not in options:
        said = {"name": name, "found": repr(given), "options": ", ".join(options) or "–"}
        raise UserError(*(f"E941 {tr('authoring.E941', lang, **said)}" for lang in ("en", "zh")))
    return str(given)


def place(name: str, given: Any, kind: str = "path") -> str | Path:
    """Return a path, or a name, as it was given. Raises UserError (E965) for anything else."""
    if not isinstance(given, (str, PathLike)) or isinstance(given, bytes):
        raise wrong(name, given, kind)
    return given  # type: ignore[return-value]


def texts(name: str, given: Any, kind: str = "") -> tuple[str, ...]:
    """Return what was given as several texts: one alone is one of it, not its letters. Raises UserError (E965).

    >>> texts("measures", "price.vwap"), texts("measures", ["a", "b"])
    (('price.vwap',), ('a', 'b'))
    """
    found = (given,) if isinstance(given, str) else several(name, given, kind or name)
    if not all(isinstance(one, str) for one in found):
        raise wrong(name, given, kind or name)
    return found


def several(name: str, given: Any, kind: str = "") -> tuple[Any, ...]:
    """Return a list, or whatever may stand for one, as a tuple. Raises UserError (E965)."""
    if not isinstance(given, Iterable) or isinstance(given, (str, bytes, Mapping)):
        raise wrong(name, given, kind or name)
    return tuple(given)
