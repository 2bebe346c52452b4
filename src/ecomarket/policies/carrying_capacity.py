"""Environmental carrying capacity (环境承载力): load over capacity by zone; over the gate nobody there buys permits."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.codes import Eligible
from ecomarket.model.command import Bar, Bound, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Ratio, TonnesPerYear
from ecomarket.model.reference import RightName, ZoneName
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.emission_permit import permit_of, prefecture_of
from ecomarket.units import PPM, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

MILLI: Final = 1000


class Capacity(BaseModel):
    """What a zone's environment can take of a pollutant."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)

    zone: ZoneName = Field(description="County, prefecture or basin | 县、市州或流域")
    right: RightName = Field(description="Pollutant | 污染物")
    capacity_t: TonnesPerYear = Field(gt=0, description="Tonnes a year that can be borne | 环境容量")


class CarryingCapacityParams(PolicyParams):
    """The capacities, and the load from which on the gate is shut."""

    capacities: list[Capacity] = Field(default=[], description="Capacities, a CSV table or a list | 环境容量表")
    gate: Ratio = Field(default=Decimal(1), gt=0, description="Load over capacity that shuts the gate | 限制线")


class CarryingCapacity(Policy):
    """Compare each zone's load with its capacity at year end, and shut the gate where it is above.

    The load is what enterprises of the zone (their county, its prefecture, or the zone of their permit) reported as
    emitted in the year. Load over capacity is stated (CAPACITY_LOAD_PPM, rounded down) and published as
    `capacity.<right>.<zone>`. Where it is above `gate`, the zone's enterprises may buy no permits of that pollutant
    (CARRYING_CAPACITY binds by the excess, 0.001 t) until a later year end finds it within: new load waits for room.
    """

    kind: ClassVar[str] = "carrying-capacity"
    rows: ClassVar[tuple[str, ...]] = ("I9",)
    label_en: ClassVar[str] = "Environmental carrying capacity"
    label_zh: ClassVar[str] = "环境承载力预警与限制"
    reference: ClassVar[str] = (
        "关于建立资源环境承载能力监测预警长效机制的若干意见 2017 (restriction where overloaded, memory); "
        "青海生态文明建设情况报告 (research); gate: model (MARKETS.md 1I)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = CarryingCapacityParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._members = [self._inside(row) for row in params.capacities]
        self._shut: set[int] = set()
        """Rows whose gate is shut."""
        self._ratio: dict[str, float] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Compare every zone."""
        del moment, draws
        for number, row in enumerate(self.params.capacities):
            load, capacity = self._load(number, view), int(row.capacity_t * MILLI)
            ratio = mul_div_floor(load, PPM, capacity)
            self._ratio[f"capacity.{row.right}.{row.zone}"] = ratio / PPM
            members = self._members[number]
            instrument = next(iter(members.values())).index if members else -1
            yield Fact(FactCode.CAPACITY_LOAD_PPM, -1, instrument, view.period, ratio, number)
            over = load - int(capacity * self.params.gate)
            if over > 0:
                yield Bound(Rule.CARRYING_CAPACITY, -1, instrument, over)
            if (over > 0) != (number in self._shut):
                yield from self._turn(number, Eligible.BUY if over > 0 else Eligible.NOTHING)

    def lapse(self, view: PolicyView) -> Iterator[Command]:
        """Open every gate."""
        del view
        for number in sorted(self._shut):
            yield from self._turn(number, Eligible.NOTHING)

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish load over capacity."""
        del view
        return dict(self._ratio)

    def _turn(self, number: int, what: Eligible) -> list[Command]:
        """Shut or open a row's gate."""
        self._shut ^= {number}
        by = f"{self.kind}.{self.params.capacities[number].zone}"
        return [Bar(by, account, permit.index, what) for account, permit in self._members[number].items()]

    def _inside(self, row: Capacity) -> dict[int, Instrument]:
        """Return the zone's enterprises that need permits of the pollutant, with the permit that covers them."""
        found: dict[int, Instrument] = {}
        for firm in self.setting.of_kind("enterprise"):
            permit = permit_of(self.setting, row.right, firm)
            zones = (firm.zone, prefecture_of(self.setting.zones, firm))
            if permit is not None and row.zone in (*zones, permit.zone):
                found[firm.account] = permit
        return found

    def _load(self, number: int, view: PolicyView) -> int:
        """Return what the zone's enterprises emitted this year, 0.001 t."""
        return sum(
            int(view.book.year(FactCode.EMISSION_T_MILLI, view.year, permit.index)[account])
            for account, permit in self._members[number].items()
        )
