"""Arrivals: strictly increasing, inside the sittings, and untouched by whoever else is there."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomarket.chance import Draws
from ecomarket.engine.arrivals import RANK_BITS, Session, draw_arrivals
from ecomarket.model.order import INTENT
from ecomarket.units import HOUR, SECOND

SESSIONS = [Session(0, 9 * HOUR, 11 * HOUR), Session(0, 13 * HOUR, 15 * HOUR), Session(1, 10 * HOUR, 11 * HOUR)]


def intents_of(accounts: list[int], instrument: int = 1) -> np.ndarray:
    intents = np.zeros(len(accounts), dtype=INTENT)
    intents["account"] = accounts
    intents["instrument"] = instrument
    return intents


def drawn(accounts: list[int], looks: float, venue: int = 0, seed: int = 1) -> np.ndarray:
    intents = intents_of(accounts)
    venues = np.full(len(accounts), venue)
    return draw_arrivals(intents, venues, np.full(len(accounts), looks), SESSIONS, Draws(seed))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.floats(0, 5), st.integers(0, 9))
def test_times_increase_and_lie_in_the_sittings(count: int, looks: float, seed: int) -> None:
    arrivals = drawn(list(range(15, 15 + count)), looks, seed=seed)
    assert (np.diff(arrivals["t"]) > 0).all()
    inside = [any(s.venue == 0 and s.open_t < t < s.close_t for s in SESSIONS) for t in arrivals["t"]]
    assert all(inside)
    counts = np.bincount(arrivals["intent"], minlength=count)
    assert ((counts == int(looks)) | (counts == int(looks) + 1)).all()


def test_a_newcomer_leaves_the_others_alone() -> None:
    before = drawn([15, 16, 17], 2.5)
    after = drawn([15, 16, 17, 99], 2.5)
    kept = after[after["intent"] != 3]
    for name in ("t", "intent", "u", "v", "w"):
        assert (before[name] == kept[name]).all()


def test_a_venue_that_does_not_sit_sees_nobody() -> None:
    assert len(drawn([15, 16], 3.0, venue=7)) == 0


def test_two_intents_of_one_account_in_one_market_come_at_their_own_times() -> None:
    arrivals = drawn([15, 15], 1.0)
    assert len(arrivals) == 2
    assert arrivals["u"][0] != arrivals["u"][1]


def test_compiled_luck_is_the_luck_of_chance() -> None:
    """The first arrival of each agent draws what ecomarket.chance says, at the time it says."""
    accounts = list(range(15, 200))
    for seed in (0, 1, 2**63 + 5):
        arrivals = np.sort(drawn(accounts, 1.0, seed=seed), order="intent")
        who, market = np.array(accounts), 1 << RANK_BITS
        for name in ("u", "v", "w"):
            assert (arrivals[name] == Draws(seed).uniform(who, f"quote-{name}", 0, market)).all()
        share = Draws(seed).uniform(who, "arrival", 0, market)
        offset = np.floor(share * 2 * (2 * HOUR - 2 * SECOND)).astype(np.int64)
        first = offset < 2 * HOUR - 2 * SECOND
        times = np.where(first, 9 * HOUR + SECOND + offset, 13 * HOUR + SECOND + offset - 2 * HOUR + 2 * SECOND)
        assert (arrivals["t"] == times).all()
