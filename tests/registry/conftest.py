"""A small registry over either exchange: MILL and PLANT trade allowances, BANK lends; every story ends coherent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.ledger.block import genesis_of, seal
from ecomarket.ledger.canon import canonical
from ecomarket.ledger.findings import Notebook
from ecomarket.ledger.invariants import audit, audit_end
from ecomarket.ledger.registry.audit import RegistryAudit
from ecomarket.ledger.registry.desk import Desk
from ecomarket.ledger.registry.registry import Registry
from ecomarket.ledger.registry.rules import RegistryRules
from ecomarket.ledger.replay import Replay
from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, Eligible, RecordKind, TransferCode
from ecomarket.model.stated import NoteCode
from ecomarket.units import DAY

MILL, PLANT, BANK = 15, 16, 17
CEA, GEC = 1, 2
CODES = [*(k.name for k in SYSTEM_ACCOUNTS), "MILL", "PLANT", "BANK"]
CASH_EACH = 10**9


def small_kernel(*shape):
    """A kernel whose buffers start small and grow: a story needs few records."""
    return KernelExchange(*shape, journal_rows=512, slots=64, ids=256)


def weekdays(day):
    return day % 7 < 5


class Place:
    """An exchange with a registry; day 0 is a Monday; each firm has 1,000 CEA, MILL 500 GEC."""

    def __init__(self, engine, rules):
        venues = [VenueRules("market", tick_cash=1, band_ppm=0)]
        self.exchange = engine(len(CODES), 3, venues, [Listing(CEA, 0, 100)], len(SYSTEM_ACCOUNTS))
        self.prices = {CEA: 100}
        self.rules = rules
        self.desk = Desk(
            self.exchange,
            CODES,
            ["", "cea", "gec"],
            ["cash", "carbon-allowance", "green-certificate"],
            rules,
            weekdays,
            lambda i: self.prices.get(i, 0),
        )
        self.registry = Registry(self.desk)
        self._open()

    def _open(self):
        started = {"start": "2024-01-01", "accounts": len(CODES), "instruments": 3}
        self.exchange.note(0, NoteCode.RUN_STARTED, canonical(started))
        for account in (MILL, PLANT, BANK):
            named = {
                "account": account,
                "code": CODES[account],
                "kind": "enterprise",
                "en": "x",
                "zh": "x",
                "zone": "Z",
            }
            self.exchange.note(0, NoteCode.PARTICIPANT_REGISTERED, canonical(named), account)
        for number, right, kind in ((CEA, "cea", "carbon-allowance"), (GEC, "gec", "green-certificate")):
            named = {"instrument": number, "code": f"I{number}", "right": right, "kind": kind, "en": "x", "zh": "x"}
            named |= {"unit": "t", "lot": "1"}
            self.exchange.note(0, NoteCode.INSTRUMENT_LISTED, canonical(named), -1, number)
        self.note_rules(self.rules)
        for account in (MILL, PLANT, BANK):
            self.exchange.transfer(0, AccountKind.WORLD, account, 0, CASH_EACH, TransferCode.OPENING)
            self.registry.allow(account, CEA, Eligible.ALL)
        for account in (MILL, PLANT):
            self.exchange.transfer(0, AccountKind.ISSUANCE, account, CEA, 1_000, TransferCode.ALLOCATION)
        self.exchange.transfer(0, AccountKind.ISSUANCE, MILL, GEC, 500, TransferCode.ISSUE)

    def note_rules(self, rules):
        names = RegistryRules.__dataclass_fields__
        self.exchange.note(
            0, NoteCode.REGISTRY_ACT, canonical({"act": "rules", **{n: getattr(rules, n) for n in names}})
        )

    def ask(self, t, command):
        return self.registry.carry_out(t, command).name

    def has(self, account, instrument=CEA):
        return self.exchange.posted(account, instrument)

    def free(self, account, instrument=CEA):
        return self.exchange.free(account, instrument)

    def acts(self, records, payloads):
        import json

        chosen = [r for r in records if r["kind"] == RecordKind.NOTE and r["code"] == NoteCode.REGISTRY_ACT]
        return [json.loads(payloads[r["other"]])["act"] for r in chosen]

    def findings(self):
        """Verify everything that was recorded, in two blocks; return the findings."""
        records, payloads = self.exchange.drain()
        notes, replay, registry = Notebook(), Replay(), RegistryAudit()
        genesis, last, since, at = genesis_of(b"{}"), None, 0, 0
        for part in np.array_split(records, 2) if len(records) > 1 else [records] * len(records):
            own = part.copy()
            is_note = own["kind"] == RecordKind.NOTE
            own["other"][is_note] -= at
            told = payloads[at : at + int(is_note.sum())]
            at += len(told)
            last = seal(genesis, last, int(own["t"][-1]), own, told)
            replay.apply(last.records, told)
            audit(last, replay, since, set(), notes)
            registry.audit(last, replay, notes)
            since = last.t
        audit_end(replay, notes)
        registry.end(replay, notes)
        assert np.array_equal(replay.balances, self.exchange.balances())
        return notes.findings


@pytest.fixture(params=[small_kernel, ReferenceExchange], ids=["kernel", "reference"])
def place(request):
    """Make a Place under rules; at the end of the story its journal must verify clean."""
    made = []

    def make(**rules):
        made.append(Place(request.param, replace(RegistryRules(), **rules)))
        return made[-1]

    yield make
    for one in made:
        assert one.findings() == []


@pytest.fixture
def loose():
    """Make a Place whose journal a story breaks on purpose."""

    def make(**rules):
        return Place(ReferenceExchange, replace(RegistryRules(), **rules))

    return make


@pytest.fixture
def at():
    """Return the time of a day's hour and minute; day 0 is a Monday."""

    def at(day, clock="09:00"):
        hours, minutes = clock.split(":")
        return day * DAY + (int(hours) * 60 + int(minutes)) * 60_000_000

    return at
