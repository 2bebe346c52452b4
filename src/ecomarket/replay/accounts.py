"""Read the opening holdings of accounts: columns account, cash (CNY), units (lots)."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from ecomarket.replay.rows import price_of, whole_of
from ecomarket.replay.words import RowError, fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ecomarket.exchange.alone import Name

COLUMNS: Final = ("account", "cash", "units")


def read_accounts(path: Path) -> dict[Name, tuple[int, int]]:
    """Return cash units and lots by account. Raises ScenarioError at the first row that cannot be used."""
    found: dict[Name, tuple[int, int]] = {}
    lines: dict[str, int] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, skipinitialspace=True, strict=True)
            for name in COLUMNS:
                if name not in (reader.fieldnames or ()):
                    raise fault(path, 1, "E116", found=name, header=",".join(reader.fieldnames or ()))
            for row in reader:
                name, line = row["account"], reader.line_num
                if name in found:
                    raise fault(path, line, "E104", found=name, line=lines[name])
                found[name] = _amount(path, line, row["cash"], price_of), _amount(path, line, row["units"], whole_of)
                lines[name] = line
    except OSError:
        raise fault(path, 0, "E100", found=path) from None
    except UnicodeDecodeError as wrong:
        raise fault(path, 0, "E101", found=f"0x{wrong.object[wrong.start]:02x}") from None
    except csv.Error as wrong:
        raise fault(path, 0, "E117", problem=wrong) from None
    return found


def _amount(path: Path, line: int, text: str | None, read: Callable[[str], int]) -> int:
    try:
        amount = read(text or "")
    except RowError as wrong:
        raise fault(path, line, wrong.code, wrong.options, **wrong.values) from None
    if amount < 0:
        raise fault(path, line, "E303", found=text, expected=">= 0")
    return amount
