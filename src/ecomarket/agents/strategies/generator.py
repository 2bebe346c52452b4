"""Renewable power plants: generate, earn, and sell certificates by age."""

from __future__ import annotations

from calendar import monthrange
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ecomarket.agents.intents import held, write_intents
from ecomarket.agents.province import continuation_price
from ecomarket.agents.scarcity import ScarcityParams, believed, scarcity_worth
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.chance import key
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Command, Fact, Transfer
from ecomarket.model.quantity import CnyPerMwh, Ratio, Share
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode
from ecomarket.rights.green_certificate import KEY, age_factor, age_months, life_months
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]

OUTPUT = "renewable-output"
"""Name under which a scenario runs the output of plants."""
OUTSIDE_PRICE = "outside.gec"
POWER_PRICE = "power.month"
"""Mean going price of power this month, CNY/MWh, where a process publishes it."""
HOURS_A_DAY = 24
KWH_A_MWH = 1000
TRADING_DAYS_A_MONTH = 21
LAST_LOOKS = 4.0
"""Looks in which a holding that will be worth nothing is offered."""


class GeneratorParams(ScarcityParams):
    """Power price and how certificates are sold; assumptions unless a source is named."""

    power_price_cny_mwh: CnyPerMwh = Field(
        default=Decimal("227.7"),
        ge=0,
        description="Price of power less its running cost, CNY per MWh (Qinghai, 2021 on) | 上网电价，元/兆瓦时",
    )
    rate_month: Share = Field(default=Decimal("0.006"), description="Discount rate a month, share | 月贴现率")
    sell_months: Ratio = Field(
        default=Decimal(2), gt=0, description="Months over which a vintage is sold, months | 计划售出月数"
    )
    looks_a_day: Ratio = Field(default=Decimal("0.3"), ge=0, description="Looks at each market a day | 每日关注次数")
    opinion_sd: Ratio = Field(
        default=Decimal("0.15"), ge=0, description="Spread of opinions about the price, log | 价格判断差异"
    )
    haggle: Share = Field(default=Decimal("0.4"), description="Share of the surplus asked for at first | 初始议价比例")


class Generator(Strategy):
    """Sells each vintage at no less than what waiting a month would bring, which falls to nothing at expiry.

    Where a market outside names a price, that is the price by age. Where none does, it is what the charge for a missing
    certificate and the chance of running short make it: nothing when more is there than can be used.
    """

    kind: ClassVar[str] = "generator"
    label_en: ClassVar[str] = "Renewable power plant"
    label_zh: ClassVar[str] = "可再生能源发电企业"
    reference: ClassVar[str] = (
        "可再生能源绿色电力证书核发和交易规则 2024; MARKETS.md 6 (price by age); CASES P13 (banking); "
        "Coulon, Khazaei and Powell 2015, J. Environmental Economics and Management 73 (charge x chance of shortage)"
    )
    cadence = "week"
    Params: ClassVar[type[StrategyParams]] = GeneratorParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        tradable = self.column("tradable", 1.0) > 0.0
        certificates = setting.listed(KEY)
        self.pairs = [(row, c.index) for row in range(len(self.members)) if tradable[row] for c in certificates]
        self.row = np.array([row for row, _ in self.pairs], dtype=np.int64)
        self.instrument = np.array([i for _, i in self.pairs], dtype=np.int64)
        self.who = np.array([key(m.code) for m in self.members], dtype=np.int64)
        self.meter_kwh = np.zeros(len(self.members), dtype=np.int64)

    def markets(self) -> list[tuple[int, int]]:
        """Name every vintage for plants whose certificates may be sold."""
        return self.pairs

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Offer all that is held; reservation by age and by the plant's own opinion of the price."""
        position = held(view.posted, self.pairs)
        if not self.pairs:
            return ()
        life = life_months(self.setting)
        age = np.array([age_months(self.setting.instruments[i], view.board.today) for i in self.instrument])
        factor = np.array([age_factor(max(a, 0), life) for a in age.tolist()])
        fresh = view.board.notices.get(OUTSIDE_PRICE, 0.0) * CASH_PER_YUAN
        base = np.full(len(age), fresh) if fresh > 0.0 else view.board.close[self.instrument] / factor
        sd = float(self.params.opinion_sd)
        opinion = np.exp(sd * draws.normal(self.who, "certificate-opinion") - sd * sd / 2.0)[self.row]
        rate = float(self.params.rate_month)
        expected, least = base * factor, continuation_price(base * opinion, age, life, rate)
        looks = np.full(len(age), float(self.params.looks_a_day * self.params.sell_months) * TRADING_DAYS_A_MONTH)
        urgency = 0.1 + 0.9 * np.clip(age / life, 0.0, 1.0) ** 2
        value = scarcity_worth(view, self.instrument, float(self.params.balance_sd), rate)
        if value is not None:
            close = view.board.close[self.instrument]
            least = expected = believed(close, value * opinion, float(self.params.stretch))
            # the less it is worth beside its price, the sooner it must be sold, before others sell theirs
            keeps = np.clip(value / np.maximum(close, 1.0), 0.0, 1.0)
            urgency, looks = np.maximum(urgency, 1.0 - keeps), np.maximum(looks * keeps, LAST_LOOKS)
        write_intents(
            self.intents,
            position,
            0,
            least,
            looks=looks,
            expected=expected,
            haggle=float(self.params.haggle),
            urgency=urgency,
        )
        return ()

    def looks(self, view: CohortView) -> Floats:
        """Look at the markets of the vintages held."""
        return np.where(held(view.free, self.pairs) > 0, float(self.params.looks_a_day), 0.0)

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Generate by capacity, hours, capacity factor and the month's output; state whole MWh by the meter; earn.

        Capacity and price are those published (`capacity.<code>`, `power.month`), else the plant's own.
        """
        del draws
        today = view.board.today
        hours = monthrange(today.year, today.month)[1] * HOURS_A_DAY
        output = view.nature.get(OUTPUT, np.ones(len(self.members)))
        notices = view.board.notices
        grown = [notices.get(f"capacity.{m.code}", float(m.facts.get("capacity_mw", 0.0))) for m in self.members]
        kwh = np.array(grown) * self.column("capacity_factor") * hours * output * KWH_A_MWH
        before = self.meter_kwh // KWH_A_MWH
        self.meter_kwh += np.floor(kwh).astype(np.int64)
        going = notices.get(POWER_PRICE)
        price = int((self.params.power_price_cny_mwh if going is None else Decimal(str(going))) * CASH_PER_YUAN)
        commands: list[Command] = []
        for account, mwh in zip(self.accounts.tolist(), (self.meter_kwh // KWH_A_MWH - before).tolist(), strict=True):
            if mwh > 0:
                commands.append(Fact(FactCode.GENERATION_MWH, account, -1, view.period, mwh))
                code = TransferCode.INCOME
                commands.append(Transfer(AccountKind.WORLD, account, CASH, mwh * price, code, view.period))
        return commands
