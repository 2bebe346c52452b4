"""Rights, venues and outside markets."""

import re
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from ecomarket.exchange.rules import CALL_PRICINGS, CALL_TIES, CLOSINGS, FEE_MAX, LOTS_LIMIT, TICKS_MAX
from ecomarket.model.codes import Mechanism, SelfTrade
from ecomarket.model.quantity import NOTES, Cny, Quantity, Ratio, Share, Yearly, Years, unsound
from ecomarket.model.reference import RightName, VenueName, ZoneName
from ecomarket.scenario.schema.base import Amount, Day, Flag, Label, Strict, Unit
from ecomarket.units import CASH_PER_YUAN

YEAR = re.compile(r"(?:19|20|21)[0-9]{2}")
"""A year; prefecture codes such as 6301 have four digits too."""
SESSION = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
MECHANISMS = tuple(m.name.lower().replace("_", "-") for m in Mechanism)
SELF_TRADE = tuple(m.name.lower().replace("_", "-") for m in SelfTrade)

COUNT_MAX = FEE_MAX
"""Most lots, or orders, that a rule may name."""
DAY_MINUTES = 1_440
YEAR_MINUTES = 366 * DAY_MINUTES
ORDER_FEE_MAX = Decimal(FEE_MAX) / CASH_PER_YUAN
"""Highest fee of an order, CNY."""

CallTie = Literal[CALL_TIES]  # type: ignore[valid-type]  # the names of these three come from the exchange's rules
CallPricing = Literal[CALL_PRICINGS]  # type: ignore[valid-type]
Closing = Literal[CLOSINGS]  # type: ignore[valid-type]


def _hours(raw: Any) -> Any:
    match = SESSION.fullmatch(raw) if isinstance(raw, str) else None
    if not match:
        raise PydanticCustomError("E306", "", {"found": str(raw)})
    start, end = (int(match[i]) * 60 + int(match[i + 1]) for i in (1, 3))
    if not start < end <= 24 * 60:
        raise PydanticCustomError("E306", "", {"found": raw})
    return raw


def minutes(session: str) -> tuple[int, int]:
    """Return start and end of a session in minutes since midnight.

    >>> minutes("09:30-11:30")
    (570, 690)
    """
    start, end = session.split("-")
    return tuple(int(t[:2]) * 60 + int(t[3:]) for t in (start, end))  # type: ignore[return-value]  # two by construction


def _apart(sessions: list[str]) -> list[str]:
    ordered = sorted(minutes(s) for s in sessions)
    for (_, end), (start, _) in pairwise(ordered):
        if start < end:
            raise PydanticCustomError("E307", "", {"found": ", ".join(sessions)})
    return sessions


def _per_right(raw: Any) -> Any:
    """One price for all rights is written bare; a map names the rights."""
    long = isinstance(raw, dict) and "value" not in raw
    return raw if long or isinstance(raw, list) else {"": raw}


def _whole_cap(raw: Any) -> Any:
    """Read a cap of one number, of years, or of zones; a unit written once serves them all."""
    if not isinstance(raw, dict):
        return {"": raw}
    keys = [key for key in raw if key not in NOTES]
    if "value" in keys or all(YEAR.fullmatch(str(key)) for key in keys):
        return {"": raw}
    zones = {"" if key == "all" else key: raw[key] for key in keys}
    if "unit" not in raw:
        return zones
    return {zone: _with_unit(amount, raw["unit"]) for zone, amount in zones.items()}


def _with_unit(raw: Any, unit: Any) -> Any:
    if isinstance(raw, dict):
        return {"unit": unit, **raw}
    return raw if isinstance(raw, str) else {"value": raw, "unit": unit}


Session = Annotated[str, BeforeValidator(_hours)]
_MANY = WithJsonSchema({"type": ["number", "string", "object"]})
PerRight = Annotated[dict[str, Amount], BeforeValidator(_per_right), _MANY]
Cap = Annotated[dict[str, Yearly[Amount]], BeforeValidator(_whole_cap), _MANY]


