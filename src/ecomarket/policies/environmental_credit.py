"""Environmental credit of enterprises (企业环保信用评价): points, five bands, a frozen list, its effects."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

from pydantic import Field

from ecomarket.chance import key
from ecomarket.model.codes import AccountKind, Eligible, TransferCode
from ecomarket.model.command import Bar, Bound, Fact, Note
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import In, Keyed, Ratio, Share
from ecomarket.model.reference import RightName
from ecomarket.model.stated import FactCode, NoteCode, Rule
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.credit import BANDS, missed_surrenders
from ecomarket.rights.emission_permit import permit_of
from ecomarket.units import CASH_PER_YUAN, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

EVENTS: Final = ("exceed", "late", "fraud", "undisclosed", "clean")
"""Kinds of event; the place in this row stands in the `extra` of a CREDIT_EVENT."""
MONTHS_A_YEAR: Final = 12
KWH_PER_MWH: Final = 1000
ORDINARY: Final = "blue"
BLACK: Final = "black"
Band = Literal["black", "red", "yellow", "blue", "green"]
CnyPerKwh = Annotated[Decimal, In("CNY/kWh")]


class EnvironmentalCreditParams(PolicyParams):
    """Points, bands, the rhythm of the list, and what a band changes."""

    start_points: int = Field(default=12, description="Points of a firm without events | 起始分")
    points: Keyed[Ratio] = Field(
        default={
            "exceed": Decimal(-3),
            "late": Decimal(-4),
            "fraud": Decimal(-6),
            "undisclosed": Decimal(-2),
            "clean": Decimal(1),
        },
        description="Points of each event | 各类事件记分",
    )
    least: Keyed[Ratio] = Field(
        default={"green": Decimal(11), "blue": Decimal(6), "yellow": Decimal(3), "red": Decimal(1)},
        description="Least points of each band; below all of them black | 各等级最低分",
    )
    expiry_months: int = Field(default=12, ge=1, description="Months that an event counts | 记分有效期，月")
    freeze_months: tuple[int, ...] = Field(
        default=(1, 7), description="Months on whose first day the list is frozen | 名单确定月份"
    )
    rights: tuple[RightName, ...] = Field(
        default=("so2", "nox", "cod", "nh3n"), description="Pollutants whose excess counts | 计入超排的主要污染物"
    )
    disclosure_month: int = Field(
        default=3, ge=1, le=12, description="Month at whose end disclosure is checked | 披露检查月份"
    )
    undisclosed_share: Share = Field(
        default=Decimal(0),
        description="Chance that a firm does not disclose; its own column first | 未披露概率",
    )
    inspection: Keyed[Ratio] = Field(
        default={"green": Decimal("0.5"), "red": Decimal(2), "black": Decimal(2)},
        description="Times the chance of an inspection | 核查概率倍数",
    )
    loan: Keyed[Ratio] = Field(
        default={"green": Decimal("-0.003"), "red": Decimal("0.015"), "black": Decimal("0.015")},
        description="Added to a loan's yearly rate | 贷款利率加点",
    )
    surcharge_cny_kwh: Keyed[CnyPerKwh] = Field(
        default={"red": Decimal("0.05"), "black": Decimal("0.10")},
        description="Surcharge on power, CNY a kWh | 电价加价，元/千瓦时",
    )
    ban_black: bool = Field(default=True, description="Whether black firms may buy no permits | 黑色企业禁止购买排污权")
    listed_bands: tuple[Band, ...] = Field(
        default=(), description="Bands that are on the positive list (optional) | 列入正面清单的等级"
    )


class EnvironmentalCredit(Policy):
    """Rate every enterprise by its events, freeze the list, and publish what follows from a band.

    Events, seen at a month's end: emission above the permits held on 31 December (exceed), a surrender that was late or
    too little (late), a false report found, no disclosure, a year without any of them. An event counts `expiry_months`.
    The list in force is that of the last freeze. It is published for other rules: `credit.band.<firm>` (0 black to 4
    green), `credit.inspection.<firm>` (read by verification), `credit.loan.<firm>` (added to a loan's rate),
    `credit.listed.<firm>` (positive list) and `disclosure.rate`. The reserve of permits buys of better bands first.
    While black, a firm may not buy permits (CREDIT_BAN).
    Red and black firms pay the surcharge each month on their power: what is reported as used (POWER_USE_MWH),
    else a twelfth of the column `power_mwh`, rounded down.
    """

    kind: ClassVar[str] = "environmental-credit"
    rows: ClassVar[tuple[str, ...]] = ("I3", "B8")
    label_en: ClassVar[str] = "Environmental credit rating of enterprises"
    label_zh: ClassVar[str] = "企业环保信用评价"
    reference: ClassVar[str] = (
        "企业环境信用评价办法(试行) 环发〔2013〕150号 (colours); 江苏省企业环保信用评价 (frozen list, surcharge: "
        "MARKETS.md 7.7 [R50a]); 青海深入推进生态文明制度创新实施方案 2023 (36) (39); 青海2020年度工作要点 61; "
        "points and bands: model (MARKETS.md 7.7)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.RUN_START, Moment.MONTH_START, Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = EnvironmentalCreditParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._firms = setting.of_kind("enterprise")
        self._events: dict[int, list[tuple[int, str]]] = {}
        """By account: month (counted from year 0) and kind of each event."""
        self._seen: dict[tuple[str, int], int] = {}
        """Sum of what was reported of a kind about an account when it was last looked at."""
        self._missed: dict[int, set[int]] = {}
        """By account: years in which it missed a surrender."""
        self._band: dict[int, str] = {}
        self._published = False
        """Whether there ever was a list: who falls out of force is ordinary again."""
        self._rate: float | None = None

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Freeze the list on the first of its months; at a month's end enter events and levy the surcharge."""
        if moment is not Moment.MONTH_END:
            if not self._band:
                self._overlook(view)
            if not self._band or view.board.today.month in self.params.freeze_months:
                yield from self._freeze(view)
            return
        for firm in self._firms:
            yield from self._watch(firm, view)
        if view.board.today.month == self.params.disclosure_month:
            yield from self._check_disclosure(view, draws)
        if view.board.today.month == MONTHS_A_YEAR:
            yield from self._reward(view)
        yield from self._levy(view)

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish the list in force and what follows from it."""
        del view
        law, told = self.params, {}
        for firm in self._firms if self._published else ():
            band = self._band.get(firm.account, ORDINARY)
            told[f"credit.band.{firm.code}"] = float(BANDS.index(band))
            told[f"credit.inspection.{firm.code}"] = float(law.inspection.get(band, 1))
            told[f"credit.loan.{firm.code}"] = float(law.loan.get(band, 0))
            told[f"credit.listed.{firm.code}"] = float(band in law.listed_bands)
        return told if self._rate is None else told | {"disclosure.rate": self._rate}

    def score(self, account: int, month: int) -> int:
        """Return a firm's points in a month (year x 12 + month): the start and every event that still counts."""
        events = self._events.get(account, ())
        live = [kind for at, kind in events if month - at < self.params.expiry_months]
        return int(self.params.start_points + sum(self.params.points.get(kind, 0) for kind in live))

    def band(self, points: int) -> str:
        """Return the band of a number of points: the best whose least it reaches.

        Source: MARKETS.md 7.7 (model): >= 11 green, 6-10 blue, 3-5 yellow, 1-2 red, <= 0 black.
        """
        reached = [name for name in BANDS[1:] if name in self.params.least and points >= self.params.least[name]]
        return reached[-1] if reached else BANDS[0]

    def _freeze(self, view: PolicyView) -> Iterator[Command]:
        self._published = True
        for firm in self._firms:
            points = self.score(firm.account, _month(view))
            band = self.band(points)
            if band != self._band.get(firm.account, "green"):
                place = BANDS.index(band)
                yield Fact(FactCode.CREDIT_SCORE, firm.account, -1, view.period, points, place)
            if self.params.ban_black:
                yield from self._ban(firm, was=self._band.get(firm.account, ""), now=band)
            self._band[firm.account] = band

    def lapse(self, view: PolicyView) -> Iterator[Command]:
        """Lift every bar and forget the list."""
        del view
        for firm in self._firms if self._band else ():
            yield from self._ban(firm, was=self._band[firm.account], now=ORDINARY)
        self._band.clear()

    def _ban(self, firm: Participant, *, was: str, now: str) -> Iterator[Command]:
        """Bar a firm that turns black from buying permits, and lift the bar when it is black no more."""
        if (was == BLACK) == (now == BLACK):
            return
        for permit in self._permits(firm):
            barred = Eligible.BUY if now == BLACK else Eligible.NOTHING
            yield Bar(self.kind, firm.account, permit.index, barred)
            if barred:
                yield Bound(Rule.CREDIT_BAN, firm.account, permit.index)

    def _permits(self, firm: Participant) -> list[Instrument]:
        found = (permit_of(self.setting, right, firm) for right in self.params.rights if right in self.setting.rights)
        return [permit for permit in found if permit is not None]

    def _watch(self, firm: Participant, view: PolicyView) -> Iterator[Command]:
        """Enter what was reported since last time, and in December emission above the permits held."""
        for kind, total in self._reported(firm, view):
            if total > self._seen.get((kind, firm.account), 0):
                self._seen[kind, firm.account] = total
                yield self._enter(firm, kind, view)
        if view.board.today.month == MONTHS_A_YEAR and self._exceeds(firm, view):
            yield self._enter(firm, "exceed", view)

    def _reported(self, firm: Participant, view: PolicyView) -> Iterator[tuple[str, int]]:
        """Yield the kinds of event that others report of a firm, with all that was reported so far."""
        years = range(self.setting.start.year, view.year + 1)
        yield "late", len(self._missed_by(firm, view, years))
        yield "fraud", sum(int(view.book.year(FactCode.FALSE_REPORT_CASH, year)[firm.account]) for year in years)

    def _overlook(self, view: PolicyView) -> None:
        """Take what was reported before the first day in force as seen: no rule looks back."""
        for firm in self._firms:
            self._seen |= {(kind, firm.account): total for kind, total in self._reported(firm, view)}

    def _missed_by(self, firm: Participant, view: PolicyView, years: range) -> set[int]:
        """Return the years in which a firm has missed a surrender so far."""
        missed = self._missed.setdefault(firm.account, set())
        missed |= missed_surrenders(view, firm, years)
        return missed

    def _exceeds(self, firm: Participant, view: PolicyView) -> bool:
        return any(
            int(view.book.year(FactCode.EMISSION_T_MILLI, view.year, permit.index)[firm.account])
            > int(view.balances[firm.account, permit.index, 0])
            for permit in self._permits(firm)
        )

    def _check_disclosure(self, view: PolicyView, draws: Draws) -> Iterator[Command]:
        silent = [
            firm
            for firm in self._firms
            if draws.uniform(key(firm.code), "disclosure", view.year)
            < float(firm.facts.get("undisclosed_share", self.params.undisclosed_share))
        ]
        for firm in silent:
            yield self._enter(firm, "undisclosed", view)
        told = len(self._firms) - len(silent)
        self._rate = told / max(len(self._firms), 1)
        yield Note(NoteCode.DISCLOSURE, {"year": view.year, "firms": len(self._firms), "disclosed": told})

    def _reward(self, view: PolicyView) -> Iterator[Command]:
        """Enter a clean year for whoever had no event since January."""
        january = view.year * MONTHS_A_YEAR + 1
        for firm in self._firms:
            if not any(at >= january for at, _ in self._events.get(firm.account, ())):
                yield self._enter(firm, "clean", view)

    def _enter(self, firm: Participant, kind: str, view: PolicyView) -> Command:
        self._events.setdefault(firm.account, []).append((_month(view), kind))
        return Fact(FactCode.CREDIT_EVENT, firm.account, -1, view.period, 1, EVENTS.index(kind))

    def _levy(self, view: PolicyView) -> list[Command]:
        till = Till(view, view.period)
        used = view.book.month(FactCode.POWER_USE_MWH, view.period)
        for firm in self._firms:
            rate = self.params.surcharge_cny_kwh.get(self._band.get(firm.account, ""), Decimal(0))
            if rate > 0:
                twelfth = int(Decimal(str(firm.facts.get("power_mwh", 0) or 0)) / MONTHS_A_YEAR)
                kwh = (int(used[firm.account]) or twelfth) * KWH_PER_MWH
                due = floor_times(kwh * CASH_PER_YUAN, rate)
                till.pay(firm.account, AccountKind.TREASURY, due, TransferCode.CREDIT_SURCHARGE)
        return till.commands


def _month(view: PolicyView) -> int:
    return view.year * MONTHS_A_YEAR + view.board.today.month
