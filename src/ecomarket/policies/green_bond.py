"""Green bonds (绿色债券): issued, rated by a third party, a coupon a year, redeemed at the end."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Note
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Keyed, Share
from ecomarket.model.reference import ParticipantCode
from ecomarket.model.stated import NoteCode
from ecomarket.policies._contracts import ContractRow, pay_due
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import cash_floor, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

CODE: Final = TransferCode.FINANCING
SPREADS: Final = {
    "AAA": Decimal("0.002"),
    "AA": Decimal("0.006"),
    "A": Decimal("0.015"),
    "BBB": Decimal("0.03"),
}


class BondRow(ContractRow):
    """A bond: issuer, investor, face, rating, year of issue and years of life."""

    name: str = Field(min_length=1, description="Name of the bond | 债券名称")
    issuer: ParticipantCode = Field(description="Issuer | 发行人")
    investor: ParticipantCode = Field(description="Investor | 投资人")
    face_cny: Cny = Field(gt=0, description="Face, CNY | 面值，元")
    rating: Literal["AAA", "AA", "A", "BBB"] = Field(description="Rating by a third party | 第三方评级")
    issued: int = Field(description="Year of issue | 发行年份")
    years: int = Field(ge=1, description="Life, years | 期限，年")


class GreenBondParams(PolicyParams):
    """The bonds, and what a rating makes of the coupon."""

    bonds: list[BondRow] = Field(default=[], description="Bonds, a CSV table or a list | 债券表")
    base_rate: Share = Field(default=Decimal("0.03"), description="Coupon before the spread | 基准票面利率")
    greenium: Share = Field(default=Decimal("0.001"), description="What green takes off the coupon | 绿色溢价")
    spreads: Keyed[Share] = Field(default=SPREADS, description="Spread by rating | 各评级利差")
    rating_fee: Share = Field(default=Decimal("0.0005"), description="Rating fee over face | 评级费率")


class GreenBond(Policy):
    """Issue each bond in January of its year, pay a coupon each January after, redeem it with the last.

    Coupon = face x (base + spread of the rating - greenium), rounded down. The issuer pays the rating. An investor
    without the cash leaves the bond unissued; an issuer that pays less than it owes defaults (PAYMENT_DEFAULT).
    """

    kind: ClassVar[str] = "green-bond"
    rows: ClassVar[tuple[str, ...]] = ("H1", "H2", "H3")
    label_en: ClassVar[str] = "Green bonds"
    label_zh: ClassVar[str] = "绿色债券"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (53); 青海2020年度工作要点 28; "
        "新疆建立健全生态产品价值实现机制实施方案 2022 (十八) (third-party rating); rates: assumption"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_START})
    winds_down: ClassVar[frozenset[Moment]] = moments
    Params: ClassVar[type[PolicyParams]] = GreenBondParams

    def __init__(self, params: GreenBondParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._issued: set[str] = set()

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Pay what is due, then issue."""
        del moment, draws
        till = Till(view, view.year)
        for row in self.params.bonds:
            if row.name in self._issued:
                self._serve(till, row, view.year - row.issued)
        for row in self.params.bonds:
            if row.issued == view.year and row.name not in self._issued and self.params.in_force(view.board.today):
                self._issue(till, row)
        return till.commands

    def coupon_cash(self, row: BondRow) -> int:
        """Return a year's coupon in cash units."""
        rate = self.params.base_rate + self.params.spreads[row.rating] - self.params.greenium
        return floor_times(cash_floor(row.face_cny), max(Decimal(rate), Decimal(0)))

    def _issue(self, till: Till, row: BondRow) -> None:
        issuer, investor = (self.setting.by_code[code].account for code in (row.issuer, row.investor))
        face = cash_floor(row.face_cny)
        if till.free(investor) < face:
            return
        self._issued.add(row.name)
        till.pay(investor, issuer, face, CODE)
        till.pay(issuer, AccountKind.WORLD, floor_times(face, self.params.rating_fee), CODE)
        told: dict[str, object] = {"contract": "green-bond", "name": row.name, "rating": row.rating, "cash": face}
        till.commands.append(Note(NoteCode.GREEN_FINANCE, told, issuer))

    def _serve(self, till: Till, row: BondRow, age: int) -> None:
        issuer, investor = (self.setting.by_code[code].account for code in (row.issuer, row.investor))
        if 1 <= age <= row.years:
            pay_due(till, issuer, investor, self.coupon_cash(row), CODE)
        if age == row.years:
            pay_due(till, issuer, investor, cash_floor(row.face_cny), CODE)
