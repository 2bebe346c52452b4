"""Agricultural non-point sources (农业面源): a load that runs off with the rain, cut by measures, not traded."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field, model_validator

from ecomarket.model.codes import AccountKind, Eligible, TransferCode
from ecomarket.model.command import Allow, Fact, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerTonne, Keyed, Ratio, Share, Yearly, unsound
from ecomarket.model.reference import RightName
from ecomarket.model.stated import FactCode
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.emission_permit import AGRI, permit_of
from ecomarket.units import cash_per_lot, floor_times, lots_floor, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

MONTHS_A_YEAR: Final = 12


class NonpointSourcesParams(PolicyParams):
    """Season, targets and the price of a cut."""

    rights: tuple[RightName, ...] = Field(default=("cod", "nh3n"), description="Pollutants that run off | 适用的污染物")
    season: tuple[int, ...] = Field(
        default=(1, 1, 2, 6, 10, 16, 22, 20, 12, 6, 3, 1),
        description="Twelve weights of the year's load, January first | 各月入河权重",
    )
    cut_share: Yearly[Share] = Field(
        default=Yearly.of(Decimal(0)), description="Part of the load that measures cut, by year | 年度削减比例"
    )
    subsidy_cny_t: Keyed[CnyPerTonne] = Field(default={}, description="Paid for each tonne cut, at year end | 削减补助")
    tradable: bool = Field(default=False, description="Whether a lasting cut becomes permits | 削减量可否转为排污权")
    ratio: Ratio = Field(
        default=Decimal(2), ge=1, description="Tonnes of load cut for a tonne of permits | 面源与点源折算比"
    )
    into_class: str = Field(default="industry", description="Class of the permits issued | 转入的源类")

    @model_validator(mode="after")
    def _twelve(self) -> NonpointSourcesParams:
        if len(self.season) != MONTHS_A_YEAR or min(self.season) < 0 or not sum(self.season):
            raise unsound(
                "season: twelve weights are needed, none below 0, not all 0",
                "season：须有十二个月的权重，不得为负，不得全为 0",
            )
        return self


class NonpointSources(Policy):
    """States the load of farms and herds month by month, less what measures cut, and pays for the cut.

    Sources are enterprises of class_water `agri`; the columns `farm_<right>_t` are their loads a year without
    measures. Emission of a month = load x the month's weight less `cut_share` of it, each rounded down to 1 kg; it is
    stated as emission of the basin's agri permits, of which nobody holds any: such a source needs no permit, pays no
    tax and, by class, trades with nobody. With `tradable` what a year's cut adds to what was credited before is
    turned, at its end, into permits of `into_class` in the same basin, one for `ratio` t, which the source may sell.

    Reference: 青海深入推进生态文明制度创新实施方案 2023 (29); point and non-point sources do not trade with each other:
    MARKETS.md 2.1 (R27 c); season, ratio, subsidy: assumption.
    """

    kind: ClassVar[str] = "nonpoint-sources"
    rows: ClassVar[tuple[str, ...]] = ("B9",)
    label_en: ClassVar[str] = "Agricultural non-point sources"
    label_zh: ClassVar[str] = "农业面源污染治理"
    reference: ClassVar[str] = "青海深入推进生态文明制度创新实施方案 2023 (29); MARKETS.md 2.1 (R27 c)"
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END, Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = NonpointSourcesParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        pairs = [(p, permit_of(setting, right, p)) for right in params.rights for p in setting.of_kind("enterprise")]
        self._sources = [(source, permit) for source, permit in pairs if permit is not None and permit.klass == AGRI]
        self._credited: dict[tuple[int, int], int] = {}
        """Lots of cut already turned into permits."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """State the month's load; pay and credit the year's cut at its end."""
        del draws
        for source, permit in self._sources:
            if moment is Moment.MONTH_END:
                yield from self._month(source, permit, view)
            else:
                yield from self._year(source, permit, view)

    def _month(self, source: Participant, permit: Instrument, view: PolicyView) -> Iterator[Command]:
        weight, every = self.params.season[view.board.today.month - 1], sum(self.params.season)
        load = mul_div_floor(self._load(source, permit), weight, every)
        cut = floor_times(load, self.params.cut_share.at(view.year))
        if load:
            yield Fact(FactCode.EMISSION_T_MILLI, source.account, permit.index, view.period, load - cut)
        if cut:
            yield Fact(FactCode.RUNOFF_T_MILLI, source.account, permit.index, view.period, cut)

    def _year(self, source: Participant, permit: Instrument, view: PolicyView) -> Iterator[Command]:
        cut = int(view.book.year(FactCode.RUNOFF_T_MILLI, view.year, permit.index)[source.account])
        rate = cash_per_lot(self.params.subsidy_cny_t.get(permit.right, Decimal(0)), permit.lot)
        if cut * rate:
            paid = AccountKind.TRANSFER_PAYMENT, source.account, 0, cut * rate
            yield Transfer(*paid, TransferCode.COMPENSATION, view.year)
        if self.params.tradable:
            yield from self._credit(source, permit, cut, view)

    def _credit(self, source: Participant, permit: Instrument, cut: int, view: PolicyView) -> Iterator[Command]:
        """Turn a cut beyond the last credited into permits of the other class, rounded down."""
        into = self.setting.listed(permit.right, zone=permit.zone, klass=self.params.into_class)
        key = source.account, permit.index
        lots = int((cut - self._credited.get(key, 0)) // self.params.ratio)
        if not into or lots <= 0:
            return
        self._credited[key] = cut
        yield Allow(source.account, into[0].index, Eligible.SELL | Eligible.HOLD)
        yield Transfer(AccountKind.ISSUANCE, source.account, into[0].index, lots, TransferCode.CONVERT_IN, view.year)

    def _load(self, source: Participant, permit: Instrument) -> int:
        tonnes = Decimal(str(source.facts.get(f"farm_{permit.right}_t", 0) or 0))
        return lots_floor(tonnes, permit.lot)
