"""Pumped-storage levy (抽水蓄能成本疏导): users pay by the MWh until the year's cost is recovered. Optional."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, CnyPerMwh, Yearly
from ecomarket.model.reference import ParticipantCode
from ecomarket.model.stated import FactCode
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import cash_floor, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

MONTHS_A_YEAR: Final = 12


class PumpedStorageLevyParams(PolicyParams):
    """Rate, what is to be recovered, and by whom; numbers are assumptions."""

    rate_cny_mwh: Yearly[CnyPerMwh] = Field(
        default=Yearly.of(Decimal(5)), description="Levy on each MWh used, CNY per MWh | 分摊标准，元/兆瓦时"
    )
    cost_cny_year: Yearly[Cny] = Field(
        default=Yearly.of(Decimal(0)), description="Cost to recover a year, CNY; 0: none | 年度应疏导成本，元"
    )
    payee: ParticipantCode | None = Field(
        default=None, description="Who runs the station; none: the treasury | 抽水蓄能电站，缺省为财政"
    )


class PumpedStorageLevy(Policy):
    """Charge enterprises each month for the power they use; stop, all in proportion, when the cost is recovered.

    Use is what the month's meter stated (POWER_USE_MWH), else a twelfth of the column `power_mwh`. Plants and the payee
    pay nothing. Sums are rounded down.
    """

    kind: ClassVar[str] = "pumped-storage-levy"
    label_en: ClassVar[str] = "Pumped-storage levy"
    label_zh: ClassVar[str] = "抽水蓄能成本疏导"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (59) (cost recovery); 发改价格〔2021〕633号 (capacity price, "
        "memory); levy by the MWh: model (MARKETS.md 1F)"
    )
    rows: ClassVar[tuple[str, ...]] = ("F5",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = PumpedStorageLevyParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._recovered: dict[int, int] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Charge the month's use."""
        del moment, draws
        year = view.year
        left = cash_floor(self.params.cost_cny_year.at(year)) - self._recovered.get(year, 0)
        if left <= 0:
            return []
        rate = cash_floor(self.params.rate_cny_mwh.at(year))
        metered = view.book.month(FactCode.POWER_USE_MWH, view.period)
        dues = {p.account: rate * _use(p, int(metered[p.account])) for p in self._users()}
        total = sum(dues.values())
        payee = AccountKind.TREASURY
        taker = int(payee) if self.params.payee is None else self.setting.by_code[self.params.payee].account
        till = Till(view, view.period)
        for account, due in dues.items():
            owed = due if total <= left else mul_div_floor(due, left, total)
            paid = till.pay(account, taker, owed, TransferCode.STORAGE_LEVY)
            self._recovered[year] = self._recovered.get(year, 0) + paid
        return till.commands

    def _users(self) -> list[Participant]:
        return [p for p in self.setting.of_kind("enterprise") if "tech" not in p.facts and p.code != self.params.payee]


def _use(user: Participant, metered: int) -> int:
    return metered or int(user.facts.get("power_mwh", 0) or 0) // MONTHS_A_YEAR
