"""Schedules: every form of a curve is the price it says, and a curve that goes the wrong way is told where."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.errors import ScenarioError
from ecomarket.model.schedule import Curve, Piece
from ecomarket.scenario import load
from ecomarket.scenario.schedules import schedules_of

HEAD = """ecomarket: 1
name: curves
title: Curves
calendar: {start: 2025-01-01, end: 2026-12-31}
rights:
  permit: {kind: test-permit, unit: t, lot: 1, cap: 50}
"""


def written(tmp_path, schedule, more=""):
    path = tmp_path / "curves.yaml"
    path.write_text(
        f"{HEAD}participants:\n  A: {{kind: enterprise, schedules: {{permit: {schedule}}}}}\n{more}", "utf-8"
    )
    return path


def schedule_of(path, group="A", row=0):
    config = load(path).config
    return schedules_of(config, config.participants[group], config.participants[group].members(group)[row])["permit"]


@pytest.mark.parametrize(
    ("form", "prices"),
    [
        ("{marginal: [10, 0.5]}", {0: 10, 4: 12, 40: 30}),
        ("{marginal: [0, 0, 0.03]}", {0: 0, 10: 3, 30: 27}),
        ("{power: [2, 1.5]}", {0: 0, 4: 16, 9: 54}),
        ("{steps: [[10, 3], [30, 8]]}", {1: 3, 10: 3, 11: 8, 40: 8}),
        ("{points: [[0, 2], [10, 4], [40, 34]]}", {0: 2, 5: 3, 10: 4, 25: 19, 40: 34}),
        ("{quantity: [-20, 2]}", {0: 10, 10: 15, 40: 30}),
        ("{at_emission: [240, -2]}", {0: 160, 10: 180, 40: 240}),
    ],
)
def test_a_form_is_the_price_it_says(tmp_path, form, prices):
    curve = schedule_of(written(tmp_path, f"{{unabated: 40, abatement: {form}}}")).abatement
    assert {x: curve.price(x) for x in prices} == pytest.approx(prices)


def test_a_cost_may_bend_beyond_what_is_emitted(tmp_path):
    assert (
        schedule_of(written(tmp_path, "{unabated: 40, abatement: {marginal: [5, 10, -0.1]}}")).abatement.price(40)
        == 245
    )


def test_a_curve_by_name_with_a_limit_and_a_fixed_cost(tmp_path):
    more = "abatement:\n  scrubber: {marginal: [0, 4], max_share: 0.5, fixed: 100}\n"
    curve = schedule_of(written(tmp_path, "{unabated: 40, abatement: scrubber}", more)).abatement
    assert (curve.share, curve.fixed, curve.area(20)) == (0.5, 100, 800)


def test_a_row_states_its_own_part(tmp_path):
    path = written(
        tmp_path,
        "{unabated: 40, allocation: {2025: 25, 2026: 20}, abatement: dear}",
        "  B:\n    kind: enterprise\n    schedules: {permit: {unabated: 1, abatement: dear}}\n"
        "    table:\n      - {code: B1, permit_unabated: 30, permit_abatement: cheap}\n"
        "      - {code: B2, permit_allocation: 7}\n"
        "abatement: {dear: {marginal: [0, 6]}, cheap: {marginal: [0, 2]}}\n",
    )
    assert schedule_of(path).allocation == {2025: 25, 2026: 20}
    first, second = schedule_of(path, "B", 0), schedule_of(path, "B", 1)
    assert (first.unabated[2026], first.abatement.price(10), second.allocation[2025]) == (30, 20, 7)


def test_a_part_of_the_cap(tmp_path):
    schedule = schedule_of(written(tmp_path, "{share: 60 %, demand: {quantity: [100, -0.5]}}"))
    assert schedule.allocation == {2025: 30, 2026: 30}
    assert schedule.demand.price(40) == 120


@pytest.mark.parametrize(
    ("schedule", "code", "column"),
    [
        ("{unabated: 40, abatement: {marginal: [100, -2]}}", "E324", "abatement"),
        ("{unabated: 40, abatement: {steps: [[5, 10], [5, 9]]}}", "E324", "abatement"),
        ("{unabated: 40, abatement: {at_emission: [0, 2]}}", "E324", "abatement"),
        ("{demand: {price: [5]}}", "E110", "price"),
        ("{demand: {marginal: [5, 1]}}", "E324", "demand"),
        ("{supply: {power: [2, -1]}}", "E324", "supply"),
        ("{unabated: 60, abatement: {marginal: [5, 10, -0.1]}}", "E324", "abatement"),
        ("{unabated: {2025: 60, 2026: 50}, abatement: {at_emission: [60, -1]}}", "E325", "abatement"),
        ("{unabated: 40}", "E325", "permit"),
        ("{unabated: 40, abatement: {fixed: 3}}", "E325", "abatement"),
        ("{supply: {quantity: [5, 0]}}", "E325", "supply"),
        ("{supply: {points: [[1, 2], [3, 4]]}}", "E325", "supply"),
        ("{supply: {steps: [[0, 4]]}}", "E325", "supply"),
        ("{supply: {steps: [[1, 4]], marginal: [3]}}", "E323", "supply"),
        ("{unabated: -40, abatement: {marginal: [1]}}", "E303", "-40"),
        ("{unabated: 40, abatement: {marginal: [1]}, needs: {permits: 2}}", "E202", "permits"),
        ("{unabated: 40, abatement: scruber}", "E212", "scruber"),
    ],
)
def test_a_fault_is_told_where_it_stands(tmp_path, schedule, code, column):
    path = written(tmp_path, schedule)
    with pytest.raises(ScenarioError) as caught:
        load(path)
    found = next(d for d in caught.value.diagnostics if d.code == code)
    line = path.read_text("utf-8").splitlines()[found.line - 1]
    assert column in line[max(0, found.column - 15) : found.column + 15]


def test_a_right_that_is_not_there(tmp_path):
    path = tmp_path / "curves.yaml"
    path.write_text(f"{HEAD}participants: {{A: {{kind: enterprise, schedules: {{permitt: {{duty: 3}}}}}}}}\n", "utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert [(d.code, "permit" in d.help) for d in caught.value.diagnostics] == [("E202", True)]


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=4),
    st.floats(0.1, 50),
    st.lists(st.floats(0, 1), min_size=2, max_size=8).map(sorted),
)
def test_the_area_is_the_sum_of_prices_and_coefficients_from_0_never_fall(coefficients, width, shares):
    curve = Curve((Piece(width, tuple((c, float(n)) for n, c in enumerate(coefficients))),))
    assert curve.trend() in ("level", "rising")
    for low, high in pairwise(shares):
        middle = curve.area(high * width) - curve.area(low * width)
        slack = 1e-9 * (1 + abs(curve.area(width)))
        assert curve.price(low * width) * (high - low) * width <= middle + slack
        assert middle <= curve.price(high * width) * (high - low) * width + slack


@pytest.mark.parametrize(
    ("terms", "width", "trend"),
    [
        (((5.0, 0.0),), 4.0, "level"),
        (((5.0, 0.0), (10.0, 1.0), (-0.1, 2.0)), 40.0, "rising"),
        (((5.0, 0.0), (10.0, 1.0), (-0.1, 2.0)), 60.0, "mixed"),
        (((5.0, 0.0), (3.0, 1.0), (-3.0, 2.0), (0.9, 3.0)), 2.0, "mixed"),
        (((5.0, 0.0), (3.0, 1.0), (-3.0, 2.0), (1.1, 3.0)), 2.0, "rising"),
        (((5.0, 0.0), (-1.0, 1.0)), float("inf"), "falling"),
        (((2.0, 0.5),), 9.0, "rising"),
    ],
)
def test_the_trend_sees_a_dip_between_the_ends(terms, width, trend):
    assert Curve((Piece(width, terms),)).trend() == trend
