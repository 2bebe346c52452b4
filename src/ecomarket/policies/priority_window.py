"""Priority window (优先购买窗口): the paired province first, then helpers and covered enterprises, then everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.codes import Eligible
from ecomarket.model.command import Allow, Auction, Bound, Command
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerTonne, Keyed, Ratio, Share
from ecomarket.model.reference import VenueName
from ecomarket.model.stated import Rule
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.carbon_sink import GRASS, KEY, is_compliance_eligible
from ecomarket.units import CASH_PER_YUAN, PPM, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import AuctionResult
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

TAG = "priority-window"
PAIRED, OTHERS, OPEN = "paired", "others", "open"
RANK_PAIRED, RANK_HELPER, RANK_COMPLIANCE = 0, 1, 2


class PriorityWindowParams(PolicyParams):
    """Length of the two stages, the price rule, the right to match, the ban on resale."""

    days_paired: int = Field(
        default=15, ge=0, description="Days for the paired province alone, days | 结对省市独占天数"
    )
    days_others: int = Field(
        default=15, ge=0, description="Days for other helpers and covered enterprises, days | 其他优先购买方天数"
    )
    discount: Share = Field(
        default=Decimal("0.05"), description="How far below the reference the reserve price lies, share | 底价折扣"
    )
    match: Share = Field(
        default=Decimal("0.05"), description="How much lower a helper's bid may be and still win, share | 匹配权幅度"
    )
    reference_cny_t: CnyPerTonne = Field(
        default=Decimal(75),
        ge=0,
        description="Reference price before there is a market, CNY per t | 无市价时参考价，元/吨",
    )
    reference_factor: Keyed[Ratio] = Field(
        default={GRASS: Decimal("0.6")}, description="Reference of a class over that of forest | 各类别参考价系数"
    )
    resale_ban_years: int = Field(
        default=2, ge=0, description="Years in which a helper may not resell, years | 支援方禁止转售年数"
    )
    venue: VenueName = Field(default="sink-window", description="Venue of the two sales | 窗口交易场所")


@dataclass
class _Lot:
    """One county's credits of one class and year on their way through the window."""

    county: Participant
    credit: Instrument
    since: date
    stage: str = PAIRED
    paired_lots: int = 0


