"""Cap and trade as the textbook has it (总量控制与交易): hold a right for every unit emitted, or pay."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ecomarket.model.benchmark import Bank, Holding, Limit, Link, Penalty, Purchase, Sale
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Auction, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Ratio, Share, unsound
from ecomarket.model.reference import RightName, VenueName
from ecomarket.policies._true_up import TrueUp
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import cash_per_lot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.benchmark import Benchmark, Path
    from ecomarket.model.command import AuctionResult, Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class Offsets(BaseModel):
    """Other rights that count towards the duty, up to a limit. Limits may overlap: the narrower one of some of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rights: list[RightName] = Field(min_length=1, description="Rights that count | 可用于抵销的权利")
    share: Share = Field(default=Decimal(1), description="Most, as a share of the base | 抵销比例上限")
    of: Literal["emission", "allocation"] = Field(default="emission", description="Base of the share | 比例基数")
    each: Ratio = Field(default=Decimal(1), gt=0, description="Units covered by one of them | 每单位可抵销量")


class CapAndTradeParams(PolicyParams):
    """What is given, what is owed, and what missing it costs. Prices are CNY for a unit of the right."""

    right: RightName = Field(description="The capped right | 受总量控制的权利")
    auction: VenueName = Field(
        default="", description="Where the rest of the cap is sold; empty: given by unabated emission | 余量拍卖场所"
    )
    reserve_price_cny: Cny = Field(default=Decimal(0), ge=0, description="Lowest price of that sale | 拍卖底价")
    banking: bool = Field(default=False, strict=True, description="May rights be kept for later years | 可否结转")
    borrowing_share: Ratio = Field(
        default=Decimal(0), ge=0, description="Most borrowed, share of next year's allocation | 借用比例上限"
    )
    penalty_cny: Cny | None = Field(
        default=None, ge=0, description="Penalty for a missing unit; none: nothing may be missing | 缺口罚款"
    )
    make_good: bool = Field(
        default=True, strict=True, description="Is what was missing owed next year as well | 缺口次年补缴"
    )
    ceiling_cny: Cny | None = Field(
        default=None, gt=0, description="Price at which the authority sells at the deadline | 价格上限"
    )
    ceiling_most: Ratio | None = Field(
        default=None, ge=0, description="Most it sells there a year, units; none: any amount | 上限价年投放量"
    )
    support_cny: Cny | None = Field(
        default=None, gt=0, description="Price at which the authority buys at the deadline | 托底收储价"
    )
    support_budget_cny: Cny = Field(default=Decimal(0), ge=0, description="Most it spends on that a year | 年收储资金")
    offsets: list[Offsets] = Field(default=[], description="Rights that count beside it, with their limits | 抵销规则")

    @model_validator(mode="after")
    def _floor_below_ceiling(self) -> Self:
        """An authority that buys, or withholds, above the price at which it sells would trade with itself."""
        floor = max(self.reserve_price_cny, self.support_cny or Decimal(0))
        if self.ceiling_cny is not None and floor > self.ceiling_cny:
            raise unsound(
                f"the ceiling of {self.ceiling_cny} lies below the floor of {floor}: the authority would sell below the"
                " price at which it buys or withholds",
                f"价格上限 {self.ceiling_cny} 低于下限 {floor}：主管部门的投放价低于其收储价或拍卖底价",
            )
        return self


