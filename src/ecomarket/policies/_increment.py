"""Yearly duties of increment: certify, let the surplus be traded, charge what is missing. Shared by two indicators."""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Assess, Bound, Command, Fact, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Ratio
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode, Rule, Scheme
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.responsibility_indicator import own_indicator
from ecomarket.units import floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class IncrementParams(PolicyParams):
    """When increments are certified, and how much of a surplus may be traded."""

    certify_month: int = Field(
        default=9, ge=1, le=11, description="Month at whose end increments are certified | 核定月份"
    )
    limit: Ratio | None = Field(
        default=None, ge=0, description="Set limit: most a county may sell, over its duty; none given: all | 设定限额"
    )


class Standing(NamedTuple):
    """Where a county stands: the instrument it earns, certified and due, in lots."""

    earned: Instrument
    certified: int
    duty: int


class IncrementDuty(Policy):
    """A duty a county and year: certified surplus becomes indicators, deficits are covered by them or paid for.

    What has been certified while the rule was in force is assessed in its December, also after `until`.
    """

    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END, Moment.YEAR_END})
    winds_down: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    lasting: ClassVar[bool] = True
    scheme: ClassVar[Scheme]

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._standing: dict[tuple[str, str], Standing] = {}
        """Of the year's certified increments, by right and county."""

    @abstractmethod
    def rights_counted(self) -> tuple[str, ...]:
        """Return the keys of the rights in which increments are counted."""

    @abstractmethod
    def duty_lots(self, county: Participant, right: str) -> int:
        """Return what a county owes a year, in lots; 0 if it has no duty."""

    @abstractmethod
    def certified_lots(self, county: Participant, right: str, view: PolicyView) -> int:
        """Return what a county has delivered by now, in lots."""

    @abstractmethod
    def fee_cash(self, right: str) -> int:
        """Return the charge for a missing lot, in cash."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Certify once a year, assess and clear in December."""
        del draws
        if moment is Moment.YEAR_END:
            return [c for right in self.rights_counted() for c in self._close(view, right)]
        if view.board.today.month == self.params.certify_month:
            return [c for right in self.rights_counted() for c in self._certify(view, right)]
        return []

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish what each county lacks, `lacking.<right>.<county>` in lots: 0 before certification."""
        del view
        return {
            f"lacking.{right}.{code}": float(max(0, at.duty - at.certified))
            for (right, code), at in self._standing.items()
        }

    def _certify(self, view: PolicyView, right: str) -> Iterator[Command]:
        for county in self.setting.of_kind("county"):
            earned = own_indicator(self.setting, right, county, view.year)
            certified = self.certified_lots(county, right, view) if earned else 0
            duty = self.duty_lots(county, right)
            if earned is None or not (certified or duty):
                continue
            self._standing[right, county.code] = Standing(earned, certified, duty)
            account, index = county.account, earned.index
            yield Fact(FactCode.INCREMENT_CERTIFIED, account, index, view.period, certified)
            surplus = max(0, certified - duty)
            limit = self.params.limit
            sold = surplus if limit is None else min(surplus, floor_times(duty, limit))
            if sold < surplus:
                yield Bound(Rule.SET_LIMIT, account, index, surplus - sold)
            if sold:
                yield Transfer(AccountKind.ISSUANCE, account, index, sold, TransferCode.ISSUE, view.year)

    def _close(self, view: PolicyView, right: str) -> Iterator[Command]:
        """Use what counties in deficit hold, charge what is missing; what is left of the year's indicators expires."""
        listed = [i for i in self.setting.listed(right) if i.vintage == view.year]
        for county in self.setting.of_kind("county"):
            at = self._standing.pop((right, county.code), None)
            lacking = max(0, at.duty - at.certified) if at else 0
            used = 0
            for indicator in listed:
                free = view.free(county.account, indicator.index)
                lots = min(free, lacking - used)
                used += lots
                if lots > 0:
                    sink, code = AccountKind.SURRENDER, TransferCode.SURRENDER
                    yield Transfer(county.account, sink, indicator.index, lots, code, view.year)
                if free > lots:
                    sink, code = AccountKind.EXPIRED, TransferCode.EXPIRE
                    yield Transfer(county.account, sink, indicator.index, free - lots, code, view.year)
            if at is not None and at.duty:
                yield from self._assess(view, county, right, at, used)

    def _assess(self, view: PolicyView, county: Participant, right: str, at: Standing, used: int) -> Iterator[Command]:
        met = min(at.certified, at.duty) + used
        charge = (at.duty - met) * self.fee_cash(right)
        yield Assess(self.scheme, county.account, at.earned.index, view.year, at.duty, met, charge)
        if charge:
            code = TransferCode.SHORTFALL_CHARGE
            yield Transfer(county.account, AccountKind.PENALTY, CASH, charge, code, view.year, up_to=True)


def column(county: Participant, name: str) -> Decimal:
    """Return a column of a table as an exact number, 0 where it is empty."""
    return Decimal(str(county.facts.get(name, 0) or 0))
