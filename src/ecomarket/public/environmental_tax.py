"""The environmental protection tax (环境保护税) as everybody can reckon it: what a firm pays on a tonne it emits."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import date

    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.setting import Setting

LAW: Final = "environmental-tax"
KG_A_TONNE: Final = 1_000


def reduction(law: Any, right: str, firm: Participant) -> Decimal:
    """Return which share of the tax a firm is let off for staying below its standard (环境保护税法 art. 13).

    `law` are the parameters of the rule; the column `<right>_concentration` is the concentration over the standard.
    """
    below = 1 - Decimal(str(firm.facts.get(f"{right}_concentration", 1) or 0))
    if below >= law.lower_below:
        return Decimal(law.lower_reduction)
    return Decimal(law.low_reduction) if below >= law.low_below else Decimal(0)


def tax_cny_t(setting: Setting, permit: Instrument | None, firm: Participant, today: date) -> float:
    """Return what a firm pays on a tonne of the emission that a permit is for, CNY; 0 where it is not taxed today."""
    law: Any = setting.law_on(LAW, today)
    if law is None or permit is None or permit.klass in law.exempt_classes or permit.right not in law.rate_cny:
        return 0.0
    full = KG_A_TONNE / law.equivalent_kg[permit.right] * law.rate_cny[permit.right]
    return float(full * (1 - reduction(law, permit.right, firm)))
