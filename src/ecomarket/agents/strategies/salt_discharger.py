"""Mines and power stations that discharge salt: bid for as many credits as an ordinary day asks for."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ecomarket.agents.enterprise import on_step
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.model.command import Bid
from ecomarket.model.quantity import Tonnes
from ecomarket.model.record import CASH
from ecomarket.model.reference import RightName
from ecomarket.rights.discharge_credit import WANTED, DischargeCredit
from ecomarket.units import CASH_PER_YUAN, DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Auction
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

VALUE = "credit_value_cny"
"""Column of a participant: what a credit is worth to it over its whole life, CNY."""


class SaltDischargerParams(StrategyParams):
    """What it holds credits for."""

    right: RightName = Field(default="salt", description="Right that it needs | 信用品种")
    usual_allowable_t: Tonnes = Field(
        default=Decimal(100),
        gt=0,
        description="Allowable discharge of the block it reckons with (assumption), t | 计划所依据的允许排盐量，吨",
    )


class SaltDischarger(Strategy):
    """Bids what a credit is worth to it (`credit_value_cny`, by the years left) for what it lacks on a usual day.

    It needs as many credits as let all of `salt_t_day` through in a block of `usual_allowable_t`, rounded up; what will
    have expired tomorrow does not count. It neither sells credits nor buys them elsewhere.
    """

    kind: ClassVar[str] = "salt-discharger"
    label_en: ClassVar[str] = "Discharger of salt"
    label_zh: ClassVar[str] = "排盐企业"
    reference: ClassVar[str] = "CASES P24 [S17] (Hunter River salt credits); values and needs are assumptions"
    Params: ClassVar[type[StrategyParams]] = SaltDischargerParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self.tranches = [i for i in setting.listed(params.right) if i.kind == DischargeCredit.kind]
        self.worth = self.column(VALUE) * CASH_PER_YUAN
        if self.tranches:
            share = self.column(WANTED) / float(params.usual_allowable_t)
            total = setting.rights[params.right].credits
            self.need = np.minimum(np.ceil(np.round(share * total, 6)), total)

    def bids(self, call: Auction, view: CohortView, draws: Draws) -> Sequence[Bid]:
        """Bid for what will be lacking tomorrow, when what is sold today begins, as far as the cash goes."""
        del draws
        sold = next((i for i in self.tranches if i.index == call.instrument), None)
        if sold is None:
            return ()
        tomorrow = view.board.t // DAY * DAY + DAY
        lacking = self.need - sum(view.posted[:, i.index] for i in self.tranches if i.lives(tomorrow))
        hall = self.hall(call)
        worth = hall.bids(self.worth * self._left(sold, tomorrow)).astype(np.int64)
        price = np.array([on_step(int(one), call.reserve_price) for one in worth], dtype=np.int64)
        cash = view.free[:, CASH]
        lots = np.minimum(
            np.minimum(lacking, call.lots_to_win), cash // np.maximum(np.ceil(hall.paid(price)), 1)
        ).astype(np.int64)
        wanted: NDArray[np.intp] = np.flatnonzero((lots > 0) & (price >= max(call.reserve_price, 1)))
        return [Bid(int(self.accounts[n]), int(price[n]), int(lots[n])) for n in wanted.tolist()]

    def _left(self, sold: Instrument, t: int) -> float:
        """Return the part of a credit's life that is left."""
        return (sold.expires_t - max(t, sold.starts_t)) / (sold.expires_t - sold.starts_t)
