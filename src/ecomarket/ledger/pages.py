"""Read a SQLite file page by page, from its bytes alone: which table and which rows a page, or one byte of it, holds.

Follows https://www.sqlite.org/fileformat2.html, sections 1.3 (header), 1.5 (free list), 1.6 (b-trees), 2.1 (records).
Reads what SQLite itself would refuse, because only one page is looked at at a time; changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

HEADER_BYTES: Final = 100
SCHEMA: Final = "sqlite_schema"
INTERIOR_INDEX, INTERIOR_TABLE, LEAF_INDEX, LEAF_TABLE = 2, 5, 10, 13
_INTERIOR: Final = (INTERIOR_INDEX, INTERIOR_TABLE)
_INDEX: Final = (INTERIOR_INDEX, LEAF_INDEX)
_INTEGER_BYTES: Final = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
_KEYS: Final = 2
"""A table without rowids has a key of two columns at most here (balance: account, instrument)."""

Key = tuple[Any, ...]


class Use(NamedTuple):
    """What a page is for: rows `first` to `last` of `table`, in a b-tree or as the rest of one long row.

    `table` is "" for a page that nothing uses; `first` is () where a page holds no row. `start` is where the page's
    part of a long row begins, -1 for a page of a b-tree.
    """

    table: str = ""
    first: Key = ()
    last: Key = ()
    start: int = -1


class Cell(NamedTuple):
    """One cell: its bytes [at, end) in the page, its row's key, how long the row is and how much of it is here."""

    at: int
    end: int
    key: Key
    size: int
    local: int
    payload: int
    overflow: int


class Place(NamedTuple):
    """Where a byte belongs: to row `key` of `table` (() if to none), `offset` bytes into that row's record, or -1.

    The row's cell is `cell` on page `home`.
    """

    table: str = ""
    key: Key = ()
    offset: int = -1
    home: int = 0
    cell: Cell | None = None


