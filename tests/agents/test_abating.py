"""The end of a year of theory, worked out by hand."""

from __future__ import annotations

from ecomarket.agents.abating import abate
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Fact, Transfer
from ecomarket.model.schedule import Curve, Piece, Schedule
from ecomarket.model.stated import FactCode

CNY = 10_000


def firm(share: float = 1.0) -> Schedule:
    """Return a firm that emits 40 at a marginal cost of 4a and a fixed one of 100."""
    curve = Curve((Piece(40.0, ((0.0, 0.0), (4.0, 1.0))),), 100.0, share)
    return Schedule(unabated={2025: 40.0}, abatement=curve)


def said(schedule: Schedule, cut: float, gross: float = 40.0) -> dict[FactCode, int]:
    told = abate(schedule, 15, 1, gross=gross, cut=cut, period=202512)
    return {c.code: c.amount for c in told if isinstance(c, Fact)}


def test_what_is_cut_is_paid_for_and_stated() -> None:
    """24 of 40 are cut, at 2 x 24^2 + 100 = 1,252 (CASES P01)."""
    *facts, payment = abate(firm(), 15, 1, gross=40.0, cut=24.0, period=202512)
    assert said(firm(), 24.0) == {
        FactCode.EMISSION_T_MILLI: 16_000, FactCode.ABATEMENT_T_MILLI: 24_000, FactCode.ABATEMENT_COST_CASH: 1_252 * CNY,
    }  # fmt: skip
    assert {(f.account, f.instrument, f.period) for f in facts} == {(15, 1, 202512)}
    assert payment == Transfer(
        15, AccountKind.WORLD, 0, 1_252 * CNY, TransferCode.ABATEMENT_COST, 202512, up_to=True
    )  # fmt: skip


def test_who_cuts_nothing_pays_the_fixed_cost_alone() -> None:
    assert said(firm(), 0.0) == {FactCode.EMISSION_T_MILLI: 40_000, FactCode.ABATEMENT_COST_CASH: 100 * CNY}


def test_a_year_without_emission_has_nothing_to_abate() -> None:
    assert said(firm(), 0.0, 0.0) == {FactCode.ABATEMENT_COST_CASH: 100 * CNY}
