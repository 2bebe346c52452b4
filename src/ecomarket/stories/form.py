"""What a story may say: cases, happenings (when), outcomes (then), and what the same case comes to without a rule."""

from decimal import Decimal
from typing import Any, Final, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from ecomarket.model.quantity import Cny
from ecomarket.scenario.schema.base import Amount, Day, Flag, Label, Strict

EVENTS: Final = ("holds", "cash", "price", "notice", "fact", "moved", "traded")


class Units(Strict):
    """Names units of a right, narrowed as far as needed; `instrument` names them by their own code instead."""

    right: str = Field(default="", description="the right's key | 权利")
    zone: str = Field(default="", description="zone | 区域")
    klass: str = Field(default="", alias="class", description="class | 类别")
    vintage: int = Field(default=0, description="vintage | 年份")
    instrument: str = Field(default="", description="code of the instrument | 标的代码")


class Bounds(Strict):
    """What a number must be; nothing said: it is only looked at."""

    at_least: Amount | None = Field(default=None, description="no less | 不少于")
    at_most: Amount | None = Field(default=None, description="no more | 不多于")


class Held(Units, Bounds):
    """What somebody holds, of all units that fit; as a happening it comes to hold exactly that."""

    who: str = Field(description="participant or system account | 主体")
    amount: Amount | None = Field(default=None, description="in the right's unit | 数量")


class Money(Bounds):
    """Cash of somebody."""

    who: str = Field(description="participant or system account | 主体")
    cny: Cny | None = Field(default=None, description="CNY | 元")


class Priced(Units, Bounds):
    """The public price of a right, closing and mean of twenty days; as a happening it stays until said otherwise."""

    cny: Cny | None = Field(default=None, description="CNY a unit of the right | 元/单位")


class Emitted(Units):
    """What somebody reports to have emitted in a month: t of a permit's pollutant, or t of carbon dioxide."""

    who: str = Field(description="participant | 主体")
    amount: Decimal = Field(description="t | 吨")
    month: int = Field(default=0, description="yyyymm, the month of the date if left out | 年月")


class Stated(Units):
    """A fact of any code; as an outcome, `amount` is the sum over those that fit."""

    code: str = Field(description="name of a FactCode | 事实代码")
    who: str = Field(default="", description="participant | 主体")
    period: int = Field(default=0, description="yyyymm or yyyy | 期间")
    amount: int | None = Field(default=None, description="in the code's unit | 数量")
    extra: int | None = Field(default=None, description="further number | 附加数")
    times: int | None = Field(default=None, ge=0, description="how often | 次数")


class Notice(Strict):
    """A number on the public board."""

    name: str = Field(description="its name | 名称")
    number: Decimal | None = Field(default=None, description="value | 数值")
    at_least: Decimal | None = Field(default=None, description="no less | 不少于")
    at_most: Decimal | None = Field(default=None, description="no more | 不多于")


class Natural(Strict):
    """A value of nature for the month at hand."""

    process: str = Field(description="key of the process | 过程")
    place: str = Field(description="zone or participant | 区域或主体")
    number: Decimal = Field(description="value | 数值")


class Passed(Units):
    """Cash (`cny`) or units (`amount`) that pass from one account to another; as an outcome, their sum."""

    who: str = Field(default="", description="who gives | 划出方")
    to: str = Field(default="", description="who gets | 划入方")
    amount: Amount | None = Field(default=None, description="in the right's unit | 数量")
    cny: Cny | None = Field(default=None, description="CNY | 元")
    code: str = Field(default="", description="name of a TransferCode | 划转代码")
    times: int | None = Field(default=None, ge=0, description="how often | 次数")


class Traded(Units):
    """A deal between two named parties; as an outcome, `amount` is the sum and `cny` the price of each."""

    buyer: str = Field(default="", description="buyer | 买方")
    seller: str = Field(default="", description="seller | 卖方")
    amount: Amount | None = Field(default=None, description="in the right's unit | 数量")
    cny: Cny | None = Field(default=None, description="CNY a unit | 单价")
    venue: str = Field(default="", description="venue | 交易场所")
    mechanism: str = Field(default="", description="name of a Mechanism | 交易方式")
    times: int | None = Field(default=None, ge=0, description="how often | 次数")


