"""What several rules ask of the positive list (正面清单): who is on it, and which breach it excuses."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView

LAW: Final = "positive-list"


def listed_notice(firm: Participant) -> str:
    """Return the name under which a firm's place on the list is published: 1 on it, 0 struck off."""
    return f"{LAW}.{firm.code}"


def is_listed(firm: Participant, view: PolicyView) -> bool:
    """Tell whether a firm is on the list: by its credit, as published where the rule stands, or by its column."""
    if view.board.notices.get(f"credit.listed.{firm.code}", 0.0) > 0:
        return True
    if view.setting.law_on(LAW, view.board.today) is not None:
        return view.board.notices.get(listed_notice(firm), 0.0) > 0
    return is_named(firm)


def is_named(firm: Participant) -> bool:
    """Tell whether a firm's table puts it on the list (column `positive_list`)."""
    return Decimal(str(firm.facts.get("positive_list", 0) or 0)) > 0


def minor_share(view: PolicyView) -> Decimal:
    """Return the part of its permits by which a listed firm may exceed them once without a fine; 0 without the rule."""
    law = view.setting.law_on(LAW, view.board.today)
    return Decimal(law.minor_share) if law is not None else Decimal(0)
