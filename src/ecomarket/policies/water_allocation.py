"""Yearly allocation of water (年度水量分配): what the year brings, shared by rank, revised as the inflow is seen."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.codes import CONTRA_ACCOUNTS, SINK_ACCOUNTS, AccountKind, TransferCode
from ecomarket.model.command import Bound, Command, Fact, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Share
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights._water import allot_by_rank, users_of
from ecomarket.rights.water_right import KEY, available_1000m3, water_of
from ecomarket.units import PPM, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class WaterAllocationParams(PolicyParams):
    """Reserve, months of revision, and where industry stands."""

    reserve_share: Share = Field(
        default=Decimal("0.03"), description="Part kept as provincial reserve, share | 预留水量比例"
    )
    revision_months: tuple[int, ...] = Field(
        default=(7, 10), description="Months on whose first day shares are revised | 调整分配的月份"
    )
    industry_rank: int = Field(
        default=9, ge=1, description="Rank of users without one; 1 is most senior | 工业用水位次"
    )


class WaterAllocation(Policy):
    """Issue each zone's water of the year by rank; revise it as inflow is seen; let what is left expire.

    Available is max(0, inflow - ecological flow) x engineering share, at most the cap. Domestic before ecological
    before irrigation before industry, pro rata inside a class, each at most its base-year use. A revision issues
    more, or cancels free balances from the junior end; the reserve is shared out at the last revision of the year. If
    its first day is not 1 January, it begins with the next revision; what it has issued expires in its December.
    """

    kind: ClassVar[str] = "water-allocation"
    label_en: ClassVar[str] = "Yearly water allocation"
    label_zh: ClassVar[str] = "年度水量分配"
    reference: ClassVar[str] = (
        "取水许可和水资源费征收管理条例 2006 art. 5 (domestic first), art. 41 (cuts in dry years); "
        "水量分配暂行办法 2007; "
        "青海深入推进生态文明制度创新实施方案 2023 (23)"
    )
    rows: ClassVar[tuple[str, ...]] = ("E3", "E8")
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_START, Moment.MONTH_START, Moment.YEAR_END})
    winds_down: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = WaterAllocationParams

    def __init__(self, params: WaterAllocationParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._issued: dict[tuple[int, int], int] = {}
        self._stated: dict[int, int] = {}
        self._shared = 0
        """Last year whose water was issued."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Issue on 1 January, revise on the first of the months of revision, expire on 31 December."""
        del draws
        month, revisions = view.board.today.month, self.params.revision_months
        if moment is Moment.YEAR_END:
            return self._expire(view) if self.params.in_force(view.board.today) or self._shared == view.year else ()
        if moment is Moment.YEAR_START:
            return self._share_all(view, release=not revisions)
        if moment is Moment.MONTH_START and month in revisions and month != 1:
            return self._share_all(view, release=month == max(revisions))
        return ()

    def _share_all(self, view: PolicyView, *, release: bool) -> list[Command]:
        self._shared = view.year
        commands: list[Command] = []
        for region in self.setting.of_kind("region"):
            water = water_of(self.setting, region, view.year)
            if water is not None:
                commands += self._share_zone(view, region, water, release=release)
        return commands

    def _share_zone(self, view: PolicyView, region: Participant, water: Instrument, *, release: bool) -> list[Command]:
        users = users_of(self.setting, water.zone)
        needs = [int(u.facts["water_1000m3"]) for u in users]
        ranks = [int(u.facts.get("rank", self.params.industry_rank)) for u in users]
        own, without_flow = self._available(view, region)
        sold = max(0, -int(view.board.notices.get(f"water.moved.{region.code}", 0.0)))
        available, without_flow = max(0, own - sold), max(0, without_flow - sold)
        reserve = 0 if release else mul_div_floor(available, int(self.params.reserve_share * PPM), PPM)
        commands: list[Command] = self._state(view, region, water, own)
        lost = min(sum(needs), without_flow) - min(sum(needs), available)
        if lost > 0:
            commands.append(Bound(Rule.ECOLOGICAL_FLOW, region.account, water.index, lost))
        if release:
            commands += self._release(view, water, users, needs)
        shares = allot_by_rank(available - reserve, ranks, needs)
        for user, share in zip(users, shares, strict=True):
            commands += self._move(view, user.account, water.index, share)
        return commands + self._move(view, AccountKind.RESERVE, water.index, reserve)

    def _available(self, view: PolicyView, region: Participant) -> tuple[int, int]:
        """Return the zone's own water under its own cap, in lots, with and without the ecological flow kept."""
        zone, told = region.code, view.board.notices
        mean, works = float(region.facts["mean_inflow_1000m3"]), float(region.facts["engineering_share"])
        inflow = told.get(f"inflow.expected.{zone}", 1.0) * mean
        cap = int(told.get(f"water.cap.{zone}", float(region.facts["cap_1000m3"])))
        # A cap moves with the water: what was bought comes on top of the zone's own, what was sold leaves it.
        cap -= int(told.get(f"water.moved.{zone}", 0.0))
        eco = float(region.facts["eco_share"])
        return min(cap, available_1000m3(inflow, mean, eco, works)), min(
            cap, available_1000m3(inflow, mean, 0.0, works)
        )

    def _state(self, view: PolicyView, region: Participant, water: Instrument, available: int) -> list[Command]:
        change = available - self._stated.get(water.index, 0)
        self._stated[water.index] = available
        if change == 0:
            return []
        return [Fact(FactCode.WATER_AVAILABLE_1000M3, region.account, water.index, view.period, change)]

    def _release(
        self, view: PolicyView, water: Instrument, users: tuple[Participant, ...], needs: list[int]
    ) -> list[Command]:
        """Hand the reserve to users still short, the most senior first."""
        left = view.free(AccountKind.RESERVE, water.index)
        short = [n - self._issued.get((u.account, water.index), 0) for u, n in zip(users, needs, strict=True)]
        ranks = [int(u.facts.get("rank", self.params.industry_rank)) for u in users]
        commands: list[Command] = []
        for user, lots in zip(users, allot_by_rank(left, ranks, short), strict=True):
            if lots > 0:
                self._count(user.account, water.index, lots)
                self._count(AccountKind.RESERVE, water.index, -lots)
                code = TransferCode.ALLOCATION
                commands.append(Transfer(AccountKind.RESERVE, user.account, water.index, lots, code, view.year))
        return commands

    def _move(self, view: PolicyView, account: int, water: int, target: int) -> list[Command]:
        """Issue up to the target, or cancel what lies above it and is still free."""
        change = target - self._issued.get((account, water), 0)
        if change > 0:
            self._count(account, water, change)
            return [Transfer(AccountKind.ISSUANCE, account, water, change, TransferCode.ALLOCATION, view.year)]
        lots = min(-change, view.free(account, water))
        if lots <= 0:
            return []
        self._count(account, water, -lots)
        return [Transfer(account, AccountKind.CANCELLED, water, lots, TransferCode.CANCEL, view.year)]

    def _count(self, account: int, water: int, lots: int) -> None:
        self._issued[account, water] = self._issued.get((account, water), 0) + lots

    def _expire(self, view: PolicyView) -> list[Command]:
        """Take the year's water from whoever has it left; what was held at the end of its year goes once it is free."""
        kept = (*SINK_ACCOUNTS, *CONTRA_ACCOUNTS)
        return [
            Transfer(account, AccountKind.EXPIRED, water.index, free, TransferCode.EXPIRE, view.year)
            for water in self.setting.listed(KEY)
            if water.vintage <= view.year
            for account in range(len(view.balances))
            if account not in kept and (free := view.free(account, water.index)) > 0
        ]
