"""Carbon emission allowances (碳排放配额) of the national market: vintages, who is covered, and what is free."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from pydantic import Field

from ecomarket.model.codes import Eligible
from ecomarket.model.entities import Instrument
from ecomarket.model.quantity import In, Quantity, Ratio, Share, Yearly
from ecomarket.model.stated import FactCode
from ecomarket.rights._power import CONVENTIONAL, GAS, peak_help, supply_factor
from ecomarket.rights.right import Right, RightParams

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from ecomarket.model.entities import Participant
    from ecomarket.model.facts import FactBook
    from ecomarket.model.setting import Setting

PerMwh = Annotated[Decimal, In("t/MWh")]
PerGj = Annotated[Decimal, In("share")]


YEARS: Final = (2019, 2021, 2022, 2023, 2024, 2025)
"""Years in which benchmarks changed; 2019 and 2020 had the same."""


def _steps(*values: str) -> Yearly[Decimal]:
    return Yearly(tuple(zip(YEARS, map(Decimal, values), strict=True)))


class CarbonAllowanceParams(RightParams):
    """Parameters of the allowance and of its free allocation; benchmarks hold from their year on."""

    first_vintage: int = Field(default=2023, description="First vintage listed | 首个上市年份配额")
    benchmarks: dict[str, Yearly[PerMwh]] = Field(
        default={
            "coal-large": _steps("0.877", "0.8218", "0.8177", "0.7950", "0.7910", "0.7902"),
            "coal-small": _steps("0.979", "0.8773", "0.8729", "0.8090", "0.8049", "0.8017"),
            "coal-unconventional": _steps("1.146", "0.9350", "0.9303", "0.8285", "0.8244", "0.8162"),
            "gas": _steps("0.392", "0.3920", "0.3901", "0.3305", "0.3288", "0.3288"),
        },
        description="Power benchmarks, tCO2 a MWh (supplied, from gross_from on generated) | 发电基准值",
    )
    gross_from: int = Field(
        default=2023, description="First year whose benchmarks are for gross generation | 按发电量核定的起始年"
    )
    together: dict[int, int] = Field(
        default={}, description="Years surrendered for in one go: last year to first year | 合并履约年度"
    )
    heat_coal: Yearly[PerGj] = Field(
        default=_steps("0.126", "0.1111", "0.1105", "0.1038", "0.1033", "0.1027"),
        description="Heat benchmark, coal, tCO2/GJ | 燃煤供热基准值",
    )
    heat_gas: Yearly[PerGj] = Field(
        default=_steps("0.059", "0.0560", "0.0557", "0.0536", "0.0533", "0.0533"),
        description="Heat benchmark, gas, tCO2/GJ | 燃气供热基准值",
    )
    gap_cap: Share = Field(
        default=Decimal("0.20"), description="Largest gap as a share of verified emission | 配额缺口上限"
    )
    industry_intensity_from: int = Field(
        default=2025, description="First year in which industry is allocated by intensity | 工业按强度分配起始年"
    )
    industry_cut: Yearly[Share] = Field(
        default=Yearly(((2025, Decimal("0.01")), (2026, Decimal("0.02")))),
        description="Tightening of the sector's balance intensity | 行业平衡值收紧率",
    )
    industry_band: Share = Field(
        default=Decimal("0.03"), description="Largest surplus or deficit of an industrial firm | 工业配额盈缺率上限"
    )
    peak_load: Ratio = Field(
        default=Decimal("0.65"), description="Load factor under which coal is helped | 调峰修正阈值"
    )


NATIONAL: Final = CarbonAllowanceParams()
"""The national rules as published."""


class CarbonAllowance(Right):
    """An allowance to emit 1 t CO2e, by vintage year.

    Reference: 碳排放权交易管理暂行条例 (State Council Order 775, 2024); 2019-2020年, 2021、2022年度 and
    2023、2024年度全国碳排放权交易发电行业配额总量和分配方案 (2024-10-21);
    2024、2025年度钢铁、水泥、铝冶炼行业分配方案 (2025-11-17) (MARKETS.md 3.2).
    """

    kind: ClassVar[str] = "carbon-allowance"
    lot: ClassVar[Quantity | None] = Quantity(Decimal(1), "t")
    label_en: ClassVar[str] = "Carbon emission allowance"
    label_zh: ClassVar[str] = "碳排放配额"
    reference: ClassVar[str] = "国务院令第775号; 全国碳排放权交易配额总量和分配方案"
    Params: ClassVar[type[RightParams]] = CarbonAllowanceParams

    def instruments(self, start: date, end: date) -> list[Instrument]:
        """Return one instrument a vintage, from the first listed to the year in which the run ends."""
        del start
        name = self.key.upper()
        return [
            Instrument(
                index=-1,
                code=f"{name}.{year}",
                right=self.key,
                kind=self.kind,
                name_en=f"Carbon allowance {year}",
                name_zh=f"{year}年度碳排放配额",
                unit="t",
                lot=self.lot_text,
                vintage=year,
            )
            for year in range(self.params.first_vintage, end.year + 1)
        ]

    def eligible(self, participant: Participant, instrument: Instrument) -> Eligible:
        """Let enterprises that are covered in the run, intermediaries and the market's outside counterparty trade."""
        del instrument
        if participant.kind == "intermediary":
            named = str(participant.facts.get("rights", self.key)).split(";")
            return Eligible.ALL if self.key in named else Eligible.NOTHING
        if participant.kind == "outside":
            return Eligible.ALL if participant.code == f"OUT.{self.key.upper()}" else Eligible.NOTHING
        covered = participant.kind == "enterprise" and float(participant.facts.get("carbon_from", 0) or 0) > 0
        return Eligible.ALL if covered else Eligible.NOTHING


