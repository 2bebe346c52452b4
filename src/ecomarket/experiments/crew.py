"""Cells run one after another, or by several processes at once.

A process that dies (out of memory, killed) costs only its cell: what was under way is done again, one cell at a time,
and the cell that kills its process a second time, alone, has failed. Processes end when ours does, however it ends.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from itertools import count, islice
from multiprocessing import forkserver, resource_tracker
from typing import TYPE_CHECKING, Final, Self

from ecomarket.compiled import is_warm
from ecomarket.experiments.faults import words
from ecomarket.experiments.perform import Result, failure, perform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType

    from ecomarket.experiments.plan import Cell

AHEAD: Final = 2
"""Cells handed out for each process: one it works at, one that waits for it."""


SWEEP: Final = 8
"""Runs after which a process lets go of worlds that hold on to themselves: memory stays flat."""
_RUNS: Final = count(1)


def _work(cell: Cell) -> Result:
    result = perform(cell)
    if next(_RUNS) % SWEEP == 0:
        gc.collect()
        if not gc.get_freeze_count():  # what is there now is there to stay: to look through it again costs 0.1 s
            gc.freeze()
    return result


def performed(cells: Iterable[Cell], jobs: int, finishing: Callable[[int], None]) -> Iterator[Result]:
    """Yield the results of cells as they come, not in order if there are several jobs.

    An interrupt (Ctrl-C) lets the cells end that processes work at, of which `finishing` hears the number, yields them,
    and is raised then; a second one breaks off at once, as does the first where there is one job.
    """
    if jobs == 1:
        try:
            yield from map(_work, cells)
        finally:
            gc.unfreeze()  # the process may be a reader's own
        return
    with _Crew(jobs) as crew:
        rest = iter(cells)
        if not is_warm():  # compile once, then share: two processes would compile the same twice
            yield from crew.results(islice(rest, 1), finishing)
        yield from crew.results(rest, finishing)


class _Crew:
    """Processes that run cells; made anew if one of them dies."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self.others = set(multiprocessing.active_children())
        self.under_way: dict[Future[Result], Cell] = {}
        self.refused: list[Cell] = []
        self.pool = self._hire()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - self.others:
            process.kill()

    def _hire(self) -> ProcessPoolExecutor:
        """Return a pool of processes forked off a clean one that has imported all they need."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["ecomarket.experiments.perform"])
        _start_clean_one()
        return ProcessPoolExecutor(self.jobs, mp_context=context, initializer=_begin)

    def results(self, cells: Iterator[Cell], finishing: Callable[[int], None]) -> Iterator[Result]:
        """Yield the results of cells as they come."""
        try:
            while True:
                try:
                    yield from self._fed(cells)
                except BrokenProcessPool:
                    yield from self._one_by_one()
                else:
                    return
        except KeyboardInterrupt:
            begun = [future for future in self.under_way if not future.cancel()]
            finishing(len(begun))
            for future in begun:
                with suppress(BrokenProcessPool):
                    yield future.result()
            raise

    def _fed(self, cells: Iterator[Cell]) -> Iterator[Result]:
        """Keep the processes busy and yield what they have done."""
        while True:
            for cell in islice(cells, self.jobs * AHEAD - len(self.under_way)):
                self._hand_out(cell)
            if not self.under_way:
                return
            for future in wait(self.under_way, return_when=FIRST_COMPLETED).done:
                result = future.result()
                del self.under_way[future]
                yield result

    def _hand_out(self, cell: Cell) -> None:
        try:
            with _held():
                self.under_way[self.pool.submit(_work, cell)] = cell
        except BrokenProcessPool:
            self.refused.append(cell)
            raise

    def _one_by_one(self) -> Iterator[Result]:
        """Do what was under way when a process died, one cell at a time: whichever did it does it again, alone."""
        done = {f for f in self.under_way if f.done() and not f.cancelled() and f.exception() is None}
        again = [cell for future, cell in self.under_way.items() if future not in done] + self.refused
        self.under_way, self.refused = {}, []
        yield from (future.result() for future in done)
        self.pool = self._hire()
        for cell in again:
            try:
                with _held():
                    alone = self.pool.submit(_work, cell)
                yield alone.result()
            except BrokenProcessPool:
                self.pool = self._hire()
                yield failure(cell, words("E909"))


def _start_clean_one() -> None:
    """Start the process that others are forked off: neither it nor they hear a Ctrl-C, which is for us."""
    resource_tracker.ensure_running()  # first: where it starts, it leaves Ctrl-C heard
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)


@contextmanager
def _held() -> Iterator[None]:
    """Keep Ctrl-C waiting, so that no process is left half started, of which nobody knows."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[tuple[int, FrameType | None]] = []
    before = signal.signal(signal.SIGINT, lambda *call: came.append(call))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came and callable(before):
            before(*came[0])


def _begin() -> None:
    """Leave Ctrl-C to the process that hired us, and end when it ends, even if it was killed."""
    os.setpgid(0, 0)
    hirer = multiprocessing.parent_process()
    assert hirer is not None

    def follow() -> None:
        hirer.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
