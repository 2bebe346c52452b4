"""Who may sell permits (排污权二级市场): a switch, free permits paid for first, a surplus proven first."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field

from ecomarket.model.codes import AccountKind, Eligible, TransferCode
from ecomarket.model.command import Bar, Bound, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerTonneYear, Keyed, Share, Years
from ecomarket.model.reference import RightName
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.emission_permit import annuity, permit_of
from ecomarket.units import CASH_PER_YUAN, cash_per_lot, floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

MONTHS_A_YEAR: Final = 12
DAYS_A_YEAR: Final = 365
PROOF_MONTHS_MIN: Final = 3
"""Months that must have been reported before a surplus is proven; they stand for the year."""


class PermitSalesParams(PolicyParams):
    """Conditions of a sale of permits."""

    rights: tuple[RightName, ...] = Field(
        default=("so2", "nox", "cod", "nh3n"), description="Pollutants that count | 适用的主要污染物"
    )
    secondary: bool = Field(default=True, description="Whether others than the reserve may sell | 是否开放二级市场")
    surplus_proof: bool = Field(
        default=False, description="Whether a seller must have proven a cut | 出让前是否须核定富余量"
    )
    lag_months: int = Field(
        default=2, ge=0, le=12, description="Months until a report counts as verified | 富余量核定滞后月数"
    )
    paid_first: bool = Field(
        default=False, description="Whether free permits must be paid for first | 无偿取得的须先缴费方可出让"
    )
    paid_use_cny_t_year: Keyed[CnyPerTonneYear] = Field(
        default={"so2": Decimal(200), "nox": Decimal(200), "cod": Decimal(230), "nh3n": Decimal(260)},
        description="Paid-use fee of free permits | 有偿使用费",
    )
    term_years: Years = Field(default=Decimal(5), gt=0, description="Life of a permit | 排污权有效期")
    rate: Share = Field(default=Decimal("0.05"), description="Yearly rate of the yearly price | 年化折现率")


class PermitSales(Policy):
    """Bars firms from selling permits until the conditions of a sale are met; buying stays open.

    Without `secondary` nobody but the reserve sells. With `surplus_proof` a firm sells from the first of a month on
    which it holds more than its yearly emission, reckoned from the last twelve months reported `lag_months` ago (at
    least three), until its holding is down to that; a firm that has reported nothing has proven nothing. The day's
    last sale may go below; the next day finds it barred. With `paid_first` a firm with free permits
    (`permit_free_share`) pays their fee for the years left on a first of a month, if it has a surplus whose price
    exceeds the fee and the cash for it; until then it is barred. `permit.year.<instrument>` publishes the
    last price as CNY for a tonne a year: price over the annuity of the years left at `rate`.

    Reference: 国办发〔2014〕38号 (sale of what was bought or saved, free permits paid for before: memory); Qinghai's
    work points of 2020, 59 (a secondary market to be explored); lag and payment: model (MARKETS.md 2.3 items 3, 6, 9b).
    """

    kind: ClassVar[str] = "permit-sales"
    rows: ClassVar[tuple[str, ...]] = ("B3", "B6")
    label_en: ClassVar[str] = "Conditions of selling permits"
    label_zh: ClassVar[str] = "排污权二级市场出让条件"
    reference: ClassVar[str] = "国办发〔2014〕38号; 青海省2020年度工作要点第59项; MARKETS.md 2.3 (3), (6), (9b)"
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_START, Moment.BEFORE_SESSION})
    Params: ClassVar[type[PolicyParams]] = PermitSalesParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        pairs = [(p, permit_of(setting, right, p)) for right in params.rights for p in setting.of_kind("enterprise")]
        self._pairs = [(firm, permit) for firm, permit in pairs if permit is not None]
        self._barred: dict[tuple[int, int], bool] = {}
        self._kept: dict[tuple[int, int], int] = {}
        """Lots down to which a proven surplus may be sold this month."""
        self._unpaid: dict[tuple[int, int], int] = {}
        """Free lots not yet paid for, as first seen."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Prove and pay on the first of a month; bar before each session who has sold its surplus."""
        del draws
        till = Till(view, view.period)
        for firm, permit in self._pairs:
            if moment is Moment.MONTH_START:
                till.commands += self._month(firm, permit, view, till)
            else:
                till.commands += self._day(firm, permit, view)
        if not self.params.secondary:
            traders = [p.account for p in self.setting.of_kind("intermediary")]
            listed = [i.index for right in self.params.rights for i in self.setting.listed(right)]
            till.commands += [b for a in traders for i in listed for b in self._set((a, i), barred=True)]
        return till.commands

    def lapse(self, view: PolicyView) -> Iterable[Command]:
        """Lift all bars."""
        del view
        return [b for where in self._barred for b in self._set(where, barred=False)]

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish what holding a permit for a tonne costs a year at the last price, CNY."""
        years = self._days_left(view) / DAYS_A_YEAR
        part = annuity(float(self.params.rate), years) * CASH_PER_YUAN
        traded = {permit.index: permit for _, permit in self._pairs if view.board.close[permit.index] > 0}
        prices = {p.code: int(view.board.close[i]) / float(Decimal(p.lot)) for i, p in traded.items()}
        return {f"permit.year.{code}": price / part for code, price in prices.items()}

    def _month(self, firm: Participant, permit: Instrument, view: PolicyView, till: Till) -> list[Command]:
        where = firm.account, permit.index
        held = int(view.balances[firm.account, permit.index, 0])
        free_share = Decimal(str(firm.facts.get("permit_free_share", 1) or 0))
        self._unpaid.setdefault(where, floor_times(held, free_share))
        emitted = self._yearly_lots(firm, permit, view)
        keeps = emitted if self.params.surplus_proof else 0
        surplus = 0 if keeps is None else max(held - keeps, 0)
        told: list[Command] = []
        if self.params.surplus_proof:
            self._kept[where] = held if keeps is None else keeps
            if surplus and self._barred.get(where, True):
                told.append(Fact(FactCode.SURPLUS_PROVEN_LOTS, *where, view.period, surplus))
        unproven = self.params.surplus_proof and not surplus
        unpaid = self.params.paid_first and not self._pays(where, permit, surplus, view, till)
        barred = not self.params.secondary or unproven or unpaid
        if barred and held and not self._barred.get(where, False) and self.params.secondary:
            told.append(Bound(Rule.SURPLUS_PROOF if unproven else Rule.UNPAID_PERMIT, *where, held))
        return told + list(self._set(where, barred=barred))

    def _day(self, firm: Participant, permit: Instrument, view: PolicyView) -> Iterator[Command]:
        where = firm.account, permit.index
        if where in self._kept and int(view.balances[firm.account, permit.index, 0]) <= self._kept[where]:
            yield from self._set(where, barred=True)

    def _set(self, where: tuple[int, int], *, barred: bool) -> Iterator[Command]:
        """Say only what changes."""
        if self._barred.get(where, False) != barred:
            yield Bar(self.kind, *where, Eligible.SELL if barred else Eligible.NOTHING)
        self._barred[where] = barred

    def _pays(self, where: tuple[int, int], permit: Instrument, surplus: int, view: PolicyView, till: Till) -> bool:
        """Tell whether nothing is owed for free permits, after paying for them if the surplus is worth it."""
        unpaid = self._unpaid[where]
        rate = cash_per_lot(self.params.paid_use_cny_t_year.get(permit.right, Decimal(0)), permit.lot)
        fee = mul_div_floor(unpaid * rate, self._days_left(view), DAYS_A_YEAR)
        worth = surplus * int(view.board.close[permit.index])
        if (fee and fee >= worth) or fee > till.free(where[0]):
            return False
        till.pay(where[0], AccountKind.TREASURY, fee, TransferCode.PAID_USE)
        self._unpaid[where] = 0
        return True

    def _yearly_lots(self, firm: Participant, permit: Instrument, view: PolicyView) -> int | None:
        """Return the yearly emission that the verified reports stand for, in lots rounded up; None if not known."""
        now = view.year * MONTHS_A_YEAR + view.board.today.month - 1
        first = self.setting.start.year * MONTHS_A_YEAR + self.setting.start.month - 1
        months = range(max(now - self.params.lag_months - MONTHS_A_YEAR, first), now - self.params.lag_months)
        if len(months) < PROOF_MONTHS_MIN:
            return None
        code, index = FactCode.EMISSION_T_MILLI, permit.index
        periods = [(n // MONTHS_A_YEAR) * 100 + n % MONTHS_A_YEAR + 1 for n in months]
        lots = sum(int(view.book.month(code, period, index)[firm.account]) for period in periods)
        return -(-lots * MONTHS_A_YEAR // len(months)) if lots else None

    def _days_left(self, view: PolicyView) -> int:
        """Return the days of the term that are left; terms follow on one another from the start."""
        term = int(self.params.term_years * DAYS_A_YEAR)
        return term - self.setting.day_of(view.board.today) % term
