"""Open the leases of a run: what the policy right-leases lets be leased, and until when it lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.exchange.rules import YEAR
from ecomarket.ledger.registry.lease import LeaseRules, Leases

if TYPE_CHECKING:
    from ecomarket.exchange.protocol import Exchange
    from ecomarket.model.setting import Setting

POLICY = "right-leases"


def open_leases(exchange: Exchange, setting: Setting) -> Leases:
    """Return the leases of a run; without the policy nothing may be leased."""
    law = setting.law.get(POLICY)
    if law is None:
        return Leases(exchange, LeaseRules({}))
    leasable = [i for right in law.rights for i in setting.listed(right)]
    expires = {i.index: max(i.expires_t, 0) for i in leasable}
    return Leases(exchange, LeaseRules(expires, int(law.years_max * YEAR)))
