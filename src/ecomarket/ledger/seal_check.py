"""Compare a ledger with its seal: pages of the file by digest, then tables. Only a page that differs is read."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecomarket.errors import IntegrityError
from ecomarket.ledger.block import LENGTH_BYTES
from ecomarket.ledger.pages import HEADER_BYTES, Pages, values_of
from ecomarket.ledger.seal import PageSeal, beside, page_digest, sums, table_digest
from ecomarket.ledger.store.places import finding_damage
from ecomarket.ledger.store.schema import BLOCK_COLUMNS
from ecomarket.ledger.tables import TABLES
from ecomarket.model.codes import RecordKind
from ecomarket.model.record import RECORD

if TYPE_CHECKING:
    from pathlib import Path

    from ecomarket.ledger.findings import Notebook
    from ecomarket.ledger.pages import Place
    from ecomarket.ledger.seal import FileSeal, Seal
    from ecomarket.ledger.store.shelf import Shelf

READ_PAGES = 1024
_EVENT_TABLES = {name for name, table in TABLES.items() if table.names[0] == "seq"}


class Change(NamedTuple):
    """One byte of a page that is not as sealed: its place in the page, what it was and what it is."""

    offset: int
    was: int
    now: int


def check_file(path: Path, own: FileSeal, notes: Notebook) -> bool:
    """Compare the file at `path` with its seal and return whether it is the same, to the byte."""
    for other in beside(path):
        notes.add("SEAL", what="SEAL-BESIDE", file=other.name)
    size = path.stat().st_size
    same = size == own.bytes
    if not same:
        notes.add("PAGE", what="PAGE-COUNT", bytes=size, sealed=own.bytes)
    if same and _same_digest(path, own):
        return not beside(path)
    check_pages(path.read_bytes(), own, notes)
    return False


def _same_digest(path: Path, own: FileSeal) -> bool:
    h = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(own.page_size * READ_PAGES):
            h.update(part)
    return h.hexdigest() == own.sha256


def check_pages(data: bytes, own: FileSeal, notes: Notebook) -> None:
    """Find each page of `data` that differs from its seal; name the row or event where one changed byte belongs."""
    size = own.page_size
    pages = [data[at : at + size] for at in range(0, len(data), size)]
    bad = [
        number
        for number, (page, sealed) in enumerate(zip(pages, own.pages, strict=False))
        if page_digest(page) != sealed.digest
    ]
    restored = bytearray(data)
    changes = {
        number: change for number in bad if (change := find_change(pages[number], own.pages[number])) is not None
    }
    for number, change in changes.items():
        restored[number * size + change.offset] = change.was
    sealed_pages = Pages(bytes(restored)) if changes and len(data) == own.bytes else None
    for number in bad:
        change = changes.get(number)
        if change is None or sealed_pages is None:
            _tell_page(number, own, notes)
        else:
            _tell_byte(number, change, sealed_pages, notes)


def find_change(page: bytes, sealed: PageSeal) -> Change | None:
    """Return which one byte of a page was changed, None if it was more than one.

    The sums say by how much and where; the digest proves that the page with the byte put back is the page that was
    sealed.
    """
    total, moment = sums(np.frombuffer(page, np.uint8)[np.newaxis])[0].tolist()
    by = total - sealed.total
    place, rest = divmod(moment - sealed.moment, by) if by else (0, 1)
    if rest or not 1 <= place <= len(page) or not 0 <= page[place - 1] - by <= 255:
        return None
    was = page[place - 1] - by
    if page_digest(page[: place - 1] + bytes([was]) + page[place:]) != sealed.digest:
        return None
    return Change(place - 1, was, page[place - 1])


def _tell_page(number: int, own: FileSeal, notes: Notebook) -> None:
    use = own.uses[number]
    if not use.first:
        notes.add("PAGE", use.table, what="PAGE-WHOLE", page=number + 1)
        return
    first, last = ("/".join(map(str, key)) for key in (use.first, use.last))
    notes.add("PAGE", use.table, use.first, page=number + 1, first=first, last=last)


def _tell_byte(number: int, change: Change, pages: Pages, notes: Notebook) -> None:
    place = pages.place(number + 1, change.offset)
    values = {"page": number + 1, "byte": number * pages.size + change.offset, "was": change.was, "now": change.now}
    seq = event_at(pages, place)
    what = "PAGE-EVENT" if seq else "PAGE-ROW" if place.key else "PAGE-SPACE"
    if number == 0 and change.offset < HEADER_BYTES:
        what = "PAGE-HEADER"
    notes.add("PAGE", place.table, place.key, seq, what=what, **values)


def event_at(pages: Pages, place: Place) -> int:
    """Return the number of the event to whose record or payload a byte belongs, 0 if it belongs to none."""
    if place.table in _EVENT_TABLES and place.key:
        return int(place.key[0])
    if place.table != "block" or place.cell is None or place.offset < 0:
        return 0
    record = pages.record(place.home, place.cell)
    _, first_seq, n, _, _, _, body = values_of(record, len(BLOCK_COLUMNS))
    at = place.offset - (len(record) - len(body))
    if at < 0:
        return 0
    if at < n * RECORD.itemsize:
        return int(first_seq) + at // RECORD.itemsize
    records = np.frombuffer(body, RECORD, n)
    end = n * RECORD.itemsize
    for seq in records["seq"][records["kind"] == RecordKind.NOTE].tolist():
        end += LENGTH_BYTES + int.from_bytes(body[end : end + LENGTH_BYTES], "little")
        if at < end:
            return int(seq)
    return 0


def check_contents(shelf: Shelf, seal: Seal, notes: Notebook, strange: set[str]) -> None:
    """Compare each table with its sealed digest, but for those whose schema is `strange`."""
    for name, (rows, digest) in seal.tables.items():
        if name in strange:
            continue
        try:
            with finding_damage():
                found = table_digest(shelf, name)
        except IntegrityError as error:
            notes.add("FILE", message=f"{name}: {error}")
            continue
        if found != (rows, digest):
            notes.add("SEAL", name, what="SEAL-TABLE", rows=found[0], sealed=rows)
