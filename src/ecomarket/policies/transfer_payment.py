"""Transfer payments to key ecological counties (重点生态功能区转移支付): by factors, less after a bad year."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.chance import key
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Assess, Command, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Keyed, Ratio, Share, Yearly
from ecomarket.model.stated import FactCode, Scheme
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.counties import amount_of, gep_cny, pilot_factor
from ecomarket.units import PPM, cash_floor, floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

INDEX: Final = "ecology-index"
HAZARD: Final = "forest-hazard"
"""Names under which a scenario runs the processes."""
MILLI: Final = 1000
FACTORS: Final = {"zone": "eco_weight", "gap": "fiscal_gap_cny", "population": "population", "redline": "redline_mu"}
"""Column of each factor; the fifth is the ecosystem product."""


class TransferPaymentParams(PolicyParams):
    """What there is to share, by which factors, and what a better or worse year changes."""

    total_cny: Yearly[Cny] = Field(
        default=Yearly.of(Decimal(1_000_000_000)), description="Shared out a year, CNY | 年度转移支付总额，元"
    )
    factors: Keyed[Share] = Field(
        default={
            "zone": Decimal("0.25"),
            "gap": Decimal("0.30"),
            "population": Decimal("0.15"),
            "gep": Decimal("0.15"),
            "redline": Decimal("0.15"),
        },
        description="Weights: eco region, fiscal gap, population, GEP, red-line area | 分配因素权重",
    )
    better: Share = Field(
        default=Decimal("0.05"), description="More after a gain of 1 to 4 points | 轻微或一般变好奖励"
    )
    marked_better: Share = Field(default=Decimal("0.10"), description="More after a gain of 4 points | 明显变好奖励")
    slight_worse: Share = Field(
        default=Decimal("0.10"), description="Less after a loss of 1 to 2 points | 轻微变差扣减"
    )
    worse: Share = Field(default=Decimal("0.25"), description="Less after a loss of 2 points or more | 变差扣减")
    accident: Share = Field(default=Decimal("0.50"), description="Less after a major accident | 重大环境污染事件扣减")
    poor_list: Share = Field(
        default=Decimal("0.10"), description="Less for poor execution of the negative list | 负面清单执行不力扣减"
    )
    poor_list_chance: Share = Field(
        default=Decimal("0.03"), description="Chance of it a year; a county's `poor_list_share` first | 执行不力概率"
    )
    ei_per_loss: Ratio = Field(
        default=Decimal(10), ge=0, description="Points of the index lost with the whole sink area | 林草全损扣分"
    )


class TransferPayment(Policy):
    """Share the year's total by factors in January, more or less as the assessment of the year before says.

    Weight of a county: sum over the factors of a_k x its part of all counties' column (`eco_weight`, `fiscal_gap_cny`,
    `population`, GEP, `redline_mu`), times a pilot's coefficient; only counties with `eco_weight` take part. At year
    end the change of the index (process ecology-index, less `ei_per_loss` x area lost to hazards) is classed: under 1
    point stable, 1 to 2 slight, 2 to 4 general, from 4 on marked. A major accident halves the payment whatever the
    index says; poor execution of the negative list takes a tenth more. Sums are rounded down.
    """

    kind: ClassVar[str] = "transfer-payment"
    rows: ClassVar[tuple[str, ...]] = ("G6",)
    label_en: ClassVar[str] = "Transfer payments to key ecological counties"
    label_zh: ClassVar[str] = "重点生态功能区转移支付"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (24); 中央对地方重点生态功能区转移支付办法 (memory); "
        "classes: 县域生态环境质量监测评价 (memory); weights and steps: model (MARKETS.md 7.4)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_START, Moment.MONTH_END, Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = TransferPaymentParams

    def __init__(self, params: TransferPaymentParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._counties = tuple(c for c in setting.of_kind("county") if amount_of(c, "eco_weight") > 0)
        self._living_ppm: dict[int, int] = {}
        self._accident: set[int] = set()
        self._change_ppm: dict[int, int] = {}
        """By account: what last year's assessment adds or takes."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Pay on 1 January, watch at month end, assess on 31 December."""
        if moment is Moment.YEAR_START:
            return self._pay(view)
        if moment is Moment.MONTH_END:
            return self._watch(view)
        return self._assess(view, draws)

    def base_cash(self, view: PolicyView) -> dict[int, int]:
        """Return what each county would get in a stable year, in cash by account; the sum is at most the total."""
        columns = {name: [amount_of(c, column) for c in self._counties] for name, column in FACTORS.items()}
        columns["gep"] = [Decimal(gep_cny(view, c)) for c in self._counties]
        parts = [Fraction(0)] * len(self._counties)
        for name, weight in self.params.factors.items():
            whole = sum(columns[name])
            if whole > 0:
                parts = [
                    p + Fraction(weight) * Fraction(x) / Fraction(whole)
                    for p, x in zip(parts, columns[name], strict=True)
                ]
        today = view.board.today
        weights = [
            p * Fraction(pilot_factor(self.setting, c, today)) for p, c in zip(parts, self._counties, strict=True)
        ]
        total = cash_floor(self.params.total_cny.at(view.year))
        every = sum(weights)
        shares = (int(total * w / every) if every else 0 for w in weights)
        return {c.account: share for c, share in zip(self._counties, shares, strict=True)}

    def change_ppm(self, milli_points: int, *, accident: bool, poor_list: bool) -> int:
        """Return what an assessment adds to (or takes from) a payment, in parts per million of it.

        Source: S000 (24); thresholds of 1, 2 and 4 points: MARKETS.md 7.4 (memory).
        """
        law = self.params
        if accident:
            change = -law.accident
        elif milli_points >= MILLI:
            change = law.marked_better if milli_points >= 4 * MILLI else law.better
        elif milli_points <= -MILLI:
            change = -(law.worse if milli_points <= -2 * MILLI else law.slight_worse)
        else:
            change = Decimal(0)
        return max(int((change - (law.poor_list if poor_list else 0)) * PPM), -PPM)

    def _pay(self, view: PolicyView) -> list[Command]:
        till = Till(view, view.year)
        for account, base in self.base_cash(view).items():
            due = mul_div_floor(base, PPM + self._change_ppm.get(account, 0), PPM)
            till.pay(AccountKind.TRANSFER_PAYMENT, account, due, TransferCode.FISCAL_TRANSFER)
        return till.commands

    def _watch(self, view: PolicyView) -> list[Command]:
        found, struck = view.nature.get(INDEX, {}), view.nature.get(HAZARD, {})
        commands: list[Command] = []
        for county in self._counties:
            lost = round(struck.get(county.code, 0.0) * PPM)
            living = self._living_ppm.get(county.account, PPM)
            self._living_ppm[county.account] = mul_div_floor(living, PPM - lost, PPM)
            if found.get(f"{county.code}.accident"):
                self._accident.add(county.account)
                commands.append(Fact(FactCode.POLLUTION_ACCIDENT, county.account, -1, view.period, 1))
        return commands

    def _assess(self, view: PolicyView, draws: Draws) -> list[Command]:
        found, base = view.nature.get(INDEX, {}), self.base_cash(view)
        commands: list[Command] = []
        for county in self._counties:
            who = county.account
            lost = PPM - self._living_ppm.get(who, PPM)
            milli = round(found.get(county.code, 0.0) * MILLI) - floor_times(lost, self.params.ei_per_loss) // MILLI
            poor = self._is_poor(county, view.year, draws)
            change = self.change_ppm(milli, accident=who in self._accident, poor_list=poor)
            self._change_ppm[who] = change
            cut = mul_div_floor(base[who], max(-change, 0), PPM)
            commands.append(Fact(FactCode.EI_CHANGE_MILLI, who, -1, view.year, milli))
            commands.append(Assess(Scheme.COUNTY_ECOLOGY, who, -1, view.year, 1, int(change >= 0), cut))
        self._accident.clear()
        self._living_ppm.clear()
        return commands

    def _is_poor(self, county: Participant, year: int, draws: Draws) -> bool:
        chance = float(county.facts.get("poor_list_share", self.params.poor_list_chance))
        return bool(draws.uniform(key(county.code), "negative-list", year) < chance)
