"""Generate the compiled arrival loop for a set of strategies: a real module, so that Numba can cache it.

The module stands in the cache folder; its name holds a digest of the quotes' names and source files, so an edited
strategy makes a new module and an unchanged one loads from the cache without compiling.
"""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecomarket import compiled
from ecomarket.errors import PlugInError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

_TEMPLATE = '''"""Generated arrival loop; strategies in order: {names}."""

import importlib

from ecomarket.compiled import bare_entry, kernel
from ecomarket.exchange.kernel.by_address import book_at, ledger_at
from ecomarket.exchange.kernel.entries import admit, cancel, enter
from ecomarket.exchange.kernel.arrivals import form_of, is_open, keeps, life_of, live_slot, look
from ecomarket.exchange.kernel.arrivals import remember, room_to_act
from ecomarket.model.order import Draw


def find(module, name):
    found = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return kernel(found)


{imports}


@kernel
def choose(strategy, me, market, draw):
{branches}
    return 0, 0, 0, 0, 0


@bare_entry
def run(at, arrivals, intents, start, before_t):
    ledger = ledger_at(at)
    book = book_at(at)
    for number in range(start, arrivals.shape[0]):
        arrival = arrivals[number]
        t = arrival["t"]
        if t >= before_t:
            return number
        me = intents[arrival["intent"]]
        account = int(me["account"])
        instrument = int(me["instrument"])
        if not is_open(ledger, book, t, account, instrument):
            continue
        slot = live_slot(book, account, instrument, me["live"])
        before = remember(me)
        draw = Draw(arrival["u"], arrival["v"], arrival["w"])
        quote = choose(me["strategy"], me, look(ledger, book, t, account, instrument, slot), draw)
        if not room_to_act(ledger, book, account, instrument, quote):
            me["margin"], me["urgency"], me["a"], me["b"], me["c"], me["d"] = before
            return number
        if keeps(book, slot, quote):
            continue
        if slot != 0:
            cancel(ledger, book, t, account, me["live"])
        me["live"] = 0
        side, price, lots, kind, tif = quote
        tif = life_of(book, instrument, tif)
        if side != 0:
            price = 0 if kind == 1 else price
            shown, expire_t = form_of(book, me, kind, tif, lots)
            order, refusal, flags = admit(
                ledger, book, t, account, instrument, side, price, lots, kind, tif, shown, expire_t
            )
            if refusal == 0:
                _, resting = enter(
                    ledger, book, t, order, account, instrument, price, lots, flags, shown, expire_t, 0
                )
                me["live"] = order if resting > 0 else 0
    return arrivals.shape[0]
'''

_LOADED: dict[str, ModuleType] = {}

_BRANCH = """    if strategy == {number}:
        side, price, lots, kind, tif = quote_{number}(me, market, draw)
        return int(side), int(price), int(lots), int(kind), int(tif)"""


def quote_loop(quotes: Sequence[Callable[..., Any]]) -> Callable[..., int]:
    """Return `run(at, arrivals, intents, start, before_t)` with the quotes compiled into it.

    Raises PlugInError if a quote is not a module's or a class's own function: it must be importable by name.
    """
    digest = hashlib.sha256(_TEMPLATE.encode())
    for quote in quotes:
        if "<" in quote.__qualname__:
            raise PlugInError(f"{quote.__module__}.{quote.__qualname__} must be a function of a module or a class")
        source = Path(inspect.getfile(quote)).read_bytes()
        digest.update(f"{quote.__module__}:{quote.__qualname__}:".encode() + source + b"\0")
    name = f"ecomarket_quotes_{digest.hexdigest()[:16]}"
    if name not in _LOADED:
        _LOADED[name] = _load(name, _text(quotes))
    run: Callable[..., int] = _LOADED[name].run
    return run


def _text(quotes: Sequence[Callable[..., Any]]) -> str:
    names = [(q.__module__, q.__qualname__) for q in quotes]
    return _TEMPLATE.format(
        names=", ".join(f"{m}.{q}" for m, q in names) or "none",
        imports="\n".join(f'quote_{i} = find("{m}", "{q}")' for i, (m, q) in enumerate(names)),
        branches="\n".join(_BRANCH.format(number=i) for i in range(len(names))),
    )


def _load(name: str, text: str) -> ModuleType:
    path = compiled.CACHE_FOLDER.joinpath(f"{name}.py")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