class Wanted(Units):
    """What somebody bids in every auction of the day, or orders at the end of the first sitting of the day."""

    who: str = Field(description="participant | 主体")
    amount: Amount = Field(description="in the right's unit | 数量")
    cny: Cny = Field(description="CNY a unit | 单价")
    side: Literal["buy", "sell"] = Field(default="buy", description="buy or sell | 买卖方向")


class Offered(Wanted):
    """An offer at a negotiated venue: whole, to all or to those named."""

    to: list[str] = Field(default=[], description="who may accept; empty: all | 受要约方")
    days: int = Field(default=0, ge=0, description="days it stands; 0: the venue's | 有效天数")


class Accepted(Strict):
    """An offer that is accepted, by its number: the first offer of a case is 1."""

    who: str = Field(description="participant | 主体")
    offer: int = Field(default=1, ge=1, description="number of the offer | 要约序号")


class Assessed(Units):
    """A duty that is assessed: numbers in lots or the scheme's unit, as it is journaled."""

    scheme: str = Field(description="name of a Scheme | 制度")
    who: str = Field(default="", description="participant | 主体")
    period: int = Field(default=0, description="yyyy or yyyymm | 期间")
    required: Amount | None = Field(default=None, description="required | 应缴")
    met: Amount | None = Field(default=None, description="met | 已缴")
    shortfall: Amount | None = Field(default=None, description="lacking | 缺口")
    charge_cny: Cny | None = Field(default=None, description="charge | 罚款")
    times: int | None = Field(default=None, ge=0, description="how often | 次数")


class Said(Units):
    """A statement in the journal; `with` are fields of its payload."""

    code: str = Field(description="name of a NoteCode | 陈述代码")
    who: str = Field(default="", description="about whom | 主体")
    fields: dict[str, Any] = Field(default={}, alias="with", description="fields of the payload | 内容字段")
    times: int | None = Field(default=None, ge=0, description="how often | 次数")


class Refused(Strict):
    """A command that was refused."""

    command: str = Field(default="", description="name of the command | 指令")
    why: str = Field(description="name of a Refusal | 拒绝代码")
    times: int | None = Field(default=None, ge=0, description="how often in the run | 次数")


class Bound(Units):
    """A rule that bound: it changed what would have happened."""

    rule: str = Field(description="name of a Rule | 规则")
    who: str = Field(default="", description="whom | 主体")
    amount: int | None = Field(default=None, description="sum of its amounts | 数量合计")
    times: int | None = Field(default=None, ge=0, description="how often | 次数")


class May(Units):
    """What somebody may do with units of a right."""

    who: str = Field(description="participant | 主体")
    what: list[Literal["buy", "sell", "hold"]] = Field(description="buy, sell, hold | 可买、可卖、可持有")


class Command(Strict):
    """Any command of ecomarket.model, by its name; accounts, instruments and codes are written as names."""

    model_config = ConfigDict(extra="allow")

    command: str = Field(description="name of the command | 指令")


class Event(Strict):
    """What may happen, and what may come of it: exactly one of these."""

    holds: Held | None = Field(default=None, description="comes to hold | 持有")
    cash: Money | None = Field(default=None, description="comes to have | 资金")
    price: Priced | None = Field(default=None, description="the price is | 价格")
    notice: Notice | None = Field(default=None, description="is published | 公告")
    fact: Stated | None = Field(default=None, description="is stated | 事实")
    moved: Passed | None = Field(default=None, description="passes | 划转")
    traded: Traded | None = Field(default=None, description="is dealt | 成交")

    @property
    def named(self) -> str:
        """Return the key of what happens or is looked at."""
        return next(name for name in self.choices() if getattr(self, name) is not None)

    @property
    def told(self) -> Any:
        """Return what happens or is looked at."""
        return getattr(self, self.named)

    @classmethod
    def choices(cls) -> tuple[str, ...]:
        """Return the keys of which one is wanted."""
        return EVENTS

    @model_validator(mode="after")
    def _one(self) -> "Event":
        names = [name for name in self.choices() if getattr(self, name) is not None]
        if len(names) != 1:
            context = {"found": ", ".join(names) or "-", "options": ", ".join(self.choices())}
            raise PydanticCustomError("E801", "", context)
        return self


