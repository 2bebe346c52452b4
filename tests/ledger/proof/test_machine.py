"""The ledger against one token per unit: accepted or refused, who owns what, what is free, after every single step."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from tests.ledger.proof.commands import COMMANDS, World
from tests.sizes import SOAK, cases

from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.model.codes import Refusal

STORIES = cases(150, 10_000)
"""Of each engine."""
STEPS = 100 if SOAK else 50
ENGINES = {"kernel": KernelExchange, "reference": ReferenceExchange}


def small_kernel(*shape):
    """The kernel with buffers that hold one record and one order, so that they grow on the way."""
    return KernelExchange(*shape, journal_rows=1, slots=1, ids=1)


class Machine(RuleBasedStateMachine):
    """Draws commands; the world does each to both sides and compares."""

    engine = ReferenceExchange
    told = 0

    @initialize(rich=st.lists(st.integers(0, 3), min_size=4, max_size=4))
    def found(self, rich):
        type(self).told += 1
        self.world = World(type(self).engine)
        for who, wealth in enumerate(rich):
            self.world.do("pay_in", who=who, n=20 * wealth)
            for i in (0, 1):
                self.world.do("issue", who=who, i=i, n=3 * wealth)

    def teardown(self):
        if hasattr(self, "world"):
            self.world.end()


def as_rule(name):
    strategies = {k: st.integers(*bounds) for k, bounds in COMMANDS[name].ranges.items()}
    if "price" in strategies:
        strategies["price"] = st.integers(4, 6) | strategies["price"]

    @rule(**strategies)
    def act(self, **arguments):
        self.world.do(name, **arguments)

    act.__name__ = name
    return act


for name in COMMANDS:
    setattr(Machine, name, as_rule(name))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_ledger_agrees_with_the_tokens(engine, record_property):
    machine = type(f"Machine_{engine}", (Machine,), {"engine": staticmethod(ENGINES[engine])})
    bounds = settings(
        max_examples=len(STORIES.numbers),
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(STORIES.numbers.start)(machine), settings=bounds)
    assert machine.told >= len(STORIES.numbers)
    record_property("stories", STORIES.told)


def at_random(world, rng, steps):
    """Drive a world by chance: everybody gets something, then any commands, mostly orders."""
    names = [*COMMANDS, *["order"] * 8, *["offer", "accept"] * 2]
    for who in range(world.people):
        world.do("pay_in", who=who, n=rng.randrange(10, 61))
        for i in range(world.instruments):
            world.do("issue", who=who, i=i, n=rng.randrange(1, 10))
    for _ in range(steps):
        name = rng.choice(names)
        arguments = {k: rng.randint(*bounds) for k, bounds in COMMANDS[name].ranges.items()}
        if "price" in arguments and rng.randrange(4):
            arguments["price"] = rng.randint(4, 6)  # few prices, so that orders meet
        world.do(name, **arguments)
    world.end()


@pytest.mark.parametrize("seed", range(6))
def test_buffers_grow_under_long_stories(seed):
    at_random(World(small_kernel), random.Random(seed), 400)


def test_every_command_comes_to_something_and_is_refused():
    """The commands are drawn so that each is accepted and refused often: else the machine would test little."""
    seen = Counter()

    class Watched(ReferenceExchange):
        pass

    def watch(method):
        def watched(self, *arguments, **named):
            answer = getattr(ReferenceExchange, method)(self, *arguments, **named)
            seen[method, Refusal(answer if isinstance(answer, int) else answer[1])] += 1
            return answer

        return watched

    methods = ("transfer", "hold", "release", "submit", "cancel", "replace", "deal", "offer", "accept", "withdraw")
    for method in methods:
        setattr(Watched, method, watch(method))
    for story in range(12):
        at_random(World(Watched), random.Random(story), 200)
    assert {m for m, refusal in seen if not refusal} == set(methods)
    assert {refusal.name for _, refusal in seen} >= {
        "NONE", "SAME_PARTY", "AMOUNT_NOT_POSITIVE", "INSUFFICIENT_UNITS", "INSUFFICIENT_CASH", "SINK_DEBIT",
        "UNKNOWN_HOLD", "UNKNOWN_ORDER", "NOT_OWNER", "NOT_ELIGIBLE", "PRICE_NOT_POSITIVE", "LOTS_NOT_POSITIVE",
        "POST_ONLY_WOULD_TRADE", "FOK_NOT_FILLABLE", "BOUGHT_TODAY", "OFFER_EXPIRED",
    }  # fmt: skip
