"""The matrix of account rules: which kind of account may give, take or hold which right, and by which code.

The rules are data, matrix.toml, with the source of each. What no rule allows is refused when it is asked for, and found
(MATRIX) when it stands in a journal.

>>> from ecomarket.model.codes import AccountKind, TransferCode
>>> ALLOCATES, SELLS_BACK = (AccountKind.ISSUANCE, 15), (15, AccountKind.ISSUANCE)
>>> allows(TransferCode.ALLOCATION, *ALLOCATES, "water-right"), allows(TransferCode.ASSIGN, *SELLS_BACK, "water-right")
(True, False)
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, HoldReason, RecordKind, TransferCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

CASH_WORD: Final = "cash"
OTHER: Final = "other"
RIGHTS: Final = ("emission-permit", "carbon-allowance", "carbon-sink", "water-right", "green-certificate", OTHER)
WHATS: Final = (CASH_WORD, *RIGHTS)
PLACES: Final = len(SYSTEM_ACCOUNTS) + 1
"""Kinds of account: each system account is its own, all others are HOLDING, the last."""


class Matrix(NamedTuple):
    """Truth tables over (code or reason, debit kind, credit kind, what); True is allowed.

    transfer, frozen, suspended   [TransferCode, debit, credit, what]: at all, out of a frozen account, in a suspension
    trade                         [account, what]           hold   [HoldReason, account, what]
    """

    transfer: NDArray[np.bool_]
    frozen: NDArray[np.bool_]
    suspended: NDArray[np.bool_]
    trade: NDArray[np.bool_]
    hold: NDArray[np.bool_]


@cache
def rules() -> dict[str, list[dict[str, Any]]]:
    """Return the rules as they stand in matrix.toml: lists `transfer`, `trade` and `hold`."""
    return tomllib.loads((files(__package__) / "matrix.toml").read_text(encoding="utf-8"))


@cache
def matrix() -> Matrix:
    """Return the rules as truth tables."""
    shape = (max(TransferCode) + 1, PLACES, PLACES, len(WHATS))
    transfer, frozen, suspended = (np.zeros(shape, dtype=np.bool_) for _ in range(3))
    for rule in rules()["transfer"]:
        cells = np.ix_([TransferCode[rule["code"]]], _kinds(rule["debit"]), _kinds(rule["credit"]), _whats(rule))
        transfer[cells] = True
        frozen[cells] |= rule.get("frozen", False)
        suspended[cells] |= rule.get("suspended", False)
    trade = np.zeros((PLACES, len(WHATS)), dtype=np.bool_)
    for rule in rules()["trade"]:
        trade[np.ix_(_kinds(rule["accounts"]), _whats(rule))] = True
    hold = np.zeros((max(HoldReason) + 1, PLACES, len(WHATS)), dtype=np.bool_)
    for rule in rules()["hold"]:
        hold[np.ix_([HoldReason[r] for r in rule["reasons"]], _kinds(rule["accounts"]), _whats(rule))] = True
    return Matrix(transfer, frozen, suspended, trade, hold)


def allows(code: int, debit: int, credit: int, what: str, table: str = "transfer") -> bool:
    """Tell whether a transfer by `code` between two accounts may be; `what` is cash or the kind of a right.

    `table` frozen or suspended asks the same of a frozen debit account, or of a suspended market.
    """
    allowed = getattr(matrix(), table)
    return 0 <= code < len(allowed) and bool(allowed[code, place(debit), place(credit), what_number(what)])


def place(account: int) -> int:
    """Return the number of an account's kind: its own for a system account, the last for all others."""
    return min(account, PLACES - 1)


def what_number(what: str) -> int:
    """Return the number of cash or of a kind of right among WHATS."""
    return WHATS.index(what if what in WHATS else OTHER)


def broken_rows(records: NDArray[np.void], whats: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of records that no rule allows; `whats` gives the number of WHATS by instrument."""
    table = matrix()
    known = (records["instrument"] >= 0) & (records["instrument"] < len(whats)) & (records["account"] >= 0)
    found = []
    for kind in (RecordKind.TRANSFER, RecordKind.TRADE, RecordKind.HOLD):
        rows = np.flatnonzero(known & (records["kind"] == kind))
        r = records.take(rows)
        what, giver, taker = whats[r["instrument"]], _places(r["account"]), _places(r["counter"])
        if kind == RecordKind.TRADE:
            fine = table.trade[giver, what] & table.trade[taker, what]
        else:
            allowed = table.transfer if kind == RecordKind.TRANSFER else table.hold
            named = (r["code"] >= 0) & (r["code"] < len(allowed))
            code = np.where(named, r["code"], 0)
            fine = named & (
                allowed[code, giver, taker, what] if kind == RecordKind.TRANSFER else allowed[code, giver, what]
            )
        found.append(rows[~fine])
    return np.sort(np.concatenate(found))


def rows_for_people() -> Iterator[tuple[str, str, str, str, str]]:
    """Yield each rule as (code, debit, credit, what, source), in words of matrix.toml, for the manual."""
    for rule in rules()["transfer"]:
        marks = "".join(m for m, key in (("f", "frozen"), ("s", "suspended")) if rule.get(key))
        name = rule["code"] + (f" ({marks})" if marks else "")
        yield name, ", ".join(rule["debit"]), ", ".join(rule["credit"]), ", ".join(rule["what"]), rule["source"]
    for rule in rules()["trade"]:
        yield "trade", ", ".join(rule["accounts"]), ", ".join(rule["accounts"]), ", ".join(rule["what"]), rule["source"]
    for rule in rules()["hold"]:
        name = f"hold: {', '.join(rule['reasons'])}"
        yield name, ", ".join(rule["accounts"]), "", ", ".join(rule["what"]), rule["source"]


def _places(accounts: NDArray[np.int32]) -> NDArray[np.int64]:
    return np.minimum(accounts, PLACES - 1).astype(np.int64)


def _kinds(names: Iterable[str]) -> list[int]:
    return [place(AccountKind[name]) for name in names]


def _whats(rule: dict[str, Any]) -> list[int]:
    words = [w for name in rule["what"] for w in (RIGHTS if name == "units" else (name,))]
    return [WHATS.index(w) for w in words]
