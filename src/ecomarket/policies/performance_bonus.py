"""Bonus by assessment (考核奖励四种结果): extra, full, reduced or none, by the county's score of the year."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Note
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Share
from ecomarket.model.stated import NoteCode
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import cash_floor, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

INDEX: Final = "ecology-index"
EXTRA, FULL, REDUCED, NOTHING = "extra", "full", "reduced", "none"
MILLI: Final = 1000


class PerformanceBonusParams(PolicyParams):
    """The full bonus, the steps of the score, and what the outcomes pay."""

    full_cny: Cny = Field(
        default=Decimal(2_000_000), ge=0, description="Full bonus of a county a year | 年度全额奖励，元"
    )
    extra_from: int = Field(default=90, ge=0, le=100, description="Least points of the extra bonus | 增发最低分")
    full_from: int = Field(default=75, ge=0, le=100, description="Least points of the full bonus | 全额最低分")
    reduced_from: int = Field(default=60, ge=0, le=100, description="Least points of the reduced bonus | 扣减最低分")
    extra_share: Share = Field(default=Decimal("0.2"), description="Paid on top of the full bonus | 增发比例")
    reduced_share: Share = Field(default=Decimal("0.5"), description="Taken from the full bonus | 扣减比例")


class PerformanceBonus(Policy):
    """Pay each assessed county its bonus at year end: a step function of its score, with four outcomes.

    The score is `assessment.score.<county>` (dual-assessment, which must stand before this rule). From `extra_from` on
    1 + `extra_share` of the full bonus, from `full_from` on all of it, from `reduced_from` on 1 - `reduced_share`,
    below that nothing. A major pollution accident in the year (process ecology-index) leaves nothing; a county in the
    dishonesty record (government-credit) gets no extra. The state pays; sums are rounded down.
    """

    kind: ClassVar[str] = "performance-bonus"
    rows: ClassVar[tuple[str, ...]] = ("I5",)
    label_en: ClassVar[str] = "Bonus by assessment, four outcomes"
    label_zh: ClassVar[str] = "考核奖励（增发、全额、扣减、不予）"
    reference: ClassVar[str] = (
        "青海生态文明建设情况报告 (九) (four outcomes); steps and sums: assumption (MARKETS.md 1I)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END, Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = PerformanceBonusParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._accident: set[str] = set()

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Note accidents at a month's end; pay on 31 December."""
        del draws
        if moment is Moment.MONTH_END:
            found = view.nature.get(INDEX, {})
            self._accident |= {c.code for c in self.setting.of_kind("county") if found.get(f"{c.code}.accident")}
            return []
        till = Till(view, view.year)
        for county in self.setting.of_kind("county"):
            score = view.board.notices.get(f"assessment.score.{county.code}")
            if score is not None:
                self._pay(county, round(score * MILLI), view, till)
        self._accident.clear()
        return till.commands

    def outcome(self, score_milli: int) -> str:
        """Return the outcome of a score in thousandths of a point: extra, full, reduced or none."""
        law = self.params
        steps = ((EXTRA, law.extra_from), (FULL, law.full_from), (REDUCED, law.reduced_from))
        return next((name for name, least in steps if score_milli >= least * MILLI), NOTHING)

    def bonus(self, outcome: str) -> int:
        """Return what an outcome pays, in cash."""
        law = self.params
        factor = {EXTRA: 1 + law.extra_share, FULL: Decimal(1), REDUCED: 1 - law.reduced_share, NOTHING: Decimal(0)}
        return floor_times(cash_floor(law.full_cny), factor[outcome])

    def _pay(self, county: Participant, score: int, view: PolicyView, till: Till) -> None:
        outcome = self.outcome(score)
        if county.code in self._accident:
            outcome = NOTHING
        elif outcome == EXTRA and view.board.notices.get(f"credit.dishonest.{county.code}", 0) > 0:
            outcome = FULL
        cash = self.bonus(outcome)
        payload = {"county": county.code, "year": view.year, "outcome": outcome, "score_milli": score, "cash": cash}
        till.commands.append(Note(NoteCode.PERFORMANCE_BONUS, payload, county.account))
        till.pay(AccountKind.TRANSFER_PAYMENT, county.account, cash, TransferCode.FISCAL_TRANSFER)
