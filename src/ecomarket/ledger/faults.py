"""What goes wrong with the place of a ledger, as errors with a code and words in zh and en (i18n/runs.toml)."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ecomarket.errors import IdempotencyConflictError, ResimulationError, RunError, StorageError
from ecomarket.i18n import LANGUAGES, tr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ABSENT: Final = "absent"
"""The code of an error that says nothing but that there is no ledger."""
FULL: Final = "E701"
UNWRITABLE: Final = "E702"
LOCKED: Final = "E703"
DEVICE: Final = "E704"
DAMAGED: Final = "E705"

_OF_SQLITE: Final = {
    "SQLITE_FULL": FULL,
    "SQLITE_READONLY": UNWRITABLE,
    "SQLITE_CANTOPEN": UNWRITABLE,
    "SQLITE_PERM": UNWRITABLE,
    "SQLITE_BUSY": LOCKED,
    "SQLITE_LOCKED": LOCKED,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_IOERR": DEVICE,
}
"""Codes by SQLite's primary result code; extended codes begin with its name."""
_OF_SYSTEM: Final = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EFBIG: FULL, errno.EIO: DEVICE}


class Words(NamedTuple):
    """The same in both languages, to be put into a sentence."""

    en: str
    zh: str


def words(name: str, **values: Any) -> Words:
    """Return an entry of i18n/runs.toml."""
    return Words(tr(f"runs.{name}", "en", **values), tr(f"runs.{name}", "zh", **values))


def words_of(code: str, **values: Any) -> tuple[str, str]:
    """Return (en, zh) of a code of i18n/runs.toml, the code before each; a value may be Words."""
    said = {}
    for lang in LANGUAGES:
        own = {name: getattr(value, lang) if isinstance(value, Words) else value for name, value in values.items()}
        said[lang] = f"{code} {tr(f'runs.{code}', lang, **own)}"
    return said["en"], said["zh"]


def fault(code: str, path: str | Path = "", **values: Any) -> RunError:
    """Return the error of a run, or of its ledger, that cannot be used as was asked."""
    return RunError(*words_of(code, path=path, **values), code)


def absent(path: str | Path) -> RunError:
    """Return the error that says nothing but that there is no ledger."""
    return RunError(*words_of("E731", path=path), ABSENT)


def unwritten(path: str | Path, what: str, why: object) -> RunError:
    """Return the error of what cannot be written into a ledger: `block 7`, or a part that i18n/runs.toml names."""
    number = what.removeprefix("block ")
    part = words("part.block", number=number) if number != what else words(f"part.{what}")
    return fault("E732", path=path, what=part, why=why)


def unfound(what: str, code: str, near: Sequence[str]) -> RunError:
    """Return the error of an account, an instrument or a zone that the ledger does not know."""
    hint = words("near", codes=", ".join(near)) if near else ""
    return fault("E749", what=words(f"what.{what}"), name=code, near=hint)


def is_of_storage(error: object) -> bool:
    """Tell whether an error of SQLite's driver is about the place of the file rather than about what is written."""
    return _code_of(error) is not None


def unread(path: str | Path, error: object) -> RunError:
    """Return why SQLite cannot read the file at `path`.

    It is a StorageError where that says nothing about the file: the disk is full, somebody has locked it, we may not.
    """
    code = _code_of(error)
    if code in (FULL, DEVICE):
        return storage_fault(path, error)
    if code in (UNWRITABLE, LOCKED):
        return StorageError(*words_of("E734", path=path, why=error), "E734")
    return fault("E734", path=path, why=error)


def storage_fault(path: str | Path, error: object) -> StorageError:
    """Return what an error of the operating system or of the database's driver means for the file at `path`."""
    if isinstance(error, OSError):
        code, why = _OF_SYSTEM.get(error.errno or 0, UNWRITABLE), error.strerror or str(error)
    else:
        code, why = _code_of(error) or DEVICE, str(error)
    return StorageError(*words_of(code, path=path, why=why), code)


def _code_of(error: object) -> str | None:
    """Return the code for what SQLite's driver says of the place of a file, None if it says nothing of it."""
    name = str(getattr(error, "sqlite_errorname", ""))
    return next((code for known, code in _OF_SQLITE.items() if name.startswith(known)), None)


def difference(path: str | Path, what: str, stored: object, found: object) -> RunError:
    """Return why a run cannot go on: `what` (a field of the manifest) is not what it was."""
    return fault("E710", path=path, what=words(f"what.{what}"), stored=_short(stored), found=_short(found))


def parted(code: str, path: str | Path, seq: int, **values: Any) -> ResimulationError:
    """Return the finding that a run done again parts from its ledger at event `seq`."""
    return ResimulationError(seq, *words_of(code, path=path, seq=seq, **values))


def conflict(sender_id: str) -> IdempotencyConflictError:
    """Return the refusal of a command whose id came before with other arguments."""
    return IdempotencyConflictError(*words_of("E720", id=sender_id))


def _short(value: object) -> str:
    text = str(value)
    return f"{text[:12]}..." if len(text) > 32 else text
