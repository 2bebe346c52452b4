"""Cost curves: inverse, monotone, cost is the integral, corners, and the five firms of CASES P02."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.agents.abatement import MENUS, Engineering, Piecewise, Polynomial, abated_lots, engineering, menu

COSTS = st.floats(0.0, 50_000.0, allow_subnormal=False)
CURVES = st.builds(
    lambda c0, c1, c2, top: Engineering(np.array([c0]), np.array([c1]), np.array([c2]), np.array([top])),
    st.floats(-500.0, 5_000.0),
    st.floats(1.0, 20_000.0),
    COSTS,
    st.floats(0.01, 100_000.0),
)
UNIT = st.floats(0.0, 1.0)


@given(CURVES, UNIT)
def test_the_inverse_finds_the_abatement_back(curve, z):
    x = z * curve.maximum_t
    assert curve.abated(curve.marginal(x)) == pytest.approx(x, rel=1e-6, abs=1e-6 * curve.maximum_t[0])


@given(CURVES, UNIT, UNIT)
def test_marginal_cost_rises_and_so_does_its_inverse(curve, a, b):
    low, high = sorted((a, b))
    top = curve.maximum_t
    assert curve.marginal(low * top) <= curve.marginal(high * top)
    p, q = curve.marginal(low * top), curve.marginal(high * top) + 1.0
    assert curve.abated(p) <= curve.abated(q) + 1e-9 * top


@given(CURVES, UNIT)
def test_cost_is_the_integral_of_marginal_cost(curve, z):
    edges = np.linspace(0.0, z * curve.maximum_t[0], 2001)
    middles = (edges[1:] + edges[:-1]) / 2
    total = sum(float(curve.marginal(x)[0]) for x in middles[::20]) / 100 * edges[-1]
    scale = abs(curve.c0[0]) + curve.c1[0] + curve.c2[0]
    assert float(curve.cost(edges[-1])[0]) == pytest.approx(total, abs=0.02 * scale * curve.maximum_t[0])


def test_saving_tonnes_are_cut_at_no_price_and_dear_ones_never():
    cement = Engineering(np.array([-20.0]), np.array([90.0]), np.array([350.0]), np.array([12.0]))
    free = cement.abated(0.0)
    assert 0 < free[0] < 12
    assert cement.marginal(free)[0] == pytest.approx(0.0, abs=1e-9)
    assert cement.abated(-20.01)[0] == 0.0
    assert cement.abated(1e9)[0] == 12.0
    assert cement.cost(free)[0] < 0


@pytest.mark.parametrize(
    ("key", "half"),
    [
        (("power", "co2"), 68.75),
        (("power", "so2"), 3475.0),
        (("industry", "cod"), 4750.0),
        (("industry", "nh3n"), 17250.0),
    ],
)
def test_half_of_the_maximum_costs_what_the_table_says(key, half):
    row = MENUS[key]
    curve = Engineering(np.array([row.c0]), np.array([row.c1]), np.array([row.c2]), np.array([2.0]))
    assert curve.marginal(1.0)[0] == half


def test_five_firms_of_p02_at_price_27():
    firms = [
        Polynomial((0, 2.0), 60),
        Polynomial((10.0, 0.5), 100),
        Polynomial((0, 0, 0.03), 50),
        Polynomial((40.0, 1.0), 30),
        Polynomial((0, 0.5), 20),
    ]
    assert [round(float(f.abated(27.0)), 6) for f in firms] == [13.5, 34.0, 30.0, 0.0, 20.0]
    assert [round(float(f.cost(f.abated(27.0))), 6) for f in firms] == [182.25, 629.0, 270.0, 0.0, 100.0]


def test_a_polynomial_must_not_fall():
    with pytest.raises(ValueError, match="must not fall"):
        Polynomial((10.0, -1.0), 5.0)


def test_a_flat_step_is_taken_whole_at_its_price():
    steps = Piecewise((0.0, 10.0, 20.0), (5.0, 5.0, 25.0))
    assert steps.abated(5.0) == 10.0
    assert steps.abated(4.99) == 0.0
    assert steps.abated(15.0) == 15.0
    assert steps.cost(15.0) == 50.0 + 5 * 10.0
    assert steps.abated(99.0) == 20.0


@pytest.mark.parametrize(
    "bad", [((1.0, 2.0), (1.0, 2.0)), ((0.0, 2.0), (3.0, 2.0)), ((0.0, 0.0), (1.0, 1.0)), ((0.0,), (1.0, 2.0))]
)
def test_a_broken_list_of_points_is_refused(bad):
    with pytest.raises(ValueError, match="point"):
        Piecewise(*bad)


@given(CURVES, st.floats(0.0, 60_000.0))
def test_the_last_whole_lot_costs_at_most_the_price_and_the_next_one_more(curve, price):
    lot = float(curve.maximum_t[0]) / 97.3
    lots = abated_lots(curve, price, lot)
    assert lots[0] == 0 or curve.marginal(lots * lot)[0] <= price
    assert (lots[0] + 1) * lot > curve.maximum_t[0] or curve.marginal((lots + 1) * lot)[0] > price


def test_a_fixed_price_is_met_to_the_lot():
    assert abated_lots(Polynomial((0.0, 4.0), 40.0), 96.0, 1.0) == 24
    assert abated_lots(Polynomial((0.0, 6.0), 50.0), 96.0, 1.0) == 16


def test_a_cohort_gets_its_sectors_menus(world):
    made = world([{"sector": "power", "so2_t": 100}, {"sector": "cement", "so2_t": 100}])
    curve = engineering(made.members, "so2", np.array([100.0, 100.0]))
    assert curve.maximum_t.tolist() == [60.0, 70.0]
    assert menu("gas-power", "nox").c0 == 4000


def test_a_firm_may_state_its_own_line_and_another_keeps_its_sectors_curve(world):
    own = {"so2_cost_first": 100, "so2_cost_last": 900, "so2_cut_share": 0.5}
    made = world(
        [{"sector": "power", "so2_t": 100, **own}, {"so2_t": 100, "so2_cost_last": 8_000}, {"sector": "power"}]
    )
    curve = engineering(made.members, "so2", np.array([100.0, 100.0, 100.0]))
    assert curve.maximum_t.tolist() == [50.0, 100.0, 60.0]
    assert curve.marginal([25.0, 25.0, 0.0]).tolist() == [500.0, 2_000.0, 600.0]
    assert curve.abated(500.0)[0] == pytest.approx(25.0)
    assert curve.cost([50.0, 25.0, 0.0]).tolist() == [25_000.0, 25_000.0, 0.0]
