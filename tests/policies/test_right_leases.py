"""Leases: given a lease in the scenario, when its day comes, then the lessee counts the lots until they go back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.policies.conftest import firm

from ecomarket.model.codes import Refusal
from ecomarket.model.command import Assess, EndLease, Lease
from ecomarket.model.observation import Moment
from ecomarket.model.stated import Scheme
from ecomarket.policies.permit_compliance import PermitCompliance
from ecomarket.policies.right_leases import RightLeases

COD = "COD.HS.industry"
AGREED = {
    "lessor": "A", "lessee": "B", "right": "cod", "lots": 400, "rent_cny": Decimal(900), "begins": date(2024, 3, 1),
    "ends": date(2025, 2, 1),
}  # fmt: skip


def place_of(town, **changes):
    params = RightLeases.Params(rights=("cod",), agreed=[AGREED | changes])
    place = town(firm("A"), firm("B", "630202", cash_cny=1_000), law={"right-leases": params})
    place.give("A", COD, 1_000)
    place.give("B", COD, 100)
    return place, RightLeases(params, place.setting)


def test_a_lease_begins_on_its_day_counts_for_compliance_and_ends(town) -> None:
    place, policy = place_of(town)
    assert place.act(policy, Moment.BEFORE_SESSION, date(2024, 2, 29)) == []
    assert [type(c) for c in place.act(policy, Moment.BEFORE_SESSION, date(2024, 3, 4))] == [Lease]
    assert (place.has("A", COD), place.has("B", COD), place.has("A", 0)) == (600, 500, 9_000_000)
    assert place.act(policy, Moment.BEFORE_SESSION, date(2024, 3, 5)) == []
    place.emits("B", 202406, 500, COD)
    compliance = PermitCompliance(PermitCompliance.Params(), place.setting)
    place.act(compliance, Moment.YEAR_END, date(2024, 12, 31))
    [duty] = [c for c in place.ordered(Assess) if c.account == place.account("B") and c.instrument == place.index(COD)]
    assert (duty.scheme, duty.required, duty.met) == (Scheme.PERMIT, 500, 500)
    place.board.t = place.setting.t_of(date(2025, 1, 31))
    place.executor.end_leases()
    assert place.has("B", COD) == 500
    place.board.t = place.setting.t_of(date(2025, 2, 1))
    place.executor.end_leases()
    assert (place.has("A", COD), place.has("B", COD)) == (1_000, 100)


@pytest.mark.parametrize(("changes", "refusal"), [
    ({"right": "so2"}, Refusal.LEASE_OFF), ({"ends": date(2024, 3, 1)}, Refusal.LEASE_TERM),
    ({"ends": date(2029, 3, 1)}, Refusal.LEASE_TERM), ({"lots": 1_001}, Refusal.INSUFFICIENT_UNITS),
    ({"rent_cny": Decimal("1000.01")}, Refusal.INSUFFICIENT_CASH),
])  # fmt: skip
def test_what_cannot_be_leased_is_counted(town, changes, refusal) -> None:
    place, policy = place_of(town, **changes)
    place.act(policy, Moment.BEFORE_SESSION, date(2024, 3, 1))
    assert dict(place.executor.refused) == {("Lease", refusal): 1}
    assert place.has("B", COD) == 100


def test_without_the_policy_nothing_may_be_leased(town) -> None:
    place = town(firm("A"), firm("B"))
    place.give("A", COD, 10)
    asked = Lease(place.account("A"), place.account("B"), place.index(COD), 5, 0, 10**15)
    place.executor.carry_out([asked, EndLease(place.account("B"), 1)], lambda _: [])
    assert dict(place.executor.refused) == {("Lease", Refusal.LEASE_OFF): 1, ("EndLease", Refusal.UNKNOWN_LEASE): 1}
