"""What a participant would do at every price: cost curves, supply, demand, and its place under each right."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ecomarket.model.quantity import Cny, Keyed, Ratio, Share, Yearly, Years
from ecomarket.model.reference import CurveName, Ref, RightName
from ecomarket.scenario.schema.base import Amount, Flag, Label, Strict, Unit

FORMS = ("marginal", "power", "steps", "points", "quantity", "at_emission")
"""Ways of writing a curve; one of them stands in each."""


class Option(Strict):
    """A lumpy abatement project."""

    capex: Cny = Field(ge=0, description="investment | 投资")
    cuts: Amount = Field(description="emission cut a year, in the curve's unit | 年减排量")
    lead: Years = Field(ge=0, description="time to build | 建设期")
    life: Years = Field(gt=0, description="life | 寿命")


class Curve(Strict):
    """A price for each further unit: a marginal cost, or what a buyer would pay; a name: a curve of `abatement`."""

    curve: CurveName = Field(default="", description="a curve of the part `abatement` | 引用曲线")
    label: Label = Field(default=Label(), description="name | 名称")
    unit: Unit = Field(default="CNY/t", description="unit of the marginal cost | 单位")
    marginal: list[Decimal] = Field(
        default=[], description="price of the a-th unit, c0 + c1 a + c2 a^2 ... | 多项式边际价格"
    )
    power: tuple[Decimal, Decimal] | None = Field(default=None, description="k a^n as [k, n] | 幂函数")
    steps: list[tuple[Decimal, Decimal]] = Field(default=[], description="[width, price] pairs | 分段")
    points: list[tuple[Decimal, Decimal]] = Field(
        default=[], description="[quantity, price] pairs, straight between them | 折线"
    )
    quantity: list[Decimal] = Field(default=[], description="quantity at price p, c0 + c1 p | 以价格表示的数量")
    at_emission: list[Decimal] = Field(
        default=[], description="marginal cost where e is still emitted, c0 + c1 e ... | 以排放量表示的边际成本"
    )
    fixed: Cny = Field(default=Decimal(0), ge=0, description="cost whatever is done, CNY a year | 固定成本")
    max_share: Share = Field(default=Decimal(1), description="most that can be abated | 最大减排比例")
    most: Amount | None = Field(default=None, description="largest quantity | 最大数量")
    option: Option | None = Field(default=None, description="a project | 项目")

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, raw: Any) -> Any:
        return {"curve": raw} if isinstance(raw, str) else raw

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        given = [form for form in FORMS if getattr(self, form)]
        if len(given) > 1:
            raise PydanticCustomError("E323", "", {"found": ", ".join(given), "expected": ", ".join(FORMS)})
        return self


AnyCurve = Annotated[Curve, Ref("curve")]
"""A curve written out, or the name of one of the part `abatement`."""


class Production(Strict):
    """Goods whose making emits: what buyers pay, the unit cost, the emission of a unit, what a lower rate costs."""

    demand: AnyCurve = Field(description="price that buyers pay for the q-th unit of goods | 产品需求")
    cost: Cny = Field(default=Decimal(0), ge=0, description="cost of a unit of goods, CNY | 单位成本")
    rate: Ratio = Field(default=Decimal(1), gt=0, description="emission of a unit without measures | 单位排放")
    by_output: Flag = Field(default=False, description="the cap is given to producers by their output | 按产量分配")
    cut: Ratio = Field(
        gt=0,
        description="k: cutting the rate by the share r costs k r^2 for each unit of goods, CNY | 单位减排成本系数",
    )


class Schedule(Strict):
    """A participant under one right. Amounts are a year's, in the unit of the right, prices CNY per unit."""

    unabated: Yearly[Amount] | None = Field(default=None, description="emission without any measure | 未减排排放量")
    abatement: AnyCurve | None = Field(default=None, description="marginal cost of cutting it | 边际减排成本")
    allocation: Yearly[Amount] | None = Field(default=None, description="rights it gets free | 免费配额")
    share: Share | None = Field(default=None, description="part of the cap that it gets free | 免费配额占总量比例")
    duty: Yearly[Amount] | None = Field(default=None, description="rights it must hold and use up | 履约义务量")
    supply: AnyCurve | None = Field(default=None, description="marginal cost of making rights | 供给")
    demand: AnyCurve | None = Field(default=None, description="what it would pay for rights to use | 需求")
    production: Production | None = Field(default=None, description="goods whose making emits | 产品生产")
    needs: Keyed[Ratio] = Field(
        default={}, description="rights used up by a unit, by right; empty: one of this | 单位所需权利"
    )
    serves: list[RightName] = Field(default=[], description="rights that serve as well as this one | 可替代权利")
    conduct: Literal["price-taker", "price-setter"] = Field(
        default="price-taker", description="does it know that it moves the price? | 市场行为"
    )
