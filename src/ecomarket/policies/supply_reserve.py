"""A reserve that follows the supply of allowances (配额供给储备): takes in when there are many, gives when few."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Bound, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Share, Tonnes
from ecomarket.model.reference import RightName
from ecomarket.model.stated import Rule
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.carbon_allowance import is_covered, verified_emission_t
from ecomarket.units import mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

RESERVE = AccountKind.RESERVE


class SupplyReserveParams(PolicyParams):
    """Bounds of what is in circulation, in t, and what is done beyond them; the defaults are the Union's of 2024."""

    right: RightName = Field(default="cea", description="The allowance | 配额")
    upper_t: Tonnes = Field(
        default=Decimal(1_096_000_000), ge=0, description="In circulation, above which a share is taken | 流通量上限"
    )
    middle_t: Tonnes = Field(
        default=Decimal(833_000_000), ge=0, description="Above which all beyond it is taken | 流通量中限"
    )
    lower_t: Tonnes = Field(default=Decimal(400_000_000), ge=0, description="Below which it gives | 流通量下限")
    intake_share: Share = Field(default=Decimal("0.24"), description="Taken above the upper bound | 吸纳比例")
    release_t: Tonnes = Field(default=Decimal(100_000_000), ge=0, description="Given below the lower | 投放量")
    keep_t: Tonnes = Field(
        default=Decimal(400_000_000), ge=0, description="Most it keeps, the rest is cancelled | 储备保留上限"
    )

    def intake(self, circulation: int) -> int:
        """Return the lots of 1 t to take in (above 0) or to give out (below 0); a share to the nearest tonne.

        >>> rule = SupplyReserveParams()
        >>> [rule.intake(n * 1_000_000) for n in (1_100, 1_096, 834, 833, 400, 399)]
        [264000000, 263000000, 1000000, 0, 0, -100000000]
        """
        if circulation > self.upper_t:
            part, whole = self.intake_share.as_integer_ratio()
            return (2 * circulation * part + whole) // (2 * whole)
        if circulation < self.lower_t:
            return -int(self.release_t)
        return max(circulation - int(self.middle_t), 0)


class SupplyReserve(Policy):
    """Count what is in circulation at year end; take from next year's pre-allocation, or give, by a published rule.

    In circulation are all vintages on private accounts. The intake is shared in proportion to what each enterprise
    holds of the new year's vintage, what is given in proportion to their last verified emission; shares are rounded
    down. The reserve gives its oldest vintages first, and cancels the oldest of what it holds above `keep_t`.
    """

    kind: ClassVar[str] = "supply-reserve"
    rows: ClassVar[tuple[str, ...]] = ("C2",)
    label_en: ClassVar[str] = "Reserve that follows supply (option)"
    label_zh: ClassVar[str] = "配额供给储备（可选）"
    reference: ClassVar[str] = (
        "Decision (EU) 2015/1814 art. 1, as amended by 2018/410 and 2023/852 (CASES P23); sharing among firms: model"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_START, Moment.YEAR_END})
    winds_down: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_START})
    Params: ClassVar[type[SupplyReserveParams]] = SupplyReserveParams

    def __init__(self, params: SupplyReserveParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._circulation = 0
        self._due = 0
        """Lots to take in (above 0) or give (below 0) at the next turn of a month."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Count at a year's end, move lots when the new year's allowances are there."""
        del draws
        vintages = self.setting.listed(self.params.right)
        if moment is Moment.YEAR_END:
            if self.params.in_force(view.board.today):
                private = [p.account for p in self.setting.participants if p.kind != "outside"]
                self._circulation = sum(int(view.balances[private, i.index, 0].sum()) for i in vintages)
                self._due = self.params.intake(self._circulation)
                yield from self._cancel(view)
        elif self._due:
            due, self._due = self._due, 0
            yield from self._take(due, view) if due > 0 else self._give(-due, view)

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish what was in circulation at the last year's end and what the reserve holds, t."""
        held = sum(view.free(RESERVE, i.index) for i in self.setting.listed(self.params.right))
        return {"reserve.supply.circulation": float(self._circulation), "reserve.supply.held": float(held)}

    def _firms(self, year: int) -> list[Participant]:
        return [p for p in self.setting.of_kind("enterprise") if is_covered(p.facts, year)]

    def _take(self, due: int, view: PolicyView) -> Iterator[Command]:
        for instrument in self.setting.listed(self.params.right, vintage=view.year):
            free = {p.account: max(view.free(p.account, instrument.index), 0) for p in self._firms(view.year)}
            total = sum(free.values())
            for account, lots in free.items():
                if part := mul_div_floor(min(due, total), lots, total) if total else 0:
                    yield Transfer(account, RESERVE, instrument.index, part, TransferCode.ASSIGN, view.year)
                    yield Bound(Rule.SUPPLY_RESERVE, account, instrument.index, part)

    def _give(self, due: int, view: PolicyView) -> Iterator[Command]:
        last = {
            p.account: verified_emission_t(self.setting, view.book, p, view.year - 1) for p in self._firms(view.year)
        }
        total = sum(last.values())
        for instrument in self.setting.listed(self.params.right):
            lots = min(due, view.free(RESERVE, instrument.index))
            due -= max(lots, 0)
            for account, emitted in last.items() if lots > 0 and total else ():
                if part := mul_div_floor(lots, emitted, total):
                    yield Transfer(RESERVE, account, instrument.index, part, TransferCode.ALLOCATION, view.year)
                    yield Bound(Rule.SUPPLY_RESERVE, account, instrument.index, part)

    def _cancel(self, view: PolicyView) -> Iterator[Command]:
        vintages = self.setting.listed(self.params.right)
        above = sum(view.free(RESERVE, i.index) for i in vintages) - int(self.params.keep_t)
        for instrument in vintages:
            lots = min(above, view.free(RESERVE, instrument.index))
            if lots > 0:
                above -= lots
                yield Transfer(RESERVE, AccountKind.CANCELLED, instrument.index, lots, TransferCode.CANCEL, view.year)
