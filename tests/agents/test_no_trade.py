"""The year without a market: given permits and a year's activity, what a firm would have cut alone, and at what cost."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ecomarket.agents.abatement import Engineering, Polynomial
from ecomarket.agents.no_trade import Alone, no_trade_facts, own_effort_cny
from ecomarket.agents.permit_desk import LOT_T

CURVE = Polynomial((0.0, 2.0), 60.0)
MONTHS = range(1, 13)
SHARES = st.lists(st.floats(0.5, 1.5), min_size=12, max_size=12)


CEMENT = Engineering(np.array([-20.0]), np.array([90.0]), np.array([350.0]), np.array([12.0]))
"""The first tonnes pay by themselves (MARKETS 8.4)."""


def alone(granted, home=0, curve=CURVE, tax=0.0):
    return Alone(
        SimpleNamespace(
            home=np.array([home]), gross=np.array([100.0]), granted_t=np.array([float(granted)]), gross_curve=curve,
            tax_cny_t=np.array([tax]),
        )
    )  # fmt: skip


def year(firm, activity=(1.0,) * 12, *, z=0.0, charge=50.0, fine=7.0, a_month=1.0):
    """Go through a year; from each month on the firm expects the mean of what is to come."""
    for month in MONTHS:
        now, coming = activity[month - 1], float(np.mean(activity[month - 1 :]))
        firm.month(month, np.array([now]), np.array([coming]), (z, 0.1), a_month)
    return float(firm.year_cny(np.array([charge]), fine)[0])


@pytest.mark.parametrize("curve", [CURVE, CEMENT])
@given(st.floats(0, 120))
def test_a_year_without_luck_or_caution_costs_what_closing_the_gap_does(curve, granted):
    """Also where part of the cut pays by itself: it is made with permits to spare."""
    assume(not 0 < 100.0 - granted - float(np.max(curve.maximum_t)) < 1.1 * LOT_T)  # less than a lot is not short
    cost = year(alone(granted, curve=curve))
    expected = float(own_effort_cny(curve, np.array([100.0 - granted]), np.array([50.0]), 7.0)[0])
    assert cost == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert granted < 99 or (cost < 0.0) == (curve is CEMENT)


@given(SHARES, st.floats(40, 120), st.floats(0, 2))
def test_nobody_does_better_than_who_knew_the_whole_year(activity, granted, z):
    """At the year's end one knows: the same cut all year, as much of it as there is activity."""
    mean = sum(activity) / 12
    cut = min(max(100.0 - granted / mean, 0.0), 60.0)
    short = max((100.0 - cut) * mean - granted, 0.0)
    least = mean * float(CURVE.cost(cut)) + 500.0 * short
    assert year(alone(granted), activity, z=z, charge=500.0) >= least * (1 - 1e-9) - 1e-6


def test_caution_costs_something_and_leaves_nothing_short():
    assert year(alone(70), z=1.0) > year(alone(70))


def test_what_cannot_be_cut_is_charged_and_fined():
    assert year(alone(20), charge=50.0, fine=7.0) == pytest.approx(60.0**2 + 20 * 50 + 7)


@pytest.mark.parametrize("curve", [CURVE, CEMENT])
@given(st.floats(0, 120), st.floats(0, 150))
def test_a_tax_is_paid_on_what_is_left_and_saved_by_what_is_cut(curve, granted, tax):
    """Of all cuts that keep the permits none costs less in cut and tax, whatever the gap."""
    assume(not 0 < 100.0 - granted - float(np.max(curve.maximum_t)) < 1.1 * LOT_T)
    cuts = np.linspace(min(max(100.0 - granted, 0.0), most := float(np.max(curve.maximum_t))), most, 1001)
    short = max(100.0 - granted - most, 0.0)
    least = float(np.min([float(np.max(curve.cost(np.array([c])))) + tax * (100.0 - c) for c in cuts]))
    expected = least + short * 50.0 + 7.0 * (short > 0)
    assert year(alone(granted, curve=curve, tax=tax)) == pytest.approx(expected, rel=1e-4, abs=0.02)


def test_a_new_year_begins_with_nothing_emitted():
    firm = alone(70)
    assert year(firm) == pytest.approx(year(firm)) == pytest.approx(30.0**2)


def test_who_needs_no_permit_has_no_cost():
    assert year(alone(20, home=-1)) == 0.0


def test_a_cut_changes_no_faster_than_it_may():
    firm = alone(70)
    one = np.array([1.0])
    firm.month(1, one, one, (0.0, 0.1), 0.1)
    firm.desk.granted_t = np.array([45.0])
    firm.month(2, one, one, (0.0, 0.1), 0.1)
    assert firm.abated[0] == pytest.approx(30.0 + 0.1 * 60.0)


@pytest.mark.parametrize(("start", "cny"), [(2020, 20.0**2), (2021, 20.0 * 250 + 7.0)])
def test_what_was_emitted_before_the_run_can_be_cut_no_more(start, cny):
    """In 2021 a firm owes 100 t for 2020 and has 80: alone it would have cut 20 t at 2x, if it was there to do so."""
    instrument = SimpleNamespace(index=1)
    setting = SimpleNamespace(start=date(start, 1, 1), listed=lambda key, vintage: (instrument,))
    rules = SimpleNamespace(charge=lambda price: 5.0 * price, fine_cny=7.0)
    desk = SimpleNamespace(
        key="cea", setting=setting, gross_curve=CURVE, rules=lambda today: rules,
        owed=lambda year, view: np.array([100.0]), free_allocation=lambda year, gross: np.array([80.0]),
    )  # fmt: skip
    board = SimpleNamespace(today=date(2021, 12, 31), mean20=np.array([0, 500_000]))
    view = SimpleNamespace(board=board, accounts=np.array([15]), year_to_date=lambda code, year: np.array([0]))
    (fact,) = no_trade_facts((), desk, view)
    assert (fact.instrument, fact.period, fact.amount) == (1, 2021, round(cny * 10_000))
