"""Damage to the environment (生态环境损害赔偿): restored by sinks where that is cheaper, or paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Assess, Fact, Note
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, CnyPerTonne
from ecomarket.model.reference import ParticipantCode
from ecomarket.model.registry import Retire
from ecomarket.model.stated import FactCode, NoteCode, Scheme
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.counties import cash_of
from ecomarket.rights.carbon_sink import KEY, MARKETS
from ecomarket.units import CASH_PER_YUAN, cash_floor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

MONTHS_A_YEAR = 12


class CaseRow(BaseModel):
    """A case: who did how much damage where and when."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)

    name: str = Field(min_length=1, description="Name | 案件")
    who: ParticipantCode = Field(description="Polluter | 赔偿义务人")
    county: ParticipantCode = Field(description="County harmed | 受损县")
    day: date = Field(description="Day of the damage | 损害发生日")
    damage_cny: Cny = Field(gt=0, description="Damage assessed, CNY | 损害鉴定金额，元")
    major: bool = Field(default=False, description="Whether it is a major pollution accident | 是否重大污染事件")


class DamageCompensationParams(PolicyParams):
    """The cases, how long talks take, and whether and how sinks count as restoration."""

    cases: list[CaseRow] = Field(default=[], description="Cases, a CSV table or a list | 案件表")
    talks_months: int = Field(default=3, ge=0, description="Months of talks before it is settled | 磋商月数")
    restoration: Literal["none", "sinks"] = Field(
        default="none", description="Whether sinks may be bought as alternative restoration | 替代修复方式"
    )
    credit_cny_t: CnyPerTonne = Field(
        default=Decimal(80), gt=0, description="Damage that a tonne makes good, CNY per t | 每吨碳汇折抵金额，元/吨"
    )


@dataclass
class _Claim:
    """A case that is still open: what is owed, in cash; -1 before it is settled."""

    row: CaseRow
    told: bool = False
    owed: int = -1


class DamageCompensation(Policy):
    """Settle each case after its talks: buy and retire sinks where a tonne costs less than it counts, pay the rest.

    Counties offer sinks for this at their column `restoration_cny_t`; the harmed county is asked first, then the
    cheapest. Tonnes are whole, rounded up to the damage. Money goes to the treasury as far as there is cash; what is
    missing is asked for again at each month's end. A major case is stated as POLLUTION_ACCIDENT of the county.
    """

    kind: ClassVar[str] = "damage-compensation"
    label_en: ClassVar[str] = "Compensation of environmental damage"
    label_zh: ClassVar[str] = "生态环境损害赔偿"
    reference: ClassVar[str] = (
        "青海2020年度工作要点 61; 新疆建立健全生态产品价值实现机制实施方案 2022 (十三); "
        "生态环境损害赔偿管理规定 2022 (talks, alternative restoration, memory); "
        "purchase of sinks: MARKETS.md 4.1 [R17c]; worth of a tonne: assumption"
    )
    rows: ClassVar[tuple[str, ...]] = ("G13",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    winds_down: ClassVar[frozenset[Moment]] = moments
    Params: ClassVar[type[PolicyParams]] = DamageCompensationParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._open = [_Claim(row) for row in params.cases if row.day >= setting.start]

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """State what happened, settle what is ripe, collect what is still owed."""
        del moment, draws
        till, taken = Till(view, view.period), dict[tuple[int, int], int]()
        today = view.board.today
        for claim in self._open:
            if claim.row.day > today or not self.params.in_force(claim.row.day):
                continue
            if not claim.told and claim.row.major:
                county = self.setting.by_code[claim.row.county].account
                till.commands.append(Fact(FactCode.POLLUTION_ACCIDENT, county, -1, view.period, 1))
            claim.told = True
            past = (today.year - claim.row.day.year) * MONTHS_A_YEAR + today.month - claim.row.day.month
            if claim.owed < 0 and past >= self.params.talks_months:
                self._settle(view, till, claim, taken)
            elif claim.owed > 0:
                claim.owed -= self._collect(till, claim)
        self._open = [claim for claim in self._open if claim.owed != 0]
        return till.commands

    def _settle(self, view: PolicyView, till: Till, claim: _Claim, taken: dict[tuple[int, int], int]) -> None:
        row = claim.row
        damage = cash_floor(row.damage_cny)
        tonnes, restored = 0, 0
        if self.params.restoration == "sinks":
            tonnes = self._restore(view, till, row, taken)
            restored = min(damage, tonnes * cash_floor(self.params.credit_cny_t))
        claim.owed = damage - restored
        paid = self._collect(till, claim)
        claim.owed -= paid
        who = self.setting.by_code[row.who].account
        yuan = [amount // CASH_PER_YUAN for amount in (damage, restored + paid)]
        till.commands.append(Assess(Scheme.DAMAGE_CLAIM, who, -1, view.period, yuan[0], yuan[1], claim.owed))
        payload = {"case": row.name, "damage_cash": damage, "restored_t": tonnes, "paid_cash": paid}
        till.commands.append(Note(NoteCode.DAMAGE_SETTLED, payload | {"owed_cash": claim.owed}, who))

    def _collect(self, till: Till, claim: _Claim) -> int:
        who = self.setting.by_code[claim.row.who].account
        return till.pay(who, AccountKind.TREASURY, claim.owed, TransferCode.DAMAGE_COMPENSATION)

    def _restore(self, view: PolicyView, till: Till, row: CaseRow, taken: dict[tuple[int, int], int]) -> int:
        """Buy and retire sinks for the damage while they are cheaper than paying; return the tonnes."""
        who, credit = self.setting.by_code[row.who].account, cash_floor(self.params.credit_cny_t)
        wanted = -(-cash_floor(row.damage_cny) // credit)
        bought = 0
        for seller, instrument, price in self._offers(row, credit):
            there = view.free(seller, instrument) - taken.get((seller, instrument), 0)
            lots = min(wanted - bought, there, till.free(who) // price)
            if lots > 0:
                till.pay(who, seller, lots * price, TransferCode.JUDICIAL_PURCHASE)
                till.commands.append(Retire(seller, instrument, lots, who, "restoration", view.period))
                taken[seller, instrument] = taken.get((seller, instrument), 0) + lots
                bought += lots
        return bought

    def _offers(self, row: CaseRow, credit: int) -> Iterator[tuple[int, int, int]]:
        """Yield (seller, instrument, price in cash) of what is cheaper than paying, in the order it is asked for."""
        counties = [(c.code != row.county, cash_of(c, "restoration_cny_t"), c) for c in self.setting.of_kind("county")]
        for _, price, county in sorted(counties, key=lambda offer: offer[:2]):
            if 0 < price < credit:
                for sink in self.setting.listed(KEY):
                    if "restoration" in MARKETS[sink.klass]:
                        yield county.account, sink.index, price
