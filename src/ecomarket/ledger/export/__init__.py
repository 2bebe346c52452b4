"""A ledger for other programs: sorted, the same bytes whenever it is written, in the memory of a few thousand rows.

In: an open ledger, a form, a folder. Out: one file a table, or one Beancount file.

columns.py    records, trades, balances and postings as chunks of columns
write.py      a table as CSV, JSON lines or Parquet
beancount.py  every posting as a Beancount transaction, with the balances asserted at the end
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.ledger.export.beancount import write_beancount
from ecomarket.ledger.export.columns import TABLES
from ecomarket.ledger.export.write import WRITERS
from ecomarket.ledger.faults import storage_fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ecomarket.ledger.query import Ledger

__all__ = ["TABLES", "export"]


def export(ledger: Ledger, form: str, out: Path, tables: Sequence[str] = tuple(TABLES)) -> Iterator[tuple[Path, int]]:
    """Write the tables of an open ledger into folder `out` and yield each file with its number of rows.

    form    csv, jsonl, parquet, or beancount (one file of all postings, whatever `tables` says)
    Raises RunError if the folder cannot be written, or pyarrow is missing for parquet.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        if form == "beancount":
            path = out.joinpath("ledger.beancount")
            yield path, write_beancount(ledger, path)
            return
        for name in tables:
            path = out.joinpath(f"{name}.{form}")
            table = TABLES[name]
            yield path, WRITERS[form](path, table.columns, table.chunks(ledger))
    except OSError as error:
        raise storage_fault(error.filename or out, error) from None
