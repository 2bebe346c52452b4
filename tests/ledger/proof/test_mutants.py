"""The gate: every bug that is sown in the ledger is killed, and the ledger without a bug lives.

A mutant is the project's own source with one piece of text replaced, read as modules of its own (package `sown`). What
nothing here notices, the tests do not test.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import random
import sys
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from tests.ledger.proof.commands import Judges, World
from tests.ledger.proof.sown import CHAIN, EXCHANGE, RULES
from tests.ledger.proof.test_machine import at_random
from tests.ledger.test_invariants import STORIES, A, B, again, cancel, order, trade

import ecomarket
from ecomarket.ledger.block import genesis_of, seal
from ecomarket.model.codes import RecordKind, Side, TransferCode

FOLDER = Path(ecomarket.__file__).parent
EXAMPLES, STEPS = 100, 40
COPIED = ("exchange.reference.", "ledger.")


def part_of(name):
    return name.removeprefix("sown.").replace(".", "/")


class Reader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Reads modules sown.* from the project's files, one piece of one of them replaced."""

    def __init__(self, part, old, new):
        self.part, self.old, self.new = part, old, new

    def find_spec(self, name, path=None, target=None):
        if not name.startswith("sown."):
            return None
        return importlib.util.spec_from_loader(name, self, is_package=(FOLDER / part_of(name)).is_dir())

    def exec_module(self, module):
        part = part_of(module.__name__)
        if (FOLDER / part).is_dir():
            module.__path__ = []
            return
        text = (FOLDER / f"{part}.py").read_text(encoding="utf-8")
        if part == self.part:
            assert text.count(self.old) == 1, "the text to change is not there, or twice"
            text = text.replace(self.old, self.new)
        for name in COPIED:
            text = text.replace(f"ecomarket.{name}", f"sown.{name}")
        text = text.replace("sown.ledger.store", "ecomarket.ledger.store")
        exec(compile(text, f"{part}.py", "exec"), module.__dict__)


@contextmanager
def sown(part, old, new):
    """Yield the engine and the judges with the bug in them."""
    reader, package = Reader(part, old, new), ModuleType("sown")
    package.__path__ = []
    sys.modules["sown"] = package
    sys.meta_path.insert(0, reader)
    try:
        engine = importlib.import_module("sown.exchange.reference.market").ReferenceExchange
        rules, journal = (importlib.import_module(f"sown.ledger.{n}") for n in ("invariants", "journal"))
        notebook = importlib.import_module("sown.ledger.findings").Notebook
        yield engine, Judges(journal.Journal, rules.audit, rules.audit_end, notebook)
    finally:
        sys.meta_path.remove(reader)
        for name in [n for n in sys.modules if n == "sown" or n.startswith("sown.")]:
            del sys.modules[name]


def killed_by_tokens(engine, judges, examples=EXAMPLES):
    """Return after how many stories the token model notices, None if it never does; a crash is noticed too."""
    for seed in range(examples):
        try:
            at_random(World(engine, judges=judges), random.Random(seed), STEPS)
        except Exception:  # noqa: BLE001  (a mutant may break in any way)
            return seed + 1
    return None


def codes_of(judges, towns, manifest, story):
    """Return what the judges find when somebody breaks a rule in a town, as the stories of the invariants do."""
    replay, notes, last, found = sys.modules["sown.ledger.replay"].Replay(), judges.notebook(), None, set()
    town = towns(1)
    for act in (lambda _: None, story):
        since = replay.t
        act(town)
        t, records, payloads = town.drain()
        last = seal(genesis_of(manifest), last, t, records, payloads)
        replay.apply(last.records, payloads)
        judges.audit(last, replay, since, found, notes)
    judges.audit_end(replay, notes)
    return {(f.code, f.seq) for f in notes.findings}, town.seq


def mended(town):
    town.transfer(A, B, 1, 1001, TransferCode.ASSIGN)
    town.transfer(B, A, 1, 1001, TransferCode.ASSIGN)


def released_twice(town):
    town.release(town.hold(A, 1, 5))
    town.emit(RecordKind.RELEASE, account=A, instrument=1, amount=5, order=1)


def replaced_twice(town):
    """A bid at 100 trades at 100, moves to 90, trades at 90, moves to 110, trades at 110: all in order."""
    number = order(town, side=Side.BUY, held=1_000)
    for price, held in ((90, 1_000), (110, 900)):
        cancel(town, number, side=Side.BUY, lots=10, held=held)
        again(town, number, 10, 10 * price, price, Side.BUY)
        trade(town, order=number, price=price, amount=1, hold=price)
        cancel(town, number, side=Side.BUY, lots=9, held=9 * price)
        again(town, number, 10, 10 * price, price, Side.BUY)
    cancel(town, number, side=Side.BUY, lots=10, held=1_100)


BROKEN = [*((code, story, 0) for code, story in STORIES.values()), ("NONNEG", mended, 1), ("NONNEG", released_twice, 0)]
"""Stories that break a rule: the code to be found, and how many events before the last."""
SOUND = [lambda _: None, replaced_twice]


def killed_by_stories(judges, towns, manifest):
    """Tell whether a rule that is broken is no longer found at its event, or a sound town is accused."""
    if any(codes_of(judges, towns, manifest, story)[0] for story in SOUND):
        return True
    for code, story, before in BROKEN:
        found, seq = codes_of(judges, towns, manifest, story)
        if (code, seq - before) not in found:
            return True
    return False


def test_there_are_enough():
    assert len(EXCHANGE) + len(CHAIN) >= 50
    assert len(RULES) >= 20


def test_without_a_bug_nothing_is_noticed(towns, manifest):
    with sown("ledger/effects", "_KNOWN = ", "_KNOWN = ") as (engine, judges):
        assert engine.__module__ == "sown.exchange.reference.market"
        assert killed_by_tokens(engine, judges, 20) is None
        assert not killed_by_stories(judges, towns, manifest)


@pytest.mark.parametrize("name", [*EXCHANGE, *CHAIN])
def test_the_tokens_notice(name, record_property):
    with sown(*(EXCHANGE | CHAIN)[name]) as (engine, judges):
        assert killed_by_tokens(engine, judges) is not None, name
    record_property("bugs", 1)


@pytest.mark.parametrize("name", RULES)
def test_the_stories_notice(name, towns, manifest, record_property):
    with sown(*RULES[name]) as (_, judges):
        assert killed_by_stories(judges, towns, manifest), name
    record_property("bugs", 1)
