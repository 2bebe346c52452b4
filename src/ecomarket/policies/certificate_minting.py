"""Issuance of green certificates (绿证核发): one a whole MWh of last month's metered power, two years of life."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.codes import CONTRA_ACCOUNTS, SINK_ACCOUNTS, AccountKind, TransferCode
from ecomarket.model.command import Command, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Share
from ecomarket.model.stated import FactCode
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.green_certificate import KEY, age_months, life_months, period_after
from ecomarket.units import PPM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class CertificateMintingParams(PolicyParams):
    """How long issuance takes, and which part of the metered power earns certificates."""

    lag_months: int = Field(default=1, ge=0, description="Months from production to issuance, months | 核发滞后月数")
    certified_share: Share = Field(
        default=Decimal("0.98"), description="Part of generation fed in and certified, share | 上网电量占比"
    )
    excluded: tuple[str, ...] = Field(
        default=("storage",), description="Techniques that earn none: stand-alone storage | 不核发的技术（独立储能）"
    )


class CertificateMinting(Policy):
    """Mint one certificate a whole MWh of a plant's metered power a month; the rest is carried to its next month.

    Old hydro and self-use power get certificates that cannot be sold (the right itself bars them). Certificates
    expire on the first day after the last month in which they are valid, so that those of December still count for the
    duty of 31 December; those issued while the rule was in force do so after `until` too.
    """

    kind: ClassVar[str] = "certificate-minting"
    label_en: ClassVar[str] = "Issuance of green certificates"
    label_zh: ClassVar[str] = "绿证核发"
    reference: ClassVar[str] = (
        "发改能源〔2023〕1044号 (三) (四); 可再生能源绿色电力证书核发和交易规则 2024 (issuance, validity)"
    )
    rows: ClassVar[tuple[str, ...]] = ("F1",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_START, Moment.MONTH_END})
    winds_down: ClassVar[frozenset[Moment]] = moments
    Params: ClassVar[type[PolicyParams]] = CertificateMintingParams

    def __init__(self, params: CertificateMintingParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._carried_ppm: dict[int, int] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Let the oldest expire as a month begins; mint as it ends, for the month that lies `lag_months` back."""
        del draws
        if moment is Moment.MONTH_START:
            return self._expire(view)
        return self._mint(view) if self.params.in_force(view.board.today) else []

    def _mint(self, view: PolicyView) -> list[Command]:
        period = period_after(view.period, -self.params.lag_months)
        listed = self.setting.listed(KEY, vintage=period)
        if not listed or period < self.setting.start.year * 100 + self.setting.start.month:
            return []
        metered = view.book.month(FactCode.GENERATION_MWH, period)
        share = int(self.params.certified_share * PPM)
        commands: list[Command] = []
        for plant in self.setting.participants:
            if "tech" not in plant.facts or plant.facts["tech"] in self.params.excluded:
                continue
            certified = int(metered[plant.account]) * share + self._carried_ppm.get(plant.account, 0)
            lots, self._carried_ppm[plant.account] = divmod(certified, PPM)
            if lots > 0:
                code = TransferCode.ISSUE
                commands.append(Transfer(AccountKind.ISSUANCE, plant.account, listed[0].index, lots, code, period))
        return commands

    def _expire(self, view: PolicyView) -> list[Command]:
        life, kept = life_months(self.setting), (*SINK_ACCOUNTS, *CONTRA_ACCOUNTS)
        return [
            Transfer(account, AccountKind.EXPIRED, old.index, free, TransferCode.EXPIRE, view.period)
            for old in self.setting.listed(KEY)
            if age_months(old, view.board.today) > life
            for account in range(len(view.balances))
            if account not in kept and (free := view.free(account, old.index)) > 0
        ]
