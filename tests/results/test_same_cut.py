"""The cut that was made, at least cost: against sums by hand and against every other way to share out a cut."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.agents.abatement import Engineering
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.stated import FactCode
from ecomarket.results.efficiency.held import read_held
from ecomarket.results.efficiency.reckon import reckon
from ecomarket.results.efficiency.same_cut import least_cost, same_cut
from ecomarket.results.summary import measures
from ecomarket.scenario import load

CURVES = st.lists(
    st.tuples(st.integers(-50, 200), st.integers(0, 500), st.integers(0, 500), st.integers(0, 100)),
    min_size=1, max_size=5,
).map(lambda rows: np.array(rows, dtype=float))  # fmt: skip
"""First cost, straight and steep part of the marginal cost in CNY/t, most that can be cut in t; a row a firm."""
SHARES = st.lists(st.floats(0, 1), min_size=5, max_size=5)


@given(CURVES, SHARES)
def test_no_other_way_to_share_out_a_cut_is_cheaper(rows, shares):
    curves = Engineering(*rows.T)
    cut = curves.maximum_t * np.array(shares[: len(rows)])
    assert least_cost(curves, float(cut.sum())) <= float(curves.cost(cut).sum()) + 1e-6 * (
        1 + abs(curves.cost(cut)).sum()
    )


@given(CURVES, st.floats(0, 1), st.floats(0, 1))
def test_a_larger_cut_adds_at_least_what_its_first_tonne_costs(rows, one, other):
    curves = Engineering(*rows.T)
    small, large = (part * float(curves.maximum_t.sum()) for part in sorted((one, other)))
    rest = least_cost(curves, large) - least_cost(curves, small)
    assert rest >= min(row[0] for row in rows) * (large - small) - 1e-6 * (1 + abs(rest))


def test_a_straight_step_is_filled_as_far_as_is_needed():
    steps = Engineering(np.array([10.0, 30.0]), np.zeros(2), np.zeros(2), np.array([5.0, 5.0]))
    assert least_cost(steps, 7.0) == pytest.approx(5 * 10 + 2 * 30)
    assert least_cost(steps, 99.0) == pytest.approx(200)


def test_each_market_is_reckoned_by_itself_and_works_stand_outside(new_story):
    """Marginal costs rise to 2,000 (A1), 8,000 (D1) and 4,000 CNY (B1) at 100 t.

    A1 cuts 10 t and D1 20: 1,000 + 16,000 CNY. At least 24 and 6, each at 480 CNY for the last: 5,760 + 1,440. B1 cuts
    10 in a market of its own: 2,000. A2 has built something.
    """
    s = new_story()
    for code in ("A1", "A2", "B1", "D1"):
        s.party(code, "enterprise", "other", "630121")
    for zone in ("HS", "DT"):
        s.listed(f"SO2.{zone}", "so2", "emission-permit", "t", "0.001", zone=zone)
    s.on("2024-12-31")
    s.moved("A2", AccountKind.WORLD, 5, TransferCode.INVESTMENT)
    for code, zone, cut, cost in (
        ("A1", "HS", 10, 1_000), ("D1", "HS", 20, 16_000), ("B1", "DT", 10, 2_000), ("A2", "HS", 50, 1),
    ):  # fmt: skip
        s.fact(FactCode.EMISSION_T_MILLI, code, 1000 * (100 - cut), 202412, f"SO2.{zone}")
        s.fact(FactCode.ABATEMENT_T_MILLI, code, 1000 * cut, 202412, f"SO2.{zone}")
        s.fact(FactCode.ABATEMENT_COST_CASH, code, cost * 10_000, 202412, f"SO2.{zone}")
    frames = s.frames()
    (found,) = same_cut(load("classroom-permits"), frames)
    numbers = (found["firms"], found["built"], found["cut_t"])
    assert (found["pollutant"], found["year"], *numbers) == ("so2", 2024, 3, 1, "40")
    assert (Decimal(found["cost_cny"]), Decimal(found["least_cny"])) == (19_000, 9_200)
    assert float(found["share"]) == pytest.approx(9_200 / 19_000)

    frames.held = reckon(load("classroom-permits"), frames, ended=False)
    (row,) = measures(frames)["cost-effectiveness"]
    assert row == found
    frames.held = read_held(measures(frames))
    assert measures(frames)["cost-effectiveness"] == [row]


def test_only_firms_that_owe_allowances_share_out_a_cut_of_carbon(new_story):
    s = new_story()
    for code in ("P1", "X"):
        s.party(code, "enterprise", "power", "630121")
    s.on("2024-12-31")
    for code in ("P1", "X"):
        s.fact(FactCode.EMISSION_CO2_T, code, 70_000, 202412)
        s.fact(FactCode.ABATEMENT_CO2_T, code, 2_000, 202412)
    scenario = load("classroom-carbon", ["participants.plants.facts.co2_cut_share=0.5"])
    free = load("classroom-carbon", ["participants.plants.facts.carbon_from=2026"])
    assert same_cut(free, s.frames()) == ()
    (found,) = same_cut(scenario, s.frames())
    assert (found["firms"], found["cut_t"]) == (1, "2000")
