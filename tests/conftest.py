"""After every test: each exchange and each ledger that it made is coherent.

exchange-core's rule. Whatever an exchange has told is replayed and audited event by event: every instrument sums to zero, what is
held is the sum of the holds, nobody owes, nothing left a sink, serial lots are whole; and the balances that come of it are those the exchange has.
A ledger file is verified at every level. A test that breaks its ledger on purpose says so: `@pytest.mark.incoherent("why")`.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from ecomarket.errors import IntegrityError
from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.ledger.block import Block
from ecomarket.ledger.findings import Notebook
from ecomarket.ledger.invariants import audit, audit_end
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.replay import Replay
from ecomarket.ledger.serials import SerialBook
from ecomarket.ledger.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray


settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")  # no test fails for a busy machine
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background: what tests start must hear Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)

HERE = Path(__file__).parent
UNMEASURED = frozenset(
    (
        "agents",
        "calibration",
        "experiments",
        "manual",
        "nature",
        "notebook",
        "policies",
        "report",
        "results",
        "rights",
        "scenario",
        "scenarios",
        "stories",
        "equilibrium",
        "test_commands.py",
        "test_drawn.py",
        "test_same_ledger.py",
        "test_streams.py",
        "validity",
        "workshop",
    )
)
"""Tests that walk the same paths of ledger and exchange again and again: their coverage is not measured, which costs half
as much again as the tests."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE) and not UNMEASURED.isdisjoint(item.path.relative_to(HERE).parts):
            item.add_marker("no_cover")


class Watched:
    """An exchange, and the replay of all it has told."""

    def __init__(self, exchange: Any, drain: Callable[[Any], tuple[NDArray[np.void], list[bytes]]]) -> None:
        self.exchange, self.drain = exchange, drain
        self.replay, self.notes, self.above = Replay(), Notebook(), set()
        self.unreadable, self.serials = "", SerialBook()

    def tell(self, records: NDArray[np.void], payloads: list[bytes]) -> None:
        if not len(records) or self.unreadable:
            return
        try:
            self.replayed(records, payloads)
        except IntegrityError as error:
            self.unreadable = str(error)

    def replayed(self, records: NDArray[np.void], payloads: list[bytes]) -> None:
        since, first = self.replay.t, self.replay.seq + 1
        assert np.array_equal(records["seq"], np.arange(first, first + len(records))), "events are not told in order"
        self.replay.apply(records, payloads)
        block = Block(1, first, len(records), int(records["t"][-1]), b"", b"", records.tobytes())
        audit(block, self.replay, since, self.above, self.notes)
        self.serials.add(records, payloads)

    def incoherent(self) -> list[str]:
        """Return what is wrong now."""
        self.tell(*self.drain(self.exchange))
        if self.unreadable:
            return [self.unreadable]
        audit_end(self.replay, self.notes)
        if self.replay.seq and not self.notes.findings:
            self.serials.audit(self.replay.balances, self.notes)
        found = [f.text("en") for f in self.notes.findings if f.code != "TIME"][:5]  # time is the caller's
        balances = self.exchange.balances()
        a, i = self.replay.balances.shape[:2]
        told = np.zeros_like(balances)
        told[:a, :i] = self.replay.balances
        found += [
            f"balance {at}: {balances[*at]} but told {told[*at]}" for at in np.argwhere(told != balances)[:5].tolist()
        ]
        return found + [f"instrument {i} sums to {n}" for i, n in enumerate(balances[:, :, 0].sum(axis=0)) if n]

    @property
    def forgotten(self) -> bool:
        """Whether nobody but us can reach the exchange any more."""
        return sys.getrefcount(self.exchange) <= 2


EXCHANGES: list[Watched] = []
LEDGERS: dict[Path, Any] = {}
FOUND: list[str] = []


def prune() -> None:
    """Judge and forget the exchanges that a test has let go of, so that a test of thousands keeps few."""
    for watched in [w for w in EXCHANGES if w.forgotten]:
        EXCHANGES.remove(watched)
        FOUND.extend(watched.incoherent())


def watch(engine: type[Any]) -> type[Any]:
    """Watch every exchange of a class from now on."""
    make, drain = engine.__init__, engine.drain

    def made(self: Any, *arguments: Any, **named: Any) -> None:
        prune()
        make(self, *arguments, **named)
        EXCHANGES.append(Watched(self, drain))

    def told(self: Any) -> tuple[NDArray[np.void], list[bytes]]:
        records, payloads = drain(self)
        mine = [w for w in EXCHANGES if w.exchange is self]
        for watched in mine:
            watched.tell(records, payloads)
        return records, payloads

    engine.__init__, engine.drain = made, told
    return engine


def watch_journals() -> None:
    make = Journal.__init__

    def made(self: Journal, run_manifest: bytes, sink: Any = None) -> None:
        make(self, run_manifest, sink)
        path = getattr(sink, "place", None)
        if isinstance(path, Path):
            LEDGERS[path] = sink

    Journal.__init__ = made


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "incoherent(why): the test breaks its ledger on purpose")
    if not hasattr(config, "_watches_ledgers"):
        config._watches_ledgers = True
        watch(KernelExchange)
        watch(ReferenceExchange)
        watch_journals()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Judge what there is after the test and its fixtures, which may read an exchange's last events themselves."""
    try:
        return (yield)
    finally:
        judge(excused=item.get_closest_marker("incoherent") is not None)


def judge(*, excused: bool) -> None:
    """Say what is incoherent, once; what is still in use and sound is watched on."""
    wrong = {id(w): w.incoherent() for w in EXCHANGES}
    found = [*FOUND, *(line for lines in wrong.values() for line in lines)]
    ledgers = [p for p in LEDGERS if p.is_file()]
    FOUND.clear()
    LEDGERS.clear()
    EXCHANGES[:] = [w for w in EXCHANGES if not (excused or wrong[id(w)] or w.forgotten)]
    if not excused:
        found += [f"{p}: {f.text('en')}" for p in ledgers for f in verify(p).findings[:5]]
        assert not found, "the test leaves an incoherent ledger: " + "; ".join(found)
