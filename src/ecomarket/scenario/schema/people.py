"""Groups of participants, their members and strategies, and reusable abatement curves."""

from decimal import Decimal
from typing import Any, Literal

from pydantic import ConfigDict, Field, model_validator

from ecomarket.model.quantity import Cny, Share, Years
from ecomarket.model.reference import ZoneName
from ecomarket.scenario.schema.base import Amount, Label, Strict, Unit

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


class Option(Strict):
    """A lumpy abatement project."""

    capex: Cny = Field(ge=0, description="investment | 投资")
    cuts: Amount = Field(description="emission cut a year, in the curve's unit | 年减排量")
    lead: Years = Field(ge=0, description="time to build | 建设期")
    life: Years = Field(gt=0, description="life | 寿命")


class Curve(Strict):
    """A reusable abatement cost curve: marginal cost of the a-th tonne, or a lumpy option."""

    label: Label = Field(default=Label(), description="name | 名称")
    unit: Unit = Field(default="CNY/t", description="unit of the marginal cost | 单位")
    marginal: list[Decimal] = Field(default=[], description="polynomial c0 + c1 a + c2 a^2 ... | 多项式")
    power: tuple[Decimal, Decimal] | None = Field(default=None, description="k a^n as [k, n] | 幂函数")
    steps: list[tuple[Decimal, Decimal]] = Field(default=[], description="[width, cost] pairs | 分段")
    max_share: Share = Field(default=Decimal(1), description="most that can be abated | 最大减排比例")
    option: Option | None = Field(default=None, description="a project | 项目")
