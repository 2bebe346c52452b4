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


def said(schedule: Schedule, held: float, period: int = 202512) -> dict[FactCode, int]:
    return {c.code: c.amount for c in abate(schedule, 15, 1, held=held, period=period) if isinstance(c, Fact)}


def test_it_abates_what_it_holds_no_right_for() -> None:
    """16 rights for 40: 24 are cut, at 2 x 24^2 + 100 = 1,252 (CASES P01)."""
    *facts, payment = abate(firm(), 15, 1, held=16.0, period=202512)
    assert said(firm(), 16.0) == {
        FactCode.EMISSION_T_MILLI: 16_000, FactCode.ABATEMENT_T_MILLI: 24_000, FactCode.ABATEMENT_COST_CASH: 1_252 * CNY,
    }  # fmt: skip
    assert {(f.account, f.instrument, f.period) for f in facts} == {(15, 1, 202512)}
    assert payment == Transfer(
        15, AccountKind.WORLD, 0, 1_252 * CNY, TransferCode.ABATEMENT_COST, 202512, up_to=True
    )  # fmt: skip


def test_with_rights_to_spare_it_emits_all_and_pays_the_fixed_cost_alone() -> None:
    assert said(firm(), 50.0) == {FactCode.EMISSION_T_MILLI: 40_000, FactCode.ABATEMENT_COST_CASH: 100 * CNY}


def test_it_cuts_no_more_than_can_be_cut() -> None:
    """A quarter of 40 at most: 10, at 200 and the fixed 100."""
    assert said(firm(0.25), 0.0) == {
        FactCode.EMISSION_T_MILLI: 30_000, FactCode.ABATEMENT_T_MILLI: 10_000, FactCode.ABATEMENT_COST_CASH: 300 * CNY,
    }  # fmt: skip


def test_a_year_without_emission_has_nothing_to_abate() -> None:
    assert said(firm(), 0.0, 202612) == {FactCode.ABATEMENT_COST_CASH: 100 * CNY}
