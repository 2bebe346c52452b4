"""Load standards of a river: what each zone may issue, worked out by hand, and the loads that can come of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.errors import ScenarioError
from ecomarket.scenario import load
from ecomarket.scenario.standards import _zonal

RIVER = """ecomarket: 1
name: river
title: River
calendar: {start: 2025-01-01, end: 2026-12-31}
zones:
  - {code: one, level: county, basin: river}
  - {code: two, level: county, basin: river, downstream_of: one}
  - {code: three, level: county, basin: river, downstream_of: two}
rights:
  permit: {kind: test-permit, unit: t, lot: 0.1, zones: county, %s}
venues:
  market: {rights: [permit], mechanism: negotiated, tick: 1, zone_ratios: {%s}}
"""
PAIRS = "downstream: true, pairs: [{seller: one, buyer: two, ratio: 0.6}, {seller: two, buyer: three, ratio: 0.5}]"


def caps(tmp_path, right, rule=PAIRS, year=2025):
    path = tmp_path / "river.yaml"
    path.write_text(RIVER % (right, rule), "utf-8")
    cap = load(path).config.rights["permit"].cap
    return {zone: float(dated.at(year).value) for zone, dated in cap.items()}


@pytest.mark.parametrize(
    ("standards", "issued"),
    [
        ("one: 100, two: 110, three: 90", (100, 50, 35)),  # P10
        ("one: 100, two: 60, three: 90", (100, 0, 60)),  # just what flows in
        ("one: 100, two: 30, three: 90", (50, 0, 75)),  # 30 / 0.6 is all that may come from above
        ("one: 100, two: 110, three: 15", (50, 0, 0)),  # three lets two carry 30, and two lets one carry 50
    ],
)
def test_what_a_zone_issues(tmp_path, standards, issued):
    found = caps(tmp_path, f"load_standard: {{{standards}, unit: t}}")
    assert found == pytest.approx(dict(zip(("one", "two", "three"), issued, strict=True)))


def test_loss_on_the_way_counts_and_without_a_rule_nothing_flows(tmp_path):
    standards = "load_standard: {one: 100, two: 110, three: 90}"
    assert caps(tmp_path, standards, "downstream: true, loss: 0.1") == {
        "one": 100,
        "two": 10,
        "three": 0,
    }  # two carries 90 / 0.9
    assert caps(tmp_path, standards, "within: parent") == {"one": 100, "two": 110, "three": 90}


def test_standards_change_by_year(tmp_path):
    right = "load_standard: {one: {2025: 100, 2026: 80}, two: 110, unit: t}"
    assert caps(tmp_path, right) == {"one": 100, "two": 50}
    assert caps(tmp_path, right, year=2026) == {"one": 80, "two": 62}


@pytest.mark.parametrize(
    ("right", "code"),
    [
        ("cap: {one: 100}, load_standard: {one: 100}", "E326"),
        ("load_standard: {four: 100}", "E201"),
        ("load_standard: 100", "E201"),
        ("load_standard: {one: -1}", "E303"),
        ("load_standard: {one: 100 mu}", "E301"),
    ],
)
def test_what_cannot_be_a_standard_is_told(tmp_path, right, code):
    with pytest.raises(ScenarioError) as failed:
        caps(tmp_path, right)
    assert code in {fault.code for fault in failed.value.diagnostics}


@pytest.mark.parametrize(
    ("standards", "issued"),
    [
        ("one: 100, two: 110, three: 130", (100, 110, 15)),  # 130 - 0.6 x 100 - 0.5 x 110
        ("one: 100, two: 110, three: 46", (40, 44, 0)),  # 115 would flow in: each issues two fifths
    ],
)
def test_where_rivers_meet(tmp_path, standards, issued):
    path = tmp_path / "river.yaml"
    met = RIVER.replace("two, level: county, basin: river, downstream_of: one", "two, level: county, basin: river")
    met = met.replace("downstream_of: two", "downstream_of: one;two")
    pairs = (
        "downstream: true, pairs: [{seller: one, buyer: three, ratio: 0.6}, {seller: two, buyer: three, ratio: 0.5}]"
    )
    path.write_text(met % (f"load_standard: {{{standards}, unit: t}}", pairs), "utf-8")
    caps_of = load(path).config.rights["permit"].cap
    found = {zone: float(dated.at(2025).value) for zone, dated in caps_of.items()}
    assert found == pytest.approx(dict(zip(("one", "two", "three"), issued, strict=True)), abs=1e-9)
    path.write_text(path.read_text("utf-8").replace("one;two", "one;tow"), "utf-8")
    with pytest.raises(ScenarioError, match="E201"):
        load(path)


@given(
    st.lists(st.integers(0, 200), min_size=2, max_size=6),
    st.lists(st.integers(1, 100), min_size=5, max_size=5),
    st.lists(st.integers(1, 5), min_size=5, max_size=5),
)
def test_no_zone_carries_more_than_its_standard_when_all_is_emitted(loads, percent, ahead):
    """The load of a zone is what it may issue and what arrives of the loads above it; each flows into a later one."""
    count = len(loads)
    below = {n: min(n + ahead[n], count - 1) for n in range(count - 1)}
    flows = {
        str(zone): {str(n): Decimal(percent[n]) / 100 for n, to in below.items() if to == zone} for zone in range(count)
    }
    issued = _zonal({str(n): Decimal(x) for n, x in enumerate(loads)}, flows)
    carried: dict[str, Decimal] = {}
    for n, standard in enumerate(loads):
        arrives = sum((part * carried[above] for above, part in flows[str(n)].items()), Decimal(0))
        carried[str(n)] = arrives + issued[str(n)]
        assert issued[str(n)] >= 0
        assert carried[str(n)] <= standard + Decimal("1e-20")
