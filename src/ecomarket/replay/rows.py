"""Read an order file row by row: what each row says, or why it cannot be read."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn, TypeVar

from ecomarket.replay.times import TimeReader
from ecomarket.replay.words import RowError, fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import TextIO

    from ecomarket.errors import ScenarioError

R = TypeVar("R")
COLUMNS: Final = ("time", "action", "order", "account", "side", "price", "lots", "kind", "tif", "shown", "expire")
NEEDED: Final = ("time", "action", "order", "side", "price", "lots")
ACTIONS: Final = ("new", "cancel", "replace")
SIDES: Final = {"buy": 1, "sell": 2}
KINDS: Final = {"limit": 0, "market": 1, "": 0}
TIFS: Final = {"day": 0, "ioc": 1, "fok": 2, "post": 3, "gtc": 4, "gtd": 5, "": 0}
MARKET: Final = 1
GTD: Final = 5
NUMBER_MAX: Final = 2**62
"""Numbers of a row lie below this; the exchange's own limits are tighter."""
DIGITS_MAX: Final = 19
"""Digits that such a number has at most; Python itself refuses to turn thousands of them into a number."""
HEADER_MAX: Final = 100
"""Characters of a wrong header that are told again."""
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Characters that no spreadsheet writes and no reader shows; a name with one would not be found again."""
PLACES: Final = 4
"""Decimals of a price: cash units are 1/10,000 CNY."""


class OrderRow(NamedTuple):
    """A row that can be sent: `t` and `expire_t` microseconds, `price` cash a lot; `line` counts from 1.

    `day` changes where the date does, `end_t` is when it is over; 0 where times have no date.
    side, kind, tif are codes of model.codes.
    """

    line: int
    time: str
    day: int
    end_t: int
    t: int
    action: str
    order: str
    account: str
    side: int
    price: int
    lots: int
    kind: int
    tif: int
    shown: int
    expire_t: int


class BadRow(NamedTuple):
    """A row that cannot be read: its line, its time and order as written, and why."""

    line: int
    time: str
    order: str
    error: RowError


@lru_cache(maxsize=65_536)
def price_of(text: str) -> int:
    """Return a price in cash units a lot, exactly. Raises RowError E111, or PRICE_OFF_TICK if it is finer.

    >>> price_of("41.505")
    415050
    """
    whole, _, decimals = text.removeprefix("-").partition(".")
    if not (whole + decimals).isdigit() or not (whole + decimals).isascii():
        raise RowError("E111", expected="number", found=f"'{text}'")
    if decimals.rstrip("0")[PLACES:]:
        raise RowError("PRICE_OFF_TICK")
    whole = whole.lstrip("0")
    if len(whole) > DIGITS_MAX:
        raise RowError("PRICE_OUTSIDE_BAND")
    cash = int(whole or 0) * 10**PLACES + int(decimals[:PLACES].ljust(PLACES, "0"))
    if cash >= NUMBER_MAX:
        raise RowError("PRICE_OUTSIDE_BAND")
    return -cash if text.startswith("-") else cash


@lru_cache(maxsize=65_536)
def whole_of(text: str) -> int:
    """Return a whole number. Raises RowError E111, or LOTS_ABOVE_MAXIMUM beyond 2^62."""
    digits = text.removeprefix("-")
    if not digits.isdigit() or not digits.isascii():
        raise RowError("E111", expected="whole number", found=f"'{text}'")
    digits = digits.lstrip("0") or "0"
    if len(digits) > DIGITS_MAX or int(digits) >= NUMBER_MAX:
        raise RowError("LOTS_ABOVE_MAXIMUM")
    return -int(digits) if text.startswith("-") else int(digits)


def one_of(text: str, options: dict[str, int]) -> int:
    """Return the code of a word. Raises RowError E115 with the options."""
    try:
        return options[text]
    except KeyError:
        raise RowError("E115", [word for word in options if word], found=text) from None


def missing(name: str) -> NoReturn:
    """Say that a cell is empty that may not be. Raises RowError E112."""
    raise RowError("E112", found=name)


class LineByLine:
    """Gives a CSV reader one line a row: a quote left open spoils its own row, not all that follow."""

    def __init__(self, file: TextIO) -> None:
        self.number = 0
        self.text = ""
        self.given = False
        self._file = file

    def __iter__(self) -> LineByLine:
        """Return itself, as iterators do."""
        return self

    def __next__(self) -> str:
        """Return the next line. Raises csv.Error if the row before wants a second one."""
        if self.given:
            raise csv.Error('"')
        self.given = True
        self.number += 1
        self.text = next(self._file)
        return self.text


class CellReader:
    """Reads the rows of a CSV file as texts, in bounded memory; `fault` is set where reading had to stop."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self.path = path
        self.fault: ScenarioError | None = None
        self.ends_clean = ends_clean(path)
        self._lines = LineByLine(file)
        self._rows = csv.reader(self._lines, skipinitialspace=True, strict=True)

    def __iter__(self) -> Iterator[tuple[int, list[str] | RowError]]:
        """Yield (line, cells without spaces round them), or (line, what is wrong with the row's shape).

        Rows without a word, as spreadsheets leave them at the end, are left out.
        """
        lines = self._lines
        while True:
            lines.given = False
            try:
                cells = [cell.strip() for cell in next(self._rows)]
            except StopIteration:
                return
            except UnicodeDecodeError as wrong:
                line = lines.number + wrong.object[: wrong.start].count(b"\n")  # it is decoded piece by piece
                self.fault = fault(self.path, line, "E101", found=f"0x{wrong.object[wrong.start]:02x}")
                return
            except csv.Error as wrong:
                yield lines.number, RowError("E117", problem=str(wrong))
                continue
            if control := CONTROL.search(lines.text):
                yield lines.number, RowError("E608", found=f"U+{ord(control[0]):04X}")
            elif any(cells):
                yield lines.number, cells

    def header(self, needed: Iterable[str], columns: Iterable[str]) -> list[str]:
        """Return the first row, the names of the columns.

        Raises ScenarioError if there is none, one of `needed` is not there, or one of `columns` is there twice.
        """
        row = next(iter(self), None)
        if self.fault:
            raise self.fault
        if row is None:
            raise fault(self.path, 1, "E113")
        line, header = row
        if isinstance(header, RowError):
            raise fault(self.path, line, header.code, **header.values)
        for name in needed:
            if name not in header:
                raise fault(self.path, line, "E116", found=name, header=",".join(header)[:HEADER_MAX])
        for name in columns:
            if header.count(name) > 1:
                raise fault(self.path, line, "E104", found=name, line=line)
        return header

    def whole(self, rows: Iterable[R | BadRow]) -> Iterator[R | BadRow]:
        """Yield the rows; a last one that has no line end and cannot be read is a file cut off: `fault` says so."""
        held: BadRow | None = None
        for row in rows:
            if held:
                yield held
                held = None
            if isinstance(row, BadRow):
                held = row
            else:
                yield row
        if held and not self.ends_clean:
            self.fault = fault(self.path, held.line, "E606")
        elif held:
            yield held


