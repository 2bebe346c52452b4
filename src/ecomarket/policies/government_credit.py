"""Record of dishonest governments (政府失信记录): who broke its word or kept wrong books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import Field

from ecomarket.model.command import Note
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode, NoteCode
from ecomarket.policies.policy import Policy, PolicyParams

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

Reason = Literal["commitment", "audit", "accident"]
GOVERNMENTS: Final = ("county", "support-province", "region")
REASONS: Final = {
    "commitment": FactCode.UNMET_COMMITMENT,
    "audit": FactCode.AUDIT_GAP_MU,
    "accident": FactCode.POLLUTION_ACCIDENT,
}


class GovernmentCreditParams(PolicyParams):
    """What is entered, and for how long."""

    reasons: tuple[Reason, ...] = Field(
        default=("commitment", "audit"),
        description="What is entered: commitment, audit, accident | 列入情形",
    )
    years: int = Field(default=2, ge=1, description="Years that an entry stands, its own among them | 记录保留年限")


class GovernmentCredit(Policy):
    """Enter a county, province or water region in the dishonesty record at year end, for some years.

    Reasons: a commitment to buy that was not met (UNMET_COMMITMENT), a register that an audit found wrong
    (AUDIT_GAP_MU), a major pollution accident (POLLUTION_ACCIDENT). Who stands in the record is published
    (`credit.dishonest.<code>`: 1, afterwards 0), so that other rules go by it: performance-bonus pays no extra.
    """

    kind: ClassVar[str] = "government-credit"
    rows: ClassVar[tuple[str, ...]] = ("I3",)
    label_en: ClassVar[str] = "Dishonesty record of governments"
    label_zh: ClassVar[str] = "政府失信记录"
    reference: ClassVar[str] = "青海深入推进生态文明制度创新实施方案 2023 (39); years and effect: assumption"
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = GovernmentCreditParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._until: dict[str, int] = {}
        """Last year in which a government stands in the record, by its code."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Enter whoever gave a reason this year."""
        del moment, draws
        told = {reason: view.book.year(REASONS[reason], view.year) for reason in self.params.reasons}
        for party in self.setting.participants:
            why = [reason for reason, sums in told.items() if sums[party.account]]
            if party.kind in GOVERNMENTS and why:
                self._until[party.code] = view.year + self.params.years - 1
                payload = {"code": party.code, "year": view.year, "until": self._until[party.code], "reasons": why}
                yield Note(NoteCode.GOVERNMENT_RECORD, payload, party.account)

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish who stands in the record."""
        return {f"credit.dishonest.{code}": float(view.year <= until) for code, until in self._until.items()}