class CapAndTrade(Policy):
    """Gives and sells a cap of rights on 1 January, and takes one for every unit emitted on 31 December.

    What members are allocated (`schedules`) is given free; the rest of the cap is sold in one uniform-price auction on
    the first trading day, or, without a venue for it, given in proportion to the unabated emission. On 31 December,
    before anything falls due, the authority buys at its support price from those with more than they owe, and sells at
    its ceiling to those with less. Then each surrenders, offsets first as far as they count; borrows from its next
    allocation as far as it may; pays the penalty for what is still missing, and owes it again if that is the rule.
    Rights that may not be kept lapse.

    Reference: Montgomery 1972 (independence of the allocation); Roberts and Spence 1976 (ceiling and floor); Rubin 1996
    (banking and borrowing).
    """

    kind: ClassVar[str] = "cap-and-trade"
    label_en: ClassVar[str] = "Cap and trade of theory"
    label_zh: ClassVar[str] = "理论总量控制与交易"
    reference: ClassVar[str] = "Montgomery 1972; Roberts and Spence 1976; Rubin 1996"
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_START, Moment.AFTER_SESSION, Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = CapAndTradeParams

    def __init__(self, params: CapAndTradeParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._true_up = TrueUp(params, setting)
        self._sold = 0
        """Last year in which the rest of the cap was sold."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Give on 1 January, sell on the first trading day, take on 31 December."""
        del draws
        if moment is Moment.YEAR_START:
            yield from self._give(view)
        elif moment is Moment.YEAR_END:
            yield from self._true_up.settle(view)
        elif self.params.auction and self._sold != view.year:
            self._sold = view.year
            yield from self._sell(view)

    def on_auction(self, result: AuctionResult, view: PolicyView) -> Iterator[Command]:
        """Pass the proceeds on; what was not sold is withheld for good."""
        index, seller = result.auction.instrument, AccountKind.ALLOCATION
        proceeds = sum(lots * price for _, lots, price in result.fills)
        if proceeds:
            yield Transfer(seller, AccountKind.TREASURY, 0, proceeds, TransferCode.PAID_USE, view.year, up_to=True)
        if result.unsold_lots:
            lots, code = result.unsold_lots, TransferCode.CANCEL
            yield Transfer(seller, AccountKind.CANCELLED, index, lots, code, view.year, up_to=True)

    def _give(self, view: PolicyView) -> Iterator[Command]:
        for issued in self._true_up.issued_in(view.year):
            for account, lots in sorted(self._true_up.given(issued, view.year).items()):
                if lots:
                    code = TransferCode.ISSUE
                    yield Transfer(AccountKind.ISSUANCE, account, issued.index, lots, code, view.year)

    def _sell(self, view: PolicyView) -> Iterator[Command]:
        for issued in self._true_up.issued_in(view.year):
            lots, seller = self._true_up.rest(issued, view.year), AccountKind.ALLOCATION
            if lots:
                yield Transfer(AccountKind.ISSUANCE, seller, issued.index, lots, TransferCode.ISSUE, view.year)
                lowest = cash_per_lot(self.params.reserve_price_cny, issued.lot)
                yield Auction(self.params.auction, issued.index, seller, lots, max(int(lowest), 1), tag=self.kind)

    @classmethod
    def beyond_cap(cls, params: Any, right: str) -> Decimal | None:
        """Return what is sold at the ceiling: nothing without one, any amount where it has no limit."""
        ceiling = right == params.right and params.ceiling_cny is not None
        return params.ceiling_most if ceiling else Decimal(0)

    @classmethod
    def benchmark(cls, params: Any, problem: Benchmark) -> bool:
        """Put allocation, banks, penalty, collar and offsets of the right's pools into the least-cost problem."""
        pools = [p for p in problem.pools if p.partition("/")[0] == params.right] or _demanded(params.right, problem)
        for pool in pools:
            _sales(params, pool, problem)
            _banks(params, pool, problem)
            _offsets(params, pool, problem)
        return True


def _demanded(right: str, problem: Benchmark) -> list[str]:
    """Make a market of a right that parties need without a schedule of its own (a place where emission is measured)."""
    standard = next((s for s in problem.standards if s.pool == right), None)
    problem.pools.append(right)
    if standard is not None:
        problem.standards.remove(standard)
        problem.sales.append(Sale(right, standard.amount))
    return [right]


def _sales(params: Any, pool: str, problem: Benchmark) -> None:
    auctions = [s for s in problem.sales if s.pool == pool]
    for sale in auctions:
        problem.sales.remove(sale)
        gross = [(e.party, e.unabated) for e in problem.emitters if pool in dict(e.needs)]
        if params.auction or not gross:
            problem.sales.append(replace(sale, price=float(params.reserve_price_cny)))
            continue
        totals = [sum(path[t] for _, path in gross) or 1.0 for t in range(len(problem.years))]
        for party, path in gross:
            part = tuple(a * u / total for a, u, total in zip(sale.amount, path, totals, strict=True))
            problem.holdings.append(Holding(party, pool, part))
    if params.ceiling_cny is not None:
        most = inf if params.ceiling_most is None else float(params.ceiling_most)
        problem.sales.append(Sale(pool, problem.flat(most), float(params.ceiling_cny), "reserve"))
    if params.support_cny is not None:
        price = float(params.support_cny)
        problem.purchases.append(Purchase(pool, problem.flat(float(params.support_budget_cny) / price), price))


def _cap(pool: str, problem: Benchmark) -> Path:
    """Return what is given and offered for sale in a pool, year by year."""
    sold = [s.amount for s in problem.sales if s.pool == pool and s.kind == "auction"]
    return tuple(sum(year) for year in zip(problem.allocated(pool), *sold, strict=True))


def _banks(params: Any, pool: str, problem: Benchmark) -> None:
    if params.banking or params.borrowing_share:
        later = (*_cap(pool, problem)[1:], 0.0)
        borrowed = tuple(float(params.borrowing_share) * amount for amount in later)
        problem.banks[pool] = Bank(pool, params.banking, borrowed, problem.lives.get(params.right, 0))
    if params.penalty_cny is not None:
        problem.penalties[pool] = Penalty(pool, float(params.penalty_cny), params.make_good)


def _offsets(params: Any, pool: str, problem: Benchmark) -> None:
    for number, rule in enumerate(params.offsets):
        for right in rule.rights:
            link = Link(right, pool, float(rule.each))
            if link not in problem.links:
                problem.links.append(link)
        share = float(rule.share)
        by_cap = rule.of == "allocation"
        amount = tuple(share * c for c in _cap(pool, problem)) if by_cap else problem.flat(0.0)
        name = "offsets" if len(params.offsets) == 1 else f"offsets-{number + 1}"
        problem.limits.append(Limit(name, pool, tuple(rule.rights), amount, 0.0 if by_cap else share))
