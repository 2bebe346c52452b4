"""Contract water saving (合同节水管理): an investor pays for the works and shares what they save for some years."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Bound, Command, Fact, Note, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerCubicMetre, CubicMetresPerYear, Share, Years, unsound
from ecomarket.model.record import CASH
from ecomarket.model.reference import ParticipantCode
from ecomarket.model.stated import FactCode, NoteCode, Rule
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights._water import M3_A_LOT, cash_a_lot, saved_lots
from ecomarket.rights.water_right import water_of
from ecomarket.units import PPM, floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

MONTHS_A_YEAR: Final = 12


class SavingContract(BaseModel):
    """Works at one user, paid by one investor (perhaps the user itself)."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)

    name: str = Field(min_length=1, description="Name of the contract | 合同名称")
    user: ParticipantCode = Field(description="User whose works are improved | 用水户")
    investor: ParticipantCode = Field(description="Who pays for the works; may be the user | 投资方")
    gross_m3: CubicMetresPerYear = Field(gt=0, description="Water taken through the works, m3 a year | 工程毛用水量")
    eta_before: Share = Field(description="Coefficient of use before | 改造前用水系数")
    eta_after: Share = Field(description="Coefficient of use after | 改造后用水系数")
    capex_cny_m3: CnyPerCubicMetre = Field(
        default=Decimal("4.6"), ge=0, description="Cost for each m3 saved a year, CNY | 单位节水投资"
    )
    begins: date = Field(description="First day of building | 开工日期")
    build_months: int = Field(default=12, ge=0, description="Months until savings are verified | 建设与核定月数")
    years: Years = Field(default=Decimal(10), gt=0, description="Years for which savings are shared | 分享年限")
    investor_share: Share = Field(default=Decimal("0.7"), description="Investor's part of the savings | 投资方分成")

    @model_validator(mode="after")
    def _saves(self) -> SavingContract:
        if self.eta_after <= self.eta_before:
            raise unsound(
                f"contract {self.name}: eta_after must be above eta_before, or nothing is saved",
                f"合同 {self.name}：eta_after 须大于 eta_before，否则没有节水量",
            )
        return self


class ContractWaterSavingParams(PolicyParams):
    """The contracts."""

    contracts: list[SavingContract] = Field(default=[], description="Contracts, a CSV table or a list | 节水合同表")


class Works(NamedTuple):
    """Works that are paid for: what they save a year in lots, and from which to which month they are shared."""

    saves: int
    verified: int
    ends: int


class ContractWaterSaving(Policy):
    """The investor pays for works, savings are verified when built, and its share of them is its water each year.

    Saved a year: gross take x (coefficient after - before), in whole lots. From verification on the user needs that
    much less (`water.saved.<user>`). On the day of verification (that year by its months left) and each January of
    the term the investor gets its share out of the user's water, in dry years in proportion to what the user has.
    Building begins on the first of a month on which the investor can pay in full. After the term all is the user's.
    """

    kind: ClassVar[str] = "contract-water-saving"
    label_en: ClassVar[str] = "Contract water saving"
    label_zh: ClassVar[str] = "合同节水"
    reference: ClassVar[str] = (
        "S003 (七); 发改环资〔2016〕1629号 (contract water saving, memory); "
        "MARKETS.md 5.1 [R41] [R41b] (canal works in Inner Mongolia), 5.2 rule 9"
    )
    rows: ClassVar[tuple[str, ...]] = ("E7",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_START})
    winds_down: ClassVar[frozenset[Moment]] = moments
    lasting: ClassVar[bool] = True
    Params: ClassVar[type[PolicyParams]] = ContractWaterSavingParams

    def __init__(self, params: ContractWaterSavingParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._works: dict[str, Works] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Begin, verify and share on the first of each month."""
        del moment, draws
        till, month, january = Till(view, view.period), _number(view.board.today), view.board.today.month == 1
        for row in self.params.contracts:
            works = self._works.get(row.name)
            if works is None and row.begins <= view.board.today and self.params.in_force(view.board.today):
                works = self._begin(view, till, row)
            if works is not None and (month == works.verified or (month > works.verified and january)):
                till.commands += self._share(view, row, works)
        return till.commands

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish `water.saved.<user>`, the lots a year that verified works save it."""
        told = {f"water.saved.{row.user}": 0.0 for row in self.params.contracts}
        for row in self.params.contracts:
            works = self._works.get(row.name)
            if works is not None and works.verified <= _number(view.board.today):
                told[f"water.saved.{row.user}"] += float(works.saves)
        return told

    def _begin(self, view: PolicyView, till: Till, row: SavingContract) -> Works | None:
        saves = saved_lots(int(row.gross_m3 // M3_A_LOT), row.eta_before, row.eta_after)
        investor = self.setting.by_code[row.investor].account
        cost = saves * cash_a_lot(row.capex_cny_m3)
        if till.free(investor) < cost:
            till.commands.append(Bound(Rule.FUND_LIMIT, investor, CASH, cost - till.free(investor)))
            return None
        till.pay(investor, AccountKind.WORLD, cost, TransferCode.INVESTMENT)
        verified = _number(view.board.today) + row.build_months
        ends = verified + int(row.years * MONTHS_A_YEAR)
        payload = {"contract": row.name, "investor": row.investor, "saves_1000m3": saves, "cost_cash": cost}
        till.commands.append(Note(NoteCode.WATER_SAVING, payload, self.setting.by_code[row.user].account))
        self._works[row.name] = Works(saves, verified, ends)
        return self._works[row.name]

    def _share(self, view: PolicyView, row: SavingContract, works: Works) -> Iterator[Command]:
        user, investor = self.setting.by_code[row.user], self.setting.by_code[row.investor]
        water = water_of(self.setting, user, view.year)
        month = _number(view.board.today)
        if water is None:
            return
        shared = user != investor and month < works.ends
        part = floor_times(works.saves, row.investor_share) if shared else 0
        saved = FactCode.WATER_SAVED_1000M3
        yield Fact(saved, user.account, water.index, view.period, works.saves - part, part_ppm(part, works.saves))
        left = min(MONTHS_A_YEAR + 1 - view.board.today.month, works.ends - month)
        free, need = view.free(user.account, water.index), int(user.facts["water_1000m3"])
        lots = mul_div_floor(part * left, min(free, need), MONTHS_A_YEAR * need)
        if lots:
            code = TransferCode.SAVED_WATER
            yield Transfer(user.account, investor.account, water.index, lots, code, view.year, up_to=True)


def part_ppm(part: int, whole: int) -> int:
    """Return which part of a volume is the investor's, in parts per million.

    >>> part_ppm(154, 220)
    700000
    """
    return mul_div_floor(part, PPM, whole) if whole else 0


def _number(day: date) -> int:
    return day.year * MONTHS_A_YEAR + day.month - 1
