"""Sheets of runs: what is counted is there to be counted, and what differs is told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache

import numpy as np
import pytest

from ecomarket.errors import ScenarioError
from ecomarket.model.codes import AccountKind, RecordKind
from ecomarket.results.frames import Frames
from ecomarket.scenario import load
from ecomarket.validity import runs
from ecomarket.validity.bands import outside_band
from ecomarket.validity.outcomes import results


def sheet(tmp_path, text: str):
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_run_and_one_with_another_seed(tmp_path):
    """The auction has no luck in it, but the journal says which seed it was."""
    text = "runs:\n  a: {scenario: classroom-auction}\n  b: {scenario: classroom-auction, like: a}\n  c: {scenario: classroom-auction, seed: 3, like: a}\nmeasures: [price.so2.vwap]\n"
    found = results(sheet(tmp_path, text)).values
    assert (found["findings.a"], found["trades.a"], found["a.price.so2.vwap"]) == (0, 5, 8000)
    assert (found["same.b"], found["same.c"]) == ("same", "other")


def test_counts_add_up_and_measures_are_means(tmp_path):
    text = "runs: {a: {scenario: classroom-auction, set: [calendar.end=2025-01-31]}}\nmeasures: [price.so2.vwap]\nseeds: 2\n"
    found = results(sheet(tmp_path, text)).values
    assert (found["trades.a"], found["a.price.so2.vwap"]) == (10, Decimal(8000))


def test_pairs_ratios_and_facts_are_told_by_name(tmp_path):
    """An auction of half as much: the same lots, so no pair has more; twice the seeds, the same mean."""
    text = (
        "runs:\n  all: {scenario: classroom-auction}\n"
        "  part: {scenario: classroom-auction, set: [policies.permit-auction.offer_share=0.6]}\n"
        "measures: [price.so2.vwap]\npairs: {dearer: [part, all, price.so2.vwap]}\n"
        "ratios: {dearer: [part.price.so2.vwap, all.price.so2.vwap]}\nfacts: [so2.zero-weeks, so2.kurtosis]\nseeds: 2\n"
    )
    found = results(sheet(tmp_path, text)).values
    assert found["all.price.so2.vwap"] == 8000
    assert found["ratio.dearer"] == found["part.price.so2.vwap"] / 8000
    assert found["luck.dearer"] == (Decimal("0.25") if found["ratio.dearer"] > 1 else 1)
    assert "all.so2.kurtosis" not in found, "too little trade to say anything"


@cache
def permits():
    scenario = load("classroom-permits")
    frames, findings = runs._ran(scenario, 1)
    assert findings == 0
    return scenario, frames


def test_what_must_never_happen_is_counted():
    """The journal of a real run, two of its trades falsified."""
    scenario, real = permits()
    frames = Frames(real.records.copy(), real.payloads)
    honest = runs._kept(scenario, frames)
    assert {key: honest[key] for key in ("self-trades", "sink-sales", "outside-band")} == {
        "self-trades": 0,
        "sink-sales": 0,
        "outside-band": 0,
    }
    trades = np.flatnonzero(frames.records["kind"] == RecordKind.TRADE)
    assert honest["trades"] == len(trades) > 3
    frames.records["counter"][trades[1]] = frames.records["account"][trades[1]]
    frames.records["counter"][trades[2]] = AccountKind.RETIRED
    false = runs._kept(scenario, frames)
    assert (false["self-trades"], false["sink-sales"]) == (1, 1)


def test_trades_outside_a_band_are_counted():
    """The run had no band; judged by one of a thousandth, most of its trades lie outside."""
    scenario, frames = permits()
    venue = scenario.config.venues["permit-market"].model_copy(update={"price_band": Decimal("0.001")})
    narrow = replace(scenario, config=scenario.config.model_copy(update={"venues": {"permit-market": venue}}))
    assert outside_band(scenario, frames, runs.IN_THE_BOOK) == 0
    assert outside_band(narrow, frames, runs.IN_THE_BOOK) > 0
    assert outside_band(narrow, frames, ()) == 0, "agreed deals have bands of their own"


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("runs: {}\n", 1, "E303"),
        ("runs:\n  a: {scenario: classroom-auction, like: b}\n", 2, "E211"),
        ("runs:\n  a: {scenario: classroom-nothing}\n", 0, "E100"),
        ("runs:\n  a: {scenario: classroom-auction}\nfacts: [so2.curtosis]\n", 3, "E303"),
    ],
)
def test_a_fault_of_a_sheet(tmp_path, text, line, code):
    with pytest.raises(ScenarioError) as fault:
        results(sheet(tmp_path, text))
    assert code in [d.code for d in fault.value.diagnostics]
    assert not line or line in [d.line for d in fault.value.diagnostics]
