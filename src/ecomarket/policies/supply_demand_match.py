"""Matching of supply and demand (供需精准对接): a notice board, scores of preference, then a bargain pair by pair."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ecomarket.model.codes import Mechanism
from ecomarket.model.command import Deal, Note
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Share
from ecomarket.model.record import CASH
from ecomarket.model.reference import RightName, VenueName
from ecomarket.model.stated import NoteCode
from ecomarket.policies._matching import best_match, stable_match
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.counties import amount_of
from ecomarket.units import cash_per_lot, floor_times, lots_floor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

CASH_KEPT = 50
"""One part in so many of a buyer's cash stays back for fees."""
FEN = 100
"""Prices are whole fen, in cash a lot."""


class SupplyDemandMatchParams(PolicyParams):
    """What is matched, where and when, by which method, and what counts beside the price."""

    right: RightName = Field(default="sink", description="Right that is matched | 对接品种")
    venue: VenueName = Field(default="match-hall", description="Negotiated venue of the deals | 协议交易场所")
    months: list[int] = Field(default=[3, 6, 9, 12], description="Months at whose end it is matched | 对接月份")
    method: Literal["score", "stable"] = Field(
        default="score", description="Greatest sum of scores, or a stable match | 匹配方法"
    )
    partner_bonus_cny: Cny = Field(
        default=Decimal(10),
        ge=0,
        description="Score a unit of a partner's offer, CNY | 结对加分，元",
    )
    same_zone_bonus_cny: Cny = Field(
        default=Decimal(0), ge=0, description="Score a unit within one prefecture, CNY | 同州市加分，元"
    )
    power: Share = Field(default=Decimal("0.5"), description="Seller's part of the gain | 出让方议价能力")


class SupplyDemandMatch(Policy):
    """Match those who put their names on the board, one seller to one buyer, and let each pair bargain.

    Columns of a right: `<right>_offer` at no less than `<right>_ask_cny`, `<right>_want` at no more than
    `<right>_bid_cny`. A buyer scores a seller by the gain a unit (bid less ask) and both bonuses, a seller a buyer by
    the gain and the zone's; a pair without gain is none. The price is the ask and the seller's part of the gain, whole
    fen rounded down; the lots are the least of offer, demand, holdings and cash. The rest stays on the board. Optional.
    """

    kind: ClassVar[str] = "supply-demand-match"
    label_en: ClassVar[str] = "Matching of supply and demand"
    label_zh: ClassVar[str] = "供需精准对接"
    reference: ClassVar[str] = (
        "新疆建立健全生态产品价值实现机制实施方案 2022 (十四); Gale and Shapley 1962 (stable match); scores: model "
        "(MARKETS.md 1A)"
    )
    rows: ClassVar[tuple[str, ...]] = ("A6",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = SupplyDemandMatchParams

    def __init__(self, params: SupplyDemandMatchParams, setting: Setting) -> None:
        super().__init__(params, setting)
        right, people = params.right, setting.participants
        listed = setting.listed(right)
        self._lot = listed[0].lot if listed else "1"
        self._offers = {p.code: self._lots(p, f"{right}_offer") for p in people if amount_of(p, f"{right}_offer") > 0}
        self._wants = {p.code: self._lots(p, f"{right}_want") for p in people if amount_of(p, f"{right}_want") > 0}

    def _lots(self, party: Participant, column: str) -> int:
        return lots_floor(amount_of(party, column), self._lot)

    def _price(self, code: str, column: str) -> int:
        """Return what a party put on the board, in cash a lot."""
        return cash_per_lot(amount_of(self.setting.by_code[code], f"{self.params.right}_{column}_cny"), self._lot)

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Match and bargain at the end of the months named."""
        del moment, draws
        today = view.board.today
        if today.month not in self.params.months:
            return
        right = self.setting.listed(self.params.right)
        sellers = [
            code
            for code, lots in self._offers.items()
            if lots > 0 and any(view.free(self.setting.by_code[code].account, i.index) > 0 for i in right)
        ]
        buyers = [code for code, lots in self._wants.items() if lots > 0]
        for seller, buyer in self.matched(sellers, buyers):
            yield from self._bargain(view, sellers[seller], buyers[buyer])

    def matched(self, sellers: list[str], buyers: list[str]) -> list[tuple[int, int]]:
        """Return the pairs, as places in the two lists."""
        partner = cash_per_lot(self.params.partner_bonus_cny, self._lot)
        near = cash_per_lot(self.params.same_zone_bonus_cny, self._lot)
        of_buyers: dict[tuple[int, int], int] = {}
        of_sellers: dict[tuple[int, int], int] = {}
        for s, seller in enumerate(sellers):
            for b, buyer in enumerate(buyers):
                gain = self._price(buyer, "bid") - self._price(seller, "ask")
                if gain >= 0 and seller != buyer:
                    of_sellers[s, b] = gain + near * self._are_near(seller, buyer)
                    of_buyers[s, b] = of_sellers[s, b] + partner * self._is_partner(seller, buyer)
        if self.params.method == "stable":
            return stable_match(of_buyers, of_sellers)
        return best_match({pair: of_buyers[pair] + of_sellers[pair] for pair in of_buyers})

    def _prefecture(self, code: str) -> str:
        zone = self.setting.zones.get(self.setting.by_code[code].zone)
        return "" if zone is None else zone.code if zone.level == "prefecture" else zone.parent

    def _are_near(self, seller: str, buyer: str) -> bool:
        return self._prefecture(seller) == self._prefecture(buyer) != ""

    def _is_partner(self, seller: str, buyer: str) -> bool:
        partners = str(self.setting.by_code[buyer].facts.get("partner", "")).split(";")
        party = self.setting.by_code[seller]
        return bool({party.code, party.zone, self._prefecture(seller)} & {code for code in partners if code})

    def _bargain(self, view: PolicyView, seller: str, buyer: str) -> Iterator[Command]:
        ask, bid = self._price(seller, "ask"), self._price(buyer, "bid")
        price = ask + floor_times(bid - ask, self.params.power)
        price = max(price // FEN * FEN, ask, 1)
        parties = self.setting.by_code[buyer].account, self.setting.by_code[seller].account
        cash = view.free(parties[0], CASH) * (CASH_KEPT - 1) // CASH_KEPT
        left = min(self._offers[seller], self._wants[buyer], cash // price)
        done = 0
        for instrument in self.setting.listed(self.params.right):
            lots = min(left - done, view.free(parties[1], instrument.index))
            if lots > 0:
                yield Deal(Mechanism.NEGOTIATED, self.params.venue, instrument.index, *parties, price, lots)
                done += lots
        self._offers[seller] -= done
        self._wants[buyer] -= done
        payload = {"seller": seller, "buyer": buyer, "price_cash": price, "lots": done}
        yield Note(NoteCode.MATCHED, payload, parties[1])
