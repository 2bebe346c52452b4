"""Clean capacity and outlets (新增清洁能源装机与外送): plants come on line by schedule, named provinces take power."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from ecomarket.model.command import Command, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Mw, Mwh, Share
from ecomarket.model.reference import ParticipantCode
from ecomarket.model.stated import FactCode
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class Addition(BaseModel):
    """Capacity that comes on line."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    plant: ParticipantCode = Field(description="Plant | 电站")
    mw: Mw = Field(gt=0, description="Capacity added, MW | 新增装机，兆瓦")
    day: date = Field(description="Day on which it is commissioned | 投产日")


class Outlet(BaseModel):
    """A province that takes power from here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    province: ParticipantCode = Field(description="Province | 受电省")
    share: Share = Field(description="Part of all generation it takes, share | 受入比例")
    line_mwh_month: Mwh | None = Field(
        default=None, ge=0, description="Most that the line carries a month, MWh | 通道月输送上限，兆瓦时"
    )


class CleanCapacityParams(PolicyParams):
    """Schedule and outlets."""

    additions: list[Addition] = Field(default=[], description="Capacity by day, a CSV table or a list | 投产计划")
    outlets: list[Outlet] = Field(default=[], description="Outlet provinces, a table or a list | 外送省份")

    @model_validator(mode="after")
    def _not_more_than_all(self) -> Self:
        if sum(outlet.share for outlet in self.outlets) > 1:
            raise PydanticCustomError("E303", "", {"found": "outlets", "expected": "<= 1"})
        return self


class CleanCapacity(Policy):
    """State what is commissioned, publish each plant's capacity, and state what goes out to each province.

    Capacity counts from the first month that begins on or after its day, and is published as `capacity.<plant>` (the
    column `capacity_mw` and all additions so far), by which the plant generates. At month end each outlet is stated
    (OUTBOUND_MWH) as its share of the month's generation, rounded down, at most what its line carries.
    """

    kind: ClassVar[str] = "clean-capacity"
    label_en: ClassVar[str] = "Clean capacity and outlet provinces"
    label_zh: ClassVar[str] = "新增清洁能源装机与外送"
    reference: ClassVar[str] = (
        "青海2020年度工作要点 25 (3 GW of photovoltaics, 2 GW of wind; out to Shandong, Jiangsu and Henan)"
    )
    rows: ClassVar[tuple[str, ...]] = ("F6",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_START, Moment.MONTH_END})
    lasting: ClassVar[bool] = True
    Params: ClassVar[type[PolicyParams]] = CleanCapacityParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._coming = sorted(params.additions, key=lambda addition: addition.day)
        self._capacity: dict[str, float] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Commission at the start of a month, send out at its end."""
        del draws
        return self._commission(view) if moment is Moment.MONTH_START else self._send_out(view)

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Return the capacity of every plant that has grown, MW."""
        del view
        return {f"capacity.{plant}": mw for plant, mw in self._capacity.items()}

    def _commission(self, view: PolicyView) -> list[Command]:
        commands: list[Command] = []
        while self._coming and self._coming[0].day <= view.board.today:
            addition = self._coming.pop(0)
            plant = self.setting.by_code[addition.plant]
            had = self._capacity.get(plant.code, float(plant.facts.get("capacity_mw", 0) or 0))
            self._capacity[plant.code] = had + float(addition.mw)
            commands.append(Fact(FactCode.CAPACITY_MW, plant.account, -1, view.period, int(addition.mw)))
        return commands

    def _send_out(self, view: PolicyView) -> list[Command]:
        made = int(view.book.month(FactCode.GENERATION_MWH, view.period).sum())
        commands: list[Command] = []
        for outlet in self.params.outlets:
            line = outlet.line_mwh_month
            sent = floor_times(made, outlet.share)
            sent = sent if line is None else min(sent, int(line))
            if sent > 0:
                account = self.setting.by_code[outlet.province].account
                commands.append(Fact(FactCode.OUTBOUND_MWH, account, -1, view.period, sent))
        return commands
