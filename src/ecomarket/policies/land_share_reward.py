"""Reward in land for restoration (以地换修复): who restores may use a share of the land for eco-industry."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Command, Fact, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Mu, Share
from ecomarket.model.reference import RightName
from ecomarket.model.stated import FactCode
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.responsibility_indicator import own_indicator
from ecomarket.units import floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView


class LandShareRewardParams(PolicyParams):
    """Which share, from which size, in which right."""

    right: RightName = Field(default="eco-land", description="Land-use right granted | 授予的土地使用权品种")
    share: Share = Field(
        default=Decimal("0.03"), description="Part of the restored land that may be used | 可利用修复面积比例"
    )
    least_mu: Mu = Field(default=Decimal(500), ge=0, description="Least area restored in a year, mu | 最小修复面积，亩")
    cover_right: RightName | None = Field(
        default=None, description="Cover indicator whose area grows; none given: none | 计入的覆盖率指标品种"
    )


class LandShareReward(Policy):
    """Grant restorers land-use rights in December: a share of what they have restored in the year (fact RESTORED_MU).

    The land restored, less the part that is used, counts as cover of the county where it lies. 3 % is the most that
    forest and grass projects may use.
    """

    kind: ClassVar[str] = "land-share-reward"
    label_en: ClassVar[str] = "Land-share reward for restoration"
    label_zh: ClassVar[str] = "生态修复土地奖励"
    reference: ClassVar[str] = (
        "新疆建立健全生态产品价值实现机制实施方案 2022 (十); 国办发〔2021〕40号 (up to 3 %, memory); "
        "least area: assumption"
    )
    rows: ClassVar[tuple[str, ...]] = ("G15",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = LandShareRewardParams

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Grant what the year has earned."""
        del moment, draws
        restored = view.book.year(FactCode.RESTORED_MU, view.year)
        return [
            c
            for firm in self.setting.of_kind("enterprise")
            if (mu := int(restored[firm.account])) > 0
            for c in self._grant(view, firm, mu)
        ]

    def _grant(self, view: PolicyView, firm: Participant, mu: int) -> Iterator[Command]:
        granted = floor_times(mu, self.params.share) if mu >= self.params.least_mu else 0
        land = self._land(firm)
        if granted and land is not None:
            world, code = AccountKind.ISSUANCE, TransferCode.ISSUE
            yield Transfer(world, firm.account, land.index, granted, code, view.year)
        county = next((c for c in self.setting.of_kind("county") if c.zone == firm.zone), None)
        key: Any = self.params.cover_right
        cover = own_indicator(self.setting, key, county, 0) if key and county else None
        if cover is not None and county is not None and mu > granted:
            yield Fact(FactCode.LAND_GAINED_MU, county.account, cover.index, view.period, mu - granted)

    def _land(self, firm: Participant) -> Instrument | None:
        """Return the land-use right of the place where the firm is."""
        zone = self.setting.zones.get(firm.zone)
        around = ("", firm.zone, *((zone.parent, *zone.basins) if zone else ()))
        return next((i for i in self.setting.listed(self.params.right) if i.zone in around), None)
