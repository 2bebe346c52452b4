"""Plug-ins for tests: what other packages define for real."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.distribution import Distribution, SpreadDays, SpreadShare
from ecomarket.model.quantity import Cny, CnyPerTonne, CubicMetres, Keyed, Ratio, Yearly
from ecomarket.model.reference import RightName, ZoneName
from ecomarket.policies.policy import PolicyParams


class Params(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class PlugIn:
    label_en = "test"
    label_zh = "测试"
    reference = "none"
    Params = Params


class Permit(PlugIn):
    kind = "test-permit"

    @classmethod
    def lot_of(cls, params):
        """Take the lot that the scenario says."""

    class Params(Params):
        paid_use: CnyPerTonne = Field(Decimal(0), ge=0, description="charge for paid use | 有偿使用费")


class Patient(PlugIn):
    kind = "test-patient"

    class Params(Params):
        right: RightName
        patience: SpreadDays = Distribution("constant", (Decimal(5),))
        budget: Yearly[Cny] = Yearly.of(Decimal(0))


class Idle(PlugIn):
    kind = "test-idle"


class Gate(PlugIn):
    kind = "test-gate"

    class Params(Params):
        right: RightName
        ratio: Keyed[Ratio] = {}
        since: date | None = Field(None, alias="from")


class Section(Params):
    section: str
    upstream: ZoneName
    downstream: ZoneName
    target: Decimal


class Compensation(PlugIn):
    kind = "test-compensation"

    class Params(PolicyParams):
        sections: list[Section]
        base: Cny
        charges: dict[str, Yearly[Cny]] = Field({})
        inspected: bool = False


class Month(Params):
    month: int = Field(ge=1, le=12)
    mean: CubicMetres


class Season(PlugIn):
    kind = "test-season"

    class Params(Params):
        table: list[Month]
        spread: SpreadShare = Distribution("constant", (Decimal(1),))


ALL = {
    "ecomarket.rights": [Permit],
    "ecomarket.agents.strategies": [Patient, Idle],
    "ecomarket.policies": [Gate, Compensation],
    "ecomarket.nature": [Season],
}


def discover(package, base):
    return {plug_in.kind: plug_in for plug_in in ALL[package]}