class Right(Strict):
    """A right under its key: what is traded. Keys of its kind's own Params stand beside these."""

    kind: str = Field(description="the kind of right, a file of ecomarket.rights | 权利种类")
    label: Label = Field(default=Label(), description="name | 名称")
    unit: Unit = Field(description="unit of the amount, t or t per year | 数量单位")
    lot: Amount = Field(
        default=Quantity(Decimal(1), ""), description="size of one lot; left out: the kind's own | 每手数量"
    )
    zones: str = Field(default="none", description="one instrument for each zone of this level | 按区域分立")
    classes: list[str] = Field(default=[], description="classes, one instrument each | 类别")
    vintages: Literal["none", "year", "month"] = Field(default="none", description="one instrument each | 年份")
    term: Years | None = Field(default=None, gt=0, description="life of the right | 期限")
    cap: Cap | None = Field(default=None, description="total, by zone, by year, or both | 总量")
    load_standard: Cap | None = Field(
        default=None, description="load that each zone of a river may carry; caps follow from it | 各河段负荷标准"
    )
    params: Any = Field(default=None, exclude=True, description="the kind's own parameters, set by the loader")

    @property
    def amount_unit(self) -> str:
        """Return the unit of an amount: `t` for a right in `t per year`."""
        return re.sub(r"\s*(/|\bper\b)\s*(year|年)$", "", self.unit)


class Fees(Strict):
    """What the venue takes."""

    ad_valorem: Share = Field(default=Decimal(0), description="part of the turnover | 按成交额")
    maker: Share | None = Field(
        default=None, description="part of the turnover for the order that rested; left out: the same | 挂单方费率"
    )
    side: Literal["both", "buy", "sell"] = Field(default="both", description="who pays | 收取方")
    per_unit: Amount = Field(
        default=Quantity(Decimal(0), ""), description="for each unit traded, CNY per unit | 按成交量，每单位"
    )
    fixed: Cny = Field(
        default=Decimal(0), ge=0, le=ORDER_FEE_MAX, description="for each order that trades, CNY | 每笔定额"
    )
    least: Cny = Field(
        default=Decimal(0), ge=0, le=ORDER_FEE_MAX, description="least for an order that trades, CNY | 每笔最低"
    )
    most: Cny = Field(
        default=Decimal(0), ge=0, le=ORDER_FEE_MAX, description="most for an order, CNY; 0: no limit | 每笔最高"
    )

    @model_validator(mode="after")
    def _most_is_not_less_than_least(self) -> Self:
        if 0 < self.most < self.least:
            raise unsound(
                f"the least fee, {self.least} CNY, is above the most, {self.most} CNY",
                f"最低手续费 {self.least} 元高于最高手续费 {self.most} 元",
            )
        return self


class Halt(Strict):
    """A trading halt when the price moves too far (临时停牌)."""

    move: Share = Field(gt=0, description="move from the last halt's or the day's reference price | 触发幅度")
    minutes: int = Field(default=5, ge=1, le=YEAR_MINUTES, description="how long, minutes | 停牌时长，分钟")


class RemainingTerm(Strict):
    """Reference prices that run down with the rights' term (按剩余期限折算)."""

    rate: Share = Field(default=Decimal(0), description="yearly discount rate; 0: by the time left alone | 年贴现率")
    since: Day | None = Field(
        default=None, description="day on which the terms began; left out: with the instrument | 期限起始日"
    )


class Block(Strict):
    """Block agreements (大宗协议) beside the main mechanism."""

    lots_min: int = Field(ge=1, description="smallest block, lots | 最小手数")
    band: Share = Field(default=Decimal("0.3"), description="price band about the reference | 价格区间")


class ZonePair(Strict):
    """The ratio between two zones, in place of what the rule for all says."""

    seller: ZoneName = Field(description="the seller's zone | 转出区域")
    buyer: ZoneName = Field(description="the buyer's zone | 转入区域")
    ratio: Share = Field(description="lots that arrive for a lot sold; 0: not allowed | 折算比例")


