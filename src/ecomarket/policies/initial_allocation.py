"""Initial allocation of emission permits (排污权初始分配): caps shared out, part free, part paid in instalments."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.benchmark import Holding
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Bound, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerTonne, CnyPerTonneYear, Keyed, Ratio, Share, Tonnes, Years
from ecomarket.model.reference import RightName, ZoneName
from ecomarket.model.stated import Rule
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.emission_permit import is_pilot, permit_of
from ecomarket.units import cash_per_lot, floor_times, lots_floor, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecomarket.chance import Draws
    from ecomarket.model.benchmark import Benchmark
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

INDUSTRY: Final = "industry"


def _by_right(so2: str, nox: str, cod: str, nh3n: str) -> dict[str, Decimal]:
    return {"so2": Decimal(so2), "nox": Decimal(nox), "cod": Decimal(cod), "nh3n": Decimal(nh3n)}


class CapRow(BaseModel):
    """The cap of one pollutant in one zone, and how it is divided (t a year)."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)

    right: RightName = Field(description="Right | 权利")
    zone: ZoneName = Field(description="Prefecture or basin | 地市或流域")
    cap_t: Tonnes = Field(ge=0, description="Cap on all sources | 总量控制指标")
    other_sources_t: Tonnes = Field(default=Decimal(0), ge=0, description="Sources outside the market | 其他源")
    power_or_municipal_t: Tonnes | None = Field(
        default=None, ge=0, description="For power or sewage works | 火电或污水厂"
    )
    industry_t: Tonnes | None = Field(default=None, ge=0, description="For industry | 工业")
    reserve_t: Tonnes | None = Field(default=None, ge=0, description="For the reserve | 政府储备")


class InitialAllocationParams(PolicyParams):
    """Parameters of the initial allocation."""

    caps: list[CapRow] = Field(default=[], description="Caps by right and zone, a CSV table or a list | 总量控制指标表")
    reserve_share: Share = Field(
        default=Decimal("0.10"), description="Reserve's share of what is left for the market | 政府储备比例"
    )
    term_years: Years = Field(default=Decimal(5), gt=0, description="Life of a permit | 排污权有效期")
    paid_use_cny_t_year: Keyed[CnyPerTonneYear] = Field(
        default=_by_right("200", "200", "230", "260"), description="Paid-use fee | 有偿使用费"
    )
    base_price_cny_t: Keyed[CnyPerTonne] = Field(
        default=_by_right("4000", "5000", "6000", "12000"), description="Base price, full term | 基准价"
    )
    headroom: Ratio = Field(default=Decimal(1), gt=0, description="Permits per tonne usually emitted | 核定系数")


@dataclass(frozen=True, slots=True)
class Claim:
    """What an incumbent asks for, in lots."""

    participant: Participant
    instrument: Instrument
    lots: int


