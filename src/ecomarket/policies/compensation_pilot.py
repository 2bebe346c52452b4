"""Comprehensive compensation pilots (生态综合补偿试点): counties whose compensation counts for more."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.quantity import Ratio
from ecomarket.policies.policy import Policy, PolicyParams

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import Moment, PolicyView


class CompensationPilotParams(PolicyParams):
    """Who is a pilot, and how much more compensation it gets."""

    flag: str = Field(default="compensation-pilot", description="Flag of the pilots' zones | 试点区域标记")
    factor: Ratio = Field(
        default=Decimal("1.2"), ge=1, description="Coefficient of a pilot's compensation | 试点补偿系数"
    )


class CompensationPilot(Policy):
    """Set the coefficient of pilot counties; the rules that pay compensation read it.

    Watershed compensation and vertical compensation are multiplied by it, the weight in transfer payments too (there
    at the expense of the others, for the total is given). It orders nothing itself.
    """

    kind: ClassVar[str] = "compensation-pilot"
    rows: ClassVar[tuple[str, ...]] = ("G7",)
    label_en: ClassVar[str] = "Comprehensive compensation pilots"
    label_zh: ClassVar[str] = "生态综合补偿试点"
    reference: ClassVar[str] = (
        "发改振兴〔2019〕1793号 (pilots); 青海2020年度工作要点 55 (five counties); coefficient: assumption"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset()
    Params: ClassVar[type[PolicyParams]] = CompensationPilotParams

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Order nothing: the coefficient is read by other rules."""
        del moment, view, draws
        return ()