def ends_clean(path: Path) -> bool:
    """Tell whether a file is empty or ends with the end of a line."""
    with path.open("rb") as file:
        if not file.seek(0, 2):
            return True
        file.seek(-1, 2)
        return file.read(1) in (b"\n", b"\r")


class RowReader:
    """Reads the rows of an order file.

    A last row without its line end that cannot be read is a file cut off: reading stops there and `fault` says so.
    Raises ScenarioError if the header cannot be used.
    """

    def __init__(self, path: Path, file: TextIO) -> None:
        self.cells = CellReader(path, file)
        self._times = TimeReader()
        self._last = 0
        self.header = self.cells.header(NEEDED, COLUMNS)
        self._at = {name: self.header.index(name) if name in self.header else -1 for name in COLUMNS}

    @property
    def unread(self) -> list[str]:
        """Return the columns of the file that are not read."""
        return [name for name in self.header if name not in COLUMNS]

    def texts(self) -> Iterator[tuple[int, list[str] | RowError]]:
        """Yield (line, cells or what is wrong); one cell more, empty, stands for columns that are not there."""
        width = len(self.header)
        for line, cells in self.cells:
            if isinstance(cells, RowError):
                yield line, cells
            elif len(cells) != width:
                yield line, RowError("E118", found=len(cells), expected=width)
            else:
                cells.append("")
                yield line, cells

    def place(self, name: str) -> int:
        """Return where a column's cell stands in a row of `texts`."""
        return self._at[name]

    def __iter__(self) -> Iterator[OrderRow | BadRow]:
        """Yield the rows in order; a row that cannot be read changes nothing, not even the clock."""
        return self.cells.whole(self._read(line, cells) for line, cells in self.texts())

    def _read(self, line: int, cells: list[str] | RowError) -> OrderRow | BadRow:
        if isinstance(cells, RowError):
            return BadRow(line, "", "", cells)
        try:
            return self._row(line, cells)
        except RowError as wrong:
            return BadRow(line, cells[self._at["time"]], cells[self._at["order"]], wrong)

    def _row(self, line: int, cells: list[str]) -> OrderRow:
        at = self._at
        time, action, order = cells[at["time"]], cells[at["action"]], cells[at["order"]]
        ns, day, end = self._times.read(time)
        if ns < self._last:
            raise RowError("E602", found=time)
        if action not in ACTIONS:
            raise RowError("E115", ACTIONS, found=action)
        if not order:
            missing("order")
        account = cells[at["account"]]
        side = price = lots = kind = tif = shown = expire_t = 0
        if action == "new":
            side = one_of(cells[at["side"]], SIDES)
            kind = one_of(cells[at["kind"]], KINDS)
            tif = one_of(cells[at["tif"]], TIFS)
            shown = whole_of(cells[at["shown"]] or "0")
        if action != "cancel":
            expire_t = self._expire(cells[at["expire"]], tif)
            price = 0 if kind == MARKET else price_of(cells[at["price"]] or missing("price"))
            lots = whole_of(cells[at["lots"]] or missing("lots"))
        self._last = ns
        return OrderRow(
            line, time, day, end // 1000, ns // 1000, action, order, account, side, price, lots, kind, tif, shown,
            expire_t,
        )  # fmt: skip

    def _expire(self, text: str, tif: int) -> int:
        if tif == GTD and not text:
            missing("expire")
        return self._times.read(text).ns // 1000 if text else 0
