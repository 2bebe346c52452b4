"""Salinity trading (盐度信用交易): salt enters a river by credits and blocks of flow; they are renewed at auction."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from ecomarket.errors import UserError
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Auction, Bound, Fact, Note, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Tonnes
from ecomarket.model.record import CASH
from ecomarket.model.reference import RightName, VenueName
from ecomarket.model.stated import FactCode, NoteCode, Rule
from ecomarket.policies._auction_form import left_by_price, statement
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.discharge_credit import (
    WANTED,
    DischargeCredit,
    DischargeCreditParams,
    dischargers,
    in_force,
    right_kg,
)
from ecomarket.units import cash_floor, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import AuctionResult, Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

KG_A_TONNE: Final = 1000
A_DAY: Final = timedelta(1)


class Block(BaseModel):
    """The water that passes in a day, from a day on until the next block named."""

    model_config = ConfigDict(extra="allow", frozen=True)

    day: date = Field(description="First day | 起始日")
    flow: Literal["low", "high", "flood"] = Field(description="Flow of the river | 流量等级")
    allowable_t: Tonnes = Field(default=Decimal(0), ge=0, description="Total allowable discharge, t | 允许排盐总量，吨")
    ec_us_cm: int = Field(default=0, ge=0, description="Electrical conductivity, uS/cm | 电导率，微西门子/厘米")


LOW: Final = Block(day=date.min, flow="low")
"""What is not named is low flow."""


class SalinityCreditsParams(PolicyParams):
    """The right, the auction, and the river's blocks."""

    right: RightName = Field(default="salt", description="Right that is held and renewed | 信用品种")
    venue: VenueName = Field(default="credit-auction", description="Where renewed credits are sold | 竞价场所")
    start_price_cny: Cny = Field(
        default=Decimal(100), gt=0, description="Start price a credit (assumption), CNY | 起拍价，元/份"
    )
    flood_ec_max: int = Field(
        default=900, ge=0, description="Salinity below which a flood needs no credits, uS/cm | 洪水免信用的电导率上限"
    )
    blocks: list[Block] = Field(default=[], description="Blocks by day, a CSV table or a list | 水量区块表")

    @model_validator(mode="after")
    def _days_rise(self) -> Self:
        if any(two.day <= one.day for one, two in pairwise(self.blocks)):
            raise PydanticCustomError("E303", "", {"found": "blocks", "expected": "day < day < ..."})
        return self

    def block(self, day: date) -> Block:
        """Return the block of a day."""
        place = bisect_right(self.blocks, day, key=lambda b: b.day)
        return self.blocks[place - 1] if place else LOW

    def is_free(self, block: Block) -> bool:
        """Tell whether nobody needs credits: a flood below the limit of salinity."""
        return block.flow == "flood" and block.ec_us_cm < self.flood_ec_max


