"""Wildlife insurance: given a sum insured, when bears come, then the loss above the deductible is paid in part."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.valley import Valley, person

from ecomarket.model.codes import AccountKind
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode
from ecomarket.policies.wildlife_insurance import DAMAGE, WildlifeInsurance

YEAR, JUNE = date(2024, 1, 1), date(2024, 6, 30)


def valley_of(insured=100_000, cash=10_000, **params):
    valley = Valley(person("ZADOI", "county", "county", insured_cny=insured, cash_cny=cash))
    return valley, WildlifeInsurance(WildlifeInsurance.Params(**params), valley.setting)


def struck(valley, policy, loss, month=JUNE):
    valley.nature[DAMAGE] = {"ZADOI": loss}
    before = valley.has("ZADOI", 0)
    valley.act(policy, Moment.MONTH_END, month)
    return (valley.has("ZADOI", 0) - before) / 10_000


def test_county_and_state_share_the_premium():
    valley, policy = valley_of()
    valley.act(policy, Moment.YEAR_START, YEAR)
    assert valley.has("ZADOI", 0) == 7_500 * 10_000
    assert valley.has(AccountKind.TRANSFER_PAYMENT, 0) == -2_500 * 10_000


def test_a_loss_is_paid_above_the_deductible():
    valley, policy = valley_of()
    valley.act(policy, Moment.YEAR_START, YEAR)
    assert struck(valley, policy, 3_000.0) == 2_000
    assert struck(valley, policy, 400.0) == 0
    assert valley.book.year(FactCode.WILDLIFE_DAMAGE_CASH, 2024)[valley.account("ZADOI")] == 3_400 * 10_000


def test_a_year_pays_the_sum_insured_at_most_and_a_new_year_begins_anew():
    valley, policy = valley_of()
    valley.act(policy, Moment.YEAR_START, YEAR)
    assert struck(valley, policy, 100_500.0) == 80_000
    assert struck(valley, policy, 100_500.0) == 20_000
    assert struck(valley, policy, 100_500.0) == 0
    valley.act(policy, Moment.YEAR_START, date(2025, 1, 1))
    assert struck(valley, policy, 1_500.0, date(2025, 6, 30)) == 800


def test_who_cannot_pay_is_not_insured():
    valley, policy = valley_of(cash=2_499)
    valley.act(policy, Moment.YEAR_START, YEAR)
    assert struck(valley, policy, 3_000.0) == 0
    assert not valley.has(AccountKind.TRANSFER_PAYMENT, 0)


def test_without_it_nothing_is_paid():
    for params in ({"since": date(2025, 1, 1)}, {"until": date(2023, 12, 31)}):
        valley, policy = valley_of(**params)
        assert not valley.act(policy, Moment.YEAR_START, YEAR)
        assert struck(valley, policy, 3_000.0) == 0


@settings(max_examples=50, deadline=None)
@given(losses=st.lists(st.floats(0, 10**6), max_size=6), insured=st.integers(1, 10**6))
def test_no_payout_exceeds_the_loss_nor_all_of_them_the_sum_insured(losses, insured):
    valley, policy = valley_of(insured=insured, cash=10**6)
    valley.act(policy, Moment.YEAR_START, YEAR)
    paid = [struck(valley, policy, loss) for loss in losses]
    assert all(0 <= mine <= loss for mine, loss in zip(paid, losses, strict=True))
    assert sum(round(mine * 10_000) for mine in paid) <= insured * 10_000
