"""Groups of participants, their members, schedules and strategies."""

from decimal import Decimal
from typing import Any, Literal

from pydantic import ConfigDict, Field, model_validator

from ecomarket.model.quantity import Cny
from ecomarket.model.reference import RightName, ZoneName
from ecomarket.scenario.schema.base import Label, Strict
from ecomarket.scenario.schema.schedules import Schedule

Kind = Literal["enterprise", "county", "region", "support-province", "authority", "outside", "intermediary"]


class Member(Strict):
    """A participant: a row of its group's table. Every further column is a fact of it."""

    model_config = ConfigDict(extra="allow")

    code: str = Field(min_length=1, description="unique name | 代码")
    name_en: str = Field(default="", description="name in English | 英文名")
    name_zh: str = Field(default="", description="name in Chinese | 中文名")
    zone: ZoneName = Field(default="", description="code of its zone | 所在区域")
    sector: str = Field(default="", description="sector | 行业")
    source: str = Field(default="", description="where the row comes from | 来源")

    @property
    def facts(self) -> dict[str, Any]:
        """Return the further columns."""
        return self.model_extra or {}


class Use(Strict):
    """A strategy in use: its name, and its parameters beside it."""

    name: str = Field(description="the strategy, a file of ecomarket.agents.strategies | 策略")
    params: Any = Field(default=None, exclude=True, description="its parameters, set by the loader")

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, raw: Any) -> Any:
        return {"name": raw} if isinstance(raw, str) else raw


class Group(Strict):
    """A group of participants of one kind that share strategies."""

    kind: Kind = Field(description="what they are | 主体类型")
    label: Label = Field(default=Label(), description="name | 名称")
    table: list[Member] = Field(default=[], description="the members, a CSV table or a list | 成员表")
    count: int = Field(default=0, ge=0, le=100_000, description="equal members, without a table; 0: one | 成员数")
    zone: ZoneName = Field(default="", description="zone of members that name none | 默认区域")
    sector: str = Field(default="", description="sector of members that name none | 默认行业")
    cash: Cny = Field(default=Decimal(0), ge=0, description="opening cash of each member | 初始资金")
    facts: dict[str, Any] = Field(default={}, description="facts of members that do not state them | 默认数据")
    schedules: dict[RightName, Schedule] = Field(
        default={}, description="what each member would do at every price, by right | 各权利下的供需与成本"
    )
    strategies: list[Use] = Field(default=[], description="how they decide | 策略")

    def members(self, key: str) -> list[Member]:
        """Return the members with the group's defaults filled in; without a table they are named after `key`."""
        counted = [Member(code=f"{key}-{i + 1}") for i in range(self.count)]
        rows = self.table or counted or [Member(code=key)]
        return [
            Member(
                **{
                    **self.facts,
                    **row.model_dump(),
                    "zone": row.zone or self.zone,
                    "sector": row.sector or self.sector,
                }
            )
            for row in rows
        ]
