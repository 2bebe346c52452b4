"""Counties on a river: keep out of it what compensation makes worth keeping out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from pydantic import Field

from ecomarket.agents import treatment
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Command, Fact, Transfer
from ecomarket.model.quantity import Keyed, Ratio, Share
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]

LAW: Final = "watershed-compensation"
STATED: Final = {
    "cod": FactCode.TREATED_COD_KG,
    "nh3n": FactCode.TREATED_NH3N_KG,
    "tp": FactCode.TREATED_TP_KG,
}
KILOGRAMS: Final = 1000
MONTHS_A_YEAR: Final = 12


def _curve(c0: int, c1: int, c2: int) -> tuple[Decimal, Decimal, Decimal]:
    return Decimal(c0), Decimal(c1), Decimal(c2)


class WatershedCountyParams(StrategyParams):
    """What treatment costs, how much can be treated, and how much money goes into it."""

    cost_cny_t: dict[str, tuple[Ratio, Ratio, Ratio]] = Field(
        default={
            "cod": _curve(1_500, 4_000, 20_000),
            "nh3n": _curve(6_000, 15_000, 60_000),
            "tp": _curve(30_000, 60_000, 240_000),
        },
        description="Marginal cost c0 + c1 z + c2 z^4 at a part z of the most, CNY per t | 边际治理成本，元/吨",
    )
    treatable: Keyed[Share] = Field(
        default={"cod": Decimal("0.6"), "nh3n": Decimal("0.5"), "tp": Decimal("0.5")},
        description="Most of a load that can be treated, share | 最大治理比例",
    )
    budget_share: Share = Field(
        default=Decimal("0.05"), description="Most of its cash that goes into a month's treatment | 月治理资金占比上限"
    )


class WatershedCounty(Strategy):
    """Treats in each month up to where the last tonne costs what it brings by the slope of the compensation.

    Less is treated where the index is already as low as counts (`clip`), nothing where it cannot come within reach;
    then all of it is scaled down to what `budget_share` of the cash allows. Under the threshold rule, without
    a slope, and without the law, nothing is treated.
    """

    kind: ClassVar[str] = "watershed-county"
    label_en: ClassVar[str] = "County on a river"
    label_zh: ClassVar[str] = "流域县"
    reference: ClassVar[str] = (
        "MARKETS.md 8.4 (costs of COD and NH3-N; TP: assumption); "
        "first-order condition: effort where marginal cost is its share of the slope"
    )
    cadence = "month"
    Params: ClassVar[type[StrategyParams]] = WatershedCountyParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        law = setting.law_begun(LAW, setting.end)
        self.law = law if law is not None and law.rule == "graded" else None
        self.plans: tuple[int, dict[int, treatment.Plan]] = (0, {})
        """A year, and its monthly treatment by row."""

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Treat the month's load, pay for it, state it."""
        del draws
        if self.law is None or not self.law.in_force(view.board.today):
            return ()
        commands: list[Command] = []
        for row, plan in self._plans(view.board.today.year).items():
            room = float(self.params.budget_share) * float(view.free[row, CASH]) / CASH_PER_YUAN
            scale = min(1.0, room / plan.cost_cny) if plan.cost_cny > 0.0 else 0.0
            cost = int(np.ceil(plan.cost_cny * scale * CASH_PER_YUAN))
            account = int(self.accounts[row])
            if 0 < cost <= view.free[row, CASH]:
                code = TransferCode.ABATEMENT_COST
                commands.append(Transfer(account, AccountKind.WORLD, CASH, cost, code, view.period))
                for name, tonnes in plan.tonnes.items():
                    stated = int(tonnes * scale * KILOGRAMS)
                    if stated > 0:
                        commands.append(Fact(STATED[name], account, -1, view.period, stated))
        return commands

    def _plans(self, year: int) -> dict[int, treatment.Plan]:
        """Return what each county treats a month of a year, with all the money it wants."""
        if self.plans[0] != year:
            found = {row: self._plan(member.code, year) for row, member in enumerate(self.members)}
            self.plans = year, {row: plan for row, plan in found.items() if plan is not None}
        return self.plans[1]

    def _plan(self, code: str, year: int) -> treatment.Plan | None:
        """Return what a county treats by the usual state of its sections; None where it lies above none."""
        assert self.law is not None
        rows = [row for row in self.law.sections if row.upstream == code]
        if not rows:
            return None
        usual = {row.section: {name: row.load(name) for name in STATED} for row in self.law.sections}
        reaches = treatment.reaches(self.law.sections, usual)
        slope = float(self.law.base_cny) / float(self.law.step)
        k0 = float(self.law.k0.at(year))
        pollutants = []
        for name, weight in self.law.weights.items():
            curve = tuple(float(c) for c in self.params.cost_cny_t.get(name, ()))
            own = sum(row.load(name) for row in rows)
            if not curve or own <= 0.0:
                continue
            # One tonne less in the month, spread over the county's sections by load, lowers each index by this much.
            drop = [
                k0 * float(weight) * float(row.usual(name) / row.limit(name)) * row.load(name) / own
                / (reaches[row.section][name] / MONTHS_A_YEAR)
                for row in rows
            ]  # fmt: skip
            most = own / MONTHS_A_YEAR * float(self.params.treatable.get(name, 0))
            pollutants.append(treatment.Pollutant(name, most, curve, slope * sum(drop), sum(drop) / len(rows)))
        now = sum(
            k0 * float(weight) * float(row.usual(name) / row.limit(name))
            for row in rows
            for name, weight in self.law.weights.items()
            if weight
        ) / len(rows)
        return treatment.effort(pollutants, now, float(self.law.clip))
