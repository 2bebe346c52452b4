"""Write trades.csv, book.csv, refusals.csv and snapshots.csv as the replay goes."""

from __future__ import annotations

import csv
from contextlib import ExitStack
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ecomarket.errors import UserError
from ecomarket.i18n import tr
from ecomarket.model.codes import Side
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import Any, Self

    from numpy.typing import NDArray

    from ecomarket.replay.live import Live, Print

HEADERS: Final = {
    "trades": ("time", "price", "lots", "buy_order", "sell_order", "aggressor"),
    "book": ("side", "price", "order", "account", "lots"),
    "refusals": ("time", "order", "code", "message"),
}
SNAPSHOTS: Final = "snapshots"
SIDE_WORDS: Final = {int(Side.NONE): "", int(Side.BUY): "buy", int(Side.SELL): "sell"}


@lru_cache(maxsize=65_536)
def price_text(cash: int) -> str:
    """Write a price in CNY a lot exactly, with two to four decimals.

    >>> price_text(415_000), price_text(415_050)
    ('41.50', '41.505')
    """
    whole, rest = divmod(cash, CASH_PER_YUAN)
    decimals = f"{rest:04d}"
    return f"{whole}.{decimals[:2]}{decimals[2:].rstrip('0')}"


class Tables:
    """The files of one replay, in one folder; files of an earlier replay there are written over.

    Use as a context manager. Raises UserError if the folder cannot be written, or an input would be written over.
    """

    def __init__(self, folder: Path, inputs: Sequence[Path], lang: str, *, snapshots: bool = False) -> None:
        self._stack = ExitStack()
        self._rows: dict[str, Any] = {}
        paths = {name: folder / f"{name}.csv" for name in (*HEADERS, *([SNAPSHOTS] if snapshots else []))}
        taken = {path.resolve() for path in inputs}
        for path in paths.values():
            if path.resolve() in taken:
                raise UserError(tr("replay.own_input", lang, file=path))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, path in paths.items():
                file = self._stack.enter_context(path.open("w", encoding="utf-8", newline=""))
                self._rows[name] = csv.writer(file, lineterminator="\n")
        except OSError as wrong:
            self._stack.close()
            raise UserError(f"{wrong.filename}: {wrong.strerror}") from None
        for name, header in HEADERS.items():
            self._rows[name].writerow(header)

    def __enter__(self) -> Self:
        """Return the tables, open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the files."""
        self._stack.close()

    def trades(self, rows: Iterable[tuple[str, Print]]) -> None:
        """Write trades, each with the time as the file wrote it."""
        self._rows["trades"].writerows(
            (time, price_text(p.price), p.lots, p.buy, p.sell, SIDE_WORDS[p.aggressor]) for time, p in rows
        )

    def refusal(self, time: str, order: str, code: str, message: str) -> None:
        """Write one refusal."""
        self._rows["refusals"].writerow((time, order, code, message))

    def book(self, resting: NDArray[Any], orders: dict[int, Live]) -> None:
        """Write what rests, in the order in which it would trade."""
        columns = (resting[name].tolist() for name in ("side", "price", "order", "lots"))
        self._rows["book"].writerows(
            (SIDE_WORDS[side], price_text(price), orders[number].name, orders[number].owner, lots)
            for side, price, number, lots in zip(*columns, strict=True)
        )

    def snapshot(self, row: Sequence[int]) -> None:
        """Write one row in LOBSTER's layout."""
        self._rows[SNAPSHOTS].writerow(row)