class InitialAllocation(Policy):
    """Shares each zone's cap among incumbents and the reserve; the sum never exceeds the cap.

    Incumbents claim what they usually emit x `headroom`. The part `permit_free_share` is free, for the rest firms in
    pilot prefectures pay the fee x t in each year of the term. Claims beyond the cap less other sources and reserve are
    scaled down pro rata. A zone without a row of `caps` has no cap: claims are met, the reserve comes on top. All is
    issued on the first day in force; instalments of what was issued fall due to the end of the term, whatever `until`.
    Then what was paid for and is still held is approved, and paid for, for another term, if the rule is in force.

    Reference: caps of the 13th plan (S001 #29, #30); 国办发〔2014〕38号 (paid use, instalments, five-year term);
    fees by default those of Zhuzhou 2016-17 (MARKETS.md 2.2, R29), base prices and reserve share are model values.
    """

    kind: ClassVar[str] = "initial-allocation"
    label_en: ClassVar[str] = "Initial allocation of emission permits"
    label_zh: ClassVar[str] = "排污权初始分配"
    reference: ClassVar[str] = "国办发〔2014〕38号; 青海省2020年度工作要点第29、30、59项"
    rows: ClassVar[tuple[str, ...]] = ("B1", "B2", "B6")
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.RUN_START, Moment.YEAR_START})
    winds_down: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_START})
    Params: ClassVar[type[PolicyParams]] = InitialAllocationParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._caps = {(row.right, row.zone): row for row in params.caps}
        self._ends = Decimal(0)
        """Year in which the term ends that is being paid for."""
        self._paid: list[tuple[int, int, int]] = []
        """(account, instrument, paid lots) of each incumbent."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Issue on the first day; collect an instalment at the start of each year of the term."""
        del draws
        today = view.board.today
        starts_midyear = (today.month, today.day) != (1, 1)
        if moment is Moment.RUN_START:
            self._ends = today.year + self.params.term_years
            for right in self.params.base_price_cny_t:
                yield from self._allocate(right)
            if starts_midyear:
                yield from self._collect()
        elif view.year < self._ends or self._renews(view):
            yield from self._collect()

    def _renews(self, view: PolicyView) -> bool:
        """Approve for another term, while in force, what was paid for and is still held; tell whether it was."""
        renewed = bool(self.params.in_force(view.board.today))
        if renewed:
            self._ends += self.params.term_years
            self._paid = [(a, i, min(lots, int(view.balances[a, i, 0]))) for a, i, lots in self._paid]
        return renewed

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish the base price of each right in CNY/t for the full term."""
        del view
        return {f"permit.base.{right}": float(price) for right, price in self.params.base_price_cny_t.items()}

    @classmethod
    def benchmark(cls, params: Any, problem: Benchmark) -> bool:
        """Give emitters what they usually emit, scaled down to the cap; what is held back the reserve may release.

        A cap divided among classes of sources has no place: the problem does not know them.
        """
        caps = {(row.right, row.zone): row for row in params.caps}
        for pool in problem.pools:
            right, _, zone = pool.partition("/")
            row = caps.get((right, zone))
            if right not in params.base_price_cny_t:
                continue
            if row is not None and not (row.power_or_municipal_t is row.industry_t is None):
                return False
            problem.sales = [sale for sale in problem.sales if sale.pool != pool]
            claims = {
                e.party: float(params.headroom) * e.unabated[0] for e in problem.emitters if pool in dict(e.needs)
            }
            total = sum(claims.values())
            problem.base_prices[right] = float(params.base_price_cny_t[right])
            part = min(float(_room(params, row)) / total, 1.0) if row is not None and total else 1.0
            if row is not None:
                problem.held_back[pool] = float(_whole(row) - _room(params, row))
            given = [Holding(party, pool, problem.flat(part * claim)) for party, claim in claims.items()]
            problem.holdings += given
        return True

    def _allocate(self, right: str) -> Iterator[Command]:
        claims = self._claims(right)
        for zone in sorted({c.instrument.zone for c in claims}):
            yield from self._share_out(right, zone, [c for c in claims if c.instrument.zone == zone])

    def _claims(self, right: str) -> list[Claim]:
        found = []
        for participant in self.setting.of_kind("enterprise"):
            if participant.facts.get("appear"):
                continue
            instrument = permit_of(self.setting, right, participant)
            usual_t = Decimal(str(participant.facts.get(f"{right}_t", 0) or 0)) * self.params.headroom
            lots = lots_floor(usual_t, instrument.lot) if instrument else 0
            if instrument and lots > 0:
                found.append(Claim(participant, instrument, lots))
        return found

    def _share_out(self, right: str, zone: str, claims: Sequence[Claim]) -> Iterator[Command]:
        """Issue one zone: each class within its part, all within the cap less other sources and reserve."""
        lot = claims[0].instrument.lot
        row = self._caps.get((right, zone))
        wanted = {k: sum(c.lots for c in claims if c.instrument.klass == k) for k in _classes(claims)}
        limits = {k: min(lots, _ceiling(row, k, lot, lots)) for k, lots in wanted.items()}
        total = sum(limits.values())
        room = lots_floor(max(row.cap_t - row.other_sources_t, Decimal(0)), lot) if row else total
        reserve = self._reserve(row, room, lot)
        left = room - reserve if row else room
        if total > left:
            limits = {k: mul_div_floor(lots, left, total) for k, lots in limits.items()}
        for klass, limit in limits.items():
            yield from self._issue_class([c for c in claims if c.instrument.klass == klass], limit)
        assert row is None or sum(limits.values()) + reserve <= room, "allocations and reserve exceed the cap"
        for instrument, lots in _split(reserve, {_of_class(claims, k): lots for k, lots in limits.items()}).items():
            if lots > 0:
                yield Transfer(AccountKind.ISSUANCE, AccountKind.RESERVE, instrument, lots, TransferCode.ISSUE)

    def _issue_class(self, claims: Sequence[Claim], limit: int) -> Iterator[Command]:
        """Issue to one class, scaled down pro rata to its limit."""
        asked = sum(c.lots for c in claims)
        for claim in claims:
            lots = claim.lots if asked <= limit else mul_div_floor(claim.lots, limit, asked)
            if lots > 0:
                yield from self._grant(claim, lots)
        if asked > limit:
            yield Bound(Rule.CAP, AccountKind.ALLOCATION, claims[0].instrument.index, asked - limit)

    def _grant(self, claim: Claim, lots: int) -> Iterator[Command]:
        account, index = claim.participant.account, claim.instrument.index
        yield Transfer(AccountKind.ISSUANCE, account, index, lots, TransferCode.ALLOCATION)
        free = floor_times(lots, Decimal(str(claim.participant.facts.get("permit_free_share", 1) or 0)))
        if is_pilot(self.setting.zones, claim.participant) and lots > free:
            self._paid.append((account, index, lots - free))

    def _reserve(self, row: CapRow | None, room: int, lot: str) -> int:
        if row is not None and row.reserve_t is not None:
            return min(lots_floor(row.reserve_t, lot), room)
        return floor_times(room, self.params.reserve_share)

    def _collect(self) -> Iterator[Command]:
        """Take this year's instalment: fee x paid tonnes, as far as the firm's cash goes."""
        for account, index, lots in self._paid:
            permit = self.setting.instruments[index]
            fee = self.params.paid_use_cny_t_year.get(permit.right, Decimal(0))
            cash = lots * cash_per_lot(fee, permit.lot)
            if cash > 0:
                yield Transfer(account, AccountKind.TREASURY, 0, cash, TransferCode.PAID_USE, up_to=True)


def _whole(row: CapRow) -> Decimal:
    """Return what a cap leaves to the market, t: that without other sources."""
    return max(row.cap_t - row.other_sources_t, Decimal(0))


def _room(params: Any, row: CapRow) -> Decimal:
    """Return what is left for incumbents, t: that without the reserve."""
    room = _whole(row)
    return room - (params.reserve_share * room if row.reserve_t is None else min(row.reserve_t, room))


def _classes(claims: Sequence[Claim]) -> list[str]:
    return sorted({c.instrument.klass for c in claims})


def _of_class(claims: Sequence[Claim], klass: str) -> int:
    """Return the instrument of a class."""
    return next(c.instrument.index for c in claims if c.instrument.klass == klass)


def _ceiling(row: CapRow | None, klass: str, lot: str, default: int) -> int:
    """Return the lots a class may get in a zone, `default` where its part is not fixed."""
    part = None if row is None else row.industry_t if klass == INDUSTRY else row.power_or_municipal_t
    return default if part is None else lots_floor(part, lot)


def _split(lots: int, weights: dict[int, int]) -> dict[int, int]:
    """Split lots by weight; the last one takes what rounding leaves.

    >>> _split(10, {7: 4, 8: 5})
    {7: 4, 8: 6}
    """
    total = sum(weights.values())
    parts = {key: mul_div_floor(lots, weight, total) if total else 0 for key, weight in weights.items()}
    last = max(weights, default=None)
    if last is not None and total:
        parts[last] += lots - sum(parts.values())
    return parts
