"""The water that was used, at its greatest worth: against sums by hand, linear programmes, and every other use."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from ecomarket.agents import water
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.stated import FactCode
from ecomarket.results.efficiency.held import read_held
from ecomarket.results.efficiency.reckon import reckon
from ecomarket.results.efficiency.same_water import same_water
from ecomarket.results.efficiency.seasons import Season
from ecomarket.results.summary import measures
from ecomarket.scenario import load

MONTHS = 4
USERS = st.lists(
    st.tuples(
        st.lists(st.integers(0, 50), min_size=MONTHS, max_size=MONTHS), st.integers(1, 40), st.floats(0.05, 3), st.booleans(),
    ),
    min_size=1, max_size=4,
)  # fmt: skip
"""Need by month, value of the last unit, elasticity, whether each unit is worth the same; a row a user."""
PARTS = st.lists(st.floats(0, 1), min_size=16, max_size=16)
COMES = st.lists(st.integers(0, 80), min_size=MONTHS, max_size=MONTHS)


def season_of(rows, *, flat=None):
    need, value, elasticity, same = zip(*rows, strict=True)
    columns = (np.array(c, dtype=float) for c in (need, value, elasticity))
    return Season(*columns, np.array(same if flat is None else [flat] * len(rows)))


@given(st.floats(0.5, 30), st.floats(0.01, 1), st.floats(0.05, 5))
def test_worth_is_the_integral_of_the_marginal_value(value, share, elasticity):
    corner = min(water.SCARCITY_MAX**-elasticity, share)
    points = np.geomspace(corner, share, 4001)  # below the corner it is flat
    above = np.trapezoid(
        np.append(water.SCARCITY_MAX * value, water.marginal_value(value, points[1:], elasticity)), points
    )
    area = water.SCARCITY_MAX * value * corner + float(above)
    assert float(water.worth(value, share, elasticity)) == pytest.approx(area, rel=1e-4, abs=1e-9)


@given(USERS, PARTS)
def test_no_other_use_of_the_same_water_in_time_is_worth_more(rows, parts):
    """Whatever was used, that much was there by each month: the greatest worth is no less."""
    season = season_of(rows)
    used = season.need * np.array(parts[: season.need.size]).reshape(season.need.shape)
    worth = season.worth(used)
    assert season.greatest_worth(list(used.sum(axis=0).cumsum())) >= worth - 1e-6 * (1 + worth)


@given(USERS, COMES)
def test_where_each_unit_is_worth_the_same_it_is_a_linear_programme(rows, comes):
    season = season_of(rows, flat=True)
    n, months = season.need.shape
    by_month = np.tril(np.ones((months, months)))
    cumulative = np.kron(np.ones((1, n)), by_month)  # use in order of users, then months
    there = np.cumsum(comes)
    best = linprog(
        -np.repeat(season.value, months), A_ub=cumulative, b_ub=there, bounds=[(0, x) for x in season.need.ravel()]
    )
    assert season.greatest_worth(list(there)) == pytest.approx(-best.fun, rel=1e-7, abs=1e-6)


@given(USERS, COMES, st.integers(0, MONTHS - 1))
def test_water_that_comes_later_is_worth_no_more(rows, comes, month):
    season = season_of(rows)
    there = np.cumsum(comes)
    late = there.copy()
    late[: month + 1] = 0
    assert season.greatest_worth(list(late)) <= season.greatest_worth(list(there)) * (1 + 1e-9) + 1e-6


def told(new_story):
    """FARM-1 and the mill need 10 a month for two months; the farm has 20 and sells 5; the mill uses those.

    The farm's worth of a share s is 0.5 (5.3246 - ...) of classroom-water; a unit of the mill is worth 5 CNY/m3.
    """
    s = new_story()
    for code in ("FARM-1", "MILL", "HOMES"):
        s.party(code, "enterprise", "other", "630121")
    s.listed("WATER.LOW.2024", "water", "water-right", "m3", "1000", zone="HS-6301", vintage=2024)
    s.on("2024-01-02")
    for who in ("FARM-1", "MILL"):
        s.moved(AccountKind.WORLD, who, 10**12, TransferCode.OPENING)
    s.moved(AccountKind.ISSUANCE, "FARM-1", 20, TransferCode.ALLOCATION, "WATER.LOW.2024")
    s.moved(AccountKind.ISSUANCE, "HOMES", 7, TransferCode.ALLOCATION, "WATER.LOW.2024")
    s.on("2024-02-05")
    s.trade("WATER.LOW.2024", "MILL", "FARM-1", "1500", 5)
    s.on("2024-02-28")
    for code, month, need, used in (
        ("FARM-1", 202401, 10, 10), ("FARM-1", 202402, 10, 5), ("MILL", 202401, 10, 0), ("MILL", 202402, 10, 5),
        ("HOMES", 202402, 7, 7),
    ):  # fmt: skip
        s.fact(FactCode.WATER_DEMAND_1000M3, code, need, month, "WATER.LOW.2024")
        if used:
            s.fact(FactCode.WATER_USED_1000M3, code, used, month, "WATER.LOW.2024")
            s.moved(code, AccountKind.CONSUMED, used, TransferCode.CONSUME, "WATER.LOW.2024")
    return s.frames()


def test_a_year_by_hand(new_story):
    """A farm with value 0.5 and elasticity 0.5 is worth 500 x (2 x 3.1623 - 1/s) CNY for each 1000 m3 of need.

    Alone it uses all it needs, 20: 20 x 2,662.28. With trade 10 x 2,662.28 + 10 x 2,162.28, and the mill 5 x 5,000. At
    best both at one price: 20 to share out over 20 of the farm's need and 20 of the mill's. The farm keeps the share at
    which its last unit is worth the mill's 5,000: 0.3162, 6.3246; the mill uses 13.6754. Homes may not sell: left out.
    """
    (found, total, whole) = same_water(load("classroom-water"), told(new_story))
    assert (found["zone"], found["year"], found["users"], found["used_1000m3"]) == ("HS-6301", 2024, 2, 20)
    farm = 20 * 500 * (2 * 10**0.5 - 1)
    assert float(found["no_trade_cny"]) == pytest.approx(farm, abs=0.01)
    done = farm / 2 + 10 * 500 * (2 * 10**0.5 - 2) + 25_000
    assert float(found["worth_cny"]) == pytest.approx(done, abs=0.01)
    most = 20 * 500 * 10**0.5 + (20 - 20 * 0.1**0.5) * 5_000
    assert float(found["greatest_cny"]) == pytest.approx(most, abs=0.01)
    assert float(found["short_cny"]) == pytest.approx(farm + 100_000 - done, abs=0.01)
    assert float(found["share"]) == pytest.approx(done / most, abs=1e-6)
    assert (total["zone"], total["year"], whole["year"]) == ("all", 2024, "all")
    assert total["worth_cny"] == whole["worth_cny"] == found["worth_cny"]


def test_the_measure_is_told_and_read_again(new_story):
    frames = told(new_story)
    frames.held = reckon(load("classroom-water"), frames, ended=False)
    rows = measures(frames)["water-worth"]
    assert {row["zone"] for row in rows} == {"HS-6301", "all"}
    assert Decimal(rows[0]["worth_cny"]) > 0
    frames.held = read_held(measures(frames))
    assert measures(frames)["water-worth"] == rows
