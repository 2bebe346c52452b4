"""Gross ecosystem product (生态产品总值核算): what land, water, sinks and sales of a county are worth."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import Field

from ecomarket.model.command import Fact, Note
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerCubicMetre, CnyPerTonne, In, Keyed, Ratio
from ecomarket.model.stated import FactCode, NoteCode
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.counties import amount_of
from ecomarket.units import CASH_PER_YUAN, PPM, floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

INDEX: Final = "ecology-index"
HAZARD: Final = "forest-hazard"
INFLOW: Final = "inflow"
"""Names under which a scenario runs the processes."""
COLUMNS: Final = {"forest": ("forest_mu",), "grass": ("rest_mu", "balance_mu"), "wetland": ("wetland_mu",)}
COMPONENTS: Final = ("forest", "grass", "wetland", "water", "carbon", "sales")
"""The place of a component in this row stands in the `extra` of its GEP_CNY."""
MU_PER_HA: Final = 15
M3: Final = 1000
MILLI: Final = 1000
MONTHS_A_YEAR: Final = 12
CnyPerHectare = Annotated[Decimal, In("CNY/ha")]


class GepAccountingParams(PolicyParams):
    """Prices of the services, how quality follows the index, and where accounts are drawn up."""

    unit_cny_ha: Keyed[CnyPerHectare] = Field(
        default={"forest": Decimal(25_000), "grass": Decimal(6_000), "wetland": Decimal(40_000)},
        description="Worth of a hectare a year, CNY | 单位面积年价值，元/公顷",
    )
    water_cny_m3: CnyPerCubicMetre = Field(
        default=Decimal("0.5"), ge=0, description="Worth of water yielded, CNY a m3 | 水源供给价格，元/立方米"
    )
    carbon_cny_t: CnyPerTonne = Field(
        default=Decimal(60), ge=0, description="Worth of a tonne of growth, CNY | 固碳价格，元/吨"
    )
    quality_a_point: Ratio = Field(
        default=Decimal("0.01"), ge=0, description="Quality gained with a point of the index | 指数每分对应质量变化"
    )
    flag: str = Field(default="", description="Flag of the pilots' zones; empty: all counties | 试点区域标记")


class GepAccounting(Policy):
    """Account for every county's gross ecosystem product at year end, and publish it as `gep.<county>`, in yuan.

    GEP = sum(area x unit x quality) + water + carbon + sales. Areas are columns in mu (`forest_mu`; `rest_mu` and
    `balance_mu` are grass; `wetland_mu`). Quality is 1 at the start and follows the year's change of the index (process
    ecology-index); that of forest falls by what hazards take. Water: column `water_yield_1000m3` x the year's mean
    inflow of the county's `water_zone` (1 without the process). Carbon: growth of the certified stock (SINK_STOCK_T).
    Sales: what the county reports (SALES_CASH). Each component is rounded down to the yuan and stated (GEP_CNY). At the
    start the account of a mean year without growth and sales is published, if the county has land.
    """

    kind: ClassVar[str] = "gep-accounting"
    rows: ClassVar[tuple[str, ...]] = ("I4",)
    label_en: ClassVar[str] = "Accounting of gross ecosystem product"
    label_zh: ClassVar[str] = "生态产品总值核算"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (21) (22) (24); "
        "新疆建立健全生态产品价值实现机制实施方案 2022 (五) (六); formula and unit values: model (MARKETS.md 7.5)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.RUN_START, Moment.MONTH_END, Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = GepAccountingParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._counties = tuple(c for c in setting.of_kind("county") if self._takes_part(c))
        self._quality_ppm = {c.account: PPM for c in self._counties}
        self._standing_ppm = {c.account: PPM for c in self._counties}
        self._inflow_ppm: dict[str, list[int]] = {}
        """Inflow of this year's months by water zone, over the mean."""
        self._told: dict[str, int] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Watch nature at a month's end; draw up the accounts on 31 December."""
        del draws
        if moment is Moment.RUN_START:
            self._told = {c.code: sum(self.account(c, view).values()) for c in self._counties}
        elif moment is Moment.MONTH_END:
            self._watch(view)
        else:
            for county in self._counties:
                yield from self._state(county, view)
            self._inflow_ppm.clear()

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish the last account of each county that has one."""
        del view
        return {f"gep.{code}": float(yuan) for code, yuan in self._told.items() if yuan}

    def account(self, county: Participant, view: PolicyView) -> dict[str, int]:
        """Return the components in whole yuan; year-end numbers come from what was seen and reported this year."""
        quality = self._quality_ppm[county.account]
        found: dict[str, int] = {}
        for kind, columns in COLUMNS.items():
            kept = self._standing_ppm[county.account] if kind == "forest" else PPM
            worth = sum(amount_of(county, column) for column in columns) * self.params.unit_cny_ha.get(kind, 0)
            found[kind] = mul_div_floor(int(worth * PPM) * quality, kept, PPM**3 * MU_PER_HA)
        months = self._inflow_ppm.get(str(county.facts.get("water_zone", "")), [])
        yielded = int(amount_of(county, "water_yield_1000m3") * M3)
        # Half a year would tell of its season: a year not watched whole is a mean one.
        mean = sum(months) // MONTHS_A_YEAR if len(months) == MONTHS_A_YEAR else PPM
        found["water"] = floor_times(mul_div_floor(yielded, mean, PPM), self.params.water_cny_m3)
        found["carbon"] = floor_times(self._growth_t(county, view), self.params.carbon_cny_t)
        found["sales"] = int(view.book.year(FactCode.SALES_CASH, view.year)[county.account]) // CASH_PER_YUAN
        return found

    def _takes_part(self, county: Participant) -> bool:
        zone = self.setting.zones.get(county.zone)
        return not self.params.flag or (zone is not None and self.params.flag in zone.flags)

    def _watch(self, view: PolicyView) -> None:
        struck = view.nature.get(HAZARD, {})
        for county in self._counties:
            kept = PPM - round(struck.get(county.code, 0.0) * PPM)
            self._standing_ppm[county.account] = mul_div_floor(self._standing_ppm[county.account], kept, PPM)
        for zone, ratio in view.nature.get(INFLOW, {}).items():
            self._inflow_ppm.setdefault(zone, []).append(round(ratio * PPM))

    def _growth_t(self, county: Participant, view: PolicyView) -> int:
        now = int(view.book.year(FactCode.SINK_STOCK_T, view.year)[county.account])
        before = int(view.book.year(FactCode.SINK_STOCK_T, view.year - 1)[county.account])
        return max(now - before, 0) if before else 0

    def _state(self, county: Participant, view: PolicyView) -> Iterator[Command]:
        milli = round(view.nature.get(INDEX, {}).get(county.code, 0.0) * MILLI)
        step = PPM + milli * int(self.params.quality_a_point * PPM) // MILLI
        self._quality_ppm[county.account] = mul_div_floor(self._quality_ppm[county.account], max(step, 0), PPM)
        parts = self.account(county, view)
        whole = sum(parts.values())
        if not whole:
            return
        self._told[county.code] = whole
        for number, name in enumerate(COMPONENTS):
            if parts[name]:
                yield Fact(FactCode.GEP_CNY, county.account, -1, view.period, parts[name], number)
        payload = {"county": county.code, "year": view.year, "gep_cny": whole, **parts}
        yield Note(NoteCode.GEP_ACCOUNT, payload, county.account)