def is_covered(facts: Mapping[str, int | float | str], year: int) -> bool:
    """Tell whether an enterprise must surrender for the emissions of `year` (column carbon_from, 0 never).

    >>> is_covered({"carbon_from": 2024}, 2023), is_covered({"carbon_from": 2024}, 2024), is_covered({}, 2024)
    (False, True, False)
    """
    return 0 < float(facts.get("carbon_from", 0) or 0) <= year


def free_allocation_t(
    facts: Mapping[str, int | float | str],
    year: int,
    activity: float,
    verified_t: float | None = None,
    law: CarbonAllowanceParams = NATIONAL,
) -> float:
    """Return an enterprise's free allowances for `year` in t, before the gap cap.

    `activity` is the year's mean (1 is normal); `verified_t` is by default co2_t x activity. Power: benchmark x gross
    generation x peak-load factor + heat benchmark x heat; before `gross_from` benchmark x supply (column supplied_mwh,
    gross_mwh if absent) x the factors for cooling, heat and load. Industry: its verified emission until
    `industry_intensity_from`; then its output at the sector's balance intensity, within +-3 % of its verified emission
    (column intensity_ratio: own intensity over the sector's, 1 if absent).

    Reference: MARKETS.md 3.2 (R2, R14): gross generation since 2023; 1.015^(16-20F) for conventional coal, F < 65 %.

    >>> round(free_allocation_t({"benchmark": "coal-large", "gross_mwh": 1e6, "load_factor": 0.5}, 2024, 1.0))
    864914
    >>> free_allocation_t({"co2_t": 1000}, 2024, 1.1, verified_t=1050)
    1050.0
    >>> round(free_allocation_t({"co2_t": 1000}, 2025, 1.0, verified_t=900))
    927
    """
    usual = _number(facts, "co2_t") * activity
    verified = usual if verified_t is None else float(verified_t)
    benchmark = str(facts.get("benchmark", "") or "")
    if benchmark in law.benchmarks:
        heat = law.heat_gas if benchmark == GAS else law.heat_coal
        power = float(law.benchmarks[benchmark].at(year)) * _counted_mwh(facts, year, law)
        return (power + float(heat.at(year)) * _number(facts, "heat_gj")) * activity
    if year < law.industry_intensity_from:
        return verified
    balanced = usual * (1 - float(law.industry_cut.at(year))) / (_number(facts, "intensity_ratio") or 1.0)
    band = float(law.industry_band)
    return min(max(balanced, verified * (1 - band)), verified * (1 + band))


def peak_factor(facts: Mapping[str, int | float | str], law: CarbonAllowanceParams = NATIONAL) -> float:
    """Return the peak-regulation factor of a conventional coal unit by its load factor; 1 for others.

    >>> round(peak_factor({"benchmark": "coal-small", "load_factor": 0.6}), 4)
    1.0614
    """
    load = _number(facts, "load_factor")
    helped = facts.get("benchmark") in CONVENTIONAL and 0 < load < float(law.peak_load)
    return peak_help(load) if helped else 1.0


def _counted_mwh(facts: Mapping[str, int | float | str], year: int, law: CarbonAllowanceParams) -> float:
    """Return the power that counts, times its factors."""
    gross = _number(facts, "gross_mwh")
    if year >= law.gross_from:
        return gross * peak_factor(facts, law)
    return (_number(facts, "supplied_mwh") or gross) * supply_factor(facts)


def years_due(law: CarbonAllowanceParams, last: int) -> range:
    """Return the years surrendered for together with `last`; none if they are surrendered for with a later one.

    >>> law = CarbonAllowanceParams(together={2020: 2019, 2022: 2021})
    >>> [list(years_due(law, year)) for year in (2020, 2021, 2022, 2023)]
    [[2019, 2020], [], [2021, 2022], [2023]]
    """
    later = any(first <= last < end for end, first in law.together.items())
    return range(0) if later else range(law.together.get(last, last), last + 1)


def usable_for(setting: Setting, key: str, year: int) -> tuple[Instrument, ...]:
    """Return the allowances that may be surrendered for `year`: its own vintage and older ones, oldest first."""
    return tuple(sorted((i for i in setting.listed(key) if i.vintage <= year), key=lambda i: i.vintage))


def gap_capped_t(free_t: float, verified_t: float, benchmark: str, law: CarbonAllowanceParams = NATIONAL) -> float:
    """Return the allocation after the gap cap: nobody is short of more than 20 % of its verified emission, gas never.

    >>> gap_capped_t(700.0, 1000.0, "coal-large"), gap_capped_t(700.0, 1000.0, "gas"), gap_capped_t(950.0, 1000.0, "")
    (800.0, 1000.0, 950.0)
    """
    floor = verified_t if benchmark == GAS else verified_t * (1 - float(law.gap_cap))
    return max(free_t, floor)


def verified_emission_t(setting: Setting, book: FactBook, participant: Participant, year: int) -> int:
    """Return the verified CO2 of a past year in t: the sum of its reports; before the run, its usual emission."""
    if year < setting.start.year:
        return int(_number(participant.facts, "co2_t"))
    return int(book.year(FactCode.EMISSION_CO2_T, year)[participant.account])


def _number(facts: Mapping[str, int | float | str], name: str) -> float:
    return float(facts.get(name, 0) or 0)
