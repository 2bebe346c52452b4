"""The whole file: calendar, zones, nature, expectations, and the parts of the other files."""

import json
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from ecomarket.model.entities import Zone
from ecomarket.model.quantity import Ratio
from ecomarket.model.reference import RightName, ZoneName, ZoneNames
from ecomarket.scenario.schema.base import Day, Flag, Label, Strict
from ecomarket.scenario.schema.market import Outside, Right, Venue
from ecomarket.scenario.schema.people import Group
from ecomarket.scenario.schema.schedules import Curve


class Holiday(Strict):
    """A weekday without trading."""

    model_config = ConfigDict(extra="allow")

    date: Day = Field(description="day | 日期")
    trading: Flag = Field(default=False, description="true for a working weekend | 调休上班")


class Calendar(Strict):
    """First and last day, and the days on which venues open."""

    start: Day = Field(description="first day | 起始日")
    end: Day = Field(description="last day | 结束日")
    trading: Literal["weekdays", "every-day"] = Field(default="weekdays", description="trading days | 交易日")
    holidays: list[Holiday] = Field(default=[], description="a CSV table or a list | 节假日")

    def is_trading(self, day: date) -> bool:
        """Tell whether venues open on a day."""
        for holiday in self.holidays:
            if holiday.date == day:
                return holiday.trading
        return self.trading == "every-day" or day.weekday() < 5


class ZoneRow(Strict):
    """A zone; further columns are its flags and facts."""

    model_config = ConfigDict(extra="allow")

    code: str = Field(min_length=1, description="code | 代码")
    name_en: str = Field(default="", description="name in English | 英文名")
    name_zh: str = Field(default="", description="name in Chinese | 中文名")
    level: str = Field(default="county", description="county, prefecture, basin, ... | 层级")
    parent: ZoneName = Field(default="", description="code of the zone it lies in | 上级")
    basin: str = Field(
        default="",
        description="basin, or several with a semicolon between, the main one first | 流域，多个以分号分隔，主要者在前",
    )
    downstream_of: ZoneNames = Field(
        default="", description="zone just upstream, or several with a semicolon between | 上游区域，多个以分号分隔"
    )
    attained: Flag = Field(default=True, description="quality target met | 达标")
    source: str = Field(default="", description="where the row comes from | 来源")

    def zone(self) -> Zone:
        """Return the zone as the engine knows it."""
        flags = str((self.model_extra or {}).get("flags", "") or "")
        return Zone(
            code=self.code,
            name_en=self.name_en,
            name_zh=self.name_zh,
            level=self.level,
            parent=self.parent,
            basin=self.basin,
            downstream_of=self.downstream_of,
            attained=self.attained,
            flags=frozenset(f for f in flags.split(";") if f),
        )


class Process(Strict):
    """A process of nature: its kind, and its parameters beside it."""

    kind: str = Field(description="the process, a file of ecomarket.nature | 过程")
    params: Any = Field(default=None, exclude=True, description="its parameters, set by the loader")


class State(Strict):
    """A state of the world: its probability, and what differs in it."""

    probability: Ratio = Field(gt=0, description="weight beside the other states | 概率")
    set: dict[str, Any] = Field(default={}, description="path in the scenario: value, as with --set | 差异")

    def overrides(self) -> list[str]:
        """Return what differs, as `--set` takes it."""
        return [f"{path}={json.dumps(value, ensure_ascii=False, default=str)}" for path, value in self.set.items()]


class Expect(Strict):
    """What must hold after a run."""

    measure: str = Field(description="name of a measure | 评价指标")
    year: int | None = Field(default=None, description="of this year only | 年份")
    zone: ZoneName = Field(default="", description="of this zone only | 区域")
    at_least: Decimal | None = Field(default=None, description="lower bound | 下限")
    at_most: Decimal | None = Field(default=None, description="upper bound | 上限")
    equals: Decimal | None = Field(default=None, description="exact value | 等于")

    @model_validator(mode="after")
    def _bounded(self) -> "Expect":
        if self.at_least is None and self.at_most is None and self.equals is None:
            raise PydanticCustomError("E112", "", {"found": "at_least, at_most or equals"})
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise PydanticCustomError(
                "E303", "", {"found": f"at_most {self.at_most}", "expected": f">= {self.at_least}"}
            )
        return self


class ObservedDay(Strict):
    """A trading day of a real market; further columns are allowed."""

    model_config = ConfigDict(extra="allow")

    date: Day = Field(description="day | 日期")
    price_cny: Decimal = Field(gt=0, description="close, CNY a unit | 收盘价")
    volume: Decimal = Field(ge=0, description="what was traded, in the right's unit | 成交量")
    mean_cny: Decimal | None = Field(default=None, gt=0, description="its mean price, CNY a unit | 成交均价")


class Observed(Strict):
    """What a real market did: beside a run in its report, and what `ecomarket calibrate` aims at."""

    right: RightName = Field(description="which of the rights | 品种")
    table: list[ObservedDay] = Field(min_length=1, description="a CSV table or a list of days | 日行情表")


class Config(Strict):
    """A scenario as written, resolved and typed."""

    ecomarket: Literal[1] = Field(description="version of the language | 语言版本")
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="short name | 名称")
    title: Label = Field(description="title | 标题")
    description: Label = Field(default=Label(), description="what it is about | 说明")
    calendar: Calendar = Field(description="days | 日历")
    interest: Ratio = Field(
        default=Decimal(0), gt=-1, description="yearly rate at which later money counts less in the benchmark | 年利率"
    )
    states: dict[str, State] = Field(default={}, description="states of the world, of which a run draws one | 情形")
    zones: list[ZoneRow] = Field(default=[], description="a CSV table or a list | 区域表")
    rights: dict[str, Right] = Field(default={}, description="what is traded | 权利")
    venues: dict[str, Venue] = Field(default={}, description="where and how | 交易场所")
    participants: dict[str, Group] = Field(default={}, description="who | 交易主体")
    policies: list[dict[str, Any]] = Field(default=[], description="the rules of the game | 政策")
    nature: dict[str, Process] = Field(default={}, description="what nobody decides | 自然过程")
    abatement: dict[str, Curve] = Field(default={}, description="reusable cost curves | 减排成本曲线")
    outside: dict[str, Outside] = Field(default={}, description="outside markets | 外部市场")
    observed: dict[str, Observed] = Field(
        default={}, description="real markets to hold a run against; they change nothing in it | 真实行情，供对照"
    )
    measures: list[str] = Field(default=[], description="measures of the report | 评价指标")
    expect: list[Expect] = Field(default=[], description="what must hold after a run | 预期")
