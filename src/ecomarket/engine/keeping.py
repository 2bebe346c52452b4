"""Where a run keeps its ledger: its own file, a PostgreSQL database, or nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.ledger.memory import BlockKeeper
from ecomarket.ledger.place import FILE, LINK, NONE, place_of, without_password, write_link
from ecomarket.ledger.store.writer import BlockWriter

if TYPE_CHECKING:
    from pathlib import Path

    from ecomarket.ledger.journal import Sink

    Kept = str | Path | BlockKeeper


def sink_for(folder: Path, ledger: str) -> Sink:
    """Return where the journal of the run in `folder` writes: `ledger` is an address, "none", or "" for a file.

    Raises RunError if there is a ledger already, or no way to it.
    """
    if ledger == NONE:
        return BlockKeeper()
    if ledger:
        place = place_of(folder, ledger)
        write_link(folder, str(place))
        return BlockWriter(place)
    return BlockWriter(folder / FILE)


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
