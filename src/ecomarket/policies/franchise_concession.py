"""Franchise concessions in parks (特许经营): places for a term, auctioned, residents of the place first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Auction, Bound, Command, Note, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Share, Years
from ecomarket.model.reference import ParticipantCode, RightName, VenueName
from ecomarket.model.stated import NoteCode, Rule
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.resource_right import years_after
from ecomarket.units import PPM, cash_floor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import AuctionResult
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

TAG = "franchise-concession"


class Offer(BaseModel):
    """Places of business in a county's park, for a term."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    county: ParticipantCode = Field(description="County whose park it is, which grants and is paid | 授予县")
    places: int = Field(gt=0, description="Places of business | 经营点数")
    day: date = Field(description="Day; held at the end of its month | 出让日")
    reserve_cny: Cny = Field(ge=0, description="Least price of a place for the term, CNY | 底价，元")
    years: Years = Field(gt=0, description="Term, years | 期限，年")


class FranchiseConcessionParams(PolicyParams):
    """What is offered, and how residents come first."""

    right: RightName = Field(default="concession", description="Right that is granted | 特许经营权品种")
    venue: VenueName = Field(default="concession-hall", description="Where it is auctioned | 出让场所")
    preference: Literal["first", "margin", "none"] = Field(
        default="first", description="Residents bid first, or may match a higher bid within a margin | 本地优先方式"
    )
    margin: Share = Field(
        default=Decimal("0.10"), description="Margin within which a resident may match | 本地优先幅度"
    )
    resident_of: Literal["county", "prefecture"] = Field(
        default="county", description="Whose residents count as local | 本地范围"
    )
    offers: list[Offer] = Field(default=[], description="Concessions offered | 特许经营项目")


class FranchiseConcession(Policy):
    """Auction each offer at one price; residents bid alone first, or match outsiders who bid little more.

    What residents leave is then offered to all. The county is paid. A place ends with its term, or is unsold and not
    issued at all.
    """

    kind: ClassVar[str] = "franchise-concession"
    label_en: ClassVar[str] = "Franchise concessions in parks"
    label_zh: ClassVar[str] = "自然保护地特许经营"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (8) (concessions, local residents first); MARKETS.md 1G"
    )
    rows: ClassVar[tuple[str, ...]] = ("G14",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    winds_down: ClassVar[frozenset[Moment]] = moments
    Params: ClassVar[type[PolicyParams]] = FranchiseConcessionParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._waiting = sorted(params.offers, key=lambda offer: offer.day)
        self._open: list[Offer] = []
        self._ends: list[tuple[date, int, int, int]] = []
        """Granted places: last day, holder, instrument, lots."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """End terms that are over, then hold the month's auctions."""
        del moment, draws
        today = view.board.today
        for end, holder, index, lots in [e for e in self._ends if e[0] <= today]:
            self._ends.remove((end, holder, index, lots))
            sink, code = AccountKind.EXPIRED, TransferCode.EXPIRE
            yield Transfer(holder, sink, index, lots, code, view.year, up_to=True)
        for offer in [o for o in self._waiting if o.day <= today and self.params.in_force(today)]:
            self._waiting.remove(offer)
            place = self._place(offer)
            if place is not None:
                self._open.append(offer)
                world, code = AccountKind.ISSUANCE, TransferCode.ISSUE
                yield Transfer(world, self._county(offer).account, place.index, offer.places, code, view.year)
                residents = self._residents(offer)
                first = self.params.preference == "first" and bool(residents)
                yield self._auction(offer, offer.places, "first" if first else "open")
                self._open.remove(offer)

    def on_auction(self, result: AuctionResult, view: PolicyView) -> Iterable[Command]:
        """Note who won; offer to all what residents left; take back what nobody wants."""
        call, stage = result.auction, result.auction.tag.removeprefix(f"{TAG}.")
        if not call.tag.startswith(TAG) or not self._open:
            return
        offer = self._open[-1]
        ends = years_after(view.board.today, offer.years)
        for holder, lots, price in result.fills:
            self._ends.append((ends, holder, call.instrument, lots))
            winner = self.setting.by_account[holder]
            payload = {
                "county": offer.county,
                "holder": winner.code,
                "places": lots,
                "price_cash": price,
                "ends": ends.isoformat(),
                "stage": stage,
                "resident": holder in self._residents(offer),
            }
            yield Note(NoteCode.CONCESSION, payload, holder, call.instrument)
        if stage == "first" and result.fills:
            yield Bound(Rule.LOCAL_PREFERENCE, call.seller, call.instrument, sum(lots for _, lots, _ in result.fills))
        if result.unsold_lots and stage == "first":
            yield self._auction(offer, result.unsold_lots, "open")
        elif result.unsold_lots:
            sink, code = AccountKind.CANCELLED, TransferCode.CANCEL
            yield Transfer(call.seller, sink, call.instrument, result.unsold_lots, code, view.year)

    def _county(self, offer: Offer) -> Participant:
        return self.setting.by_code[offer.county]

    def _place(self, offer: Offer) -> Instrument | None:
        county = self._county(offer)
        listed = self.setting.listed(self.params.right)
        return next((i for i in listed if i.zone in ("", county.zone, self._prefecture(county.zone))), None)

    def _prefecture(self, zone: str) -> str:
        return self.setting.zones[zone].parent if zone in self.setting.zones else ""

    def _residents(self, offer: Offer) -> frozenset[int]:
        """Return the enterprises at home where the concession is."""
        home = self._county(offer).zone
        wide = self.params.resident_of == "prefecture"
        return frozenset(
            p.account
            for p in self.setting.of_kind("enterprise")
            if p.zone == home or (wide and self._prefecture(p.zone) == self._prefecture(home) != "")
        )

    def _auction(self, offer: Offer, places: int, stage: str) -> Auction:
        place, county, residents = self._place(offer), self._county(offer), self._residents(offer)
        assert place is not None, "an offer without a place is not opened"
        margin = int(self.params.margin * PPM) if self.params.preference == "margin" else 0
        return Auction(
            venue=self.params.venue,
            instrument=place.index,
            seller=county.account,
            lots=places,
            reserve_price=cash_floor(offer.reserve_cny),
            invited=residents if stage == "first" else None,
            match_ppm=dict.fromkeys(sorted(residents), margin) if margin else {},
            tag=f"{TAG}.{stage}",
        )
