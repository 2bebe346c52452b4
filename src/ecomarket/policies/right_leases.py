"""Leases of rights (权利租赁): which rights may be leased, for how long, and what has been agreed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.command import Lease
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Years
from ecomarket.model.reference import ParticipantCode, RightName
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.emission_permit import permit_of
from ecomarket.units import cash_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class AgreedLease(BaseModel):
    """A lease that two parties have agreed on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lessor: ParticipantCode = Field(description="Who lends | 出租方")
    lessee: ParticipantCode = Field(description="Who takes | 承租方")
    right: RightName = Field(description="Right leased: the lessor's own | 出租权利")
    lots: int = Field(gt=0, description="Lots | 手数")
    rent_cny: Cny = Field(default=Decimal(0), ge=0, description="Rent for the whole term, CNY | 租金，元")
    begins: date = Field(description="First day | 起始日")
    ends: date = Field(description="Day on which the lots are back | 归还日")


class RightLeasesParams(PolicyParams):
    """What may be leased, and the leases of the scenario."""

    rights: tuple[RightName, ...] = Field(
        default=("so2", "nox", "cod", "nh3n"), description="Rights that may be leased | 可租赁的权利"
    )
    years_max: Years = Field(default=Decimal(5), gt=0, description="Longest lease | 最长租期")
    agreed: list[AgreedLease] = Field(default=[], description="Leases agreed in the scenario | 情景中约定的租赁")


class RightLeases(Policy):
    """Lets rights be leased: the lessee counts the lots, cannot dispose of them, and they come back by themselves.

    Leases of the scenario begin on their first day, or the first trading day after it; what is refused is counted. Out
    of force no lease begins; those that have begun run to their end.
    Reference: 青海深入推进生态文明制度创新实施方案 2023 (23) names the lease of ecological assets; Zhejiang leases
    energy-use rights (R43b). The longest term is that of a permit (assumption).
    """

    kind: ClassVar[str] = "right-leases"
    label_en: ClassVar[str] = "Leases of rights"
    label_zh: ClassVar[str] = "权利租赁"
    reference: ClassVar[str] = "青海深入推进生态文明制度创新实施方案 2023 (23)"
    rows: ClassVar[tuple[str, ...]] = ("A1",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.BEFORE_SESSION})
    Params: ClassVar[type[PolicyParams]] = RightLeasesParams

    def __init__(self, params: RightLeasesParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._waiting = sorted(params.agreed, key=lambda lease: lease.begins)

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Begin the leases whose day has come."""
        del moment, draws
        while self._waiting and self._waiting[0].begins <= view.board.today:
            lease = self._waiting.pop(0)
            instrument = self._of(lease)
            if instrument is not None and self.params.in_force(lease.begins):
                people = self.setting.by_code
                yield Lease(
                    lessor=people[lease.lessor].account,
                    lessee=people[lease.lessee].account,
                    instrument=instrument.index,
                    lots=lease.lots,
                    rent=cash_floor(lease.rent_cny),
                    until_t=self.setting.t_of(lease.ends),
                )

    def _of(self, lease: AgreedLease) -> Instrument | None:
        """Return the permit for the lessor's own emission, else the right's first of the year, else its first."""
        own = permit_of(self.setting, lease.right, self.setting.by_code[lease.lessor])
        listed = self.setting.listed(lease.right)
        of_the_year = [i for i in listed if i.vintage in (0, lease.begins.year)]
        return own or next(iter([*of_the_year, *listed]), None)
