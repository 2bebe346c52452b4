"""Users of energy: state what they use, save where it is cheaper than the charge, bid for energy-use rights."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Bid, Command, Fact, Transfer
from ecomarket.model.quantity import Share
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.chance import Draws
    from ecomarket.model.command import Auction
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

MONTHS_A_YEAR = 12
ACTIVITY = "activity"
CASH_KEPT = 50
"""One part in so many of the cash stays back for fees."""


class EnergyUserParams(StrategyParams):
    """How a user reckons; assumptions."""

    bid_share: Share = Field(
        default=Decimal("0.9"), description="Part of its worth bid for a right, share | 报价占价值比例"
    )


class EnergyUser(Strategy):
    """Uses a twelfth of `energy_tce` a month by its activity, and saves `save_tce` a year if that pays.

    It pays where dual control charges more a tce than `save_cny_tce`. In an auction of energy-use rights it bids for
    what it needs (`need.<right>.<code>` on the board) a part of `energy_value_cny_tce`.
    """

    kind: ClassVar[str] = "energy-user"
    label_en: ClassVar[str] = "User of energy"
    label_zh: ClassVar[str] = "用能单位"
    reference: ClassVar[str] = "MARKETS.md 7.1 (buyers), 1F (F7, F8)"
    rows: ClassVar[tuple[str, ...]] = ("F7", "F8")
    cadence = "month"
    Params: ClassVar[type[StrategyParams]] = EnergyUserParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self.carried = np.zeros(len(self.members))

    def saves(self, row: int, view: CohortView) -> bool:
        """Tell whether saving costs a member less than the charge of the dual control in force."""
        cost = float(self.members[row].facts.get("save_cny_tce", 0) or 0)
        law = self.setting.law_on("energy-dual-control", view.board.today)
        return law is not None and 0.0 < cost < float(law.over_cny_tce)

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """State the month's use in whole tce, the rest is carried; pay for what was saved."""
        del draws
        activity = view.nature.get(ACTIVITY, np.ones(len(self.members)))
        use, save = self.column("energy_tce"), self.column("save_tce")
        commands: list[Command] = []
        for row, account in enumerate(self.accounts.tolist()):
            saved = save[row] * activity[row] / MONTHS_A_YEAR if self.saves(row, view) else 0.0
            self.carried[row] += max(0.0, use[row] * activity[row] / MONTHS_A_YEAR - saved)
            tce = int(self.carried[row] + 1e-6)
            self.carried[row] -= tce
            if tce > 0:
                commands.append(Fact(FactCode.ENERGY_USE_TCE, account, -1, view.period, tce))
            cost = int(saved * float(self.members[row].facts.get("save_cny_tce", 0) or 0) * CASH_PER_YUAN)
            if cost > 0:
                world, code = AccountKind.WORLD, TransferCode.INVESTMENT
                commands.append(Transfer(account, world, CASH, cost, code, view.period, up_to=True))
        return commands

    def bids(self, call: Auction, view: CohortView, draws: Draws) -> Sequence[Bid]:
        """Bid for what is needed and not held, as far as the cash goes."""
        del draws
        right = self.setting.instruments[call.instrument].right
        law = self.setting.law_on("energy-use-trading", view.board.today)
        if law is None or right != law.right:
            return ()
        bids: list[Bid] = []
        for row, member in enumerate(self.members):
            held = sum(int(view.posted[row, i.index]) for i in self.setting.listed(right))
            wanted = int(view.board.notices.get(f"need.{right}.{member.code}", 0.0)) - held
            worth = float(member.facts.get("energy_value_cny_tce", 0) or 0) * float(self.params.bid_share)
            price = int(self.hall(call).bids(worth * CASH_PER_YUAN)) // CASH_PER_YUAN * CASH_PER_YUAN
            cash = int(view.free[row, CASH]) * (CASH_KEPT - 1) // CASH_KEPT
            lots = min(call.lots, wanted, cash // max(price, 1))
            if lots > 0 and price >= call.reserve_price and call.seller != int(self.accounts[row]):
                bids.append(Bid(int(self.accounts[row]), price, lots))
        return bids
