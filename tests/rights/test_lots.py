"""A lot is the kind's own: left out it is filled in, a different one is refused where it is written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ecomarket.errors import ScenarioError
from ecomarket.scenario import load

HEAD = """ecomarket: 1
name: lots
title: Lots
calendar: {start: 2025-01-01, end: 2025-12-31}
rights:
  it: {%s}
"""


def right(tmp_path, written):
    path = tmp_path / "lots.yaml"
    path.write_text(HEAD % written, "utf-8")
    return load(path).config.rights["it"]


@pytest.mark.parametrize(
    ("written", "lot"),
    [
        ("kind: emission-permit, unit: t per year", "0.001 t"),
        ("kind: emission-permit, unit: t per year, lot: 0.001", "0.001"),
        ("kind: emission-permit, unit: t per year, lot: 1 kg", "1 kg"),
        ("kind: water-right, unit: m3", "1000 m3"),
        ("kind: responsibility-indicator, indicator: clean-water, unit: t", "0.001 t"),
        ("kind: responsibility-indicator, indicator: forest-cover, unit: mu", "1 mu"),
        ("kind: resource-right, resource: mining, unit: t", "1 t"),
        ("kind: tradable-permit, unit: t", "1"),
        ("kind: tradable-permit, unit: t, lot: 0.01", "0.01"),
    ],
)
def test_a_lot_is_the_kinds_own_or_left_out(tmp_path, written, lot):
    assert str(right(tmp_path, written).lot) == lot


@pytest.mark.parametrize(
    ("written", "code", "line"),
    [
        ("kind: emission-permit, unit: t per year, lot: 1", "E327", 6),
        ("kind: carbon-allowance, unit: t, lot: {value: 100, source: assumption}", "E327", 6),
        ("kind: water-right, unit: m3, lot: 1", "E327", 6),
        ("kind: water-right, unit: t", "E301", 6),
        ("kind: 63, unit: t", "E207", 6),
    ],
)
def test_another_lot_is_refused_at_its_line(tmp_path, written, code, line):
    with pytest.raises(ScenarioError) as failed:
        right(tmp_path, written)
    assert [(fault.code, fault.line) for fault in failed.value.diagnostics] == [(code, line)]


def test_a_lot_in_the_scenarios_own_unit(tmp_path):
    assert right(tmp_path, "kind: water-right, unit: 万m3, lot: 0.1").lot.value == Decimal("0.1")
