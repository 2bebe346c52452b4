"""What people type, in the market's unit and in CNY a unit, as lots and cash a lot: exactly, or not at all."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from ecomarket.units import CASH_PER_YUAN
from ecomarket.workshop.game.refused import Refused

if TYPE_CHECKING:
    from ecomarket.model.entities import Instrument

LARGEST: Final = Decimal(10) ** 15
"""More than this of anything is a slip of the hand; the exchange counts in 64 bits."""


def number(text: object, name: str) -> Decimal:
    """Return a number above 0 that was sent as text or as a JSON number. Raises Refused."""
    if isinstance(text, bool) or not isinstance(text, str | int | float | Decimal):
        raise Refused("BAD_FIELD", field=name)
    try:
        value = Decimal(str(text).strip())
    except InvalidOperation:
        raise Refused("BAD_FIELD", field=name) from None
    if not value.is_finite() or not 0 < value < LARGEST:
        raise Refused("BAD_FIELD", field=name)
    return value


def lots_of(quantity: object, instrument: Instrument) -> int:
    """Return a quantity in the right's unit as lots. Raises Refused if it is no whole number of them.

    >>> from ecomarket.model.entities import Instrument
    >>> lots_of("45", Instrument(1, "SO2.C", "so2", "emission-permit", "", "", "t", "0.001"))
    45000
    """
    lots = number(quantity, "quantity") / Decimal(instrument.lot)
    if lots != int(lots):
        raise Refused("NOT_WHOLE", lot=instrument.lot, unit=instrument.unit)
    if lots > LARGEST:
        raise Refused("BAD_FIELD", field="quantity")
    return int(lots)


def price_of(price: object, instrument: Instrument) -> int:
    """Return a price in CNY a unit as cash a lot. Raises Refused if it is no whole number of cash units.

    >>> from ecomarket.model.entities import Instrument
    >>> price_of("64.6", Instrument(1, "CEA", "cea", "carbon-allowance", "", "", "t", "1"))
    646000
    """
    cash = number(price, "price") * CASH_PER_YUAN * Decimal(instrument.lot)
    if cash != int(cash):
        raise Refused("PRICE_TOO_FINE", lot=instrument.lot, unit=instrument.unit)
    if cash > LARGEST:
        raise Refused("BAD_FIELD", field="price")
    return int(cash)


def shown_price(cash: int, instrument: Instrument) -> str:
    """Return a price in cash a lot as CNY a unit, as people type it.

    >>> from ecomarket.model.entities import Instrument
    >>> shown_price(646000, Instrument(1, "CEA", "cea", "carbon-allowance", "", "", "t", "1"))
    '64.6'
    """
    return f"{(Decimal(cash) / CASH_PER_YUAN / Decimal(instrument.lot)).normalize():f}"
