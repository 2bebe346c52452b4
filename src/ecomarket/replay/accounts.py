"""Read the opening holdings of accounts: columns account, cash (CNY), units (lots)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.replay.rows import CellReader, missing, price_of, whole_of
from ecomarket.replay.run import opened
from ecomarket.replay.setup import SHOWN
from ecomarket.replay.words import RowError, fault
from ecomarket.replay.writing import price_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ecomarket.exchange.alone import Name

COLUMNS: Final = ("account", "cash", "units")
AMOUNT_MAX: Final = 2**60
"""Most cash units (1.1e14 CNY), and most lots, that all accounts of a file open with together."""


def read_accounts(path: Path) -> dict[Name, tuple[int, int]]:
    """Return cash units and lots by account. Raises ScenarioError at the first row that cannot be used."""
    found: dict[Name, tuple[int, int]] = {}
    lines: dict[str, int] = {}
    left = [AMOUNT_MAX, AMOUNT_MAX]
    with opened(path) as file:
        reader = CellReader(path, file)
        header = reader.header(COLUMNS, COLUMNS)
        at = [header.index(name) for name in COLUMNS]
        for line, cells in reader:
            try:
                name, amounts = _row(cells, at, len(header), left)
            except RowError as wrong:
                raise fault(path, line, wrong.code, wrong.options, **wrong.values) from None
            if name in found:
                raise fault(path, line, "E104", found=name, line=lines[name])
            found[name], lines[name] = amounts, line
        if reader.fault:
            raise reader.fault
    return found


def _row(cells: list[str] | RowError, at: list[int], width: int, left: list[int]) -> tuple[str, tuple[int, int]]:
    """Return an account and its amounts, taken off what is `left`. Raises RowError."""
    if isinstance(cells, RowError):
        raise cells
    if len(cells) != width:
        raise RowError("E118", found=len(cells), expected=width)
    name, cash, units = (cells[place] for place in at)
    amounts = _amount(cash, price_of, price_text, left[0]), _amount(units, whole_of, str, left[1])
    left[:] = (limit - amount for limit, amount in zip(left, amounts, strict=True))
    return name or missing("account"), amounts


def _amount(text: str, read: Callable[[str], int], write: Callable[[int], str], most: int) -> int:
    try:
        amount = read(text)
    except RowError as wrong:
        if wrong.code == "PRICE_OFF_TICK":  # the words of an order's price do not fit an account's cash
            raise RowError("E303", found=text[:SHOWN], expected="n x 0.0001") from None
        if not wrong.code.startswith("E"):
            raise RowError("E303", found=text[:SHOWN], expected=f"<= {write(most)}") from None
        raise
    if amount < 0:
        raise RowError("E303", found=text, expected=">= 0")
    if amount > most:
        raise RowError("E303", found=text, expected=f"<= {write(most)}")
    return amount
