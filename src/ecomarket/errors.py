"""The whole error tree.

EcomarketError
├── UserError                 what the user can mend; shown as one message, exit code 2
│   ├── ScenarioError         carries every Diagnostic of a scenario at once
│   ├── PlugInError           a plug-in file breaks the one-file-one-class rule, or is unknown
│   ├── RunError              a run folder is missing, locked, or belongs to something else
│   │   └── StorageError      the place of a ledger fails: full, read-only, locked, damaged; every commit stands
│   ├── UnknownMeasureError   a measure, or a column of one, that there is not
│   └── IdempotencyConflictError   a command's id came before with other arguments
├── LedgerError               a command the ledger must refuse (carries a Refusal code)
├── IntegrityError            the ledger does not verify; exit code 4
│   └── ResimulationError     a run done again makes other events than its ledger holds; exit code 1
└── InternalError             our fault; exit code 3
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


class EcomarketError(Exception):
    """Base of every error that ecomarket raises on purpose; `message_zh` is the message in Chinese, "" if none."""

    exit_code = 3

    def __init__(self, message: str = "", message_zh: str = "") -> None:
        self.message_zh = message_zh
        super().__init__(message)

    def __reduce__(self) -> tuple[Any, ...]:
        """Come out of another process as it went in: what is given to a class's constructor is not what it keeps."""
        return _made_again, (type(self), self.args, self.__dict__)

    def text(self, lang: str) -> str:
        """Return the message in `lang` ("zh" or "en"), in English where there is no other."""
        return self.message_zh if lang == "zh" and self.message_zh else str(self)


def _made_again(kind: type[EcomarketError], args: tuple[Any, ...], told: dict[str, Any]) -> EcomarketError:
    """Make an error again from what it keeps."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(told)
    return error


class UserError(EcomarketError):
    """A mistake the user can mend: says where, what, and what the options are."""

    exit_code = 2


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One finding about a scenario file; sorts by place.

    `message` and `help` are English; `_zh` the same in Chinese. `severity` is "error" or "warning"; `line` and
    `column` count from 1, 0 means the whole file.
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    help: str = ""
    excerpt: str = ""
    width: int = 1
    severity: str = "error"
    message_zh: str = ""
    help_zh: str = ""

    def __str__(self) -> str:
        """Return `file:line:col: CODE message`."""
        return f"{self.file}:{self.line}:{self.column}: {self.code} {self.message}"


class ScenarioError(UserError):
    """Every error found in one scenario, all at once."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(diagnostics))
        super().__init__("\n".join(str(d) for d in self.diagnostics))


class PlugInError(UserError):
    """A plug-in is unknown, or its file does not define exactly one class of its name."""


class RunError(UserError):
    """A run folder cannot be read, written, or identified; `code` is a key of i18n/runs.toml, "" if it has none."""

    def __init__(self, message: str, message_zh: str = "", code: str = "") -> None:
        self.code = code
        super().__init__(message, message_zh)


class StorageError(RunError):
    """The place where a ledger lives cannot take or give it; what was committed stands."""


class UnknownMeasureError(UserError):
    """A measure is named, or a column of one, that there is not."""


class IdempotencyConflictError(UserError):
    """A command carries the id of an earlier one with other arguments."""


class LedgerError(EcomarketError):
    """The ledger refused a command; `refusal` is a model.codes.Refusal."""

    def __init__(self, refusal: int, message: str) -> None:
        self.refusal = refusal
        super().__init__(message)


class IntegrityError(EcomarketError):
    """A ledger does not verify."""

    exit_code = 4


class ResimulationError(IntegrityError):
    """A run done again from the start makes another event `seq` than its ledger holds."""

    exit_code = 1

    def __init__(self, seq: int, message: str, message_zh: str) -> None:
        self.seq = seq
        super().__init__(message, message_zh)


class InternalError(EcomarketError):
    """A promise of the program to itself is broken: a bug."""
