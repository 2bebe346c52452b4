"""The rules of leases: what the policy right-leases lets be leased on a day, and until when it lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.exchange.rules import YEAR
from ecomarket.ledger.registry.lease import LeaseRules

if TYPE_CHECKING:
    from datetime import date

    from ecomarket.model.setting import Setting

POLICY = "right-leases"


def lease_rules(setting: Setting, today: date) -> LeaseRules:
    """Return what may be leased on a day; unless the policy is in force, nothing."""
    law = setting.law_on(POLICY, today)
    if law is None:
        return LeaseRules({})
    leasable = [i for right in law.rights for i in setting.listed(right)]
    expires = {i.index: max(i.expires_t, 0) for i in leasable}
    return LeaseRules(expires, int(law.years_max * YEAR))
