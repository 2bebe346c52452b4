"""Replay an order file: a first pass for accounts and prices, a second through the exchange."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.replay.ladder import middle
from ecomarket.replay.market import Desk, OrderReplay
from ecomarket.replay.rows import KINDS, MARKET, RowReader, price_of
from ecomarket.replay.setup import OF_HOLDINGS, OF_HOURS, without
from ecomarket.replay.tally import Tally
from ecomarket.replay.words import RowError, fault
from ecomarket.replay.writing import Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TextIO

    from ecomarket.errors import ScenarioError
    from ecomarket.exchange.protocol import Exchange
    from ecomarket.replay.setup import Setup


@dataclass(frozen=True)
class Done:
    """A replay's numbers; `fault` is where a file ended too early, `unread` the columns nobody read.

    `no_line_end`: the last row was whole, but its line does not end. `off`: rules that could not be applied.
    """

    tally: Tally
    fault: ScenarioError | None = None
    unread: list[str] = field(default_factory=list)
    no_line_end: bool = False
    off: list[str] = field(default_factory=list)


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """Open a CSV file for reading. Raises ScenarioError E100 if it cannot be read, E609 if it is a pipe."""
    try:
        file = path.open(encoding="utf-8-sig", newline="")
    except OSError:
        raise fault(path, 0, "E100", found=path) from None
    with file:
        if not file.seekable():
            raise fault(path, 0, "E609", found=path)
        yield file


def survey(path: Path) -> tuple[dict[str, None], Counter[int]]:
    """Return the accounts that send new orders, in order of sight, and how many limit orders stand at each price.

    Raises ScenarioError if the header cannot be used or the text is not UTF-8.
    """
    names: dict[str, None] = {}
    prices: Counter[int] = Counter()
    with opened(path) as file:
        reader = RowReader(path, file)
        action, account, kind, price = (reader.place(name) for name in ("action", "account", "kind", "price"))
        for _, cells in reader.texts():
            if isinstance(cells, RowError) or cells[action] == "cancel":
                continue
            if cells[action] == "new" and cells[account]:
                names[cells[account]] = None
            if KINDS.get(cells[kind]) != MARKET:
                try:
                    prices[price_of(cells[price])] += 1
                except RowError:
                    continue
        if reader.cells.fault and reader.cells.fault.diagnostics[0].code == "E101":
            raise reader.cells.fault
    return names, prices


def replay_orders(
    path: Path,
    setup: Setup,
    folder: Path,
    told: Callable[[int], None] = lambda _: None,
    engine: Callable[..., Exchange] = KernelExchange,
) -> Done:
    """Run an order file under `setup`, write the tables into `folder`; `told` hears how many bytes are read.

    Raises ScenarioError or UserError if an input cannot be used at all; a file that ends in the middle of a row is
    run up to there, and the fault returned.
    """
    names, prices = survey(path)
    unknown = (OF_HOLDINGS if setup.accounts is None else {}) | ({} if setup.close_t else OF_HOURS)
    rules, off = without(setup.rules, unknown)
    reference = setup.previous_close or middle(prices, rules.tick_cash)
    tally = Tally()
    with opened(path) as file, Tables(folder, [path], setup.lang) as tables:
        reader = RowReader(path, file)
        desk = Desk(
            rules, reference, tables, tally, setup.lang,
            names=names, accounts=setup.accounts, engine=engine,
        )  # fmt: skip
        OrderReplay(desk, setup.close_t).run(reader, lambda: told(file.buffer.tell()))
        fault_found = reader.cells.fault
        no_line_end = not (fault_found or reader.cells.ends_clean)
        return Done(tally, fault_found, reader.unread, no_line_end=no_line_end, off=off)
