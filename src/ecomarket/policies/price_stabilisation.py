"""Price collar and open-market operations (价格走廊、公开市场操作): the state buys low, sells high."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, Self

from pydantic import Field, model_validator

from ecomarket.model.codes import AccountKind, Mechanism, TransferCode
from ecomarket.model.command import Auction, Bound, Deal, Note, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, CnyPerTonne, Share, Tonnes, unsound
from ecomarket.model.reference import RightName, VenueName
from ecomarket.model.stated import NoteCode, Rule
from ecomarket.policies._auction_form import statement
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.carbon_allowance import is_covered, usable_for, verified_emission_t
from ecomarket.units import cash_floor, cash_per_lot, lots_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import AuctionResult, Command
    from ecomarket.model.entities import Instrument
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

RESERVE = AccountKind.RESERVE
FEN: Final = 100
"""Cash of 0.01 CNY, to which a mean is rounded down."""


class PriceStabilisationParams(PolicyParams):
    """When the state acts, and how much it may buy and sell; with no trigger it never does."""

    right: RightName = Field(default="cea", description="The allowance | 配额")
    venue: VenueName = Field(default="allowance-auction", description="Where it sells | 投放场所")
    floor_cny_t: CnyPerTonne = Field(default=Decimal(0), ge=0, description="Price at which it buys, 0: none | 价格下限")
    ceiling_cny_t: CnyPerTonne = Field(
        default=Decimal(0), ge=0, description="Price at which it sells, 0: none | 价格上限"
    )
    move_share: Share = Field(
        default=Decimal(0), description="Distance from the 20-day mean that is abnormal, 0: none | 异常波动幅度"
    )
    sale_t: Tonnes = Field(default=Decimal(100_000), ge=0, description="Most sold a month (assumption) | 每月投放上限")
    budget_cny: Cny = Field(
        default=Decimal(10_000_000), ge=0, description="Spent in all on purchases (assumption) | 回购资金总额"
    )

    @model_validator(mode="after")
    def _floor_lies_below(self) -> Self:
        if self.ceiling_cny_t and self.floor_cny_t >= self.ceiling_cny_t:
            raise unsound("floor_cny_t must lie below ceiling_cny_t", "floor_cny_t 须低于 ceiling_cny_t")
        return self


class Step(NamedTuple):
    """What the state does this month: buys or sells, at which price in cash a lot, and why."""

    buys: bool
    price: int
    rule: Rule


class PriceStabilisation(Policy):
    """At month end hold the price between floor and ceiling, and lean against abnormal moves.

    It looks at the vintage traded last among those that count at the coming surrender, while none has been at the
    newest: firms buy one of them, and the prices of the others stand still. It sells by auction, at no less than the
    price that called for it, what it bought before and then new allowances; what stays unsold of these is cancelled.
    It buys at that price from the enterprises with most beyond their last verified emission, as long as its budget
    lasts.
    """

    kind: ClassVar[str] = "price-stabilisation"
    rows: ClassVar[tuple[str, ...]] = ("C2",)
    label_en: ClassVar[str] = "Price collar and open-market operations (option)"
    label_zh: ClassVar[str] = "价格走廊与公开市场操作（可选）"
    reference: ClassVar[str] = (
        "碳排放权交易管理规则(试行) 2021 (open-market operations, MARKETS.md 3.1 R9); procedure: model"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.AFTER_SESSION, Moment.MONTH_END})
    Params: ClassVar[type[PriceStabilisationParams]] = PriceStabilisationParams

    def __init__(self, params: PriceStabilisationParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._budget = cash_floor(params.budget_cny)
        self._issued = 0
        """New lots in the auction under way."""
        self._traded = -1
        """The vintage traded last."""
        self._rule = Rule.PRICE_COLLAR

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Note what is traded; at a month's end look at its price and act."""
        del draws
        usable = usable_for(self.setting, self.params.right, view.year - 1)
        if not usable:
            return
        if moment is Moment.AFTER_SESSION:
            most = max(usable, key=lambda i: (int(view.board.day_lots[i.index]), i.index))
            self._traded = most.index if view.board.day_lots[most.index] > 0 else self._traded
            return
        watched = next((i for i in usable if i.index == self._traded), usable[-1])
        step = self._step(watched, view)
        if step is not None:
            self._rule = step.rule
            yield from self._buy(watched, step, view) if step.buys else self._sell(watched, step, view)

    def on_auction(self, result: AuctionResult, view: PolicyView) -> Iterator[Command]:
        """Publish what was sold, and cancel what had been issued for it and was not."""
        index = result.auction.instrument
        yield Note(NoteCode.AUCTION_CLEARED, statement(result, self.setting.instruments[index].code), instrument=index)
        sold = sum(lots for _, lots, _ in result.fills)
        if sold:
            yield Bound(self._rule, RESERVE, index, sold)
        unsold = min(self._issued, result.auction.lots - sold)
        if unsold:
            yield Transfer(RESERVE, AccountKind.CANCELLED, index, unsold, TransferCode.CANCEL, view.period)

    def _step(self, instrument: Instrument, view: PolicyView) -> Step | None:
        close, mean = int(view.board.close[instrument.index]), int(view.board.mean20[instrument.index])
        floor = cash_per_lot(self.params.floor_cny_t, instrument.lot)
        ceiling = cash_per_lot(self.params.ceiling_cny_t, instrument.lot)
        if not close:
            return None
        if close <= floor:
            return Step(buys=True, price=floor, rule=Rule.PRICE_COLLAR)
        if ceiling and close >= ceiling:
            return Step(buys=False, price=ceiling, rule=Rule.PRICE_COLLAR)
        if self.params.move_share and mean and abs(close - mean) >= mean * self.params.move_share:
            return Step(buys=close < mean, price=max(mean // FEN, 1) * FEN, rule=Rule.ABNORMAL_MOVE)
        return None

    def _sell(self, instrument: Instrument, step: Step, view: PolicyView) -> Iterator[Command]:
        lots = lots_floor(self.params.sale_t, instrument.lot)
        if lots <= 0:
            return
        self._issued = max(lots - view.free(RESERVE, instrument.index), 0)
        if self._issued:
            code = TransferCode.ISSUE
            yield Transfer(AccountKind.ISSUANCE, RESERVE, instrument.index, self._issued, code, view.period)
        tag = f"{self.kind}:{view.period}"
        yield Auction(self.params.venue, instrument.index, RESERVE, lots, step.price, tag=tag)

    def _buy(self, instrument: Instrument, step: Step, view: PolicyView) -> Iterator[Command]:
        spare = {account: lots for account, lots in self._spare(instrument, view) if lots > 0}
        for account in sorted(spare, key=lambda a: (-spare[a], a)):
            lots = min(spare[account], self._budget // step.price)
            if lots <= 0:
                return
            cost = lots * step.price
            self._budget -= cost
            yield Transfer(AccountKind.TREASURY, RESERVE, 0, cost, TransferCode.FISCAL_TRANSFER, view.period)
            parties = instrument.index, int(RESERVE), account
            yield Deal(Mechanism.NEGOTIATED, self.params.venue, *parties, step.price, lots)
            yield Bound(step.rule, account, instrument.index, lots)

    def _spare(self, instrument: Instrument, view: PolicyView) -> Iterator[tuple[int, int]]:
        """Name what each enterprise can sell of a vintage beyond its last verified emission."""
        vintages = usable_for(self.setting, self.params.right, view.year - 1)
        for firm in self.setting.of_kind("enterprise"):
            if is_covered(firm.facts, view.year - 1):
                held = sum(view.free(firm.account, i.index) for i in vintages)
                beyond = held - verified_emission_t(self.setting, view.book, firm, view.year - 1)
                yield firm.account, min(beyond, view.free(firm.account, instrument.index))
