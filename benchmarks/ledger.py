"""What does the ledger cost? A million events of 500 participants in 40 instruments, written, verified, rebuilt, read.

Prints ratios within this run, the best of several, so that the machine and its other work drop out: of processor time,
or of time by the clock where it says so. Each has its target beside it; one that misses it says so.
"""

from __future__ import annotations

import gc
import resource
import sqlite3
import sys
import tempfile
import time
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import stream

from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.ledger.canon import canonical
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.ledger.tables import TABLES
from ecomarket.ledger.verify import verify
from ecomarket.model.codes import AccountKind, Eligible, TransferCode
from ecomarket.model.record import RECORD
from ecomarket.model.stated import NoteCode
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from ecomarket.ledger.block import Block
    from ecomarket.ledger.tables import Row, Rows

EVENTS = 1_000_000
PARTICIPANTS = 500
INSTRUMENTS = 40
MARKETS_OF_ONE = 10
MESSAGES_A_DAY = 2_000
"""As in the shipped scenario: some three thousand events a day, and about a dozen rights a participant."""
MANIFEST = canonical({"scenario": "bench", "digest": "00", "seed": 1, "schema": 1})
REPEATS = 5
Drained = tuple[int, "NDArray[np.void]", list[bytes]]


class Recorder:
    """A sink that keeps what a writer would be given."""

    def __init__(self) -> None:
        self.blocks: list[tuple[Block, Rows]] = []
        self.balances: dict[int, list[Row]] = {}

    def begin(self, manifest: bytes, genesis: bytes) -> None:
        """Need nothing."""

    def write(self, block: Block, rows: Rows) -> None:
        """Keep both."""
        self.blocks.append((block, rows))

    def stand(self, block: Block, moved: Callable[[], list[Row]]) -> None:
        """Keep the balances beside the block they are of."""
        if block.number not in self.balances:
            self.balances[block.number] = moved()

    def close(self) -> None:
        """Need nothing."""


def opened() -> Any:
    """Open 40 markets; introduce and endow 500 participants."""
    rules = [VenueRules("bench", fee_buy_ppm=500, fee_sell_ppm=500)]
    listings = [Listing(i, 0, stream.BASE_TICKS * 100) for i in range(1, INSTRUMENTS + 1)]
    accounts = stream.FIRST + PARTICIPANTS
    x = KernelExchange(accounts, INSTRUMENTS + 1, rules, listings, stream.FIRST, slots=2**16, ids=2 * EVENTS)
    start = {"scenario": "bench", "digest": "00", "seed": 1, "start": "2024-01-01", "end": "2026-12-31"}
    sizes = {"accounts": accounts, "instruments": INSTRUMENTS + 1, "caps": []}
    x.note(0, NoteCode.RUN_STARTED, canonical(start | sizes), -1, -1)
    for a in range(stream.FIRST, accounts):
        told = {"account": a, "code": f"P{a}", "kind": "enterprise", "en": f"Plant {a}", "zh": f"工厂{a}", "zone": "QH"}
        x.note(0, NoteCode.PARTICIPANT_REGISTERED, canonical(told), a, -1)
    for i in range(1, INSTRUMENTS + 1):
        told = {"instrument": i, "code": f"I{i}", "right": "emission-permit", "kind": "cod", "en": f"Permit {i}"}
        rest = {"zh": f"权{i}", "unit": "t", "lot": "0.01", "zone": "QH", "klass": "", "vintage": 2024}
        x.note(0, NoteCode.INSTRUMENT_LISTED, canonical(told | rest), -1, i)
    for a in range(stream.FIRST, accounts):
        x.transfer(0, AccountKind.WORLD, a, 0, 10**12, TransferCode.OPENING)
        for i in sorted({market(a, k) for k in range(INSTRUMENTS)}):
            x.allow(a, i, Eligible.ALL)
            x.transfer(0, AccountKind.ISSUANCE, a, i, 10**6, TransferCode.ISSUE)
    return x


def market(account: Any, number: Any) -> Any:
    """Return which instrument stands for `number` when this account trades: each keeps to ten of the forty."""
    return 1 + (account * 7 + number % MARKETS_OF_ONE) % INSTRUMENTS


