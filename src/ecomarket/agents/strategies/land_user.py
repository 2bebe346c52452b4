"""Firms that use land: restore it where the reward pays, bid for concessions, buy wetland before they build."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from ecomarket.agents.increments import annuity
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Bid, Command, Fact, Transfer
from ecomarket.model.quantity import Share
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ecomarket.chance import Draws
    from ecomarket.model.command import Auction
    from ecomarket.model.observation import CohortView

CASH_KEPT = 50
"""One part in so many of the cash stays back for fees."""


class LandUserParams(StrategyParams):
    """How a firm reckons; assumptions."""

    rate: Share = Field(default=Decimal("0.08"), description="Discount rate a year, share | 年贴现率")
    restore_month: int = Field(default=5, ge=1, le=12, description="Month in which land is restored | 修复月份")
    bid_share: Share = Field(
        default=Decimal("0.8"), description="Part of its worth bid for a concession | 特许经营报价占价值比例"
    )


class LandUser(Strategy):
    """Does what is worth more than it costs, over the term of the right.

    Columns: `restore_mu` a year at `restore_cny_mu`; `concession_places` wanted, each bringing `concession_cny_year`;
    `project_value_cny_mu`, what a mu of wetland is worth to its project. A column left out: it takes no part in that.
    """

    kind: ClassVar[str] = "land-user"
    label_en: ClassVar[str] = "Firm that uses or restores land"
    label_zh: ClassVar[str] = "土地利用与修复企业"
    reference: ClassVar[str] = "MARKETS.md 1G (G14, G15, G16)"
    rows: ClassVar[tuple[str, ...]] = ("G14", "G15", "G16")
    cadence = "month"
    Params: ClassVar[type[StrategyParams]] = LandUserParams

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Restore land in its month, as much as there is and the cash pays, if the reward is worth its cost."""
        del draws
        commands: list[Command] = []
        reward = self.setting.law_on("land-share-reward", view.board.today)
        if view.board.today.month != self.params.restore_month or reward is None:
            return commands
        worth = self.reward_worth(reward, view.board.today)
        for row, member in enumerate(self.members):
            cost = int(float(member.facts.get("restore_cny_mu", 0) or 0) * CASH_PER_YUAN)
            if cost <= 0 or worth * CASH_PER_YUAN <= cost:
                continue
            mu = min(int(member.facts.get("restore_mu", 0) or 0), int(view.free[row, CASH]) // cost)
            if mu >= int(reward.least_mu) and mu > 0:
                account = int(self.accounts[row])
                spent = TransferCode.INVESTMENT
                commands.append(Transfer(account, AccountKind.WORLD, CASH, mu * cost, spent, view.period))
                commands.append(Fact(FactCode.RESTORED_MU, account, -1, view.period, mu))
        return commands

    def bids(self, call: Auction, view: CohortView, draws: Draws) -> Sequence[Bid]:
        """Bid for places by their profit over the term, for wetland by what the project is worth."""
        del draws
        right = self.setting.instruments[call.instrument].right
        franchise = self.setting.law_on("franchise-concession", view.board.today)
        wetland = self.setting.law_on("wetland-balance", view.board.today)
        bids: list[Bid] = []
        for row, member in enumerate(self.members):
            account = int(self.accounts[row])
            if call.invited is not None and account not in call.invited:
                continue
            worth, wanted = 0.0, 0
            if franchise is not None and right == franchise.right:
                worth, wanted = self.concession(franchise, call, view, row)
            elif wetland is not None and right == wetland.right:
                wanted = int(view.board.notices.get(f"need.{right}.{member.code}", 0.0)) - self.held(view, row, right)
                worth = float(member.facts.get("project_value_cny_mu", 0) or 0)
            price = int(self.hall(call).bids(worth * CASH_PER_YUAN)) // CASH_PER_YUAN * CASH_PER_YUAN
            cash = int(view.free[row, CASH]) * (CASH_KEPT - 1) // CASH_KEPT
            lots = min(call.lots, wanted, cash // max(price, 1))
            if lots > 0 and price >= call.reserve_price:
                bids.append(Bid(account, price, lots))
        return bids

    def held(self, view: CohortView, row: int, right: str) -> int:
        """Return how much a member holds of a right, in lots."""
        return sum(int(view.posted[row, i.index]) for i in self.setting.listed(right))

    def reward_worth(self, reward: Any, today: date) -> float:
        """Return what the reward for one restored mu is worth now, in CNY: its share of a mu's profit less royalty."""
        law, right = self.setting.law_on("resource-royalty", today), reward.right
        if law is None or right not in self.setting.rights:
            return 0.0
        kept = float(law.profit_share.get(right, Decimal("0.3"))) - float(law.rate.get(right, 0))
        yearly = float(law.sales_cny_year.get(right, 0)) * max(0.0, kept)
        years = float(self.setting.rights[right].term_years)
        return float(reward.share) * yearly * annuity(float(self.params.rate), years)

    def concession(self, franchise: Any, call: Auction, view: CohortView, row: int) -> tuple[float, int]:
        """Return what a place is worth to a member over the term offered, in CNY, and how many it still wants."""
        member = self.members[row]
        wanted = int(member.facts.get("concession_places", 0) or 0) - self.held(view, row, franchise.right)
        years = max((float(o.years) for o in franchise.offers if self._granted_by(o.county, call)), default=0.0)
        profit = float(member.facts.get("concession_cny_year", 0) or 0)
        return float(self.params.bid_share) * profit * annuity(float(self.params.rate), years), wanted

    def _granted_by(self, county: str, call: Auction) -> bool:
        return self.setting.by_code[county].account == call.seller
