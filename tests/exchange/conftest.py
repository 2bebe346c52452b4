"""Three engines under one suite: the compiled kernel, the same source uncompiled and audited, the plain reference.

`town` opens a small market on one of them and speaks its stories: names, buys, sells, trades.
"""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import pytest
from tests.conftest import watch
from tests.exchange.loaded import load_streams

from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, Eligible, RecordKind, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIRST = len(SYSTEM_ACCOUNTS)
NOON, DAY = 10**6, 10**9


AGAIN = (
    "ecomarket.ledger.postings",
    "ecomarket.ledger.postings_held",
)
UNCOMPILED_MODULES: dict[str, Any] = {}


def compiled_module(name: str) -> bool:
    return name in AGAIN or (name.startswith("ecomarket.exchange.kernel.") and not name.endswith(".state"))


def put(modules: dict[str, Any]) -> None:
    for name, module in modules.items():
        sys.modules[name] = module
        package, _, last = name.rpartition(".")
        setattr(sys.modules[package], last, module)


@contextmanager
def uncompiled() -> Iterator[None]:
    """Put the kernel's source, uncompiled and in its debug build, in the place of the compiled modules."""
    saved = {n: sys.modules.pop(n) for n in list(sys.modules) if compiled_module(n)}
    put(UNCOMPILED_MODULES)
    numba.config.DISABLE_JIT = True
    os.environ["ECOMARKET_DEBUG"] = "1"
    try:
        yield
    finally:
        numba.config.DISABLE_JIT = False
        del os.environ["ECOMARKET_DEBUG"]
        UNCOMPILED_MODULES.update({n: m for n, m in sys.modules.items() if compiled_module(n)})
        put(saved)


def uncompiled_exchange() -> type[KernelExchange]:
    """Load the kernel's source once more as ordinary Python: same text, every event audited."""
    with uncompiled():
        base = importlib.import_module("ecomarket.exchange.kernel.market").KernelExchange

    class Uncompiled(base):
        def use_strategies(self, quotes: Any) -> None:
            with uncompiled():
                super().use_strategies(quotes)

    return watch(Uncompiled)


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

    def call(self, *instruments: int) -> None:
        self.exchange.open_session(self.tick(), list(instruments) or [1], NOON, call=True)

    def uncross(self, *instruments: int) -> Any:
        """End the call; return what came of the first book."""
        return self.exchange.uncross(self.tick(), list(instruments) or [1])[0]

    def close(self, *instruments: int, end_of_day: bool = True) -> None:
        self.exchange.close_session(self.tick(), list(instruments) or [1], end_of_day=end_of_day)

    def order(
        self, who: str | int, side: int, lots: int, price: int = 0, instrument: int = 1, kind: int = 0, tif: int = 0,
        shown: int = 0, expire_t: int = 0,
    ) -> Any:  # fmt: skip
        t, account = self.tick(), self.account(who)
        return self.exchange.submit(t, account, instrument, side, price, lots, kind, tif, shown, expire_t)

    def buy(self, who: str | int, lots: int, price: int = 0, **more: int) -> Any:
        return self.order(who, 1, lots, price, **more)

    def sell(self, who: str | int, lots: int, price: int = 0, **more: int) -> Any:
        return self.order(who, 2, lots, price, **more)

    def replace(self, who: str | int, order: int, lots: int, price: int, expire_t: int = 0) -> Any:
        return self.exchange.replace(self.tick(), self.account(who), order, price, lots, expire_t)

    def cancel(self, who: str | int, order: int) -> Refusal:
        return Refusal(self.exchange.cancel(self.tick(), self.account(who), order))

    def book(self, instrument: int = 1) -> list[tuple[str, str, int, int, int]]:
        """Owner, side, price, open lots, lots shown of each resting order, in its turn."""
        by_number = {v: k for k, v in self.names.items()}
        rows = self.exchange.resting(instrument).tolist()
        return [(by_number[account], "?BS"[side], price, lots, shown) for _, account, side, price, lots, shown in rows]

    def journal(self) -> np.ndarray:
        self.records.append(self.exchange.drain()[0])
        return np.concatenate(self.records)

    def trades(self) -> list[tuple[str, str, int, int]]:
        """Buyer, seller, lots, price of each trade so far."""
        by_number = {v: k for k, v in self.names.items()}
        rows = self.journal()
        rows = rows[rows["kind"] == RecordKind.TRADE]
        return [
            (by_number[int(r["account"])], by_number[int(r["counter"])], int(r["amount"]), int(r["price"]))
            for r in rows
        ]

    def of_kind(self, kind: RecordKind) -> np.ndarray:
        rows = self.journal()
        return rows[rows["kind"] == kind]


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Callable[..., Any]:
    return ENGINES[request.param]


@pytest.fixture
def town(engine: Callable[..., Any]) -> Callable[..., Town]:
    def make(
        *venues: VenueRules, reference: int = 10_000, people: str = "ABCDEFGH", rich: bool = True, start: bool = True
    ) -> Town:
        rules = venues or (VenueRules("test", tick_cash=1, band_ppm=200_000),)
        made = Town(engine(26, 4, rules, [Listing(1, 0, reference), Listing(2, len(rules) - 1, reference)], FIRST))
        for name in people if rich else "":
            made.give(name, cash=10**9, units=10_000)
            made.give(name, units=10_000, instrument=2)
        if start:
            made.open(1, 2)
        return made

    return make


@pytest.fixture(scope="session")
def streams() -> Any:
    return load_streams()


@pytest.fixture(scope="session")
def engines() -> SimpleNamespace:
    return SimpleNamespace(**ENGINES)


@pytest.fixture
def strategy_file(tmp_path, monkeypatch) -> Callable[[str, str], Any]:
    """Write a module of strategies to a folder on the path, and import it."""

    def write(name: str, text: str) -> Any:
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        sys.modules.pop(name, None)
        importlib.invalidate_caches()
        return importlib.import_module(name)

    return write
