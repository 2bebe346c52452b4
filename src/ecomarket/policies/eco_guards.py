"""Eco-guard posts (生态管护公益岗位): people paid by duty and effect, whose watch makes fires and pests smaller."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Bound
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Mu, Share
from ecomarket.model.stated import Rule
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.counties import amount_of
from ecomarket.units import PPM, cash_floor, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

MONTHS_A_YEAR: Final = 12
HAZARD: Final = "forest-hazard"
STATE: Final = AccountKind.TRANSFER_PAYMENT


class EcoGuardsParams(PolicyParams):
    """Posts, pay by duty and by effect, and what a guard's watch is worth."""

    posts_max: int = Field(default=49_900, ge=0, description="Posts that are paid, all counties | 岗位总数")
    base_cny: Cny = Field(default=Decimal(18_000), ge=0, description="Pay of a post a year, CNY | 岗位年基本补助，元")
    bonus_cny: Cny = Field(
        default=Decimal(3_600), ge=0, description="Bonus of a post a year at full effect, CNY | 年绩效补助上限，元"
    )
    tolerated_loss: Share = Field(
        default=Decimal("0.02"), gt=0, description="Part of the area lost at which the bonus is gone | 绩效归零损失比例"
    )
    hazard_cut: Share = Field(
        default=Decimal("0.3"), description="Part of a loss averted where every mu is watched | 管护减损比例"
    )
    mu_per_guard: Mu = Field(
        default=Decimal(3_000), ge=0, description="Land that one guard watches, mu | 人均管护面积，亩"
    )


class EcoGuards(Policy):
    """Pay counties for their guards: the base each month, the bonus at year end by what was not lost.

    Who served a part of the year, because the rule began or ended in it, has the bonus of those months. The effect
    score is 1 less the part of the county's area that hazards took in the year over `tolerated_loss`, at least 0. Where
    the counties have more guards than `posts_max`, each is paid for its part of the posts, rounded down. Guards lower
    what hazards take (process forest-hazard): by `hazard_cut` x the part of the land they watch.
    """

    kind: ClassVar[str] = "eco-guards"
    rows: ClassVar[tuple[str, ...]] = ("G9",)
    label_en: ClassVar[str] = "Eco-guard posts"
    label_zh: ClassVar[str] = "生态管护公益岗位"
    reference: ClassVar[str] = (
        "青海2020年度工作要点 60 (49,900 posts); 青海深入推进生态文明制度创新实施方案 2023 (2) (13); "
        "pay 1,800 CNY a month (memory), split and effect: assumption"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END, Moment.YEAR_END})
    winds_down: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = EcoGuardsParams

    def __init__(self, params: EcoGuardsParams, setting: Setting) -> None:
        super().__init__(params, setting)
        guards = {c.account: int(amount_of(c, "guards")) for c in setting.of_kind("county")}
        self._wanted = sum(guards.values())
        scale = min(params.posts_max, self._wanted)
        self._posts = {who: mul_div_floor(n, scale, self._wanted) for who, n in guards.items() if n > 0}
        self._living_ppm: dict[int, int] = {}
        self._months = 0

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Pay the month's base and note its losses; pay the bonus on 31 December."""
        del draws
        till = Till(view, view.period)
        if moment is Moment.MONTH_END:
            self._pay_base(view, till)
        else:
            self._pay_bonus(till)
        return till.commands

    def score_ppm(self, living_ppm: int) -> int:
        """Return the effect score for the part of the area that outlived the year, both in parts per million."""
        lost = PPM - living_ppm
        return max(0, PPM - mul_div_floor(lost, PPM, int(self.params.tolerated_loss * PPM)))

    def _pay_base(self, view: PolicyView, till: Till) -> None:
        struck, yearly = view.nature.get(HAZARD, {}), cash_floor(self.params.base_cny)
        self._months += 1
        for who, posts in self._posts.items():
            lost = round(struck.get(self.setting.by_account[who].code, 0.0) * PPM)
            self._living_ppm[who] = mul_div_floor(self._living_ppm.get(who, PPM), PPM - lost, PPM)
            till.pay(STATE, who, mul_div_floor(yearly, posts, MONTHS_A_YEAR), TransferCode.GUARD_PAY)
        unpaid = self._wanted - sum(self._posts.values())
        if view.board.today.month == MONTHS_A_YEAR and self._wanted > self.params.posts_max:
            till.commands.append(Bound(Rule.BUDGET_SHORT, -1, -1, unpaid))

    def _pay_bonus(self, till: Till) -> None:
        full = cash_floor(self.params.bonus_cny)
        for who, posts in self._posts.items():
            score = self.score_ppm(self._living_ppm.get(who, PPM))
            bonus = mul_div_floor(full * posts * self._months, score, PPM * MONTHS_A_YEAR)
            till.pay(STATE, who, bonus, TransferCode.GUARD_PAY)
        self._living_ppm.clear()
        self._months = 0
