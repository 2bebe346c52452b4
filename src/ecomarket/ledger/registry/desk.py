"""What the registry's parts share: the exchange behind them, names, rules, and the one door to a transfer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ecomarket.ledger.canon import canonical
from ecomarket.ledger.registry.access import Grants
from ecomarket.ledger.registry.matrix import CASH_WORD, allows
from ecomarket.ledger.registry.rules import RegistryRules
from ecomarket.model.codes import SYSTEM_ACCOUNTS, Refusal
from ecomarket.model.record import CASH
from ecomarket.model.stated import NoteCode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.model.codes import Eligible
    from ecomarket.model.order import Outcome, Quotes


class Books(Protocol):
    """What the registry needs of the exchange (exchange.protocol.Exchange has it all)."""

    def transfer(self, t: int, debit: int, credit: int, instrument: int, amount: int, code: int, ref: int = 0) -> int:
        """Move free units or cash; return a Refusal."""

    def hold(self, t: int, account: int, instrument: int, amount: int, reason: int) -> tuple[int, int]:
        """Reserve; return (hold id, Refusal)."""

    def release(self, t: int, hold: int) -> int:
        """Give back what is left of a hold; return a Refusal."""

    def note(self, t: int, code: int, payload: bytes, account: int = -1, instrument: int = -1) -> None:
        """Journal a NOTE."""

    def allow(self, account: int, instrument: int, what: Eligible) -> None:
        """Set what an account may do with an instrument."""

    def eligible(self, account: int, instrument: int) -> int:
        """Return what an account may do with an instrument."""

    def submit(self, t: int, account: int, instrument: int, side: int, price: int, lots: int, kind: int = 0,
               tif: int = 0) -> Outcome:  # fmt: skip
        """Send an order."""

    def cancel(self, t: int, account: int, order: int) -> int:
        """Withdraw an order."""

    def withdraw(self, t: int, account: int, offer: int) -> int:
        """Withdraw an offer."""

    def resting(self, instrument: int) -> NDArray[np.void]:
        """Return the live orders of an instrument."""

    def open_offers(self, instrument: int) -> list[Any]:
        """Return the offers of an instrument that stand."""

    def quotes(self, instrument: int) -> Quotes:
        """Return the best prices of an instrument."""

    def closes(self) -> NDArray[np.int64]:
        """Return (3, instruments), the first row not 0 where there is a book."""

    def free(self, account: int, instrument: int) -> int:
        """Return posted minus held."""

    def posted(self, account: int, instrument: int) -> int:
        """Return a posted balance."""


def every_day(day: int) -> bool:
    """Tell that every day is a working day."""
    del day
    return True


def unheard(account: int, instrument: int, what: Eligible) -> None:
    """Do nothing: nobody asked to hear what an account may do."""
    del account, instrument, what


def no_expiry(instrument: int) -> int:
    """Tell that nothing expires."""
    del instrument
    return -1


def no_price(instrument: int) -> int:
    """Tell that nothing has a price."""
    del instrument
    return 0


@dataclass
class Desk:
    """The registry's view of one run.

    codes   account codes by account (system accounts by their kind's name)
    rights, kinds   by instrument; the right of cash is ""
    works   whether a day number is a working day       price   value of a lot in cash units for pledges, 0 unknown
    expires when an instrument expires, -1 never
    hear    told whenever what an account may do with an instrument changes
    """

    books: Books
    codes: Sequence[str]
    rights: Sequence[str]
    kinds: Sequence[str]
    rules: RegistryRules = field(default_factory=RegistryRules)
    works: Callable[[int], bool] = every_day
    price: Callable[[int], int] = no_price
    expires: Callable[[int], int] = no_expiry
    hear: Callable[[int, int, Eligible], None] = unheard
    frozen: set[int] = field(default_factory=set)
    suspended: set[str] = field(default_factory=set)
    grants: Grants = field(init=False)
    acts: int = 0

    def __post_init__(self) -> None:
        self.grants = Grants(self.rules.owner)

    def note(self, t: int, act: str, account: int = -1, instrument: int = -1, **told: Any) -> None:
        """Journal an act of the registry; `acts` counts them."""
        self.acts += 1
        self.books.note(t, NoteCode.REGISTRY_ACT, canonical({"act": act, **told}), account, instrument)

    def move(self, t: int, debit: int, credit: int, instrument: int, amount: int, code: int, ref: int = 0) -> Refusal:
        """Transfer if the rules allow it; return why not."""
        refusal = self.bars(debit, credit, instrument, code)
        return refusal or Refusal(self.books.transfer(t, debit, credit, instrument, amount, code, ref))

    def bars(self, debit: int, credit: int, instrument: int, code: int) -> Refusal:
        """Return why the rules do not allow a transfer: the matrix, a frozen account, a suspended market."""
        accounts = len(self.codes)
        if not (0 <= debit < accounts and 0 <= credit < accounts and 0 <= instrument < len(self.kinds)):
            return Refusal.NONE
        what = CASH_WORD if instrument == CASH else self.kinds[instrument]
        if not allows(code, debit, credit, what):
            return Refusal.ACCOUNT_RULE
        if debit in self.frozen and not allows(code, debit, credit, what, "frozen"):
            return Refusal.ACCOUNT_FROZEN
        if self.rights[instrument] in self.suspended and not allows(code, debit, credit, what, "suspended"):
            return Refusal.MARKET_SUSPENDED
        return Refusal.NONE

    def lacks(self, account: int, instrument: int, amount: int) -> Refusal:
        """Return why an account cannot give an amount."""
        if not 0 <= account < len(self.codes):
            return Refusal.UNKNOWN_ACCOUNT
        if not 0 <= instrument < len(self.kinds):
            return Refusal.UNKNOWN_INSTRUMENT
        if amount <= 0:
            return Refusal.AMOUNT_NOT_POSITIVE
        if self.books.free(account, instrument) < amount:
            return Refusal.INSUFFICIENT_CASH if instrument == CASH else Refusal.INSUFFICIENT_UNITS
        return Refusal.NONE

    def is_party(self, account: int) -> bool:
        """Tell whether an account is that of a registered participant."""
        return len(SYSTEM_ACCOUNTS) <= account < len(self.codes)

    def acts_for(self, person: str, account: int) -> bool:
        """Tell whether a person (CODE/name) represents an account."""
        return 0 <= account < len(self.codes) and self.grants.acts_for(person, self.codes[account], account)
