"""Verify in a worker process: a damaged file may abort the SQLite library, and then only the worker dies."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING

from ecomarket.errors import RunError
from ecomarket.ledger.faults import fault
from ecomarket.ledger.verify import verify

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from ecomarket.ledger.findings import Report


def verify_in_worker(
    path: str | Path, level: str = "invariants", expect_head: str | None = None, seal: str | Path | None = None
) -> Report:
    """Do what `verify.verify` does, in a child process.

    Raises RunError if the file cannot be opened as a ledger, or the worker dies while reading it.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(theirs, str(path), level, expect_head, seal))
    worker.start()
    theirs.close()
    try:
        answer: Report | tuple[str, str, str] | None = ours.recv()
    except EOFError:
        answer = None
    worker.join()
    ours.close()
    if answer is None:
        raise fault("E743", path=path, exit=worker.exitcode)
    if isinstance(answer, tuple):
        raise RunError(*answer)
    return answer


def _work(pipe: Connection, path: str, level: str, expect_head: str | None, seal: str | Path | None) -> None:
    try:
        pipe.send(verify(path, level, expect_head, seal))
    except RunError as error:
        pipe.send((str(error), error.message_zh, error.code))
