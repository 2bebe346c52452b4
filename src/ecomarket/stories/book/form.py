"""What a book test may say: venue and lines of its book (given), steps (when), and what comes of them (then)."""

from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from ecomarket.model.codes import Refusal
from ecomarket.model.quantity import Cny
from ecomarket.scenario.findings import nearest
from ecomarket.scenario.schema.base import Label, Strict
from ecomarket.scenario.schema.market import Venue
from ecomarket.units import CASH_PER_YUAN

NO_CLOCK: Final = ("sessions", "calls", "every", "negotiation", "zone_ratios", "remaining_term")
"""Keys of a venue that need a clock, several instruments or kinds of participants: a book test has none of them."""


def _whole(cny: Decimal) -> Decimal:
    if cny * CASH_PER_YUAN % 1:
        raise PydanticCustomError("E804", "", {"found": str(cny), "expected": "0.0001 CNY"})
    return cny


def _known(name: str) -> str:
    """Return a refusal's code as it stands in ledgers."""
    code = name.upper().replace("-", "_")
    if code not in Refusal.__members__ or code == Refusal.NONE.name:
        near = nearest(code, Refusal.__members__)
        raise PydanticCustomError("E805", "", {"found": name, "near": near})
    return code


Price = Annotated[Cny, Field(ge=0), AfterValidator(_whole)]
Lots = Annotated[int, Field(ge=1)]
Name = Annotated[str, Field(min_length=1)]
Level = tuple[Price, Lots, Name]
"""One line of a book: price in CNY a lot, lots, whose."""
Code = Annotated[str, AfterValidator(_known)]
Side = Literal["buy", "sell"]


class Lines(Strict):
    """A book: what is bid and what is asked, in the order in which it came."""

    bids: list[Level] | None = Field(default=None, description="[price, lots, who] | 买盘")
    asks: list[Level] | None = Field(default=None, description="[price, lots, who] | 卖盘")


class Account(Strict):
    """What somebody opens with; what is left out is more than the test can need."""

    cny: Price | None = Field(default=None, description="cash, CNY | 资金")
    lots: int | None = Field(default=None, ge=0, description="lots held | 持有手数")
    may: list[Literal["buy", "sell", "hold"]] | None = Field(default=None, description="what it may do | 资格")


class BookVenue(Venue):
    """A venue that stands alone: one thing is traded, which need not be named."""

    rights: list[str] = Field(default=["lot"], min_length=1, description="what is traded | 交易品种")
    mechanism: Literal["continuous", "call-auction", "listed-agreement", "block-agreement", "negotiated"] = Field(
        default="continuous", description="how a trade comes about | 交易方式"
    )


class Given(Strict):
    """The venue, who is there, and what stands in the book when the test begins."""

    venue: BookVenue = Field(default=BookVenue(), description="rules of the venue | 交易规则")
    accounts: dict[str, Account] = Field(default={}, description="who opens with what | 账户")
    book: Lines = Field(default=Lines(), description="orders that stand already | 已有委托")


class Order(Strict):
    """An order; without a price it takes what there is."""

    by: Name = Field(description="whose | 主体")
    side: Side = Field(description="buy or sell | 买卖方向")
    price: Price | None = Field(default=None, description="CNY a lot; none: a market order | 价格")
    lots: Lots = Field(description="lots | 手数")
    life: Literal["day", "ioc", "fok", "post-only", "gtc"] = Field(default="day", description="how long | 有效期")
    shown: int = Field(default=0, ge=0, description="lots that others see; 0: all | 显示手数")


class Cancel(Strict):
    """An order is withdrawn."""

    by: Name = Field(description="whose | 主体")
    order: int = Field(default=0, ge=0, description="its number in the case; 0: the latest of `by` | 委托序号")


class Change(Cancel):
    """An order that stands gets another price or other lots."""

    price: Price = Field(description="CNY a lot | 价格")
    lots: Lots = Field(description="open lots | 手数")


class Deal(Strict):
    """Two parties have agreed: a block, or a negotiated transfer."""

    buyer: Name = Field(description="buyer | 买方")
    seller: Name = Field(description="seller | 卖方")
    price: Price = Field(description="CNY a lot | 价格")
    lots: Lots = Field(description="lots | 手数")


