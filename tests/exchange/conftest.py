"""Three engines under one suite: the compiled kernel, the same source uncompiled, the plain reference.

`town` opens a small market on one of them and speaks its stories: names, buys, sells, trades.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import pytest

from ecomarket.exchange.market import KernelExchange
from ecomarket.exchange.reference import ReferenceExchange
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, Eligible, RecordKind, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST = len(SYSTEM_ACCOUNTS)
NOON, DAY = 10**6, 10**9


def uncompiled_exchange() -> type[KernelExchange]:
    """Load the kernel's source once more with compilation switched off: same text, ordinary Python."""
    again = ("ecomarket.ledger.postings", "ecomarket.exchange.market", "ecomarket.exchange.quote_loop")
    names = [n for n in sys.modules if n in again or (n.startswith("ecomarket.exchange.kernel") and not n.endswith("_state"))]
    saved = {n: sys.modules.pop(n) for n in names}
    numba.config.DISABLE_JIT = True
    try:
        return importlib.import_module("ecomarket.exchange.market").KernelExchange
    finally:
        numba.config.DISABLE_JIT = False
        for name, module in saved.items():
            sys.modules[name] = module
            package, _, last = name.rpartition(".")
            setattr(sys.modules[package], last, module)


UNCOMPILED = uncompiled_exchange()
ENGINES = {"kernel": KernelExchange, "uncompiled": UNCOMPILED, "reference": ReferenceExchange}


@dataclass
class Town:
    """A market of named people; time moves one step with each thing that happens."""

    exchange: Any
    names: dict[str, int] = field(default_factory=dict)
    t: int = 0
    records: list[np.ndarray] = field(default_factory=list)

    def tick(self) -> int:
        self.t += 1
        return self.t

    def account(self, who: str | int) -> int:
        return self.names.setdefault(who, FIRST + len(self.names)) if isinstance(who, str) else who

    def give(self, who: str | int, *, cash: int = 0, units: int = 0, instrument: int = 1) -> None:
        account = self.account(who)
        self.exchange.allow(account, instrument, Eligible.ALL)
        if cash:
            assert self.exchange.transfer(self.tick(), AccountKind.WORLD, account, 0, cash, 1) == 0
        if units:
            assert self.exchange.transfer(self.tick(), AccountKind.ISSUANCE, account, instrument, units, 1) == 0

    def open(self, *instruments: int) -> None:
        self.exchange.open_session(self.tick(), list(instruments) or [1], NOON)

    def close(self, *instruments: int, end_of_day: bool = True) -> None:
        self.exchange.close_session(self.tick(), list(instruments) or [1], end_of_day=end_of_day)

    def order(self, who: str | int, side: int, lots: int, price: int, instrument: int = 1, kind: int = 0, tif: int = 0) -> Any:
        return self.exchange.submit(self.tick(), self.account(who), instrument, side, price, lots, kind, tif)

    def buy(self, who: str | int, lots: int, price: int, **more: int) -> Any:
        return self.order(who, 1, lots, price, **more)

    def sell(self, who: str | int, lots: int, price: int, **more: int) -> Any:
        return self.order(who, 2, lots, price, **more)

    def cancel(self, who: str | int, order: int) -> Refusal:
        return Refusal(self.exchange.cancel(self.tick(), self.account(who), order))

    def journal(self) -> np.ndarray:
        self.records.append(self.exchange.drain()[0])
        return np.concatenate(self.records)

    def trades(self) -> list[tuple[str, str, int, int]]:
        """Buyer, seller, lots, price of each trade so far."""
        by_number = {v: k for k, v in self.names.items()}
        rows = self.journal()
        rows = rows[rows["kind"] == RecordKind.TRADE]
        return [
            (by_number[int(r["account"])], by_number[int(r["counter"])], int(r["amount"]), int(r["price"])) for r in rows
        ]

    def of_kind(self, kind: RecordKind) -> np.ndarray:
        rows = self.journal()
        return rows[rows["kind"] == kind]


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Callable[..., Any]:
    return ENGINES[request.param]


@pytest.fixture
def town(engine: Callable[..., Any]) -> Callable[..., Town]:
    def make(*venues: VenueRules, reference: int = 10_000, people: str = "ABCDEFGH", rich: bool = True, start: bool = True) -> Town:
        rules = venues or (VenueRules("test", tick_cash=1, band_ppm=500_000),)
        made = Town(engine(60, 4, rules, [Listing(1, 0, reference), Listing(2, len(rules) - 1, reference)], FIRST))
        for name in people if rich else "":
            made.give(name, cash=10**9, units=10_000)
            made.give(name, units=10_000, instrument=2)
        if start:
            made.open(1, 2)
        return made

    return make


def load_streams() -> Any:
    path = Path(__file__).parents[2] / "benchmarks" / "stream.py"
    spec = importlib.util.spec_from_file_location("ecomarket_stream", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["ecomarket_stream"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def streams() -> Any:
    return load_streams()


@pytest.fixture(scope="session")
def engines() -> SimpleNamespace:
    return SimpleNamespace(**ENGINES)