class SalinityCredits(Policy):
    """Let salt into the river by credits: none at low flow, a part of each block at high flow, all in a fresh flood.

    Who would discharge (`salt_t_day`) is let through credits x total allowable discharge / all credits a day, and holds
    back the rest (SALT_CREDITS, stated by month); credits are those held when the day is over. A flood at or above
    `flood_ec_max` counts as high flow. At the start holders are given `<right>_credits` of the tranches in equal parts,
    the reserve the rest. On the day before a tranche begins it is auctioned, then what the reserve has of others; on
    the day it begins the oldest expires. Proceeds go to the treasury.
    """

    kind: ClassVar[str] = "salinity-credits"
    label_en: ClassVar[str] = "Salinity trading by credits"
    label_zh: ClassVar[str] = "盐度信用交易"
    reference: ClassVar[str] = (
        "Hunter River salinity trading scheme, New South Wales: a credit is 0.1 % of a block's total allowable "
        "discharge, 1000 credits, 200 renewed every two years for ten (EPA NSW; CASES P24 [S17])"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset(
        {Moment.RUN_START, Moment.MONTH_START, Moment.BEFORE_SESSION, Moment.MONTH_END}
    )
    Params: ClassVar[type[PolicyParams]] = SalinityCreditsParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._rule: DischargeCreditParams = setting.rights[params.right]
        if not isinstance(self._rule, DischargeCreditParams):
            raise UserError(
                f"salinity-credits: '{params.right}' is no right of kind {DischargeCredit.kind}",
                f"salinity-credits：“{params.right}”不是 {DischargeCredit.kind} 类权利",
            )
        self._wants = {p.account: _kg(p.facts[WANTED]) for p in dischargers(setting)}
        """What each would discharge a day, kg, by account."""
        self._next = date.max
        """First day whose block has not passed yet."""
        self._let: Counter[int] = Counter()
        self._back: Counter[int] = Counter()
        """What each has let in, and held back, since this was last stated, kg by account."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Grant at the start; let days pass; let the oldest credits expire, and auction new ones the day before."""
        del draws
        today = view.board.today
        if moment is Moment.RUN_START:
            self._next = today
            yield from self._grant(view)
        elif moment is Moment.MONTH_END:
            self._pass(view, today)
            yield from self._state(today)
            yield from self._renew(view, today + A_DAY)
        else:
            self._pass(view, today - A_DAY)
            yield from self._expire(view)

    def lapse(self, view: PolicyView) -> Iterator[Command]:
        """Let the last day in force pass, and state what came of its month."""
        last = view.board.today - A_DAY
        self._pass(view, last)
        yield from self._state(last)

    def on_auction(self, result: AuctionResult, view: PolicyView) -> Iterator[Command]:
        """Publish the result and pass the proceeds on."""
        sold = self.setting.instruments[result.auction.instrument]
        yield Note(NoteCode.AUCTION_CLEARED, statement(result, sold.code), instrument=sold.index)
        if refused := left_by_price(result):
            yield Bound(Rule.RESERVE_PRICE, AccountKind.RESERVE, sold.index, refused)
        if proceeds := sum(lots * price for _, lots, price in result.fills):
            yield Transfer(
                AccountKind.RESERVE, AccountKind.TREASURY, CASH, proceeds, TransferCode.PAID_USE, view.period
            )

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish what each may discharge today, t (`<right>.right.<who>`; in a fresh flood what it would)."""
        day = view.board.today
        told = {account: self._allowed(view, account, day) / KG_A_TONNE for account in self._wants}
        return {f"{self.params.right}.right.{self.setting.by_account[a].code}": tonnes for a, tonnes in told.items()}

    def _allowed(self, view: PolicyView, account: int, day: date) -> int:
        """Return what a holder may discharge in the block of a day, kg."""
        block = self.params.block(day)
        if self.params.is_free(block):
            return self._wants[account]
        if block.flow == "low":
            return 0
        living = in_force(self.setting, self.params.right, self.setting.t_of(day))
        held = sum(int(view.balances[account, i.index, 0]) for i in living)
        return right_kg(self._rule, held, _kg(block.allowable_t))

    def _pass(self, view: PolicyView, last: date) -> None:
        """Let blocks pass until a day, by the credits that are held now."""
        while self._next <= last:
            for account, wanted in self._wants.items():
                let = min(wanted, self._allowed(view, account, self._next))
                self._let[account] += let
                self._back[account] += wanted - let
            self._next += A_DAY

    def _state(self, last: date) -> Iterator[Command]:
        """State what each let into the river in the month that a day ends, and what it held back."""
        period = last.year * 100 + last.month
        for account in self._wants:
            if self._let[account]:
                yield Fact(FactCode.SALT_DISCHARGED_KG, account, -1, period, self._let[account])
            if self._back[account]:
                yield Fact(FactCode.SALT_HELD_BACK_KG, account, -1, period, self._back[account])
                yield Bound(Rule.SALT_CREDITS, account, -1, self._back[account])
        self._let, self._back = Counter(), Counter()

    def _grant(self, view: PolicyView) -> Iterator[Command]:
        """Give the credits in force to their holders, an equal part of each tranche, and to the reserve.

        Credits are numbered through; the n-th is one of tranche n modulo the number of tranches.
        """
        living, given = in_force(self.setting, self.params.right, view.board.t), 0
        holders = [
            (p.account, int(p.facts.get(f"{self.params.right}_credits", 0) or 0)) for p in self.setting.participants
        ]
        for account, asked in [*holders, (int(AccountKind.RESERVE), self._rule.credits)]:
            upto = min(given + max(asked, 0), self._rule.credits)
            for place, tranche in enumerate(living):
                lots = len(range(place, upto, len(living))) - len(range(place, given, len(living)))
                if lots:
                    yield Transfer(AccountKind.ISSUANCE, account, tranche.index, lots, TransferCode.ALLOCATION)
            given = upto

    def _renew(self, view: PolicyView, tomorrow: date) -> Iterator[Command]:
        """Auction the tranche that begins tomorrow, then what the reserve has of others that are in force by then."""
        t = self.setting.t_of(tomorrow)
        newest_first = in_force(self.setting, self.params.right, t)[::-1]
        begins = [i for i in newest_first if i.starts_t == t]
        for tranche in begins:
            code = TransferCode.ISSUE
            yield Transfer(AccountKind.ISSUANCE, AccountKind.RESERVE, tranche.index, self._rule.tranche, code)
        for tranche in newest_first if begins else ():
            stock = view.free(AccountKind.RESERVE, tranche.index) + (self._rule.tranche if tranche in begins else 0)
            if stock > 0:
                start = cash_floor(self.params.start_price_cny)
                tag = f"{self.kind}:{tomorrow.year}"
                yield Auction(self.params.venue, tranche.index, AccountKind.RESERVE, stock, start, tag=tag)

    def _expire(self, view: PolicyView) -> Iterator[Command]:
        """Take what has expired from whoever holds it; what an offer holds goes once it is free."""
        for ended in (i for i in self.setting.listed(self.params.right) if i.expires_t <= view.board.t):
            for account in (AccountKind.RESERVE, *(p.account for p in self.setting.participants)):
                free = view.free(account, ended.index)
                if free > 0:
                    yield Transfer(account, AccountKind.EXPIRED, ended.index, free, TransferCode.EXPIRE)


def _kg(tonnes: Any) -> int:
    """Return tonnes in kg, rounded down."""
    return floor_times(KG_A_TONNE, Decimal(str(tonnes)))
