"""Planting schedule (造林、封育、草原治理任务): yearly tasks, shared among counties with the land."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerMu, Keyed, Mu, Share
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.counties import amount_of
from ecomarket.rights._planting import PLANTED
from ecomarket.units import cash_floor, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

COST: Final = {
    "tree": Decimal(2500),
    "shrub": Decimal(800),
    "closing": Decimal(30),
    "black_soil": Decimal(250),
    "rest_grazing": Decimal(0),
}
"""CNY a mu inside the ranges of MARKETS.md 4.2 (memory): trees 1,500-3,500, shrubs 500-1,200, black soil 150-400, fence
20-40.
"""


class Task(BaseModel):
    """A year's task: so many mu of one measure in all counties together."""

    model_config = ConfigDict(extra="allow", frozen=True)

    year: int = Field(description="Year of the task | 年度")
    measure: Literal["tree", "shrub", "closing", "black_soil", "rest_grazing"] = Field(description="Measure | 措施")
    mu: Mu = Field(ge=0, description="Area, mu | 任务面积，亩")


class PlantingScheduleParams(PolicyParams):
    """The tasks, when they are carried out, what they cost and who pays."""

    tasks: list[Task] = Field(default=[], description="Yearly tasks, a CSV table or a list | 年度任务表")
    planting_month: int = Field(default=5, ge=1, le=12, description="Month at whose end it is planted | 实施月份")
    cost_cny_mu: Keyed[CnyPerMu] = Field(
        default=COST, description="Cost of a mu by measure, CNY a mu | 每亩投资，元/亩"
    )
    state_share: Share = Field(default=Decimal("0.8"), description="Part that the state pays, share | 财政投资比例")


class PlantingSchedule(Policy):
    """Share each task among the counties by the land they still have (`plantable_<measure>_mu`); plant and pay.

    Parts are whole mu, rounded down, the mu left over go one each to the first counties with land; no county gets more
    than its land, nor plants more than its own part of the cost can pay for. What is planted is stated
    (PLANTED_<MEASURE>_MU) and grows from that year on; policy sink-issuance issues for it with the rest of the county.
    """

    kind: ClassVar[str] = "planting-schedule"
    label_en: ClassVar[str] = "Planting schedule"
    label_zh: ClassVar[str] = "造林封育种草年度任务"
    reference: ClassVar[str] = (
        "青海2020年度工作要点 10 (168,000 mu trees, 80,000 shrubs, 588,000 closed), 11 (985,000 mu black soil), 39; "
        "costs: MARKETS.md 4.2 (memory); sharing out: model"
    )
    rows: ClassVar[tuple[str, ...]] = ("D5",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = PlantingScheduleParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._used: dict[tuple[str, str], int] = {}
        """Land already planted by the schedule, in mu by county and measure."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Carry out the tasks of the year at the end of their month."""
        del moment, draws
        today = view.board.today
        if today.month != self.params.planting_month:
            return ()
        till = Till(view, view.period)
        for task in self.params.tasks:
            if task.year == today.year:
                self._carry_out(view, till, task)
        return till.commands

    def _carry_out(self, view: PolicyView, till: Till, task: Task) -> None:
        cost = cash_floor(self.params.cost_cny_mu.get(task.measure, COST[task.measure]))
        from_state = floor_times(cost, self.params.state_share)
        for county, part in self.shares(task):
            own = cost - from_state
            mu = min(part, till.free(county.account) // own) if own else part
            if mu <= 0:
                continue
            till.pay(county.account, AccountKind.WORLD, mu * own, TransferCode.PLANTING)
            till.pay(AccountKind.TRANSFER_PAYMENT, AccountKind.WORLD, mu * from_state, TransferCode.PLANTING)
            till.commands.append(Fact(PLANTED[task.measure], county.account, -1, view.period, mu))
            place = county.code, task.measure
            self._used[place] = self._used.get(place, 0) + mu

    def shares(self, task: Task) -> list[tuple[Participant, int]]:
        """Return each county's part of a task in whole mu; together the task, or all the land there is."""
        land = [(c, self._land(c, task.measure)) for c in self.setting.of_kind("county")]
        land = [(c, mu) for c, mu in land if mu > 0]
        whole = sum(mu for _, mu in land)
        wanted = min(int(task.mu), whole)
        parts = [mu * wanted // whole for _, mu in land] if whole else []
        over = wanted - sum(parts)
        for place, (_, mu) in enumerate(land):
            if over > 0 and parts[place] < mu:
                parts[place] += 1
                over -= 1
        return [(county, part) for (county, _), part in zip(land, parts, strict=True)]

    def _land(self, county: Participant, measure: str) -> int:
        return int(amount_of(county, f"plantable_{measure}_mu")) - self._used.get((county.code, measure), 0)