def days(events: int) -> Iterator[Drained]:
    """Yield the records of one day after another until there are `events`."""
    x = opened()
    records, payloads = x.drain()
    seen = len(records)
    yield 0, records, payloads
    rows = stream.order_stream(events, PARTICIPANTS, INSTRUMENTS, seed=1)
    rows["instrument"] = market(rows["account"], rows["instrument"])
    books = range(1, INSTRUMENTS + 1)
    for day, first in enumerate(range(0, events, MESSAGES_A_DAY)):
        today = rows[first : first + MESSAGES_A_DAY]
        today["t"] += day * DAY - int(today["t"][0]) + 1
        x.open_session(day * DAY, books, (day + 1) * DAY - 2)
        x.submit_batch(today)
        x.close_session((day + 1) * DAY - 1, books, end_of_day=True)
        records, payloads = x.drain()
        seen += len(records)
        yield (day + 1) * DAY - 1, records, payloads
        if seen >= events:
            return


def best(*works: Callable[[], object], clock: Callable[[], float] = time.process_time) -> list[float]:
    """Return for each work the least time of several turns, of the processor if not told; the works take turns."""
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(REPEATS):
        for work, mine in zip(works, seconds, strict=True):
            start = clock()
            work()
            mine.append(clock() - start)
    return [min(mine) for mine in seconds]


def told(name: str, ratio: float, limit: float, *, at_least: bool = False) -> None:
    """Print a ratio with its target, and whether it is missed."""
    word = "at least" if at_least else "at most"
    missed = ratio < limit if at_least else ratio > limit
    print(f"  {name:<58}{ratio:7.2f}   ({word} {limit:g}){'   MISSED' if missed else ''}")


def write_all(path: Path, kept: list[tuple[Block, Rows]], balances: dict[int, list[Row]]) -> list[float]:
    """Write every block with its rows, and balances where they are due, into a new ledger; return each block's time."""
    path.unlink(missing_ok=True)
    writer = BlockWriter(path)
    writer.begin(MANIFEST, kept[0][0].prev)
    marks = [time.process_time()]
    for block, rows in kept:
        writer.write(block, rows)
        if block.number in balances:
            writer.stand(block, partial(balances.__getitem__, block.number))
        marks.append(time.process_time())
    writer.close()
    return [b - a for a, b in pairwise(marks)]


def trades_alone(path: Path, kept: list[tuple[Block, Rows]], settings: tuple[str, ...], *, each: bool) -> None:
    """Write the trade rows alone by sqlite3.executemany; `each`: committed at the same instants as the blocks."""
    path.unlink(missing_ok=True)
    file = sqlite3.connect(path)
    for setting in settings:
        file.execute(f"PRAGMA {setting}")
    names = TABLES["trade"].names
    file.execute(f"CREATE TABLE trade ({names[0]} INTEGER PRIMARY KEY, {', '.join(f'{n} INTEGER' for n in names[1:])})")
    statement = f"INSERT INTO trade VALUES ({', '.join('?' * len(names))})"
    for _, rows in kept:
        file.executemany(statement, rows.get("trade", ()))
        if each:
            file.commit()
    file.commit()
    file.close()


def saved(path: Path, kept: list[tuple[Block, Rows]]) -> None:
    """Write the blocks' records with np.save, a file each."""
    path.mkdir(exist_ok=True)
    for block, _ in kept:
        np.save(path / f"{block.number}.npy", block.records)


