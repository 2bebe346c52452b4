"""Registration before trade (先登记后交易): units whose rights are not yet registered cannot be listed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field

from ecomarket.chance import key
from ecomarket.model.codes import Eligible
from ecomarket.model.command import Bar, Bound, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Share, Yearly
from ecomarket.model.reference import RightName
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies.policy import Policy, PolicyParams

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

PURPOSE: Final = "right-registration"


class RightRegistrationParams(PolicyParams):
    """What is registered, whose, and how fast."""

    rights: list[RightName] = Field(default=[], description="Rights to be registered; none: all | 须登记的权利")
    kinds: tuple[str, ...] = Field(default=("enterprise", "county"), description="Kinds of owner | 适用主体")
    coverage: Yearly[Share] = Field(
        default=Yearly.of(Decimal(1)), description="Part of the owners registered, by year | 登记覆盖率"
    )
    buyers: bool = Field(default=False, description="Whether buyers must be registered too | 买方是否须先登记")


class RightRegistration(Policy):
    """Bars owners from selling until they are registered; coverage grows by the schedule.

    The column `registered` of an owner is the day of its registration. For others luck draws the order once, and each
    month begins with the year's `coverage` of them registered; nobody is struck off again. REGISTERED is stated of
    owners who waited, with the run's day as `extra`; NOT_REGISTERED binds once where one is barred with lots in hand.

    Reference: 自然资源统一确权登记暂行办法 2019; 青海深入推进生态文明制度创新实施方案 2023 (1); 新疆实施方案 2022 (三).
    The schedule is an assumption.
    """

    kind: ClassVar[str] = "right-registration"
    rows: ClassVar[tuple[str, ...]] = ("A2",)
    label_en: ClassVar[str] = "Registration before trade"
    label_zh: ClassVar[str] = "先登记后交易"
    reference: ClassVar[str] = (
        "自然资源统一确权登记暂行办法 2019; 青海深入推进生态文明制度创新实施方案 2023 (1); 新疆实施方案 2022 (三)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.RUN_START, Moment.MONTH_START, Moment.BEFORE_SESSION})
    Params: ClassVar[type[PolicyParams]] = RightRegistrationParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        keys = params.rights or setting.rights
        self._listed = [i for right in keys for i in setting.listed(right)]
        self._waiting = list(setting.of_kind(*params.kinds))
        self._begun = False
        self._bound: set[tuple[int, int]] = set()
        self._barred = Eligible.SELL | Eligible.BUY if params.buyers else Eligible.SELL

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Bar everybody who waits on the first day in force; lift the bar of who is registered."""
        if self._begun and not self._waiting:
            return
        yield from self._register(moment, view, draws)
        if not self._begun:
            self._begun = True
            for owner in self._waiting:
                yield from self._bars(owner, self._barred)
        if moment is Moment.MONTH_START:
            yield from self._binds(view)

    def _register(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        due = [o for o in self._waiting if self._is_due(o, moment, view, draws)]
        for owner in due if self._begun else ():
            days = self.setting.day_of(view.board.today)
            yield Fact(FactCode.REGISTERED, owner.account, -1, view.period, 1, days)
            yield from self._bars(owner, Eligible.NOTHING)
        if due:
            gone = {owner.account for owner in due}
            self._waiting = [o for o in self._waiting if o.account not in gone]

    def _is_due(self, owner: Participant, moment: Moment, view: PolicyView, draws: Draws) -> bool:
        named = owner.facts.get("registered")
        if named:
            return date.fromisoformat(str(named)) <= view.board.today
        if moment is Moment.BEFORE_SESSION and self._begun:
            return False
        return bool(draws.uniform(key(owner.code), PURPOSE, 0) < float(self.params.coverage.at(view.year)))

    def lapse(self, view: PolicyView) -> Iterator[Command]:
        """Lift all bars."""
        del view
        if self._begun:
            for owner in self._waiting:
                yield from self._bars(owner, Eligible.NOTHING)
            self._waiting = []

    def _bars(self, owner: Participant, what: Eligible) -> Iterator[Command]:
        for instrument in self._listed:
            yield Bar(self.kind, owner.account, instrument.index, what)

    def _binds(self, view: PolicyView) -> Iterator[Command]:
        for owner in self._waiting:
            for instrument in self._listed:
                yield from self._bind(owner, instrument, view)

    def _bind(self, owner: Participant, instrument: Instrument, view: PolicyView) -> Iterator[Command]:
        where = owner.account, instrument.index
        lots = view.free(*where)
        if lots > 0 and where not in self._bound:
            self._bound.add(where)
            yield Bound(Rule.NOT_REGISTERED, *where, lots)
