"""Evaluation of banks' green finance (金融机构绿色金融评价): a greener bank is refinanced more cheaply."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Share
from ecomarket.model.stated import FactCode
from ecomarket.policies._contracts import pay_due
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.counties import amount_of
from ecomarket.units import PPM, cash_floor, floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView


class GreenFinanceEvaluationParams(PolicyParams):
    """How banks are scored, and what a score is worth."""

    target: Share = Field(
        default=Decimal("0.2"), gt=0, description="Green share of loans at full score | 满分绿色贷款占比"
    )
    quality_weight: Share = Field(
        default=Decimal("0.2"), description="Part of the score given by column `green_quality` | 定性指标权重"
    )
    base_rate: Share = Field(default=Decimal("0.02"), description="Refinancing rate a year | 再贷款年利率")
    discount: Share = Field(default=Decimal("0.0025"), description="Less at full score | 满分优惠幅度")


class GreenFinanceEvaluation(Policy):
    """Score each bank at year end and take the interest on its refinancing, less what its score earned.

    Score = (1 - w) x min(green loans / loans / target, 1) + w x quality, in parts per million, rounded down. Banks are
    participants with columns `loans_cny`, `green_loans_cny`, `green_quality` (0 to 1), `refinanced_cny`. Interest =
    refinanced x (base - discount x score), paid outside (WORLD); stated as GREEN_SCORE_PPM.
    """

    kind: ClassVar[str] = "green-finance-evaluation"
    rows: ClassVar[tuple[str, ...]] = ("H2", "H4")
    label_en: ClassVar[str] = "Evaluation of banks' green finance"
    label_zh: ClassVar[str] = "金融机构绿色金融评价"
    reference: ClassVar[str] = (
        "S003 (二十三); 银行业金融机构绿色金融评价方案 银发〔2021〕142号 (80 % quantitative, memory); rates: assumption"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = GreenFinanceEvaluationParams

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Score, state, and take the year's interest."""
        del moment, draws
        till = Till(view, view.year)
        for bank in self.setting.participants:
            if amount_of(bank, "loans_cny") <= 0:
                continue
            score = self.score_ppm(bank)
            till.commands.append(Fact(FactCode.GREEN_SCORE_PPM, bank.account, -1, view.year, score))
            rate_ppm = int(self.params.base_rate * PPM) - mul_div_floor(score, int(self.params.discount * PPM), PPM)
            due = mul_div_floor(cash_floor(amount_of(bank, "refinanced_cny")), max(rate_ppm, 0), PPM)
            pay_due(till, bank.account, AccountKind.WORLD, due, TransferCode.REFINANCING)
        return till.commands

    def score_ppm(self, bank: Participant) -> int:
        """Return a bank's score, 0 to 1,000,000."""
        green, loans = (cash_floor(amount_of(bank, column)) for column in ("green_loans_cny", "loans_cny"))
        share = min(mul_div_floor(green, PPM, floor_times(loans, self.params.target) or 1), PPM)
        quality = min(int(amount_of(bank, "green_quality") * PPM), PPM)
        weight = int(self.params.quality_weight * PPM)
        return mul_div_floor(share, PPM - weight, PPM) + mul_div_floor(quality, weight, PPM)
