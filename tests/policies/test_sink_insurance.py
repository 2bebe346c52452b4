"""Insurance of sinks: given a premium paid, when fire takes part of the area, then the part above the deductible is paid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.valley import Valley, person

from ecomarket.model.codes import AccountKind
from ecomarket.model.observation import Moment
from ecomarket.policies.sink_insurance import HAZARD, SinkInsurance

YEAR, APRIL = date(2024, 1, 1), date(2024, 4, 30)


def insured_valley(mu=1000, cash=10_000, **params):
    valley = Valley(person("DATONG", "county", "county", tree_mu=mu, cash_cny=cash))
    policy = SinkInsurance(SinkInsurance.Params(**params), valley.setting)
    valley.act(policy, Moment.YEAR_START, YEAR)
    return valley, policy


def paid_for(valley, policy, lost, month=APRIL):
    """Return what is paid for a month's loss, in yuan, exactly."""
    valley.nature[HAZARD] = {"DATONG": lost}
    before = valley.has("DATONG", 0)
    valley.act(policy, Moment.MONTH_END, month)
    return Decimal(valley.has("DATONG", 0) - before) / 10_000


def test_premium_is_shared_and_a_loss_is_paid_above_the_deductible():
    valley, policy = insured_valley()
    assert valley.has("DATONG", 0) == 8_000 * 10_000
    assert valley.has(AccountKind.TRANSFER_PAYMENT, 0) == -2_000 * 10_000
    assert paid_for(valley, policy, 0.06) == 40_000
    assert paid_for(valley, policy, 0.01) == 0


def test_a_year_pays_the_sum_insured_at_most():
    valley, policy = insured_valley(deductible_share=0, cover_share=1)
    assert [paid_for(valley, policy, 0.75), paid_for(valley, policy, 0.75)] == [750_000, 250_000]


def test_who_cannot_pay_and_what_is_not_in_force_is_not_insured():
    for terms in ({"cash": 1_999}, {"since": date(2025, 1, 1)}, {"until": date(2023, 12, 31)}):
        valley, policy = insured_valley(**terms)
        assert paid_for(valley, policy, 0.5) == 0
        assert not valley.has(AccountKind.TRANSFER_PAYMENT, 0)


@settings(max_examples=50, deadline=None)
@given(losses=st.lists(st.floats(0, 1), max_size=6), mu=st.integers(1, 10**5))
def test_no_payout_exceeds_the_loss_and_money_is_conserved(losses, mu):
    valley, policy = insured_valley(mu=mu, cash=10**7)
    paid = [paid_for(valley, policy, lost) for lost in losses]
    assert all(0 <= mine <= Decimal(lost) * mu * 1000 for mine, lost in zip(paid, losses, strict=True))
    assert sum(paid) <= mu * 1000
    assert valley.is_balanced()