class ZoneRatios(Strict):
    """Sales into another zone by deal or offer (跨区域转让): who may sell to whom, and what arrives."""

    within: Literal["any", "basin", "parent"] = Field(
        default="any", description="zones of one basin, or under one zone | 区域范围"
    )
    downstream: Flag = Field(default=False, description="the buyer's zone lies downstream | 仅限向下游转让")
    ratio: Share = Field(default=Decimal(1), gt=0, description="lots that arrive for a lot sold | 折算比例")
    loss: Share = Field(default=Decimal(0), lt=1, description="lost on the way, each river reach | 每河段输送损失")
    not_attained: Share = Field(
        default=Decimal(0), description="ratio into a zone that missed its target, 0: none goes in | 未达标区域转入比例"
    )
    pairs: list[ZonePair] = Field(default=[], description="pairs of zones that differ | 特定区域对")


Party = Literal["enterprise", "county", "region", "support-province", "intermediary", "partner"]


class Negotiation(Strict):
    """How long negotiated offers stand, who takes part, who comes first; `partner`: the maker's partner province."""

    days: int = Field(default=10, ge=1, description="how long an offer stands, days | 要约有效天数")
    parties: list[Party] = Field(default=[], description="kinds that take part; empty: all | 参与方类型")
    window_days: int = Field(default=0, ge=0, description="days in which only `first` may accept | 优先购买期天数")
    first: list[Party] = Field(default=[], description="who may accept first | 优先购买方")
    match_days: int = Field(default=0, ge=0, description="days in which `match_by` may step in | 同等条件优先期天数")
    match_by: list[Party] = Field(default=[], description="who may take an accepted deal at its price | 优先权人")

    @model_validator(mode="after")
    def _rules_are_whole(self) -> Self:
        for named, days, word, other in (
            (self.first, self.window_days, "first", "window_days"),
            (self.match_by, self.match_days, "match_by", "match_days"),
        ):
            if bool(named) != bool(days):
                found, needs = (word, other) if named else (other, word)
                raise PydanticCustomError("E322", "", {"found": found, "expected": needs})
        return self