def writing(folder: Path, kept: list[tuple[Block, Rows]], balances: dict[int, list[Row]]) -> None:
    """Compare a ledger being written with less that could be written."""
    gc.freeze()  # millions of rows kept to be written again would be looked through again and again
    live = ("journal_mode = WAL", "synchronous = NORMAL")
    bare: list[tuple[Block, Rows]] = [(block, {}) for block, _ in kept]
    turns: list[list[float]] = []
    ours, without, blocks, naive, same, once, plain = best(
        lambda: turns.append(write_all(folder / "ledger.db", kept, balances)),
        lambda: write_all(folder / "d.db", kept, {}),
        lambda: write_all(folder / "e.db", bare, {}),
        lambda: trades_alone(folder / "a.db", kept, (), each=True),
        lambda: trades_alone(folder / "b.db", kept, live, each=True),
        lambda: trades_alone(folder / "c.db", kept, (), each=False),
        lambda: saved(folder / "blocks", kept),
    )
    trades = sum(len(rows.get("trade", ())) for _, rows in kept)
    size = (folder / "ledger.db").stat().st_size / 2**20
    events = sum(block.n for block, _ in kept)
    print(f"writing {events:,} events, {trades:,} trades, {len(kept):,} blocks, {size:.0f} MiB:", end=" ")
    print(f"{events / ours:,.0f} events a second")
    told("to sqlite3.executemany of the trades, the same commits", ours / naive, 1.0)
    waited = best(
        lambda: write_all(folder / "f.db", kept, balances),
        lambda: trades_alone(folder / "a.db", kept, (), each=True),
        clock=time.perf_counter,
    )
    print(f"  {'    the same by the clock on the wall, the disk waited for':<58}{waited[0] / waited[1]:7.2f}")
    print(f"  {'    the same with the ledger’s own settings of SQLite':<58}{ours / same:7.2f}")
    print(f"  {'    the same, all in one transaction':<58}{ours / once:7.2f}")
    print(f"  {'    of it: blocks, other rows, balances':<52}", end="")
    print(*(f"{part / ours:6.2f}" for part in (blocks, without - blocks, ours - without)))
    told("to np.save of the blocks", ours / plain, 10)
    spent, numbers = np.min(turns, axis=0).tolist(), np.cumsum([block.n for block, _ in kept])
    first = sum(s for s, n in zip(spent, numbers, strict=True) if n <= 200_000 and n > 100_000)
    last = sum(s for s, n in zip(spent, numbers, strict=True) if n > events - 100_000)
    told("the last 100,000 events to the second", last / first, 1.2)


def exporting(folder: Path) -> None:
    """Compare the export of every record to Parquet with the same records as rows of SQLite."""
    if find_spec("ecomarket.ledger.export") is None:
        return
    export = import_module("ecomarket.ledger.export").export

    def to_parquet() -> None:
        with open_ledger(folder / "ledger.db") as ledger:
            list(export(ledger, "parquet", folder / "parquet", ("records",)))

    def to_rows() -> None:
        path = folder / "rows.db"
        path.unlink(missing_ok=True)
        file = sqlite3.connect(path)
        with open_ledger(folder / "ledger.db") as ledger:
            names = RECORD.names or ()
            file.execute(f"CREATE TABLE records ({', '.join(repr(n) for n in names)})")
            for block in ledger.blocks():
                file.executemany(f"INSERT INTO records VALUES ({', '.join('?' * len(names))})", block.records.tolist())
        file.commit()
        file.close()

    parquet, rows = best(to_parquet, to_rows)
    told("rows of SQLite to Parquet, the same records", rows / parquet, 5, at_least=True)


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    list(days(1))  # the kernel is compiled or loaded now
    recorder = Recorder()
    journal = Journal(MANIFEST, recorder)
    simulated, committed = [], []
    source = days(events)
    while True:
        start = time.process_time()
        drained = next(source, None)
        simulated.append(time.process_time() - start)
        if drained is None:
            break
        start = time.process_time()
        journal.commit(*drained)
        committed.append(time.process_time() - start)
    journal.close()
    total, simulation = journal.events, sum(simulated)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        writing(folder, recorder.blocks, recorder.balances)
        path = folder / "ledger.db"
        recorder.blocks.clear()
        print(f"chain, replay and invariants before a block is written: {total / sum(committed):,.0f} events a second")
        (checked,) = best(lambda: verify(path))
        assert verify(path).clean
        print(f"verify: {total / checked:,.0f} events a second; the exchange alone made {total / simulation:,.0f}")
        told("verify to the exchange, events a second", simulation / checked, 0.25, at_least=True)
        exporting(folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    told("peak memory of all this, GiB", peak, 1.0)


if __name__ == "__main__":
    main()
