"""The seal of a ledger: what it was when its run ended, kept beside it or elsewhere, to be compared by `verify`.

A chain cannot show that its tail was cut with the head edited, that all of it was written anew, or that a byte was
changed where no row is. A seal can: it holds the head, a digest of each table and, for a file, a digest of each page.
Two sums of each page's bytes go with the digest, so that one changed byte is found, and what it was.
"""

from __future__ import annotations

import hashlib
import json
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from ecomarket.errors import IntegrityError
from ecomarket.ledger.canon import canonical
from ecomarket.ledger.faults import fault, storage_fault
from ecomarket.ledger.pages import Pages, Use, page_size
from ecomarket.ledger.place import is_url
from ecomarket.ledger.store import reader
from ecomarket.ledger.store.places import reading
from ecomarket.ledger.store.schema import BLOCK_COLUMNS
from ecomarket.ledger.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from ecomarket.ledger.store.shelf import Shelf
    from ecomarket.ledger.tables import Row

SCHEMA: Final = "ecomarket.seal/1"
SEAL: Final = "ledger.seal.json"
"""The seal in a run's folder."""
STILL_OPEN: Final = "E745"
"""The code of the error that a ledger's file is still open, or was left so."""
BESIDE: Final = ("-wal", "-journal")
"""Files beside a ledger that change what SQLite reads from it."""
CHUNK_PAGES: Final = 256


class PageSeal(NamedTuple):
    """One page: 32 hex digits of its SHA-256, the sum of its bytes, and of each byte times its place (from 1)."""

    digest: str
    total: int
    moment: int


class FileSeal(NamedTuple):
    """One file: its length, its SHA-256, and its pages, with what each is for."""

    bytes: int
    sha256: str
    page_size: int
    pages: tuple[PageSeal, ...]
    uses: tuple[Use, ...]


class Seal(NamedTuple):
    """A whole ledger after event `events`, in block `blocks`, with hash `head`; `file` is None for a database server.

    `tables` gives the number of rows and the digest of each table.
    """

    head: str
    blocks: int
    events: int
    tables: Mapping[str, tuple[int, str]]
    file: FileSeal | None


def seal_path(ledger: Path) -> Path:
    """Return where the seal of a ledger file is kept: ledger.db has ledger.seal.json beside it."""
    return ledger.with_name(ledger.stem + ".seal.json")


def kept_seal(folder: Path, place: str | Path) -> Path | None:
    """Return the seal that a run's folder keeps of a ledger elsewhere, if any; a file's own seal is found beside it."""
    path = folder.joinpath(SEAL)
    return path if is_url(place) and path.exists() else None


def seal_ledger(place: str | Path, target: Path | None = None) -> Seal:
    """Seal a ledger (a file, or `URL#run`) and write the seal to `target`; None: beside the file.

    Raises RunError if the ledger cannot be read, is still being written, or the seal cannot be written.
    """
    made = take_seal(place)
    target = target or seal_path(Path(place))
    try:
        target.write_bytes(text_of(made))
    except OSError as error:
        raise storage_fault(target, error) from None
    return made


def take_seal(place: str | Path) -> Seal:
    """Return what the seal of a ledger says. Raises RunError if its file is still being written."""
    path = None if is_url(place) else Path(place)
    open_files = [name for name in beside(path) if name.stat().st_size] if path else []
    if open_files:
        raise fault(STILL_OPEN, path=open_files[0])
    with reading(place) as shelf:
        run = reader.run_row(shelf)
        names = ("run", "block", *(table.name for table in reader.tables(shelf)))
        tables = {name: table_digest(shelf, name) for name in names}
    file = _file_seal(path.read_bytes()) if path else None
    return Seal(run.head_hash.hex(), run.head_number, run.head_seq, tables, file)


def beside(path: Path) -> list[Path]:
    """Return the files beside a ledger that would change what is read from it."""
    places = [path.with_name(path.name + ending) for ending in BESIDE]
    return [p for p in places if p.exists()]


