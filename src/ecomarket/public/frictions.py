"""What makes an ecological asset hard to measure, pledge, trade and realise (四难), and less so in a pilot county."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

    from ecomarket.model.entities import Participant
    from ecomarket.model.setting import Setting

FRICTION_LAW: Final = "friction-pilot"


def friction(setting: Setting, who: Participant, today: date) -> Decimal:
    """Return the part of the usual frictions that a participant meets: 1, in a pilot zone the law's `pilot_factor`."""
    law, zone = setting.law_on(FRICTION_LAW, today), setting.zones.get(who.zone)
    if law is None:
        return Decimal(0)
    return Decimal(law.pilot_factor) if zone is not None and law.flag in zone.flags else Decimal(1)


def pledge_share(setting: Setting, who: Participant, today: date) -> Decimal:
    """Return the part of the usual loan that is lent on a pledge, 0 to 1; 1 where no law of frictions is in force."""
    law = setting.law_on(FRICTION_LAW, today)
    if law is None:
        return Decimal(1)
    return 1 - Decimal(law.pledge) * friction(setting, who, today)
