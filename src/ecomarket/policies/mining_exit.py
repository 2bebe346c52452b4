"""Exit of mining rights from reserves (矿业权退出): one payment out of one fund, and the right is gone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Bound, Command, Note, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny
from ecomarket.model.record import CASH
from ecomarket.model.reference import ParticipantCode, RightName
from ecomarket.model.stated import NoteCode, Rule
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import cash_floor, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class Claim(BaseModel):
    """A holder of a mining right inside a reserve, and what the right is valued at."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    who: ParticipantCode = Field(description="Holder | 矿业权人")
    claim_cny: Cny = Field(gt=0, description="Assessed value, CNY | 评估补偿额，元")


class MiningExitParams(PolicyParams):
    """When, out of what, and whose rights."""

    day: date = Field(
        default=date(2020, 12, 31), description="Day of the payment; made at the end of its month | 支付日"
    )
    fund_cny: Cny = Field(default=Decimal(700_000_000), ge=0, description="Fund, CNY | 退出补偿资金，元")
    right: RightName = Field(default="mining", description="Right that is given up | 退出的权利品种")
    claims: list[Claim] = Field(default=[], description="Who gives up what | 退出清单")


class MiningExit(Policy):
    """Pay each claim in full, or all pro rata where the fund is smaller, and cancel every unit of the right.

    700 million CNY were set aside for 2020. Rounded down to cash; what is over stays with the treasury.
    """

    kind: ClassVar[str] = "mining-exit"
    label_en: ClassVar[str] = "Exit of mining rights from reserves"
    label_zh: ClassVar[str] = "自然保护区矿业权退出补偿"
    reference: ClassVar[str] = "青海2020年度工作要点 34 (700 million CNY for mining-right exit in reserves)"
    rows: ClassVar[tuple[str, ...]] = ("G12",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = MiningExitParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._done = not params.claims

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Carry out the exit once, at the end of the month of its day; a day before the run is past."""
        del moment, draws
        if self._done or view.board.today < self.params.day or self.params.day < self.setting.start:
            return
        self._done = True
        fund = cash_floor(self.params.fund_cny)
        asked = [cash_floor(c.claim_cny) for c in self.params.claims]
        if sum(asked) > fund:
            yield Bound(Rule.FUND_LIMIT, AccountKind.TRANSFER_PAYMENT, -1, sum(asked) - fund)
        for claim, cash in zip(self.params.claims, asked, strict=True):
            paid = cash if sum(asked) <= fund else mul_div_floor(cash, fund, sum(asked))
            yield from self._leave(view, claim, paid)

    def _leave(self, view: PolicyView, claim: Claim, paid: int) -> Iterator[Command]:
        account, units = self.setting.by_code[claim.who].account, 0
        for place in self.setting.listed(self.params.right):
            free = view.free(account, place.index)
            if free > 0:
                units += free
                sink, code = AccountKind.CANCELLED, TransferCode.CANCEL
                yield Transfer(account, sink, place.index, free, code, view.year)
        if paid:
            source, code = AccountKind.TRANSFER_PAYMENT, TransferCode.COMPENSATION
            yield Transfer(source, account, CASH, paid, code, view.year)
        payload = {"who": claim.who, "units": units, "paid_cash": paid}
        yield Note(NoteCode.MINING_EXIT, payload, account)
