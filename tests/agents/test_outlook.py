"""What a right is worth over the years, worked out by hand: CASES P01, P04, P05, P06."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomarket.agents.outlook import Law, Outlook, Prospect

LOTS = 100
"""Lots of a unit."""
FOR_EVER = (Prospect(1.0, {2025 + t: 100.0 * LOTS for t in range(4)}),)


def firm(slope: float, law: Law, caps: dict[int, float], allocation: dict[int, float] | None = None) -> Outlook:
    """Return who emits 100 or more at a marginal cost of `slope` a; prices are CNY a unit."""
    costs = (np.arange(130.0 * LOTS) + 0.5) * slope / LOTS
    return Outlook(
        costs, 1.0, law, {y: a * LOTS for y, a in (allocation or {}).items()}, {y: c * LOTS for y, c in caps.items()}
    )


def test_a_bank_makes_the_price_rise_with_interest() -> None:
    """Caps of 80, 70, 50, 40, interest of 10 %: 160 to cut at p, 1.1p, 1.21p, 1.331p: p = 17.2377, 65.5247 emitted."""
    plan = firm(0.5, Law(keeps=True, interest=0.1), {2025: 80, 2026: 70, 2027: 50, 2028: 40})
    bank, emitted = 0.0, []
    for year, cap in plan.caps.items():
        worth = plan.worth(year, FOR_EVER, bank)
        assert worth[int(bank + cap) - 1] == pytest.approx(17.23766 * 1.1 ** (year - 2025), rel=2e-3)
        cut = plan.cut(year, FOR_EVER, bank, bank + cap)
        emitted.append((100 * LOTS - cut) / LOTS)
        bank = plan.left(bank + cap - 100 * LOTS + cut)
    assert emitted == pytest.approx([65.5247, 62.0771, 58.2849, 54.1133], abs=0.02)


def test_without_a_bank_each_year_stands_alone() -> None:
    plan = firm(0.5, Law(interest=0.1), {2025: 80, 2026: 70, 2027: 50, 2028: 40})
    assert plan.worth(2025, FOR_EVER, 0.0)[80 * LOTS] == pytest.approx(10, abs=0.01)
    assert plan.cut(2025, FOR_EVER, 0.0, 80.0 * LOTS) == 20 * LOTS
    assert plan.left(5.0) == 0.0


def test_what_nobody_knows_is_weighed() -> None:
    """Emits 100, then 90 or 130, caps of 70: keeps 5, price 17.5 in the first year, then 7.5 or 27.5."""
    plan = firm(0.5, Law(keeps=True), {2025: 70, 2026: 70})
    may = [Prospect(1.0, {2025: 100.0 * LOTS, 2026: u * LOTS}) for u in (90.0, 130.0)]
    assert plan.cut(2025, may, 0.0, 70.0 * LOTS) == pytest.approx(35 * LOTS, abs=2)
    assert plan.worth(2025, may, 0.0)[70 * LOTS - 1] == pytest.approx(17.5, abs=0.05)
    assert plan.worth(2026, may[:1], 5.0 * LOTS)[75 * LOTS - 1] == pytest.approx(7.5, abs=0.01)
    assert plan.worth(2026, may[1:], 5.0 * LOTS)[75 * LOTS - 1] == pytest.approx(27.5, abs=0.01)


@pytest.mark.parametrize(("share", "price", "emitted"), [(0.0, 30, 40), (0.1, 26, 48), (9.0, 19.0476, 61.9048)])
def test_as_much_is_borrowed_as_the_law_lets(share: float, price: float, emitted: float) -> None:
    """CASES P05: caps of 40 and 80, interest of 10 %."""
    plan = firm(0.5, Law(True, share, interest=0.1), {2025: 40, 2026: 80}, {2025: 40, 2026: 80})
    two = [Prospect(1.0, {2025: 100.0 * LOTS, 2026: 100.0 * LOTS})]
    assert plan.worth(2025, two, 0.0)[40 * LOTS - 1] == pytest.approx(price, rel=2e-3)
    cut = plan.cut(2025, two, 0.0, 40.0 * LOTS)
    assert (100 * LOTS - cut) / LOTS == pytest.approx(emitted, abs=0.02)
    owed = plan.left(40.0 * LOTS - 100 * LOTS + cut)
    assert owed == pytest.approx((40 - emitted) * LOTS, abs=2)
    rest = plan.cut(2026, two, owed, 80.0 * LOTS + owed)
    assert (200 * LOTS - cut - rest) / LOTS == pytest.approx(120, abs=0.02)


@pytest.mark.parametrize(
    ("most", "gross", "cut", "price"),
    [(np.inf, 120, 40, 32), (6.0, 120, 44, 35.2), (np.inf, 100, 30, 24), (6.0, 100, 30, 24), (0.0, 120, 50, 40)],
)
def test_nothing_dearer_than_the_ceiling_is_cut(most: float, gross: float, cut: float, price: float) -> None:
    """CASES P06: marginal cost 0.8a, 70 in hand, as much as one likes at 32, or six."""
    plan = firm(0.8, Law(ceiling=32.0, most=most * LOTS), {2025: 70})
    may = [Prospect(1.0, {2025: gross * LOTS})]
    assert plan.cut(2025, may, 0.0, 70.0 * LOTS) == pytest.approx(cut * LOTS, abs=1)
    assert plan.worth(2025, may, 0.0)[70 * LOTS - 1] == pytest.approx(price, abs=0.02)


@settings(deadline=None, max_examples=15)
@given(
    st.lists(st.floats(20, 130), min_size=1, max_size=4),
    st.lists(st.floats(0.2, 1.5), min_size=4, max_size=4),
    st.booleans(),
    st.sampled_from([0.0, 0.1, 2.0]),
    st.floats(-20, 60),
)
def test_worth_never_rises_and_nobody_cuts_more_than_it_emits(gross, parts, keeps, borrowing, carried) -> None:
    years = {2025 + t: u * LOTS for t, u in enumerate(gross)}
    caps = {y: u * part / LOTS for (y, u), part in zip(years.items(), parts, strict=False)}
    plan = firm(0.5, Law(keeps, borrowing, interest=0.05), caps, caps)
    may = [Prospect(1.0, years)]
    worth = plan.worth(2025, may, carried * LOTS)
    assert (np.diff(worth) <= 0).all()
    assert (worth >= 0).all()
    for held in (0.0, 30.0 * LOTS, 200.0 * LOTS):
        cut = plan.cut(2025, may, carried * LOTS, held)
        assert 0 <= cut <= years[2025] + 1e-6
        if len(gross) == 1 or not (keeps or borrowing):
            assert cut == pytest.approx(max(years[2025] - held, 0), abs=1)


@pytest.mark.parametrize("keeps", [False, True])
def test_what_can_neither_be_cut_nor_done_without_is_worth_all_that_can_be_paid(keeps: bool) -> None:
    """Of 100 a year at most 40 can be cut, at 20 in the end: 60 are had at any price, 120 where rights are kept."""
    costs = (np.arange(40.0 * LOTS) + 0.5) * 0.5 / LOTS
    plan = Outlook(costs, 0.4, Law(keeps), {}, {2025: 80.0 * LOTS, 2026: 80.0 * LOTS}, 900.0)
    two = [Prospect(1.0, {2025: 100.0 * LOTS, 2026: 100.0 * LOTS})]
    worth = plan.worth(2025, two, 0.0)
    assert worth[: 55 * LOTS].min() == 900
    assert worth[65 * LOTS] == pytest.approx(17.5, abs=0.3)
    assert plan.dearest == pytest.approx(20, abs=0.01)


def test_what_may_come_to_be_had_at_any_price_is_kept_for() -> None:
    """Emits 100, then 100 or 130, can cut four tenths, a cap of 72: in the dear state rights are worth 900, so half now."""
    costs = (np.arange(52.0 * LOTS) + 0.5) * 0.5 / LOTS
    plan = Outlook(costs, 0.4, Law(keeps=True), {}, {2025: 72.0 * LOTS, 2026: 60.0 * LOTS}, 900.0)
    may = [Prospect(1.0, {2025: 100.0 * LOTS, 2026: u * LOTS}) for u in (60.0, 130.0)]
    assert 400 < plan.worth(2025, may, 0.0)[int(65.5 * LOTS)] <= 460
    assert plan.cut(2025, may, 0.0, 70.0 * LOTS) == 40 * LOTS
