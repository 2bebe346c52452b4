"""Inspection of counties (生态环境督察): some are drawn each year; what is found costs a penalty and suspends trade."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field

from ecomarket.chance import key
from ecomarket.model.codes import AccountKind, Eligible, TransferCode
from ecomarket.model.command import Bar, Bound, Fact, Note
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Ratio, Share
from ecomarket.model.reference import RightName
from ecomarket.model.stated import FactCode, NoteCode, Rule
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.credit import missed_surrenders
from ecomarket.units import cash_floor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

INDEX: Final = "ecology-index"
OF_COUNTY: Final = {"audit": FactCode.AUDIT_GAP_MU, "accident": FactCode.POLLUTION_ACCIDENT}
MONTHS_A_YEAR: Final = 12


class EcologicalInspectionParams(PolicyParams):
    """Who is drawn, what counts as evidence, and what a finding costs."""

    month: int = Field(default=8, ge=1, le=12, description="Month at whose end counties are inspected | 督察月份")
    county_share: Share = Field(
        default=Decimal("0.2"), description="Chance that a county is drawn, a year | 年度抽查比例"
    )
    detection_share: Share = Field(default=Decimal("0.8"), description="Chance that evidence is found | 查实概率")
    index_loss: Ratio = Field(
        default=Decimal(2), ge=0, description="Points of the index lost that are evidence | 指数下降认定分值"
    )
    fine_cny: Cny = Field(default=Decimal(500_000), ge=0, description="Penalty of a finding, CNY | 问题扣缴金额，元")
    rights: tuple[RightName, ...] = Field(
        default=("sink",), description="Rights whose sale is suspended | 暂停出让的权利"
    )
    suspend_months: int = Field(default=6, ge=0, description="Months of the suspension | 暂停月数")


class EcologicalInspection(Policy):
    """Inspect counties drawn by chance once a year; find what there is evidence of; fine and suspend.

    Evidence of the year or the one before: enterprises of the county whose reports were found false or who
    surrendered late or too little, a register that an audit found wrong, a major accident; and an index (process
    ecology-index) that lost `index_loss` points or more this year. What is found (INSPECTION_FINDING) costs the county
    `fine_cny`, as far as it has the money, and bars it and the enterprises found from selling `rights` for
    `suspend_months`.
    """

    kind: ClassVar[str] = "ecological-inspection"
    rows: ClassVar[tuple[str, ...]] = ("I8",)
    label_en: ClassVar[str] = "Inspection of counties"
    label_zh: ClassVar[str] = "生态环境督察"
    reference: ClassVar[str] = (
        "中央生态环境保护督察工作规定 2019 (memory); 青海深入推进生态文明制度创新实施方案 2023 (37); "
        "青海2020年度工作要点 37; shares and sums: assumption"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    winds_down: ClassVar[frozenset[Moment]] = moments
    Params: ClassVar[type[PolicyParams]] = EcologicalInspectionParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        firms = setting.of_kind("enterprise")
        self._firms = {c.code: [f for f in firms if f.zone == c.zone] for c in setting.of_kind("county")}
        self._ends: dict[int, int] = {}
        """Month (year x 12 + month) at whose end an account may sell again."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Lift what has run out; inspect in the month named."""
        del moment
        now = view.year * MONTHS_A_YEAR + view.board.today.month
        for account in [account for account, end in self._ends.items() if end <= now]:
            del self._ends[account]
            yield from self._bar(account, Eligible.NOTHING)
        if not self.params.in_force(view.board.today) or view.board.today.month != self.params.month:
            return
        till = Till(view, view.year)
        for county in self.setting.of_kind("county"):
            if draws.uniform(key(county.code), "county-inspection", view.year) < float(self.params.county_share):
                yield Fact(FactCode.COUNTY_INSPECTED, county.account, -1, view.period, 1)
                yield from self._inspect(county, view, draws, till)
        yield from till.commands

    def evidence(self, county: Participant, view: PolicyView) -> tuple[list[str], list[Participant]]:
        """Return what there is to find in a county, and its enterprises that gave cause."""
        years = (view.year - 1, view.year)
        reasons = [
            name
            for name, code in OF_COUNTY.items()
            if any(int(view.book.year(code, year)[county.account]) for year in years)
        ]
        if view.nature.get(INDEX, {}).get(county.code, 0.0) <= -float(self.params.index_loss):
            reasons.append("index")
        guilty: list[Participant] = []
        false, firms = [view.book.year(FactCode.FALSE_REPORT_CASH, year) for year in years], self._firms[county.code]
        for name, found in (
            ("false-report", [firm for firm in firms if any(year[firm.account] for year in false)]),
            ("late-surrender", [firm for firm in firms if missed_surrenders(view, firm, years)]),
        ):
            reasons += [name] if found else []
            guilty += [firm for firm in found if firm not in guilty]
        return reasons, guilty

    def _inspect(self, county: Participant, view: PolicyView, draws: Draws, till: Till) -> Iterator[Command]:
        reasons, guilty = self.evidence(county, view)
        luck = draws.uniform(key(county.code), "county-finding", view.year)
        if not reasons or luck >= float(self.params.detection_share):
            return
        fine = cash_floor(self.params.fine_cny)
        paid = till.pay(county.account, AccountKind.PENALTY, fine, TransferCode.FINE)
        payload: dict[str, object] = {"county": county.code, "year": view.year, "reasons": reasons, "paid": paid}
        yield Note(NoteCode.INSPECTION_FINDING, payload | {"firms": [f.code for f in guilty]}, county.account)
        if self.params.suspend_months:
            end = view.year * MONTHS_A_YEAR + view.board.today.month + self.params.suspend_months
            for party in (county, *guilty):
                self._ends[party.account] = end
                yield from self._bar(party.account, Eligible.SELL)
                yield Bound(Rule.SALES_SUSPENDED, party.account, -1)

    def _bar(self, account: int, what: Eligible) -> Iterable[Command]:
        return [
            Bar(self.kind, account, instrument.index, what)
            for right in self.params.rights
            for instrument in self.setting.listed(right)
        ]
