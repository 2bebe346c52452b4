"""What a scenario may set about compliance enterprises."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, field_validator

from ecomarket.agents.errors import ErrorParams
from ecomarket.agents.investment import InvestmentOption
from ecomarket.agents.operation import POLLUTANTS
from ecomarket.model.distribution import Distribution, SpreadDays
from ecomarket.model.quantity import Ratio, Share, unsound


class ComplianceParams(ErrorParams):
    """How compliance enterprises forecast, time and price; every default is an assumption unless a source is named."""

    permits: tuple[str, ...] = Field(default=POLLUTANTS, description="Keys of permit rights | 排污权种类")
    carbon: str = Field(default="cea", description="Key of the allowance | 碳配额")
    offsets: tuple[str, ...] = Field(default=("ccer", "sink"), description="Keys of offsets | 可抵销的减排量")
    patience_days: SpreadDays = Field(
        default=Distribution("lognormal", (Decimal(30), Decimal("0.6"))),
        description="Trading days in which attention rises e-fold (assumption, see P28) | 履约耐心，日",
    )
    attention_small: Share = Field(
        default=Decimal("0.03"),
        description="Chance of a look on a quiet day, smallest firm (assumption) | 小企业日常关注概率",
    )
    attention_large: Share = Field(
        default=Decimal("0.15"),
        description="Chance of a look on a quiet day, largest firm (assumption) | 大企业日常关注概率",
    )
    naive: Share = Field(
        default=Decimal("0.4"), description="Share that forecasts the last price (assumption) | 朴素预期占比"
    )
    adaptive: Share = Field(
        default=Decimal("0.35"), description="Share that forecasts the 20-day mean (assumption) | 适应性预期占比"
    )
    fundamental: Share = Field(
        default=Decimal("0.25"),
        description="Share that knows the fundamental with an error (assumption) | 基本面预期占比",
    )
    belief_sd: Ratio = Field(
        default=Decimal("0.15"),
        ge=0,
        description="Deviation of the error of the informed, log (assumption) | 基本面判断误差",
    )
    safety: Ratio = Field(
        default=Decimal("1.0"), ge=0, description="Standard deviations kept as a margin (assumption) | 安全边际倍数"
    )
    emission_sd: Share = Field(
        default=Decimal("0.04"), description="Deviation of a year's emission, share (assumption) | 年排放预测误差"
    )
    stretch: Share = Field(
        default=Decimal("0.25"),
        gt=0,
        description="Furthest from the last price that a published balance is believed in a week, share (assumption)"
        " | 据公布盈缺每周修正预期价的上限",
    )
    allocation_sd: Share = Field(
        default=Decimal("0.005"),
        description="Deviation of the final free allocation, share of what is owed (assumption) | 核定配额误差",
    )
    insistence: Ratio = Field(
        default=Decimal(4),
        ge=0,
        description="Further looks of who buys, close to the deadline (assumption) | 临期追加关注次数",
    )
    impatience: Share = Field(
        default=Decimal("0.15"), description="Urgency far from the deadline (assumption) | 平日紧迫程度"
    )
    premium: Share = Field(
        default=Decimal("0.10"),
        description="Mean most paid above the forecast while there is time (assumption) | 期限前平均最高溢价",
    )
    haggle: Share = Field(
        default=Decimal("0.5"), description="Share of the surplus asked for at first (ZIP; assumption) | 初始议价比例"
    )
    groping: Share = Field(
        default=Decimal("0.02"),
        description="Weekly move of the permit price expected by who got nothing of its plan, share (assumption)"
        " | 计划落空时每周调整预期排污权价格的幅度",
    )
    offset_saving: Share = Field(
        default=Decimal("0.02"),
        description="Least saving for which an offset is used (assumption) | 使用抵销的最低节省",
    )
    shown_share: Share = Field(
        default=Decimal(1),
        description="Part of an order that others see at a time, 1: all | 委托显示比例（冰山委托），1为全部",
    )
    cash_share: Share = Field(
        default=Decimal("0.6"),
        description="Share of free cash that may go into rights (assumption) | 可用于购买的现金比例",
    )
    ramp_a_month: Share = Field(
        default=Decimal("0.2"),
        description="Largest monthly change of abatement, share of the maximum (assumption) | 每月减排调整上限",
    )
    for_sale: Share = Field(
        default=Decimal("0.05"),
        description="Most it cuts ahead of a sale, share of what it holds (assumption) | 为出售提前减排上限",
    )
    proof_months: int = Field(
        default=2,
        ge=0,
        description="Months until a report counts as proof in the first year (MARKETS 2.3) | 减排核定滞后，月",
    )
    options: tuple[InvestmentOption, ...] = Field(
        default=(), description="Plants it may build, a CSV table or a list | 可投资的减排工程"
    )
    hurdle: Ratio = Field(
        default=Decimal("1.5"),
        ge=1,
        description="Value over cost asked for waiting's sake (assumption) | 投资门槛倍数",
    )
    capital_share: Share = Field(
        default=Decimal("0.5"),
        description="Share of free cash that may go into works at a time (assumption) | 可用于投资的现金比例",
    )
    invest_months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(
        default=(1, 7), description="Months whose first plan decides on works (assumption) | 投资决策月份"
    )
    block_lots_min: int = Field(
        default=100_000, gt=0, description="Smallest block agreement, lots (MARKETS 3.1) | 大宗协议最低手数"
    )
    block_party: str = Field(default="OUT.CEA", description="Counterparty of block agreements | 大宗协议对手方")

    @field_validator("options")
    @classmethod
    def _names_differ(cls, options: tuple[InvestmentOption, ...]) -> tuple[InvestmentOption, ...]:
        names = [option.name for option in options]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            names_twice = ", ".join(twice)
            raise unsound(f"two options are called {names_twice}", f"有两个选项同名：{names_twice}")
        return options
