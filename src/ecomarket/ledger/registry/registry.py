"""The registry of one run: takes commands, answers with a Refusal, and does what time brings.

>>> from ecomarket.exchange.reference.market import ReferenceExchange
>>> from ecomarket.exchange.rules import VenueRules
>>> from ecomarket.ledger.registry.desk import Desk
>>> from ecomarket.ledger.registry.rules import RegistryRules
>>> from ecomarket.model.codes import SYSTEM_ACCOUNTS
>>> from ecomarket.model.registry import Decide, Propose
>>> from ecomarket.units import HOUR
>>> exchange = ReferenceExchange(17, 2, [VenueRules("listing")], [], 15)
>>> exchange.transfer(0, 0, 15, 1, 100, 2)
0
>>> codes, rules = [k.name for k in SYSTEM_ACCOUNTS] + ["MILL", "PLANT"], RegistryRules(four_eyes=True, delay="eu-35")
>>> registry = Registry(Desk(exchange, codes, ["", "cea"], ["cash", "carbon-allowance"], rules))
>>> registry.carry_out(9 * HOUR, Propose(15, 16, 1, 40, "MILL/wang")).name
'NONE'
>>> exchange.free(15, 1), registry.carry_out(9 * HOUR, Decide(1, "MILL/wang", approve=True)).name
(60, 'SAME_PERSON')
>>> registry.carry_out(11 * HOUR, Decide(1, "MILL/li", approve=True)).name
'NONE'
>>> registry.advance(33 * HOUR), exchange.posted(16, 1), registry.advance(34 * HOUR), exchange.posted(16, 1)
(None, 0, None, 40)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecomarket.ledger.registry.access import Access
from ecomarket.ledger.registry.freezes import Freezes
from ecomarket.ledger.registry.pledges import OWN_USE, Pledges
from ecomarket.ledger.registry.proposals import Proposals
from ecomarket.ledger.registry.rules import RegistryRules
from ecomarket.ledger.registry.sales import Sales
from ecomarket.ledger.registry.sinks import Sinks
from ecomarket.model.codes import Refusal, TransferCode
from ecomarket.model.registry import (
    Decide,
    Freeze,
    GrantRole,
    Pledge,
    Propose,
    Repay,
    Resume,
    Retire,
    Reverse,
    StateRules,
    Suspend,
    TopUp,
    Trust,
    Unfreeze,
    WithdrawRole,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ecomarket.ledger.registry.desk import Desk
    from ecomarket.model.codes import Eligible
    from ecomarket.model.command import Transfer
    from ecomarket.model.registry import RegistryCommand


class Registry:
    """One door for what the registry is asked; its parts keep what lasts."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.access = Access(desk)
        self.sinks = Sinks(desk)
        self.proposals = Proposals(desk)
        self.freezes = Freezes(desk)
        self.pledges = Pledges(desk)
        self.sales = Sales(desk, self.pledges)
        self._doors: dict[type, Callable[[int, Any], Refusal]] = {
            Retire: self.sinks.retire,
            Reverse: self.sinks.reverse,
            Propose: self.proposals.propose,
            Decide: self.proposals.decide,
            Trust: self.proposals.trust,
            Freeze: self.freezes.freeze,
            Unfreeze: self.freezes.unfreeze,
            Suspend: self.freezes.suspend,
            Resume: self.freezes.resume,
            Pledge: self.pledges.pledge,
            TopUp: self.pledges.top_up,
            Repay: self.pledges.repay,
            GrantRole: self.access.grant,
            WithdrawRole: self.access.withdraw,
            StateRules: self._state,
        }

    def carry_out(self, t: int, command: RegistryCommand) -> Refusal:
        """Do what is asked at time `t`, or say why not; a refusal is journaled too."""
        refusal = self._doors[type(command)](t, command)
        if refusal:
            self.desk.note(t, "refused", asked=type(command).__name__, refusal=int(refusal))
        return refusal

    def _state(self, t: int, asked: StateRules) -> Refusal:
        """Obey other rules from now on; roles once granted count again when there is an owner again."""
        self.desk.rules = RegistryRules(**asked.rules)
        self.desk.grants.owner = self.desk.rules.owner
        self.desk.note(t, "rules", **asked.rules)
        return Refusal.NONE

    def transfer(self, t: int, asked: Transfer, amount: int) -> Refusal:
        """Carry out a plain transfer of a policy or an agent.

        A reversal goes only by `Reverse`; where transfers have two phases a participant's go only by `Propose`. A
        surrender that free lots do not cover takes pledged ones.
        """
        if asked.code == TransferCode.REVERSAL:
            return Refusal.ACCOUNT_RULE
        if asked.code == TransferCode.ASSIGN and self.desk.rules.two_phases and self.desk.is_party(asked.debit):
            return Refusal.NOT_AUTHORISED
        debit, credit, instrument = int(asked.debit), int(asked.credit), int(asked.instrument)
        if asked.code in OWN_USE and not self.desk.bars(debit, credit, instrument, int(asked.code)):
            self.pledges.free_for(t, debit, instrument, amount)
        return self.desk.move(t, debit, credit, instrument, amount, int(asked.code), int(asked.ref))

    def allow(self, account: int, instrument: int, what: Eligible) -> None:
        """Set what an account may do with an instrument, as far as no freeze or suspension bars it."""
        self.freezes.allow(account, instrument, what)

    def bar(self, by: str, account: int, instrument: int, what: Eligible) -> None:
        """Bar an account from a part of what it may do, until the same rule says otherwise."""
        self.freezes.bar(by, account, instrument, what)

    def advance(self, t: int) -> None:
        """Do what time has brought by `t`: proposals that are due or lapse, pledges to be valued and enforced."""
        self.proposals.advance(t)
        self.pledges.advance(t)
        self.sales.advance(t)

    def before_close(self, t: int, instruments: Sequence[int]) -> None:
        """Send the orders of forced sales before the sitting of these instruments closes."""
        self.sales.before_close(t, instruments)
