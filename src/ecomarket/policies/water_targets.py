"""Yearly targets of water use (用水总量和效率控制指标): total, per GDP and output, reuse, irrigation."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.model.command import Assess, Command, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Share
from ecomarket.model.stated import FactCode, Scheme
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights._water import column, users_of
from ecomarket.rights.water_right import water_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

USED: Final = FactCode.WATER_USED_1000M3
NOT_INDUSTRY: Final = ("irrigation", "domestic", "ecology")
CM3_A_LOT: Final = 10**9
CM3_A_M3: Final = 10**6


class WaterTargetsParams(PolicyParams):
    """What a zone is held to."""

    gdp_cut: Share = Field(
        default=Decimal("0.18"), description="Less water for the same GDP than in the base year | 万元GDP用水量下降率"
    )
    output_cut: Share = Field(
        default=Decimal("0.15"), description="Less water for the same industrial output | 万元工业增加值用水量下降率"
    )
    reuse: Share = Field(default=Decimal("0.85"), description="Least reuse in industry | 工业用水重复利用率")
    irrigation: Share = Field(
        default=Decimal("0.5"), description="Least coefficient of irrigation | 灌溉水有效利用系数"
    )
    reclaimed: Share = Field(
        default=Decimal("0.2"), description="Least use of reclaimed water where water is short | 再生水利用率"
    )


class WaterTargets(Policy):
    """Measure each zone's year against its targets and publish which it met; the assessment carries no charge.

    Of the water authority's table: total (`cap_1000m3`, more by water bought), GDP (`gdp_10k_cny` against
    `base_m3_gdp`), industry (`output_10k_cny`, `base_m3_output`), `reuse_share`, `irrigation_eta` (raised by
    verified savings) and `reclaimed_share`. A target whose column is empty is not assessed.
    """

    kind: ClassVar[str] = "water-targets"
    label_en: ClassVar[str] = "Targets of water use"
    label_zh: ClassVar[str] = "用水总量与效率指标"
    reference: ClassVar[str] = "青海2020年度工作要点 26; 实行最严格水资源管理制度考核办法 国办发〔2013〕2号"
    rows: ClassVar[tuple[str, ...]] = ("E1",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = WaterTargetsParams

    def __init__(self, params: WaterTargetsParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._met: dict[str, bool] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Measure and assess on 31 December."""
        del moment, draws
        return [c for region in self.setting.of_kind("region") for c in self._measure(view, region)]

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish `water.target.<zone>.<target>`, 1 if the last year met it, else 0."""
        del view
        return {f"water.target.{name}": float(met) for name, met in self._met.items()}

    def _measure(self, view: PolicyView, region: Participant) -> Iterator[Command]:
        water = water_of(self.setting, region, view.year)
        if water is None:
            return
        used = view.book.year(USED, view.year, water.index)
        users = users_of(self.setting, water.zone)
        total = int(used.sum())
        industry = sum(int(used[u.account]) for u in users if u.sector not in NOT_INDUSTRY)
        moved = int(view.board.notices.get(f"water.moved.{region.code}", 0.0))
        met = {"total": total <= int(region.facts.get("cap_1000m3", 0)) + moved}
        for name, lots, cut, code in (
            ("gdp", total, self.params.gdp_cut, FactCode.WATER_PER_GDP_CM3),
            ("output", industry, self.params.output_cut, FactCode.WATER_PER_OUTPUT_CM3),
        ):
            value, base = column(region, f"{name}_10k_cny"), column(region, f"base_m3_{name}")
            if value > 0 and base > 0:
                each = int(lots * CM3_A_LOT / value)
                met[name] = each <= base * (1 - cut) * CM3_A_M3
                yield Fact(code, region.account, water.index, view.year, each)
        met |= self._shares(view, region, users)
        self._met |= {f"{region.code}.{name}": kept for name, kept in met.items()}
        yield Assess(Scheme.WATER_EFFICIENCY, region.account, -1, view.year, len(met), sum(met.values()))

    def _shares(self, view: PolicyView, region: Participant, users: tuple[Participant, ...]) -> dict[str, bool]:
        met: dict[str, bool] = {}
        if "reuse_share" in region.facts:
            met["reuse"] = column(region, "reuse_share") >= self.params.reuse
        if "reclaimed_share" in region.facts:
            met["reclaimed"] = column(region, "reclaimed_share") >= self.params.reclaimed
        if "irrigation_eta" in region.facts:
            need = sum(int(u.facts["water_1000m3"]) for u in users if u.sector == "irrigation")
            saved = sum(int(view.board.notices.get(f"water.saved.{u.code}", 0.0)) for u in users)
            # The crops drink what they drank; what is taken for it falls by what the works save.
            drunk = column(region, "irrigation_eta") * need
            met["irrigation"] = drunk >= self.params.irrigation * max(need - saved, 1)
        return met