class Offer(Strict):
    """An offer at a negotiated venue, whole; `match_by` may take an accepted deal at its price (同等条件优先)."""

    by: Name = Field(description="who offers | 要约方")
    side: Side = Field(description="buy or sell | 买卖方向")
    price: Price = Field(description="CNY a lot | 价格")
    lots: Lots = Field(description="lots | 手数")
    days: int = Field(default=10, ge=1, description="days it stands | 有效天数")
    to: list[Name] = Field(default=[], description="who may accept; none: all | 受要约方")
    first: list[Name] = Field(default=[], description="who may accept during window_days | 优先购买方")
    window_days: int = Field(default=0, ge=0, description="days of `first` | 优先购买期天数")
    match_by: list[Name] = Field(default=[], description="who may step in | 优先权人")
    match_days: int = Field(default=0, ge=0, description="days in which they may | 同等条件优先期天数")

    @model_validator(mode="after")
    def _whole(self) -> "Offer":
        for named, days, word, other in (
            (self.first, self.window_days, "first", "window_days"),
            (self.match_by, self.match_days, "match_by", "match_days"),
        ):
            if bool(named) != bool(days):
                found, needs = (word, other) if named else (other, word)
                raise PydanticCustomError("E322", "", {"found": found, "expected": needs})
        return self


class Taking(Strict):
    """Somebody answers an offer: accepts it, takes the deal by right to match, or withdraws his own."""

    by: Name = Field(description="who | 主体")
    offer: int = Field(default=1, ge=1, description="number of the offer in the case | 要约序号")


class Step(Strict):
    """One thing that happens."""

    order: Order | None = Field(default=None, description="an order | 委托")
    cancel: Cancel | None = Field(default=None, description="an order is withdrawn | 撤单")
    change: Change | None = Field(default=None, description="an order is changed | 改单")
    deal: Deal | None = Field(default=None, description="two parties have agreed | 协议")
    offer: Offer | None = Field(default=None, description="an offer | 要约")
    accept: Taking | None = Field(default=None, description="an offer is accepted | 承诺")
    match: Taking | None = Field(default=None, description="a right to match is used | 行使优先权")
    withdraw: Taking | None = Field(default=None, description="an offer is withdrawn | 撤回要约")
    wait: int | None = Field(default=None, ge=1, description="days pass | 经过天数")

    @property
    def named(self) -> str:
        """Return the key of what happens."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _one(self) -> "Step":
        names = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(names) != 1:
            options = ", ".join(type(self).model_fields)
            raise PydanticCustomError("E801", "", {"found": ", ".join(names) or "-", "options": options})
        return self


class Trade(Strict):
    """A trade; what is left out is not compared."""

    buyer: Name | None = Field(default=None, description="buyer | 买方")
    seller: Name | None = Field(default=None, description="seller | 卖方")
    price: Price | None = Field(default=None, description="CNY a lot | 价格")
    lots: Lots | None = Field(default=None, description="lots | 手数")


class Best(Strict):
    """The best prices that stand; 0: none."""

    bid: Price | None = Field(default=None, description="highest bid, CNY | 买一价")
    ask: Price | None = Field(default=None, description="lowest ask, CNY | 卖一价")


class Cleared(Strict):
    """What the call came to."""

    price: Price | None = Field(default=None, description="its one price, CNY; 0: none | 集合竞价成交价")
    lots: int | None = Field(default=None, ge=0, description="lots traded | 成交手数")
    surplus: int | None = Field(default=None, description="bids (+) or asks (-) left at that price | 剩余手数")


class Held(Strict):
    """What somebody has in the end, what his orders hold included."""

    cny: Price | None = Field(default=None, description="cash, CNY | 资金")
    lots: int | None = Field(default=None, ge=0, description="lots | 手数")


class Then(Strict):
    """What must have come of it."""

    trades: list[Trade] | None = Field(default=None, description="all trades in their order | 成交")
    refused: list[Code] | None = Field(default=None, description="why steps were refused, in their order | 拒绝")
    book: Lines | None = Field(default=None, description="what stands, best first | 剩余委托")
    best: Best | None = Field(default=None, description="best prices | 最优价")
    call: Cleared | None = Field(default=None, description="the call auction | 集合竞价")
    holds: dict[str, Held] | None = Field(default=None, description="who has what | 持有")
    fees: Price | None = Field(default=None, description="all fees, CNY | 手续费合计")
    close: Price | None = Field(default=None, description="closing price of the day, CNY | 收盘价")

    @model_validator(mode="after")
    def _something(self) -> "Then":
        if all(getattr(self, name) is None for name in type(self).model_fields):
            raise PydanticCustomError("E801", "", {"found": "-", "options": ", ".join(type(self).model_fields)})
        return self


class Case(Strict):
    """One case: what differs from the file's `given`, what happens, what comes of it."""

    title: Label = Field(default=Label(), description="what the case shows | 标题")
    given: Any = Field(default=None, description="changes of the given | 前提变更")
    when: list[Step] = Field(min_length=1, description="what happens | 事件")
    then: Then = Field(description="what comes of it | 结果")


class Book(Strict):
    """A file of book tests."""

    title: Label = Field(default=Label(), description="title | 标题")
    reference: str = Field(default="", description="the rule's source | 依据")
    given: Any = Field(default=None, description="venue, accounts and book of all cases | 前提")
    cases: list[Case] = Field(min_length=1, description="cases | 案例")
