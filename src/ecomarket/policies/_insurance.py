"""What insurance of counties has in common: the premium of the year, shared with the state, and a cap on payouts."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Final

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.observation import Moment
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy
from ecomarket.units import floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

WORLD, STATE = AccountKind.WORLD, AccountKind.TRANSFER_PAYMENT


class CountyInsurance(Policy):
    """Insure counties each January for `premium_rate` of their sum insured, of which the state bears `state_share`.

    A county that cannot pay its part is not insured that year; a year pays the sum insured at most. The insurer
    stands outside.
    """

    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_START, Moment.MONTH_END})
    winds_down: ClassVar[frozenset[Moment]] = moments
    premium: ClassVar[TransferCode]
    payout: ClassVar[TransferCode]

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self.sums: Final[dict[int, int]] = {}
        """Sum insured of the year, in cash by account."""
        self._left: dict[int, int] = {}
        """What the year's policy can still pay, in cash by account."""

    @abstractmethod
    def insured(self, county: Participant) -> int:
        """Return a county's sum insured in cash; 0: none."""

    @abstractmethod
    def settle(self, view: PolicyView, till: Till) -> None:
        """State the month's losses of the insured and `compensate` them."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Take premiums on 1 January, state and settle the month's losses at its end."""
        del draws
        till = Till(view, view.period)
        if moment is Moment.MONTH_END:
            self.settle(view, till)
        else:
            self.sums.clear()
            if self.params.in_force(view.board.today):
                for county in self.setting.of_kind("county"):
                    self._insure(till, county)
        return till.commands

    def compensate(self, till: Till, account: int, due: int) -> None:
        """Pay what is due, as far as the year's sum insured goes."""
        self._left[account] -= till.pay(WORLD, account, min(due, self._left[account]), self.payout)

    def _insure(self, till: Till, county: Participant) -> None:
        insured = self.insured(county)
        whole = floor_times(insured, self.params.premium_rate)
        from_state = floor_times(whole, self.params.state_share)
        own = whole - from_state
        if insured > 0 and till.free(county.account) >= own:
            till.pay(county.account, WORLD, own, self.premium)
            till.pay(STATE, WORLD, from_state, self.premium)
            self.sums[county.account] = self._left[county.account] = insured
