"""Every policy is dated: out of force it changes nothing, and before its first day it leaves no trace.

The world is that of the policy's own story, with all that happens there. Short form: each story's first case, played for
a year; long form (ECOMARKET_SOAK=1): every case to the end of its calendar.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from ecomarket.engine.world import build
from ecomarket.ledger.query import Events
from ecomarket.model.record import RECORD
from ecomarket.scenario import load
from ecomarket.scenario.library import shipped
from ecomarket.scenario.plugs import plug_ins
from ecomarket.stories.happen import act_of, dates_of
from ecomarket.stories.names import Names
from ecomarket.stories.read import read_story
from ecomarket.stories.stage import play
from ecomarket.units import DAY

STORIES = Path(__file__).parents[1] / "stories"
KINDS = sorted(plug_ins("policies"))
LONG = bool(os.environ.get("ECOMARKET_SOAK"))
A_DAY = timedelta(days=1)


class Tape:
    """Keeps every record and payload of a scene as the exchange gave it."""

    def __init__(self) -> None:
        self.records: list[np.ndarray] = [np.zeros(0, dtype=RECORD)]
        self.payloads: list[bytes] = []

    def commit(self, records: np.ndarray, payloads: list[bytes]) -> None:
        self.records.append(records.copy())
        self.payloads += payloads

    def events(self) -> Events:
        return Events(np.concatenate(self.records), dict(enumerate(self.payloads)))

    def wrong(self, balances: np.ndarray, lang: str) -> list[str]:
        del balances, lang
        return []


@lru_cache(maxsize=1)
def told(kind: str):
    """Read a policy's story; its parameters and its world are what the story's `given` says."""
    return read_story(STORIES / f"{kind}.yaml")


def scene(kind: str, case: int):
    """Return the scenario of a case, with the story's policy and without its digest, and the last day to be played."""
    whole = told(kind).scenario(case)
    year = date(whole.start.year, 12, 31)
    return replace(whole, digest=""), whole.end if LONG else min(whole.end, year)


def without(kind: str, scenario):
    rest = tuple(use for use in scenario.policies if use.kind != kind)
    assert len(rest) < len(scenario.policies)
    return replace(scenario, policies=rest)


def dated(kind: str, scenario, **days: date):
    """Return the scenario with the policy from one day to another."""
    days = {"since": None, "until": None} | days
    uses = [(u, u.params.model_copy(update=days) if u.kind == kind else u.params) for u in scenario.policies]
    return replace(scenario, policies=tuple(replace(use, params=params) for use, params in uses))


def played(scenario, seed: int, last: date, acts_in=lambda _: []) -> tuple[bytes, list[bytes], np.ndarray]:
    """Play a scenario to its last day: its records, its payloads, and the times of the records."""
    tape = Tape()
    world = build(scenario, seed, lambda *_: tape.commit(*world.exchange.drain()))
    found = play(scenario, seed, world, tape, acts_in(world), frozenset(), last).events
    return found.records.tobytes(), list(found.payloads.values()), found.records["t"]


def events(kind: str, case: int, scenario, last: date) -> tuple[bytes, list[bytes], np.ndarray]:
    """Play a case with all that happens in it."""
    script, own = told(kind), ("cases", case, "when")
    happenings = [
        *((h, script.node("when", at)) for at, h in enumerate(script.story.when)),
        *((h, script.node(*own, at)) for at, h in enumerate(script.story.cases[case].when)),
    ]

    def acts_in(world):
        names = Names(world, script.findings)
        return [(day, act_of(h, node, names)) for h, node in happenings for day in dates_of(h, last)]

    return played(scenario, script.story.seed, last, acts_in)


def difference(one, two) -> str:
    """Write the first event in which two journals part."""
    a, b = (np.frombuffer(found[0], dtype=RECORD) for found in (one, two))
    at = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if len(a) == len(b) == at:
        return f"payloads: {next((x, y) for x, y in zip(one[1], two[1], strict=True) if x != y)}"
    return f"event {at}: {a[at : at + 1]} against {b[at : at + 1]}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_out_of_force_changes_nothing(kind: str) -> None:
    """In the short form every other policy is not yet in force, the rest no longer."""
    for case in range(len(told(kind).story.cases) if LONG else 1):
        whole, last = scene(kind, case)
        never = events(kind, case, without(kind, whole), last)
        ways = ({"since": last + A_DAY}, {"until": whole.start - A_DAY})
        for days in ways if LONG else [ways[KINDS.index(kind) % 2]]:
            found = events(kind, case, dated(kind, whole, **days), last)
            assert found[:2] == never[:2], f"case {case}, {days}: {difference(found, never)}"


@pytest.mark.parametrize("kind", KINDS if LONG else [k for k in KINDS if plug_ins("policies")[k].prepares])
def test_before_its_first_day_a_policy_leaves_no_trace(kind: str) -> None:
    """The first day lies in the middle of the calendar: the events before it are those of a run without the policy.

    In the short form only for those that are called before their first day.
    """
    for case in range(len(told(kind).story.cases) if LONG else 1):
        whole, last = scene(kind, case)
        middle = whole.start + (last - whole.start) / 2
        begins = (middle - whole.start).days * DAY
        never = events(kind, case, without(kind, whole), last)
        found = events(kind, case, dated(kind, whole, since=middle), last)
        before = [np.frombuffer(one[0], dtype=RECORD)[one[2] < begins] for one in (found, never)]
        assert np.array_equal(*before), f"case {case}, since {middle}: {difference(found, never)}"


@pytest.mark.parametrize("name", sorted(shipped()) if LONG else ["indicators", "permits-xining"])
def test_who_acts_upon_laws_does_not_act_upon_those_out_of_force(name: str) -> None:
    """All policies of a scenario begin the day after the last that is played: its people live as without any."""
    whole = replace(load(name), digest="")
    last = min(whole.end, whole.start + timedelta(days=364 if LONG else 59))
    never = [
        replace(use, params=use.params.model_copy(update={"since": last + A_DAY, "until": None}))
        for use in whole.policies
    ]
    one, two = (played(replace(whole, policies=tuple(uses)), 1, last) for uses in ((), never))
    assert one[:2] == two[:2], difference(one, two)
