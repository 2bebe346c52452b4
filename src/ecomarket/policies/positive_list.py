"""The positive list (监督执法正面清单): its firms are inspected less, a first minor breach is not fined."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from ecomarket.model.command import Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Share
from ecomarket.model.reference import RightName
from ecomarket.model.stated import FactCode
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.positive_list import is_named, listed_notice
from ecomarket.rights.emission_permit import permit_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class PositiveListParams(PolicyParams):
    """How a firm comes on the list and what it is excused."""

    rights: tuple[RightName, ...] = Field(
        default=("so2", "nox", "cod", "nh3n"), description="Pollutants that count | 适用的主要污染物"
    )
    clean_years: int = Field(default=1, ge=1, description="Years without a breach to be listed | 列入所需无违法年数")
    strikes: int = Field(default=2, ge=1, description="Breaches that strike a firm off | 移出清单的违法次数")
    minor_share: Share = Field(
        default=Decimal("0.1"),
        description="Part of its permits by which a breach is minor | 轻微超量的上限（占持有量比例）",
    )


class PositiveList(Policy):
    """Keeps the list of firms that are inspected less; the rules that inspect and fine read it.

    A firm is listed at the start if its column `positive_list` says so, else from January after `clean_years` years in
    which it reported emissions within its permits and was found in no false report. A false report, or the
    `strikes`-th year of emission above its permits since it was listed, strikes it off at the year's end; it may come
    back. Listed firms are drawn for inspection with `listed_factor` of policy verification, and policy
    permit-compliance does not fine their first breach of at most `minor_share` of what they hold (NO_PENALTY binds;
    the buy-back stays due). LISTED is stated with 1 or -1, the place published as `positive-list.<code>`.

    Reference: 青海深入推进生态文明制度创新实施方案 2023 (36), (39); 行政处罚法 2021 art. 33 (no penalty for a first
    minor breach that is mended, memory); shares and years: assumption.
    """

    kind: ClassVar[str] = "positive-list"
    rows: ClassVar[tuple[str, ...]] = ("B8",)
    label_en: ClassVar[str] = "Positive list of environmental supervision"
    label_zh: ClassVar[str] = "监督执法正面清单"
    reference: ClassVar[str] = "青海深入推进生态文明制度创新实施方案 2023 (36), (39); 行政处罚法 2021 art. 33 (memory)"
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.RUN_START, Moment.YEAR_START, Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = PositiveListParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._firms = setting.of_kind("enterprise")
        self._listed: dict[str, int] = {}
        """Breaches since listing, by code of the firms on the list."""
        self._published: dict[str, float] = {}
        self._clean: dict[str, int] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """List at the start and in January; judge the year at its end."""
        del draws
        for firm in self._firms:
            if moment is Moment.YEAR_END:
                yield from self._judge(firm, view)
            elif is_named(firm) if moment is Moment.RUN_START else self._earned(firm):
                yield self._list(firm, view)

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish who is on the list, and who no longer is."""
        del view
        return self._published

    def _earned(self, firm: Participant) -> bool:
        return firm.code not in self._listed and self._clean.get(firm.code, 0) >= self.params.clean_years

    def _list(self, firm: Participant, view: PolicyView) -> Command:
        self._listed[firm.code] = 0
        self._published = self._published | {listed_notice(firm): 1.0}
        return Fact(FactCode.LISTED, firm.account, -1, view.period, 1)

    def _judge(self, firm: Participant, view: PolicyView) -> Iterator[Command]:
        """Count the year as clean or as a breach; strike off who is struck."""
        reported = int(view.book.year(FactCode.EMISSION_T_MILLI, view.year)[firm.account]) > 0
        false = bool(view.book.year(FactCode.FALSE_REPORT_CASH, view.year)[firm.account])
        breach = false or self._above(firm, view)
        self._clean[firm.code] = 0 if breach else self._clean.get(firm.code, 0) + reported
        if firm.code in self._listed and breach:
            self._listed[firm.code] += 1
            if false or self._listed[firm.code] >= self.params.strikes:
                del self._listed[firm.code]
                self._published = self._published | {listed_notice(firm): 0.0}
                yield Fact(FactCode.LISTED, firm.account, -1, view.period, -1)

    def _above(self, firm: Participant, view: PolicyView) -> bool:
        for right in self.params.rights:
            permit = permit_of(self.setting, right, firm)
            if permit is not None:
                emitted = view.book.year(FactCode.EMISSION_T_MILLI, view.year, permit.index)[firm.account]
                if emitted > view.balances[firm.account, permit.index, 0]:
                    return True
        return False