class Venue(Strict):
    """A venue: where and how rights are traded."""

    label: Label = Field(default=Label(), description="name | 名称")
    rights: list[RightName] = Field(min_length=1, description="rights traded here | 交易品种")
    mechanism: Literal[MECHANISMS] = Field(description="how a trade comes about | 交易方式")  # type: ignore[valid-type]  # the names come from the enumeration
    tick: Amount = Field(default=Quantity(Decimal("0.01"), ""), description="price step, CNY per unit | 最小变动价位")
    price_band: Ratio = Field(default=Decimal(0), ge=0, description="band about the reference, 0: none | 涨跌幅")
    sessions: Annotated[list[Session], AfterValidator(_apart)] = Field(default=[], description="hours | 交易时段")
    calls: Annotated[list[Session], AfterValidator(_apart)] = Field(
        default=[], description="hours of call auctions beside the sessions | 集合竞价时段"
    )
    call_tie: CallTie = Field(default="reference", description="price of a call among equals | 集合竞价同量取价")
    call_pricing: CallPricing = Field(default="uniform", description="what a call's buyers pay | 集合竞价成交价规则")
    fees: Fees = Field(default=Fees(), description="fees | 手续费")
    lots_min: int = Field(default=1, ge=1, le=LOTS_LIMIT, description="smallest order, lots | 最小申报手数")
    order_limit: int = Field(default=0, ge=0, le=COUNT_MAX, description="largest order, lots; 0: none | 单笔最大手数")
    holding_limit: int = Field(default=0, ge=0, le=COUNT_MAX, description="largest holding, lots; 0: none | 持仓限额")
    report_share: Share = Field(
        default=Decimal(0), description="part of holding_limit from which a holding is reported, 0: none | 大户报告比例"
    )
    report_lots: int = Field(
        default=0, ge=0, le=COUNT_MAX, description="lots from which a holding is reported | 大户报告手数"
    )
    bought_today_locked: Flag = Field(
        default=False, description="what is bought today cannot be sold today (T+1) | 当日买入不得当日卖出（T+1）"
    )
    open_orders_max: int = Field(
        default=0, ge=0, le=COUNT_MAX, description="open orders an account may have; 0: any | 未成交委托上限"
    )
    orders_a_second: int = Field(
        default=0, ge=0, le=COUNT_MAX, description="orders an account may send a second; 0: any | 每秒申报上限"
    )
    dynamic_band: Share = Field(default=Decimal(0), description="band about the last trade, 0: none | 动态涨跌幅")
    halt: Halt | None = Field(default=None, description="trading halt | 临时停牌")
    closing: Closing = Field(default="vwap", description="closing price | 收盘价")
    closing_minutes: int = Field(
        default=0,
        ge=0,
        le=DAY_MINUTES,
        description="last minutes that make the closing mean, minutes; 0: all day | 收盘均价时段，分钟",
    )
    remaining_term: RemainingTerm | None = Field(
        default=None, description="reference price by remaining term | 参考价按剩余期限折算"
    )
    zone_ratios: ZoneRatios | None = Field(default=None, description="sales into other zones | 跨区域转让规则")
    block: Block | None = Field(default=None, description="block agreements | 大宗协议")
    self_trade: Literal[SELF_TRADE] = Field(default="cancel-oldest", description="self-trade rule | 自成交")  # type: ignore[valid-type]  # the names come from the enumeration
    levels_max: int = Field(
        default=0, ge=0, le=TICKS_MAX, description="price levels a taker may pick from; 0: all | 可选档位"
    )
    pick: Literal["time", "random", "relation", "largest"] = Field(
        default="time", description="whom a taker picks at a price | 同价次序"
    )
    every: int = Field(
        default=0, ge=0, description="minutes of one call, of which a call's hours hold several; 0: one | 集合竞价周期"
    )
    negotiation: Negotiation | None = Field(default=None, description="negotiated transfers | 协议转让")
    reference_price: PerRight = Field(default={}, description="first reference price, CNY per unit | 首个参考价")

    @model_validator(mode="after")
    def _calls_have_their_time(self) -> Self:
        _apart([*self.sessions, *self.calls])
        if self.calls and self.mechanism != "continuous":
            raise unsound(
                "calls stand beside the sessions of a continuous market", "calls 只能与连续市场的 sessions 并用"
            )
        for key, fits in (
            ("every", bool(self.calls) or self.mechanism == "call-auction"),
            ("negotiation", self.mechanism == "negotiated"),
        ):
            if getattr(self, key) and not fits:
                raise PydanticCustomError("E321", "", {"found": key, "mechanism": self.mechanism})
        return self


class PriceRow(Strict):
    """A day of an outside price table; further columns are allowed."""

    model_config = ConfigDict(extra="allow")

    date: Day = Field(description="day | 日期")


class Outside(Strict):
    """An outside market: a counterparty at a price nobody inside moves."""

    label: Label = Field(default=Label(), description="name | 名称")
    right: RightName = Field(description="what it trades | 交易品种")
    venue: VenueName | None = Field(default=None, description="where it trades | 交易场所")
    price: Amount | None = Field(default=None, description="constant price, CNY per unit | 固定价格")
    table: list[PriceRow] = Field(default=[], description="daily prices | 日价格表")
    column: str = Field(default="price", description="column of the table that is the price | 价格列")
    spread: Share = Field(default=Decimal(0), description="half distance of its quotes | 半价差")
    depth: int = Field(default=0, ge=0, description="lots it trades a day at its price; 0: any | 日交易量")
    sides: list[Literal["buy", "sell"]] = Field(default=["buy", "sell"], description="what it does | 买卖方向")
    facts: dict[str, Any] = Field(default={}, description="anything its strategy reads | 其他")