def table_digest(shelf: Shelf, name: str) -> tuple[int, str]:
    """Return the number of rows of a table and the SHA-256 over them, one line of JSON each, in order of the key."""
    if name == "run":
        return digest_of(reader.run_rows(shelf))
    if name == "block":
        return digest_of(tuple(getattr(b, column) for column in BLOCK_COLUMNS) for b in reader.blocks(shelf))
    return digest_of(reader.rows(shelf, TABLES[name]))


def digest_of(rows: Iterable[Row]) -> tuple[int, str]:
    """Return the number of rows and the SHA-256 over them; a BLOB counts by its own SHA-256.

    >>> digest_of([(1, "a")]) == (1, hashlib.sha256(b'[1, "a"]' + bytes([10])).hexdigest())
    True
    """
    h, count = hashlib.sha256(), 0
    for row in rows:
        h.update(json.dumps(row, default=_blob).encode() + b"\n")
        count += 1
    return count, h.hexdigest()


def _blob(value: bytes) -> dict[str, str]:
    return {"sha256": hashlib.sha256(value).hexdigest()}


def sums(pages: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the two sums [n, 2] of pages [n, bytes]."""
    places = np.arange(1, pages.shape[1] + 1)
    return np.stack([pages.sum(axis=1, dtype=np.int64), pages.astype(np.int64) @ places], axis=1)


def _file_seal(data: bytes) -> FileSeal:
    size = page_size(data)
    table = np.frombuffer(data, np.uint8).reshape(-1, size)
    pages: list[PageSeal] = []
    for first in range(0, len(table), CHUNK_PAGES):
        part = table[first : first + CHUNK_PAGES]
        pages += [
            PageSeal(page_digest(row.tobytes()), *both) for row, both in zip(part, sums(part).tolist(), strict=True)
        ]
    uses = tuple(Use(use.table, use.first, use.last) for use in Pages(data).uses)
    return FileSeal(len(data), hashlib.sha256(data).hexdigest(), size, tuple(pages), uses)


def page_digest(page: bytes) -> str:
    """Return the first 32 hex digits of a page's SHA-256."""
    return hashlib.sha256(page).hexdigest()[:32]


def text_of(seal: Seal) -> bytes:
    """Return the seal as the bytes of its file: JSON, its last entry the SHA-256 of the rest in canonical form."""
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "head": seal.head,
        "blocks": seal.blocks,
        "events": seal.events,
        "tables": {name: list(value) for name, value in seal.tables.items()},
    }
    if seal.file is not None:
        own = seal.file
        content["file"] = {
            "bytes": own.bytes,
            "sha256": own.sha256,
            "page_size": own.page_size,
            "pages": [f"{p.digest} {p.total} {p.moment}" for p in own.pages],
            "uses": _grouped(own.uses),
        }
    content["digest"] = hashlib.sha256(canonical(content)).hexdigest()
    return json.dumps(content, ensure_ascii=False, indent=0).encode() + b"\n"


def read_seal(path: Path) -> Seal:
    """Return the seal in the file at `path`. Raises RunError if there is none, IntegrityError if it was changed."""
    try:
        content = json.loads(path.read_bytes())
        told = content.pop("digest")
        if content["schema"] != SCHEMA or hashlib.sha256(canonical(content)).hexdigest() != told:
            raise IntegrityError(f"{path.name} does not match its own digest")
        tables = {name: (rows, digest) for name, (rows, digest) in content["tables"].items()}
        own = content.get("file")
        file = _file_of(own) if own else None
        return Seal(content["head"], content["blocks"], content["events"], tables, file)
    except OSError as error:
        raise fault("E753", path=path, why=error.strerror) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise IntegrityError(f"{path.name} is no seal: {error!r}") from error


def _file_of(own: dict[str, Any]) -> FileSeal:
    pages = [PageSeal(digest, int(total), int(moment)) for digest, total, moment in map(str.split, own["pages"])]
    uses = [Use(table, tuple(first), tuple(last)) for n, table, first, last in own["uses"] for _ in range(n)]
    return FileSeal(own["bytes"], own["sha256"], own["page_size"], tuple(pages), tuple(uses))


def _grouped(uses: Iterable[Use]) -> list[list[Any]]:
    """Return the uses with equal neighbours as one: [number of pages, table, first, last]."""
    return [[len(list(same)), use.table, list(use.first), list(use.last)] for use, same in groupby(uses)]