class PriorityWindow(Policy):
    """Offer each newly issued county lot to its paired province, then to helpers and covered enterprises, then to all.

    A stage lasts its days and ends in a one-way auction of what is left, with reserve price max(frame floor, reference
    x (1 - discount)). In the second stage helpers outrank enterprises at equal prices and may lie `match` below them.
    Then the county may sell on the open market. Helpers may not resell for `resale_ban_years`. After the last day in
    force no window opens and those that are open run to their end, as do bans; what is issued then waits for no window.
    """

    kind: ClassVar[str] = "priority-window"
    label_en: ClassVar[str] = "Priority window for county sinks"
    label_zh: ClassVar[str] = "县域碳汇优先购买窗口"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (67) (who buys first); procedure: model (MARKETS.md 4.4 rules 2-5)"
    )
    rows: ClassVar[tuple[str, ...]] = ("D3",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.AFTER_SESSION, Moment.MONTH_END})
    winds_down: ClassVar[frozenset[Moment]] = moments
    lasting: ClassVar[bool] = True
    Params: ClassVar[type[PolicyParams]] = PriorityWindowParams

    def __init__(self, params: PriorityWindowParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._lots: dict[tuple[int, int], _Lot] = {}
        self._resale: dict[int, date] = {}
        self._has_traded: set[int] = set()

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Open a window for every lot not seen before; end the stages that are over."""
        del draws
        commands = self._notice_new(view)
        if moment is Moment.MONTH_END:
            return [*commands, *self._lift_ban(view)]
        self._has_traded |= {c.index for c in self.setting.listed(KEY) if view.board.day_lots[c.index] > 0}
        today = view.board.today
        for lot in self._lots.values():
            if lot.stage == PAIRED and today >= lot.since + timedelta(self.params.days_paired):
                commands += self._offer(view, lot)
                lot.stage = OTHERS
            elif lot.stage == OTHERS and today >= self._ends(lot):
                commands += [*self._offer(view, lot), self._open(lot)]
        return commands

    def on_auction(self, result: AuctionResult, view: PolicyView) -> Iterable[Command]:
        """State where the window bound: it sold below the open price, or others would have bought what the pair got."""
        call = result.auction
        if not call.tag.startswith(TAG):
            return []
        lot = self._lots[call.seller, call.instrument]
        sold = sum(lots for _, lots, _ in result.fills)
        unmet = max(0, result.bid_lots - sold)
        if call.tag.endswith(OTHERS):
            kept_out = min(lot.paired_lots, unmet)
        else:
            lot.paired_lots = sold
            public = self._public_price(view, lot.credit)
            kept_out = sum(lots for _, lots, price in result.fills if price < public)
        return [Bound(Rule.PRIORITY_WINDOW, call.seller, call.instrument, kept_out)] if kept_out else []

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish `window.<instrument>` and `window.<instrument>.<county>` (1 while open) and `reference.<instrument>`.

        The reference is the public price in CNY a tonne on which reserve prices rest.
        """
        told: dict[str, float] = {}
        for lot in self._lots.values():
            shut = 0.0 if lot.stage == OPEN else 1.0
            told[f"window.{lot.credit.code}.{lot.county.code}"] = shut
            told[f"reference.{lot.credit.code}"] = self._public_price(view, lot.credit) / CASH_PER_YUAN
            told[f"window.{lot.credit.code}"] = max(shut, told.get(f"window.{lot.credit.code}", 0.0))
        return told

    def _notice_new(self, view: PolicyView) -> list[Command]:
        """Note what is newly issued; out of force let the county sell it at once."""
        commands: list[Command] = []
        for county in self.setting.of_kind("county"):
            for credit in self.setting.listed(KEY):
                place = (county.account, credit.index)
                if place not in self._lots and view.free(*place) > 0:
                    lot = self._lots[place] = _Lot(county, credit, view.board.today)
                    if not self.params.in_force(view.board.today):
                        lot.stage = OPEN
                        commands.append(Allow(*place, Eligible.SELL | Eligible.HOLD))
        return commands

    def _ends(self, lot: _Lot) -> date:
        return lot.since + timedelta(self.params.days_paired + self.params.days_others)

    def _open(self, lot: _Lot) -> Allow:
        lot.stage = OPEN
        self._resale.setdefault(lot.credit.index, _years_later(self._ends(lot), self.params.resale_ban_years))
        return Allow(lot.county.account, lot.credit.index, Eligible.SELL | Eligible.HOLD)

    def _offer(self, view: PolicyView, lot: _Lot) -> list[Command]:
        left = view.free(lot.county.account, lot.credit.index)
        invited = self._invited(lot)
        if left <= 0 or not invited:
            return []
        ranks = {account: self._rank(lot, account) for account in sorted(invited)}
        match = int(self.params.match * PPM)
        call = Auction(
            venue=self.params.venue,
            instrument=lot.credit.index,
            seller=lot.county.account,
            lots=left,
            reserve_price=self._reserve_price(view, lot),
            invited=invited,
            rank=ranks,
            match_ppm={account: match for account, rank in ranks.items() if rank < RANK_COMPLIANCE},
            tag=f"{TAG} {lot.stage}",
        )
        # A county may offer in a window what it may not yet sell on the open market.
        seller, credit = lot.county.account, lot.credit.index
        return [Allow(seller, credit, Eligible.SELL | Eligible.HOLD), call, Allow(seller, credit, Eligible.HOLD)]

    def _invited(self, lot: _Lot) -> frozenset[int]:
        partner = self.setting.by_code.get(str(lot.county.facts.get("partner", "")))
        if lot.stage == PAIRED:
            return frozenset() if partner is None else frozenset({partner.account})
        parties = {p.account for p in self.setting.of_kind("support-province")}
        if is_compliance_eligible(lot.credit):
            parties |= {p.account for p in self.setting.of_kind("enterprise") if int(p.facts.get("carbon_from", 0)) > 0}
        return frozenset(parties)

    def _rank(self, lot: _Lot, account: int) -> int:
        party = self.setting.by_account[account]
        if party.kind != "support-province":
            return RANK_COMPLIANCE
        return RANK_PAIRED if party.code == str(lot.county.facts.get("partner", "")) else RANK_HELPER

    def _public_price(self, view: PolicyView, credit: Instrument) -> int:
        """Return the public price in cash a lot: the mean close if it has traded, else from outside."""
        if credit.index in self._has_traded:
            return int(view.board.mean20[credit.index])
        outside = view.board.notices.get("outside.ccer", float(self.params.reference_cny_t))
        factor = float(self.params.reference_factor.get(credit.klass, Decimal(1)))
        return int(outside * factor * CASH_PER_YUAN)

    def _reserve_price(self, view: PolicyView, lot: _Lot) -> int:
        partner = self.setting.by_code.get(str(lot.county.facts.get("partner", "")))
        floor = 0 if partner is None else int(Decimal(str(partner.facts.get("floor_cny_t", 0))) * CASH_PER_YUAN)
        factor = int(self.params.reference_factor.get(lot.credit.klass, Decimal(1)) * PPM)
        kept = PPM - int(self.params.discount * PPM)
        reserve = max(mul_div_floor(floor, factor, PPM), mul_div_floor(self._public_price(view, lot.credit), kept, PPM))
        return max(CENT, reserve // CENT * CENT)

    def _lift_ban(self, view: PolicyView) -> list[Command]:
        over = [credit for credit, until in self._resale.items() if view.board.today >= until]
        commands: list[Command] = []
        for credit in over:
            del self._resale[credit]
            commands += [Allow(p.account, credit, Eligible.ALL) for p in self.setting.of_kind("support-province")]
        return commands


CENT = 100
"""Prices of a window are whole fen, in cash a lot."""


def _years_later(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28))
