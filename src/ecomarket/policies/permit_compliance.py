"""Yearly check of emissions against permits held (排污许可执行与超总量处罚)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Assess, Bound, Fact, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Ratio, Share
from ecomarket.model.reference import RightName
from ecomarket.model.stated import FactCode, Rule, Scheme
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.positive_list import is_listed, minor_share
from ecomarket.rights.emission_permit import AGRI, permit_of
from ecomarket.units import PPM, cash_floor, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.benchmark import Benchmark
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class PermitComplianceParams(PolicyParams):
    """Parameters of the check."""

    rights: tuple[RightName, ...] = Field(
        default=("so2", "nox", "cod", "nh3n"), description="Pollutants assessed | 考核的主要污染物"
    )
    fine_cny: Cny = Field(
        default=Decimal(200_000), ge=0, description="Fine for emitting above the permit | 超许可排放罚款"
    )
    buy_back_ratio: Ratio = Field(
        default=Decimal(2), ge=0, description="Tonnes to buy back next year a tonne in excess | 次年回购倍数"
    )
    repeat_fine_cny: Cny | None = Field(
        default=None, ge=0, description="Fine from the second year in a row; none: the same | 连续超排罚款"
    )
    production_cut: Share = Field(
        default=Decimal(0), description="Output cut by order after two years in a row; 0: none | 限制生产削减比例"
    )
    cut_months: int = Field(default=3, ge=1, le=12, description="Months of the cut, from January | 限制生产月数")


class PermitCompliance(Policy):
    """Compares each enterprise's emission of the year with the permits it holds on 31 December, pollutant by pollutant.

    Excess costs a fine, and next year the firm must hold `buy_back_ratio` times the excess on top of its emission;
    those lots are then cancelled, and what is still missing stays due. A second year in a row costs `repeat_fine_cny`,
    and by `production_cut` the firm's output of the next `cut_months` is limited (PRODUCTION_CUT_PPM, read by nature
    activity). A first minor breach of a firm on the positive list is not fined. Non-point sources (class agri) need no
    permits. A year counts if the rule is in force on its 31 December; what is to be bought back then stays due after
    `until`, without further fines.

    Reference: 排污许可管理条例 (State Council Order 736, 2021) art. 34: 200,000 to 1,000,000 CNY, limits of
    production (three months at most by 限制生产、停产整治办法 2014, memory); buy-back is the model rule of MARKETS.md
    2.3 item 9.
    """

    kind: ClassVar[str] = "permit-compliance"
    label_en: ClassVar[str] = "Permit compliance"
    label_zh: ClassVar[str] = "排污权履约核查"
    reference: ClassVar[str] = "国务院令第736号第三十四条; 环境保护税法"
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    winds_down: ClassVar[frozenset[Moment]] = moments
    Params: ClassVar[type[PolicyParams]] = PermitComplianceParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._buy_back: dict[tuple[int, int], int] = {}
        """Lots to buy back, by (account, instrument)."""
        self._excess_in: dict[tuple[int, int], int] = {}
        """Last year of excess."""
        self._excused: set[int] = set()
        """Accounts whose first minor breach was excused."""
        self._limited: dict[int, int] = {}
        """Last year for which output was limited, by account."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Assess every enterprise and pollutant."""
        del moment, draws
        for right in self.params.rights:
            if right not in self.setting.rights:
                continue
            for participant in self.setting.of_kind("enterprise"):
                instrument = permit_of(self.setting, right, participant)
                if instrument is not None and instrument.klass != AGRI:
                    yield from self._assess(participant, instrument, view)

    @classmethod
    def benchmark(cls, params: Any, problem: Benchmark) -> bool:
        """Add nothing: who emits holds permits for it, for a fine that does not grow with the excess is no price."""
        del params, problem
        return True

    def _assess(self, participant: Participant, instrument: Instrument, view: PolicyView) -> Iterator[Command]:
        key = participant.account, instrument.index
        emitted = int(view.book.year(FactCode.EMISSION_T_MILLI, view.year, instrument.index)[participant.account])
        due = self._buy_back.pop(key, 0)
        held = int(view.balances[participant.account, instrument.index, 0])
        if not self.params.in_force(view.board.today):
            yield from self._buy_out(key, due, max(held - emitted, 0), view)
            return
        if not emitted and not due:
            return
        excess = max(emitted - held, 0)
        returned = min(due, max(held - emitted, 0), view.free(*key))
        required, met = emitted + due, min(held, emitted) + returned
        repeated = excess > 0 and self._excess_in.get(key) == view.year - 1
        charge = self._fine(repeated=repeated) if met < required else 0
        if charge and not due and self._excuses(participant, excess, held, view):
            yield Bound(Rule.NO_PENALTY, *key, charge)
            charge = 0
        yield Assess(Scheme.PERMIT, *key, view.year, required, met, charge)
        if returned:
            yield Transfer(*_cancel(key), returned, TransferCode.CANCEL, view.year)
        if charge:
            yield Transfer(
                participant.account, AccountKind.PENALTY, 0, charge, TransferCode.FINE, view.year, up_to=True
            )
        if excess:
            self._excess_in[key] = view.year
        if repeated:
            yield from self._limit(participant, view)
        still_due = due - returned + floor_times(excess, self.params.buy_back_ratio)
        if still_due:
            self._buy_back[key] = still_due

    def _buy_out(self, key: tuple[int, int], due: int, spare: int, view: PolicyView) -> Iterator[Command]:
        """Take what is still to be bought back once the rule is out of force; what is missing stays due."""
        returned = min(due, spare, view.free(*key))
        if due:
            yield Assess(Scheme.PERMIT, *key, view.year, due, returned, 0)
        if returned:
            yield Transfer(*_cancel(key), returned, TransferCode.CANCEL, view.year)
        if due > returned:
            self._buy_back[key] = due - returned

    def _fine(self, *, repeated: bool) -> int:
        again = self.params.repeat_fine_cny
        return cash_floor(self.params.fine_cny if again is None or not repeated else again)

    def _excuses(self, firm: Participant, excess: int, held: int, view: PolicyView) -> bool:
        """Tell whether a breach is the first, minor one of a firm on the positive list; it will not be again."""
        minor = excess <= floor_times(held, minor_share(view))
        if firm.account in self._excused or not (minor and is_listed(firm, view)):
            return False
        self._excused.add(firm.account)
        return True

    def _limit(self, firm: Participant, view: PolicyView) -> Iterator[Command]:
        """Order next year's cut of output, month by month; once a firm, however many pollutants exceed."""
        cut, year = int(self.params.production_cut * PPM), view.year + 1
        if not cut or year > self.setting.end.year or self._limited.get(firm.account) == year:
            return
        self._limited[firm.account] = year
        for month in range(1, self.params.cut_months + 1):
            yield Fact(FactCode.PRODUCTION_CUT_PPM, firm.account, -1, year * 100 + month, cut)


def _cancel(key: tuple[int, int]) -> tuple[int, int, int]:
    """Return (debit, credit, instrument) of a cancellation."""
    account, instrument = key
    return account, AccountKind.CANCELLED, instrument
