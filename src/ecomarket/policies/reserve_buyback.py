"""The government reserve of emission permits (政府收储): a buffer stock between a floor and a release price."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from ecomarket.model.benchmark import Sale
from ecomarket.model.codes import AccountKind, Mechanism, TransferCode
from ecomarket.model.command import Auction, Bound, Deal, Note, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Ratio, Share
from ecomarket.model.reference import VenueName
from ecomarket.model.stated import FactCode, NoteCode, Rule
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.credit import UNRATED, band_of
from ecomarket.rights.emission_permit import is_pilot, permit_of
from ecomarket.units import cash_floor, cash_per_lot, floor_times, lots_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.benchmark import Benchmark
    from ecomarket.model.command import AuctionResult, Command
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

MONTHS_A_YEAR: Final = 12


class ReserveBuybackParams(PolicyParams):
    """Parameters of the reserve."""

    venue: VenueName = Field(default="permit-auction", description="Where it deals | 交易场所")
    budget_cny: Cny = Field(default=Decimal(20_000_000), ge=0, description="Opening budget | 收储资金")
    floor: Ratio = Field(default=Decimal("0.8"), ge=0, description="Purchase price over base price | 收储价系数")
    release: Ratio = Field(default=Decimal("1.3"), ge=0, description="Release price over base price | 投放价系数")
    hold_share_max: Share = Field(default=Decimal("0.15"), description="Most it holds, of the cap | 储备上限占总量比例")
    release_share: Share = Field(
        default=Decimal("0.25"), description="Part of the stock released a month | 每月投放比例"
    )
    bidders: Literal["new-projects", "everybody"] = Field(
        default="everybody", description="Who may buy what is released | 投放对象范围"
    )
    margin: Share = Field(
        default=Decimal("0.05"), description="Held back from a surplus for the firm's own needs | 富余量预留比例"
    )
    lag_months: int = Field(default=2, ge=0, description="Verification lag of a surplus | 富余核定滞后月数")


class ReserveBuyback(Policy):
    """Buys verified surplus at floor x base when the month's mean price is below it, releases above release x base.

    Surplus is what a firm holds beyond its verified emission of the last twelve months and a margin. It buys within its
    cash and up to `hold_share_max` of the zone's cap; it takes the free permits of firms that emitted nothing for
    twelve months at no price; it releases through an auction whose reserve price is the release price. Its budget comes
    on its first day; what it has when it goes out of force it keeps.

    Reference: S001 #59 (raise reserve capacity); the rule set of MARKETS.md 2.3 item 7 (model); CASES P16.
    """

    kind: ClassVar[str] = "reserve-buyback"
    label_en: ClassVar[str] = "Government reserve of permits"
    label_zh: ClassVar[str] = "排污权政府收储"
    reference: ClassVar[str] = "青海省2020年度工作要点第59项; 国办发〔2014〕38号"
    rows: ClassVar[tuple[str, ...]] = ("B3",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.RUN_START, Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = ReserveBuybackParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._closed: set[tuple[int, int]] = set()
        projects = frozenset(p.account for p in setting.of_kind("enterprise") if p.facts.get("appear"))
        self._owners_of: dict[int, list[Participant]] = {}
        self._invited = projects if params.bidders == "new-projects" else None

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Take the budget on the first day; at each month's end take back, buy, or release."""
        del draws
        if moment is Moment.RUN_START:
            cash = cash_floor(self.params.budget_cny)
            if cash > 0:
                yield Transfer(AccountKind.TREASURY, AccountKind.RESERVE, 0, cash, TransferCode.FISCAL_TRANSFER)
            return
        cash = view.free(AccountKind.RESERVE, 0)
        for right, base in self._law("base_price_cny_t", {}, view).items():
            bought_in: Counter[str] = Counter()
            for instrument in self.setting.listed(right):
                owners = self._owners(right, instrument)
                yield from self._take_back(instrument, owners, view)
                floor = cash_per_lot(base * self.params.floor, instrument.lot)
                release = cash_per_lot(base * self.params.release, instrument.lot)
                price = int(view.board.mean20[instrument.index])
                if 0 < price < floor:
                    room = self._room(instrument, view) - bought_in[instrument.zone]
                    deals = self._buy(instrument, owners, (floor, cash, room), view)
                    lots = sum(d.lots for d in deals)
                    cash -= lots * floor
                    bought_in[instrument.zone] += lots
                    yield from deals
                    if lots:
                        yield Bound(Rule.RESERVE_FLOOR, AccountKind.RESERVE, instrument.index, lots)
                elif price > release:
                    yield from self._release(instrument, release, view)

    def on_auction(self, result: AuctionResult, view: PolicyView) -> Iterator[Command]:
        """Publish a release; the proceeds stay with the reserve for later purchases."""
        del view
        instrument = result.auction.instrument
        sold = sum(lots for _, lots, _ in result.fills)
        payload: dict[str, object] = {
            "tag": result.auction.tag,
            "code": self.setting.instruments[instrument].code,
            "offered_lots": result.auction.lots,
            "bid_lots": result.bid_lots,
            "sold_lots": sold,
        }
        yield Note(NoteCode.AUCTION_CLEARED, payload, instrument=instrument)
        if sold:
            yield Bound(Rule.RESERVE_RELEASE, AccountKind.RESERVE, instrument, sold)

    @classmethod
    def benchmark(cls, params: Any, problem: Benchmark) -> bool:
        """Sell what is held back at the release price.

        Its purchases have no place: they look back on twelve months, and so come after the one year that is known of
        firms whose rows stand in for schedules.
        """
        for pool, held in problem.held_back.items():
            base = problem.base_prices[pool.partition("/")[0]]
            if held > 0:
                problem.sales.append(Sale(pool, problem.flat(held), float(params.release) * base, "reserve"))
        return len(problem.years) == 1 and bool(problem.base_prices)

    def _buy(
        self, instrument: Instrument, owners: list[Participant], limits: tuple[int, int, int], view: PolicyView
    ) -> list[Deal]:
        """Buy surplus at limits = (price, cash, room), of better credit and then the largest first, while both last."""
        price, cash, room = limits
        emitted = self._last_year(instrument, view, self.params.lag_months)
        if emitted is None:
            return []
        sellers = [p.account for p in owners if is_pilot(self.setting.zones, p) and not p.facts.get("appear")]
        surplus = {a: self._surplus(a, instrument.index, int(emitted[a]), view) for a in sellers}
        deals = []
        band = {a: band_of(view.board, self.setting.by_account[a]) for a in sellers}
        for account in sorted(sellers, key=lambda a: (-band[a], -surplus[a], a)):
            lots = purchase_lots(surplus[account], price, cash, room)
            if lots > 0:
                cash, room = cash - lots * price, room - lots
                parties = instrument.index, int(AccountKind.RESERVE), account
                deals.append(Deal(Mechanism.NEGOTIATED, self.params.venue, *parties, price, lots))
        return deals

    def _release(self, instrument: Instrument, price: int, view: PolicyView) -> Iterator[Command]:
        lots = floor_times(view.free(AccountKind.RESERVE, instrument.index), self.params.release_share)
        if lots > 0:
            yield Auction(
                venue=self.params.venue,
                instrument=instrument.index,
                seller=AccountKind.RESERVE,
                lots=lots,
                reserve_price=price,
                uniform=True,
                invited=self._invited,
                rank={p.account: UNRATED - band_of(view.board, p) for p in self._owners(instrument.right, instrument)},
                tag=f"{self.kind}:{view.period}",
            )

    def _take_back(self, instrument: Instrument, owners: list[Participant], view: PolicyView) -> Iterator[Command]:
        """Take the free permits of firms that emitted nothing for twelve months, once."""
        emitted = self._last_year(instrument, view, 0)
        for owner in owners:
            key = (owner.account, instrument.index)
            if emitted is None or emitted[owner.account] > 0 or key in self._closed or owner.facts.get("appear"):
                continue
            self._closed.add(key)
            lots = floor_times(view.free(*key), Decimal(str(owner.facts.get("permit_free_share", 1) or 0)))
            if lots > 0:
                account, index = key
                code = TransferCode.RESERVE_PURCHASE
                yield Transfer(account, AccountKind.RESERVE, index, lots, code, view.period)

    def _surplus(self, account: int, instrument: int, emitted: int, view: PolicyView) -> int:
        """Return the lots held beyond the verified emission and the margin."""
        return max(view.free(account, instrument) - emitted - floor_times(emitted, self.params.margin), 0)

    def _last_year(self, instrument: Instrument, view: PolicyView, lag_months: int) -> NDArray[np.int64] | None:
        """Return each account's emission of the twelve months up to `lag_months` ago in lots of 0.001 t.

        None before there are twelve months to look back on.
        """
        last = view.year * MONTHS_A_YEAR + view.board.today.month - 1 - lag_months
        first = last - MONTHS_A_YEAR + 1
        if first < self.setting.start.year * MONTHS_A_YEAR + self.setting.start.month - 1:
            return None
        months = [m // MONTHS_A_YEAR * 100 + m % MONTHS_A_YEAR + 1 for m in range(first, last + 1)]
        total: NDArray[np.int64] = sum(
            (view.book.month(FactCode.EMISSION_T_MILLI, m, instrument.index) for m in months),
            start=np.zeros(self.setting.accounts, dtype=np.int64),
        )
        return total

    def _owners(self, right: str, instrument: Instrument) -> list[Participant]:
        if instrument.index not in self._owners_of:
            firms = self.setting.of_kind("enterprise")
            self._owners_of[instrument.index] = [p for p in firms if permit_of(self.setting, right, p) == instrument]
        return self._owners_of[instrument.index]

    def _room(self, instrument: Instrument, view: PolicyView) -> int:
        """Return how many more lots the reserve may hold in the instrument's zone; without a cap, no limit."""
        caps = [r for r in self._law("caps", (), view) if (r.right, r.zone) == (instrument.right, instrument.zone)]
        if not caps:
            return int(view.balances[:, instrument.index, 0].clip(0).sum())
        held = sum(
            int(view.balances[AccountKind.RESERVE, i.index, 0])
            for i in self.setting.listed(instrument.right, zone=instrument.zone)
        )
        return max(lots_floor(caps[0].cap_t * self.params.hold_share_max, instrument.lot) - held, 0)

    def _law(self, name: str, default: Any, view: PolicyView) -> Any:
        """Return a parameter of the initial allocation, which fixes caps and base prices once it has begun."""
        return getattr(self.setting.law_begun("initial-allocation", view.board.today), name, default)


def purchase_lots(surplus_lots: int, price_cash: int, cash: int, room_lots: int) -> int:
    """Return how much of a surplus the reserve buys: no more than its cash and its room allow.

    >>> purchase_lots(20, 30, 600, 100)
    20
    >>> purchase_lots(25, 30, 600, 100)
    20
    """
    return max(min(surplus_lots, cash // price_cash, room_lots), 0)
