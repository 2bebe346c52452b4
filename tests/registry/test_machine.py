"""Random commands to the registry: both exchanges write the same journal, holds are what waits, and it verifies clean."""

from __future__ import annotations

import os

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.registry.conftest import BANK, CEA, GEC, MILL, PLANT, Place, small_kernel

from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.ledger.registry.rules import RegistryRules
from ecomarket.model.codes import AccountKind, Side, TransferCode
from ecomarket.model.command import Transfer
from ecomarket.model.registry import (
    Decide,
    Freeze,
    Pledge,
    Propose,
    Repay,
    Resume,
    Retire,
    Reverse,
    Suspend,
    TopUp,
    Trust,
    Unfreeze,
)
from ecomarket.units import HOUR

EXAMPLES = 3_000 if os.environ.get("ECOMARKET_SOAK") == "1" else 40
PEOPLE = st.sampled_from([MILL, PLANT, BANK])
LOTS = st.integers(1, 700)
NUMBER = st.integers(1, 6)
PERSON = st.sampled_from(["MILL/a", "MILL/b", "PLANT/a", "PLANT/b", "registrar/a", "registrar/b"])
SINKS = st.sampled_from([AccountKind.RETIRED, AccountKind.SURRENDER, AccountKind.CANCELLED])
COMMANDS = st.one_of(
    st.builds(Propose, PEOPLE, PEOPLE, st.sampled_from([CEA, GEC]), LOTS, PERSON),
    st.builds(Decide, NUMBER, PERSON, st.booleans()),
    st.builds(Trust, PEOPLE, PEOPLE, PERSON, PERSON),
    st.builds(Retire, PEOPLE, st.sampled_from([CEA, GEC]), LOTS, PEOPLE, st.just("x"), st.just(2024), SINKS),
    st.builds(Reverse, NUMBER, PERSON, PERSON, st.just("mistake")),
    st.builds(Freeze, PEOPLE, st.just("court/x"), st.just("1"), st.sampled_from([-1, CEA]), LOTS),
    st.builds(Unfreeze, NUMBER, st.just("court/y")),
    st.builds(Suspend, st.sampled_from(["cea", "gec"]), st.just("regulator/x"), st.just("theft")),
    st.builds(Resume, st.sampled_from(["cea", "gec"]), st.just("regulator/x")),
    st.builds(Pledge, PEOPLE, st.just(CEA), LOTS, PEOPLE, st.integers(0, 60_000), st.sampled_from([0, -4_000, 9_000])),
    st.builds(TopUp, PEOPLE, NUMBER, LOTS),
    st.builds(Repay, PEOPLE, NUMBER, st.integers(1, 60_000)),
    st.builds(
        Transfer,
        PEOPLE,
        st.just(AccountKind.SURRENDER),
        st.just(CEA),
        LOTS,
        st.just(TransferCode.SURRENDER),
        st.just(2024),
    ),
)
ORDERS = st.tuples(PEOPLE, st.sampled_from([Side.BUY, Side.SELL]), st.integers(50, 130), LOTS)
STEPS = st.lists(st.tuples(st.integers(0, 30), st.integers(40, 140), st.one_of(COMMANDS, ORDERS)), max_size=30)
RULES = st.builds(
    RegistryRules,
    four_eyes=st.booleans(),
    delay=st.sampled_from(["none", "eu-35"]),
    limit_lots=st.sampled_from([0, 300]),
    lapse_days=st.integers(1, 4),
    reversal_days=st.sampled_from([0, 3]),
    loan_ppm=st.just({"carbon-allowance": 900_000}),
    cure_days=st.integers(0, 3),
    rate_ppm=st.sampled_from([0, 36_500, 900_000]),
    rate_below_ppm=st.just(5_000),
    rate_above_ppm=st.just(5_000),
    term_days=st.sampled_from([{}, {"carbon-allowance": 30}]),
)


def holds(here: Place, account: int) -> int:
    """Return what waits, is pledged (in default too), kept for a forced sale or frozen of an account's allowances."""
    registry = here.registry
    waiting = [p.asked for p in registry.proposals.waiting.values()]
    kept = sum(a.amount for a in waiting if (a.debit, a.instrument) == (account, CEA))
    pledged = [*registry.pledges.standing.values(), *registry.pledges.defaulted.values()]
    kept += sum(p.lots for p in pledged if p.asked.account == account)
    kept += sum(s.lots for s in registry.sales.open.values() if s.pledged.asked.pledgee == account)
    frozen = [f.asked for f in registry.freezes.standing.values() if f.hold]
    return kept + sum(f.amount for f in frozen if f.account == account)


def live(here: Place, steps) -> None:
    """Live the steps: hours pass, the price moves, a command or an order is sent, the day's sitting closes."""
    t = 9 * HOUR
    for hours, price, sent in steps:
        t += hours * HOUR
        here.prices[CEA] = price
        here.registry.advance(t)
        if isinstance(sent, tuple):
            account, side, limit, lots = sent
            here.exchange.open_session(t, [CEA], t + 2)
            here.exchange.submit(t, account, CEA, int(side), limit, lots)
            here.registry.before_close(t + 1, [CEA])
            here.exchange.close_session(t + 2, [CEA], end_of_day=True)
            t += 2
        elif isinstance(sent, Transfer):
            here.registry.transfer(t, sent, sent.amount)
        else:
            here.registry.carry_out(t, sent)
        for account in (MILL, PLANT, BANK):
            assert here.has(account) - here.free(account) == holds(here, account)


@given(RULES, STEPS)
@example(
    RegistryRules(),
    [(0, 40, Retire(MILL, CEA, 1, MILL, "x", 2024)), (0, 40, Unfreeze(5, "court/y"))]
    + [(0, 40, Decide(1, "MILL/a", approve=False))] * 3
    + [(0, 40, Freeze(MILL, "court/x", "1", CEA, 1)), (0, 40, Propose(MILL, PLANT, CEA, 1, "MILL/a"))],
)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_both_exchanges_write_the_same_sound_journal(rules, steps):
    kernel, plain = Place(small_kernel, rules), Place(ReferenceExchange, rules)
    journals = []
    for here in (kernel, plain):
        live(here, steps)
        drained = here.exchange.drain()
        journals.append(drained)
        here.exchange.drain = lambda drained=drained: drained
    (a, notes_a), (b, notes_b) = journals
    assert np.array_equal(a, b)
    assert notes_a == notes_b
    assert kernel.findings() == []
