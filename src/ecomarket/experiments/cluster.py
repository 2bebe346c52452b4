"""Cells run by the workers of a Dask cluster that is there already: the same cells, the same results.

A worker runs the program that we run, or none of ours: version and source digest are compared before anything is handed
out, and again with each cell, for workers that come later. A worker that is lost costs the cells it was running, which
Dask hands to another; a cell that takes four workers with it has failed. No scheduler of our own.
"""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from ecomarket.compiled import source_digest
from ecomarket.experiments.faults import fault, words
from ecomarket.experiments.perform import Result, failure, perform
from ecomarket.experiments.plan import program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ecomarket.experiments.plan import Cell

SECONDS: Final = 10.0
"""To find the scheduler."""
GREETING_MOST: Final = 2**20
"""Bytes that a scheduler's greeting may take; who says something else names a length beyond all bounds."""
AHEAD: Final = 2
"""Cells handed out for each worker: one it works at, one that waits for it."""
_ONE_AT_A_TIME: Final = threading.Lock()
"""A worker of several threads runs one cell after another: start it with one thread, and as many workers as cores."""


@contextmanager
def connected(address: str) -> Iterator[Callable[[Iterable[Cell]], Iterator[Result]]]:
    """Yield what runs cells on the cluster at an address, tcp://host:port.

    Raises UserError: without Dask (E934), nothing of Dask's there (E931), no worker (E932), a worker that runs another
    program (E933), a scheduler that is lost midway (E942).
    """
    if find_spec("distributed") is None:
        raise fault("E934")
    _knock(address)
    from distributed import Client  # noqa: PLC0415  (an extra)

    try:
        client = Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise fault("E931", found=address, why=error) from None
    with client:
        _check(client)
        yield lambda cells: _performed(client, iter(cells), address)


def _knock(address: str) -> None:
    """Raise UserError (E931) if no scheduler greets there: Dask would wait for ever, or take any word for a length."""
    try:
        parts = urlsplit(address)
        place = (parts.hostname or "", parts.port or 0)
        if parts.scheme not in ("tcp", "tls") or not all(place):
            raise fault("E931", found=address, why="tcp://host:port")
        with socket.create_connection(place, timeout=SECONDS) as wire:
            head = wire.makefile("rb").read(8) if parts.scheme == "tcp" else bytes(8)
    except (OSError, ValueError) as error:
        raise fault("E931", found=address, why=error) from None
    if len(head) < 8 or int.from_bytes(head, "little") > GREETING_MOST:
        raise fault("E931", found=address, why=head)


def identity() -> tuple[str, str]:
    """Return the version of the program and the digest of its sources."""
    return program(), source_digest()


def _check(client: Any) -> None:
    told = client.run(identity, on_error="return")
    if not told:
        raise fault("E932")
    for worker, found in sorted(told.items()):
        if isinstance(found, BaseException):
            raise fault("E933", worker=worker, found=found, wanted=_spoken(identity()))
        if tuple(found) != identity():
            raise fault("E933", worker=worker, found=_spoken(found), wanted=_spoken(identity()))


def _spoken(found: tuple[str, str]) -> str:
    return f"ecomarket {found[0]} ({found[1]})"


def _work(cell: Cell, wanted: tuple[str, str]) -> Result:
    """Run a cell in a worker."""
    if identity() != wanted:
        raise fault("E933", worker=socket.gethostname(), found=_spoken(identity()), wanted=_spoken(wanted))
    with _ONE_AT_A_TIME:
        return perform(cell)


def _performed(client: Any, cells: Iterator[Cell], address: str) -> Iterator[Result]:
    """Yield the results of cells as they come, a bounded number of them handed out."""
    from distributed import CancelledError, wait  # noqa: PLC0415  (an extra)

    wanted = identity()
    under_way: dict[Any, Cell] = {}
    try:
        while True:
            room = max(len(client.nthreads()), 1) * AHEAD - len(under_way)
            for _, cell in zip(range(room), cells, strict=False):
                under_way[client.submit(_work, _there(cell), wanted, pure=False)] = cell
            if not under_way:
                return
            with client.as_current():
                done = wait(list(under_way), return_when="FIRST_COMPLETED").done
            for future in done:
                yield _result(future, under_way.pop(future))
    except (CancelledError, OSError):  # nobody but a scheduler that is gone takes back what we wait for
        raise fault("E942", found=address) from None
    finally:  # stopped, or broken off: what is handed out is taken back
        client.cancel(list(under_way), force=True)


def _result(future: Any, cell: Cell) -> Result:
    from distributed import KilledWorker  # noqa: PLC0415  (an extra)

    try:
        result: Result = future.result()
    except KilledWorker:
        return failure(cell, words("E909"))
    return result


def _there(cell: Cell) -> Cell:
    """Return a cell whose scenario is found from any working directory, by workers that see the same files."""
    path = Path(cell.arm.source)
    return replace(cell, arm=replace(cell.arm, source=str(path.resolve()))) if path.exists() else cell
