"""What contracts of green finance share: a row of a table, interest by the day, and a payment that may fall short."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict

from ecomarket.model.command import Bound
from ecomarket.model.stated import Rule
from ecomarket.units import PPM, mul_div_floor

if TYPE_CHECKING:
    from decimal import Decimal

    from ecomarket.model.codes import TransferCode
    from ecomarket.policies._till import Till

YEAR_DAYS: Final = 360
"""Days of a year as banks count them (银发〔2005〕129号, memory)."""


class ContractRow(BaseModel):
    """A row of a table of contracts; further columns (name, source) are remarks."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)


def interest(principal: int, rate: Decimal, days: int) -> int:
    """Return simple interest in cash units for calendar days, a year of 360 days, rounded down.

    >>> from decimal import Decimal
    >>> interest(3_600_000, Decimal("0.05"), 30)
    15000
    """
    return mul_div_floor(principal * int(rate * PPM), days, PPM * YEAR_DAYS)


def pay_due(till: Till, debit: int, credit: int, due: int, code: TransferCode) -> int:
    """Pay what is due as far as there is cash; what is missing binds PAYMENT_DEFAULT. Return what was paid."""
    paid = till.pay(debit, credit, due, code)
    if paid < due:
        till.commands.append(Bound(Rule.PAYMENT_DEFAULT, debit, -1, due - paid))
    return paid