class Pages:
    """The pages of one file. Pages count from 1.

    uses    what each page is for, at its number less one
    long    rows that do not fit their page: table and key -> page and cell where they begin
    names   objects of the schema by rowid
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = page_size(data)
        self.usable = self.size - data[20]
        self.uses = [Use()] * (len(data) // self.size)
        self.long: dict[tuple[str, Key], tuple[int, Cell]] = {}
        self.names: dict[Key, str] = {}
        for name, root in self._roots():
            self._walk(name, root)

    def place(self, page: int, offset: int) -> Place:
        """Return what byte `offset` of page number `page` belongs to."""
        use = self.uses[page - 1]
        if use.start >= 0:
            home, cell = self.long[use.table, use.first]
            row = use.start + offset - 4
            mine = row < cell.size
            return self._named(use.table, cell, home, row if offset >= 4 else -1) if mine else Place(use.table)
        if not use.table:
            return Place()
        pointers, cells = self._cells(page)
        for number, cell in enumerate(cells):
            mine = pointers + 2 * number <= offset < pointers + 2 * number + 2
            if mine or cell.at <= offset < cell.end:
                return self._named(use.table, cell, page, -1 if mine else max(offset - cell.payload, -1))
        return Place(use.table)

    def record(self, home: int, cell: Cell) -> bytes:
        """Return the whole record of the row that begins in `cell` of page `home`."""
        at = (home - 1) * self.size + cell.payload
        parts = [self.data[at : at + cell.local]]
        for number, _ in self._chain(cell):
            parts.append(self.data[(number - 1) * self.size + 4 : (number - 1) * self.size + self.usable])
        return b"".join(parts)[: cell.size]

    def _named(self, table: str, cell: Cell, home: int, offset: int) -> Place:
        key = (self.names.get(cell.key, ""),) if table == SCHEMA and cell.key else cell.key
        return Place(table, key, offset, home, cell)

    def _roots(self) -> Iterator[tuple[str, int]]:
        """Yield the name and root page of each b-tree; the schema's own comes first."""
        yield SCHEMA, 1
        for page in range(1, len(self.uses) + 1):
            if self.uses[page - 1].table != SCHEMA or self._type(page) != LEAF_TABLE:
                continue
            for cell in self._cells(page)[1]:
                _, name, _, root = values_of(self.record(page, cell), 4)
                self.names[cell.key] = str(name)
                if isinstance(root, int) and root:
                    yield str(name), root

    def _type(self, page: int) -> int:
        return self.data[(page - 1) * self.size + (HEADER_BYTES if page == 1 else 0)]

    def _walk(self, name: str, root: int) -> None:
        """Note what each page of a b-tree is for, each once, whatever a damaged pointer says."""
        waiting = [root]
        while waiting:
            page = waiting.pop()
            kind = self._type(page) if 0 < page <= len(self.uses) else 0
            if kind not in (*_INTERIOR, LEAF_INDEX, LEAF_TABLE) or self.uses[page - 1].table:
                continue
            base = (page - 1) * self.size
            if kind in _INTERIOR:
                _, cells = self._cells(page)
                head = base + (HEADER_BYTES if page == 1 else 0)
                waiting.append(int.from_bytes(self.data[head + 8 : head + 12], "big"))
                waiting += [int.from_bytes(self.data[base + c.at : base + c.at + 4], "big") for c in reversed(cells)]
            self._note(name, page, kind)

    def _note(self, name: str, page: int, kind: int) -> None:
        at = self._pointers(page)
        if not len(at) or kind == INTERIOR_TABLE:
            self.uses[page - 1] = Use(name)
            return
        ends = [self._cell(page, int(at[0]), kind), self._cell(page, int(at[-1]), kind)]
        self.uses[page - 1] = Use(name, ends[0].key, ends[1].key)
        first = np.frombuffer(self.data, np.uint8)[(page - 1) * self.size + at + (4 if kind in _INTERIOR else 0)]
        for place in at[first > 127].tolist():
            cell = self._cell(page, place, kind)
            if not cell.overflow:
                continue
            self.long[name, cell.key] = page, cell
            for number, start in self._chain(cell):
                self.uses[number - 1] = Use(name, cell.key, cell.key, start)

    def _chain(self, cell: Cell) -> Iterator[tuple[int, int]]:
        """Yield the pages that hold the rest of a long row, and where in the row each begins."""
        page, start = cell.overflow, cell.local
        for _ in self.uses:
            if not 0 < page <= len(self.uses) or start >= cell.size:
                return
            yield page, start
            base = (page - 1) * self.size
            page, start = int.from_bytes(self.data[base : base + 4], "big"), start + self.usable - 4

    def _pointers(self, page: int) -> NDArray[np.int64]:
        """Return where the cells of a b-tree page begin, in order of key; those outside the page are left out."""
        head = (page - 1) * self.size + (HEADER_BYTES if page == 1 else 0)
        count = int.from_bytes(self.data[head + 3 : head + 5], "big")
        begin = head + (12 if self.data[head] in _INTERIOR else 8)
        count = min(count, (page * self.size - begin) // 2)
        at = np.frombuffer(self.data, ">u2", count, begin).astype(np.int64)
        return at[at < self.usable]

    def _cells(self, page: int) -> tuple[int, list[Cell]]:
        """Return where in the page the array of pointers begins, and the cells."""
        kind = self._type(page)
        begin = (HEADER_BYTES if page == 1 else 0) + (12 if kind in _INTERIOR else 8)
        return begin, [self._cell(page, at, kind) for at in self._pointers(page).tolist()]

    def _cell(self, page: int, at: int, kind: int) -> Cell:
        base = (page - 1) * self.size
        place = base + at + (4 if kind in _INTERIOR else 0)
        if kind == INTERIOR_TABLE:
            _, place = varint(self.data, place)
            return Cell(at, place - base, (), 0, 0, place - base, 0)
        size, place = varint(self.data, place)
        key: Key = ()
        if kind == LEAF_TABLE:
            rowid, place = varint(self.data, place)
            key = (rowid,)
        local = self._local(size, kind)
        end = place + local
        if kind in _INDEX:
            key = tuple(values_of(self.data[place:end], _KEYS))
        overflow = int.from_bytes(self.data[end : end + 4], "big") if local < size else 0
        return Cell(at, end - base + (4 if local < size else 0), key, size, local, place - base, overflow)

    def _local(self, size: int, kind: int) -> int:
        """Return how many bytes of a row of `size` bytes stay in its page (file format, section 1.6)."""
        usable = self.usable
        most = usable - 35 if kind == LEAF_TABLE else (usable - 12) * 64 // 255 - 23
        if size <= most:
            return size
        least = (usable - 12) * 32 // 255 - 23
        part = least + (size - least) % (usable - 4)
        return part if part <= most else least


def page_size(data: bytes) -> int:
    """Return the page size that a file's header names; 4096 where it names none that can be."""
    size = int.from_bytes(data[16:18], "big")
    size = 65_536 if size == 1 else size
    return size if size >= 512 and size & (size - 1) == 0 else 4096


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the variable-length integer at `at` and where it ends (file format, section 1.6).

    >>> varint(bytes([0x81, 0x00]), 0)
    (128, 2)
    """
    value = 0
    for place in range(at, min(at + 8, len(data))):
        value = value << 7 | data[place] & 127
        if data[place] < 128:
            return value, place + 1
    last = data[at + 8] if at + 8 < len(data) else 0
    value = value << 8 | last
    return value - (1 << 64) if value >> 63 else value, at + 9


def values_of(record: bytes, count: int) -> list[Any]:
    """Return the first `count` values of a record, None where it has no more (file format, section 2.1)."""
    values: list[Any] = []
    end, at = varint(record, 0)
    body = end
    while at < end and len(values) < count:
        kind, at = varint(record, at)
        size = (kind - 12) // 2 if kind >= 12 else _INTEGER_BYTES[kind] if 0 <= kind < 10 else 0
        raw = record[body : body + size]
        body += size
        if kind >= 12:
            values.append(raw if kind % 2 == 0 else raw.decode(errors="replace"))
        else:
            values.append(
                kind - 8 if kind in (8, 9) else None if kind == 0 else int.from_bytes(raw, "big", signed=True)
            )
    return values + [None] * (count - len(values))
