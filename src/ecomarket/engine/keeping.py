"""Where a run keeps its ledger: its own file, a PostgreSQL database, or nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.errors import RunError
from ecomarket.ledger.memory import BlockKeeper
from ecomarket.ledger.place import FILE, LINK, NONE, place_of, without_password, write_link
from ecomarket.ledger.resume import stored_run
from ecomarket.ledger.store.writer import BlockWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ecomarket.ledger.journal import Sink
    from ecomarket.ledger.resume import Stored

    Kept = str | Path | BlockKeeper


def open_sink(folder: Path, ledger: str, clear: Callable[[], None]) -> Sink:
    """Return where the journal of a new run writes: `ledger` is an address, "none", or "" for a file.

    `clear` takes what an earlier run left out of the folder. A database is reached first: if it cannot be, the folder
    stays as it is. Raises RunError.
    """
    if not ledger or ledger == NONE:
        clear()
        return BlockKeeper() if ledger else BlockWriter(folder / FILE)
    place = place_of(folder, ledger)
    writer = BlockWriter(place)
    try:
        clear()
        write_link(folder, str(place))
    except RunError:
        writer.close()
        raise
    return writer


def stored_there(folder: Path, ledger: str) -> Stored | None:
    """Return what is committed of the run in `folder` where `ledger` says, None if nothing is. Raises RunError."""
    return None if ledger == NONE else stored_run(place_of(folder, ledger))


def kept_by(sink: Sink, folder: Path, ledger: str) -> Kept:
    """Return what the results of the run are read from."""
    return sink if isinstance(sink, BlockKeeper) else place_of(folder, ledger)


def is_kept(folder: Path, ledger: str) -> bool:
    """Say whether the run in `folder` keeps its ledger where `ledger` says; a run that needs none is always right."""
    if ledger == NONE:
        return True
    if not ledger:
        return (folder / FILE).is_file()
    return (folder / LINK).is_file() and str(place_of(folder)) == without_password(str(place_of(folder, ledger)))
