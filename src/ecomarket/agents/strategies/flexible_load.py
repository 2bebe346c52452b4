"""Flexible green load (绿色数据中心、储能示范): a load part of which moves to cheap, green hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Command, Fact, Transfer
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

MONTHS_A_YEAR = 12
MEAN_PRICE, CHEAP_PRICE = "power.month", "power.valley"
ACTIVITY = "activity"


class FlexibleLoad(Strategy):
    """Uses a twelfth of `load_mwh` a month by its activity; `flexible_share` of it runs in cheap hours.

    Storage of `storage_mwh` a month does the same for as much again, and loses `storage_loss` of it on the way. What
    runs in cheap hours is paid at `power.valley`, the rest at `power.month`; where the scenario has no price of power,
    it pays nothing and moves nothing. Cheap hours are those when sun and wind give too much: what runs then is stated
    as renewable (RENEWABLE_USE_MWH), which a consumption weight counts. Certificates for the rest are bought by the
    strategy certificate-buyer beside this one.
    """

    kind: ClassVar[str] = "flexible-load"
    label_en: ClassVar[str] = "Flexible green load"
    label_zh: ClassVar[str] = "柔性绿色负荷"
    reference: ClassVar[str] = (
        "青海建立健全生态产品价值实现机制实施方案 (十六) (storage); 青海深入推进生态文明制度创新实施方案 2023 (41) "
        "(green data centres); hours: model (MARKETS.md 1F)"
    )
    rows: ClassVar[tuple[str, ...]] = ("F9",)
    cadence = "month"
    Params: ClassVar[type[StrategyParams]] = StrategyParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self.carried = np.zeros((2, len(self.members)))

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Use power, move what can be moved if that is cheaper, and pay; whole MWh, the rest is carried."""
        del draws
        mean = view.board.notices.get(MEAN_PRICE, 0.0)
        cheap = view.board.notices.get(CHEAP_PRICE, mean)
        load = self.column("load_mwh") * view.nature.get(ACTIVITY, np.ones(len(self.members))) / MONTHS_A_YEAR
        moved = load * self.column("flexible_share") * (cheap < mean)
        loss = self.column("storage_loss")
        worth = cheap < mean * (1.0 - loss)
        stored = np.minimum(self.column("storage_mwh"), load - moved) * worth
        # What storage gives up on the way is bought on top, in the cheap hours.
        green = moved + stored / np.maximum(1.0 - loss, 0.1)
        used = load - moved - stored + green
        self.carried += np.array([used, green])
        whole = np.floor(self.carried + 1e-6)
        self.carried -= whole
        bill = (used - green) * mean + green * cheap
        commands: list[Command] = []
        for row, account in enumerate(self.accounts.tolist()):
            for code, mwh in zip((FactCode.POWER_USE_MWH, FactCode.RENEWABLE_USE_MWH), whole[:, row], strict=True):
                if mwh > 0:
                    commands.append(Fact(code, account, -1, view.period, int(mwh)))
            if (cash := int(bill[row] * CASH_PER_YUAN)) > 0:
                what, world = TransferCode.OPERATING_COST, AccountKind.WORLD
                commands.append(Transfer(account, world, CASH, cash, what, view.period, up_to=True))
        return commands
