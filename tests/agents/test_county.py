"""Counties: certify when it pays, take no less than cost and waiting."""

from __future__ import annotations

import pytest

from ecomarket.agents.county import certify_npv, reservation


def test_small_projects_do_not_pay_large_ones_do():
    npv = [float(certify_npv(t, 75.0, 0.1, 900_000.0, 400_000.0, 0.05, 20, 0.5)) for t in (800.0, 20_000.0)]
    assert npv[0] < 0 < npv[1]


def test_the_deduction_and_the_lag_both_cost():
    base = float(certify_npv(10_000.0, 75.0, 0.0, 0.0, 0.0, 0.05, 20, 0.0))
    assert float(certify_npv(10_000.0, 75.0, 0.1, 0.0, 0.0, 0.05, 20, 0.0)) == pytest.approx(0.9 * base)
    assert float(certify_npv(10_000.0, 75.0, 0.0, 0.0, 0.0, 0.05, 20, 1.0)) == pytest.approx(base / 1.05)


def test_a_county_waits_for_the_expected_price_but_not_for_ever():
    assert float(reservation(0.0, 100.0, 80.0, 0.05, 0.5)) == pytest.approx(80.0 * 1.05**-0.5)
    assert float(reservation(7_900.0, 100.0, 80.0, 0.05, 0.5)) == 79.0
    assert float(reservation(8_100.0, 100.0, 80.0, 0.05, 0.5)) == 81.0