class Happening(Event):
    """What happens on a date, before that day's rules act; until a later date it happens again."""

    date: Day = Field(description="day | 日期")
    until: Day | None = Field(default=None, description="last day of a repetition | 重复至")
    every: Literal["day", "month", "year"] = Field(default="month", description="how often until then | 频率")
    emits: Emitted | None = Field(default=None, description="reports an emission | 排放")
    nature: Natural | None = Field(default=None, description="nature gives | 自然")
    bids: Wanted | None = Field(default=None, description="bids in auctions of the day | 竞价")
    orders: Wanted | None = Field(default=None, description="orders in the first sitting | 委托")
    offers: Offered | None = Field(default=None, description="offers at a negotiated venue | 要约")
    accepts: Accepted | None = Field(default=None, description="accepts an offer | 承诺")
    asks: Command | None = Field(default=None, description="asks the registry or the engine | 指令")

    @classmethod
    def choices(cls) -> tuple[str, ...]:
        """Return the keys of which one is wanted."""
        return (*EVENTS, "emits", "nature", "bids", "orders", "offers", "accepts", "asks")


class Outcome(Event):
    """What must be so on a date, after the day is over; without a date at the end, or in the whole run."""

    date: Day | None = Field(default=None, description="day | 日期")
    until: Day | None = Field(default=None, description="last day that counts for events | 截至")
    statement: Said | None = Field(default=None, description="is stated in the journal | 陈述")
    assessed: Assessed | None = Field(default=None, description="a duty is assessed | 考核")
    refused: Refused | None = Field(default=None, description="is refused | 拒绝")
    bound: Bound | None = Field(default=None, description="a rule binds | 规则生效")
    may: May | None = Field(default=None, description="is allowed | 资格")

    @classmethod
    def choices(cls) -> tuple[str, ...]:
        """Return the keys of which one is wanted."""
        return (*EVENTS, "statement", "assessed", "refused", "bound", "may")


class Direction(Outcome):
    """How a number with the rule compares with the one without it."""

    with_rule: Literal["more", "less", "same"] = Field(description="more, less or the same with the rule | 方向")


class Without(Strict):
    """The same case without some policies (those of the story's kind unless said)."""

    policies: list[str] = Field(default=[], description="policies left out | 去除的政策")
    then: list[Outcome] = Field(default=[], description="what comes of it | 结果")
    compared: list[Direction] = Field(default=[], description="expected direction | 方向")
    unchanged: Flag = Field(default=False, description="the journal is the same | 台账不变")


class Case(Strict):
    """One case: what differs from the story's `given`, what happens, what comes of it."""

    title: Label = Field(description="what the case shows | 标题")
    given: Any = Field(default=None, description="changes of the given | 前提变更")
    when: list[Happening] = Field(default=[], description="what happens | 事件")
    then: list[Outcome] = Field(default=[], description="what comes of it | 结果")
    without: Without | None = Field(default=None, description="without the rule | 无此规则时")


class Story(Strict):
    """A story about one plug-in, told in cases."""

    story: str = Field(description="the kind of the policy | 政策")
    rule: str = Field(default="", description="file of the policy, if it is not installed | 政策文件")
    rows: list[str] = Field(default=[], description="requirement rows | 需求条目")
    title: Label = Field(description="title | 标题")
    reference: str = Field(default="", description="the rule's source | 依据")
    seed: int = Field(default=1, ge=0, description="seed of chance | 随机种子")
    given: Any = Field(description="the scenario of all cases | 前提")
    when: list[Happening] = Field(default=[], description="what happens in all cases | 共同事件")
    cases: list[Case] = Field(min_length=1, description="cases | 案例")
