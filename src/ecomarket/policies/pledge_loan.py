"""Pledge loans on environmental rights (环境权益质押贷款): who may borrow, how much, at what rate, paid back when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field

from ecomarket.model.command import Bound
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Keyed, Ratio
from ecomarket.model.record import CASH
from ecomarket.model.reference import ParticipantCode, RightName
from ecomarket.model.registry import Pledge, Repay
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies._contracts import interest
from ecomarket.policies._surrender import spare_lots
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.credit import loan_premium, missed_surrenders
from ecomarket.public.frictions import pledge_share
from ecomarket.units import DAY, PPM, cash_floor, floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

REGISTRY: Final = "registry-rules"
AGAIN: Final = timedelta(days=30)
"""After which a debtor that could not pay all is asked again."""
PERMIT: Final = "emission-permit"
PREMIUMS: Final = {"green": Decimal("-0.003"), "red": Decimal("0.015")}


class PledgeLoanParams(PolicyParams):
    """The bank, the rights it takes, its terms."""

    lender: ParticipantCode = Field(description="Bank that lends | 贷款银行")
    rights: tuple[RightName, ...] = Field(description="Rights taken as a pledge, in this order | 可质押的权利")
    term_days: int = Field(default=360, ge=1, description="Term of a loan, days | 贷款期限，天")
    loan_cny_max: Cny = Field(default=Decimal(10_000_000), ge=0, description="Most lent to one, CNY | 单户贷款上限，元")
    paid_only: bool = Field(
        default=True, description="Permits only as far as they were paid for | 仅限有偿取得的排污权"
    )
    premiums: Keyed[Ratio] = Field(
        default=PREMIUMS, description="On top of the registry's rate, by column `credit` | 按信用等级的利率加点"
    )


@dataclass(frozen=True, slots=True)
class Lent:
    """A loan that stands: instrument, lots, cash, its yearly rate in ppm, first and last day."""

    instrument: int
    lots: int
    loan: int
    rate: Decimal
    begun: date
    due: date


class PledgeLoan(Policy):
    """Lend to who is short of cash, against rights it holds; take the loan back at its term.

    A borrower is a participant whose column `borrow_below_cny` its free cash has fallen under (no column: never).
    On the first sitting of a month it pledges the fewest lots of one right that bring back that level, within the
    registry's loan share of their value (20-day mean x part of the term left), less a county's friction; allowances
    that it must surrender until the loan is asked for again are not taken. No loan to one who surrendered late or too
    little or reported falsely this year or last, or already owes: LOAN_GATE. The rate is the registry's and what the
    credit list in force adds (`credit.loan.<firm>`, `environmental-credit`); for a firm on no list what `premiums` adds
    by its column `credit`. It needs `registry-rules`, which value the pledge every day, call it and sell it. A debtor
    that cannot pay all at its term pays what it has and is asked again 30 days later.
    """

    kind: ClassVar[str] = "pledge-loan"
    rows: ClassVar[tuple[str, ...]] = ("C9", "E5", "H1", "H2")
    label_en: ClassVar[str] = "Pledge loans"
    label_zh: ClassVar[str] = "环境权益质押贷款"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (53); 新疆建立健全生态产品价值实现机制实施方案 2022 (十五) (十八); "
        "MARKETS.md 7.6 (paid permits, single pledge, no breach: R49a; rates: model)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.BEFORE_SESSION})
    winds_down: ClassVar[frozenset[Moment]] = moments
    Params: ClassVar[type[PolicyParams]] = PledgeLoanParams

    def __init__(self, params: PledgeLoanParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._law: Any = None
        self._lender = setting.by_code[params.lender].account
        self._short = {
            p.account: cash_floor(Decimal(str(p.facts.get("borrow_below_cny", 0) or 0))) for p in setting.participants
        }
        self._lent: dict[int, Lent] = {}
        self._month = 0

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Take back what is due; on the first sitting of a month lend."""
        del moment, draws
        for account, lent in list(self._lent.items()):
            if lent.due <= view.board.today:
                del self._lent[account]
                yield from self._take_back(view, account, lent)
        self._law = self.setting.law_on(REGISTRY, view.board.today)
        if self._law is None or view.period == self._month or not self.params.in_force(view.board.today):
            return
        self._month, left = view.period, view.free(self._lender, CASH)
        for account, level in self._short.items():
            need = min(level - view.free(account, CASH), cash_floor(self.params.loan_cny_max), left)
            if need <= 0 or account == self._lender:
                continue
            if account in self._lent or self._breached(view, account):
                yield Bound(Rule.LOAN_GATE, account, -1)
                continue
            for pledge in self._offers(view, self.setting.by_account[account], need):
                left -= pledge.loan
                yield pledge

    def _offers(self, view: PolicyView, who: Participant, need: int) -> Iterator[Pledge]:
        """Pledge lots of the first right that the borrower has and that is worth anything."""
        for instrument in (i for right in self.params.rights for i in self.setting.listed(right)):
            kept_until = view.board.today + timedelta(days=self.params.term_days) + AGAIN
            lots = floor_times(spare_lots(view, who, instrument, kept_until), self._paid(who, instrument))
            share = int(Decimal(self._law.loan_share.get(instrument.kind, 0)) * PPM)
            full = mul_div_floor(self._value(view, instrument, lots), share, PPM)
            most = floor_times(full, pledge_share(self.setting, who, view.board.today))
            asked = min(need, most)
            if asked <= 0 or not instrument.lives(view.board.t):
                continue
            wanted = -(-lots * asked // most)
            premium = self._premium(view, who)
            days = timedelta(days=self.params.term_days)
            rate = Decimal(self._law.loan_rate) + premium
            today = view.board.today
            self._lent[who.account] = Lent(instrument.index, wanted, asked, rate, today, today + days)
            yield Pledge(who.account, instrument.index, wanted, self._lender, asked, int(premium * PPM))
            return

    def _take_back(self, view: PolicyView, account: int, lent: Lent) -> Iterator[Command]:
        """Order the debtor to pay what it can, up to all it owes; a pledge already sold is gone."""
        if not any((p.account, p.pledgee) == (account, self._lender) for p in view.pledges):
            return
        owed = lent.loan + interest(lent.loan, lent.rate, (view.board.today - lent.begun).days)
        paid = min(owed, view.free(account, CASH))
        if paid > 0:
            yield Repay(account, 0, paid)
        if paid < owed:
            yield Bound(Rule.PAYMENT_DEFAULT, account, lent.instrument, owed - paid)
            self._lent[account] = Lent(
                lent.instrument,
                lent.lots,
                owed - paid,
                lent.rate,
                view.board.today,
                view.board.today + AGAIN,
            )

    def _value(self, view: PolicyView, instrument: Instrument, lots: int) -> int:
        """Return what lots are worth as the registry counts it: mean price x the part of the term that is left."""
        term = self._law.term_days.get(instrument.kind, 0)
        day, part = view.board.t // DAY, PPM
        if term:
            left = term - day % term if instrument.expires_t < 0 else max(instrument.expires_t // DAY - day, 0)
            part = min(mul_div_floor(PPM, left, term), PPM)
        price = int(view.board.mean20[instrument.index]) or int(view.board.close[instrument.index])
        return mul_div_floor(price * lots, part, PPM)

    def _premium(self, view: PolicyView, who: Participant) -> Decimal:
        """Return what credit adds to the rate: as the list in force says, else by the band in column `credit`."""
        premium = Decimal(self.params.premiums.get(str(who.facts.get("credit", "")), 0))
        premium = loan_premium(view.board, who, premium)
        return min(max(premium, -Decimal(self._law.rate_below)), Decimal(self._law.rate_above))

    def _paid(self, who: Participant, instrument: Instrument) -> Decimal:
        """Return the part of a holding that may be pledged: of a permit what was paid for."""
        if instrument.kind != PERMIT or not self.params.paid_only:
            return Decimal(1)
        return 1 - Decimal(str(who.facts.get("permit_free_share", 0) or 0))

    def _breached(self, view: PolicyView, account: int) -> bool:
        years = (view.year - 1, view.year)
        false = any(int(view.book.year(FactCode.FALSE_REPORT_CASH, year)[account]) for year in years)
        return false or bool(missed_surrenders(view, self.setting.by_account[account], years))
