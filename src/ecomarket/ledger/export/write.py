"""A table written as CSV, JSON lines or Parquet: chunk by chunk, the same bytes each time."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ecomarket.ledger.export.columns import CHUNK_ROWS, Words
from ecomarket.ledger.faults import fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from ecomarket.ledger.export.columns import Chunk

SAFE: Final = 2**53
"""Above this a reader of JSON may round an integer; it is written as text."""


def write_csv(path: Path, columns: Mapping[str, bool], chunks: Iterable[Chunk]) -> int:
    """Write a table as CSV in UTF-8 with a line of names, and return the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for chunk in chunks:
            rows = list(_rows(chunk))
            writer.writerows(rows)
            count += len(rows)
    return count


def write_jsonl(path: Path, columns: Mapping[str, bool], chunks: Iterable[Chunk]) -> int:
    """Write a table as one JSON object a line, and return the number of rows."""
    count = 0
    names = list(columns)
    with path.open("w", encoding="utf-8", newline="") as file:
        for chunk in chunks:
            for row in _rows(chunk):
                entry = dict(zip(names, map(_safe, row), strict=True))
                file.write(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n")
                count += 1
    return count


def write_parquet(path: Path, columns: Mapping[str, bool], chunks: Iterable[Chunk]) -> int:
    """Write a table as Parquet, one row group a chunk, and return the number of rows.

    Raises RunError if pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415  (an extra: most runs do without)
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise fault("E752") from None
    text = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema([(name, text if is_text else pa.int64()) for name, is_text in columns.items()])
    words = [name for name, is_text in columns.items() if is_text]
    count = 0
    # numbers seldom repeat: a dictionary of them doubles the time; batches of 1,024 rows, as usual, cost a tenth of it
    options = {"use_dictionary": words, "write_batch_size": CHUNK_ROWS}
    with parquet.ParquetWriter(path, schema, **options) as writer:
        for chunk in chunks:
            told = map(_distinct, chunk)
            arrays = [
                pa.DictionaryArray.from_arrays(pa.array(c.at, pa.int32()), pa.array(c.words, pa.string()))
                if isinstance(c, Words)
                else pa.array(c)
                for c in told
            ]
            table = pa.Table.from_arrays(arrays, schema=schema)
            writer.write_table(table)
            count += table.num_rows
    return count


def _distinct(column: NDArray[np.int64] | Words) -> NDArray[np.int64] | Words:
    """Return the column with every word once: of a dictionary with two alike pyarrow writes memory it never set."""
    if not isinstance(column, Words):
        return column
    place = {word: k for k, word in enumerate(dict.fromkeys(column.words))}
    return Words(np.array([place[w] for w in column.words], dtype=np.int64)[column.at], list(place))


def _rows(chunk: Chunk) -> Iterator[tuple[Any, ...]]:
    return zip(*(_plain(column) for column in chunk), strict=True)


def _plain(column: Any) -> list[Any]:
    if isinstance(column, Words):
        words = column.words
        return [words[k] for k in column.at.tolist()]
    values: list[Any] = column.tolist()
    return values


def _safe(value: int | str) -> int | str:
    return str(value) if isinstance(value, int) and abs(value) > SAFE else value


WRITERS: Final[Mapping[str, Callable[[Path, Mapping[str, bool], Iterable[Chunk]], int]]] = {
    "csv": write_csv,
    "jsonl": write_jsonl,
    "parquet": write_parquet,
}
"""How a table is written, by form."""
